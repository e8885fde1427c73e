import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { claimSlot, leaseHolder, onceLeased, whileLeased, type LeasedWork } from './lease';
import { openSqliteStateStore } from './sqlite-state-store';
import type { StateStore } from './state-store';

const TTL_MS = 200;

describe('a lease', () => {
  let directory: string;
  let state: StateStore;
  const stop = { all: new AbortController() };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-lease-'));
    state = openSqliteStateStore(join(directory, 'state.sqlite'));
    stop.all = new AbortController();
  });
  afterEach(async () => {
    stop.all.abort();
    await state.close();
    rmSync(directory, { recursive: true });
  });

  const contend = (holder: string, work: LeasedWork, over: StateStore = state, signal = stop.all.signal) =>
    whileLeased({ state: over, name: 'views', holder, signal, ttlMs: TTL_MS }, work);

  it('has one owner at a time, and epochs that grow from owner to owner', async () => {
    let owners = 0;
    let most = 0;
    const epochs: number[] = [];
    const work: LeasedWork = async (epoch) => {
      most = Math.max(most, ++owners);
      epochs.push(epoch);
      await delay(5);
      owners--;
      if (epochs.length === 12) stop.all.abort();
    };
    await Promise.all(['a', 'b', 'c', 'd'].map((holder) => contend(holder, work)));
    expect(most).toBe(1);
    expect(epochs).toEqual([...new Set(epochs)].toSorted((a, b) => a - b));
  });

  it('is handed over at once by an owner that stops', async () => {
    const first = new AbortController();
    const begun = Promise.withResolvers<undefined>();
    const ended = contend(
      'first',
      async (_epoch, lost) => {
        begun.resolve(undefined);
        await aborted(lost);
      },
      state,
      first.signal,
    );
    await begun.promise;
    expect(await leaseHolder(state, 'views')).toBe('first');
    first.abort();
    await ended;
    expect(await leaseHolder(state, 'views')).toBeUndefined();
  });

  it.each([
    ['whose renewals fail', () => Promise.reject(new Error('cut off'))],
    ['whose renewals hang', () => delay(2_000, undefined, { ref: false })],
  ])('is lost by an owner %s, and another one goes on with a later epoch', async (_case, put) => {
    const cutOff: StateStore = {
      get: (space, key) => state.get(space, key),
      insert: (space, key, value) => state.insert(space, key, value),
      delete: (space, key, version) => state.delete(space, key, version),
      put,
    } as Partial<StateStore> as StateStore;
    const epochs: number[] = [];
    const lostByFirst = Promise.withResolvers<undefined>();
    const first = new AbortController();
    const begun = Promise.withResolvers<undefined>();
    void contend(
      'first',
      async (epoch, lost) => {
        epochs.push(epoch);
        begun.resolve(undefined);
        await aborted(lost);
        first.abort();
        lostByFirst.resolve(undefined);
      },
      cutOff,
      first.signal,
    );
    await begun.promise;
    await contend('second', async (epoch) => {
      epochs.push(epoch);
      stop.all.abort();
    });
    await lostByFirst.promise;
    expect(epochs[1]).toBeGreaterThan(epochs[0] ?? Infinity);
  });

  it('lets a job that must not run twice at a time run in every process, one after the other', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const job = async () => {
      most = Math.max(most, ++running);
      await delay(5);
      running--;
      runs++;
    };
    const options = { state, name: 'set-up', signal: stop.all.signal, ttlMs: 40 };
    await Promise.all(['a', 'b', 'c'].map((holder) => onceLeased({ ...options, holder }, job)));
    expect({ most, runs }).toEqual({ most: 1, runs: 3 });
    const failing = onceLeased({ ...options, holder: 'a' }, () => Promise.reject(new Error('no room')));
    await expect(failing).rejects.toThrow('no room');
  });

  it('gives each slot of a repeated job to one process, however their clocks differ', async () => {
    const run = { count: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 5 }), async (skews) => {
        const job = `job-${run.count++}`;
        const done: string[] = [];
        await Promise.all(
          skews.map(async (skew, process) => {
            for (let tick = 0; tick < 30; tick++) {
              const slot = new Date((tick + skew) * 60_000);
              if (await claimSlot(state, job, slot, String(process))) done.push(slot.toISOString());
            }
          }),
        );
        const due = new Set(
          skews.flatMap((skew) =>
            Array.from({ length: 30 }, (_, tick) => new Date((tick + skew) * 60_000).toISOString()),
          ),
        );
        expect(done.toSorted()).toEqual([...due].toSorted());
      }),
      { numRuns: 15 },
    );
  });
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
