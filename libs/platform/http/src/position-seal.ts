import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { DomainError, type Position } from '@casebook/kernel';

/**
 * Positions leave the server sealed: their distance would tell a customer how much happened that they may not see.
 * The same position always gives the same token (the nonce is derived from it).
 */
export class PositionSeal {
  readonly #mac: KeyObject;
  readonly #cipher: KeyObject;
  /** The same positions are asked for again and again: by every reader of a ticket. */
  readonly #sealed = new LRUCache<Position, string>({ max: 10_000 });

  /** `secret`: any text that all instances share and nobody outside knows. */
  constructor(secret: string) {
    this.#mac = createSecretKey(createHash('sha256').update(`mac:${secret}`).digest());
    this.#cipher = createSecretKey(createHash('sha256').update(`cipher:${secret}`).digest());
  }

  seal(position: Position): string {
    const known = this.#sealed.get(position);
    if (known !== undefined) return known;
    const token = this.#token(position);
    this.#sealed.set(position, token);
    return token;
  }

  #token(position: Position): string {
    const iv = this.#nonce(position);
    const cipher = createCipheriv('aes-256-ctr', this.#cipher, iv);
    return Buffer.concat([iv, cipher.update(position, 'utf8'), cipher.final()]).toString('base64url');
  }

  /** The position in a token. Throws DomainError `invalid` for anything that this installation did not seal. */
  open(token: string): Position {
    const bytes = Buffer.from(token, 'base64url');
    const iv = bytes.subarray(0, 16);
    if (iv.length === 16 && bytes.length <= 128) {
      const decipher = createDecipheriv('aes-256-ctr', this.#cipher, iv);
      const position = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
      if (timingSafeEqual(this.#nonce(position), iv)) return position;
    }
    throw new DomainError('invalid', 'position.invalid', 'This position was not given out by this portal.');
  }

  #nonce(position: string): Buffer {
    return createHmac('sha256', this.#mac).update(position).digest().subarray(0, 16);
  }
}
