import type { Position } from '@casebook/kernel';

/** An event on its way into the log. `data` and `metadata` are JSON texts that survive parse and stringify unchanged. */
export interface EventToStore {
  /** UUID; the same id at the same revision is the same event (a retry). */
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** An event as it lies in the log. */
export interface StoredEvent extends EventToStore {
  readonly stream: string;
  /** 0 for the first event of its stream. */
  readonly revision: number;
  readonly position: Position;
}

export interface Appended {
  /** Revision of the last event of the append. */
  readonly revision: number;
  /** The position of each of its events, in order. */
  readonly positions: readonly Position[];
}

export type ExpectedRevision = number | 'no-stream';

/** Thrown by append: nothing was written. */
export class WrongExpectedRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: number | 'no-stream',
  ) {
    super(`Stream ${stream} is at ${actual}, not at ${expected}`);
    this.name = 'WrongExpectedRevision';
  }
}

/** Of one event's data and metadata together, as UTF-8. */
export const MAX_EVENT_BYTES = 256 * 1024;
/** Of all events of one append together. */
export const MAX_APPEND_BYTES = 900 * 1024;

/** Code of the DomainError `unavailable` after which nobody knows whether the append was written: send the same again. */
export const OUTCOME_UNKNOWN = 'log.outcome-unknown';
/** Code of the DomainError `unavailable` when the disk is nearly full: nothing was written, reads go on. */
export const DISK_FULL = 'log.disk-full';

/**
 * The event log: streams with exact revisions, and one total order over everything.
 * Opaque to what events mean; sealing, hashing and upcasting happen above it (EventLog).
 */
export interface EventStore {
  /**
   * All or nothing, durable when it answers. A retry with the same ids at the same expected revision answers the
   * first outcome, also after a restart; ids are compared, contents are not, so one id must never stand for two contents.
   * Throws WrongExpectedRevision, or DomainError `too-large` / `invalid` before anything is sent, or DomainError
   * `unavailable` when nothing was written (DISK_FULL) or the outcome is unknown (OUTCOME_UNKNOWN: retry the same append).
   */
  append(stream: string, events: readonly EventToStore[], expected: ExpectedRevision): Promise<Appended>;
  /**
   * A page of one stream in order, from revision `from` (default 0), at most `limit` (default 500). Pages are bounded
   * in bytes too: only an empty page means the end. An unknown stream is empty.
   */
  read(stream: string, options?: { from?: number; limit?: number }): Promise<StoredEvent[]>;
  /**
   * A page of the total order strictly after `after` (default: from the start), at most `limit` (default 500).
   * Only an empty page means the end. DomainError `invalid` when `after` is not a position of this log's kind.
   */
  readAll(options?: { after?: Position | undefined; limit?: number }): Promise<StoredEvent[]>;
  /**
   * Everything strictly after `after`, then live, without end. It ends only when `signal` aborts or the store is
   * closed; the adapter reconnects by itself and resumes after the last event handed out. Batches are never empty and
   * hold at most `batch` events (default 500); one is handed out only when the consumer asks for the next.
   */
  subscribe(options: {
    after?: Position | undefined;
    signal: AbortSignal;
    batch?: number;
  }): AsyncIterable<StoredEvent[]>;
  /** Position of the last event, or undefined when the log is empty. */
  end(): Promise<Position | undefined>;
  close(): Promise<void>;
}
