import fc from 'fast-check';
import { Query as Mingo } from 'mingo';
import { mongoAfter, mongoFilter, mongoSort } from './mongo-filter';
import { checkQuery } from './query';
import type {
  Document,
  FieldFilter,
  Filter,
  Index,
  ReadModelDefinition,
  ReadModelEngine,
  Scalar,
  Scope,
} from './read-model';

/**
 * Generated documents and queries, asked of an engine and of `mingo` (MongoDB's language in memory). Where engines may
 * differ, and what is therefore not generated: the order of texts that mix characters beyond the basic plane with
 * U+E000 to U+FFFF (mingo compares UTF-16, engines UTF-8), arrays and objects at undeclared paths, sorting by objects,
 * texts with lone surrogates (no engine stores them).
 */
export function differentialSuite(
  name: string,
  make: () => Promise<{ engine: ReadModelEngine; close: () => Promise<void> }>,
) {
  describe(`${name} beside mingo`, () => {
    let engine: ReadModelEngine;
    let close: () => Promise<void>;
    beforeAll(async () => ({ engine, close } = await make()));
    afterAll(() => close());

    it('answers generated queries over generated documents alike', async () => {
      await fc.assert(
        fc.asyncProperty(documents, fc.array(query, { minLength: 1, maxLength: 8 }), async (docs, queries) => {
          await fillWith(engine, docs);
          for (const asked of queries) await compare(engine, docs, asked);
        }),
        { numRuns: 150 },
      );
    }, 300_000);
  });
}

interface Asked {
  readonly filter: Filter;
  readonly sort: Index;
  readonly limit: number;
}

const definition: ReadModelDefinition = {
  name: 'generated',
  version: 1,
  indexes: [{ a: 1, b: -1 }, { 'n.e': 1 }, { b: 1 }],
  arrays: ['tags', 'items.id'],
  scope: { staff: true },
};
const staff: Scope = { kind: 'staff' };
const position = (n: number) => String(n).padStart(20, '0');

const text = fc.constantFrom(
  '',
  'a',
  'A',
  'b',
  'ab',
  'é',
  '10',
  'true',
  'null',
  '\u0000',
  'a\u0000b',
  '😀',
  "'",
  '"',
  '\\',
  '[]',
);
const number = fc.constantFrom(0, 1, -1, 2, 10, 0.1, 1e21, -1e300, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE);
const present = fc.oneof(text, number, fc.boolean());
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  { weight: 5, arbitrary: present },
  { weight: 1, arbitrary: fc.constant(null) },
);

const document = fc.record(
  {
    a: scalar,
    b: scalar,
    c: scalar,
    n: fc.record({ d: scalar, e: scalar }, { requiredKeys: [] }),
    tags: fc.array(scalar, { maxLength: 3 }),
    items: fc.array(fc.record({ id: scalar, other: scalar }, { requiredKeys: [] }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const documents = fc.dictionary(fc.constantFrom('1', '2', '3', 'A', 'a', 'B', 'b', 'c-1', 'c-2', 'é', '😀'), document, {
  noNullPrototype: true,
});

const scalarPath = fc.constantFrom('a', 'b', 'c', 'n.d', 'n.e', 'n.missing', 'missing');
const range = fc.oneof(text, number);
const comparisons = (value: fc.Arbitrary<Scalar>) => ({
  $eq: value,
  $ne: value,
  $in: fc.array(value, { maxLength: 5 }),
  $nin: fc.array(value, { maxLength: 5 }),
  $gt: range,
  $gte: range,
  $lt: range,
  $lte: range,
});
/** One operator most of the time: several at once let hardly any document through. */
const operators = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) => {
  const one = fc.oneof(...Object.entries(fields).map(([name, operand]) => fc.tuple(fc.constant(name), operand)));
  const many = fc.uniqueArray(one, { selector: ([name]) => name, minLength: 1, maxLength: 2 });
  return many.map((chosen) => Object.fromEntries(chosen) as FieldFilter);
};
const scalarField = fc.oneof(scalar, operators({ ...comparisons(scalar), $exists: fc.boolean() }));
const arrayField = fc.oneof(present, operators(comparisons(present)));
const where = fc
  .tuple(
    fc.dictionary(scalarPath, scalarField, { maxKeys: 2, noNullPrototype: true }),
    fc.dictionary(fc.constantFrom('tags', 'items.id'), arrayField, { maxKeys: 1, noNullPrototype: true }),
  )
  .map(([scalars, arrays]) => ({ ...scalars, ...arrays }));
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    where.map((conditions) => ({ where: conditions })),
    fc.record(
      { where, any: fc.array(tie('filter'), { maxLength: 3 }), all: fc.array(tie('filter'), { maxLength: 2 }) },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Filter>,
  ),
}));
const sort = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom('a', 'b', 'c', 'n.d', 'n.e', 'missing', '_id'), fc.constantFrom(1 as const, -1 as const)),
    {
      selector: ([path]) => path,
      maxLength: 3,
    },
  )
  .map((keys) => Object.fromEntries(keys) as Index);
const query: fc.Arbitrary<Asked> = fc.record({ filter, sort, limit: fc.integer({ min: 1, max: 5 }) });

async function fillWith(engine: ReadModelEngine, docs: Record<string, Document>): Promise<void> {
  const writer = await engine.fill(definition);
  const writes = Object.entries(docs).map(([id, document], n) => ({ id, document, position: position(n + 1) }));
  // Half before the indexes are built and half after: both ways must lead to the same index.
  const half = Math.ceil(writes.length / 2);
  await writer.commit(writes.slice(0, half), { checkpoint: position(100), epoch: 1 });
  await writer.finish();
  await engine.swap(definition);
  await (await engine.writer(definition))!.commit(writes.slice(half), { checkpoint: position(101), epoch: 1 });
}

async function compare(engine: ReadModelEngine, docs: Record<string, Document>, asked: Asked): Promise<void> {
  const reader = await engine.reader(definition);
  const all = Object.entries(docs).map(([_id, document]) => ({ ...document, _id }));
  const checked = checkQuery(definition, asked);
  const condition = mongoFilter(asked.filter);
  const expected = new Mingo(condition).find<{ _id: string }>(all).sort(mongoSort(checked.sort)).all();

  expect(await reader.count(staff, asked.filter)).toBe(expected.length);
  const found: unknown[] = [];
  let after: string | undefined;
  do {
    const page = await reader.find(staff, { ...asked, ...(after === undefined ? {} : { after }) });
    found.push(...page.items);
    after = page.nextCursor;
  } while (after !== undefined);
  expect(found).toEqual(expected.map(({ _id }) => docs[_id]));

  // The cursor condition that MongoDB's adapter will use: what it lets through is what comes after.
  const last = expected[Math.min(asked.limit, expected.length) - 1];
  if (last) {
    const values = checked.sort.map(({ path }) => (valueOf(last, path) ?? null) as Scalar);
    const rest = { $and: [condition, mongoAfter(checked.sort, values)] };
    const following = new Mingo(rest).find<{ _id: string }>(all).sort(mongoSort(checked.sort)).all();
    expect(following).toEqual(expected.slice(asked.limit));
  }
}

function valueOf(document: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);
}
