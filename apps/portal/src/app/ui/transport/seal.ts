/* The sealed object of docs/attachments.md, made in the browser. */

/** Plain bytes in every chunk but the last. */
export const CHUNK_BYTES = 64 * 1024;

/** Which object the chunks belong to. */
export interface SealedObject {
  readonly objectName: string;
  readonly session: number;
  /** Plain bytes of the whole. */
  readonly size: number;
}

/** The object's key, from base64. */
export function importKey(base64: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt']);
}

/** Seals the chunks of plain bytes that begin with chunk `first` of the object. */
export async function sealChunks(
  key: CryptoKey,
  object: SealedObject,
  first: number,
  plain: ArrayBuffer,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const lastIndex = Math.max(1, Math.ceil(object.size / CHUNK_BYTES)) - 1;
  const chunks: Promise<Uint8Array<ArrayBuffer>>[] = [];
  for (let at = 0, index = first; at < plain.byteLength; at += CHUNK_BYTES, index++) {
    chunks.push(sealChunk(key, object, index, index === lastIndex, plain.slice(at, at + CHUNK_BYTES)));
  }
  return Promise.all(chunks);
}

/** Session, ciphertext, tag. */
async function sealChunk(
  key: CryptoKey,
  { objectName, session }: SealedObject,
  index: number,
  last: boolean,
  plain: ArrayBuffer,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = new DataView(new ArrayBuffer(12));
  nonce.setUint32(0, session);
  nonce.setBigUint64(4, BigInt(index));
  const additionalData = new TextEncoder().encode(`casebook object 1 ${objectName} ${index} ${last ? 'last' : 'more'}`);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce.buffer, additionalData }, key, plain);
  const chunk = new Uint8Array(4 + sealed.byteLength);
  chunk.set(new Uint8Array(nonce.buffer, 0, 4));
  chunk.set(new Uint8Array(sealed), 4);
  return chunk;
}
