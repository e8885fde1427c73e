/**
 * Mutable data that is neither event nor read model: sessions, tokens, claims, counters, leases, uploads, drafts.
 * A record lives in a space under a key. Values are JSON. Every write is durable when it answers.
 * Two processes may use one store: each operation is atomic. Spaces and keys are 1 to 512 bytes of well-formed text,
 * values at most 4 MiB of JSON; anything else is DomainError `invalid`.
 */
export interface StateStore {
  /** The record, or undefined when there is none or it has expired. */
  get<T>(space: string, key: string): Promise<StateRecord<T> | undefined>;
  /**
   * Writes a record that must not exist yet (an expired one does not count) and answers its version;
   * undefined when it does: a lost claim.
   */
  insert(space: string, key: string, value: unknown, options?: WriteOptions): Promise<number | undefined>;
  /** Writes over version `expected`; answers the new version, or undefined when the record is gone or has moved on. */
  put(
    space: string,
    key: string,
    value: unknown,
    expected: number,
    options?: WriteOptions,
  ): Promise<number | undefined>;
  /** Writes whatever was there before, and answers the new version. For values that only one writer owns. */
  set(space: string, key: string, value: unknown, options?: WriteOptions): Promise<number>;
  /** Removes the record, with `expected` only at that version. False when nothing was removed. */
  delete(space: string, key: string, expected?: number): Promise<boolean>;
  /** Adds `by` (default 1) to a counter that starts at 0, and answers the sum. A counter keeps its expiry. */
  increment(space: string, key: string, by?: number): Promise<number>;
  /** Raises a counter to at least `floor`, and answers its value. */
  raise(space: string, key: string, floor: number): Promise<number>;
  /** Records of a space whose key begins with `prefix`, in the order of their UTF-8 bytes, after `after`; at most `limit` (default 100). */
  list<T>(space: string, options?: { prefix?: string; after?: string; limit?: number }): Promise<StateRecord<T>[]>;
  /** Every space that holds a record, in the order of their UTF-8 bytes. */
  spaces(): Promise<string[]>;
  /** Removes every expired record for good; answers how many. Reads never show expired records anyway. */
  sweep(): Promise<number>;
  close(): Promise<void>;
}

export interface StateRecord<T> {
  readonly key: string;
  readonly value: T;
  /**
   * At least 1, larger at each write, and never again a version this key had before, also after a delete or expiry:
   * who holds an old one can neither write nor delete. It also serves as fencing epoch of a lease.
   */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
}

export interface WriteOptions {
  /** Seconds from now after which the record is gone; without it the record stays, whatever an earlier write said. */
  readonly ttlSeconds?: number;
}
