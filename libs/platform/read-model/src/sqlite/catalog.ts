import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type SqliteDatabase } from '@casebook/sqlite';

/**
 * A file of a read model: `filling` until its indexes are built, `filled` until it is swapped in, then
 * `live`, and `replaced` from the next swap until it is removed.
 */
export interface CatalogEntry {
  readonly file: string;
  readonly name: string;
  readonly label: string;
  readonly state: 'filling' | 'filled' | 'live' | 'replaced';
}

const FILE = 'catalog.sqlite';

/** Which file of a directory holds which version. Shared by threads: each opens its own. */
export class Catalog {
  private readonly db: SqliteDatabase;

  constructor(private readonly directory: string) {
    this.db = openDatabase(join(directory, FILE), { synchronous: 'FULL' });
    this.db.exec(`
      CREATE TABLE IF NOT EXISTS files(
        number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, label TEXT NOT NULL, state TEXT NOT NULL);
      CREATE UNIQUE INDEX IF NOT EXISTS one_live ON files(name) WHERE state = 'live'`);
    // Left over by a process that ended between a swap and the removal: nobody reads them, and words must not stay.
    for (const entry of this.all()) if (entry.state === 'replaced') this.drop(entry);
  }

  entries(name: string): readonly CatalogEntry[] {
    return this.all().filter((entry) => entry.name === name);
  }

  find(name: string, state: CatalogEntry['state']): CatalogEntry | undefined {
    return this.entries(name).find((entry) => entry.state === state);
  }

  /** Reserves a file for a new version; what was being filled before under this name is dropped. */
  begin(name: string, label: string): string {
    for (const entry of this.entries(name)) if (entry.state !== 'live') this.drop(entry);
    const { lastInsertRowid } = this.db
      .prepare("INSERT INTO files(name, label, state) VALUES (?, ?, 'filling')")
      .run(name, label);
    const file = this.path(name, label, Number(lastInsertRowid));
    removeDatabase(file);
    return file;
  }

  filled(file: string): void {
    this.db.prepare("UPDATE files SET state = 'filled' WHERE number = ?").run(numberOf(file));
  }

  /** Makes a filled file the live one in one step; answers the files to drop. */
  swap(entry: CatalogEntry): readonly CatalogEntry[] {
    this.db.transaction(() => {
      this.db.prepare("UPDATE files SET state = 'replaced' WHERE name = ? AND state = 'live'").run(entry.name);
      this.db.prepare("UPDATE files SET state = 'live' WHERE number = ?").run(numberOf(entry.file));
    })();
    return this.entries(entry.name).filter(({ state }) => state !== 'live');
  }

  /** Removes a file for good: its words are gone with it. */
  drop(entry: CatalogEntry): void {
    removeDatabase(entry.file);
    this.db.prepare('DELETE FROM files WHERE number = ?').run(numberOf(entry.file));
  }

  close(): void {
    this.db.close();
  }

  private all(): readonly CatalogEntry[] {
    const rows = this.db.prepare('SELECT number, name, label, state FROM files ORDER BY number').all();
    return (rows as (Omit<CatalogEntry, 'file'> & { number: number })[]).map(({ number, ...entry }) => ({
      ...entry,
      file: this.path(entry.name, entry.label, number),
    }));
  }

  private path(name: string, label: string, number: number): string {
    return join(this.directory, `${name}.${label}.${number}.sqlite`);
  }
}

/** Removes a database and its journals. */
function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
}

function numberOf(file: string): number {
  return Number(/\.(\d+)\.sqlite$/.exec(file)?.[1]);
}
