import type { DomainEvent, EventMetadata, Position, RecordedEvent } from '@casebook/kernel';

/** Where a stream stands: what an append needs to know of it. */
export interface StreamHead {
  /** Revision of the last event, or 'no-stream'. */
  readonly revision: number | 'no-stream';
  /** Chain hash of the last event; empty text for a stream without events. */
  readonly hash: string;
  /** Time of the last event (ISO): new events never carry an earlier one. */
  readonly time: string;
}

/** The revisions one command wrote, by which its repeat is answered. */
export interface RecordedCommand {
  readonly first: number;
  readonly last: number;
  readonly bodyDigest?: string;
}

/** A stream as decisions need it: opened and upcast events, head, and the commands that wrote them. */
export interface LoadedStream<E extends DomainEvent = DomainEvent> {
  readonly events: readonly RecordedEvent<E>[];
  readonly head: StreamHead;
  readonly commands: ReadonlyMap<string, RecordedCommand>;
}

/** Metadata that the caller of an append decides; time is clamped and hash computed by the log. */
export type AppendMetadata = Omit<EventMetadata, 'hash'>;

/**
 * The log as the rest of Casebook sees it: plain values in, plain values out. Between it and the store lie
 * sealing, the chain hash, the codec and upcasting. Implemented once, over whichever EventStore and Keyring.
 */
export interface EventLog {
  /**
   * The whole stream, or its events from revision `from` on (then `commands` covers these only). DomainError
   * `unavailable` when nothing may be decided on it: `log.unknown-type` when it holds a type that the catalogue does not
   * know, `log.damaged` when an event of it is not JSON any more.
   */
  load<E extends DomainEvent>(stream: string, from?: number): Promise<LoadedStream<E>>;
  /**
   * Appends at the head, all or nothing, durable when it answers. Keys are durable before the append. Unknown outcomes
   * are retried with the same ids. Throws WrongExpectedRevision when the stream has moved on and these very events are
   * not in it. The events it answers are equal to what a later load gives.
   */
  append<E extends DomainEvent>(
    stream: string,
    head: StreamHead,
    events: readonly E[],
    metadata: AppendMetadata,
  ): Promise<{ readonly events: readonly RecordedEvent<E>[]; readonly head: StreamHead }>;
  /**
   * A page of the total order after `after`, at most `limit` (default 500); only an empty page means the end.
   * Unknown event types are handed out with their raw data and are not upcast; an event that was damaged in the store
   * has null as its data.
   */
  readAll(options?: { after?: Position | undefined; limit?: number }): Promise<readonly RecordedEvent[]>;
  /** Everything after `after`, then live, in batches, until `signal` aborts. */
  subscribe(options: {
    after?: Position | undefined;
    signal: AbortSignal;
    batch?: number;
  }): AsyncIterable<readonly RecordedEvent[]>;
  end(): Promise<Position | undefined>;
  /** True for a type name the catalogue knows. */
  knows(type: string): boolean;
}
