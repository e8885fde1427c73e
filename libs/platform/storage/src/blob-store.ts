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
