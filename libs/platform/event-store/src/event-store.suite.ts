import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { MAX_APPEND_BYTES, MAX_EVENT_BYTES, type EventStore, type StoredEvent } from './event-store';
import { anEvent, everything, someEvents, take } from './testing/stored-events';
import { name, StoreModel, steps } from './testing/store-model';

/** One log of an engine under test. */
export interface StoreUnderTest {
  /** The store as it is open now. */
  readonly store: EventStore;
  /** Closes the store and opens the same log again. */
  reopen(): Promise<EventStore>;
  dispose(): Promise<void>;
}

export type StoreFactory = () => Promise<StoreUnderTest>;

/** What every EventStore does, by example. Each test gets an empty log. */
export function eventStoreSuite(engine: string, create: StoreFactory): void {
  describe(`event store on ${engine}`, () => {
    let under: StoreUnderTest;
    let store: EventStore;
    beforeEach(async () => {
      under = await create();
      store = under.store;
    });
    afterEach(() => under.dispose());
    const reopen = async (): Promise<void> => {
      store = await under.reopen();
    };
    const dataOf = async (stream: string): Promise<string[]> => (await store.read(stream)).map(({ data }) => data);

    appends(() => store, dataOf);
    retries(() => store, reopen);
    refusals(() => store);
    reads(() => store);
    subscriptions(() => store, reopen);
  });

  describe(`event store on ${engine}, any history`, () => {
    it('answers like plain arrays', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          const under = await create();
          const model = new StoreModel(under.store, () => under.reopen());
          for (const step of history) await model.run(step);
          await model.compare();
          await under.dispose();
        }),
        { numRuns: 30 },
      );
    }, 60_000);

    it('hands every subscriber everything once and in order, wherever it is interrupted', async () => {
      await fc.assert(
        fc.asyncProperty(
          steps,
          fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
          async (history, sizes) => {
            const under = await create();
            const model = new StoreModel(under.store, () => under.reopen());
            const early = resuming(under, sizes);
            for (const step of history) await model.run(step);
            const late = resuming(under, [...sizes].reverse());
            const count = model.order.length;
            expect((await late(count)).map(name)).toEqual(model.order);
            expect((await early(count)).map(name)).toEqual(model.order);
            await under.dispose();
          },
        ),
        { numRuns: 30 },
      );
    }, 60_000);
  });
}

/**
 * A subscriber that begins now. It gives up after each few events and resumes after the last one handled; also when
 * the store was closed under it. Waits for `count` events in all.
 */
function resuming(under: StoreUnderTest, sizes: readonly number[]): (count: number) => Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  const abort = new AbortController();
  let wanted = Number.POSITIVE_INFINITY;
  const follow = async (size: number): Promise<void> => {
    const signal = abort.signal;
    for await (const batch of under.store.subscribe({ after: events.at(-1)?.position, batch: size, signal })) {
      events.push(...batch);
      if (events.length >= wanted) abort.abort();
      else if (events.length % 3 === 0) return;
    }
  };
  const running = (async () => {
    for (let n = 0; !abort.signal.aborted; n++) {
      await follow(sizes[n % sizes.length]!);
      await new Promise(setImmediate);
    }
  })();
  return async (count) => {
    wanted = count;
    if (events.length >= wanted) abort.abort();
    await running;
    return events;
  };
}

function appends(store: () => EventStore, dataOf: (stream: string) => Promise<string[]>): void {
  it('gives revisions from 0 and strictly increasing positions of one width', async () => {
    const first = await store().append('a', someEvents(2), 'no-stream');
    const other = await store().append('b', someEvents(1), 'no-stream');
    const second = await store().append('a', someEvents(3), 1);
    expect([first.revision, other.revision, second.revision]).toEqual([1, 0, 4]);
    const positions = [...first.positions, ...other.positions, ...second.positions];
    expect(positions).toHaveLength(6);
    expect([...positions].sort()).toEqual(positions);
    expect(new Set(positions).size).toBe(6);
    expect(new Set(positions.map((position) => position.length)).size).toBe(1);
  });

  it('refuses an append that expects another revision, and says where the stream is', async () => {
    await store().append('a', someEvents(2), 'no-stream');
    const wrong = (actual: unknown): object => ({ name: 'WrongExpectedRevision', stream: 'a', actual });
    await expect(store().append('a', someEvents(1), 'no-stream')).rejects.toMatchObject(wrong(1));
    await expect(store().append('a', someEvents(1), 0)).rejects.toMatchObject(wrong(1));
    await expect(store().append('a', someEvents(1), 2)).rejects.toMatchObject(wrong(1));
    await expect(store().append('b', someEvents(1), 0)).rejects.toMatchObject({ actual: 'no-stream', expected: 0 });
    expect(await everything(store())).toHaveLength(2);
  });

  it('lets one of many appends at the same revision win, and the others leave nothing behind', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => store().append('a', someEvents(3), 'no-stream')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await dataOf('a')).toEqual(['{"n":0}', '{"n":1}', '{"n":2}']);
  });

  it('takes appends to many streams at once', async () => {
    const streams = Array.from({ length: 50 }, (_, n) => `s-${n}`);
    await Promise.all(streams.map((stream) => store().append(stream, someEvents(2), 'no-stream')));
    for (const stream of streams) expect(await dataOf(stream)).toEqual(['{"n":0}', '{"n":1}']);
  });

  it('gives back the JSON byte for byte: Unicode, numbers, integer-like keys', async () => {
    const data = JSON.stringify({
      '1': 'first',
      '10': 1e21,
      b: [0.1, -1.5e-7, Number.MAX_SAFE_INTEGER, null, true],
      ключ: 'żółć 𝒳 👩‍👩‍👧 \u0000\u001f\u2028 "\\',
      lone: '\ud800',
      $correlationId: 'x',
    });
    const metadata = JSON.stringify({ ü: { '2': 'b', '0': 'a' } });
    await store().append('a', [anEvent({ data, metadata })], 'no-stream');
    expect(await store().read('a')).toMatchObject([{ data, metadata, type: 'test.Happened', stream: 'a' }]);
  });
}

function retries(store: () => EventStore, reopen: () => Promise<void>): void {
  it.each([0, 1, 50])('answers a repeated append as the first time after %i later events', async (later) => {
    const events = someEvents(3);
    const first = await store().append('a', events, 'no-stream');
    if (later > 0) await store().append('a', someEvents(later), 2);
    expect(await store().append('a', events, 'no-stream')).toEqual(first);
    await reopen();
    expect(await store().append('a', events, 'no-stream')).toEqual(first);
    expect(await everything(store())).toHaveLength(3 + later);
  });

  it('answers a repeated append in the middle of a stream as the first time', async () => {
    await store().append('a', someEvents(2), 'no-stream');
    const events = someEvents(2);
    const first = await store().append('a', events, 1);
    await store().append('a', someEvents(1), 3);
    expect(await store().append('a', events, 1)).toEqual(first);
  });

  it('writes once when the same append is sent twice at the same time', async () => {
    const events = someEvents(2);
    const [one, two] = await Promise.all([
      store().append('a', events, 'no-stream'),
      store().append('a', events, 'no-stream'),
    ]);
    expect(two).toEqual(one);
    expect(await everything(store())).toHaveLength(2);
  });

  it('refuses a batch of a known and a new id', async () => {
    const [known] = someEvents(1);
    await store().append('a', [known!], 'no-stream');
    await expect(store().append('a', [known!, anEvent()], 'no-stream')).rejects.toMatchObject({ actual: 0 });
  });

  it('refuses the same ids in another order', async () => {
    const [one, two] = someEvents(2);
    await store().append('a', [one!, two!], 'no-stream');
    await expect(store().append('a', [two!, one!], 'no-stream')).rejects.toMatchObject({ actual: 1 });
  });

  it('knows ids per stream only', async () => {
    const events = someEvents(1);
    await store().append('a', events, 'no-stream');
    await store().append('b', events, 'no-stream');
    expect(await everything(store())).toHaveLength(2);
  });

  it('goes on after a restart with revisions and positions', async () => {
    const first = await store().append('a', someEvents(2), 'no-stream');
    await reopen();
    const second = await store().append('a', someEvents(1), 1);
    expect(second.revision).toBe(2);
    expect(second.positions[0]! > first.positions[1]!).toBe(true);
    expect(await store().end()).toBe(second.positions[0]);
  });
}

function refusals(store: () => EventStore): void {
  const text = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));
  const sameEvent = anEvent();
  const invalid = (code: string): object => ({ name: 'DomainError', kind: 'invalid', code });

  it.each([
    ['an id that is not a UUID', 'log.id', () => [anEvent({ id: 'x' })]],
    ['an empty type', 'log.type', () => [anEvent({ type: '' })]],
    ['data that is not JSON', 'log.json', () => [anEvent({ data: '{' })]],
    ['data with blanks that would be lost', 'log.json', () => [anEvent({ data: '{ "a":1}' })]],
    ['integer-like keys out of order', 'log.json', () => [anEvent({ data: '{"b":1,"2":1}' })]],
    ['numbers that would be rounded', 'log.json', () => [anEvent({ data: '{"a":9007199254740993}' })]],
    ['metadata that is not JSON', 'log.json', () => [anEvent({ metadata: '' })]],
    ['no events', 'log.empty', () => []],
    ['one id twice', 'log.duplicate-id', () => [sameEvent, sameEvent]],
  ])('refuses %s', async (_, code, events) => {
    await expect(store().append('a', events(), 'no-stream')).rejects.toMatchObject(invalid(code));
    expect(await store().end()).toBeUndefined();
  });

  it.each(['', '$all', 'with blank', 'ünicode', 'x'.repeat(201)])('refuses the stream name "%s"', async (stream) => {
    await expect(store().append(stream, [anEvent()], 'no-stream')).rejects.toMatchObject(invalid('log.stream'));
  });

  it.each([-1, 0.5, Number.NaN])('refuses to expect the revision %d', async (expected) => {
    await expect(store().append('a', [anEvent()], expected)).rejects.toMatchObject(invalid('log.revision'));
  });

  it('takes an event of exactly the largest size and refuses one byte more', async () => {
    const fits = anEvent({ data: text(MAX_EVENT_BYTES - 2), metadata: '{}' });
    await store().append('a', [fits], 'no-stream');
    await expect(store().append('a', [{ ...fits, id: randomUUID(), metadata: '{"a":1}' }], 0)).rejects.toMatchObject({
      kind: 'too-large',
    });
    expect((await store().read('a'))[0]?.data).toBe(fits.data);
  });

  it('counts bytes and not characters', async () => {
    const data = JSON.stringify('ü'.repeat(MAX_EVENT_BYTES / 2));
    await expect(store().append('a', [anEvent({ data })], 'no-stream')).rejects.toMatchObject({ kind: 'too-large' });
  });

  it('takes an append of exactly the largest size and refuses one byte more', async () => {
    const quarter = MAX_APPEND_BYTES / 4;
    const append = Array.from({ length: 4 }, () => anEvent({ data: text(quarter - 2), metadata: '{}' }));
    await store().append('a', append, 'no-stream');
    append[0] = anEvent({ data: text(quarter - 1), metadata: '{}' });
    await expect(store().append('b', append, 'no-stream')).rejects.toMatchObject({ kind: 'too-large' });
  });
}

function reads(store: () => EventStore): void {
  it('reads an unknown stream and an empty log as empty', async () => {
    expect(await store().read('nobody')).toEqual([]);
    expect(await store().readAll()).toEqual([]);
    expect(await store().end()).toBeUndefined();
  });

  it('reads a stream from a revision, up to a limit, and past its end', async () => {
    await store().append('a', someEvents(10), 'no-stream');
    await store().append('b', someEvents(1), 'no-stream');
    const revisions = async (from: number, limit: number): Promise<number[]> =>
      (await store().read('a', { from, limit })).map(({ revision }) => revision);
    expect(await revisions(3, 4)).toEqual([3, 4, 5, 6]);
    expect(await revisions(8, 100)).toEqual([8, 9]);
    expect(await revisions(10, 100)).toEqual([]);
  });

  it('reads the total order in pages of any size, also inside an append', async () => {
    await store().append('a', someEvents(7), 'no-stream');
    await store().append('b', someEvents(5), 'no-stream');
    const whole = await everything(store());
    expect(whole.map(({ stream, revision }) => `${stream}${revision}`).join(' ')).toBe(
      'a0 a1 a2 a3 a4 a5 a6 b0 b1 b2 b3 b4',
    );
    for (const limit of [1, 2, 5, 12]) expect(await everything(store(), limit)).toEqual(whole);
  });

  it('keeps pages of large events small, and yet reads all of them', async () => {
    const data = JSON.stringify('x'.repeat(200_000));
    for (let n = 0; n < 8; n++) {
      const events = Array.from({ length: 4 }, () => anEvent({ data }));
      await store().append('a', events, n === 0 ? 'no-stream' : n * 4 - 1);
    }
    expect((await store().readAll()).length).toBeLessThan(20);
    expect(await everything(store())).toHaveLength(32);
  });

  it('refuses foreign positions and empty pages', async () => {
    await expect(store().readAll({ after: 'x' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(store().readAll({ limit: 0 })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(store().read('a', { limit: 0 })).rejects.toMatchObject({ kind: 'invalid' });
  });
}

function subscriptions(store: () => EventStore, reopen: () => Promise<void>): void {
  it('hands out what is there and then what comes, in order and once', async () => {
    await store().append('a', someEvents(3), 'no-stream');
    const subscribed = take(store(), 9, { batch: 2 });
    await store().append('b', someEvents(2), 'no-stream');
    await Promise.all([store().append('a', someEvents(2), 2), store().append('b', someEvents(2), 1)]);
    expect(await subscribed).toEqual(await everything(store()));
  });

  it('resumes inside an append of 50 after each of its events', async () => {
    await store().append('a', someEvents(50), 'no-stream');
    const whole = await everything(store());
    for (const [index, { position }] of whole.slice(0, -1).entries()) {
      expect(await take(store(), 49 - index, { after: position, batch: 7 })).toEqual(whole.slice(index + 1));
    }
  });

  it('resumes after a restart from the last event handled', async () => {
    await store().append('a', someEvents(5), 'no-stream');
    const [, second] = await take(store(), 2, { batch: 2 });
    await reopen();
    await store().append('a', someEvents(2), 4);
    expect((await take(store(), 5, { after: second!.position })).map(({ revision }) => revision)).toEqual([
      2, 3, 4, 5, 6,
    ]);
  });

  it('starts after the end and hands out only what is new', async () => {
    await store().append('a', someEvents(5), 'no-stream');
    const subscribed = take(store(), 1, { after: await store().end() });
    await store().append('a', [anEvent({ data: '"new"' })], 4);
    expect((await subscribed).map(({ data }) => data)).toEqual(['"new"']);
  });

  it('serves many subscribers, and a slow one misses nothing', async () => {
    const abort = new AbortController();
    const slow = store().subscribe({ signal: abort.signal, batch: 3 })[Symbol.asyncIterator]();
    const nextOfSlow = async (): Promise<StoredEvent[]> => {
      const next = await slow.next();
      return next.done === true ? [] : next.value;
    };
    const quick = Array.from({ length: 10 }, () => take(store(), 100));
    const seen: StoredEvent[] = [];
    for (let n = 0; n < 100; n++) {
      await store().append('a', someEvents(1), n === 0 ? 'no-stream' : n - 1);
      if (n % 10 === 0) seen.push(...(await nextOfSlow()));
    }
    const whole = await everything(store());
    for (const events of await Promise.all(quick)) expect(events).toEqual(whole);
    while (seen.length < 100) seen.push(...(await nextOfSlow()));
    expect(seen).toEqual(whole);
    abort.abort();
    expect(await slow.next()).toMatchObject({ done: true });
  });

  it('ends a waiting subscription when it is aborted, and one that begins aborted', async () => {
    const abort = new AbortController();
    const waiting = store().subscribe({ signal: abort.signal })[Symbol.asyncIterator]().next();
    abort.abort();
    expect(await waiting).toMatchObject({ done: true });
    const late = store().subscribe({ signal: abort.signal })[Symbol.asyncIterator]().next();
    expect(await late).toMatchObject({ done: true });
  });

  it('ends waiting subscriptions when the store is closed', async () => {
    const waiting = store().subscribe({ signal: new AbortController().signal })[Symbol.asyncIterator]().next();
    await reopen();
    expect(await waiting).toMatchObject({ done: true });
  });
}
