import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { BlobStore } from './blob-store';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES } from './sealed-chunk';
import { SealedObjects } from './sealed-objects';
import { filesWith, openFixture, type Fixture } from './testing/fixtures';
import { EXPIRY_MS } from './upload-records';
import { Uploads } from './uploads';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const never = async (): Promise<boolean> => false;

/** A source that breaks after its bytes, as a lost connection does. */
async function* broken(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
  throw new Error('connection lost');
}

describe('Uploads', () => {
  let fixture: Fixture;
  let clock: number;
  let id: string;
  const open = (blobs: BlobStore = fixture.blobs): Uploads =>
    new Uploads({ ...fixture, blobs, now: () => clock, checkpointBytes: 100_000 });

  beforeEach(async () => {
    fixture = await openFixture();
    clock = Date.now();
    id = Uploads.newId();
  });
  afterEach(() => fixture.close());

  const content = async (uploads: Uploads, upload = id): Promise<Buffer> => {
    const parts: Buffer[] = [];
    const object = await uploads.finished(upload, 'ada');
    for await (const part of new SealedObjects(fixture.blobs, fixture.keyring).read(object)) parts.push(part);
    return Buffer.concat(parts);
  };
  const blobNames = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const blob of fixture.blobs.list()) names.push(blob.name);
    return names;
  };

  it('turns bytes into a sealed object that an event can name', async () => {
    const uploads = open();
    const bytes = randomBytes(300_000);
    await uploads.create(id, 'ada', bytes.length, { filename: '../Log 1.txt', filetype: 'text/plain' });
    expect(await uploads.write(id, 'ada', 0, [bytes])).toBe(300_000);
    expect(await uploads.finished(id, 'ada')).toMatchObject({
      size: 300_000,
      sha256: sha256(bytes),
      fileName: 'Log 1.txt',
      contentType: 'text/plain',
    });
    expect((await content(uploads)).equals(bytes)).toBe(true);
  });

  it('completes an upload of no bytes at once', async () => {
    const uploads = open();
    await uploads.create(id, 'ada', 0, {});
    expect(await uploads.finished(id, 'ada')).toMatchObject({
      size: 0,
      sha256: sha256(Buffer.alloc(0)),
      fileName: 'file',
    });
    expect(await content(uploads)).toHaveLength(0);
  });

  it('comes out the same however it was cut, broken off and taken up by a new process', async () => {
    const bytes = randomBytes(5 * CHUNK_BYTES);
    const piece = fc.record({
      length: fc.oneof(fc.integer({ min: 1, max: 150_000 }), fc.constantFrom(1, CHUNK_BYTES, CHUNK_BYTES - 1)),
      breaks: fc.boolean(),
      restart: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.boolean(), async (pieces, deferred) => {
        let uploads = open();
        const upload = Uploads.newId();
        await uploads.create(upload, 'ada', deferred ? undefined : bytes.length, {});
        let offset = 0;
        for (const { length, breaks, restart } of pieces) {
          const part = bytes.subarray(offset, offset + length);
          if (restart) uploads = open();
          if (breaks)
            await expect(
              uploads.write(upload, 'ada', offset, broken(part.subarray(0, 10), part.subarray(10))),
            ).rejects.toThrow(offset + part.length === bytes.length && part.length === 0 ? '' : 'connection lost');
          else expect(await uploads.write(upload, 'ada', offset, [part])).toBe(offset + part.length);
          offset = (await uploads.view(upload, 'ada')).offset;
          if ((await uploads.view(upload, 'ada')).complete) break;
        }
        if (deferred) await uploads.declareSize(upload, 'ada', bytes.length);
        await open().write(upload, 'ada', offset, [bytes.subarray(offset)]);
        expect((await open().finished(upload, 'ada')).sha256).toBe(sha256(bytes));
        expect((await content(uploads, upload)).equals(bytes)).toBe(true);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('keeps what came before the connection broke', async () => {
    const uploads = open();
    await uploads.create(id, 'ada', 1_000_000, {});
    await expect(uploads.write(id, 'ada', 0, broken(randomBytes(70_001)))).rejects.toThrow('connection lost');
    expect(await open().view(id, 'ada')).toMatchObject({ offset: 70_001, complete: false });
  });

  it('goes on behind the last safe place when the store failed halfway', async () => {
    const bytes = randomBytes(400_000);
    let writes = 0;
    const failing: BlobStore = Object.create(fixture.blobs, {
      open: {
        value: async (name: string, at: number) => {
          const writer = await fixture.blobs.open(name, at);
          return {
            write: async (part: Uint8Array) => {
              if (++writes === 4) throw new Error('disk broke');
              await writer.write(part);
            },
            sync: () => writer.sync(),
            close: () => writer.close(),
          };
        },
      },
    }) as BlobStore;
    const uploads = open(failing);
    await uploads.create(id, 'ada', bytes.length, {});
    await expect(uploads.write(id, 'ada', 0, [bytes.subarray(0, 150_000), bytes.subarray(150_000)])).rejects.toThrow(
      'disk broke',
    );
    const { offset } = await uploads.view(id, 'ada');
    expect(offset).toBe(150_000);
    expect(await uploads.write(id, 'ada', offset, [bytes.subarray(offset)])).toBe(bytes.length);
    expect((await content(uploads)).equals(bytes)).toBe(true);
  });

  it('never uses a nonce twice, also when other bytes follow after a crash', async () => {
    const uploads = open();
    await uploads.create(id, 'ada', 10 * CHUNK_BYTES, {});
    const sealed = async (): Promise<Buffer> => {
      const [name = ''] = await blobNames();
      const file = join(fixture.directory, 'blobs', name.slice(0, 2), `${name}.part`);
      return readFileSync(file).subarray(0, SEALED_CHUNK_BYTES);
    };
    const lost = new Uploads({ ...fixture, checkpointBytes: Number.MAX_SAFE_INTEGER, now: () => clock });
    let first: Buffer | undefined;
    async function* crashing(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(2 * CHUNK_BYTES, 'a');
      first = await sealed();
      // Another process takes over; what this one sealed was never made safe.
      await uploads.write(id, 'ada', 0, [Buffer.alloc(2 * CHUNK_BYTES, 'b')]);
    }
    await expect(lost.write(id, 'ada', 0, crashing())).rejects.toMatchObject({ code: 'upload.in-use' });
    const second = await sealed();
    expect(second.readUInt32BE()).not.toBe(first?.readUInt32BE());
  });

  it('has no plain byte and no file name on disk at any time', async () => {
    const uploads = open();
    const line = 'FATAL: password authentication failed for user "payroll_owner"\n';
    await uploads.create(id, 'ada', line.length * 3_000, { filename: 'payroll-secrets.log' });
    await uploads.write(id, 'ada', 0, [Buffer.from(line.repeat(2_000))]);
    expect(filesWith(fixture.directory, 'authentication failed for user "payroll_owner"')).toEqual([]);
    expect(filesWith(fixture.directory, 'payroll-secrets')).toEqual([]);
    await uploads.write(id, 'ada', line.length * 2_000, [Buffer.from(line.repeat(1_000))]);
    expect(filesWith(fixture.directory, 'authentication failed for user "payroll_owner"')).toEqual([]);
    expect((await content(uploads)).toString()).toBe(line.repeat(3_000));
  });

  it('belongs to one person, for whom others see nothing', async () => {
    const uploads = open();
    await uploads.create(id, 'ada', 10, {});
    const missing = { kind: 'missing', code: 'upload.missing' };
    await expect(uploads.view(id, 'gus')).rejects.toMatchObject(missing);
    await expect(uploads.write(id, 'gus', 0, [Buffer.alloc(10)])).rejects.toMatchObject(missing);
    await expect(uploads.cancel(id, 'gus')).rejects.toMatchObject(missing);
    await expect(uploads.finished(id, 'gus')).rejects.toMatchObject(missing);
    await expect(uploads.declareSize(id, 'gus', 10)).rejects.toMatchObject(missing);
    await expect(uploads.view('../state', 'ada')).rejects.toMatchObject(missing);
  });

  it('refuses a wrong offset, a second length and bytes behind the end', async () => {
    const uploads = open();
    await uploads.create(id, 'ada', 10, {});
    await expect(uploads.write(id, 'ada', 3, [Buffer.alloc(1)])).rejects.toMatchObject({ code: 'upload.offset' });
    await expect(uploads.declareSize(id, 'ada', 10)).rejects.toMatchObject({ code: 'upload.size' });
    await expect(uploads.write(id, 'ada', 0, [Buffer.alloc(4), Buffer.alloc(7)])).rejects.toMatchObject({
      kind: 'too-large',
    });
    expect((await uploads.view(id, 'ada')).offset).toBe(4);
    await expect(uploads.finished(id, 'ada')).rejects.toMatchObject({ code: 'upload.unfinished' });
  });

  it('may be used once, for the same thing as often as asked', async () => {
    const uploads = open();
    await uploads.create(id, 'ada', 1, {});
    await uploads.write(id, 'ada', 0, [Buffer.from('x')]);
    const first = await uploads.finished(id, 'ada', 'ticket-1');
    expect(await uploads.finished(id, 'ada', 'ticket-1')).toEqual(first);
    await expect(uploads.finished(id, 'ada', 'ticket-2')).rejects.toMatchObject({ code: 'upload.used' });
    await expect(uploads.cancel(id, 'ada')).rejects.toMatchObject({ code: 'upload.complete' });
  });

  it('finishes an object whose process was killed between the last byte and the last step', async () => {
    const uploads = open(
      Object.create(fixture.blobs, { finish: { value: () => Promise.reject(new Error('killed')) } }) as BlobStore,
    );
    await uploads.create(id, 'ada', 5, {});
    await expect(uploads.write(id, 'ada', 0, [Buffer.from('hello')])).rejects.toThrow('killed');
    expect((await content(open())).toString()).toBe('hello');
  });

  it('takes back an unfinished upload with its bytes', async () => {
    const uploads = open();
    await uploads.create(id, 'ada', 200_000, {});
    await uploads.write(id, 'ada', 0, [randomBytes(100_000)]);
    await uploads.cancel(id, 'ada');
    expect(await blobNames()).toEqual([]);
    await expect(uploads.view(id, 'ada')).rejects.toMatchObject({ kind: 'missing' });
  });

  describe('after 24 hours without a sign of life', () => {
    it('is gone at once, and its bytes at the next sweep', async () => {
      const uploads = open();
      await uploads.create(id, 'ada', 200_000, {});
      clock += EXPIRY_MS - 1;
      await uploads.write(id, 'ada', 0, [randomBytes(100_000)]);
      clock += EXPIRY_MS - 1;
      expect(await uploads.sweep(never)).toBe(0);
      clock += 1;
      await expect(uploads.view(id, 'ada')).rejects.toMatchObject({ kind: 'missing' });
      expect(await blobNames()).toHaveLength(1);
      expect(await uploads.sweep(never)).toBe(1);
      expect(await blobNames()).toEqual([]);
      expect(await uploads.sweep(never)).toBe(0);
    });

    it('keeps the bytes of a complete one that an event names, and only those', async () => {
      const uploads = open();
      const other = Uploads.newId();
      for (const upload of [id, other]) {
        await uploads.create(upload, 'ada', 3, {});
        await uploads.write(upload, 'ada', 0, [Buffer.from('abc')]);
      }
      const { objectName } = await uploads.finished(id, 'ada', 'ticket-1');
      clock += EXPIRY_MS;
      expect(await uploads.sweep(async (name) => name === objectName)).toBe(2);
      expect(await blobNames()).toEqual([objectName]);
    });
  });

  it('sweeps old objects that nobody knows', async () => {
    const uploads = open();
    const objects = new SealedObjects(fixture.blobs, fixture.keyring);
    const [named, orphan] = [await objects.write([Buffer.from('1')]), await objects.write([Buffer.from('2')])];
    const isReferenced = async (name: string): Promise<boolean> => name === named.objectName;
    expect(await uploads.sweepOrphans(isReferenced)).toBe(0);
    clock += EXPIRY_MS + 60_000;
    await uploads.create(id, 'ada', 200_000, {});
    await uploads.write(id, 'ada', 0, [randomBytes(100_000)]);
    expect(await uploads.sweepOrphans(isReferenced)).toBe(1);
    expect(await blobNames()).not.toContain(orphan.objectName);
    expect(await blobNames()).toHaveLength(2);
  });

  it('asks the store once a sweep for what it has itself lost sight of, by the same age', async () => {
    const asked: number[] = [];
    const dropLost = async (before: Date): Promise<number> => asked.push(before.getTime());
    expect(await open(Object.assign(fixture.blobs, { dropLost })).sweepOrphans(never)).toBe(1);
    expect(asked).toEqual([clock - EXPIRY_MS]);
  });
});
