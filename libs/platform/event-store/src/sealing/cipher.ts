import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

/** A sealed text as it lies in stored data: base64url of version, nonce, ciphertext and tag. */
export interface SealedText {
  readonly $sealed: string;
}

/** True for the stored form of a sealed text. */
export function isSealed(value: unknown): value is SealedText {
  return typeof value === 'object' && value !== null && '$sealed' in value && typeof value.$sealed === 'string';
}

// Random bytes for many nonces at once: asking for 12 at a time costs more than the encryption itself.
const pool = Buffer.alloc(IV_BYTES * 1024);
let used = pool.length;

function nonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const iv = Buffer.from(pool.subarray(used, used + IV_BYTES));
  used += IV_BYTES;
  return iv;
}

/** Event id and field as bytes that the tag covers: a sealed text cannot be moved to another event or field. */
function associated(eventId: string, path: string): Buffer {
  return Buffer.from(`${eventId} ${path}`);
}

/** Keys go in as KeyObjects: Node 24 takes ten times longer to accept a Buffer as a key. */
export function seal(text: string, key: Buffer, eventId: string, path: string): SealedText {
  const iv = nonce();
  const cipher = createCipheriv(ALGORITHM, createSecretKey(key), iv);
  cipher.setAAD(associated(eventId, path));
  const sealed = Buffer.concat([
    Buffer.of(VERSION),
    iv,
    cipher.update(text, 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return { $sealed: sealed.toString('base64url') };
}

/** Opens a sealed text. Throws when key, event, field or a single bit differ. */
export function unseal(sealed: SealedText, key: Buffer, eventId: string, path: string): string {
  const bytes = Buffer.from(sealed.$sealed, 'base64url');
  if (bytes[0] !== VERSION || bytes.length < 1 + IV_BYTES + TAG_BYTES) throw new Error('Not a sealed text');
  const end = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, createSecretKey(key), bytes.subarray(1, 1 + IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associated(eventId, path));
  decipher.setAuthTag(bytes.subarray(end));
  return decipher.update(bytes.subarray(1 + IV_BYTES, end), undefined, 'utf8') + decipher.final('utf8');
}
