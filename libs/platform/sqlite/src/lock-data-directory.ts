import { join } from 'node:path';
import { DomainError } from '@casebook/kernel';
import Database from 'better-sqlite3';
import { makeDirectory } from './open-database';
import { sqliteCode } from './sqlite-code';

/** A data directory held by this process. */
export interface DataDirectoryLock {
  release(): void;
}

/**
 * Takes a data directory for this process, until `release` or the end of the process, however it ends: an open
 * exclusive transaction holds a lock of the operating system, so there is never a stale lock to clear.
 * Throws DomainError `conflict` `data-directory.locked` when another process (or another holder in this one) has it.
 */
export function lockDataDirectory(directory: string): DataDirectoryLock {
  makeDirectory(directory);
  const database = new Database(join(directory, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY') !== true) throw error;
    throw new DomainError(
      'conflict',
      'data-directory.locked',
      `Another process uses the data directory ${directory}. Stop it first, or choose another directory (DATA_DIR).`,
    );
  }
  return {
    release: () => {
      if (database.open) database.close();
    },
  };
}
