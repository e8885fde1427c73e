import { DomainError, type Actor } from '@casebook/kernel';
import { nextEntry, type EntryCount } from './entry-number';
import { isPriority, type Ticket, type TicketState } from './ticket';
import { audienceOf, type TicketEvent } from './ticket.events';

/** 150 KB of text in one message, counted in UTF-8; more belongs into a file. */
export const MAX_TEXT_BYTES = 150_000;
const encoder = new TextEncoder();

type Distribute<E> = E extends TicketEvent ? { type: E['type']; data: Omit<E['data'], 'entry' | 'side'> } : never;
/** An event before its entry number and side are decided. */
export type NewEntry = Distribute<TicketEvent>;

/** The ticket, or "does not exist". */
export function existing(state: TicketState): Ticket {
  if (!state) throw new DomainError('missing', 'ticket.missing', 'This ticket does not exist.');
  return state;
}

/** The ticket while it is open; a closed one takes no further work. */
export function open(state: TicketState): Ticket {
  const ticket = existing(state);
  if (ticket.stage === 'closed') {
    throw new DomainError(
      'conflict',
      'ticket.closed',
      `${ticket.number} is closed. Reopen it, or open a follow-up ticket.`,
    );
  }
  return ticket;
}

export function sideOf(actor: Actor): 'customer' | 'vendor' {
  return actor.kind === 'customer' ? 'customer' : 'vendor';
}

/** Numbers entries in order after the count, and names the side that wrote them. */
export function entries(count: EntryCount, actor: Actor, facts: readonly NewEntry[]): readonly TicketEvent[] {
  let at = count;
  return facts.map((fact) => {
    const event = { ...fact, data: { ...fact.data, entry: '', side: sideOf(actor) } } as TicketEvent;
    const next = nextEntry(at, audienceOf(event));
    at = next.count;
    return { ...event, data: { ...event.data, entry: next.entry } } as TicketEvent;
  });
}

/**
 * What the vendor says in public, and after it, when nobody is accountable yet, that its writer took the ticket:
 * never without an owner after the first response (S2).
 */
export function vendorSays(ticket: Ticket, actor: Actor, facts: readonly NewEntry[]): readonly TicketEvent[] {
  const takes =
    actor.kind === 'staff' && actor.roles.includes('engineer') && ticket.assignee === undefined
      ? [{ type: 'ticketing.TicketAssigned' as const, data: { assignee: actor.personId, how: 'took' as const } }]
      : [];
  if (
    takes.length === 0 &&
    ticket.assignee === undefined &&
    facts.some(({ type }) => type === 'ticketing.ReplyPosted')
  ) {
    throw new DomainError(
      'conflict',
      'ticket.no_owner',
      'Nobody is accountable for this ticket yet. An engineer takes it or answers first.',
    );
  }
  return entries(ticket.entries, actor, [...facts, ...takes]);
}

/** Refuses texts that are empty or, together, too long to be one event. */
export function texts(fields: Readonly<Record<string, string | undefined>>, required: readonly string[]): void {
  const empty = required.filter((name) => !fields[name]?.trim());
  if (empty.length > 0) {
    throw new DomainError(
      'invalid',
      'ticket.text_missing',
      `Please fill in: ${empty.join(', ')}.`,
      empty.map((path) => ({ path, message: 'Please write something here.' })),
    );
  }
  const bytes = Object.values(fields).reduce((sum, text) => sum + (text ? encoder.encode(text).length : 0), 0);
  if (bytes > MAX_TEXT_BYTES) {
    throw new DomainError(
      'too-large',
      'ticket.text_too_large',
      `The text has ${Math.ceil(bytes / 1000)} KB, more than the 150 KB that fit into one message. Attach it as a file instead.`,
    );
  }
}

/** Minutes from an ISO time to another. */
export function minutesBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000;
}

/** A priority ticket changes hands only with a CAN report that says where things are (S2): younger than 60 minutes. */
export function requireFreshReport(ticket: Ticket, now: string): void {
  if (!isPriority(ticket)) return;
  if (ticket.can.lastAt === undefined || minutesBetween(ticket.can.lastAt, now) >= 60) {
    throw new DomainError(
      'conflict',
      'ticket.handover_needs_report',
      'An S1 or S2 ticket is handed over with a CAN report less than 60 minutes old. Write one first.',
    );
  }
}
