import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES, sealedSize } from './sealed-chunk';
import { SealedObjects, type StoredObject } from './sealed-objects';
import { filesWith, openFixture, type Fixture } from './testing/fixtures';

describe('SealedObjects', () => {
  let fixture: Fixture;
  let objects: SealedObjects;
  beforeAll(async () => {
    fixture = await openFixture();
    objects = new SealedObjects(fixture.blobs, fixture.keyring);
  });
  afterAll(() => fixture.close());

  const fileOf = ({ objectName }: StoredObject): string =>
    join(fixture.directory, 'blobs', objectName.slice(0, 2), objectName);
  const read = async (object: StoredObject, start?: number, end?: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for await (const part of objects.read(object, start, end)) parts.push(part);
    return Buffer.concat(parts);
  };
  const damaged = { kind: 'unavailable', code: 'storage.damaged' };

  it.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 5 * CHUNK_BYTES + 17])(
    'gives back %i bytes as they were, with their size and SHA-256',
    async (size) => {
      const bytes = randomBytes(size);
      const object = await objects.write([bytes.subarray(0, size / 3), bytes.subarray(size / 3)]);
      expect(object).toMatchObject({ size, sha256: createHash('sha256').update(bytes).digest('hex') });
      expect((await read(object)).equals(bytes)).toBe(true);
      expect(statSync(fileOf(object)).size).toBe(sealedSize(size));
    },
  );

  it('reads any range', async () => {
    const bytes = randomBytes(4 * CHUNK_BYTES + 1000);
    const object = await objects.write([bytes]);
    const place = fc.oneof(
      fc.nat(bytes.length),
      fc.tuple(fc.nat(4), fc.integer({ min: -2, max: 2 })).map(([chunk, by]) => Math.max(0, chunk * CHUNK_BYTES + by)),
    );
    await fc.assert(
      fc.asyncProperty(place, place, async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        if (start === end) return;
        expect((await read(object, start, end)).equals(bytes.subarray(start, end))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves no plain word on disk, and no two objects alike', async () => {
    const text = 'a most remarkable deadlock between checkpointer and archiver';
    const one = await objects.write([Buffer.from(text)]);
    const two = await objects.write([Buffer.from(text)]);
    expect(filesWith(fixture.directory, 'remarkable deadlock between')).toEqual([]);
    expect(readFileSync(fileOf(one)).equals(readFileSync(fileOf(two)))).toBe(false);
  });

  it('removes what it wrote when the source fails', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield randomBytes(2 * CHUNK_BYTES + 1);
      throw new Error('the line broke');
    }
    await expect(objects.write(failing())).rejects.toThrow('the line broke');
    const unfinished: string[] = [];
    for await (const blob of fixture.blobs.list()) if (!blob.finished) unfinished.push(blob.name);
    expect(unfinished).toEqual([]);
  });

  it('says when an object is gone', async () => {
    const object = await objects.write([Buffer.from('x')]);
    await objects.delete(object.objectName);
    await expect(read(object)).rejects.toMatchObject({ kind: 'missing' });
  });

  describe('whoever changes stored bytes', () => {
    let bytes: Buffer;
    let object: StoredObject;
    let sealed: Buffer;
    beforeEach(async () => {
      bytes = randomBytes(3 * CHUNK_BYTES + 500);
      object = await objects.write([bytes]);
      sealed = readFileSync(fileOf(object));
    });
    const chunk = (index: number): Buffer =>
      sealed.subarray(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES);

    it('is found out at any byte', async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
          const changed = Buffer.from(sealed);
          changed[at] = changed[at]! ^ flip;
          writeFileSync(fileOf(object), changed);
          await expect(read(object)).rejects.toMatchObject(damaged);
        }),
        { numRuns: 60 },
      );
    });

    it('gets nothing out of a chunk that does not verify', async () => {
      const changed = Buffer.from(sealed);
      const at = 2 * SEALED_CHUNK_BYTES + 100;
      changed[at] = changed[at]! ^ 1;
      writeFileSync(fileOf(object), changed);
      const parts: Buffer[] = [];
      await expect(
        (async () => {
          for await (const part of objects.read(object)) parts.push(part);
        })(),
      ).rejects.toMatchObject(damaged);
      expect(Buffer.concat(parts).equals(bytes.subarray(0, 2 * CHUNK_BYTES))).toBe(true);
      expect((await read(object, 0, 2 * CHUNK_BYTES)).length).toBe(2 * CHUNK_BYTES);
    });

    it.each([
      ['cuts it at a chunk', () => sealed.subarray(0, 2 * SEALED_CHUNK_BYTES)],
      ['cuts it within a chunk', () => sealed.subarray(0, sealed.length - 1)],
      ['adds to it', () => Buffer.concat([sealed, Buffer.alloc(1)])],
      ['swaps chunks', () => Buffer.concat([chunk(1), chunk(0), chunk(2), chunk(3)])],
      ['repeats a chunk', () => Buffer.concat([chunk(0), chunk(0), chunk(2), chunk(3)])],
      ['empties it', () => Buffer.alloc(0)],
    ])('is found out when he %s', async (_, change) => {
      writeFileSync(fileOf(object), change());
      await expect(read(object)).rejects.toMatchObject(damaged);
    });

    it('is found out when he also forges the size', async () => {
      writeFileSync(fileOf(object), sealed.subarray(0, 2 * SEALED_CHUNK_BYTES));
      await expect(read({ ...object, size: 2 * CHUNK_BYTES })).rejects.toMatchObject(damaged);
    });

    it('is found out when he puts in another object, even under the same key', async () => {
      const other = await objects.write([bytes]);
      writeFileSync(fileOf(object), readFileSync(fileOf(other)));
      await expect(read(object)).rejects.toMatchObject(damaged);
      await expect(read({ ...object, wrappedKey: other.wrappedKey })).rejects.toMatchObject(damaged);
    });
  });
});
