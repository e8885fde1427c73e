import { openMongo } from '@casebook/mongodb';
import { startCutProxy, type CutProxy } from '@casebook/mongodb/testing/cut-proxy';
import { openTestDatabase, withParameters, type TestDatabase } from '@casebook/mongodb/testing/test-database';
import { describeStateStore } from '../state-store.suite';
import type { StateStore } from '../state-store';
import { openMongoStateStore } from './mongo-state-store';

describe('the MongoDB state store', () => {
  let database: TestDatabase;
  let places = 0;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.drop());
  const newCollection = (): string => `state-${places++}`;

  describeStateStore('MongoDB', {
    makePlace: async () => `${database.url}#${newCollection()}`,
    open: async (place, now) =>
      openMongoStateStore({ connection: database.connection, collection: place.split('#')[1] ?? '', now }),
    childModule: require.resolve('../testing/mongo-place.ts'),
  });

  it('asks for the disks of a majority at each write, and for what a majority has at each read', async () => {
    const sent: { name: string; writeConcern: unknown; readConcern: unknown }[] = [];
    const connection = await openMongo({
      // What the URL says must not weaken it.
      url: withParameters(database.url, { w: '1', journal: 'false', readConcernLevel: 'local' }),
      onCommand: (name, { writeConcern, readConcern }) => sent.push({ name, writeConcern, readConcern }),
    });
    let clock = 0;
    const store = await openMongoStateStore({ connection, collection: newCollection(), now: () => clock });
    const version = (await store.insert('s', 'k', 1, { ttlSeconds: 1 }))!;
    await store.put('s', 'k', 2, version, { ttlSeconds: 1 });
    await store.list('s');
    for (clock of [5_000, 10_000_000]) await store.sweep();
    await store.close();
    await connection.close();
    const names = ['createIndexes', 'insert', 'update', 'delete', 'find'];
    expect([...new Set(sent.map(({ name }) => name))].filter((name) => names.includes(name)).sort()).toEqual(
      [...names].sort(),
    );
    for (const { name, writeConcern, readConcern } of sent.filter((command) => names.includes(command.name)))
      if (name === 'find') expect(readConcern).toEqual({ level: 'majority' });
      else expect(writeConcern).toMatchObject({ w: 'majority', j: true });
  });

  it('goes on from the old version when the last trace of a record was swept away', async () => {
    let clock = 0;
    const collection = newCollection();
    const { connection } = database;
    const store = await openMongoStateStore({ connection, collection, now: () => clock });
    const first = (await store.insert('s', 'deleted', 1))!;
    await store.put('s', 'deleted', 2, first);
    await store.delete('s', 'deleted');
    const expiring = (await store.insert('s', 'expired', 1, { ttlSeconds: 1 }))!;
    clock += 2_000;
    expect(await store.sweep()).toBe(1);
    clock += 60 * 60_000;
    expect(await store.sweep()).toBe(0);
    expect(await connection.db.collection(collection).countDocuments({ gone: { $exists: true } })).toBe(0);
    expect(await store.insert('s', 'deleted', 3)).toBeGreaterThan(first + 2);
    expect(await store.insert('s', 'expired', 3)).toBeGreaterThan(expiring + 1);
    await store.close();
  });

  describe('behind connections that break', () => {
    let proxy: CutProxy;
    let store: StateStore;
    let close: () => Promise<void>;
    beforeEach(async () => {
      proxy = await startCutProxy(database.url);
      const connection = await openMongo({ url: proxy.url });
      store = await openMongoStateStore({ connection, collection: newCollection(), giveUpMs: 2_000 });
      close = async () => {
        await store.close();
        await connection.close();
        await proxy.close();
      };
    });
    afterEach(() => close());

    it.each(['before', 'answered'] as const)(
      'does each write once although its connection is cut %s',
      async (when) => {
        const cut = async <T>(word: string, work: () => Promise<T>): Promise<T> => {
          const happened = proxy.cutNext(word, when);
          const result = await work();
          await happened;
          return result;
        };
        const version = (await cut('insert', () => store.insert('s', 'k', 'a')))!;
        expect(version).toBe(1);
        expect(await store.insert('s', 'k', 'b')).toBeUndefined();
        const next = (await cut('update', () => store.put('s', 'k', 'b', version)))!;
        expect(next).toBe(version + 1);
        expect(await cut('update', () => store.set('s', 'k', 'c'))).toBe(next + 1);
        expect(await cut('update', () => store.delete('s', 'k', next + 1))).toBe(true);
        expect(await cut('insert', () => store.increment('s', 'n'))).toBe(1);
        for (let n = 2; n <= 3; n++) expect(await cut('update', () => store.increment('s', 'n'))).toBe(n);
        expect(await cut('find', () => store.get('s', 'n'))).toMatchObject({ value: 3, version: 3 });
        expect(await cut('find', () => store.list('s'))).toHaveLength(1);
      },
      30_000,
    );

    it('loses and doubles nothing of many writes at once', async () => {
      await store.set('s', 'n', 0);
      const cuts = (async () => {
        for (const when of ['before', 'answered', 'answered'] as const) await proxy.cutNext('update', when);
      })();
      const drawn: number[] = [];
      const draw = async (): Promise<void> => {
        for (let n = 0; n < 50; n++) drawn.push(await store.increment('s', 'n'));
      };
      await Promise.all([draw(), draw()]);
      for (let n = 0; n < 3; n++) await store.set('s', 'other', n);
      await cuts;
      expect(drawn.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    }, 30_000);

    it('answers unavailable while the server is gone, and works again once it is back', async () => {
      await store.set('s', 'k', 1);
      await proxy.down();
      const unavailable = { kind: 'unavailable', code: 'mongodb.unavailable' };
      await expect(store.get('s', 'k')).rejects.toMatchObject(unavailable);
      await expect(store.set('s', 'k', 2)).rejects.toMatchObject(unavailable);
      await proxy.restore();
      expect((await store.get('s', 'k'))?.value).toBe(1);
      expect(await store.set('s', 'k', 2)).toBe(2);
    }, 30_000);
  });
});
