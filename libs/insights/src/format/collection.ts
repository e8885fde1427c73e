import type { RawRow } from './columns';
import type { ItemStatus, Manifest } from './manifest';

/** Status of one file of an item; `invalid`: the collector says it is there, but it does not follow the format. */
export type PartStatus = ItemStatus | 'invalid';

/** One file of an item: the whole item, or its part of one database. */
export interface Part {
  readonly path: string;
  /** Oid of the database for items that have a file per database. */
  readonly oid: string | null;
  readonly status: PartStatus;
  readonly detail: string | null;
  readonly truncated: boolean;
  readonly rows: readonly RawRow[];
  /** Line of each row in the file; null where a row sums up the whole file. */
  readonly lines: readonly (number | null)[];
}

/** A file of the archive. */
export interface FileEntry {
  readonly path: string;
  readonly bytes: number;
}

/** What a collection says, as plain data: checked, bounded, ready for the rules. */
export interface Collection {
  readonly source: 'collection' | 'tpm-diag';
  readonly manifest: Manifest;
  /** Parts by item name. */
  readonly parts: Readonly<Record<string, readonly Part[]>>;
  readonly files: readonly FileEntry[];
  /** Files that this version does not know; kept in the archive and listed. */
  readonly unknownFiles: readonly string[];
}
