import type { ArchiveErrorCode } from '../archive/archive-error';
import type { Limits } from '../archive/limits';
import type { Collection } from '../format/collection';

export interface ReaderRequest {
  readonly file: string;
  /** Null asks for the collection, a path for that file's bytes. */
  readonly path: string | null;
  readonly limits: Limits;
}

export type ReaderAnswer =
  | { readonly collection: Collection }
  | { readonly content: Uint8Array }
  | { readonly refused: string; readonly code: ArchiveErrorCode };
