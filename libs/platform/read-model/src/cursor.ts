import { DomainError } from '@casebook/kernel';
import type { SortKey } from './query';
import type { Scalar } from './read-model';

/** The sort values of the last item of a page, by which the next page begins after it. */
export function writeCursor(sort: readonly SortKey[], values: readonly Scalar[]): string {
  return Buffer.from(JSON.stringify([signature(sort), ...values])).toString('base64url');
}

/** The values of a cursor made for this sort. Throws DomainError `invalid` for anything else. */
export function readCursor(sort: readonly SortKey[], cursor: string): readonly Scalar[] {
  const values = parse(cursor);
  if (!Array.isArray(values) || values.length !== sort.length + 1 || values[0] !== signature(sort)) throw unreadable();
  const keys = values.slice(1) as Scalar[];
  if (keys.some((key) => key !== null && typeof key === 'object') || typeof keys.at(-1) !== 'string')
    throw unreadable();
  return keys;
}

function signature(sort: readonly SortKey[]): string {
  return sort.map(({ path, direction }) => `${direction === 1 ? '+' : '-'}${path}`).join('');
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw unreadable();
  }
}

function unreadable(): DomainError {
  return new DomainError('invalid', 'query.cursor', 'The cursor is not of this list');
}
