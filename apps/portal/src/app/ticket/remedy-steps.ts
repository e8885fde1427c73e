import type { Entry } from '../api/types';
import { known } from './entry-data';

/** One step of a workaround's or resolution's life: done, now, or to come. */
export interface Step {
  readonly label: string;
  readonly look: 'd' | 'n' | '';
  readonly icon?: string;
  readonly at?: string;
  /** Person id of whoever did it. */
  readonly by?: string;
}

const LABELS: Readonly<Record<string, string>> = {
  workaround_accepted: 'Accepted',
  workaround_declined: 'Declined',
  workaround_applied: 'Applied',
  workaround_worked: 'Worked',
  workaround_failed: 'Failed',
  resolution_accepted: 'Accepted',
  resolution_rejected: 'Rejected',
};
const TO_COME: Readonly<Record<string, readonly string[]>> = {
  workaround_proposed: ['Applied', 'Worked or failed'],
  workaround_accepted: ['Applied', 'Worked or failed'],
  workaround_applied: ['Worked or failed'],
  resolution_proposed: ['Closed'],
};

/** The steps of the remedy that `proposal` proposed, from the entries of the timeline; `customer` decides. */
export function remedySteps(proposal: Entry, entries: readonly Entry[], customer: string): readonly Step[] {
  const id = remedyId(proposal);
  const since = entries.filter((entry) => entry.id !== proposal.id && remedyId(entry) === id);
  const last = since.at(-1)?.kind ?? proposal.kind;
  const done: Step[] = [
    { label: 'Proposed', look: 'd', icon: 'i-circle-check', at: proposal.at },
    ...since.map((entry): Step => ({ label: LABELS[entry.kind] ?? entry.kind, look: 'd', at: entry.at, by: entry.by })),
  ];
  const waits: Step[] =
    last === proposal.kind ? [{ label: `${customer} decides`, look: 'n', icon: 'i-hourglass' }] : [];
  const next = (TO_COME[last] ?? []).map((label): Step => ({ label, look: '' }));
  const newest = done.length - 1;
  return [
    ...done.map((step, at) => (waits.length === 0 && at === newest ? { ...step, look: 'n' as const } : step)),
    ...waits,
    ...next,
  ];
}

function remedyId(entry: Entry): string | undefined {
  const { data } = known(entry);
  if ('workaroundId' in data) return data.workaroundId;
  return 'resolutionId' in data ? data.resolutionId : undefined;
}

/** Splits a Markdown text into the heading on its first line, if there is one, and the rest. */
export function titled(body: string | null): { readonly title?: string; readonly body: string | null } {
  const match = /^\s*#{1,3}\s+([^\n]+)\n?([\s\S]*)$/.exec(body ?? '');
  return match ? { title: (match[1] ?? '').trim(), body: (match[2] ?? '').trim() } : { body };
}
