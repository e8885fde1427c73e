import type { Target } from '../api/types';

/** "1 h", "4 business hours", "1 business day", or "no commitment" where the plan promises nothing. */
export function targetText(target: Target | undefined): string {
  if (target === undefined) return 'no commitment';
  const { value, unit } = target;
  if (unit === 'clock_hours') return `${value} h`;
  const noun = unit === 'business_hours' ? 'business hour' : 'business day';
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}
