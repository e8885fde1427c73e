import { randomBytes } from 'node:crypto';
import { DomainError } from '@casebook/kernel';

/**
 * Objects of any size under opaque names, written from front to end and then never changed. It sees sealed bytes
 * only. Shaped so that a directory fits, and a bucket with multipart uploads (whose last bytes count once synced).
 */
export interface BlobStore {
  /**
   * Begins an object (`at` 0), or goes on with an unfinished one behind its first `at` bytes, dropping what lies behind.
   * `at` must be a length that `sync` has answered. One writer at a time.
   * Throws DomainError `unavailable` when those bytes are not there, or the store is full.
   */
  open(name: string, at: number): Promise<BlobWriter>;
  /** Makes a written and synced object readable, durable when it answers. Repeating it is harmless. */
  finish(name: string): Promise<void>;
  /** Size in bytes of a finished object; undefined when there is none. */
  size(name: string): Promise<number | undefined>;
  /** The bytes of a finished object from `start` to before `end`. Throws DomainError `missing`, at the first read. */
  read(name: string, start: number, end: number): AsyncIterable<Buffer>;
  /** Removes an object, finished or not; harmless when there is none. */
  delete(name: string): Promise<void>;
  /** Every object there is, in no order. */
  list(): AsyncIterable<BlobInfo>;
  /** Removes what was begun before that time and then lost in a crash, so that no name leads to it. Answers how much. */
  dropLost?(before: Date): Promise<number>;
}

/** A store into which browsers can put the parts of an object themselves, by addresses that it signs. */
export interface DirectBlobStore extends BlobStore {
  /** Begins an object whose parts come from elsewhere. */
  beginDirect(name: string): Promise<void>;
  /** Where to put part `number` (from 1) of `size` bytes, for an hour. Throws DomainError `missing` for an object that was not begun. */
  partAddress(name: string, number: number, size: number): Promise<string>;
  /** Sizes of the parts that are there, by number. */
  directParts(name: string): Promise<ReadonlyMap<number, number>>;
  /** Makes the parts one finished object; repeating it is harmless. */
  completeDirect(name: string): Promise<void>;
}

/** True when browsers can put parts into this store themselves. */
export function takesParts(store: BlobStore): store is DirectBlobStore {
  return 'beginDirect' in store;
}

export interface BlobWriter {
  /** Adds bytes. Throws DomainError `unavailable` when the store is full. */
  write(bytes: Uint8Array): Promise<void>;
  /** Answers the length of the object once all of it will survive a crash. */
  sync(): Promise<number>;
  /** Lets go of the object, which stays as it is. */
  close(): Promise<void>;
}

export interface BlobInfo {
  readonly name: string;
  readonly size: number;
  readonly changedAt: Date;
  readonly finished: boolean;
}

/** A name that nothing else has: 32 hex digits. */
export function newObjectName(): string {
  return randomBytes(16).toString('hex');
}

/** True for names that `newObjectName` can make. Stores take no others, so that no name reaches outside. */
export function isObjectName(name: string): boolean {
  return /^[0-9a-f]{32}$/.test(name);
}

/** Thrown for stored bytes that are not what was written. Nothing of them was handed out. */
export function damaged(objectName: string): DomainError {
  return new DomainError('unavailable', 'storage.damaged', `The stored object ${objectName} is damaged.`);
}
