import fc from 'fast-check';
import { CLAIMS, race, type RaceResult } from './testing/race';
import { spawnTypeScript } from './testing/typescript-child';
import type { StateStore } from './state-store';

/** What an adapter brings to the contract suite. */
export interface StateStoreHarness {
  /** A new empty place for records; `open` may be called several times for one place. */
  makePlace(): Promise<string>;
  open(place: string, now: () => number): Promise<StateStore>;
  /** Path of a module whose `open(place)` a second process calls. */
  readonly childModule: string;
}

/** The contract of StateStore: every adapter passes it. */
export function describeStateStore(name: string, harness: StateStoreHarness): void {
  describe(`${name} as a state store`, () => {
    let clock: number;
    let place: string;
    let store: StateStore;
    const now = (): number => clock;

    beforeEach(async () => {
      clock = 1_700_000_000_000;
      place = await harness.makePlace();
      store = await harness.open(place, now);
    });
    afterEach(async () => {
      await store.close();
    });

    it('gives back what was written, also after it was opened again', async () => {
      const value = { text: 'Grüße 😀 \u2028', list: [1, null, true, { deep: 'x' }], 'a.b': '$c' };
      const version = await store.set('space', 'key', value);
      await store.close();
      store = await harness.open(place, now);
      expect(await store.get('space', 'key')).toEqual({ key: 'key', value, version });
      expect(await store.get('space', 'other')).toBeUndefined();
      expect(await store.get('other', 'key')).toBeUndefined();
    });

    it('names the spaces that hold something', async () => {
      const names = ['b', 'a', 'a\u0001', '😀', '\uffff', 'é'];
      for (const space of names) for (const key of ['x', 'y']) await store.set(space, key, 1);
      await store.set('over', 'x', 1, { ttlSeconds: 1 });
      await store.set('gone', 'x', 1);
      await store.delete('gone', 'x');
      clock += 1_000;
      expect(await store.spaces()).toEqual(names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    });

    it('lets one insert win and keeps its value', async () => {
      const versions = await Promise.all([1, 2, 3, 4].map((n) => store.insert('claim', 'mail', n)));
      expect(versions.filter((version) => version !== undefined)).toHaveLength(1);
      expect((await store.get('claim', 'mail'))?.value).toBe(1);
    });

    it('writes over the expected version only', async () => {
      const first = (await store.insert('s', 'k', 'a'))!;
      const second = (await store.put('s', 'k', 'b', first))!;
      expect(second).toBeGreaterThan(first);
      expect(await store.put('s', 'k', 'c', first)).toBeUndefined();
      expect(await store.put('s', 'missing', 'c', first)).toBeUndefined();
      expect((await store.get('s', 'k'))?.value).toBe('b');
    });

    it('never shows a version again, so an old holder cannot touch what came after', async () => {
      const old = (await store.insert('lease', 'projection', 'first', { ttlSeconds: 10 }))!;
      clock += 10_000;
      const renewed = (await store.insert('lease', 'projection', 'second'))!;
      expect(renewed).toBeGreaterThan(old);
      expect(await store.put('lease', 'projection', 'first again', old)).toBeUndefined();
      expect(await store.delete('lease', 'projection', old)).toBe(false);
      expect(await store.delete('lease', 'projection', renewed)).toBe(true);
      await store.sweep();
      expect(await store.insert('lease', 'projection', 'third')).toBeGreaterThan(renewed);
    });

    it('hides an expired record at once in every operation', async () => {
      const version = await store.set('s', 'k', 1, { ttlSeconds: 60 });
      clock += 59_999;
      expect((await store.get('s', 'k'))?.expiresAt).toBe(1_700_000_060_000);
      clock += 1;
      expect(await store.get('s', 'k')).toBeUndefined();
      expect(await store.list('s')).toEqual([]);
      expect(await store.put('s', 'k', 2, version)).toBeUndefined();
      expect(await store.delete('s', 'k')).toBe(false);
      expect(await store.increment('s', 'k')).toBe(1);
    });

    it('drops the expiry at a write without one', async () => {
      const version = await store.set('s', 'k', 1, { ttlSeconds: 60 });
      await store.put('s', 'k', 2, version);
      clock += 100_000;
      expect((await store.get('s', 'k'))?.value).toBe(2);
    });

    it('sweeps exactly the expired records', async () => {
      await Promise.all(
        Array.from({ length: 1_200 }, (_, n) => store.set('s', `k${n}`, n, n % 2 ? { ttlSeconds: 5 } : {})),
      );
      clock += 5_000;
      expect(await store.sweep()).toBe(600);
      expect(await store.sweep()).toBe(0);
      expect(await store.list('s', { limit: 2_000 })).toHaveLength(600);
    });

    it('lists by prefix, in order, in pages', async () => {
      const keys = ['a/1', 'a/2', 'a/20', 'a/ä', 'a/😀', 'a/\uffff', 'b', 'aa'];
      for (const key of keys) await store.set('s', key, key);
      const first = await store.list('s', { prefix: 'a/', limit: 3 });
      expect(first.map(({ key }) => key)).toEqual(['a/1', 'a/2', 'a/20']);
      const rest = await store.list('s', { prefix: 'a/', after: 'a/20' });
      expect(rest.map(({ key }) => key)).toEqual(['a/ä', 'a/\uffff', 'a/😀']);
      expect(await store.list('s')).toHaveLength(keys.length);
    });

    it('counts and raises, and never lowers', async () => {
      expect(await store.increment('c', 'n')).toBe(1);
      expect(await store.increment('c', 'n', 10)).toBe(11);
      expect(await store.raise('c', 'n', 5)).toBe(11);
      expect(await store.raise('c', 'n', 1042)).toBe(1042);
      expect(await store.raise('c', 'fresh', 7)).toBe(7);
      expect(await store.increment('c', 'n')).toBe(1043);
    });

    it('refuses names and values it cannot keep, and writes around them still land', async () => {
      const invalid = { kind: 'invalid' };
      await expect(store.set('', 'k', 1)).rejects.toMatchObject(invalid);
      await expect(store.set('s', 'x'.repeat(513), 1)).rejects.toMatchObject(invalid);
      await expect(store.get('s', '\ud800')).rejects.toMatchObject(invalid);
      await expect(store.set('s', 'k', undefined)).rejects.toMatchObject(invalid);
      await expect(store.set('s', 'k', 'x'.repeat(4 * 1024 * 1024))).rejects.toMatchObject(invalid);
      await store.set('s', 'text', 'text');
      const results = await Promise.allSettled([
        store.set('s', 'before', 1),
        store.increment('s', 'text'),
        store.set('s', 'after', 1),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await store.get('s', 'after'))?.value).toBe(1);
    });

    it('answers like a plain map with a clock, whatever is done to it', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
          const fresh = await harness.open(await harness.makePlace(), now);
          const model = new Model();
          for (const step of steps) {
            if (step.kind === 'wait') clock += step.seconds * 1000;
            expect(await apply(fresh, step, model)).toEqual(expected(model, step, clock));
          }
          await fresh.close();
        }),
        { numRuns: 40 },
      );
    });

    it('has one winner per claim when two processes race', async () => {
      await store.set('shared', 'steps', 0);
      const child = spawnTypeScript(require.resolve('./testing/race-child.ts'), harness.childModule, place, 'child');
      expect(await child.line()).toBe('ready');
      child.process.stdin.write('go\n');
      const [mine, line] = await Promise.all([race(store, 'parent'), child.line()]);
      await child.kill();
      const theirs = JSON.parse(line) as RaceResult;
      const all = Array.from({ length: CLAIMS }, (_, n) => n);
      expect([...mine.won, ...theirs.won].sort((a, b) => a - b)).toEqual(all);
      expect([...mine.drawn, ...theirs.drawn].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 2 * CLAIMS }, (_, n) => n + 1),
      );
      expect((await store.get<number>('shared', 'steps'))?.value).toBe(mine.steps + theirs.steps);
      for (const claim of theirs.won) expect((await store.get('claim', `claim-${claim}`))?.value).toBe('child');
    }, 60_000);

    it('lands every one of many writes at once', async () => {
      await Promise.all(Array.from({ length: 500 }, (_, n) => store.set('many', `k${n}`, n)));
      await store.close();
      store = await harness.open(place, now);
      expect(await store.list('many', { limit: 1_000 })).toHaveLength(500);
    });

    it('finishes what was begun before close, and refuses what comes after', async () => {
      const written = store.set('s', 'k', 1);
      await store.close();
      await written;
      await expect(store.get('s', 'k')).rejects.toMatchObject({ kind: 'unavailable' });
      store = await harness.open(place, now);
      expect((await store.get('s', 'k'))?.value).toBe(1);
    });
  });
}

type Step =
  | { kind: 'wait'; seconds: number }
  | { kind: 'insert' | 'set'; key: string; value: number; ttl: number | undefined }
  | { kind: 'put'; key: string; value: number; ttl: number | undefined; current: boolean }
  | { kind: 'delete'; key: string; current: boolean | undefined }
  | { kind: 'increment' | 'raise'; key: string; by: number }
  | { kind: 'sweep' };

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.integer({ min: -5, max: 5 });
const ttl = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('insert' as const, 'set' as const), key, value, ttl }),
  fc.record({ kind: fc.constant('put' as const), key, value, ttl, current: fc.boolean() }),
  fc.record({ kind: fc.constant('delete' as const), key, current: fc.option(fc.boolean(), { nil: undefined }) }),
  fc.record({ kind: fc.constantFrom('increment' as const, 'raise' as const), key, by: value }),
  fc.record({ kind: fc.constant('sweep' as const) }),
);

interface ModelRecord {
  readonly value: number;
  readonly expiresAt: number | undefined;
}

/** The reference: a map, beside it the versions that the store itself gave out. */
class Model {
  readonly records = new Map<string, ModelRecord>();
  readonly versions = new Map<string, number>();
}

/** Does the step and puts what it answers into the model's terms: versions become "written or not". */
async function apply(store: StateStore, step: Step, model: Model): Promise<unknown> {
  const options = 'ttl' in step && step.ttl !== undefined ? { ttlSeconds: step.ttl } : {};
  const versionOf = (name: string, current: boolean): number => (model.versions.get(name) ?? 1) + (current ? 0 : 1_000);
  const written = (name: string, version: number | undefined): boolean => {
    if (version === undefined) return false;
    expect(version).toBeGreaterThan(model.versions.get(name) ?? 0);
    model.versions.set(name, version);
    return true;
  };
  const outcome = async (): Promise<unknown> => {
    switch (step.kind) {
      case 'insert':
      case 'set':
        return written(step.key, await store[step.kind]('s', step.key, step.value, options));
      case 'put':
        return written(
          step.key,
          await store.put('s', step.key, step.value, versionOf(step.key, step.current), options),
        );
      case 'delete':
        return store.delete('s', step.key, ...(step.current === undefined ? [] : [versionOf(step.key, step.current)]));
      case 'increment':
      case 'raise': {
        const sum = await store[step.kind]('s', step.key, step.by);
        model.versions.set(step.key, (await store.get('s', step.key))?.version ?? model.versions.get(step.key) ?? 0);
        return sum;
      }
      case 'sweep':
        return (await store.sweep()) >= 0;
      case 'wait':
        return true;
    }
  };
  const result = await outcome();
  const records = await store.list<number>('s');
  return { result, records: records.map(({ key: name, value: held, expiresAt }) => [name, held, expiresAt]) };
}

/** The same step on the model. */
function expected(model: Model, step: Step, now: number): unknown {
  const { records } = model;
  for (const [name, record] of records) if ((record.expiresAt ?? Infinity) <= now) records.delete(name);
  const expiry = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : now + seconds * 1000;
  let result: unknown = true;
  if (step.kind === 'insert' || step.kind === 'set') {
    result = step.kind === 'set' || !records.has(step.key);
    if (result === true) records.set(step.key, { value: step.value, expiresAt: expiry(step.ttl) });
  } else if (step.kind === 'put') {
    result = step.current && records.has(step.key);
    if (result === true) records.set(step.key, { value: step.value, expiresAt: expiry(step.ttl) });
  } else if (step.kind === 'delete') {
    result = step.current !== false && records.delete(step.key);
  } else if (step.kind === 'increment' || step.kind === 'raise') {
    const old = records.get(step.key);
    const sum = step.kind === 'increment' ? (old?.value ?? 0) + step.by : Math.max(old?.value ?? 0, step.by);
    records.set(step.key, { value: sum, expiresAt: old?.expiresAt });
    result = sum;
  }
  const sorted = [...records].sort(([a], [b]) => (a < b ? -1 : 1));
  return { result, records: sorted.map(([name, record]) => [name, record.value, record.expiresAt]) };
}
