import { Transform } from 'class-transformer';
import { Matches } from 'class-validator';

/** Line breaks and other control characters, and the marks that turn the direction of a text around. */
const NOT_IN_A_LINE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu;

/** A text that stands in one line: a subject, a name. Line breaks and control characters become one space. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(NOT_IN_A_LINE, ' ').trim();
}

/** Makes a text field one line before it is checked. */
export const OneLine = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? oneLine(value) : value));

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * A point in time as ISO 8601 with its zone, or a date, which begins at midnight UTC; kept as UTC with milliseconds.
 * Every reader's calendar can say it, which is not so for weeks, ordinals and times of an unnamed zone.
 */
export function Instant(): PropertyDecorator {
  const checked = Matches(INSTANT, { message: 'Give a time with its zone, like 2026-03-02T09:00:00Z.' });
  const normal = Transform(({ value }: { value: unknown }) => {
    const time = typeof value === 'string' && INSTANT.test(value) ? new Date(value) : undefined;
    if (!time) return value;
    // A day that no calendar has is left as a text that the check refuses.
    return Number.isNaN(time.getTime()) ? 'no such time' : time.toISOString();
  });
  return (target, property) => {
    checked(target, property);
    normal(target, property);
  };
}
