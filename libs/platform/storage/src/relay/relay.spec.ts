import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CHUNK_BYTES } from '../sealed-chunk';
import { SealedObjects } from '../sealed-objects';
import { filesWith, openFixture, type Fixture } from '../testing/fixtures';
import { COLLECTION_KEPT_MS, EXPIRY_MS } from '../upload-records';
import { Uploads } from '../uploads';
import { Relay } from './relay';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const never = async (): Promise<boolean> => false;
const about = (bytes: Uint8Array, fileName = 'insights-db1.tar.bz2') => ({
  fileName,
  contentType: 'application/octet-stream',
  sha256: sha256(bytes),
});

describe('a file that a program sends in one request', () => {
  let fixture: Fixture;
  let clock: number;
  let relay: Relay;
  let uploads: Uploads;
  beforeEach(async () => {
    fixture = await openFixture();
    clock = Date.now();
    relay = new Relay({ ...fixture, now: () => clock, checkpointBytes: 100_000 });
    uploads = new Uploads({ ...fixture, now: () => clock });
  });
  afterEach(() => fixture.close());

  const blobs = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of fixture.blobs.list()) names.push(name);
    return names;
  };
  const stored = async (id: string): Promise<Buffer> => {
    const parts: Buffer[] = [];
    const object = await uploads.finished(id, 'ada');
    for await (const part of new SealedObjects(fixture.blobs, fixture.keyring).read(object)) parts.push(part);
    return Buffer.concat(parts);
  };
  const nothingIsLeft = async (): Promise<void> => {
    expect(await relay.list('ada')).toEqual([]);
    expect(await blobs()).toEqual([]);
    expect(await fixture.state.list('upload')).toEqual([]);
  };

  it('is a complete upload of its sender, whatever its size', async () => {
    const sizes = fc.oneof(
      fc.constantFrom(1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 1),
      fc.integer({ min: 1, max: 4 * CHUNK_BYTES }),
    );
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 3 * CHUNK_BYTES }), async (size, step) => {
        const bytes = randomBytes(size);
        const pieces = Array.from({ length: Math.ceil(size / step) }, (_, at) =>
          bytes.subarray(at * step, (at + 1) * step),
        );
        const { collection, isNew } = await relay.receive('ada', about(bytes), pieces);
        expect({ ...collection, isNew }).toMatchObject({ isNew: true, size, sha256: sha256(bytes) });
        expect((await stored(collection.uploadId)).equals(bytes)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('is there once, however often it is sent, also twice at once', async () => {
    const bytes = randomBytes(200_000);
    const [one, two] = await Promise.all([
      relay.receive('ada', about(bytes), [bytes]),
      relay.receive('ada', about(bytes), [bytes]),
    ]);
    const again = await relay.receive('ada', about(bytes, 'other-name.tar.gz'), [bytes]);
    expect([one.isNew, two.isNew].sort()).toEqual([false, true]);
    expect([two.collection, again.collection]).toEqual([one.collection, one.collection]);
    expect(again.isNew).toBe(false);
    expect(await blobs()).toHaveLength(1);
    expect(await relay.list('ada')).toEqual([one.collection]);
  });

  it('leaves nothing behind when its bytes do not have the announced sum', async () => {
    const bytes = randomBytes(300_000);
    for (const wrong of [bytes.subarray(1), Buffer.concat([bytes, bytes]), Buffer.alloc(300_000)])
      await expect(relay.receive('ada', about(bytes), [wrong])).rejects.toMatchObject({
        kind: 'mismatch',
        code: 'collection.damaged',
      });
    await expect(relay.receive('ada', about(Buffer.alloc(0)), [])).rejects.toMatchObject({ code: 'collection.empty' });
    await nothingIsLeft();
  });

  it('leaves nothing behind when it breaks off, also behind a point that was made safe', async () => {
    async function* broken() {
      yield randomBytes(250_000);
      throw new Error('connection lost');
    }
    await expect(relay.receive('ada', about(randomBytes(1)), broken())).rejects.toThrow('connection lost');
    await nothingIsLeft();
  });

  it('is not taken without a sum', async () => {
    for (const sum of [undefined, '', 'abc', 'g'.repeat(64)])
      await expect(
        relay.receive('ada', { ...about(randomBytes(1)), sha256: sum }, [randomBytes(1)]),
      ).rejects.toMatchObject({ kind: 'invalid', code: 'collection.sum' });
    await nothingIsLeft();
  });

  it('says damaged, and keeps what is there, when other bytes are sent under the sum of an earlier one', async () => {
    const bytes = randomBytes(1_000);
    const { collection } = await relay.receive('ada', about(bytes), [bytes]);
    await expect(relay.receive('ada', about(bytes), [randomBytes(1_000)])).rejects.toMatchObject({ kind: 'mismatch' });
    expect((await stored(collection.uploadId)).equals(bytes)).toBe(true);
  });

  it('belongs to its sender alone', async () => {
    const bytes = randomBytes(1_000);
    const { collection } = await relay.receive('ada', about(bytes), [bytes]);
    expect(await relay.list('gus')).toEqual([]);
    await expect(uploads.finished(collection.uploadId, 'gus')).rejects.toMatchObject({ kind: 'missing' });
    expect((await relay.receive('gus', about(bytes), [bytes])).isNew).toBe(true);
    expect(await blobs()).toHaveLength(2);
  });

  it('is listed, newest first, with what it was attached to, under a name without a path', async () => {
    const [first, second] = [randomBytes(10), randomBytes(20)];
    const one = (await relay.receive('ada', about(first, '../../etc/first.tar.gz'), [first])).collection;
    clock += 1_000;
    const two = (await relay.receive('ada', about(second), [second])).collection;
    await uploads.finished(one.uploadId, 'ada', 'CB-1042');
    expect(await relay.list('ada')).toEqual([two, { ...one, attachedTo: 'CB-1042' }]);
    expect(one.fileName).toBe('first.tar.gz');
  });

  it('waits for 30 days; then it is gone, and can be sent again', async () => {
    const bytes = randomBytes(1_000);
    await relay.receive('ada', about(bytes), [bytes]);
    clock += COLLECTION_KEPT_MS - 1;
    expect(await uploads.sweep(never)).toBe(0);
    expect(await uploads.sweepOrphans(never)).toBe(0);
    expect(await relay.list('ada')).toHaveLength(1);
    clock += 1;
    expect(await relay.list('ada')).toEqual([]);
    expect((await relay.receive('ada', about(bytes), [bytes])).isNew).toBe(true);
    expect(await uploads.sweep(never)).toBe(1);
    expect(await blobs()).toHaveLength(1);
  });

  it('does not wait so long when a crash left it incomplete', async () => {
    await uploads.create(Uploads.newId(), 'ada', undefined, {}, 'collection');
    clock += EXPIRY_MS;
    expect(await uploads.sweep(never)).toBe(1);
  });

  it('is never on the disk in plain, nor is its name', async () => {
    const secret = 'the quick brown collection';
    const bytes = Buffer.from(`${secret} `.repeat(20_000));
    await relay.receive('ada', about(bytes, `${secret}.tar`), [bytes.subarray(0, 100_001), bytes.subarray(100_001)]);
    expect(filesWith(fixture.directory, secret)).toEqual([]);
  });
});
