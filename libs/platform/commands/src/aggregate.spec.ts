import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createEventLog,
  openSqliteEventStore,
  WrongExpectedRevision,
  type EventLog,
  type EventStore,
} from '@casebook/event-store';
import { memoryKeyring } from '@casebook/event-store/testing/memory-keyring';
import { DomainError, type Actor, type EventCatalog } from '@casebook/kernel';
import { Aggregate, type AggregateDefinition, type Lookup } from './aggregate';
import type { Envelope } from './envelope';
import { tillCatalog, tillDefinition, type Till, type TillCommand, type TillEvent } from './testing/till';

const staff: Actor = { kind: 'staff', personId: 'nina', roles: ['engineer'] };
const customer: Actor = { kind: 'customer', personId: 'ada', companyId: 'shop', role: 'A' };
const ID = 'one';
const STREAM = 'till-one';

type Tills = Aggregate<Till, TillCommand, TillEvent>;
type Parts = Partial<Envelope<TillCommand>>;
const envelope = (command: TillCommand, parts: Parts = {}): Envelope<TillCommand> => ({
  id: ID,
  command,
  actor: staff,
  commandId: randomUUID(),
  ...parts,
});
const pay = (...amounts: number[]): TillCommand => ({ type: 'Pay', data: { amounts } });
const note: TillCommand = { type: 'Note', data: { text: 'between us' } };
const close: TillCommand = { type: 'Close', data: {} };
const open: TillCommand = { type: 'Open', data: {} };

describe('handling a command', () => {
  let directory: string;
  let store: EventStore;
  let now: Date;
  const keyring = memoryKeyring();
  const logOf = (catalog: EventCatalog = tillCatalog): EventLog => createEventLog({ store, keyring, catalog });
  /** An aggregate as another instance of the server has it: with a cache of its own. */
  const instance = (parts: Partial<AggregateDefinition<Till, TillCommand, TillEvent>> = {}, log = logOf()): Tills =>
    new Aggregate({ ...tillDefinition, ...parts }, log, () => now);
  const stored = async () => (await logOf().load<TillEvent>(STREAM)).events;
  let tills: Tills;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-commands-'));
    store = openSqliteEventStore({ directory });
    now = new Date('2026-03-02T09:00:00.000Z');
    tills = instance();
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('records what was decided, and answers it with state, revision and position', async () => {
    const { events, ...result } = await tills.handle(envelope(pay(3, 4)));
    expect(events.map(({ data }) => data)).toEqual([
      { amount: 3, before: 0 },
      { amount: 4, before: 0 },
    ]);
    expect(await stored()).toEqual(events);
    expect(result).toEqual({
      state: { sum: 7, closed: false, notes: 0 },
      revision: 1,
      position: events[1]?.position,
      repeated: false,
    });
  });

  it('records who, for whom, why, when and by which command', async () => {
    const parts = { commandId: 'c1', bodyDigest: 'd1', correlationId: 'k1', causationId: 'e1', onBehalfOf: 'bob' };
    const { events } = await tills.handle(envelope(pay(1), parts));
    expect(events[0]?.metadata).toEqual({
      actor: 'nina',
      onBehalfOf: 'bob',
      companyId: 'shop',
      correlationId: 'k1',
      causationId: 'e1',
      commandId: 'c1',
      bodyDigest: 'd1',
      time: '2026-03-02T09:00:00.000Z',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const [plain] = (await tills.handle(envelope(note, { commandId: 'c2' }))).events;
    expect(plain?.metadata).toMatchObject({ correlationId: 'c2', causationId: 'c2' });
    expect(plain?.metadata).not.toHaveProperty('companyId');
  });

  it('lets no time go back, neither in the decision nor in the log', async () => {
    await tills.handle(envelope(pay(1)));
    now = new Date('2026-03-02T08:00:00.000Z');
    const { events } = await tills.handle(envelope(close));
    expect(events).toMatchObject([
      { data: { at: '2026-03-02T09:00:00.000Z' }, metadata: { time: '2026-03-02T09:00:00.000Z' } },
    ]);
  });

  it('records nothing when there is nothing to do', async () => {
    expect(await tills.handle(envelope(open))).toEqual({
      events: [],
      state: { sum: 0, closed: false, notes: 0 },
      revision: 'no-stream',
      repeated: false,
    });
    await tills.handle(envelope(pay(1)));
    expect(await tills.handle(envelope(open))).toMatchObject({ events: [], revision: 0 });
    expect(await stored()).toHaveLength(1);
  });

  it('records nothing when access is refused, and looks nothing up', async () => {
    const lookup = jest.fn<Promise<TillCommand>, Parameters<Lookup<Till, TillCommand>>>();
    await expect(tills.handle(envelope(close, { actor: customer }), lookup)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(lookup).not.toHaveBeenCalled();
    expect(await stored()).toEqual([]);
  });

  it('decides on the command as the lookup completed it', async () => {
    const doubled: Lookup<Till, TillCommand> = async (_command, state) => pay(state.sum * 2);
    await tills.handle(envelope(pay(5)));
    expect((await tills.handle(envelope(pay()), doubled)).state.sum).toBe(15);
  });

  it('takes its turn among many of the same process', async () => {
    const many = Array.from({ length: 50 }, () => tills.handle(envelope(pay(1))));
    expect((await Promise.all(many)).map(({ revision }) => revision)).toEqual(many.map((_, index) => index));
  });

  it('is not held up by one that was refused before it', async () => {
    const outcomes = await Promise.allSettled(
      [pay(1), close, pay(1), open].map((command) => tills.handle(envelope(command))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  describe('that was handled before', () => {
    const first = { commandId: 'first', bodyDigest: 'd1' };

    it.each([0, 1, 50])('answers the first events after %i later ones, on every instance', async (later) => {
      const before = await tills.handle(envelope(pay(3, 4), first));
      for (let n = 0; n < later; n++) await tills.handle(envelope(note));
      for (const handler of [tills, instance()]) {
        const again = await handler.handle(envelope(pay(3, 4), first));
        expect(again).toMatchObject({ repeated: true, position: before.position, revision: 1 + later });
        expect(again.events).toEqual(before.events);
      }
      expect(await stored()).toHaveLength(2 + later);
    });

    it('answers the first events after a restart', async () => {
      const before = await tills.handle(envelope(pay(3), first));
      await tills.handle(envelope(close));
      await store.close();
      store = openSqliteEventStore({ directory });
      const again = await instance().handle(envelope(pay(3), first));
      expect([again.repeated, again.events]).toEqual([true, before.events]);
      expect(await stored()).toHaveLength(2);
    });

    it('is known to an instance whose cache is older than it', async () => {
      const other = instance();
      await other.handle(envelope(pay(1)));
      const before = await tills.handle(envelope(pay(3), first));
      expect(await other.handle(envelope(pay(3), first))).toEqual({ ...before, repeated: true });
      expect(await stored()).toHaveLength(2);
    });

    it('is still known to a cache that has taken in what came after it', async () => {
      const before = await tills.handle(envelope(pay(3), first));
      await instance().handle(envelope(note));
      expect(await tills.current(ID)).toMatchObject({ revision: 1 });
      const again = await tills.handle(envelope(pay(3), first));
      expect([again.repeated, again.events]).toEqual([true, before.events]);
      expect(await stored()).toHaveLength(2);
    });

    it('is answered even where it would be refused now, and looks nothing up', async () => {
      await tills.handle(envelope(pay(3), first));
      await tills.handle(envelope(close));
      const lookup = jest.fn<Promise<TillCommand>, Parameters<Lookup<Till, TillCommand>>>();
      const again = await tills.handle(envelope(pay(3), { ...first, ifMatch: ['r-1'] }), lookup);
      expect(again).toMatchObject({ repeated: true, state: { sum: 3, closed: true } });
      expect(lookup).not.toHaveBeenCalled();
    });

    it('is recorded once when it comes to two instances, or twice to one, at the same time', async () => {
      await tills.handle(envelope(pay(1)));
      const senders = [tills, tills, instance(), instance()];
      const results = await Promise.all(senders.map((handler) => handler.handle(envelope(pay(3), first))));
      expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(new Set(results.map(({ position }) => position)).size).toBe(1);
      expect(await stored()).toHaveLength(2);
    });

    it('is refused with another body: the key names one request', async () => {
      await tills.handle(envelope(pay(3), first));
      for (const handler of [tills, instance()]) {
        for (const bodyDigest of ['d2', '']) {
          await expect(handler.handle(envelope(pay(4), { ...first, bodyDigest }))).rejects.toMatchObject({
            kind: 'mismatch',
            code: 'idempotency.mismatch',
          });
        }
        await expect(handler.handle(envelope(pay(4), { commandId: 'first' }))).rejects.toMatchObject({
          kind: 'mismatch',
        });
      }
      expect(await stored()).toHaveLength(1);
    });

    it('completes what had to follow its append and did not', async () => {
      const ended: number[] = [];
      let fails = true;
      const handler = instance({
        afterwards: async (events) => {
          if (fails) throw new DomainError('unavailable', 'sessions.down', 'Sessions cannot be ended now.');
          ended.push(...events.map(({ revision }) => revision));
        },
      });
      await expect(handler.handle(envelope(pay(3, 4), first))).rejects.toMatchObject({ code: 'sessions.down' });
      expect(await stored()).toHaveLength(2);
      fails = false;
      expect(await handler.handle(envelope(pay(3, 4), first))).toMatchObject({ repeated: true });
      expect(ended).toEqual([0, 1]);
    });
  });

  describe('that meets another instance’s changes', () => {
    let other: Tills;
    beforeEach(async () => {
      other = instance();
      await tills.handle(envelope(pay(1)));
      await other.handle(envelope(note));
      await tills.current(ID);
    });

    it('is decided again on the newest state', async () => {
      await other.handle(envelope(pay(10)));
      const { events, state } = await tills.handle(envelope(pay(100)));
      expect(events).toMatchObject([{ data: { before: 11 } }]);
      expect(state.sum).toBe(111);
    });

    it('looks up again what it had looked up on the older state', async () => {
      await other.handle(envelope(pay(10)));
      const doubled: Lookup<Till, TillCommand> = async (_command, state) => pay(state.sum * 2);
      expect((await tills.handle(envelope(pay()), doubled)).state.sum).toBe(33);
    });

    it('is refused by what the other instance did, not recorded from the older state', async () => {
      await other.handle(envelope(close));
      await expect(tills.handle(envelope(pay(1)))).rejects.toMatchObject({ code: 'till.closed' });
    });

    it('is not refused by a state that is over', async () => {
      await tills.handle(envelope(close));
      await other.handle(envelope(open));
      expect((await tills.handle(envelope(pay(1)))).state.sum).toBe(2);
    });

    it('does not find "nothing to do" in a state that is over', async () => {
      await other.handle(envelope(close));
      expect((await tills.handle(envelope(open))).events).toMatchObject([{ type: 'test.Opened' }]);
    });

    it('reads the newest state on demand, and once it has seen an event that another instance wrote', async () => {
      await other.handle(envelope(pay(10)));
      expect((await tills.cached(ID)).sum).toBe(1);
      tills.outrun(STREAM, 1);
      expect((await tills.cached(ID)).sum).toBe(1);
      tills.outrun(STREAM, 2);
      expect((await tills.cached(ID)).sum).toBe(11);
      await other.handle(envelope(pay(100)));
      expect(await tills.current(ID)).toMatchObject({ state: { sum: 111 }, revision: 3 });
    });

    it('succeeds whatever the order, for several at once', async () => {
      await Promise.all([1, 2, 3, 4].flatMap((n) => [tills, other].map((handler) => handler.handle(envelope(pay(n))))));
      expect((await instance().current(ID)).state.sum).toBe(1 + 2 * 10);
    });

    it('gives up with "busy" when it never gets through, and records nothing', async () => {
      const log = logOf();
      let attempts = 0;
      const contended: EventLog = Object.assign(Object.create(log) as EventLog, {
        load: log.load.bind(log),
        append: async () => {
          attempts += 1;
          throw new WrongExpectedRevision(STREAM, 0, 1);
        },
      });
      await expect(instance({}, contended).handle(envelope(pay(1)))).rejects.toMatchObject({
        kind: 'conflict',
        code: 'busy',
      });
      expect(attempts).toBeGreaterThan(1);
      expect(await stored()).toHaveLength(2);
    });
  });

  describe('with If-Match', () => {
    beforeEach(async () => {
      await tills.handle(envelope(pay(1)));
    });

    it('is done when nothing has changed', async () => {
      expect((await tills.handle(envelope(pay(1), { ifMatch: ['r0'] }))).revision).toBe(1);
    });

    it('is stale when something has, and records nothing', async () => {
      await tills.handle(envelope(note));
      await expect(tills.handle(envelope(pay(1), { ifMatch: ['r0'] }))).rejects.toMatchObject({
        kind: 'stale',
        code: 'till.stale',
      });
      expect(await stored()).toHaveLength(2);
    });

    it('is stale when another instance changed something that the cache has not seen', async () => {
      await instance().handle(envelope(note));
      await expect(tills.handle(envelope(pay(1), { ifMatch: ['r0'] }))).rejects.toMatchObject({ kind: 'stale' });
      expect(await stored()).toHaveLength(2);
    });

    it('is not stale for a cache that lags behind the sender', async () => {
      await instance().handle(envelope(note));
      expect((await tills.handle(envelope(pay(1), { ifMatch: ['r1'] }))).revision).toBe(2);
    });

    it('compares the version that this sender sees: what they cannot see makes nothing stale', async () => {
      await instance().handle(envelope(note));
      const parts = { actor: customer, ifMatch: ['p1'] };
      expect((await tills.handle(envelope(pay(5), parts))).revision).toBe(2);
      await expect(tills.handle(envelope(pay(5), parts))).rejects.toMatchObject({ kind: 'stale' });
    });
  });

  describe('on a stream that a newer version has written to', () => {
    const { 'test.Closed': _, ...older } = tillCatalog;
    const unknown = { kind: 'unavailable', code: 'log.unknown-type' };

    it('is not decided, cached state or not', async () => {
      const old = instance({}, logOf(older));
      await old.handle(envelope(pay(1)));
      await tills.handle(envelope(close));
      const both = [old, instance({}, logOf(older))];
      for (const handler of both) {
        await expect(handler.handle(envelope(pay(1)))).rejects.toMatchObject(unknown);
        await expect(handler.handle(envelope(open))).rejects.toMatchObject(unknown);
        await expect(handler.current(ID)).rejects.toMatchObject(unknown);
      }
      expect(await stored()).toHaveLength(2);
    });
  });
});
