import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { DomainEvent } from '@casebook/kernel';
import { openDatabase } from '@casebook/sqlite';
import fc from 'fast-check';
import { chainHash, splitHash } from '../chain';
import { createEventLog } from '../create-event-log';
import type { StreamHead } from '../event-log';
import type { EventStore, StoredEvent } from '../event-store';
import { exportLog } from '../export-log';
import { LOG_FILE, openSqliteEventStore } from '../sqlite/sqlite-event-store';
import { memoryKeyring } from '../testing/memory-keyring';
import { metadataAt, sampleCatalog, written } from '../testing/sample-events';
import { everything } from '../testing/stored-events';
import { GlobalHead } from './global-head';
import { verifyInWorker } from './verify-in-worker';
import { verifyLog, verifyTail } from './verify-log';
import { verifySqlite } from './verify-sqlite';

const temporary: string[] = [];
afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

/** A log of `sizes.length` streams, written in turns, closed. */
async function aLog(sizes: readonly number[] = [4, 1, 3]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-audit-'));
  temporary.push(directory);
  await addTo(directory, sizes);
  return directory;
}

async function addTo(directory: string, sizes: readonly number[]): Promise<void> {
  const store = openSqliteEventStore({ directory });
  const log = createEventLog({ store, keyring: memoryKeyring(), catalog: sampleCatalog });
  const heads: StreamHead[] = [];
  for (let n = 0; n < sizes.length; n++) heads.push((await log.load(`s-${n}`)).head);
  for (let turn = 0; turn < Math.max(...sizes); turn++) {
    for (const [n, size] of sizes.entries()) {
      if (turn >= size) continue;
      const events: DomainEvent[] = [written({ count: turn })];
      heads[n] = (await log.append(`s-${n}`, heads[n]!, events, metadataAt())).head;
    }
  }
  await store.close();
}

/** Opens a closed log for one piece of work, by default for reading. */
async function withStore<T>(directory: string, work: (store: EventStore) => Promise<T>, readonly = true): Promise<T> {
  const store = openSqliteEventStore({ directory, readonly });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Changes stored rows behind the log's back. */
function tamper(directory: string, sql: string, ...parameters: unknown[]): void {
  const database = openDatabase(join(directory, LOG_FILE), { synchronous: 'NORMAL' });
  database.exec('DROP INDEX events_by_stream');
  expect(database.prepare(sql).run(...parameters).changes).toBeGreaterThan(0);
  database.close();
}

const stored = (directory: string): Promise<StoredEvent[]> => withStore(directory, (store) => everything(store));
const verified = (directory: string): ReturnType<typeof verifyLog> => withStore(directory, (store) => verifyLog(store));

describe('verifying the log', () => {
  it('finds nothing in a sound log, and counts what it saw', async () => {
    const directory = await aLog([4, 1, 3]);
    expect(await verified(directory)).toMatchObject({
      ok: true,
      events: 8,
      streams: 3,
      findings: [],
      head: { count: 8 },
    });
  });

  it('finds nothing in an empty log', async () => {
    expect(await verified(await aLog([0]))).toEqual({
      ok: true,
      events: 0,
      streams: 0,
      findings: [],
      head: { count: 0, head: '' },
    });
  });

  it('checks one stream alone', async () => {
    const directory = await aLog();
    const [first] = await stored(directory);
    tamper(directory, 'UPDATE events SET type = ? WHERE id = ?', 'test.Forged', first!.id);
    await withStore(directory, async (store) => {
      expect(await verifyLog(store, { stream: 's-2' })).toMatchObject({ ok: true, events: 3, streams: 1 });
      expect(await verifyLog(store, { stream: 's-0' })).toMatchObject({ ok: false, findings: [{ id: first!.id }] });
    });
  });

  it('names the event in which any bit of any stored field was changed', async () => {
    const directory = await aLog([3, 2, 2]);
    const file = join(directory, LOG_FILE);
    const sound = readFileSync(file);
    const events = await stored(directory);
    const columns = ['stream', 'id', 'type', 'data', 'metadata'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(...columns),
        fc.nat(),
        fc.nat({ max: 7 }),
        async (which, column, at, bit) => {
          writeFileSync(file, sound);
          const event = events[which % events.length]!;
          const bytes = Buffer.from(event[column]);
          bytes[at % bytes.length]! ^= 1 << bit;
          tamper(
            directory,
            `UPDATE events SET ${column} = CAST(? AS TEXT) WHERE position = ?`,
            bytes,
            Number(event.position),
          );
          const { ok, findings } = await verified(directory);
          expect({ ok, at: findings[0]?.position }).toEqual({ ok: false, at: event.position });
          expect(findings[0]?.message).toContain(event.position);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it.each([
    ['a changed revision', 'UPDATE events SET revision = 9 WHERE stream = ? AND revision = 1', 'missing', 9],
    [
      'a revision that was there before',
      'UPDATE events SET revision = 0 WHERE stream = ? AND revision = 1',
      'repeated',
      0,
    ],
    ['a removed event', 'DELETE FROM events WHERE stream = ? AND revision = 1', 'missing', 2],
    ['a removed beginning', 'DELETE FROM events WHERE stream = ? AND revision = 0', 'missing', 1],
    ['metadata without a hash', "UPDATE events SET metadata = '{}' WHERE stream = ? AND revision = 2", 'changed', 2],
  ])('names the event at %s', async (_, sql, kind, revision) => {
    const directory = await aLog();
    tamper(directory, sql, 's-0');
    expect(await verified(directory)).toMatchObject({ ok: false, findings: [{ kind, stream: 's-0', revision }] });
  });

  it('names the event after one that was written anew with a hash of its own', async () => {
    const directory = await aLog();
    const [first, second] = await withStore(directory, (store) => store.read('s-0'));
    const { metadata } = splitHash(first!.metadata)!;
    const forged = { ...first!, data: '{"by":"somebody else"}', metadata };
    const hash = chainHash('', forged);
    const withHash = `${metadata.slice(0, -1)},"hash":"${hash}"}`;
    tamper(directory, 'UPDATE events SET data = ?, metadata = ? WHERE id = ?', forged.data, withHash, first!.id);
    expect(await verified(directory)).toMatchObject({ ok: false, findings: [{ kind: 'changed', id: second!.id }] });
  });
});

describe('the global head', () => {
  const headOf = (directory: string, store: EventStore): GlobalHead =>
    new GlobalHead(store, join(directory, 'head.json'));

  it('checks only the tail after a checkpoint, also after a restart', async () => {
    const directory = await aLog([2, 2]);
    await withStore(directory, async (store) => {
      expect(await headOf(directory, store).checkpoint()).toMatchObject({ ok: true, events: 4 });
    });
    await addTo(directory, [3, 0, 2]);
    await withStore(directory, async (store) => {
      const head = headOf(directory, store);
      expect(await head.verifyTail()).toMatchObject({ ok: true, events: 5 });
      expect(await head.verifyTail()).toMatchObject({ ok: true, events: 0 });
      expect(head.current).toEqual((await verifyLog(store)).head);
    });
  });

  it('names a changed event of the tail, stays before it, and names it again', async () => {
    const directory = await aLog([2, 2]);
    await withStore(directory, (store) => headOf(directory, store).checkpoint());
    await addTo(directory, [3]);
    const bad = (await withStore(directory, (store) => store.read('s-0')))[3]!;
    tamper(directory, "UPDATE events SET data = '{}' WHERE id = ?", bad.id);
    await withStore(directory, async (store) => {
      const head = headOf(directory, store);
      for (let round = 0; round < 2; round++) {
        expect(await head.checkpoint()).toMatchObject({ ok: false, findings: [{ kind: 'changed', id: bad.id }] });
      }
      expect(head.current.count).toBe(5);
    });
  });

  it('notices a changed event before the checkpoint when its stream goes on', async () => {
    const directory = await aLog([2, 2]);
    await withStore(directory, (store) => headOf(directory, store).checkpoint());
    await addTo(directory, [1]);
    tamper(
      directory,
      'UPDATE events SET metadata = replace(metadata, \'"hash":"\', \'"hash":"0\') WHERE stream = \'s-0\' AND revision = 1',
    );
    await withStore(directory, async (store) => {
      expect(await headOf(directory, store).verifyTail()).toMatchObject({
        ok: false,
        findings: [{ stream: 's-0', revision: 2 }],
      });
    });
  });

  it.each([
    ['the end was cut off', 'DELETE FROM events WHERE position > 5'],
    ['a whole stream was removed', "DELETE FROM events WHERE stream = 's-1'"],
    ['the last event of a stream was removed', "DELETE FROM events WHERE stream = 's-0' AND revision = 3"],
  ])('tells that %s although every chain is sound', async (_, sql) => {
    const directory = await aLog([4, 1, 3]);
    const checkpointFile = join(directory, 'head.json');
    await withStore(directory, (store) => headOf(directory, store).checkpoint());
    tamper(directory, sql);
    expect(await verified(directory)).toMatchObject({ ok: true });
    expect(await verifySqlite({ directory, checkpointFile })).toMatchObject({
      ok: false,
      findings: [{ kind: 'head' }],
    });
  });

  it('tells at the start that the log ends before its checkpoint', async () => {
    const directory = await aLog([4]);
    await withStore(directory, (store) => headOf(directory, store).checkpoint());
    tamper(directory, 'DELETE FROM events WHERE position > 2');
    await withStore(directory, async (store) => {
      expect(await headOf(directory, store).verifyTail()).toMatchObject({ ok: false, findings: [{ kind: 'head' }] });
    });
  });

  it('starts from the beginning when its file is damaged', async () => {
    const directory = await aLog([4]);
    writeFileSync(join(directory, 'head.json'), '{"count":3');
    await withStore(directory, async (store) => {
      expect(await headOf(directory, store).verifyTail()).toMatchObject({ ok: true, events: 4 });
    });
  });

  it('gives the same head whether it is followed in one go or in pieces', async () => {
    const directory = await aLog([5, 5]);
    await withStore(directory, async (store) => {
      const { head } = await verifyLog(store);
      let at = (await verifyTail(await cutAfter(store, 3), { count: 0, head: '' })).head!;
      at = (await verifyTail(store, at)).head!;
      expect(at).toEqual(head);
    });
  });
});

/** The store as if it had ended after `count` events. */
async function cutAfter(store: EventStore, count: number): Promise<EventStore> {
  const last = (await store.readAll({ limit: count })).at(-1)!.position;
  return {
    append: (stream, events, expected) => store.append(stream, events, expected),
    read: (stream, options) => store.read(stream, options),
    readAll: async (options) => (await store.readAll(options)).filter(({ position }) => position <= last),
    subscribe: (options) => store.subscribe(options),
    end: async () => last,
    close: () => store.close(),
  };
}

describe('verifying the SQLite file', () => {
  it('runs in a worker beside the writer', async () => {
    const directory = await aLog();
    await withStore(
      directory,
      async (store) => {
        const log = createEventLog({ store, keyring: memoryKeyring(), catalog: sampleCatalog });
        const { head } = await log.load('s-0');
        await log.append('s-0', head, [written()], metadataAt());
        expect(await verifyInWorker({ directory })).toMatchObject({ ok: true, events: 9, streams: 3 });
      },
      false,
    );
  });

  it('names the event from the worker', async () => {
    const directory = await aLog();
    tamper(directory, "UPDATE events SET data = '{}' WHERE position = 3");
    const [, , third] = await stored(directory);
    expect(await verifyInWorker({ directory })).toMatchObject({ ok: false, findings: [{ id: third!.id }] });
  });

  it('rejects when there is no log', async () => {
    await expect(verifyInWorker({ directory: '/nonexistent/log' })).rejects.toThrow(/no event log/);
  });

  it('stops when it is aborted', async () => {
    const abort = new AbortController();
    const running = verifyInWorker({ directory: await aLog() }, abort.signal);
    abort.abort(new Error('Enough'));
    await expect(running).rejects.toThrow('Enough');
  });

  it('sees any changed byte of the file that changes what is read', async () => {
    const directory = await aLog([12, 9, 12]);
    const file = join(directory, LOG_FILE);
    const sound = readFileSync(file);
    const events = await stored(directory);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: sound.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        for (const other of readdirSync(directory)) rmSync(join(directory, other));
        const bytes = Buffer.from(sound);
        bytes[at]! ^= mask;
        writeFileSync(file, bytes);
        const { ok } = await verifySqlite({ directory });
        if (ok) expect(await stored(directory)).toEqual(events);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('names the event whose bytes were changed in the file', async () => {
    const directory = await aLog();
    const file = join(directory, LOG_FILE);
    const [, , , fourth] = await stored(directory);
    const bytes = readFileSync(file);
    // SQLite leaves old copies in unused parts of its pages.
    for (let at = bytes.indexOf(fourth!.data); at >= 0; at = bytes.indexOf(fourth!.data, at + 1)) bytes[at + 20]! ^= 1;
    writeFileSync(file, bytes);
    expect(await verifySqlite({ directory })).toMatchObject({
      ok: false,
      findings: [{ kind: 'changed', id: fourth!.id }],
    });
  });
});

describe('exporting the log', () => {
  it('writes each event on a line from which its hash can be computed again', async () => {
    const directory = await aLog();
    const events = await stored(directory);
    const out = new PassThrough({ highWaterMark: 64 });
    const collected = text(out);
    const exported = await withStore(directory, (store) => exportLog(store, out));
    out.end();
    const lines = (await collected).trimEnd().split('\n');
    expect(exported).toEqual({ events: events.length });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      events.map((event) => ({
        ...event,
        data: JSON.parse(event.data) as unknown,
        metadata: JSON.parse(event.metadata) as unknown,
      })),
    );
    for (const [index, line] of lines.entries()) {
      expect(line).toContain(`"data":${events[index]!.data},"metadata":${events[index]!.metadata}}`);
    }
  });
});
