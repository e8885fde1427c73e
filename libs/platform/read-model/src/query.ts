import { DomainError } from '@casebook/kernel';
import type { FieldFilter, Filter, Index, Query, ReadModelDefinition, Scalar, Scope } from './read-model';

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 50;
const MAX_SORT_KEYS = 3;
const PATH = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const RANGES = ['$gt', '$gte', '$lt', '$lte'] as const;
const LISTS = ['$in', '$nin'] as const;
const EQUALITIES = ['$eq', '$ne'] as const;

/** One key of a sort, the id among them. */
export interface SortKey {
  readonly path: string;
  readonly direction: 1 | -1;
}

/** A query after its checks: limit in bounds, sort ended by the id. */
export interface CheckedQuery {
  readonly filter: Filter;
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly after?: string;
}

/** The condition by which a scope cuts a read model. Throws DomainError `forbidden` for a scope that is not declared. */
export function scopeFilter(definition: ReadModelDefinition, scope: Scope): Filter {
  const { company, person, public: everyone, staff } = definition.scope;
  if (scope.kind === 'staff' && staff) return {};
  if (scope.kind === 'public' && everyone) return {};
  if (scope.kind === 'company' && company) {
    const audience = company.audience === undefined ? {} : { [company.audience]: scope.audience };
    return { where: { [company.company]: known(scope.companyId), ...audience } };
  }
  if (scope.kind === 'person' && person) return { where: { [person.person]: known(scope.personId) } };
  throw new DomainError('forbidden', 'read-model.scope', `${definition.name} cannot be read as ${scope.kind}`);
}

/** Checks a query against the port's rules and fills in defaults. Throws DomainError `invalid`. */
export function checkQuery(definition: ReadModelDefinition, query: Query): CheckedQuery {
  const limit = query.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw invalid(`A limit is 1 to ${MAX_LIMIT}`);
  const filter = query.filter ?? {};
  checkFilter(definition, filter);
  const sort = checkSort(definition, query.sort ?? {});
  return { filter, sort, limit, ...(query.after === undefined ? {} : { after: query.after }) };
}

/** Checks a filter against the port's rules. Throws DomainError `invalid`. */
export function checkFilter(definition: ReadModelDefinition, filter: Filter): void {
  for (const [path, condition] of Object.entries(filter.where ?? {})) {
    checkPath(path);
    checkCondition(path, condition, definition.arrays?.includes(path) ?? false);
  }
  for (const one of [...(filter.all ?? []), ...(filter.any ?? [])]) checkFilter(definition, one);
}

/** True for a path that can stand in filters, sorts and indexes on every engine. */
export function isPath(path: string): boolean {
  return PATH.test(path) && path.split('.').every((part) => !/^\d+$/.test(part));
}

/** A condition in its long form. */
export function fieldFilter(condition: Scalar | FieldFilter): FieldFilter {
  return condition !== null && typeof condition === 'object' ? condition : { $eq: condition };
}

function checkSort(definition: ReadModelDefinition, sort: Index): readonly SortKey[] {
  const keys = Object.entries(sort).map(([path, direction]) => ({ path, direction }));
  if (keys.length > MAX_SORT_KEYS) throw invalid(`At most ${MAX_SORT_KEYS} sort keys`);
  for (const { path, direction } of keys) {
    checkPath(path);
    if (definition.arrays?.includes(path)) throw invalid(`${path} holds an array and cannot be sorted by`);
    if (![1, -1].includes(direction)) throw invalid(`The direction of ${path} is 1 or -1`);
  }
  const last = keys.findIndex(({ path }) => path === '_id');
  if (last >= 0) return keys.slice(0, last + 1);
  return [...keys, { path: '_id', direction: keys.at(-1)?.direction ?? 1 }];
}

function checkPath(path: string): void {
  if (!isPath(path)) throw invalid(`${JSON.stringify(path)} is not a path`);
}

function checkCondition(path: string, condition: Scalar | FieldFilter, array: boolean): void {
  const field = fieldFilter(condition);
  const operators = Object.keys(field);
  const allowed: readonly string[] = [...EQUALITIES, ...LISTS, ...RANGES, '$exists'];
  const wrong = operators.find((operator) => !allowed.includes(operator));
  if (wrong !== undefined || operators.length === 0) throw invalid(`${wrong ?? 'Nothing'} cannot be asked of ${path}`);
  const values = [
    ...EQUALITIES.filter((operator) => operator in field).map((operator) => field[operator]),
    ...LISTS.flatMap((operator) => (operator in field ? list(path, field[operator]) : [])),
  ];
  if (!values.every(isScalar)) throw invalid(`${path} can be compared with texts, finite numbers, booleans and null`);
  const ranges = RANGES.filter((operator) => operator in field).map((operator) => field[operator]);
  if (!ranges.every((value) => typeof value === 'string' || Number.isFinite(value)))
    throw invalid(`The order of ${path} can be asked against texts and finite numbers`);
  if (array && (values.includes(null) || '$exists' in field))
    throw invalid(`${path} holds an array: null and $exists cannot be asked of it`);
}

function list(path: string, values: unknown): readonly unknown[] {
  if (!Array.isArray(values)) throw invalid(`$in and $nin of ${path} take a list`);
  return values;
}

function isScalar(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  return typeof value === 'number' && Number.isFinite(value);
}

/** An empty id in a scope is a bug of the caller, and must not match documents that lack the field. */
function known(id: string): string {
  if (typeof id === 'string' && id !== '') return id;
  throw new DomainError('forbidden', 'read-model.scope', 'A scope needs an id');
}

function invalid(message: string): DomainError {
  return new DomainError('invalid', 'query.invalid', message);
}
