import type { Audience, CanAction, CanNeed, Entry } from '../api/types';
import type { EarlierReport } from './can-draft';

interface Filed {
  readonly reportId: string;
  readonly sequence: number;
  readonly conditions: string | null;
  readonly impact?: string | null;
  readonly since?: string;
  readonly actions: readonly CanAction[];
  readonly needs: readonly CanNeed[];
  readonly nextReportDue?: string;
}

/** The last report for an audience, with those of its needs that no later entry says to be met. */
export function earlierReport(entries: readonly Entry[], audience: Audience): EarlierReport | undefined {
  const entry = entries.findLast((one) => one.kind === 'can_report' && one.audience === audience);
  if (!entry) return undefined;
  const { reportId, needs, ...filed } = entry.data as unknown as Filed;
  const met = new Set(
    entries
      .filter(({ kind, data }) => kind === 'need_met' && data['reportId'] === reportId)
      .map(({ data }) => data['n']),
  );
  return {
    ...filed,
    id: reportId,
    entry: entry.number,
    at: entry.at,
    by: entry.by,
    openNeeds: needs.filter(({ n }) => !met.has(n)),
  };
}
