import type { CanNeed, Entry, Side } from '../api/types';
import { type EntryOf, isKind } from './entry-data';

/** A need of a report, with what became of it. */
export interface NeedView extends CanNeed {
  readonly state: 'open' | 'met' | 'superseded';
  readonly metAt?: string;
}

const SIDES: readonly Side[] = ['customer', 'vendor', 'third_party'];

/** The needs of a report: met by a later entry, open in the newest report of its audience, else taken up by a newer one. */
export function needsOf(report: EntryOf<'can_report'>, entries: readonly Entry[]): readonly NeedView[] {
  const newest = entries.findLast((entry) => entry.kind === 'can_report' && entry.audience === report.audience);
  return report.data.needs.map((need) => {
    const met = entries.find(
      (entry) => isKind(entry, 'need_met') && entry.data.reportId === report.data.reportId && entry.data.n === need.n,
    );
    if (met) return { ...need, state: 'met', metAt: met.at };
    return { ...need, state: newest === undefined || newest.id === report.id ? 'open' : 'superseded' };
  });
}

/** Sides that a report asks nothing of. */
export function sidesWithoutNeeds(needs: readonly CanNeed[]): readonly Side[] {
  return SIDES.filter((side) => needs.every(({ from }) => from !== side));
}

/** Words of all texts of a report. */
export function wordCount({ data }: EntryOf<'can_report'>): number {
  const texts = [
    data.conditions,
    data.impact,
    ...data.actions.map(({ text }) => text),
    ...data.needs.map(({ text }) => text),
  ];
  return texts.join(' ').split(/\s+/).filter(Boolean).length;
}
