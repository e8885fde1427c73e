import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Position } from '@casebook/kernel';
import type { EventStore, StoredEvent } from './event-store';

/**
 * Writes the whole log, or what comes after `after`, as NDJSON: one event a line, in log order, sealed as it is
 * stored. Data and metadata stand in the line byte for byte, so that the chain can be checked on the export.
 * Waits for a slow reader, and leaves the stream open. Answers how many events there were.
 */
export async function exportLog(store: EventStore, to: Writable, after?: Position): Promise<{ events: number }> {
  let events = 0;
  let last = after;
  for (;;) {
    const page = await store.readAll({ after: last });
    if (page.length === 0) return { events };
    if (!to.write(page.map(line).join(''))) await once(to, 'drain');
    events += page.length;
    last = page.at(-1)?.position;
  }
}

function line({ position, stream, revision, id, type, data, metadata }: StoredEvent): string {
  const head = JSON.stringify({ position, stream, revision, id, type });
  return `${head.slice(0, -1)},"data":${data},"metadata":${metadata}}\n`;
}
