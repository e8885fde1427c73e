import type { Entry } from '../../api/types';
import type { EntryKind, EntryOf } from '../entry-data';

/** Minute `minute` of the sample ticket's day, as the API writes times. */
export function minute(minute: number): string {
  return new Date(Date.UTC(2026, 10, 20, 1, minute)).toISOString();
}

/** An entry of the sample ticket; its number says its time, and whether it is internal. */
export function entry<K extends EntryKind>(number: string, kind: K, data: EntryOf<K>['data'], by = 'erin'): Entry {
  return {
    id: `id-${number}`,
    number,
    audience: /[a-z]$/.test(number) ? 'internal' : 'customer',
    at: minute(Number(/^\d+/.exec(number)?.[0])),
    by,
    side: by === 'ada' ? 'customer' : 'vendor',
    kind,
    data: { ...data },
  };
}

export const OPENED = entry(
  '1',
  'opened',
  { type: 'issue', severity: 'S3', description: 'It **stopped**.', products: [] },
  'ada',
);
