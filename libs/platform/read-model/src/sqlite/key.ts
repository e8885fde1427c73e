import type { Scalar } from '../read-model';

/**
 * A value as SQLite orders and compares it, the way MongoDB would: null and missing first, then numbers, texts,
 * objects, booleans. Never NULL, so that every comparison is true or false.
 */
export type Key = number | string | Buffer;

/** SQL for the key of null and missing: smaller than every number that JSON can hold. */
export const NULL_SQL = '-9e999';
const NULL_KEY = Number.NEGATIVE_INFINITY;
const OBJECT = Buffer.from([0]);
const FALSE = Buffer.from([1]);
const TRUE = Buffer.from([2]);

export function keyOf(value: unknown): Key {
  if (value === null || value === undefined) return NULL_KEY;
  if (typeof value === 'number') return Number.isFinite(value) ? value : NULL_KEY;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  return OBJECT;
}

/** The scalar behind a key. */
export function scalarOf(key: Key): Scalar {
  if (key === NULL_KEY) return null;
  return Buffer.isBuffer(key) ? key.equals(TRUE) : key;
}

/** SQL that computes from the stored JSON what `keyOf` gives for a path that has no column. */
export function keySql(path: string): string {
  const at = jsonPath(path);
  return `CASE json_type(docs.body, ${at}) WHEN 'true' THEN x'02' WHEN 'false' THEN x'01' WHEN 'object' THEN x'00'
    WHEN 'array' THEN x'00' ELSE ifnull(json_extract(docs.body, ${at}), ${NULL_SQL}) END`;
}

/** A dotted path as an SQL literal that SQLite's JSON functions understand. Paths were checked to be plain. */
export function jsonPath(path: string): string {
  return `'$.${path
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')}'`;
}

/** What stands at a dotted path; arrays on the way are gone through, as MongoDB does. */
export function valuesAt(document: unknown, path: string): unknown[] {
  let found: unknown[] = [document];
  for (const part of path.split('.')) {
    found = found
      .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
      .map((value) =>
        value !== null && typeof value === 'object' && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      )
      .filter((value) => value !== undefined);
  }
  return found.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
}
