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

/** Fields (dotted paths) in order, 1 ascending, -1 descending. */
export type Index = Readonly<Record<string, 1 | -1>>;

/** A read model as a view declares it. Each version is a file (a collection) of its own. */
export interface ReadModelDefinition {
  readonly name: string;
  readonly version: number;
  readonly indexes: readonly Index[];
  readonly scope: ScopeFields;
}

export type Scalar = string | number | boolean | null;

/** A closed subset of MongoDB's filter language, the same on every engine. Paths are dotted; arrays match by element. */
export interface FieldFilter {
  readonly $eq?: Scalar;
  readonly $ne?: Scalar;
  readonly $in?: readonly Scalar[];
  readonly $nin?: readonly Scalar[];
  readonly $gt?: string | number;
  readonly $gte?: string | number;
  readonly $lt?: string | number;
  readonly $lte?: string | number;
  readonly $exists?: boolean;
}
/** All conditions hold; `any` holds when one of its filters does. */
export interface Filter {
  readonly where?: Readonly<Record<string, Scalar | FieldFilter>>;
  readonly any?: readonly Filter[];
}

export interface Query {
  readonly filter?: Filter;
  /** The id is always the last sort key, so that paging is total. */
  readonly sort?: Index;
  readonly limit?: number;
  /** Cursor of the page before: answers what follows it. Opaque. */
  readonly after?: string;
}

export interface Page<Doc> {
  readonly items: readonly Doc[];
  readonly nextCursor?: string;
}

/** Documents of one read model, as queries see them. */
export interface ReadModel<Doc extends Document> {
  /** The document, when the scope may see it. */
  get(scope: Scope, id: string): Promise<Doc | undefined>;
  /** At most `limit` (default 50, at most 1,000) documents. Throws DomainError `invalid` for an unreadable cursor. */
  find(scope: Scope, query: Query): Promise<Page<Doc>>;
  count(scope: Scope, filter?: Filter): Promise<number>;
}

/** One write of a projection batch: a document to put, or null to delete it. */
export interface DocumentWrite<Doc> {
  readonly id: string;
  readonly document: Doc | null;
  /** Position of the last event folded into it; an older write never replaces a newer one. */
  readonly position: Position;
}

/** What the projection runner uses; nobody else writes. */
export interface ReadModelWriter<Doc extends Document> {
  load(ids: readonly string[]): Promise<Map<string, { document: Doc; position: Position }>>;
  /** Writes documents and checkpoint in one step; refused when `epoch` (of the owner's lease) is older than the stored one. */
  commit(writes: readonly DocumentWrite<Doc>[], checkpoint: Position, epoch: number): Promise<void>;
  checkpoint(): Promise<Position | undefined>;
}

/** One engine's read models, opened (and created) by definition. */
export interface ReadModelEngine {
  /** For readers: always the live version, across swaps. */
  reader<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModel<Doc>>;
  /** For the runner: exactly the definition's version. */
  writer<Doc extends Document>(definition: ReadModelDefinition): Promise<ReadModelWriter<Doc>>;
  /** Versions of a read model that exist, with the live one marked. */
  versions(name: string): Promise<readonly { version: string; live: boolean }[]>;
  /** Makes what the writer of `definition` filled the live one for readers, and drops the others. */
  swap(definition: ReadModelDefinition): Promise<void>;
  close(): Promise<void>;
}
