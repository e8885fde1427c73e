import { DomainError } from '@casebook/kernel';

/** Bounds of what an engine hands out at once, so that other work gets its turn. */
export const PAGE_EVENTS = 500;
export const PAGE_BYTES = 1024 * 1024;

/** The size of a page as it was asked for, never above PAGE_EVENTS. Throws DomainError `invalid`. */
export function pageSize(limit = PAGE_EVENTS): number {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new DomainError('invalid', 'log.limit', `A page holds at least one event, not ${limit}`);
  }
  return Math.min(limit, PAGE_EVENTS);
}

/** What every call on a closed store throws. */
export function closed(): DomainError {
  return new DomainError('unavailable', 'log.closed', 'Casebook is shutting down. Please try again in a moment.');
}
