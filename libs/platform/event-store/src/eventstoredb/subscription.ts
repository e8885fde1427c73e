import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, type Position } from '@casebook/kernel';
import type { StoredEvent } from '../event-store';
import { readError } from './errors';
import { EventFeed, type Subscribed } from './event-feed';

export interface Supervision {
  /** Subscribes to everything strictly after a position, or from the start; calls `alive` at each sign of life. */
  readonly subscribe: (after: Position | undefined, alive: () => void) => Subscribed;
  readonly after: Position | undefined;
  /** At most so many events in a batch. */
  readonly limit: number;
  /** Ends the subscription. */
  readonly signal: AbortSignal;
  /** How long the server may take to confirm a subscription. */
  readonly confirmMs: number;
  /** How long a confirmed subscription may show no sign of life before it is begun anew. */
  readonly idleMs: number;
  /** Told why it begins again. */
  readonly onInterrupted: (reason: string) => void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/**
 * A subscription that never ends by itself. The client does not reconnect, and tells of a clean end with nothing but
 * an end; so after an error, an end and a long silence alike it begins again after the last event handed out.
 * Throws DomainError `invalid` when the log has no such position: waiting would not change that.
 */
export async function* supervised(options: Supervision): AsyncGenerator<StoredEvent[]> {
  const { signal, limit, confirmMs, idleMs } = options;
  let { after } = options;
  const isAborted = (): boolean => signal.aborted;
  for (let failures = 0; !isAborted(); failures++) {
    const feed = new EventFeed((alive) => options.subscribe(after, alive), after, { confirmMs, idleMs });
    try {
      for (;;) {
        const batch = await feed.next(limit, signal);
        if (!batch) break;
        failures = 0;
        after = batch.at(-1)?.position ?? after;
        yield batch;
      }
    } finally {
      feed.stop();
    }
    if (isAborted()) return;
    if (feed.reason === 'quiet') {
      failures = -1;
      continue;
    }
    options.onInterrupted(wordsFor(feed.reason));
    // That attempt was pause enough; and a dead connection is found out only while a call is open on it.
    if (feed.reason === 'not confirmed') failures = 0;
    await pause(failures, signal);
  }
}

function wordsFor(reason: EventFeed['reason']): string {
  if (!(reason instanceof Error)) return reason ?? 'ended';
  const error = readError(reason);
  if (error instanceof DomainError && error.kind === 'invalid') throw error;
  return error.message;
}

/** Longer after each failure, and never for two subscribers at the same moment. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}
