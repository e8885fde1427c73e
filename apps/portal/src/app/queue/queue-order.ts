import type { TicketSummary } from '../api/types';

/** One heading of the queue with its tickets. */
export interface QueueGroup {
  readonly label: string;
  readonly tickets: readonly TicketSummary[];
}

/** Saved views of the queue, as tabs. */
export const VIEWS = ['all', 'mine', 'unowned', 'priority', 'customer'] as const;
export type View = (typeof VIEWS)[number];
export const VIEW_NAMES: Readonly<Record<View, string>> = {
  all: 'All open',
  mine: 'Mine',
  unowned: 'No owner',
  priority: 'Priority, S1 and S2',
  customer: 'Customer owes',
};

/** Filters that stand in the address; empty text is "any". */
export interface QueueFilters {
  readonly service: string;
  readonly severity: string;
  readonly stage: string;
  readonly company: string;
}

export function inView(ticket: TicketSummary, view: View, me: string): boolean {
  switch (view) {
    case 'all':
      return true;
    case 'mine':
      return ticket.assignee === me;
    case 'unowned':
      return ticket.assignee === undefined;
    case 'priority':
      return ticket.priority;
    case 'customer':
      return ticket.owes === 'customer';
  }
}

export function matches(ticket: TicketSummary, { service, severity, stage, company }: QueueFilters): boolean {
  return (
    (service === '' || ticket.service.id === service) &&
    (severity === '' || (ticket.severity ?? 'Task') === severity) &&
    (stage === '' || ticket.stage === stage) &&
    (company === '' || ticket.company.id === company)
  );
}

/** Most urgent first: by severity, then by how long the reply has been owed. */
export function byUrgency(a: TicketSummary, b: TicketSummary): number {
  return rank(a) - rank(b) || (a.owesSince ?? a.openedAt).localeCompare(b.owesSince ?? b.openedAt);
}

/** Nobody's tickets first, then what we owe, then what others do. */
export function grouped(tickets: readonly TicketSummary[]): readonly QueueGroup[] {
  const sorted = [...tickets].sort(byUrgency);
  const unowned = sorted.filter(({ assignee }) => assignee === undefined);
  const owned = sorted.filter(({ assignee }) => assignee !== undefined);
  return [
    { label: 'No owner', tickets: unowned },
    { label: 'We owe the reply', tickets: owned.filter(({ owes }) => owes === 'vendor') },
    { label: 'Waiting for the customer', tickets: owned.filter(({ owes }) => owes === 'customer') },
    { label: 'Waiting for a third party', tickets: owned.filter(({ owes }) => owes === 'third_party') },
  ].filter((group) => group.tickets.length > 0);
}

/** What an engineer has to know first, in a sentence or two. */
export function sentence(tickets: readonly TicketSummary[]): string {
  const unowned = tickets.filter(({ assignee }) => assignee === undefined);
  const urgent = unowned.filter(({ priority }) => priority).length;
  const owed = tickets.filter(({ owes }) => owes === 'vendor').length;
  if (tickets.length === 0) return 'Nothing is open.';
  const first =
    unowned.length === 0
      ? 'Every ticket has an owner.'
      : `${count(unowned.length, 'ticket has', 'tickets have')} no owner${urgent > 0 ? `, ${urgent} of them S1 or S2` : ''}.`;
  return `${first} We owe ${count(owed, 'reply', 'replies').toLowerCase()}.`;
}

function rank({ severity }: TicketSummary): number {
  return severity === undefined ? 5 : Number(severity.slice(1));
}

function count(n: number, one: string, many: string): string {
  return `${n === 0 ? 'no' : n === 1 ? 'one' : n} ${n === 1 ? one : many}`.replace(/^./, (letter) =>
    letter.toUpperCase(),
  );
}
