import type { MongoConnection } from '@casebook/mongodb';
import type { DomainError, Position } from '@casebook/kernel';
import { declared } from '../declared';
import type { Document, DocumentWrite, ReadModelDefinition } from '../read-model';
import { unfit } from '../refusals';
import { scalarAt } from '../value-at';

/** A document as it lies in its collection: its own fields beside ours. */
export interface StoredDocument {
  readonly _id: string;
  /** Position of the last event in it. */
  readonly _pos: Position;
  /** A deleted document leaves its position behind, so that an older write cannot bring it back. */
  readonly _gone?: true;
}

const OURS = ['_id', '_pos', '_gone'];
/** MongoDB takes 100; one is the document, and drivers and tools want some of their own. */
const MAX_DEPTH = 60;
const MAX_BYTES = 16 * 1024 * 1024 - 16 * 1024;
/** JSON text below this cannot grow to MAX_BYTES: `1,` becomes twelve bytes at most. */
const SMALL_JSON = 1024 * 1024;

/** Turns documents into what is stored and back. */
export class StoredDocuments {
  private readonly paths: readonly (readonly string[])[];

  constructor(
    private readonly definition: ReadModelDefinition,
    private readonly sizeOf: MongoConnection['sizeOf'],
  ) {
    this.paths = declared(definition).scalars.map((path) => path.split('.'));
  }

  /** Throws DomainError `invalid` (`read-model.document`) for a document that cannot be stored or indexed. */
  check(id: string, document: Document): void {
    const refuse = (reason: string): DomainError => unfit(this.definition, id, reason);
    if (id === '') throw refuse('it has no id');
    const ours = OURS.find((name) => Object.hasOwn(document, name));
    if (ours !== undefined) throw refuse(`${ours} is taken`);
    checkValue(document, 1, refuse);
    for (const path of this.paths) scalarAt(document, path, refuse);
  }

  /** Throws as `check` does. */
  store({ id, document, position }: DocumentWrite<Document>): StoredDocument {
    if (document === null) return { _id: id, _pos: position, _gone: true };
    const json = this.json(id, document);
    // What is stored is what JSON keeps of it, as on every engine: no undefined, no -0, dates as text.
    const plain = JSON.parse(json) as Document;
    this.check(id, plain);
    const stored = { _id: id, _pos: position, ...plain };
    if (json.length > SMALL_JSON && this.sizeOf(stored) > MAX_BYTES)
      throw unfit(this.definition, id, 'it is larger than 16 MB');
    return stored;
  }

  private json(id: string, document: Document): string {
    try {
      return JSON.stringify(document);
    } catch (error) {
      throw unfit(this.definition, id, error instanceof Error ? error.message : String(error));
    }
  }
}

/** The document without what the engine put beside it. */
export function plainOf(stored: StoredDocument): Document {
  const { _id, _pos, _gone, ...document } = stored;
  return document;
}

function checkValue(value: unknown, depth: number, refuse: (reason: string) => DomainError): void {
  if (value === null || typeof value !== 'object') return;
  if (depth > MAX_DEPTH) throw refuse(`it is nested more than ${MAX_DEPTH} levels deep`);
  if (Array.isArray(value)) {
    for (const item of value) {
      if (Array.isArray(item)) throw refuse('it holds an array directly inside an array');
      checkValue(item, depth + 1, refuse);
    }
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key.startsWith('$') || key.includes('.') || key.includes('\0'))
      throw refuse(`${JSON.stringify(key)} cannot be the name of a field`);
    checkValue(inner, depth + 1, refuse);
  }
}
