import { randomUUID } from 'node:crypto';
import type { EventStore, EventToStore, StoredEvent } from '../event-store';

/** An event with a little JSON, its parts replaceable. */
export function anEvent(parts: Partial<EventToStore> = {}): EventToStore {
  return { id: randomUUID(), type: 'test.Happened', data: '{"n":1}', metadata: '{"actor":"someone"}', ...parts };
}

export function someEvents(count: number): EventToStore[] {
  return Array.from({ length: count }, (_, n) => anEvent({ data: JSON.stringify({ n }) }));
}

/** Every event of the log, page by page. */
export async function everything(store: EventStore, limit?: number): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.position;
    const page = await store.readAll(limit === undefined ? { after } : { after, limit });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** The next `count` events of a subscription that starts after `after`; ends it then. */
export async function take(
  store: EventStore,
  count: number,
  options: { after?: string | undefined; batch?: number } = {},
): Promise<StoredEvent[]> {
  const abort = new AbortController();
  const events: StoredEvent[] = [];
  for await (const batch of store.subscribe({ ...options, signal: abort.signal })) {
    events.push(...batch);
    if (events.length >= count) abort.abort();
  }
  return events;
}
