import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Keyring } from '@casebook/keys';
import { damaged } from './blob-store';

/** An upload as the state store holds it, between its creation and its expiry. What a person wrote is sealed. */
export interface UploadRecord {
  /** Person id of who began it. */
  readonly owner: string;
  readonly objectName: string;
  readonly wrappedKey: string;
  /** Absent while the client has not said it. */
  readonly size?: number;
  /** Plain bytes that are safe. */
  readonly offset: number;
  /** Counts the times somebody went on writing; part of every chunk's nonce. */
  readonly session: number;
  /** Sealed chunks in each part but the last, where the client puts the parts into the store itself. */
  readonly partChunks?: number;
  /** A collection of the collector, which is kept longer once it is complete. */
  readonly kind?: 'collection';
  /** Sealed JSON of the client's metadata. */
  readonly about: string;
  /** Sealed: state of the hash, and the bytes behind the last full chunk. Gone when the upload is complete. */
  readonly rest?: string;
  /** Of the whole object; there once it is complete. */
  readonly sha256?: string;
  /** What the complete upload was used for, so that it is used once. */
  readonly usedBy?: string;
  /** Epoch milliseconds of the last sign of life. */
  readonly touchedAt: number;
}

/** What an unfinished upload needs to go on. */
export interface Rest {
  readonly hashState: Buffer;
  readonly bytes: Buffer;
}

export type Metadata = Record<string, string | null>;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals the private parts of upload records, under a key derived from the key of the object. */
export class RecordSeal {
  private readonly key: Buffer;

  constructor(
    readonly objectKey: Buffer,
    private readonly objectName: string,
  ) {
    this.key = createHmac('sha256', objectKey).update('casebook upload record').digest();
  }

  static of(record: UploadRecord, keyring: Pick<Keyring, 'unwrap'>): RecordSeal {
    return new RecordSeal(keyring.unwrap(record.wrappedKey), record.objectName);
  }

  sealAbout(metadata: Metadata): string {
    return this.seal('about', Buffer.from(JSON.stringify(metadata)));
  }

  openAbout(sealed: string): Metadata {
    return JSON.parse(this.open('about', sealed).toString()) as Metadata;
  }

  sealRest(offset: number, rest: Rest): string {
    const head = Buffer.alloc(2);
    head.writeUInt16BE(rest.hashState.length);
    return this.seal(`rest ${offset}`, Buffer.concat([head, rest.hashState, rest.bytes]));
  }

  openRest(offset: number, sealed: string): Rest {
    const plain = this.open(`rest ${offset}`, sealed);
    const split = 2 + plain.readUInt16BE();
    return { hashState: plain.subarray(2, split), bytes: plain.subarray(split) };
  }

  private seal(what: string, plain: Buffer): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    cipher.setAAD(this.associated(what));
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  private open(what: string, sealed: string): Buffer {
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw damaged(this.objectName);
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(this.associated(what));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      decipher.final();
    } catch {
      throw damaged(this.objectName);
    }
    return plain;
  }

  private associated(what: string): Buffer {
    return Buffer.from(`casebook upload ${this.objectName} ${what}`);
  }
}
