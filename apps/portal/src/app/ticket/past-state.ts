import type { Entry, Severity, Stage } from '../api/types';
import { known } from './entry-data';

/** What the entries up to a moment say outright about the ticket at that moment. */
export interface PastState {
  readonly stage: Stage;
  readonly severity?: Severity;
  readonly assignee?: string;
  /** Number of the last entry by then. */
  readonly entry?: string;
}

/** Reads stage, severity and owner from entries, oldest first. Nothing is guessed: each is what an entry states. */
export function pastState(entries: readonly Entry[]): PastState {
  return entries.reduce<PastState>((state, entry) => ({ ...state, ...stated(entry), entry: entry.number }), {
    stage: 'triage',
  });
}

function stated(entry: Entry): Partial<PastState> {
  const it = known(entry);
  switch (it.kind) {
    case 'opened':
      return it.data.severity === undefined ? {} : { severity: it.data.severity };
    case 'severity':
      return { severity: it.data.to };
    case 'stage':
      return { stage: it.data.to };
    case 'assigned':
      return { assignee: it.data.assignee };
    case 'resolution_accepted':
    case 'withdrawn':
    case 'closed':
      return { stage: 'closed' };
    case 'reopened':
      return { stage: 'triage' };
    default:
      return {};
  }
}
