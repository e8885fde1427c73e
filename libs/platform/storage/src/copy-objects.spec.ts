import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newObjectName, type BlobStore } from './blob-store';
import { copyObjects } from './copy-objects';
import { openFileBlobStore } from './file-blob-store';

describe('copying objects', () => {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-copy-'));
  const from = openFileBlobStore(join(directory, 'from'), { minFreeBytes: 0 });
  const to = openFileBlobStore(join(directory, 'to'), { minFreeBytes: 0 });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  async function put(store: BlobStore, bytes: Buffer, finished = true): Promise<string> {
    const name = newObjectName();
    const writer = await store.open(name, 0);
    await writer.write(bytes);
    await writer.sync();
    await writer.close();
    if (finished) await store.finish(name);
    return name;
  }

  async function bytesOf(store: BlobStore, name: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of store.read(name, 0, (await store.size(name)) ?? 0)) parts.push(part);
    return Buffer.concat(parts);
  }

  it('takes over what is finished, byte for byte, and again after it was cut short', async () => {
    const contents = [Buffer.alloc(0), randomBytes(10), randomBytes(3_000_000)];
    const names = await Promise.all(contents.map((content) => put(from, content)));
    await put(from, randomBytes(10), false);
    const half = await to.open(names[2]!, 0);
    await half.write(randomBytes(100));
    await half.sync();
    await half.close();
    for (let round = 0; round < 2; round++) {
      expect(await copyObjects(from, to)).toEqual({ objects: 3, bytes: 3_000_010 });
      for (const [at, name] of names.entries()) expect((await bytesOf(to, name)).equals(contents[at]!)).toBe(true);
    }
    const there: string[] = [];
    for await (const { name } of to.list()) there.push(name);
    expect(there.sort()).toEqual(names.sort());
  });
});
