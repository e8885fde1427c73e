import type { Severity, Side, Stage, TicketSummary } from '../api/types';

/** Active tickets by stage and severity, and by who owes the next reply (R88). */
export interface Overview {
  readonly rows: readonly { readonly stage: Stage; readonly counts: readonly number[]; readonly total: number }[];
  readonly owes: Readonly<Record<Side, number>>;
  readonly total: number;
  readonly priority: number;
}

export const COLUMNS: readonly (Severity | 'Task')[] = ['S1', 'S2', 'S3', 'S4', 'Task'];
const ACTIVE: readonly Stage[] = ['triage', 'mitigation', 'resolution'];

export function overviewOf(tickets: readonly TicketSummary[]): Overview {
  const owedBy = (side: Side) => tickets.filter(({ owes }) => owes === side).length;
  return {
    rows: ACTIVE.map((stage) => {
      const here = tickets.filter((ticket) => ticket.stage === stage);
      return {
        stage,
        total: here.length,
        counts: COLUMNS.map((column) => here.filter(({ severity }) => (severity ?? 'Task') === column).length),
      };
    }),
    owes: { customer: owedBy('customer'), vendor: owedBy('vendor'), third_party: owedBy('third_party') },
    total: tickets.length,
    priority: tickets.filter(({ priority }) => priority).length,
  };
}
