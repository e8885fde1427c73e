import { UNCHANGED, type Projection } from '@casebook/kernel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadModelDefinition, ReadModelEngine, ReadModelWriter, Scope } from '../read-model';
import { openSqliteReadModels } from '../sqlite/sqlite-read-models';
import { MemoryLog, positionOf } from '../testing/memory-log';
import { ProjectionRunner, type RunnerOptions } from './projection-runner';

interface Total {
  readonly sum: number;
}
type Added = { readonly type: 'added'; readonly data: { readonly n: number } };

const staff: Scope = { kind: 'staff' };

/** Sums the numbers of each stream. 13 cannot be folded; 14 and 15 make documents that cannot be stored. */
const totals: Projection<Total, Added> = {
  name: 'totals',
  version: 1,
  handles: ['added'],
  id: (event) => event.stream,
  on(event, document) {
    if (event.data.n === 13) throw new Error('13 cannot be added');
    if (event.data.n === 0) return UNCHANGED;
    if (event.data.n === 15) return { sum: 1, broken: 15n } as unknown as Total;
    if (event.data.n === -1) return null;
    const sum = (document?.sum ?? 0) + event.data.n;
    return event.data.n === 14 ? ({ sum: [14] } as unknown as Total) : { ...document, sum };
  },
};
const totalsModel: ReadModelDefinition = { name: 'totals', version: 1, indexes: [{ sum: 1 }], scope: { staff: true } };
const all = { projection: { ...totals, name: 'all', id: () => 'all' }, definition: { ...totalsModel, name: 'all' } };

describe('ProjectionRunner', () => {
  let directory: string;
  let log: MemoryLog;
  let engine: ReadModelEngine;
  let runner: ProjectionRunner;
  let problems: string[];
  const opened: { stop(): Promise<void> }[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-runner-'));
    log = new MemoryLog((type) => type !== 'unknown');
    engine = openSqliteReadModels({ directory });
    problems = [];
    runner = make();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.stop();
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function make(options: Partial<RunnerOptions> = {}): ProjectionRunner {
    const made = new ProjectionRunner({
      log,
      engine,
      projections: [{ projection: totals, definition: totalsModel }, all],
      clock: () => Date.parse('2026-01-01T00:01:00.000Z'),
      onProblem: (message) => problems.push(message),
      ...options,
    });
    opened.push(made);
    return made;
  }
  const get = async (id: string, definition = totalsModel) => (await engine.reader<Total>(definition)).get(staff, id);
  const add = (stream: string, ...numbers: number[]) => numbers.map((n) => log.add(stream, 'added', { n })).at(-1)!;
  const handled = (position = log.events.at(-1)!.position) => runner.waitFor(position, 5_000);

  it('folds what is in the log before it is ready, then what comes', async () => {
    add('a', 1, 2);
    add('b', 5);
    await runner.start();
    expect(await get('a')).toEqual({ sum: 3 });
    add('a', 4);
    add('b', -1);
    expect(await handled()).toEqual({ stale: false });
    expect(await get('a')).toEqual({ sum: 7 });
    expect(await get('b')).toBeUndefined();
    expect(await get('all', all.definition)).toBeUndefined();
  });

  it('reads each event once for all projections', async () => {
    await runner.start();
    const before = log.reads;
    add('a', 1);
    await handled();
    expect(log.reads - before).toBeLessThanOrEqual(2);
  });

  it('starts on an empty log', async () => {
    await runner.start();
    expect(runner.handled).toBeUndefined();
    expect(await get('a')).toBeUndefined();
  });

  it('goes on after its checkpoint when it is started again, and folds nothing twice', async () => {
    add('a', 1);
    await runner.start();
    add('a', 2);
    await handled();
    await runner.stop();
    add('a', 4);
    runner = make();
    await runner.start();
    expect(await get('a')).toEqual({ sum: 7 });
    expect(runner.handled).toBe(positionOf(3));
  });

  it('brings views together that stopped at different places', async () => {
    add('a', 1);
    runner = make({ projections: [all] });
    await runner.start();
    await runner.stop();
    add('a', 2, 4);
    runner = make();
    await runner.start();
    expect(await get('a')).toEqual({ sum: 7 });
    expect(await get('all', all.definition)).toEqual({ sum: 7 });
  });

  it('moves checkpoints over events that nobody wants, and counts types that nobody knows', async () => {
    await runner.start();
    log.add('a', 'other');
    log.add('a', 'unknown');
    log.add('a', 'unknown');
    await handled();
    expect([...runner.unknownTypes]).toEqual([['unknown', 2]]);
    expect((await runner.status()).map(({ checkpoint }) => checkpoint)).toEqual([positionOf(3), positionOf(3)]);
  });

  it('tells listeners about events after every view has them', async () => {
    await runner.start();
    const seen: unknown[] = [];
    const end = runner.onHandled(() => {
      throw new Error('listener');
    });
    runner.onHandled((events) => {
      seen.push(...events.map(({ id }) => id), get('a'));
    });
    const { id } = add('a', 1);
    await handled();
    expect(await Promise.all(seen)).toEqual([id, { sum: 1 }]);
    expect(problems).toEqual(['A listener failed']);
    end();
    add('a', 1);
    await handled();
    expect(problems).toHaveLength(1);
  });

  describe('waiting', () => {
    it('says stale when the position is not reached in time', async () => {
      await runner.start();
      expect(await runner.waitFor(positionOf(1), 1)).toEqual({ stale: true });
    });

    it('does not wait for what was handled long ago', async () => {
      add('a', 1, 2);
      await runner.start();
      expect(await runner.waitFor(positionOf(1), 0)).toEqual({ stale: false });
    });
  });

  describe('an event that cannot be folded', () => {
    it.each([13, 14, 15])('parks its stream for that projection (%d), and only there', async (poison) => {
      const other = { ...all, projection: { ...all.projection, on: () => ({ sum: 1 }) } };
      runner = make({ projections: [{ projection: totals, definition: totalsModel }, other] });
      await runner.start();
      add('a', 1, 2);
      const bad = add('a', poison);
      add('b', 5);
      add('a', 100);
      add('b', 6);
      await handled();
      expect(await get('a')).toEqual({ sum: 3 });
      expect(await get('b')).toEqual({ sum: 11 });
      const [here, there] = await runner.status();
      expect(here!.parked).toEqual([
        {
          stream: 'a',
          eventId: bad.id,
          position: bad.position,
          reason: expect.stringMatching(/cannot|sum|BigInt/) as string,
        },
      ]);
      expect(there!.parked).toEqual([]);
      expect(here!.checkpoint).toBe(positionOf(6));
      expect(problems).toEqual(['totals parked a']);
    });

    it.each([13, 14, 15])(
      'parks its stream while a view is filled (%d), and remembers it over a restart',
      async (poison) => {
        add('a', 1, poison, 100);
        add('b', 1);
        await runner.start();
        await runner.stop();
        runner = make();
        await runner.start();
        add('a', 100);
        add('b', 1);
        await handled();
        expect(await get('a')).toEqual({ sum: 1 });
        expect(await get('b')).toEqual({ sum: 2 });
        expect((await runner.status())[0]!.parked.map(({ stream }) => stream)).toEqual(['a']);
      },
    );

    it('is tried again by a rebuild', async () => {
      let broken = true;
      const projection: Projection<Total, Added> = {
        ...totals,
        on: (event, document, id) => {
          if (broken) throw new Error('not yet');
          return totals.on(event, document, id);
        },
      };
      runner = make({ projections: [{ projection, definition: totalsModel }] });
      add('a', 1, 2);
      await runner.start();
      expect(await get('a')).toBeUndefined();
      broken = false;
      await runner.rebuild('totals');
      expect(await get('a')).toEqual({ sum: 3 });
      expect((await runner.status())[0]!.parked).toEqual([]);
    });
  });

  describe('trouble', () => {
    it('resumes the subscription after an error and after a clean end', async () => {
      await runner.start();
      log.failure = new Error('lost');
      add('a', 1);
      await handled();
      log.cleanEnd = true;
      log.wake();
      add('a', 2);
      await handled();
      expect(await get('a')).toEqual({ sum: 3 });
      expect(problems).toEqual(['The subscription to the log failed and is resumed']);
    });

    /** An engine whose writers of one view fail as often as told. */
    function failing(name: string, failures: { left: number }): ReadModelEngine {
      const writer: ReadModelEngine['writer'] = async <Doc extends object>(definition: ReadModelDefinition) => {
        const real = await engine.writer<Doc>(definition);
        if (!real || definition.name !== name) return real;
        const broken: ReadModelWriter<Doc> = {
          load: (ids) => real.load(ids),
          check: (id, document) => {
            real.check(id, document);
          },
          checkpoint: () => real.checkpoint(),
          parked: () => real.parked(),
          commit: async (writes, progress) => {
            if (failures.left-- > 0) throw new Error('disk full');
            await real.commit(writes, progress);
          },
        };
        return broken;
      };
      return {
        writer,
        reader: (definition) => engine.reader(definition),
        fill: (definition) => engine.fill(definition),
        filled: (definition) => engine.filled(definition),
        versions: (one) => engine.versions(one),
        swap: (definition) => engine.swap(definition),
        close: () => engine.close(),
      };
    }

    it('tries a failed write again and folds nothing twice', async () => {
      runner = make({ engine: failing('totals', { left: 2 }) });
      await runner.start();
      add('a', 1, 2);
      expect(await handled()).toEqual({ stale: false });
      expect(await get('a')).toEqual({ sum: 3 });
      expect(problems).toEqual([]);
    });

    it('leaves a view behind that cannot write, says so, and takes it in again when it has caught up', async () => {
      const failures = { left: Infinity };
      runner = make({ engine: failing('totals', failures) });
      await runner.start();
      add('a', 1, 2);
      expect(await handled()).toEqual({ stale: true });
      expect(await get('all', all.definition)).toEqual({ sum: 3 });
      expect(await runner.status()).toMatchObject([
        { name: 'totals', state: 'behind', eventsBehind: 2, secondsBehind: 60, problem: 'disk full' },
        { name: 'all', state: 'live', eventsBehind: 0, secondsBehind: 0 },
      ]);
      failures.left = 0;
      while ((await runner.status())[0]!.state === 'behind') await new Promise((resolve) => setTimeout(resolve, 20));
      add('a', 4);
      expect(await handled()).toEqual({ stale: false });
      expect(await get('a')).toEqual({ sum: 7 });
    });
  });

  describe('rebuilding', () => {
    it('fills a new version beside the live one while events come, and swaps without a gap', async () => {
      for (let n = 0; n < 300; n++) add(`s${n % 7}`, 1);
      await runner.start();
      const progress = { busy: true };
      let reads = 0;
      const reading = (async () => {
        while (progress.busy) {
          expect((await get('s0'))!.sum).toBeGreaterThanOrEqual(43);
          reads++;
          add('s0', 1);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await Promise.all([
        runner.rebuild('totals', 'all'),
        expect(runner.rebuild('all')).rejects.toThrow('being rebuilt'),
      ]);
      progress.busy = false;
      await reading;
      expect(reads).toBeGreaterThan(1);
      add('s1', 1);
      await handled();
      expect(await get('all', all.definition)).toEqual({ sum: log.events.length });
      expect(await get('s0')).toEqual({ sum: 43 + reads });
      expect((await runner.status()).map(({ state }) => state)).toEqual(['live', 'live']);
    });

    it('fills a raised version before it is ready', async () => {
      add('a', 1, 2);
      await runner.start();
      await runner.stop();
      const definition = { ...totalsModel, version: 2 };
      const projection: Projection<Total, Added> = { ...totals, version: 2, on: (event) => ({ sum: event.data.n }) };
      runner = make({ projections: [{ projection, definition }, all] });
      await runner.start();
      expect(await get('a', definition)).toEqual({ sum: 2 });
      expect(await engine.versions('totals')).toHaveLength(1);
    });

    it('refuses names that it does not know', async () => {
      await expect(runner.rebuild('nothing')).rejects.toThrow('no view named nothing');
    });
  });

  it('holds the thread for short slices only', async () => {
    for (let n = 0; n < 3_000; n++) add(`s${n % 50}`, 1);
    const slow: typeof totals = {
      ...totals,
      on: (event, document, id) => {
        for (const until = performance.now() + 0.1; performance.now() < until;);
        return totals.on(event, document, id);
      },
    };
    runner = make({ projections: [{ projection: slow, definition: totalsModel }], sliceMs: 5 });
    let turns = 0;
    const count = setInterval(() => turns++, 1);
    await runner.start();
    clearInterval(count);
    // 300 ms of folding: without slices the timer would fire a handful of times.
    expect(turns).toBeGreaterThan(20);
  });

  it('refuses two views of one name, and a projection that differs from its read model in version', () => {
    expect(() => make({ projections: [all, all] })).toThrow('Two views are named all');
    expect(() => make({ projections: [{ ...all, definition: { ...all.definition, version: 2 } }] })).toThrow('version');
  });
});
