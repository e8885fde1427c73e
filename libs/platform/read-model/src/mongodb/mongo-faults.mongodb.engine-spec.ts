import { openMongo, type MongoConnection } from '@casebook/mongodb';
import { startCutProxy, type CutProxy } from '@casebook/mongodb/testing/cut-proxy';
import { openTestDatabase, REAL_SERVER, type TestDatabase } from '@casebook/mongodb/testing/test-database';
import type { Position, RecordedEvent } from '@casebook/kernel';
import fc from 'fast-check';
import { mongoAfter, mongoFilter, mongoSort } from '../mongo-filter';
import { checkQuery } from '../query';
import type { DocumentWrite, Query, ReadModelDefinition, ReadModelEngine, Scope } from '../read-model';
import { ProjectionRunner } from '../runner/projection-runner';
import { projectionView, type AnyProjection } from '../runner/projection-view';
import { sums, sumsModel } from '../testing/fill-module';
import { MemoryLog, positionOf as at } from '../testing/memory-log';
import { openMongoReadModels } from './mongo-read-models';

interface Counter {
  readonly n: number;
}
const definition: ReadModelDefinition = {
  name: 'counters',
  version: 1,
  indexes: [{ company: 1, n: -1 }],
  arrays: ['tags'],
  scope: { staff: true },
};
const staff: Scope = { kind: 'staff' };
const write = (id: string, n: number | null, position: number): DocumentWrite<Counter> => ({
  id,
  document: n === null ? null : { n },
  position: at(position),
});
const until = (n: number) => ({ checkpoint: at(n), epoch: 1 });

let database: TestDatabase;
let prefix: string;
let places = 0;
let engine: ReadModelEngine;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  prefix = `place-${places++}.`;
  engine = await open();
});

const open = (connection: MongoConnection = database.connection) => openMongoReadModels({ connection, prefix });
const collections = async () =>
  (await database.connection.db.listCollections({}, { nameOnly: true }).toArray())
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${prefix}docs.`));
async function live(from: ReadModelEngine = engine) {
  await (await from.fill(definition)).finish();
  await from.swap(definition);
  return (await from.writer<Counter>(definition))!;
}
const all = async (from: ReadModelEngine = engine) => {
  const reader = await from.reader<Counter>(definition);
  const { items } = await reader.find(staff, { sort: { n: 1 }, limit: 1_000 });
  return items.map(({ n }) => n);
};

describe('documents and their checkpoint, written one after the other', () => {
  /** Adds what events say, and ends the document at an `end`; events after it begin anew. */
  const projection: AnyProjection = {
    name: definition.name,
    version: definition.version,
    handles: ['add', 'end'],
    id: (event) => [event.stream, `all-of-${event.stream}`],
    on: ({ type, data }, document, id) => {
      if (type === 'end') {
        if (document === undefined && !id.startsWith('all')) throw new Error('nothing to end');
        return id.startsWith('all') ? document : null;
      }
      return { n: ((document as Counter | undefined)?.n ?? 0) + (data as number) };
    },
  };
  const event = fc.record({
    stream: fc.constantFrom('a', 'b'),
    type: fc.constantFrom('add', 'add', 'end'),
    data: fc.integer({ min: 1, max: 9 }),
  });
  /** A batch of so many events, of which the checkpoint is lost or not. */
  const batch = fc.record({ size: fc.integer({ min: 1, max: 6 }), lost: fc.boolean() });

  it('lead to the same documents as a clean run, wherever a process ends between the two', async () => {
    const progress = database.connection.db.collection<{ _id: string; checkpoint: Position | null }>(
      `${prefix}progress`,
    );
    const run = async (events: readonly RecordedEvent[], batches: readonly { size: number; lost: boolean }[]) => {
      await live();
      for (const { size, lost } of batches) {
        // Each batch by a process that remembers nothing.
        const view = (await projectionView(await open(), { projection, definition }).open())!;
        const checkpoint = (await view.checkpoint()) ?? null;
        const from = Number(checkpoint ?? 0);
        const page = events.slice(from, from + size);
        if (page.length === 0) break;
        await view.apply(page, { checkpoint: page.at(-1)!.position, epoch: 1 });
        if (lost) await progress.updateMany({}, { $set: { checkpoint } });
      }
      const writer = (await engine.writer<Counter>(definition))!;
      const documents = [...(await writer.load(['a', 'b', 'all-of-a', 'all-of-b']))];
      return { documents, parked: (await writer.parked()).map(({ stream }) => stream).sort() };
    };
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 14 }), fc.array(batch, { maxLength: 8 }), async (made, batches) => {
        const log = new MemoryLog();
        // A stream ends only what it began: an `end` without it would rightly be parked.
        const begun = new Set<string>();
        for (const { stream, type, data } of made) {
          if (type === 'end' && !begun.delete(stream)) continue;
          if (type === 'add') begun.add(stream);
          log.add(stream, type, data);
        }
        const rest = Array.from({ length: 15 }, () => ({ size: 3, lost: false }));
        const clean = await run(log.events, rest);
        expect(clean.parked).toEqual([]);
        expect(await run(log.events, [...batches, ...rest])).toEqual(clean);
      }),
      { numRuns: 25 },
    );
  }, 300_000);

  it('are not brought back by a former owner whose batch arrives late', async () => {
    const writer = await live();
    await writer.commit([write('a', 1, 1), write('b', 1, 1)], until(1));
    await writer.commit([write('a', null, 10), write('b', 2, 10), write('never', null, 10)], until(10));
    await writer.commit([write('a', 1, 5), write('b', 5, 5), write('never', 1, 5)], until(11));
    expect(await all()).toEqual([2]);
    expect(await (await engine.reader(definition)).count(staff)).toBe(1);
    expect(await writer.load(['a', 'x'])).toEqual(new Map([['a', { document: null, position: at(10) }]]));
    await writer.commit([write('a', 7, 12)], until(12));
    expect(await all()).toEqual([2, 7]);
  });

  it('keep the newest of writes that race', async () => {
    const writer = await live();
    const other = (await (await open()).writer<Counter>(definition))!;
    for (let round = 0; round < 20; round++) {
      const position = 1 + round * 2;
      const results = await Promise.allSettled([
        writer.commit([write(`r${round}`, 1, position)], until(position)),
        other.commit([write(`r${round}`, 2, position + 1)], until(position + 1)),
      ]);
      expect(results[1].status).toBe('fulfilled');
    }
    expect(new Set(await all())).toEqual(new Set([2]));
  });
});

describe('versions that several processes share', () => {
  it('change for every reader at once, without a gap, and leave nothing behind', async () => {
    const filled = async () => {
      const writer = await engine.fill<Counter>(definition);
      await writer.commit(
        [0, 1, 2].map((n) => write(`c${n}`, n, n + 1)),
        until(3),
      );
      await writer.finish();
      await engine.swap(definition);
    };
    await filled();
    const elsewhere = await open();
    const reader = await elsewhere.reader<Counter>(definition);
    const rebuilding = new AbortController();
    const seen: number[] = [];
    let reads = 0;
    const reading = (async () => {
      while (!rebuilding.signal.aborted) {
        const [count, page, one] = await Promise.all([
          reader.count(staff),
          reader.find(staff, {}),
          reader.get(staff, 'c0'),
        ]);
        seen.push(count, page.items.length, one === undefined ? 0 : 3);
        reads++;
      }
    })();
    const idle = await (await open()).reader<Counter>(definition);
    for (let round = 0; round < 10; round++) {
      await filled();
      expect(await idle.count(staff)).toBe(3);
    }
    rebuilding.abort();
    await reading;
    expect(reads).toBeGreaterThan(10);
    expect(new Set(seen)).toEqual(new Set([3]));
    expect(await all(elsewhere)).toEqual([0, 1, 2]);
    expect(await collections()).toHaveLength(1);
  }, 60_000);

  it('refuse the writer of a version that another process has replaced', async () => {
    const writer = await live();
    await live(await open());
    await expect(writer.commit([write('a', 1, 1)], until(1))).rejects.toMatchObject({
      kind: 'conflict',
      code: 'read-model.fenced',
    });
    expect(await all()).toEqual([]);
  });

  it('lose what belongs to nobody when the next process opens them', async () => {
    await live();
    const { db } = database.connection;
    await db.collection<{ _id: string }>(`${prefix}docs.counters.1-x.late`).insertOne({ _id: 'words' });
    await db.collection<{ _id: string }>(`${prefix}progress`).insertOne({ _id: `${prefix}docs.gone` });
    await Promise.all([open(), open()]);
    expect(await collections()).toHaveLength(1);
    expect(await db.collection(`${prefix}progress`).countDocuments()).toBe(1);
  });

  it('are kept and rebuilt by the runner', async () => {
    const log = new MemoryLog();
    for (let n = 0; n < 50; n++) log.add(`s${n % 5}`, 'added', { n: 1 });
    const projections = [{ projection: sums, definition: sumsModel }];
    const runner = new ProjectionRunner({ log, engine, projections, clock: Date.now });
    await runner.start();
    const reader = await (await open()).reader<{ sum: number }>(sumsModel);
    expect(await reader.get(staff, 's0')).toEqual({ sum: 10 });
    await runner.waitFor(log.add('s0', 'added', { n: 1 }).position);
    expect(await reader.get(staff, 's0')).toEqual({ sum: 11 });
    await runner.rebuild('sums');
    await runner.waitFor(log.add('s0', 'added', { n: 1 }).position);
    expect(await reader.get(staff, 's0')).toEqual({ sum: 12 });
    await runner.stop();
  }, 30_000);
});

describe('connections that break', () => {
  let proxy: CutProxy;
  let connection: MongoConnection;
  beforeEach(async () => {
    proxy = await startCutProxy(database.url);
    connection = await openMongo({ url: proxy.url });
  });
  afterEach(async () => {
    await connection.close();
    await proxy.close();
  });

  it.each(['before', 'answered'] as const)(
    'cost nothing and double nothing when cut %s',
    async (when) => {
      const behind = await open(connection);
      const cut = async <T>(word: string, work: () => Promise<T>): Promise<T> => {
        const happened = proxy.cutNext(word, when);
        const result = await work();
        await happened;
        return result;
      };
      const writer = await live(behind);
      const parked = { stream: 's', eventId: 'e', position: at(2), reason: 'broken' };
      await cut('replaced-word', () =>
        writer.commit([{ id: 'a', document: { n: 1, word: 'replaced-word' } as Counter, position: at(1) }], until(1)),
      );
      await cut('$set', () => writer.commit([write('b', 2, 2)], { ...until(2), parked: [parked] }));
      expect(await writer.checkpoint()).toBe(at(2));
      expect(await writer.parked()).toEqual([parked]);
      const filling = await cut('catalog', () => behind.fill<Counter>(definition));
      await filling.commit([write('c', 3, 3)], until(3));
      await cut('filled', () => filling.finish());
      expect(await cut('find', () => all(behind))).toEqual([1, 2]);
      await cut('live', () => behind.swap(definition));
      expect(await all()).toEqual([3]);
      expect(await engine.versions('counters')).toHaveLength(1);
      expect(await collections()).toHaveLength(1);
    },
    60_000,
  );
});

it('asks for the disks of a majority at each write, and for what a majority has at each read', async () => {
  const sent: { name: string; concern: unknown }[] = [];
  const connection = await openMongo({
    url: database.url,
    onCommand: (name, { writeConcern, readConcern }) =>
      sent.push({ name, concern: (writeConcern ?? readConcern) as unknown }),
  });
  const watched = await open(connection);
  const writer = await live(watched);
  await writer.commit([write('a', 1, 1)], until(1));
  await writer.load(['a']);
  await all(watched);
  await (await watched.reader(definition)).count(staff);
  await live(watched);
  await connection.close();
  const reads = ['find', 'aggregate'];
  const writes = ['insert', 'update', 'delete', 'createIndexes', 'drop'];
  for (const name of [...reads, ...writes]) {
    const concerns = sent.filter((command) => command.name === name).map(({ concern }) => concern);
    const wanted = reads.includes(name) ? { level: 'majority' } : { w: 'majority', j: true };
    expect(concerns).not.toEqual([]);
    for (const concern of concerns) expect({ name, concern }).toMatchObject({ name, concern: wanted });
  }
});

const onRealServers = REAL_SERVER ? it : it.skip;
onRealServers(
  'finds by an index, in its order, whatever a declared index is for (a real server explains it)',
  async () => {
    const writer = await engine.fill(definition);
    const writes = Array.from({ length: 300 }, (_, n) => ({
      id: `c${n}`,
      document: { company: `c${n % 3}`, n, tags: [`t${n % 7}`] },
      position: at(n + 1),
    }));
    await writer.commit(writes, until(300));
    await writer.finish();
    await engine.swap(definition);
    const [collection = ''] = await collections();
    const queries: Query[] = [
      { filter: { where: { company: 'c1' } }, sort: { n: -1 } },
      { filter: { where: { company: 'c1' } }, sort: { n: 1 } },
      { filter: { where: { company: 'c1', n: { $gt: 100 } } }, sort: { n: -1 } },
      { sort: { company: 1, n: -1 } },
      { filter: { where: { tags: 't1' } } },
      {},
    ];
    for (const query of queries) {
      const { filter, sort } = checkQuery(definition, { ...query, limit: 10 });
      const last = { _id: 'c150', company: 'c1', n: 150 } as Record<string, string | number>;
      const values = sort.map(({ path }) => last[path] ?? null);
      for (const after of [{}, mongoAfter(sort, values)]) {
        const condition = { $and: [mongoFilter(filter), after, { _gone: { $exists: false } }] };
        const plan = JSON.stringify(
          await database.connection.db
            .collection(collection)
            .find(condition, { sort: mongoSort(sort), limit: 11 })
            .explain('queryPlanner'),
        );
        const winning = plan.slice(plan.indexOf('"winningPlan"'), plan.indexOf('"rejectedPlans"'));
        expect(winning).toContain('IXSCAN');
        expect(winning).not.toContain('COLLSCAN');
        // Members of an array come in no order but their own.
        if (!('tags' in (query.filter?.where ?? {}))) expect(winning).not.toContain('"SORT"');
      }
    }
  },
);
