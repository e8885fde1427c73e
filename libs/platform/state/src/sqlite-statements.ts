import type { SqliteDatabase, SqliteStatement } from '@casebook/sqlite';

export interface Row {
  readonly space: string;
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS record (
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (space, key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS record_expiry ON record (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS sequence (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO sequence VALUES (1, 0);`;

const COLUMNS = 'space, key, value, version, expires_at AS expiresAt';
const ALIVE = '(record.expires_at IS NULL OR record.expires_at > @now)';
const INSERT = `INSERT INTO record (space, key, value, version, expires_at)
  VALUES (@space, @key, @value, @version, @expiresAt)
  ON CONFLICT (space, key) DO UPDATE
  SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at`;

export interface Statements {
  readonly get: SqliteStatement<[{ space: string; key: string; now: number }], Row>;
  readonly insert: SqliteStatement<[Row & { now: number }]>;
  readonly put: SqliteStatement<[Row & { expected: number; now: number }]>;
  readonly set: SqliteStatement<[Row]>;
  readonly remove: SqliteStatement<[{ space: string; key: string; expected: number | null; now: number }]>;
  readonly list: SqliteStatement<[{ space: string; prefix: string; after: string; limit: number; now: number }], Row>;
  readonly nextSpace: SqliteStatement<[{ after: string; now: number }], { space: string }>;
  readonly sweep: SqliteStatement<[{ now: number; limit: number }]>;
  readonly exists: SqliteStatement<[{ space: string; key: string }]>;
  readonly readVersion: SqliteStatement<[], { last: number }>;
  readonly writeVersion: SqliteStatement<[number]>;
}

/** Makes the tables when missing, and compiles every statement of the store. */
export function prepareStatements(database: SqliteDatabase): Statements {
  database.exec(SCHEMA);
  return {
    get: database.prepare(`SELECT ${COLUMNS} FROM record WHERE space = @space AND key = @key AND ${ALIVE}`),
    insert: database.prepare(`${INSERT} WHERE record.expires_at <= @now`),
    put: database.prepare(`UPDATE record SET value = @value, version = @version, expires_at = @expiresAt
      WHERE space = @space AND key = @key AND version = @expected AND ${ALIVE}`),
    set: database.prepare(INSERT),
    remove: database.prepare(`DELETE FROM record
      WHERE space = @space AND key = @key AND (@expected IS NULL OR version = @expected) AND ${ALIVE}`),
    list: database.prepare(`SELECT ${COLUMNS} FROM record
      WHERE space = @space AND key >= @prefix AND key > @after AND ${ALIVE} ORDER BY key LIMIT @limit`),
    // One step along the primary key per space, however many records it has.
    nextSpace: database.prepare(`SELECT space FROM record
      WHERE space > @after AND ${ALIVE} ORDER BY space LIMIT 1`),
    sweep: database.prepare(`DELETE FROM record WHERE rowid IN
      (SELECT rowid FROM record WHERE expires_at <= @now LIMIT @limit)`),
    exists: database.prepare('SELECT 1 FROM record WHERE space = @space AND key = @key'),
    readVersion: database.prepare('SELECT last FROM sequence'),
    writeVersion: database.prepare('UPDATE sequence SET last = ?'),
  };
}
