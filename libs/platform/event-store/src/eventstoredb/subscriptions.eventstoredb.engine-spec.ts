import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadReport } from '../../../../../test/engines/eventstoredb/load';
import { ProtocolServer } from '../../../../../test/engines/eventstoredb/protocol-server';
import type { EventStore, StoredEvent } from '../event-store';
import { anEvent, someEvents } from '../testing/stored-events';
import { openEventStoreDb } from './open-eventstoredb';

const RESUBSCRIBED_MS = 15_000;
const ROOT = join(__dirname, '../../../../..');

describe('following EventStoreDB', () => {
  let directory: string;
  let server: ProtocolServer;
  let store: EventStore;
  let reasons: string[];
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-eventstoredb-'));
    server = await ProtocolServer.start(join(directory, 'log.ndjson'));
    reasons = [];
    store = openEventStoreDb({
      url: server.url,
      deadlineMs: 1_000,
      idleMs: 1_500,
      onInterrupted: (reason) => reasons.push(reason),
    });
  }, 30_000);
  afterEach(async () => {
    server.freeze(false);
    await store.close();
    await server.kill();
    rmSync(directory, { recursive: true, force: true });
  }, 30_000);

  /** Follows from the start and keeps what came. */
  function follow(): { readonly seen: StoredEvent[]; until(count: number): Promise<void>; stop(): Promise<void> } {
    const seen: StoredEvent[] = [];
    const abort = new AbortController();
    const running = (async () => {
      for await (const batch of store.subscribe({ signal: abort.signal, batch: 10 })) seen.push(...batch);
    })();
    return {
      seen,
      async until(count) {
        const end = Date.now() + RESUBSCRIBED_MS;
        while (seen.length < count && Date.now() < end) await delay(20);
      },
      async stop() {
        abort.abort();
        await running;
      },
    };
  }

  const interruptions: [string, () => Promise<void>][] = [
    ['it ends the subscription with an error', () => server.dropSubscriptions()],
    ['it ends the subscription without a word', () => server.endSubscriptions()],
    ['the connection breaks', () => server.reset()],
    [
      'it is killed and started again',
      async () => {
        await server.kill();
        await delay(1_000);
        await server.start();
      },
    ],
    [
      'it stops for a while',
      async () => {
        server.freeze(true);
        await delay(4_000);
        server.freeze(false);
      },
    ],
    [
      'it says nothing for a while',
      async () => {
        await server.misbehave({ silence: 'reads' });
        await delay(4_000);
        await server.misbehave({});
      },
    ],
    [
      'no bytes move for a while',
      async () => {
        await server.misbehave({ stalled: 'all' });
        await delay(4_000);
        await server.misbehave({});
      },
    ],
  ];
  it.each(interruptions)(
    'goes on after the last event handed out when %s',
    async (_, interrupt) => {
      const following = follow();
      await store.append('a', someEvents(5), 'no-stream');
      await following.until(5);
      await interrupt();
      const second = someEvents(5);
      // The first attempt may meet the connection that has just gone; the same again is the same append.
      const { revision } = await store
        .append('a', second, 4)
        .catch(() => delay(1_000).then(() => store.append('a', second, 4)));
      expect(revision).toBe(9);
      await following.until(10);
      await following.stop();
      expect(following.seen.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    },
    60_000,
  );

  it('is answered a repeated append as the first time after a kill', async () => {
    const [first, second] = [someEvents(2), someEvents(3)];
    const answers = [await store.append('a', first, 'no-stream'), await store.append('a', second, 1)];
    await server.kill();
    await server.start();
    const again = async () => [await store.append('a', first, 'no-stream'), await store.append('a', second, 1)];
    expect(await again().catch(again)).toEqual(answers);
    expect(await store.read('a')).toHaveLength(5);
  }, 30_000);

  it('leaves a connection that has silently died for a new one', async () => {
    const following = follow();
    await store.append('a', someEvents(5), 'no-stream');
    await following.until(5);
    await server.misbehave({ stalled: 'present' });
    const began = Date.now();
    const second = someEvents(5);
    const append = async (): Promise<number> => {
      while (Date.now() - began < RESUBSCRIBED_MS) {
        const appended = await store.append('a', second, 4).catch(() => undefined);
        if (appended) return appended.revision;
      }
      return -1;
    };
    expect(await append()).toBe(9);
    await following.until(10);
    expect(Date.now() - began).toBeLessThan(RESUBSCRIBED_MS);
    await following.stop();
    expect(following.seen.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }, 60_000);

  it('begins anew, and tells nobody, while nothing happens for long', async () => {
    const following = follow();
    await store.append('a', someEvents(1), 'no-stream');
    await delay(5_000);
    expect((await server.counts()).subscribed).toBeGreaterThanOrEqual(3);
    await store.append('a', someEvents(1), 0);
    await following.until(2);
    await following.stop();
    for (let n = 0; n < 100 && (await server.counts()).subscriptions > 0; n++) await delay(20);
    expect((await server.counts()).subscriptions).toBe(0);
    expect(following.seen).toHaveLength(2);
    expect(reasons).toEqual([]);
  }, 30_000);

  it('holds back the server while the consumer does nothing, and misses nothing', async () => {
    const abort = new AbortController();
    const slow = store.subscribe({ signal: abort.signal, batch: 100 })[Symbol.asyncIterator]();
    await store.append('a', someEvents(1), 'no-stream');
    const seen = [...((await slow.next()) as { value: StoredEvent[] }).value];
    const data = JSON.stringify('x'.repeat(2_000));
    for (let n = 0; n < 20; n++) {
      const events = Array.from({ length: 250 }, () => anEvent({ data }));
      await store.append('a', events, n * 250);
    }
    await delay(500);
    expect((await server.counts()).sent).toBeLessThan(2_500);
    while (seen.length < 5_001) {
      const batch = ((await slow.next()) as { value: StoredEvent[] }).value;
      expect(batch.length).toBeLessThanOrEqual(100);
      seen.push(...batch);
    }
    abort.abort();
    expect(seen.map(({ revision }) => revision)).toEqual(Array.from({ length: 5_001 }, (_, n) => n));
  }, 60_000);

  it('refuses a position where no event of this log lies, instead of waiting for ever', async () => {
    await store.append('a', someEvents(1), 'no-stream');
    const after = `${'1003'.padStart(20, '0')}-${'1003'.padStart(20, '0')}`;
    const following = store.subscribe({ after, signal: new AbortController().signal })[Symbol.asyncIterator]();
    await expect(following.next()).rejects.toMatchObject({ kind: 'invalid', code: 'log.position' });
    await expect(store.readAll({ after })).rejects.toMatchObject({ kind: 'invalid', code: 'log.position' });
  });

  const KILLS = 5;
  const mistreatments: [string, () => Promise<void>][] = [
    [
      `${KILLS} kills`,
      async () => {
        for (let n = 0; n < KILLS; n++) {
          await delay(700);
          await server.kill();
          await delay(200);
          await server.start();
        }
      },
    ],
    [
      '100 broken connections',
      async () => {
        for (let n = 0; n < 100; n++) {
          await delay(50);
          await server.reset();
        }
      },
    ],
  ];
  it.each(mistreatments)(
    'loses and doubles nothing through %s under load',
    async (_, mistreat) => {
      const script = [join(ROOT, 'tools/run-ts.js'), join(ROOT, 'test/engines/eventstoredb/load.ts')];
      const child = spawn(process.execPath, [...script, server.url, '12', '32'], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
      const closed = once(child, 'close');
      await delay(2_000);
      await mistreat();
      await closed;
      expect(child.exitCode).toBe(0);
      const report = JSON.parse(output) as LoadReport;
      expect(report).toMatchObject({ lost: 0, doubled: 0, followed: true });
      expect(report.acknowledged).toBeGreaterThan(100);
      expect(report.failedCalls).toBeGreaterThan(0);
      expect(report.interruptions).toBeGreaterThan(0);
      expect(report.slowestCallMs).toBeLessThan(4_000);
    },
    90_000,
  );
});
