import { type DomainError } from '@casebook/kernel';
import type {
  DocumentWrite,
  Filter,
  ReadModel,
  ReadModelDefinition,
  ReadModelEngine,
  ReadModelWriter,
  Scope,
} from './read-model';

interface Ticket {
  readonly number: number;
  readonly company?: string;
  readonly audience?: 'customer' | 'internal';
  readonly watcher?: string;
  readonly status?: string | null;
  readonly updated?: number | string | null;
  readonly tags?: readonly string[];
  readonly products?: readonly { readonly id: string }[];
  readonly text?: string;
}

const staff: Scope = { kind: 'staff' };
const acme: Scope = { kind: 'company', companyId: 'acme', audience: 'customer' };
const definition: ReadModelDefinition = {
  name: 'tickets',
  version: 1,
  indexes: [{ company: 1, status: 1, updated: -1 }, { updated: -1 }],
  arrays: ['tags', 'products.id'],
  scope: {
    staff: true,
    company: { company: 'company', audience: 'audience' },
    person: { person: 'watcher' },
  },
};
const at = (n: number) => String(n).padStart(20, '0');
const error = (kind: string, code: string) => expect.objectContaining({ kind, code }) as DomainError;

/** What every engine of read models must do. `make` opens an empty engine; `reopen` closes it and opens its data anew. */
export function readModelSuite(
  name: string,
  make: () => Promise<{ engine: ReadModelEngine; reopen: () => Promise<ReadModelEngine>; close: () => Promise<void> }>,
): void {
  describe(`${name} as an engine of read models`, () => {
    let engine: ReadModelEngine;
    let reopen: () => Promise<ReadModelEngine>;
    let close: () => Promise<void>;
    let reader: ReadModel<Ticket>;
    let writer: ReadModelWriter<Ticket>;
    let position = 0;

    beforeEach(async () => {
      ({ engine, reopen, close } = await make());
      position = 0;
      await (await engine.fill<Ticket>(definition)).finish();
      await engine.swap(definition);
      reader = await engine.reader<Ticket>(definition);
      writer = (await engine.writer<Ticket>(definition))!;
    });
    afterEach(() => close());

    const put = async (documents: Record<string, Ticket | null>) => {
      const writes = Object.entries(documents).map(([id, document]) => ({ id, document, position: at(++position) }));
      await writer.commit(writes, { checkpoint: at(position), epoch: 1 });
    };
    const ids = async (filter: Filter, scope = staff) =>
      (await reader.find(scope, { filter, sort: { number: 1 } })).items.map((ticket) => ticket.number);

    describe('reading', () => {
      it('answers documents as they were put, parsed and as text', async () => {
        const ticket: Ticket = { number: 1, company: 'acme', text: 'Ünï\u0000code "quoted" 😀', tags: [] };
        await put({ a: ticket });
        expect(await reader.get(staff, 'a')).toEqual(ticket);
        expect(JSON.parse((await reader.getRaw(staff, 'a'))!)).toEqual(ticket);
        expect((await reader.findRaw(staff, {})).items.map((raw) => JSON.parse(raw) as Ticket)).toEqual([ticket]);
        expect(await reader.get(staff, 'b')).toBeUndefined();
        expect(await reader.getRaw(staff, 'b')).toBeUndefined();
      });

      it('answers many documents by id', async () => {
        await put({ a: { number: 1 }, b: { number: 2 }, c: { number: 3 } });
        const found = await reader.getMany(staff, ['c', 'x', 'a', 'a']);
        expect([...found.entries()].sort()).toEqual([
          ['a', { number: 1 }],
          ['c', { number: 3 }],
        ]);
      });

      it('filters by equality, order, lists and existence, within one type', async () => {
        await put({
          a: { number: 1, updated: 5, status: 'open' },
          b: { number: 2, updated: '5', status: null },
          c: { number: 3, updated: 7 },
          d: { number: 4, status: 'closed' },
        });
        expect(await ids({ where: { updated: 5 } })).toEqual([1]);
        expect(await ids({ where: { updated: { $gte: 5 } } })).toEqual([1, 3]);
        expect(await ids({ where: { updated: { $lt: 7 } } })).toEqual([1]);
        expect(await ids({ where: { updated: { $lte: '6' } } })).toEqual([2]);
        expect(await ids({ where: { updated: { $gt: '' } } })).toEqual([2]);
        expect(await ids({ where: { status: null } })).toEqual([2, 3]);
        expect(await ids({ where: { status: { $ne: 'open' } } })).toEqual([2, 3, 4]);
        expect(await ids({ where: { status: { $in: ['open', 'closed', null] } } })).toEqual([1, 2, 3, 4]);
        expect(await ids({ where: { status: { $nin: ['open', null] } } })).toEqual([4]);
        expect(await ids({ where: { status: { $exists: true } } })).toEqual([1, 2, 4]);
        expect(await ids({ where: { status: { $exists: false } } })).toEqual([3]);
        expect(await ids({ where: { status: { $in: [] } } })).toEqual([]);
        expect(await ids({ where: { number: { $gt: 1, $lt: 4, $ne: 2 } } })).toEqual([3]);
        expect(await ids({ where: { _id: { $in: ['b', 'd'] } } })).toEqual([2, 4]);
      });

      it('matches arrays by element and goes through arrays of objects', async () => {
        await put({
          a: { number: 1, tags: ['slow', 'urgent'], products: [{ id: 'pg' }, { id: 'barman' }] },
          b: { number: 2, tags: ['slow'] },
          c: { number: 3 },
        });
        expect(await ids({ where: { tags: 'slow' } })).toEqual([1, 2]);
        expect(await ids({ where: { tags: { $ne: 'urgent' } } })).toEqual([2, 3]);
        expect(await ids({ where: { tags: { $in: ['urgent', 'x'] } } })).toEqual([1]);
        expect(await ids({ where: { 'products.id': 'barman' } })).toEqual([1]);
        await put({ a: { number: 1, tags: ['new'] }, b: null });
        expect(await ids({ where: { tags: 'slow' } })).toEqual([]);
        expect(await ids({ where: { tags: 'new' } })).toEqual([1]);
      });

      it('joins conditions by all and any', async () => {
        await put({ a: { number: 1, status: 'open' }, b: { number: 2, status: 'open' }, c: { number: 3 } });
        expect(await ids({ any: [{ where: { number: 1 } }, { where: { number: 3 } }] })).toEqual([1, 3]);
        expect(
          await ids({
            where: { status: 'open' },
            all: [{ any: [{ where: { number: 2 } }, { where: { number: 3 } }] }],
          }),
        ).toEqual([2]);
        expect(await ids({ any: [] })).toEqual([]);
        expect(await ids({ any: [{}, { where: { number: 1 } }] })).toEqual([1, 2, 3]);
      });

      it('counts', async () => {
        await put({ a: { number: 1, status: 'open' }, b: { number: 2 }, c: { number: 3 } });
        expect(await reader.count(staff)).toBe(3);
        expect(await reader.count(staff, { where: { status: 'open' } })).toBe(1);
        await put({ a: null, x: null });
        expect(await reader.count(staff)).toBe(2);
      });

      it.each([
        { where: { 'a b': 1 } },
        { where: { $where: 'x' } },
        { where: { 'a.0': 1 } },
        { where: { number: { $regex: 'x' } } },
        { where: { number: {} } },
        { where: { number: Number.NaN } },
        { where: { number: { $gt: null } } },
        { where: { number: { $in: 'x' } } },
        { where: { tags: null } },
        { where: { tags: { $exists: true } } },
        { any: [{ where: { "x') OR 1=1 --": 1 } }] },
      ] as unknown as Filter[])('refuses the filter %j', async (filter) => {
        await expect(reader.find(staff, { filter })).rejects.toThrow(error('invalid', 'query.invalid'));
        await expect(reader.count(staff, filter)).rejects.toThrow(error('invalid', 'query.invalid'));
      });

      it.each([0, 1001, 1.5, Number.NaN])('refuses the limit %d', async (limit) => {
        await expect(reader.find(staff, { limit })).rejects.toThrow(error('invalid', 'query.invalid'));
      });

      it('refuses to sort by an array or by more than three fields', async () => {
        await expect(reader.find(staff, { sort: { tags: 1 } })).rejects.toThrow(error('invalid', 'query.invalid'));
        const sort = { number: 1, company: 1, status: 1, updated: 1 } as const;
        await expect(reader.find(staff, { sort })).rejects.toThrow(error('invalid', 'query.invalid'));
      });
    });

    describe('paging', () => {
      const updates = [3, null, 'b', 3, undefined, 1, 'a', 3];
      beforeEach(async () => {
        await put(
          Object.fromEntries(
            updates.map((updated, n) => [`t${n}`, updated === undefined ? { number: n } : { number: n, updated }]),
          ),
        );
      });
      const walk = async (sort: Record<string, 1 | -1>, limit: number) => {
        const numbers: number[] = [];
        let after: string | undefined;
        do {
          const page = await reader.find(staff, { sort, limit, ...(after === undefined ? {} : { after }) });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          numbers.push(...page.items.map((ticket) => ticket.number));
          after = page.nextCursor;
        } while (after !== undefined);
        return numbers;
      };

      it.each([1, 2, 3, 8, 9])('walks every document once, %d at a time', async (limit) => {
        expect(await walk({ updated: 1 }, limit)).toEqual([1, 4, 5, 0, 3, 7, 6, 2]);
        expect(await walk({ updated: -1 }, limit)).toEqual([2, 6, 7, 3, 0, 5, 4, 1]);
        expect(await walk({ updated: 1, number: -1 }, limit)).toEqual([4, 1, 5, 7, 3, 0, 6, 2]);
        expect(await walk({}, limit)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      });

      it('goes on after the last item although documents before it come and go', async () => {
        const first = await reader.find(staff, { sort: { number: 1 }, limit: 3 });
        await put({ t0: null, t1: { number: -5 } });
        const next = await reader.find(staff, { sort: { number: 1 }, limit: 3, after: first.nextCursor! });
        expect(next.items.map((ticket) => ticket.number)).toEqual([3, 4, 5]);
      });

      it('refuses cursors of another sort and unreadable ones', async () => {
        const { nextCursor } = await reader.find(staff, { sort: { number: 1 }, limit: 1 });
        for (const after of [nextCursor!, '', 'x', Buffer.from('[1]').toString('base64url'), '!!'])
          await expect(reader.find(staff, { sort: { updated: 1 }, after })).rejects.toThrow(
            error('invalid', 'query.cursor'),
          );
      });
    });

    describe('scope', () => {
      beforeEach(() =>
        put({
          a: { number: 1, company: 'acme', audience: 'customer' },
          b: { number: 2, company: 'acme', audience: 'internal', watcher: 'uma' },
          c: { number: 3, company: 'globex', audience: 'customer' },
          d: { number: 4 },
        }),
      );

      it('shows a customer only what is meant for customers of that company', async () => {
        expect(await ids({}, acme)).toEqual([1]);
        expect(await reader.count(acme)).toBe(1);
        expect(await ids({ where: { company: 'globex' } }, acme)).toEqual([]);
        expect(await ids({ any: [{ where: { number: 3 } }, { where: { number: 1 } }] }, acme)).toEqual([1]);
        for (const id of ['b', 'c', 'd']) {
          expect(await reader.get(acme, id)).toBeUndefined();
          expect(await reader.getRaw(acme, id)).toBeUndefined();
        }
        expect([...(await reader.getMany(acme, ['a', 'b', 'c', 'd'])).keys()]).toEqual(['a']);
      });

      it('shows a person what names them, and staff everything', async () => {
        expect(await ids({}, { kind: 'person', personId: 'uma' })).toEqual([2]);
        expect(await ids({})).toEqual([1, 2, 3, 4]);
      });

      it('refuses a kind of scope that the read model does not declare, and one without an id', async () => {
        const empty: Scope = { kind: 'company', companyId: '', audience: 'customer' };
        for (const scope of [{ kind: 'public' } as const, empty]) {
          await expect(reader.get(scope, 'a')).rejects.toThrow(error('forbidden', 'read-model.scope'));
          await expect(reader.getRaw(scope, 'a')).rejects.toThrow(error('forbidden', 'read-model.scope'));
          await expect(reader.getMany(scope, ['a'])).rejects.toThrow(error('forbidden', 'read-model.scope'));
          await expect(reader.find(scope, {})).rejects.toThrow(error('forbidden', 'read-model.scope'));
          await expect(reader.findRaw(scope, {})).rejects.toThrow(error('forbidden', 'read-model.scope'));
          await expect(reader.count(scope)).rejects.toThrow(error('forbidden', 'read-model.scope'));
        }
      });
    });

    describe('writing', () => {
      const write = (n: number, number: number | null): DocumentWrite<Ticket>[] => [
        { id: 'a', document: number === null ? null : { number }, position: at(n) },
      ];

      it('never replaces a newer document by an older one, nor deletes it', async () => {
        await writer.commit(write(5, 5), { checkpoint: at(5), epoch: 1 });
        await writer.commit(write(4, 4), { checkpoint: at(6), epoch: 1 });
        await writer.commit(write(3, null), { checkpoint: at(7), epoch: 1 });
        expect(await reader.get(staff, 'a')).toEqual({ number: 5 });
        await writer.commit(write(8, 8), { checkpoint: at(8), epoch: 1 });
        expect(await reader.get(staff, 'a')).toEqual({ number: 8 });
      });

      it('loads documents with their positions', async () => {
        await writer.commit(write(5, 5), { checkpoint: at(9), epoch: 1 });
        expect(await writer.load(['a', 'b'])).toEqual(new Map([['a', { document: { number: 5 }, position: at(5) }]]));
        const many = Array.from({ length: 700 }, (_, n) => ({
          id: `m${n}`,
          document: { number: n },
          position: at(10),
        }));
        await writer.commit(many, { checkpoint: at(10), epoch: 1 });
        expect((await writer.load(many.map(({ id }) => id))).size).toBe(700);
      });

      it('moves the checkpoint with the documents, also without any, and keeps it over a restart', async () => {
        expect(await writer.checkpoint()).toBeUndefined();
        await writer.commit([], { checkpoint: at(3), epoch: 1 });
        await writer.commit(write(4, 4), { checkpoint: at(7), epoch: 1 });
        expect(await writer.checkpoint()).toBe(at(7));
        const again = await reopen();
        expect(await (await again.writer(definition))!.checkpoint()).toBe(at(7));
        expect(await (await again.reader(definition)).get(staff, 'a')).toEqual({ number: 4 });
        expect(await (await again.reader(definition)).count(staff)).toBe(1);
      });

      it('refuses a checkpoint that is not later than the stored one, and writes nothing', async () => {
        await writer.commit([], { checkpoint: at(5), epoch: 1 });
        for (const n of [4, 5])
          await expect(writer.commit(write(n, n), { checkpoint: at(n), epoch: 1 })).rejects.toThrow(
            error('conflict', 'read-model.behind'),
          );
        expect(await reader.count(staff)).toBe(0);
      });

      it('refuses an owner whose lease has passed to another', async () => {
        await writer.commit([], { checkpoint: at(1), epoch: 2 });
        await expect(writer.commit(write(2, 2), { checkpoint: at(2), epoch: 1 })).rejects.toThrow(
          error('conflict', 'read-model.fenced'),
        );
        expect(await reader.count(staff)).toBe(0);
        await writer.commit(write(2, 2), { checkpoint: at(2), epoch: 3 });
        expect(await reader.count(staff)).toBe(1);
      });

      it('remembers parked streams, the first event of each', async () => {
        const parked = { stream: 's', eventId: 'e', position: at(1), reason: 'broken' };
        await writer.commit([], { checkpoint: at(1), epoch: 1, parked: [parked] });
        await writer.commit([], { checkpoint: at(2), epoch: 1, parked: [{ ...parked, eventId: 'f' }] });
        expect(await writer.parked()).toEqual([parked]);
      });

      it('refuses an array or object where an index looks, and writes nothing', async () => {
        const broken = { number: 1, status: ['x'] } as unknown as Ticket;
        const writes = [...write(1, 1), { id: 'b', document: broken, position: at(1) }];
        await expect(writer.commit(writes, { checkpoint: at(1), epoch: 1 })).rejects.toThrow('status');
        expect(await reader.count(staff)).toBe(0);
        expect(await writer.checkpoint()).toBeUndefined();
      });
    });

    describe('versions', () => {
      const next: ReadModelDefinition = { ...definition, version: 2 };

      it('does not read before the first version is there', async () => {
        const other = { ...definition, name: 'other' };
        expect(await engine.writer(other)).toBeUndefined();
        await expect((await engine.reader(other)).get(staff, 'a')).rejects.toThrow(
          error('unavailable', 'read-model.filling'),
        );
        await expect(engine.swap(other)).rejects.toThrow(error('conflict', 'read-model.not-filled'));
      });

      it('fills the same version beside the live one and swaps it in under its readers', async () => {
        await put({ a: { number: 1 } });
        const filling = await engine.fill<Ticket>(definition);
        const document = { number: 2, tags: ['x'], products: [{ id: 'pg' }] };
        await filling.commit([{ id: 'a', document: { number: 0 }, position: at(1) }], { checkpoint: at(1), epoch: 1 });
        await filling.commit([{ id: 'a', document, position: at(2) }], { checkpoint: at(2), epoch: 1 });
        expect(await ids({})).toEqual([1]);
        await put({ b: { number: 9 } });
        await filling.finish();
        expect(await ids({})).toEqual([1, 9]);
        await engine.swap(definition);
        expect(await ids({})).toEqual([2]);
        expect(await ids({ where: { tags: 'x', 'products.id': 'pg' } })).toEqual([2]);
        expect((await engine.versions('tickets')).map(({ live }) => live)).toEqual([true]);
        writer = (await engine.writer<Ticket>(definition))!;
        expect(await writer.checkpoint()).toBe(at(2));
      });

      it('goes on writing to a finished version before its swap', async () => {
        await (await engine.fill<Ticket>(next)).finish();
        const filled = (await engine.filled<Ticket>(next))!;
        await filled.commit([{ id: 'a', document: { number: 5, tags: ['y'] }, position: at(1) }], {
          checkpoint: at(1),
          epoch: 1,
        });
        await engine.swap(next);
        const page = await (await engine.reader<Ticket>(next)).find(staff, { filter: { where: { tags: 'y' } } });
        expect(page.items.map((ticket) => ticket.number)).toEqual([5]);
      });

      it('replaces an older version for good, also over a restart', async () => {
        await put({ a: { number: 1 } });
        const filling = await engine.fill<Ticket>(next);
        expect(await engine.filled(next)).toBeUndefined();
        expect((await engine.versions('tickets')).map(({ live }) => live)).toEqual([true, false]);
        await filling.finish();
        await engine.swap(next);
        const again = await reopen();
        expect(await again.writer(definition)).toBeUndefined();
        expect(await again.writer(next)).toBeDefined();
        expect(await again.versions('tickets')).toHaveLength(1);
      });

      it('fills anew when indexes changed although the version did not', async () => {
        expect(await engine.writer({ ...definition, indexes: [{ number: 1 }] })).toBeUndefined();
      });

      it('begins again after a filling that never finished', async () => {
        const lost = await engine.fill<Ticket>(next);
        await lost.commit([{ id: 'a', document: { number: 1 }, position: at(1) }], { checkpoint: at(1), epoch: 1 });
        const again = await reopen();
        const filling = await again.fill<Ticket>(next);
        expect(await filling.checkpoint()).toBeUndefined();
        await filling.finish();
        await again.swap(next);
        expect(await (await again.reader(next)).count(staff)).toBe(0);
      });
    });
  });
}
