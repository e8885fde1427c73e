import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DomainError, type DomainEvent } from '@casebook/kernel';
import fc from 'fast-check';
import { verifyLog } from './audit/verify-log';
import { createEventLog } from './create-event-log';
import type { StreamHead } from './event-log';
import { OUTCOME_UNKNOWN, type EventStore } from './event-store';
import { exportLog } from './export-log';
import { importLog } from './import-log';
import { openSqliteEventStore } from './sqlite/sqlite-event-store';
import { memoryKeyring } from './testing/memory-keyring';
import { metadataAt, sampleCatalog, written } from './testing/sample-events';

describe('importing a log', () => {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-import-'));
  const stores: EventStore[] = [];
  afterAll(async () => {
    for (const store of stores) await store.close();
    rmSync(directory, { recursive: true });
  });

  function newStore(): EventStore {
    const store = openSqliteEventStore({ directory: join(directory, String(stores.length)), minFreeBytes: 0 });
    stores.push(store);
    return store;
  }

  /** An exported log: `turns` names the stream of each append and how many events it has. */
  async function exported(turns: readonly (readonly [stream: number, events: number])[]) {
    const store = newStore();
    const log = createEventLog({ store, keyring: memoryKeyring(), catalog: sampleCatalog });
    const heads = new Map<number, StreamHead>();
    for (const [stream, count] of turns) {
      const events: DomainEvent[] = Array.from({ length: count }, (_, n) => written({ count: n }));
      const head = heads.get(stream) ?? (await log.load(`s-${stream}`)).head;
      heads.set(stream, (await log.append(`s-${stream}`, head, events, metadataAt())).head);
    }
    const out = new PassThrough();
    const collected = text(out);
    await exportLog(store, out);
    out.end();
    return { store, lines: (await collected).trimEnd().split('\n') };
  }
  const TURNS = [
    [0, 2],
    [1, 1],
    [0, 3],
    [2, 1],
    [1, 2],
  ] as const;

  async function* given(lines: readonly string[]): AsyncGenerator<string> {
    yield* lines;
  }
  const without = ({ position: _position, ...event }: { position: string }) => event;
  const everything = async (store: EventStore) => (await store.readAll()).map(without);

  it('keeps order, ids, revisions, times and hashes, whatever the log', async () => {
    const turn = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 4 }));
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 12 }), async (turns) => {
        const { store, lines } = await exported(turns);
        const target = newStore();
        const head = await importLog(target, given(lines));
        expect(await everything(target)).toEqual(await everything(store));
        const verdict = await verifyLog(target);
        expect(verdict.ok).toBe(true);
        expect(verdict.head).toMatchObject({ count: head.count, head: head.head });
        expect((await verifyLog(store)).head?.head).toBe(head.head);
      }),
      { numRuns: 15 },
    );
  });

  it('goes on where it was cut short, and is harmless when repeated', async () => {
    const { store, lines } = await exported(TURNS);
    const target = newStore();
    await importLog(target, given(lines.slice(0, 5)));
    await importLog(target, given(lines));
    await importLog(target, given(lines));
    expect(await everything(target)).toEqual(await everything(store));
  });

  it('sends an append again when nobody knows whether it was written', async () => {
    const { store, lines } = await exported(TURNS);
    const target = newStore();
    let failures = 0;
    const shaky: EventStore = Object.assign(Object.create(null) as EventStore, {
      read: target.read.bind(target),
      append: async (...append: Parameters<EventStore['append']>) => {
        const appended = await target.append(...append);
        if (failures++ < 2) throw new DomainError('unavailable', OUTCOME_UNKNOWN, 'The answer was lost.');
        return appended;
      },
    });
    await importLog(shaky, given(lines));
    expect(await everything(target)).toEqual(await everything(store));
  });

  it('names a changed event and writes nothing from it on', async () => {
    const { lines } = await exported(TURNS);
    const target = newStore();
    const changed = lines.with(5, lines[5]!.replace('"count":2', '"count":7'));
    expect(changed[5]).not.toBe(lines[5]);
    const { id } = JSON.parse(lines[5]!) as { id: string };
    await expect(importLog(target, given(changed))).rejects.toThrow(id);
    expect((await target.readAll()).map((event) => event.id)).not.toContain(id);
  });

  it.each([
    ['text', 'not an event'],
    ['null', 'null'],
    ['another object', '{"stream":"s"}'],
  ])('says which line is no event: %s', async (_case, line) => {
    const { lines } = await exported(TURNS);
    await expect(importLog(newStore(), given([...lines.slice(0, 2), line]))).rejects.toThrow('Line 3');
  });

  it('refuses a store that holds another log', async () => {
    const { lines } = await exported(TURNS);
    const { store } = await exported(TURNS);
    await expect(importLog(store, given(lines))).rejects.toMatchObject({ code: 'log.import-other' });
  });
});
