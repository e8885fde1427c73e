import { BACKWARDS, END, NO_STREAM, START, streamNameFilter, type EventStoreDBClient } from '@eventstore/db-client';
import type { Position } from '@casebook/kernel';
import { checkAppend } from '../check-append';
import type { Appended, EventStore, EventToStore, ExpectedRevision, StoredEvent } from '../event-store';
import { closed, PAGE_BYTES, PAGE_EVENTS, pageSize } from '../paging';
import { credentialsFor, openClient } from './client';
import { appendError, readError, streamDeleted, typeOf } from './errors';
import { toProposed } from './messages';
import type { Credentials, EventStoreDbOptions } from './open-eventstoredb';
import { fromPosition, toPosition, type LogPosition } from './position';
import { readPage, type Reading, type ReadPage } from './read-page';
import { supervised } from './subscription';

const DEADLINE_MS = 5_000;
const IDLE_MS = 10_000;
/** What the client may be late with its own deadline. */
const GRACE_MS = 1_000;
const DISPOSE_MS = 2_000;
/** Events that the server looks through before it tells how far it is: this times 32. */
const CHECKPOINT_INTERVAL = 32;

/** The EventStore on one client of EventStoreDB. */
export class EventStoreDbEventStore implements EventStore {
  readonly #client: EventStoreDBClient;
  readonly #credentials: Credentials;
  readonly #deadlineMs: number;
  readonly #idleMs: number;
  readonly #onInterrupted: (reason: string) => void;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: EventStoreDbOptions) {
    this.#client = openClient(options.url);
    this.#credentials = credentialsFor(options.url, options.credentials);
    this.#deadlineMs = options.deadlineMs ?? DEADLINE_MS;
    this.#idleMs = options.idleMs ?? IDLE_MS;
    this.#onInterrupted = options.onInterrupted ?? (() => undefined);
  }

  async append(stream: string, events: readonly EventToStore[], expected: ExpectedRevision): Promise<Appended> {
    checkAppend(stream, events, expected);
    const proposed = events.map(toProposed);
    const first = expected === 'no-stream' ? 0 : expected + 1;
    const revision = first + events.length - 1;
    try {
      const { nextExpectedRevision, position } = await this.#inTime(() =>
        this.#client.appendToStream(stream, proposed, {
          expectedRevision: expected === 'no-stream' ? NO_STREAM : BigInt(expected),
          credentials: this.#credentials,
          requiresLeader: true,
          deadline: this.#deadlineMs,
        }),
      );
      // The answer holds the position of the last event only, so that those of several have to be read.
      const told = events.length === 1 && nextExpectedRevision === BigInt(revision) && position;
      return { revision, positions: told ? [toPosition(position)] : await this.#positions(stream, events, first) };
    } catch (error) {
      throw appendError(error, stream, expected);
    }
  }

  async read(stream: string, options: { from?: number; limit?: number } = {}): Promise<StoredEvent[]> {
    const { from = 0, limit } = options;
    const maxCount = pageSize(limit);
    if (stream === '' || stream.startsWith('$')) return [];
    try {
      const { events } = await this.#page(() =>
        this.#client.readStream(stream, { ...this.#asking, fromRevision: BigInt(from), maxCount }),
      );
      return events;
    } catch (error) {
      if (typeOf(error) === 'stream-not-found') return [];
      throw typeOf(error) === 'stream-deleted' ? streamDeleted(stream) : readError(error);
    }
  }

  async readAll(options: { after?: Position | undefined; limit?: number } = {}): Promise<StoredEvent[]> {
    const limit = pageSize(options.limit);
    const { after = '' } = options;
    let from: LogPosition | undefined = after === '' ? undefined : fromPosition(after);
    const found: StoredEvent[] = [];
    // The server filters subscriptions only, so that its own events have to be read over here. One more than are
    // missing, since a read includes the position that it starts from.
    for (let maxCount = limit + 1, bytes = 0; ; maxCount = PAGE_EVENTS) {
      const page = await this.#allPage({ fromPosition: from ?? START, maxCount });
      const last = found.at(-1)?.position ?? after;
      found.push(...page.events.filter(({ position }) => position > last));
      bytes += page.bytes;
      const more = page.count === maxCount || page.bytes >= PAGE_BYTES;
      if (found.length >= limit || bytes >= PAGE_BYTES || !more) return found.slice(0, limit);
      from = page.last ?? from;
    }
  }

  async *subscribe(options: {
    after?: Position | undefined;
    signal: AbortSignal;
    batch?: number;
  }): AsyncGenerator<StoredEvent[]> {
    const { after, signal, batch } = options;
    if (after !== undefined) fromPosition(after);
    yield* supervised({
      after,
      limit: pageSize(batch),
      signal: AbortSignal.any([signal, this.#closing.signal]),
      confirmMs: this.#deadlineMs,
      idleMs: this.#idleMs,
      onInterrupted: this.#onInterrupted,
      subscribe: (from, alive) =>
        this.#client.subscribeToAll({
          credentials: this.#credentials,
          fromPosition: from === undefined ? START : fromPosition(from),
          filter: streamNameFilter({
            regex: '^[^$]',
            checkpointInterval: CHECKPOINT_INTERVAL,
            checkpointReached: alive,
          }),
        }),
    });
  }

  async end(): Promise<Position | undefined> {
    let from: LogPosition | undefined;
    for (let maxCount = 1; ; maxCount = PAGE_EVENTS) {
      const { events, last } = await this.#allPage({ direction: BACKWARDS, fromPosition: from ?? END, maxCount });
      if (events[0]) return events[0].position;
      if (!last) return undefined;
      from = last;
    }
  }

  /** Ends subscriptions, waits for the calls that are running, lets the connection go. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await Promise.allSettled(this.#running);
    await within(DISPOSE_MS, this.#client.dispose()).catch(() => undefined);
  }

  get #asking(): { readonly credentials: Credentials; readonly requiresLeader: true } {
    return { credentials: this.#credentials, requiresLeader: true };
  }

  /** The positions of events just written, which also proves that they stand where they were to stand. */
  async #positions(stream: string, events: readonly EventToStore[], first: number): Promise<Position[]> {
    const positions: Position[] = [];
    while (positions.length < events.length) {
      const from = first + positions.length;
      const maxCount = Math.min(PAGE_EVENTS, events.length - positions.length);
      const page = await this.#page(() =>
        this.#client.readStream(stream, { ...this.#asking, fromRevision: BigInt(from), maxCount }),
      );
      for (const { id, revision, position } of page.events) {
        const next = positions.length;
        if (id !== events[next]?.id || revision !== first + next) throw streamDeleted(stream);
        positions.push(position);
      }
      if (page.events.length === 0) throw streamDeleted(stream);
    }
    return positions;
  }

  async #allPage(options: Parameters<EventStoreDBClient['readAll']>[0]): Promise<ReadPage> {
    try {
      return await this.#page(() => this.#client.readAll({ ...this.#asking, ...options }));
    } catch (error) {
      throw readError(error);
    }
  }

  /** Reads once more, in what is left of the time, when the first attempt only found that the connection is gone. */
  async #page(read: () => Reading): Promise<ReadPage> {
    const began = Date.now();
    try {
      return await this.#inTime(() => readPage(read(), this.#deadlineMs));
    } catch (error) {
      const left = began + this.#deadlineMs - Date.now();
      if (left <= 0 || !['unavailable', 'not-leader'].includes(typeOf(error) ?? '')) throw error;
      return this.#inTime(() => readPage(read(), left));
    }
  }

  /** Runs one call; it settles shortly after its deadline even when the client never does. */
  async #inTime<T>(call: () => Promise<T>): Promise<T> {
    if (this.#closing.signal.aborted) throw closed();
    const running = within(this.#deadlineMs + GRACE_MS, call());
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}

async function within<T>(ms: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([call, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
