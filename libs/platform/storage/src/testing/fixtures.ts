import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyring, type ManagedKeyring } from '@casebook/keys';
import { openSqliteStateStore, type StateStore } from '@casebook/state';
import type { BlobStore } from '../blob-store';
import { openFileBlobStore } from '../file-blob-store';

/** A data directory with everything that storing files needs. */
export interface Fixture {
  readonly directory: string;
  readonly blobs: BlobStore;
  readonly state: StateStore;
  readonly keyring: ManagedKeyring;
  /** Closes the files; `remove` also deletes the directory. */
  close(options?: { remove: boolean }): Promise<void>;
}

/** Opens such a directory, by default a new one. */
export async function openFixture(directory = mkdtempSync(join(tmpdir(), 'casebook-storage-'))): Promise<Fixture> {
  const blobs = openFileBlobStore(join(directory, 'blobs'), { minFreeBytes: 0 });
  const state = openSqliteStateStore(join(directory, 'state.sqlite'));
  const keyring = await openKeyring({
    state: openSqliteStateStore(join(directory, 'keys.sqlite'), { leaveNoTrace: true }),
    masterKeyFile: join(directory, 'master.key'),
  });
  return {
    directory,
    blobs,
    state,
    keyring,
    close: async ({ remove } = { remove: true }) => {
      await state.close();
      await keyring.close();
      if (remove) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Paths of the files below a directory that contain the text, in UTF-8 or Base64. */
export function filesWith(directory: string, text: string): string[] {
  const base64 = Buffer.from(text).toString('base64').slice(4, -4);
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return bytes.includes(text) || bytes.includes(base64);
    });
}
