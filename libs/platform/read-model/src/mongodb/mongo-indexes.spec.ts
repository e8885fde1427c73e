import fc from 'fast-check';
import { checkQuery } from '../query';
import { mongoSort } from '../mongo-filter';
import type { Index, ReadModelDefinition } from '../read-model';
import { mongoIndexes } from './mongo-indexes';

/** A query as an index sees it: what it compares with one value, what it bounds, how it sorts. */
interface QueryShape {
  readonly equal: readonly string[];
  readonly range?: string;
  readonly sort: Readonly<Record<string, 1 | -1>>;
}

type Key = readonly (readonly [string, 1 | -1])[];

/** True when the index finds exactly what equality and range name, already in the asked order. */
function serves(key: Key, { equal, range, sort }: QueryShape): boolean {
  const prefix = key.slice(0, equal.length).map(([path]) => path);
  if ([...prefix].sort().join() !== [...equal].sort().join()) return false;
  const rest = key.slice(equal.length);
  const order = Object.entries(sort).filter(([path]) => !equal.includes(path));
  if (range !== undefined && rest[0]?.[0] !== range) return false;
  const turned = order[0]?.[1] !== rest[0]?.[1] ? -1 : 1;
  return order.every(([path, direction], at) => rest[at]?.[0] === path && rest[at][1] * turned === direction);
}

/** Every query that a declared index is for: a prefix compared, the next key bounded or not, the rest as order, both ways. */
function shapesOf(definition: ReadModelDefinition, index: Index): QueryShape[] {
  const keys = Object.entries(index).filter(([path]) => path !== '_id');
  return keys.flatMap((_, compared) =>
    ([1, -1] as const).flatMap((turn) => {
      const equal = keys.slice(0, compared).map(([path]) => path);
      const rest = keys.slice(compared);
      const asked = Object.fromEntries(rest.map(([path, direction]) => [path, direction * turn])) as Index;
      // The sort as the adapter sends it, with the id at its end.
      const sort = mongoSort(checkQuery(definition, { sort: asked }).sort);
      const next = rest[0]?.[0] ?? '_id';
      return [
        { equal, sort },
        { equal, range: next, sort },
      ];
    }),
  );
}

const keysOf = (definition: ReadModelDefinition): Key[] =>
  mongoIndexes(definition).map(({ key }) => Object.entries(key) as unknown as Key);

const index = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'n.c', 'd', '_id'), fc.constantFrom(1 as const, -1 as const)), {
    selector: ([path]) => path,
    minLength: 1,
    maxLength: 3,
  })
  // Keys after the id order nothing, and the port ignores them.
  .map((keys) => [...keys.filter(([path]) => path !== '_id'), ...keys.filter(([path]) => path === '_id')])
  .map((keys) => Object.fromEntries(keys) as Index);

describe('the indexes of a collection', () => {
  it('serve every query that a declared index is for, and every page after the first', () => {
    fc.assert(
      fc.property(fc.array(index, { maxLength: 4 }), (indexes) => {
        const definition: ReadModelDefinition = { name: 'x', version: 1, indexes, scope: { staff: true } };
        const keys = keysOf(definition);
        for (const declared of indexes)
          for (const shape of shapesOf(definition, declared))
            expect({ shape, served: keys.some((key) => serves(key, shape)) }).toEqual({ shape, served: true });
      }),
    );
  });

  it('serve membership in each declared array, and none of two arrays', () => {
    const definition: ReadModelDefinition = {
      name: 'x',
      version: 1,
      indexes: [{ tags: 1 }, { company: 1, 'products.id': 1, at: -1 }, { company: 1, at: -1 }],
      arrays: ['tags', 'products.id'],
      scope: { staff: true },
    };
    expect(mongoIndexes(definition)).toEqual([
      { name: 'i0', key: { company: 1, at: -1, _id: -1 } },
      { name: 'i1', key: { 'products.id': 1 } },
      { name: 'i2', key: { tags: 1 } },
    ]);
  });

  it('judge: a missing key, another order, a bound behind a gap are not served', () => {
    const key: Key = [
      ['a', 1],
      ['b', -1],
      ['_id', -1],
    ];
    expect(serves(key, { equal: ['a'], sort: { b: 1, _id: 1 } })).toBe(true);
    expect(serves(key, { equal: ['a'], sort: { b: 1, _id: -1 } })).toBe(false);
    expect(serves(key, { equal: ['b'], sort: { a: 1 } })).toBe(false);
    expect(serves(key, { equal: [], range: 'b', sort: { a: 1 } })).toBe(false);
  });
});
