import { randomBytes } from 'node:crypto';
import { DeleteBucketCorsCommand, GetBucketCorsCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { newObjectName, type BlobStore } from '../blob-store';
import { describeBlobStore } from '../blob-store.suite';
import { Bucket, type S3Options } from './bucket';
import { allowOrigin, openS3BlobStore } from './s3-blob-store';

const MIB = 1024 * 1024;
const setting = (name: string): string => process.env[name] ?? '';
const options: S3Options = {
  endpoint: setting('S3_ENDPOINT'),
  region: setting('S3_REGION'),
  bucket: setting('S3_BUCKET'),
  accessKeyId: setting('S3_ACCESS_KEY_ID'),
  secretAccessKey: setting('S3_SECRET_ACCESS_KEY'),
};
const bucket = new Bucket(options);

/** The bucket is the test's own: every spec begins with an empty one. */
async function empty(): Promise<BlobStore> {
  const store = await openS3BlobStore(options);
  for await (const { name } of store.list()) await store.delete(name);
  return store;
}

describeBlobStore('S3', { open: empty });

describe('large objects on S3', () => {
  let store: BlobStore;
  beforeEach(async () => {
    store = await empty();
  });
  const contents = async (name: string, start = 0, end = Number.MAX_SAFE_INTEGER): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for await (const piece of store.read(name, start, end)) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of bucket.list('')) found.push(key);
    return found;
  };

  it.each([0, 1, 5 * MIB, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 16 * MIB, 30 * MIB])(
    'come back as they were, and leave nothing beside them: %d bytes',
    async (size) => {
      const bytes = randomBytes(size);
      const name = newObjectName();
      const writer = await store.open(name, 0);
      for (let at = 0; at < size; at += 3 * MIB) await writer.write(bytes.subarray(at, at + 3 * MIB));
      expect(await writer.sync()).toBe(size);
      await writer.close();
      await store.finish(name);
      expect(await store.size(name)).toBe(size);
      expect((await contents(name)).equals(bytes)).toBe(true);
      expect((await contents(name, size - 5, size + 5)).equals(bytes.subarray(Math.max(0, size - 5)))).toBe(true);
      expect(await keys()).toEqual([`objects/${name}`]);
    },
  );

  it('go on after a crash at what was synced, also at the length before the last', async () => {
    const bytes = randomBytes(20 * MIB);
    const name = newObjectName();
    const first = await store.open(name, 0);
    await first.write(bytes.subarray(0, 7 * MIB));
    const early = await first.sync();
    await first.write(bytes.subarray(7 * MIB, 17 * MIB));
    await first.sync();
    await first.write(randomBytes(2 * MIB));

    const again = await openS3BlobStore(options);
    const second = await again.open(name, early);
    await second.write(bytes.subarray(early, 18 * MIB));
    const late = await second.sync();
    await second.write(randomBytes(9 * MIB));
    const third = await again.open(name, late);
    await third.write(bytes.subarray(late));
    await third.sync();
    await again.finish(name);
    expect((await contents(name)).equals(bytes)).toBe(true);
  });

  it('are finished once more when the answer was lost', async () => {
    const name = newObjectName();
    const writer = await store.open(name, 0);
    await writer.write(randomBytes(9 * MIB));
    await writer.sync();
    await store.finish(name);
    await store.finish(name);
    expect(await store.size(name)).toBe(9 * MIB);
  });

  it('leave no upload behind when they are given up', async () => {
    const name = newObjectName();
    const writer = await store.open(name, 0);
    await writer.write(randomBytes(9 * MIB));
    await writer.sync();
    const upload = (await bucket.get(`unfinished/${name}/upload`))?.toString() ?? '';
    expect(await bucket.parts(`objects/${name}`, upload)).toHaveLength(1);
    await store.delete(name);
    expect(await keys()).toEqual([]);
    await expect(bucket.parts(`objects/${name}`, upload)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('multipart uploads of which only the server knows', () => {
  it('are aborted by their age; those that are gone on with, and what others keep in the bucket, stay', async () => {
    const store = await empty();
    const open = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const { upload } of bucket.uploads()) found.push(upload);
      return found.sort();
    };
    for await (const { key, upload } of bucket.uploads()) await bucket.abort(key, upload);
    const [kept, finished] = [newObjectName(), newObjectName()];
    const writers = [await store.open(kept, 0), await store.open(finished, 0)];
    for (const writer of writers) {
      await writer.write(randomBytes(9 * MIB));
      await writer.sync();
    }
    await store.finish(finished);
    const known = await open();
    expect(known).toHaveLength(1);
    const foreign = await bucket.begin('elsewhere/file');
    await bucket.begin(`objects/${newObjectName()}`);
    await bucket.begin(`objects/${finished}`);
    await bucket.begin(`objects/${kept}`);
    expect(await store.dropLost?.(new Date(Date.now() - 3_600_000))).toBe(0);
    expect(await open()).toHaveLength(5);
    expect(await store.dropLost?.(new Date(Date.now() + 3_600_000))).toBe(3);
    expect(await open()).toEqual([...known, foreign].sort());
    await bucket.abort('elsewhere/file', foreign);
    await writers[0]?.write(randomBytes(9 * MIB));
    await writers[0]?.sync();
    await store.finish(kept);
    expect([await store.size(kept), await store.size(finished)]).toEqual([18 * MIB, 9 * MIB]);
  });
});

describe('pages that may put parts', () => {
  it('are added to what the owner of the bucket allows, once', async () => {
    const { bucket: Bucket, endpoint, region, accessKeyId, secretAccessKey } = options;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    const others = { AllowedOrigins: ['https://other.example'], AllowedMethods: ['GET'] };
    await client.send(new DeleteBucketCorsCommand({ Bucket }));
    await client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [others] } }));
    const origins = async () =>
      (await client.send(new GetBucketCorsCommand({ Bucket }))).CORSRules?.map((rule) => rule.AllowedOrigins);
    for (const origin of ['https://one.example', 'https://two.example', 'https://one.example'])
      expect(await allowOrigin(options, origin)).toBe(true);
    expect(await origins()).toEqual([['https://other.example'], ['https://one.example'], ['https://two.example']]);
    await client.send(new DeleteBucketCorsCommand({ Bucket }));
    expect(await allowOrigin(options, 'https://one.example')).toBe(true);
    expect(await origins()).toEqual([['https://one.example']]);
    expect(await allowOrigin({ ...options, secretAccessKey: 'wrong' }, 'https://one.example')).toBe(false);
  });
});

describe('a bucket that cannot be used', () => {
  it.each([
    ['no such bucket', { bucket: 'nowhere' }, 'no bucket nowhere'],
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'S3_SECRET_ACCESS_KEY'],
    ['nobody there', { endpoint: 'http://127.0.0.1:9' }, 'http://127.0.0.1:9'],
  ])('is said in one sentence: %s', async (_case, wrong, words) => {
    await expect(openS3BlobStore({ ...options, ...wrong })).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(words) as string,
    });
  });
});
