import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Type of a column, as the collection format names it. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'texts';
export type Depth = 'surface' | 'shallow' | 'deep';

/** One thing that the collector takes: where it is written, what it is, why, what its disclosure would mean. */
export interface CatalogueItem {
  readonly item: string;
  /** Path inside the archive; `<oid>` stands for the database's number. */
  readonly path: string;
  readonly depth: Depth;
  readonly impact: 'low' | 'medium';
  readonly what: string;
  readonly why: string;
  /** A file with so many rows is marked as truncated: there may be more. */
  readonly limit?: number;
  /** First major version of PostgreSQL that has it. */
  readonly since?: number;
  /** `login`: asked with the login's own rights, because pg_monitor does not have them. */
  readonly rights?: 'login';
  /** Session variable that says why only a part was seen. */
  readonly partial?: 'hidden' | 'unread';
  readonly scope?: 'database' | 'pgd';
  readonly untried?: boolean;
  /** Taken by that variant alone. */
  readonly platform?: 'windows';
  readonly columns?: Readonly<Record<string, ColumnType>>;
  readonly shape?: string;
  readonly keys?: readonly string[];
}

export interface Catalogue {
  readonly catalogue: number;
  readonly format: string;
  readonly items: readonly CatalogueItem[];
}

/** Which part of the collector takes an item. */
export type Part = 'pg' | 'db' | 'pgd' | 'host' | 'barman';

const FOLDER = join('apps', 'collector', 'src');

/**
 * The project's root, found upwards from this file, so that it works from the sources and compiled. Throws when the
 * collector's sources are not there.
 */
export function projectRoot(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, FOLDER, 'catalogue.json'))) return folder;
    if (dirname(folder) === folder)
      throw new Error(`The sources of the collector (${FOLDER}) are not beside this program.`);
  }
}

/** Text of one source file of the collector. */
export function source(root: string, ...path: readonly string[]): string {
  return readFileSync(join(root, FOLDER, ...path), 'utf8');
}

export function readCatalogue(root: string): Catalogue {
  return JSON.parse(source(root, 'catalogue.json')) as Catalogue;
}

export function partOf({ item, scope }: CatalogueItem): Part {
  if (scope === 'pgd') return 'pgd';
  return item.slice(0, item.indexOf('.')) as Part;
}
