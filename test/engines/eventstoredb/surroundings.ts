import type { Counts, Faults } from './faults';
import type { RecordLog } from './record-log';

/** What the service needs of the process around it. */
export interface Surroundings {
  readonly log: RecordLog;
  readonly faults: () => Faults;
  readonly counts: Counts;
  /** Breaks every connection. */
  reset(): void;
}

export function isSilent({ silence }: Faults, kind: 'appends' | 'reads'): boolean {
  return silence === 'all' || silence === kind;
}
