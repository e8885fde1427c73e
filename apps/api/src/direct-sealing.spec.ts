import { randomBytes, type webcrypto } from 'node:crypto';
import { ObjectSealer } from '@casebook/storage/object-sealer';
import { CHUNK_BYTES, chunkCount, openChunk, SEALED_CHUNK_BYTES } from '@casebook/storage/sealed-chunk';
import fc from 'fast-check';

/** The portal's own code; by its path alone, since its types are those of a browser. */
interface Sealing {
  readonly importKey: (base64: string) => Promise<webcrypto.CryptoKey>;
  readonly sealChunks: (
    key: webcrypto.CryptoKey,
    object: { readonly objectName: string; readonly session: number; readonly size: number },
    first: number,
    plain: ArrayBuffer,
  ) => Promise<Uint8Array[]>;
}
const { importKey, sealChunks } = jest.requireActual<Sealing>('../../portal/src/app/ui/transport/seal');

const sizes = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -2, max: 2 }))
    .map(([chunks, beside]) => chunks * CHUNK_BYTES + beside),
  fc.integer({ min: 1, max: 5 * CHUNK_BYTES }),
);

describe('what the browser seals', () => {
  /** The object as the portal makes it: part by part, each of `partChunks` chunks. */
  async function sealedByBrowser(key: Buffer, objectName: string, session: number, plain: Buffer, partChunks: number) {
    const imported = await importKey(key.toString('base64'));
    const parts: Uint8Array[] = [];
    const object = { objectName, session, size: plain.length };
    for (let first = 0; first * CHUNK_BYTES < plain.length; first += partChunks) {
      const part = new Uint8Array(plain.subarray(first * CHUNK_BYTES, (first + partChunks) * CHUNK_BYTES));
      parts.push(...(await sealChunks(imported, object, first, part.buffer)));
    }
    return Buffer.concat(parts);
  }

  it('is byte for byte what the server seals, and the server opens it, at every size and session', async () => {
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.integer({ min: 1, max: 0xffffffff }),
        fc.integer({ min: 1, max: 4 }),
        async (size, session, partChunks) => {
          const [key, plain, objectName] = [randomBytes(32), randomBytes(size), randomBytes(16).toString('hex')];
          const sealed = await sealedByBrowser(key, objectName, session, plain, partChunks);
          const sealer = new ObjectSealer(key, objectName, session);
          expect(sealed.equals(Buffer.concat([...sealer.push(plain), sealer.last()]))).toBe(true);
          const opened = Array.from({ length: chunkCount(size) }, (_, index) => {
            const chunk = sealed.subarray(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES);
            return openChunk(key, { objectName, index, last: index === chunkCount(size) - 1 }, chunk);
          });
          expect(Buffer.concat(opened).equals(plain)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('opens nowhere else: not in another place, object or length', async () => {
    const [key, plain, objectName] = [randomBytes(32), randomBytes(2 * CHUNK_BYTES), randomBytes(16).toString('hex')];
    const first = (await sealedByBrowser(key, objectName, 1, plain, 2)).subarray(0, SEALED_CHUNK_BYTES);
    const place = { objectName, index: 0, last: false };
    expect(openChunk(key, place, first).equals(plain.subarray(0, CHUNK_BYTES))).toBe(true);
    for (const wrong of [{ index: 1 }, { last: true }, { objectName: randomBytes(16).toString('hex') }])
      expect(() => openChunk(key, { ...place, ...wrong }, first)).toThrow('damaged');
  });
});
