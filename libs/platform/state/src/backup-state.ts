import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory, openDatabase, syncDirectory } from '@casebook/sqlite';

/**
 * Copies the SQLite file of a state store (or a key store) as it is at one moment, while it stays in use, also by
 * another process. The copy is on disk when it answers. An existing `target` is replaced.
 */
export async function backupState(file: string, target: string): Promise<void> {
  makeDirectory(dirname(target));
  const source = openDatabase(file, { synchronous: 'FULL', readonly: true });
  try {
    await source.backup(target);
  } finally {
    source.close();
  }
  const handle = openSync(target, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncDirectory(dirname(target));
}
