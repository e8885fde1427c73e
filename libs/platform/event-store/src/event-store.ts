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
  /** Revision and position of the last event of the append. */
  readonly revision: number;
  readonly position: Position;
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

export const MAX_EVENT_BYTES = 256 * 1024;
export const MAX_APPEND_BYTES = 900 * 1024;

/**
 * The event log: streams with exact revisions, and one total order over everything.
 * Opaque to what events mean; sealing, hashing and upcasting happen above it (EventLog).
 */
export interface EventStore {
  /**
   * All or nothing, durable when it answers. A retry with the same ids at the same expected revision answers the
   * first outcome. Throws WrongExpectedRevision, or DomainError `too-large` / `invalid` before anything is sent,
   * or DomainError `unavailable` when nothing was written (disk full) or the outcome is unknown (then retry the same append).
   */
  append(stream: string, events: readonly EventToStore[], expected: ExpectedRevision): Promise<Appended>;
  /** Events of one stream in order, from revision `from` (default 0), at most `limit`. An unknown stream is empty. */
  read(stream: string, options?: { from?: number; limit?: number }): Promise<StoredEvent[]>;
  /** A page of the total order strictly after `after` (default: from the start), at most `limit` (default 500). */
  readAll(options?: { after?: Position | undefined; limit?: number }): Promise<StoredEvent[]>;
  /**
   * Everything strictly after `after`, then live, without end. It ends only when `signal` aborts; the adapter
   * reconnects by itself and resumes after the last event handed out. Batches are never empty; a batch is
   * handed out only when the consumer asks for the next one.
   */
  subscribe(options: { after?: Position | undefined; signal: AbortSignal; batch?: number }): AsyncIterable<StoredEvent[]>;
  /** Position of the last event, or undefined when the log is empty. */
  end(): Promise<Position | undefined>;
  close(): Promise<void>;
}
