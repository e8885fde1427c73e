import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DomainError } from '@casebook/kernel';
import type { MasterKeys } from './master-key';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Wraps secrets with AES-256-GCM under the master key. What a secret is for is part of the seal: it opens nowhere else. */
export class KeyWrap {
  private readonly current: number;

  constructor(private readonly masterKeys: MasterKeys) {
    this.current = Math.max(...masterKeys.keys());
  }

  /** Answers `<master key version>.<nonce, ciphertext and tag in base64url>`. */
  wrap(secret: Buffer, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.masterKey(this.current), nonce);
    cipher.setAAD(associated(this.current, purpose));
    const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    return `${this.current}.${sealed.toString('base64url')}`;
  }

  /** Opens it again. Throws DomainError `unavailable` when the master key is another one or the text was changed. */
  unwrap(wrapped: string, purpose: string): Buffer {
    const [, version, body] = /^(\d{1,6})\.([\w-]+)$/.exec(wrapped) ?? [];
    const sealed = Buffer.from(body ?? '', 'base64url');
    if (version === undefined || sealed.length <= NONCE_BYTES + TAG_BYTES) throw damaged(purpose);
    const key = this.masterKey(Number(version));
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associated(Number(version), purpose));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw damaged(purpose);
    }
  }

  private masterKey(version: number): Buffer {
    const key = this.masterKeys.get(version);
    if (key) return key;
    throw new DomainError(
      'unavailable',
      'keys.master-key-missing',
      `A key is wrapped with version ${version} of the master key, which the master key file does not hold.`,
    );
  }
}

function associated(version: number, purpose: string): Buffer {
  return Buffer.from(`casebook key ${version} ${purpose}`);
}

function damaged(purpose: string): DomainError {
  return new DomainError(
    'unavailable',
    'keys.cannot-open',
    `The key of ${purpose} does not open: the master key is another one, or the stored key was changed.`,
  );
}
