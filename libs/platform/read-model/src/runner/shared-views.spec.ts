import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Projection, RecordedEvent } from '@casebook/kernel';
import { openSqliteStateStore, type StateStore } from '@casebook/state';
import type { ReadModelDefinition, ReadModelEngine } from '../read-model';
import { openSqliteReadModels } from '../sqlite/sqlite-read-models';
import { MemoryLog } from '../testing/memory-log';
import { ProjectionRunner } from './projection-runner';
import { projectionView } from './projection-view';
import { SharedViews, type SharedViewsOptions } from './shared-views';

interface Total {
  readonly sum: number;
}
type Added = { readonly type: 'added'; readonly data: { readonly n: number } };

/** What each number counts; a rebuild counts all of them anew. */
let weight = 1;
const totals: Projection<Total, Added> = {
  name: 'totals',
  version: 1,
  handles: ['added'],
  id: (event) => event.stream,
  on: (event, document) => ({ sum: (document?.sum ?? 0) + weight * event.data.n }),
};
const model: ReadModelDefinition = { name: 'totals', version: 1, indexes: [], scope: { staff: true } };

describe('the views of several processes', () => {
  let directory: string;
  let log: MemoryLog;
  let state: StateStore;
  let engine: ReadModelEngine;
  const opened: { stop(): Promise<void> }[] = [];
  const engines: ReadModelEngine[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-shared-'));
    log = new MemoryLog();
    state = openSqliteStateStore(join(directory, 'state.sqlite'));
    engine = openSqliteReadModels({ directory: join(directory, 'shared') });
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.stop();
    for (const one of engines.splice(0)) await one.close();
    await engine.close();
    await state.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** A process with an index of its own beside the shared views. */
  function make(holder: string, options: Partial<SharedViewsOptions> = {}): SharedViews {
    const ownEngine = openSqliteReadModels({ directory: join(directory, holder) });
    const own = projectionView(ownEngine, {
      projection: { ...totals, name: 'own' },
      definition: { ...model, name: 'own' },
    });
    const views = new SharedViews({
      log,
      engine,
      state,
      holder,
      projects: true,
      projections: [{ projection: totals, definition: model }],
      own: [own],
      clock: () => Date.parse('2026-01-01T00:01:00.000Z'),
      leaseMs: 200,
      ...options,
    });
    engines.push(ownEngine);
    opened.push(views);
    return views;
  }
  const add = (n: number): RecordedEvent => log.add('a', 'added', { n });
  const sum = async () => (await (await engine.reader<Total>(model)).get({ kind: 'staff' }, 'a'))?.sum;
  const leader = async () => (await state.get<{ holder: string }>('lease', 'views'))?.value.holder;

  it('are written by one of them, and every process reads its own writes', async () => {
    add(1);
    const [first, second, reader] = [make('first'), make('second'), make('reader', { projects: false })];
    await Promise.all([first.start(), second.start(), reader.start()]);
    expect(await sum()).toBe(1);
    const { position } = add(2);
    for (const views of [first, second, reader]) expect(await views.waitFor(position)).toEqual({ stale: false });
    expect(await sum()).toBe(3);
    expect(['first', 'second']).toContain(await leader());
  });

  it('tell each process of events once all views have handled them, in order', async () => {
    const [first, second] = [make('first'), make('second')];
    await Promise.all([first.start(), second.start()]);
    const told = new Map([first, second].map((views) => [views, [] as string[]]));
    for (const [views, ids] of told)
      views.onHandled((events) => {
        for (const { id, position } of events) {
          expect((views.handled ?? '') >= position).toBe(true);
          ids.push(id);
        }
      });
    const ids = [1, 2, 3, 4, 5].map((n) => add(n).id);
    while ([...told.values()].some((seen) => seen.length < ids.length))
      await new Promise((next) => setTimeout(next, 10));
    expect([...told.values()]).toEqual([ids, ids]);
  });

  it('are taken over when their writer stops, and nothing is folded twice', async () => {
    const [first, second] = [make('first'), make('second')];
    await first.start();
    await second.start();
    expect(await leader()).toBe('first');
    add(1);
    await first.stop();
    const { position } = add(2);
    expect(await second.waitFor(position, 5_000)).toEqual({ stale: false });
    expect(await sum()).toBe(3);
    expect(await leader()).toBe('second');
  });

  it('are taken over from a writer that cannot renew its lease, and what it writes late is refused', async () => {
    let cut = false;
    const cutOff: Partial<StateStore> = {
      get: (space, key) => state.get(space, key),
      insert: (space, key, value) => state.insert(space, key, value),
      delete: (space, key, version) => state.delete(space, key, version),
      set: (space, key, value) => state.set(space, key, value),
      list: (space, options) => state.list(space, options),
      put: (space, key, value, version) =>
        cut ? Promise.reject(new Error('cut off')) : state.put(space, key, value, version),
    };
    const first = make('first', { state: cutOff as StateStore });
    await first.start();
    add(1);
    const late = await engine.writer<Total>(model);
    const second = make('second');
    await second.start();
    cut = true;
    while ((await leader()) !== 'second') await new Promise((next) => setTimeout(next, 10));
    const { position } = add(2);
    expect(await second.waitFor(position, 5_000)).toEqual({ stale: false });
    const write = { id: 'a', document: { sum: 99 }, position };
    await expect(late?.commit([write], { checkpoint: add(0).position, epoch: 1 })).rejects.toMatchObject({
      code: 'read-model.fenced',
    });
    expect(await sum()).toBe(3);
  });

  it('are rebuilt by their writer when another process asks for it', async () => {
    const [first, second] = [make('first'), make('second')];
    await first.start();
    add(4);
    await second.start();
    weight = 10;
    await second.rebuild('totals', 'own');
    weight = 1;
    expect(await sum()).toBe(40);
    await expect(second.rebuild('nothing')).rejects.toMatchObject({ code: 'projection.not-rebuilt' });
  });

  it('go on for every process while one of them is rebuilt', async () => {
    const [first, second] = [make('first'), make('second')];
    await first.start();
    await second.start();
    const held = Promise.withResolvers<undefined>();
    const rebuild = jest.spyOn(ProjectionRunner.prototype, 'rebuild').mockReturnValue(held.promise);
    const asked = second.rebuild('totals');
    while (rebuild.mock.calls.length === 0) await new Promise((next) => setTimeout(next, 10));
    const { position } = add(2);
    expect(await second.waitFor(position)).toEqual({ stale: false });
    expect((await second.status()).map(({ eventsBehind }) => eventsBehind)).toEqual([0, 0]);
    held.resolve(undefined);
    await asked;
    rebuild.mockRestore();
  });

  it('are reported the same by a process that does not write them', async () => {
    const [first, second] = [make('first'), make('second')];
    await first.start();
    await second.start();
    const { position } = add(1);
    for (const views of [first, second]) expect(await views.waitFor(position, 20_000)).toEqual({ stale: false });
    const names = async (views: SharedViews) =>
      (await views.status()).map(({ name, state: at, eventsBehind }) => ({ name, at, eventsBehind }));
    expect(await names(second)).toEqual(await names(first));
  });
});
