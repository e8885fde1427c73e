import { randomUUID } from 'node:crypto';
import type { Position } from '@casebook/kernel';
import { WrongExpectedRevision, type EventStore, type StoredEvent } from '../event-store';

/** Where a scope begins in a log that others wrote before. */
export interface Scope {
  readonly name: string;
  readonly start: Position | undefined;
}

export async function newScope(store: EventStore): Promise<Scope> {
  return { name: randomUUID(), start: await store.end() };
}

/**
 * A store on which only this scope exists: an empty log of its own inside a log that cannot be emptied. Streams carry
 * the scope in their name, and what was there before it is not seen. Names that no store may take go through as they
 * are, and so do positions.
 */
export function scopedStore(store: EventStore, { name, start }: Scope): EventStore {
  const prefix = `${name}-`;
  const inside = (stream: string): string => (/^[a-z]+(-\d+)?$/.test(stream) ? prefix + stream : stream);
  const ours = (page: readonly StoredEvent[]): StoredEvent[] =>
    page
      .filter(({ stream }) => stream.startsWith(prefix))
      .map((event) => ({ ...event, stream: event.stream.slice(prefix.length) }));
  return {
    async append(stream, events, expected) {
      try {
        return await store.append(inside(stream), events, expected);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        throw new WrongExpectedRevision(stream, error.expected, error.actual);
      }
    },
    read: async (stream, options) => ours(await store.read(inside(stream), options)),
    async readAll(options = {}) {
      let after = options.after ?? start;
      for (;;) {
        const page = await store.readAll({ ...options, after });
        const found = ours(page);
        if (found.length > 0 || page.length === 0) return found;
        after = page.at(-1)?.position;
      }
    },
    async *subscribe(options) {
      for await (const page of store.subscribe({ ...options, after: options.after ?? start })) {
        const found = ours(page);
        if (found.length > 0) yield found;
      }
    },
    async end() {
      const end = await store.end();
      return end === start ? undefined : end;
    },
    close: () => store.close(),
  };
}
