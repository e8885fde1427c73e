import type { Position } from '@casebook/kernel';

/** Documents are JSON objects with a text id beside them. */
export type Document = object;

/**
 * Who is reading. A required argument of every read; the port adds the matching conditions itself, on `get` too.
 */
export type Scope =
  | { readonly kind: 'public' }
  | { readonly kind: 'company'; readonly companyId: string; readonly audience: 'customer' }
  | { readonly kind: 'person'; readonly personId: string }
  | { readonly kind: 'staff' };

/** Field names by which a read model is cut to a scope. A scope kind that is not declared is refused. */
export interface ScopeFields {
  readonly public?: true;
  /** `company`: field (path) with the company's id; `audience`: field that equals 'customer' where customers may read. */
  readonly company?: { readonly company: string; readonly audience?: string };
  readonly person?: { readonly person: string };
  readonly staff?: true;
}

/** Fields (dotted paths) in order, 1 ascending, -1 descending. `_id` is the id beside the document. */
export type Index = Readonly<Record<string, 1 | -1>>;

/** A read model as a view declares it. Each version is a file (a collection) of its own. */
export interface ReadModelDefinition {
  readonly name: string;
  readonly version: number;
  readonly indexes: readonly Index[];
  /**
   * Paths that hold arrays of scalars (`tags`) or lead through an array of objects (`products.id`). Membership in
   * them is indexed. A path in this list cannot be sorted by. A path that is not in it holds scalars wherever a filter,
   * a sort or an index looks; engines may differ where it does not.
   */
  readonly arrays?: readonly string[];
  readonly scope: ScopeFields;
}

export type Scalar = string | number | boolean | null;

/** A closed subset of MongoDB's filter language, the same on every engine. Paths are dotted; arrays match by element. */
export interface FieldFilter {
  readonly $eq?: Scalar;
  readonly $ne?: Scalar;
  readonly $in?: readonly Scalar[];
  readonly $nin?: readonly Scalar[];
  /** Comparisons hold between values of the same type only. */
  readonly $gt?: string | number;
  readonly $gte?: string | number;
  readonly $lt?: string | number;
  readonly $lte?: string | number;
  readonly $exists?: boolean;
}
/**
 * All conditions hold: those of `where`, every filter of `all`, and one filter of `any`. `null` also stands for a missing field.
 * On declared arrays `null` and `$exists` are refused.
 */
export interface Filter {
  readonly where?: Readonly<Record<string, Scalar | FieldFilter>>;
  readonly all?: readonly Filter[];
  readonly any?: readonly Filter[];
}

export interface Query {
  readonly filter?: Filter;
  /**
   * At most three paths. The id is always the last sort key, in the direction of the key before it, so that paging
   * is total. Missing and null come before numbers, numbers before strings, strings before booleans.
   */
  readonly sort?: Index;
  /** Default 50, at most 1,000. */
  readonly limit?: number;
  /** Cursor of the page before: answers what follows it. Opaque, and good for the same sort only. */
  readonly after?: string;
}

export interface Page<Doc> {
  readonly items: readonly Doc[];
  readonly nextCursor?: string;
}

/** Documents of one read model, as queries see them. Throws DomainError `unavailable` while its first version is filled. */
export interface ReadModel<Doc extends Document> {
  /** The document, when the scope may see it. */
  get(scope: Scope, id: string): Promise<Doc | undefined>;
  /** The documents among `ids` (at most 1,000) that the scope may see, by id. */
  getMany(scope: Scope, ids: readonly string[]): Promise<Map<string, Doc>>;
  /** Throws DomainError `invalid` for an unreadable cursor, limit, sort or filter. */
  find(scope: Scope, query: Query): Promise<Page<Doc>>;
  count(scope: Scope, filter?: Filter): Promise<number>;
  /** `get` without the parse: the document as JSON text, to be spliced into an answer. */
  getRaw(scope: Scope, id: string): Promise<string | undefined>;
  /** `find` without the parse: each item is a document as JSON text. */
  findRaw(scope: Scope, query: Query): Promise<Page<string>>;
}

/** One write of a projection batch: a document to put, or null to delete it. */
export interface DocumentWrite<Doc> {
  readonly id: string;
  readonly document: Doc | null;
  /** Position of the last event folded into it; an older write never replaces a newer one. */
  readonly position: Position;
}

/** A stream that a projection no longer follows, because one of its events could not be folded. */
export interface ParkedStream {
  readonly stream: string;
  /** The event that failed; this and all later events of the stream wait for a rebuild. */
  readonly eventId: string;
  readonly position: Position;
  readonly reason: string;
}

/** What moves together with the writes of a batch. */
export interface Progress {
  /** Position of the last event handled, folded or skipped. */
  readonly checkpoint: Position;
  /** Of the owner's lease: refused when older than the stored one. */
  readonly epoch: number;
  /** Streams parked since the last commit. */
  readonly parked?: readonly ParkedStream[];
}

/** What the projection runner uses; nobody else writes. */
export interface ReadModelWriter<Doc extends Document> {
  /** The documents among `ids`; null for one that was deleted, by an engine that remembers where. */
  load(ids: readonly string[]): Promise<Map<string, { document: Doc | null; position: Position }>>;
  /**
   * Writes documents and progress, in one step or the progress last: what a crash leaves in between is harmless to
   * those who repeat the batch, because documents know their positions. Throws DomainError `conflict` (`read-model.fenced`) for an older
   * epoch, and (`read-model.behind`) for a checkpoint that is not later than the stored one; `invalid`
   * (`read-model.document`) for a document that cannot be stored. Nothing is written then.
   */
  commit(writes: readonly DocumentWrite<Doc>[], progress: Progress): Promise<void>;
  /** Throws DomainError `invalid` (`read-model.document`) for a document that indexes cannot take. */
  check(id: string, document: Doc): void;
  checkpoint(): Promise<Position | undefined>;
  parked(): Promise<readonly ParkedStream[]>;
}

/** A writer of a version that nobody reads yet: free to leave out indexes and syncing until `finish`. */
export interface FillingWriter<Doc extends Document> extends ReadModelWriter<Doc> {
  /** Builds indexes and makes everything durable. The version can then be swapped in, also by another thread. */
  finish(): Promise<void>;
}

/** One engine's read models, opened (and created) by definition. */
export interface ReadModelEngine {
  /** For readers: always the live version, across swaps. */
  reader<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModel<Doc>>;
  /** For the runner: the live version when it is exactly this definition's, else undefined: it must be filled. */
  writer<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModelWriter<Doc> | undefined>;
  /** A new, empty version beside the live one. An unfinished one of the same name is dropped. */
  fill<Doc extends Document>(definition: ReadModelDefinition): Promise<FillingWriter<Doc>>;
  /** The version that was filled and finished, perhaps by another thread, and waits for its swap. */
  filled<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModelWriter<Doc> | undefined>;
  /** Versions of a read model that exist, with the live one marked. */
  versions(name: string): Promise<readonly { version: string; live: boolean }[]>;
  /** Makes the version that was filled the live one for readers, and drops the others. Writers got before are void. */
  swap(definition: ReadModelDefinition): Promise<void>;
  close(): Promise<void>;
}
