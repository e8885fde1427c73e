import { createHash, randomBytes } from 'node:crypto';
import type { BlobStore } from '../blob-store';
import { ObjectSealer } from '../object-sealer';
import { openS3BlobStore } from '../s3';
import { SealedObjects } from '../sealed-objects';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES } from '../sealed-chunk';
import { openFixture, type Fixture } from '../testing/fixtures';
import { Uploads } from '../uploads';
import { DirectUploads, type DirectUpload } from './direct-uploads';

const setting = (name: string): string => process.env[name] ?? '';
const options = {
  endpoint: setting('S3_ENDPOINT'),
  publicEndpoint: setting('S3_ENDPOINT'),
  region: setting('S3_REGION'),
  bucket: setting('S3_BUCKET'),
  accessKeyId: setting('S3_ACCESS_KEY_ID'),
  secretAccessKey: setting('S3_SECRET_ACCESS_KEY'),
};
const MIB = 1024 * 1024;
const METADATA = { filename: 'pg.log', filetype: 'text/plain' };

describe('direct uploads to S3', () => {
  let fixture: Fixture;
  let blobs: BlobStore;
  let direct: DirectUploads;
  let uploads: Uploads;
  beforeAll(async () => {
    blobs = await openS3BlobStore(options);
    fixture = await openFixture();
    const { state, keyring } = fixture;
    direct = new DirectUploads(blobs, state, keyring);
    uploads = new Uploads({ blobs, state, keyring });
  });
  afterAll(async () => {
    await fixture.close();
  });

  /** The sealed parts, as a browser makes them. */
  function partsOf({ key, objectName, session, partChunks }: DirectUpload, plain: Buffer): Buffer[] {
    const sealer = new ObjectSealer(Buffer.from(key, 'base64'), objectName, session);
    const sealed = Buffer.concat([...sealer.push(plain), sealer.last()]);
    const bytes = partChunks * SEALED_CHUNK_BYTES;
    return Array.from({ length: Math.ceil(sealed.length / bytes) }, (_, at) =>
      sealed.subarray(at * bytes, (at + 1) * bytes),
    );
  }
  async function put(upload: DirectUpload, number: number, body: Buffer): Promise<number> {
    const [address] = await direct.addresses(upload.id, 'ada', [number]);
    return (await fetch(address?.url ?? '', { method: 'PUT', body: new Uint8Array(body) })).status;
  }
  async function putAll(upload: DirectUpload, parts: readonly Buffer[]): Promise<void> {
    for (const [at, part] of parts.entries()) expect(await put(upload, at + 1, part)).toBe(200);
  }

  it.each([1, CHUNK_BYTES, CHUNK_BYTES + 1, 8 * MIB, 8 * MIB + 1, 20 * MIB])(
    'are put by the client, checked, and then attached and read like any other: %d bytes',
    async (size) => {
      const plain = randomBytes(size);
      const upload = await direct.begin('ada', size, METADATA);
      await putAll(upload, partsOf(upload, plain));
      await expect(uploads.finished(upload.id, 'ada')).rejects.toMatchObject({ code: 'upload.unfinished' });
      expect(await direct.complete(upload.id, 'ada')).toEqual({ state: 'done', checked: size });
      const finished = await uploads.finished(upload.id, 'ada', 'ticket-1');
      expect(finished).toMatchObject({ size, fileName: 'pg.log', contentType: 'text/plain' });
      expect(finished.sha256).toBe(createHash('sha256').update(plain).digest('hex'));
      const read: Buffer[] = [];
      for await (const bytes of new SealedObjects(blobs, fixture.keyring).read(finished)) read.push(bytes);
      expect(Buffer.concat(read).equals(plain)).toBe(true);
      expect(await direct.complete(upload.id, 'ada')).toEqual({ state: 'done', checked: size });
    },
  );

  it('go on after a reload with what is there, in a session of their own', async () => {
    const plain = randomBytes(20 * MIB);
    const upload = await direct.begin('ada', plain.length, METADATA);
    const before = partsOf(upload, plain);
    await put(upload, 2, before[1]!);
    await expect(direct.complete(upload.id, 'ada')).rejects.toThrow('2 of 3 parts are missing');
    const again = await direct.resume(upload.id, 'ada');
    expect(again).toMatchObject({ have: [2], session: upload.session + 1, key: upload.key });
    const after = partsOf(again, plain);
    await put(again, 1, after[0]!);
    await put(again, 3, after[2]!);
    expect((await direct.complete(upload.id, 'ada')).state).toBe('done');
  });

  it('go on after a reload in the middle of the check, and after it, without any part being sent again', async () => {
    const plain = randomBytes(20 * MIB);
    const upload = await direct.begin('ada', plain.length, METADATA);
    await putAll(upload, partsOf(upload, plain));
    const { state, keyring } = fixture;
    const hurried = new DirectUploads(blobs, state, keyring, Date.now, 0);
    expect((await hurried.complete(upload.id, 'ada')).state).toBe('checking');
    while ((await blobs.size(upload.objectName)) === undefined) await new Promise((r) => setTimeout(r, 5));
    // As another instance, or the same after a crash, sees it.
    expect((await direct.resume(upload.id, 'ada')).have).toEqual([1, 2, 3]);
    expect((await direct.complete(upload.id, 'ada')).state).toBe('done');
    expect((await direct.resume(upload.id, 'ada')).have).toEqual([1, 2, 3]);
    expect((await direct.complete(upload.id, 'ada')).state).toBe('done');
    await expect(direct.addresses(upload.id, 'ada', [1])).rejects.toMatchObject({ code: 'upload.complete' });
  });

  it.each<[string, (parts: Buffer[], other: Buffer[]) => Buffer[]]>([
    ['a changed bit', ([one, two]) => [one!, Buffer.from(two!.map((byte, at) => (at === 1_000 ? byte ^ 1 : byte)))]],
    [
      'chunks in another order',
      ([one, two]) => [
        Buffer.concat([
          one!.subarray(SEALED_CHUNK_BYTES, 2 * SEALED_CHUNK_BYTES),
          one!.subarray(0, SEALED_CHUNK_BYTES),
          one!.subarray(2 * SEALED_CHUNK_BYTES),
        ]),
        two!,
      ],
    ],
    ['a part of another object', ([one], [, two]) => [one!, two!]],
  ])('are gone when they hold %s', async (_what, spoil) => {
    const plain = randomBytes(10 * MIB);
    const [upload, other] = [
      await direct.begin('ada', plain.length, METADATA),
      await direct.begin('ada', plain.length, METADATA),
    ];
    await putAll(upload, spoil(partsOf(upload, plain), partsOf(other, plain)));
    await expect(direct.complete(upload.id, 'ada')).rejects.toMatchObject({ code: 'upload.damaged' });
    await expect(uploads.finished(upload.id, 'ada')).rejects.toMatchObject({ code: 'upload.missing' });
    expect(await blobs.size(upload.objectName)).toBeUndefined();
  });

  it('take no part of another size, and no number that the object does not have', async () => {
    const upload = await direct.begin('ada', 10 * MIB, METADATA);
    const [one] = partsOf(upload, randomBytes(10 * MIB));
    // The server may hang up on a part while it is still being sent.
    expect([403, 'hung up']).toContain(await put(upload, 1, one!.subarray(1)).catch(() => 'hung up'));
    expect((await direct.resume(upload.id, 'ada')).have).toEqual([]);
    await expect(direct.addresses(upload.id, 'ada', [3])).rejects.toMatchObject({ code: 'upload.part' });
    await expect(
      direct.addresses(
        upload.id,
        'ada',
        Array.from({ length: 51 }, () => 1),
      ),
    ).rejects.toMatchObject({ code: 'upload.part' });
  });

  it('belong to one person, and go no other way', async () => {
    const upload = await direct.begin('ada', MIB, METADATA);
    for (const call of [
      direct.resume(upload.id, 'gus'),
      direct.addresses(upload.id, 'gus', [1]),
      direct.complete(upload.id, 'gus'),
      direct.cancel(upload.id, 'gus'),
    ])
      await expect(call).rejects.toMatchObject({ code: 'upload.missing' });
    await expect(uploads.write(upload.id, 'ada', 0, [randomBytes(10)])).rejects.toMatchObject({
      code: 'upload.direct',
    });
  });

  it('leave nothing when they are given up, or nobody comes back for 24 hours', async () => {
    const parts = async () => {
      const upload = await direct.begin('ada', 10 * MIB, METADATA);
      await put(upload, 1, partsOf(upload, randomBytes(10 * MIB))[0]!);
      return upload;
    };
    const [given, stale] = [await parts(), await parts()];
    await direct.cancel(given.id, 'ada');
    const later = new Uploads({
      blobs,
      state: fixture.state,
      keyring: fixture.keyring,
      now: () => Date.now() + 25 * 3_600_000,
    });
    await later.sweep(() => Promise.resolve(false));
    const there: string[] = [];
    for await (const { name } of blobs.list()) there.push(name);
    expect(there).not.toContain(given.objectName);
    expect(there).not.toContain(stale.objectName);
    await expect(direct.resume(stale.id, 'ada')).rejects.toMatchObject({ code: 'upload.missing' });
  });
});

describe('a store that browsers do not reach', () => {
  it('offers no direct uploads', async () => {
    const { publicEndpoint: _public, ...inside } = options;
    const blobs = await openS3BlobStore(inside);
    const direct = new DirectUploads(blobs, undefined as never, undefined as never);
    expect(direct.offered).toBe(false);
    await expect(direct.begin('ada', 1, {})).rejects.toMatchObject({ code: 'upload.not_direct' });
  });
});
