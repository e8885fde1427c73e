import { fieldFilter, type SortKey } from './query';
import type { Filter, Scalar } from './read-model';

/** A filter in MongoDB's own language. */
export type MongoFilter = Readonly<Record<string, unknown>>;

/** Types in MongoDB's order; missing counts as null. */
const TYPES = ['null', 'number', 'string', 'bool'] as const;

/** The port's filter as MongoDB reads it. Each comparison stands alone under `$and`, so that none hides another. */
export function mongoFilter(filter: Filter): MongoFilter {
  const where = Object.entries(filter.where ?? {}).flatMap(([path, condition]) =>
    Object.entries(fieldFilter(condition)).map(([operator, operand]) => ({
      [path]: { [operator]: operand as unknown },
    })),
  );
  const any = filter.any && (filter.any.length > 0 ? { $or: filter.any.map(mongoFilter) } : { _id: { $in: [] } });
  return conjunction([...where, ...(filter.all ?? []).map(mongoFilter), ...(any ? [any] : [])]);
}

/** The sort with the id as its last key. */
export function mongoSort(sort: readonly SortKey[]): Readonly<Record<string, 1 | -1>> {
  return Object.fromEntries(sort.map(({ path, direction }) => [path, direction]));
}

/** The condition that a document comes after the given sort values. MongoDB compares within a type only. */
export function mongoAfter(sort: readonly SortKey[], values: readonly Scalar[]): MongoFilter {
  const alternatives = sort.map((key, at) => {
    const equal = sort.slice(0, at).map(({ path }, before) => ({ [path]: { $eq: values[before] ?? null } }));
    return conjunction([...equal, beyond(key, values[at] ?? null)]);
  });
  return conjunction([...notBefore(sort[0], values[0] ?? null), { $or: alternatives }]);
}

/** Repeats the bound of the first key outside the alternatives: it is what lets an index seek to the place. */
function notBefore(key: SortKey | undefined, value: Scalar): readonly MongoFilter[] {
  if (!key || value === null) return [];
  return [{ [key.path]: { $not: { [key.direction === 1 ? '$lt' : '$gt']: value } } }];
}

function beyond({ path, direction }: SortKey, value: Scalar): MongoFilter {
  const type = TYPES.indexOf(typeOf(value));
  const otherTypes = direction === 1 ? TYPES.slice(type + 1) : TYPES.slice(0, type);
  const inType = value === null ? [] : [{ [path]: { [direction === 1 ? '$gt' : '$lt']: value } }];
  const others = otherTypes.map((other) => ({ [path]: other === 'null' ? { $eq: null } : { $type: other } }));
  const alternatives = [...inType, ...others];
  return alternatives.length > 0 ? { $or: alternatives } : { _id: { $in: [] } };
}

function conjunction(parts: readonly MongoFilter[]): MongoFilter {
  return parts.length === 0 ? {} : { $and: parts };
}

function typeOf(value: Scalar): (typeof TYPES)[number] {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? 'number' : 'string';
}
