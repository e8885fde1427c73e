import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ProtocolServer } from '../../../../../test/engines/eventstoredb/protocol-server';
import type { Faults } from '../../../../../test/engines/eventstoredb/faults';
import { createEventLog } from '../create-event-log';
import type { EventLog, StreamHead } from '../event-log';
import { OUTCOME_UNKNOWN, type EventStore } from '../event-store';
import { memoryKeyring } from '../testing/memory-keyring';
import { metadataAt, sampleCatalog, written } from '../testing/sample-events';
import { everything, someEvents } from '../testing/stored-events';
import { openEventStoreDb } from './open-eventstoredb';

const DEADLINE_MS = 1_000;
const NOTHING: StreamHead = { revision: 'no-stream', hash: '', time: '' };
const unknown = { kind: 'unavailable', code: OUTCOME_UNKNOWN };

// Jest fails a test during which a rejection is handled by nobody.
describe('EventStoreDB that misbehaves', () => {
  let server: ProtocolServer;
  let store: EventStore;
  let log: EventLog;
  let stream: string;
  const besides: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    server = await ProtocolServer.start();
    store = openEventStoreDb({ url: server.url, deadlineMs: DEADLINE_MS });
    log = createEventLog({ store, keyring: memoryKeyring(), catalog: sampleCatalog });
  });
  afterAll(async () => {
    await store.close();
    await server.kill();
  });
  beforeEach(() => {
    stream = `fault-${randomUUID()}`;
  });
  afterEach(async () => {
    server.freeze(false);
    await server.misbehave({});
    for (const end of besides.splice(0).reverse()) await end();
  });

  /** A second server for one test. */
  async function anotherServer(): Promise<ProtocolServer> {
    const other = await ProtocolServer.start();
    besides.push(() => other.kill());
    return other;
  }

  function anotherStore(url: string): EventStore {
    const other = openEventStoreDb({ url, deadlineMs: DEADLINE_MS });
    besides.push(() => other.close());
    return other;
  }

  /** Starts calls of every kind and says how long the slowest took to settle, and how each did. */
  async function callEverything(): Promise<{ slowestMs: number; outcomes: PromiseSettledResult<unknown>[] }> {
    const began = performance.now();
    let slowestMs = 0;
    const calls = Array.from({ length: 10 }, (_, n) => [
      store.append(`${stream}-${n}`, someEvents(2), 'no-stream'),
      store.append(`${stream}-${n + 10}`, someEvents(1), 'no-stream'),
      store.read(stream),
      store.readAll(),
      store.end(),
    ]).flat();
    const timed = calls.map((call: Promise<unknown>) =>
      call.finally(() => {
        slowestMs = Math.max(slowestMs, performance.now() - began);
      }),
    );
    return { outcomes: await Promise.allSettled(timed), slowestMs };
  }

  const ways: [string, Partial<Faults>][] = [
    ['takes calls and never answers', { silence: 'all' }],
    ['moves no bytes any more', { stalled: 'all' }],
    ['answers only after the deadline', { lateMs: 5_000 }],
    ['has no leader', { notReady: true }],
  ];
  it.each(ways)(
    'lets no call hang while it %s, and goes on afterwards',
    async (_, faults) => {
      await store.append(`${stream}-before`, someEvents(1), 'no-stream');
      await server.misbehave(faults);
      const { outcomes, slowestMs } = await callEverything();
      expect(outcomes).toHaveLength(50);
      expect(slowestMs).toBeLessThan(DEADLINE_MS + 2_000);
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } });
      }
      await server.misbehave({});
      await store.append(stream, someEvents(1), 'no-stream');
      expect(await store.read(stream)).toHaveLength(1);
    },
    15_000,
  );

  it('lets no call hang while its process is stopped, and goes on afterwards', async () => {
    await store.append(stream, someEvents(1), 'no-stream');
    server.freeze(true);
    const { outcomes, slowestMs } = await callEverything();
    expect(slowestMs).toBeLessThan(DEADLINE_MS + 2_000);
    for (const outcome of outcomes) expect(outcome.status).toBe('rejected');
    server.freeze(false);
    await store.append(stream, someEvents(1), 0);
  }, 15_000);

  it('says of an append whose connection breaks that its outcome is unknown', async () => {
    await server.misbehave({ silence: 'appends' });
    const append = store.append(stream, someEvents(1), 'no-stream');
    const failed = expect(append).rejects.toMatchObject(unknown);
    await delay(100);
    await server.reset();
    await failed;
  });

  it.each(['silence', 'reset', 'timeout'] as const)(
    'appends once, as if nothing had happened, when the answer is lost (%s)',
    async (how) => {
      const first = await log.append(stream, NOTHING, [written(), written()], metadataAt());
      await server.misbehave({ loseAnswers: { count: 2, how } });
      const second = await log.append(stream, first.head, [written(), written()], metadataAt());
      expect(second.head.revision).toBe(3);
      const stored = await store.read(stream);
      expect(stored.map(({ position }) => position)).toEqual(
        [...first.events, ...second.events].map(({ position }) => position),
      );
      expect((await log.load(stream)).head).toEqual(second.head);
    },
    15_000,
  );

  it('answers a lost append as its own although others have written after it', async () => {
    const { head } = await log.append(stream, NOTHING, [written()], metadataAt());
    await server.misbehave({ loseAnswers: { count: 1, how: 'silence' } });
    const lost = log.append(stream, head, [written(), written()], metadataAt());
    await delay(200);
    await store.append(stream, someEvents(2), 2);
    expect((await lost).head.revision).toBe(2);
    expect(await store.read(stream)).toHaveLength(5);
  }, 15_000);

  it('answers an append that was late but in time', async () => {
    await server.misbehave({ lateMs: DEADLINE_MS / 2 });
    await expect(store.append(stream, someEvents(1), 'no-stream')).resolves.toMatchObject({ revision: 0 });
  });

  it('follows the leader to another server', async () => {
    const leader = await anotherServer();
    const moved = anotherStore(server.url);
    const movedLog = createEventLog({ store: moved, keyring: memoryKeyring(), catalog: sampleCatalog });
    await server.misbehave({ notLeader: { host: '127.0.0.1', port: leader.port } });
    await expect(movedLog.append(stream, NOTHING, [written()], metadataAt())).resolves.toMatchObject({
      head: { revision: 0 },
    });
    expect(await moved.read(stream)).toHaveLength(1);
    expect((await leader.counts()).appends).toBe(1);
  }, 30_000);

  it('finds the leader of a cluster, and the next one when that is lost', async () => {
    const [one, two] = [await anotherServer(), await anotherServer()];
    await two.misbehave({ notLeader: { host: '127.0.0.1', port: one.port } });
    const url = `esdb://127.0.0.1:${two.port},127.0.0.1:${one.port}?tls=false&maxDiscoverAttempts=2`;
    const cluster = anotherStore(url);
    await cluster.append(stream, someEvents(1), 'no-stream');
    const before = await one.counts();
    await two.misbehave({});
    await one.kill();
    const failed = await Promise.allSettled(
      Array.from({ length: 20 }, () => cluster.append(`x-${randomUUID()}`, someEvents(1), 'no-stream')),
    );
    expect(failed.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    await cluster.append(stream, someEvents(1), 'no-stream');
    expect([before.appends, before.batchAppends]).toEqual([1, 0]);
    expect((await two.counts()).appends).toBeGreaterThan(0);
  }, 30_000);

  it('finds the end and the next event beyond many events of the server itself', async () => {
    const { positions } = await store.append(stream, someEvents(1), 'no-stream');
    await server.addSystemEvents(3_000);
    expect(await store.end()).toBe(positions[0]);
    expect(await store.readAll({ after: positions[0] })).toEqual([]);
    await store.append(stream, someEvents(2), 0);
    expect(await store.readAll({ after: positions[0] })).toMatchObject([{ revision: 1 }, { revision: 2 }]);
    expect((await everything(store)).every((event) => !event.stream.startsWith('$'))).toBe(true);
  });

  it('closes while the server is silent', async () => {
    const other = anotherStore(server.url);
    const following = other.subscribe({ signal: new AbortController().signal, batch: 1 })[Symbol.asyncIterator]();
    await store.append(stream, someEvents(1), 'no-stream');
    await following.next();
    await server.misbehave({ silence: 'all' });
    const append = other.append(stream, someEvents(1), 0).catch((error: unknown) => error);
    const began = performance.now();
    await other.close();
    expect(performance.now() - began).toBeLessThan(DEADLINE_MS + 3_000);
    expect(await append).toMatchObject({ kind: 'unavailable' });
    expect(await following.next()).toMatchObject({ done: true });
    await expect(other.read(stream)).rejects.toMatchObject({ code: 'log.closed' });
  }, 15_000);
});
