import { fieldFilter, type SortKey } from '../query';
import type { FieldFilter, Filter, Scalar } from '../read-model';
import { jsonPath, keyOf, keySql, NULL_SQL, type Key } from './key';
import type { Shape } from './shape';

/** A piece of SQL with the values of its question marks. */
export interface Sql {
  readonly text: string;
  readonly values: readonly Key[];
}

/** The condition of a filter, or undefined when it lets everything through. */
export function filterSql(shape: Shape, filter: Filter): Sql | undefined {
  const where = Object.entries(filter.where ?? {}).map(([path, condition]) =>
    fieldSql(shape, path, fieldFilter(condition)),
  );
  const all = (filter.all ?? []).map((one) => filterSql(shape, one));
  return join([...where, ...all, filter.any && anySql(shape, filter.any)], ' AND ');
}

/** SQL for the key that stands at a path. */
export function pathSql(shape: Shape, path: string): string {
  if (path === '_id') return 'docs.id';
  const column = shape.columns.get(path);
  return column === undefined ? keySql(path) : `docs.${column}`;
}

/** The condition that a document comes after the given sort values. */
export function afterSql(shape: Shape, sort: readonly SortKey[], values: readonly Scalar[]): Sql {
  const keys = sort.map(({ path, direction }, at) => ({
    sql: pathSql(shape, path),
    beyond: direction === 1 ? '>' : '<',
    value: keyOf(values[at]),
  }));
  let after: Sql | undefined;
  for (const { sql, beyond, value } of keys.reverse()) {
    const past = { text: `${sql} ${beyond} ?`, values: [value] };
    // The first condition repeats the bound outside the OR: it is what lets an index seek to the place.
    after = after
      ? {
          text: `(${sql} ${beyond}= ? AND (${past.text} OR ${after.text}))`,
          values: [value, value, ...after.values],
        }
      : past;
  }
  return after ?? { text: '1', values: [] };
}

/** ORDER BY of a sort. */
export function orderSql(shape: Shape, sort: readonly SortKey[]): string {
  return sort.map(({ path, direction }) => `${pathSql(shape, path)}${direction === 1 ? '' : ' DESC'}`).join(', ');
}

/** Joins conditions; undefined ones hold anyway and are left out. */
export function join(parts: readonly (Sql | undefined)[], glue: ' AND ' | ' OR '): Sql | undefined {
  const present = parts.filter((part) => part !== undefined);
  if (present.length === 0) return undefined;
  return { text: present.map(({ text }) => text).join(glue), values: present.flatMap(({ values }) => values) };
}

function anySql(shape: Shape, filters: readonly Filter[]): Sql | undefined {
  if (filters.length === 0) return { text: '0', values: [] };
  const alternatives = filters.map((one) => filterSql(shape, one));
  if (alternatives.includes(undefined)) return undefined;
  return wrap(join(alternatives.map(wrap), ' OR '));
}

function wrap(sql: Sql | undefined): Sql | undefined {
  return sql && { text: `(${sql.text})`, values: sql.values };
}

function fieldSql(shape: Shape, path: string, field: FieldFilter): Sql | undefined {
  const table = shape.members.get(path);
  const key = table === undefined ? pathSql(shape, path) : `${table}.value`;
  const { $exists: exists, ...comparisons } = field;
  const parts = Object.entries(comparisons).map(([operator, operand]) => {
    const negative = operator === '$ne' || operator === '$nin';
    if (table === undefined) return comparison(key, operator, operand);
    const member = comparison(key, negative ? POSITIVE[operator] : operator, operand);
    const found = `docs.seq ${negative ? 'NOT IN' : 'IN'} (SELECT doc FROM ${table} WHERE ${member.text})`;
    return { text: found, values: member.values };
  });
  return join(exists === undefined ? parts : [...parts, existence(path, exists)], ' AND ');
}

const POSITIVE = { $ne: '$eq', $nin: '$in' } as const;

function existence(path: string, exists: boolean): Sql {
  if (path === '_id') return { text: exists ? '1' : '0', values: [] };
  return { text: `json_type(docs.body, ${jsonPath(path)}) IS ${exists ? 'NOT ' : ''}NULL`, values: [] };
}

function comparison(key: string, operator: string, operand: Scalar | readonly Scalar[]): Sql {
  if (operator === '$in' || operator === '$nin') return membership(key, operator, operand as readonly Scalar[]);
  const value = keyOf(operand);
  if (operator === '$eq') return { text: `${key} = ?`, values: [value] };
  if (operator === '$ne') return { text: `${key} <> ?`, values: [value] };
  const range = RANGES[operator];
  if (range === undefined) throw new Error(`Unknown operator ${operator}`);
  const type = typeof value === 'string' ? 'text' : 'number';
  return { text: `${key} ${range.sql} ? AND ${key} ${range[type]}`, values: [value] };
}

/** Beside its operator a range is bounded by the end of the operand's type: it never reaches into another type. */
const RANGES: Readonly<Record<string, { sql: string; text: string; number: string }>> = {
  $gt: { sql: '>', text: "< x''", number: "< ''" },
  $gte: { sql: '>=', text: "< x''", number: "< ''" },
  $lt: { sql: '<', text: ">= ''", number: `> ${NULL_SQL}` },
  $lte: { sql: '<=', text: ">= ''", number: `> ${NULL_SQL}` },
};

function membership(key: string, operator: '$in' | '$nin', operand: readonly Scalar[]): Sql {
  const keys = operand.map(keyOf);
  const [first] = keys;
  if (first === undefined) return { text: operator === '$in' ? '0' : '1', values: [] };
  // Filled up to a power of two, so that lists of all lengths share a few statements.
  while (!Number.isInteger(Math.log2(keys.length))) keys.push(first);
  const marks = keys.map(() => '?').join(', ');
  return { text: `${key} ${operator === '$in' ? 'IN' : 'NOT IN'} (${marks})`, values: keys };
}
