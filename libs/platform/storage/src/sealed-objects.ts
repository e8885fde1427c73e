import { createHash, randomBytes } from 'node:crypto';
import type { Keyring } from '@casebook/keys';
import { damaged, newObjectName, type BlobStore } from './blob-store';
import { ObjectSealer } from './object-sealer';
import { CHUNK_BYTES, SEALED_CHUNK_BYTES, chunkCount, openChunk, sealedSize } from './sealed-chunk';

/** Everything needed to read a sealed object again; it belongs into the event that names the object. */
export interface StoredObject {
  readonly objectName: string;
  /** The object's key, wrapped by the master key. */
  readonly wrappedKey: string;
  /** Plain bytes. */
  readonly size: number;
  /** Hex SHA-256 of the plain bytes. */
  readonly sha256: string;
}

const OBJECT_KEY_BYTES = 32;

/** Writes and reads objects of which the store behind sees sealed bytes only. */
export class SealedObjects {
  constructor(
    private readonly blobs: BlobStore,
    private readonly keyring: Pick<Keyring, 'wrap' | 'unwrap'>,
  ) {}

  /** Stores an object whose bytes the server has at hand; durable when it answers. Leaves nothing behind when `source` fails. */
  async write(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredObject> {
    const objectName = newObjectName();
    const key = newObjectKey();
    try {
      const hash = createHash('sha256');
      const sealer = new ObjectSealer(key, objectName, 0);
      const writer = await this.blobs.open(objectName, 0);
      let size = 0;
      try {
        for await (const bytes of source) {
          size += bytes.length;
          hash.update(bytes);
          for (const chunk of sealer.push(bytes)) await writer.write(chunk);
        }
        await writer.write(sealer.last());
        await writer.sync();
      } finally {
        await writer.close();
      }
      await this.blobs.finish(objectName);
      return { objectName, wrappedKey: this.keyring.wrap(key), size, sha256: hash.digest('hex') };
    } catch (error) {
      await this.blobs.delete(objectName);
      throw error;
    }
  }

  /**
   * Plain bytes from `start` to before `end`, never any that were not verified.
   * Throws DomainError `missing` when the object is not there, and `unavailable` `storage.damaged` when its bytes are
   * not those that were written.
   */
  async *read(object: StoredObject, start = 0, end = object.size): AsyncGenerator<Buffer, void> {
    const { objectName, size } = object;
    const stored = await this.blobs.size(objectName);
    if (stored !== undefined && stored !== sealedSize(size)) throw damaged(objectName);
    const key = this.keyring.unwrap(object.wrappedKey);
    const lastIndex = chunkCount(size) - 1;
    let index = Math.min(Math.floor(start / CHUNK_BYTES), lastIndex);
    const until = Math.min((Math.floor(Math.max(end - 1, 0) / CHUNK_BYTES) + 1) * SEALED_CHUNK_BYTES, sealedSize(size));
    for await (const sealed of cut(this.blobs.read(objectName, index * SEALED_CHUNK_BYTES, until))) {
      const plain = openChunk(key, { objectName, index, last: index === lastIndex }, sealed);
      const from = index * CHUNK_BYTES;
      const wanted = plain.subarray(Math.max(start - from, 0), Math.max(end - from, 0));
      if (wanted.length > 0) yield wanted;
      index++;
    }
    if (index <= Math.floor(Math.max(end - 1, 0) / CHUNK_BYTES)) throw damaged(objectName);
  }

  /** Destroys an object; harmless when it is gone. */
  async delete(objectName: string): Promise<void> {
    await this.blobs.delete(objectName);
  }
}

export function newObjectKey(): Buffer {
  return randomBytes(OBJECT_KEY_BYTES);
}

/** Every chunk of an object, opened one after the other. Throws DomainError `storage.damaged` for any other bytes. */
export async function* readChunks(
  blobs: BlobStore,
  key: Buffer,
  objectName: string,
  size: number,
): AsyncGenerator<Buffer, void> {
  const stored = await blobs.size(objectName);
  if (stored !== sealedSize(size)) throw damaged(objectName);
  const lastIndex = chunkCount(size) - 1;
  let index = 0;
  for await (const sealed of cut(blobs.read(objectName, 0, stored))) {
    yield openChunk(key, { objectName, index, last: index === lastIndex }, sealed);
    index++;
  }
  if (index <= lastIndex) throw damaged(objectName);
}

/** Cuts a byte stream into sealed chunks; the last may be shorter. */
async function* cut(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const bytes of source) {
    parts.push(bytes);
    held += bytes.length;
    if (held < SEALED_CHUNK_BYTES) continue;
    let whole = Buffer.concat(parts);
    for (; whole.length >= SEALED_CHUNK_BYTES; whole = whole.subarray(SEALED_CHUNK_BYTES))
      yield whole.subarray(0, SEALED_CHUNK_BYTES);
    parts = [whole];
    held = whole.length;
  }
  if (held > 0) yield Buffer.concat(parts);
}
