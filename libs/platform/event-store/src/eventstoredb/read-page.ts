import type { StoredEvent } from '../event-store';
import { PAGE_BYTES } from '../paging';
import { isOurs, toStored, type ReceivedEvent } from './messages';
import type { LogPosition } from './position';

/** A read of the client: a stream of events that can be given up. */
export interface Reading {
  on(event: 'data', listener: (resolved: { readonly event?: ReceivedEvent }) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  cancel(): Promise<void>;
}

export interface ReadPage {
  readonly events: StoredEvent[];
  /** Their data and metadata together. */
  readonly bytes: number;
  /** How many events were read, with those of the server's own. */
  readonly count: number;
  /** Where the read came to, also over events of the server's own. Undefined when nothing was there. */
  readonly last: LogPosition | undefined;
}

/**
 * Collects what a read hands out, up to the bytes of a page. The client's reads have no deadline: after `timeoutMs`
 * this one is given up and rejects.
 */
export async function readPage(reading: Reading, timeoutMs: number): Promise<ReadPage> {
  const events: StoredEvent[] = [];
  let last: LogPosition | undefined;
  let bytes = 0;
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      // Stays on: an error after the end of the page would otherwise end the process.
      reading.on('error', reject);
      reading.on('end', resolve);
      reading.on('data', ({ event }) => {
        if (!event || bytes >= PAGE_BYTES) return;
        count += 1;
        last = event.position;
        if (!isOurs(event)) return;
        try {
          const stored = toStored(event);
          events.push(stored);
          bytes += stored.data.length + stored.metadata.length;
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        if (bytes >= PAGE_BYTES) resolve();
      });
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${timeoutMs} ms`));
      }, timeoutMs);
    });
  } finally {
    clearTimeout(timer);
    reading.cancel().catch(() => undefined);
  }
  return { events, bytes, count, last };
}
