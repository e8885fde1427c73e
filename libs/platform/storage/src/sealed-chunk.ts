import { createCipheriv, createDecipheriv } from 'node:crypto';
import { damaged } from './blob-store';

/** Plain bytes in every chunk but the last, which has 1 to this many (0 only in an empty object). */
export const CHUNK_BYTES = 64 * 1024;
const SESSION_BYTES = 4;
const TAG_BYTES = 16;
const OVERHEAD = SESSION_BYTES + TAG_BYTES;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + OVERHEAD;

/** Where a chunk belongs. All of it is authenticated, so a chunk opens in its own place only. */
export interface ChunkPlace {
  readonly objectName: string;
  /** 0 for the first chunk. */
  readonly index: number;
  /** True for the last chunk of the object, so that a cut is seen. */
  readonly last: boolean;
}

/**
 * Seals one chunk: session, ciphertext, tag. The nonce is session and index. The session is larger at each resumption
 * of an upload, since a chunk that was sealed but lost may be sealed again with other content.
 */
export function sealChunk(key: Buffer, place: ChunkPlace, session: number, plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(session, place.index));
  cipher.setAAD(associated(place));
  const head = Buffer.alloc(SESSION_BYTES);
  head.writeUInt32BE(session);
  return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens it again. Throws DomainError `unavailable` `storage.damaged` when a bit or the place differs. */
export function openChunk(key: Buffer, place: ChunkPlace, sealed: Buffer): Buffer {
  if (sealed.length < OVERHEAD) throw damaged(place.objectName);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(sealed.readUInt32BE(), place.index), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associated(place));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(SESSION_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw damaged(place.objectName);
  }
  return plain;
}

/** Number of chunks of an object of `size` plain bytes. */
export function chunkCount(size: number): number {
  return Math.max(1, Math.ceil(size / CHUNK_BYTES));
}

/** Stored bytes of an object of `size` plain bytes. */
export function sealedSize(size: number): number {
  return size + chunkCount(size) * OVERHEAD;
}

function nonce(session: number, index: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(session);
  bytes.writeBigUInt64BE(BigInt(index), SESSION_BYTES);
  return bytes;
}

function associated({ objectName, index, last }: ChunkPlace): Buffer {
  return Buffer.from(`casebook object 1 ${objectName} ${index} ${last ? 'last' : 'more'}`);
}
