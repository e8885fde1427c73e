import type { Position } from '@casebook/kernel';
import type { StoredEvent } from '../event-store';
import { PAGE_BYTES, PAGE_EVENTS } from '../paging';
import { isOurs, toStored, type ReceivedEvent } from './messages';

/** A subscription of the client. */
export interface Subscribed {
  on(event: 'data', listener: (resolved: { readonly event?: ReceivedEvent }) => void): unknown;
  on(event: 'end' | 'close' | 'confirmation' | 'caughtUp', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  unsubscribe(): Promise<void>;
}

export interface Patience {
  readonly confirmMs: number;
  readonly idleMs: number;
}

/** One subscription of the client, made into batches: holds at most a page, and lets the server wait beyond that. */
export class EventFeed {
  readonly #subscribed: Subscribed;
  readonly #queue: StoredEvent[] = [];
  #bytes = 0;
  #last: Position;
  #confirmed = false;
  #over = false;
  #lastSign = Date.now();
  #wake: (() => void) | undefined;
  /** Why it is over: an error, or words. `quiet` when nothing at all came for a while, as while nobody writes. */
  reason: Error | 'ended' | 'not confirmed' | 'quiet' | undefined;

  constructor(
    subscribe: (alive: () => void) => Subscribed,
    after: Position | undefined,
    private readonly patience: Patience,
  ) {
    this.#last = after ?? '';
    const alive = (): void => {
      this.#lastSign = Date.now();
    };
    const subscribed = subscribe(alive);
    this.#subscribed = subscribed;
    // Stay on after the end: a late error would otherwise end the process.
    subscribed.on('error', (error) => {
      this.#finish(error);
    });
    subscribed.on('end', () => {
      this.#finish('ended');
    });
    subscribed.on('close', () => {
      this.#finish('ended');
    });
    subscribed.on('caughtUp', alive);
    subscribed.on('confirmation', () => {
      this.#confirmed = true;
      alive();
    });
    subscribed.on('data', ({ event }) => {
      alive();
      if (event && !this.#over && isOurs(event)) this.#take(event);
    });
  }

  /** The next events, waiting for the first; undefined when the subscription is over or was aborted. */
  async next(limit: number, signal: AbortSignal): Promise<StoredEvent[] | undefined> {
    // Time in which nobody asked says nothing about the server.
    this.#lastSign = Date.now();
    while (this.#queue.length === 0) {
      if (this.#over || signal.aborted) return undefined;
      const patience = this.#confirmed ? this.patience.idleMs : this.patience.confirmMs;
      const left = this.#lastSign + patience - Date.now();
      if (left <= 0) {
        this.#finish(this.#confirmed ? 'quiet' : 'not confirmed');
        return undefined;
      }
      await this.#sign(left, signal);
    }
    if (signal.aborted) return undefined;
    return this.#batch(limit);
  }

  stop(): void {
    this.#over = true;
    this.#queue.length = 0;
    this.#subscribed.unsubscribe().catch(() => undefined);
  }

  #finish(reason: NonNullable<EventFeed['reason']>): void {
    this.#over = true;
    this.reason ??= reason;
    this.#wake?.();
  }

  #take(event: ReceivedEvent): void {
    let stored: StoredEvent;
    try {
      stored = toStored(event);
    } catch (error) {
      this.#finish(error as Error);
      return;
    }
    if (stored.position <= this.#last) return;
    this.#last = stored.position;
    this.#queue.push(stored);
    this.#bytes += sizeOf(stored);
    if (this.#queue.length >= PAGE_EVENTS || this.#bytes >= PAGE_BYTES) this.#subscribed.pause();
    this.#wake?.();
  }

  #batch(limit: number): StoredEvent[] {
    let count = 0;
    let bytes = 0;
    for (const event of this.#queue) {
      if (count === limit || (count > 0 && bytes + sizeOf(event) > PAGE_BYTES)) break;
      count += 1;
      bytes += sizeOf(event);
    }
    const batch = this.#queue.splice(0, count);
    this.#bytes -= bytes;
    if (!this.#over) this.#subscribed.resume();
    return batch;
  }

  /** Waits for anything new, an abort, or the end of patience. */
  #sign(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#wake = done;
    });
  }
}

function sizeOf({ data, metadata }: StoredEvent): number {
  return data.length + metadata.length;
}
