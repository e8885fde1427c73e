import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newObjectName } from './blob-store';
import { describeBlobStore } from './blob-store.suite';
import { openFileBlobStore } from './file-blob-store';

describe('the blob store on disk', () => {
  let directory: string;
  let count = 0;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-blobs-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  describeBlobStore('a directory', {
    open: async () => openFileBlobStore(join(directory, String(count++)), { minFreeBytes: 0 }),
  });

  it('takes nothing more when the room it leaves to the event log is reached', async () => {
    const store = openFileBlobStore(join(directory, 'full'), { minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(store.open(newObjectName(), 0)).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.full' });
  });
});
