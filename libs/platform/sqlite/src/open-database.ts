import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';

export type SqliteDatabase = Database.Database;
export type SqliteStatement<Parameters extends unknown[] = unknown[], Row = unknown> = Database.Statement<
  Parameters,
  Row
>;

export interface OpenOptions {
  /**
   * FULL: every commit is on disk when it answers (log, state, keys). NORMAL: the last commits may be missing after a
   * power cut, the file stays sound (read models, whose checkpoint moves in the same transaction).
   */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Opens an existing file for reading only. */
  readonly readonly?: boolean;
}

const BUSY_MS = 5_000;

/**
 * Opens a SQLite file in WAL mode; makes it, and its directory, when missing.
 * The synchronous level is set on every open: SQLite does not keep it in the file, and its default in WAL mode is NORMAL.
 */
export function openDatabase(file: string, options: OpenOptions): SqliteDatabase {
  const path = resolve(file);
  const readonly = options.readonly === true;
  const created = !readonly && !existsSync(path);
  if (created) makeDirectory(dirname(path));
  const database = new Database(path, { readonly, fileMustExist: readonly, timeout: BUSY_MS });
  try {
    if (!readonly) database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${options.synchronous}`);
    // SQLite syncs the directory for its journals, not for the database file itself.
    if (created) syncDirectory(dirname(path));
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Makes a directory and its missing parents so that their names survive a power cut. */
export function makeDirectory(directory: string): void {
  const path = resolve(directory);
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  const top = dirname(first);
  for (let at = path; at.length >= top.length; at = dirname(at)) {
    syncDirectory(at);
    if (at === top) return;
  }
}

/** Puts the names in a directory on disk: without it a new or renamed file can be gone after a power cut. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
