import type { RecordedEvent } from '@casebook/kernel';
import { NO_ENTRIES, type EntryCount } from './entry-number';
import { audienceOf, type Severity, type Side, type Stage, type Terms, type TicketEvent } from './ticket.events';

/** Why the next reply is owed by whom it is (D13). */
export type OwesReason =
  | 'opened'
  | 'reopened'
  | 'customer_wrote'
  | 'vendor_replied'
  | 'workaround_proposed'
  | 'resolution_proposed'
  | 'need_open'
  | 'need_met';
export interface Debt {
  readonly side: Side;
  readonly since: string;
  readonly reason: OwesReason;
  /** What is owed all the same once no need is open any more: an answer to the reply that came before the report. */
  readonly otherwise?: Omit<Debt, 'otherwise'>;
}
/** Its text is kept so that a report can carry a need over without asking for it anew. */
export interface OpenNeed {
  readonly from: Side;
  readonly audience: 'customer' | 'internal';
  readonly text: string | null;
}
export type WorkaroundState = 'proposed' | 'accepted' | 'declined' | 'applied' | 'worked' | 'failed';

/** A ticket as decisions see it: no texts, only what a rule looks at. */
export interface Ticket {
  readonly number: string;
  readonly companyId: string;
  readonly serviceId: string;
  readonly requester: string;
  readonly type: 'issue' | 'task';
  readonly severity?: Severity;
  readonly terms: Terms;
  readonly stage: Stage;
  readonly entries: EntryCount;
  /** Absent when nobody owes anything: the ticket is closed. */
  readonly owes?: Debt;
  readonly assignee?: string;
  readonly handover?: { readonly id: string; readonly from: string; readonly to: string };
  readonly workaround?: { readonly id: string; readonly state: WorkaroundState };
  readonly resolution?: {
    readonly id: string;
    readonly state: 'proposed' | 'accepted' | 'rejected';
    /** Since when the customer has said nothing: its proposal, or what they wrote since (D14). */
    readonly quietSince: string;
  };
  readonly closed?: { readonly at: string; readonly by: string; readonly kind: 'accepted' | 'withdrawn' | 'closed' };
  /** Reports are numbered per audience, so that no gap betrays an internal one. */
  readonly can: { readonly customer: number; readonly internal: number; readonly lastAt?: string };
  /** Needs that were asked for and are not met: key `reportId/n`. */
  readonly openNeeds: Readonly<Record<string, OpenNeed>>;
  readonly attachments: readonly string[];
  readonly followUps: readonly string[];
}

/** A ticket, or undefined for a stream without events. */
export type TicketState = Ticket | undefined;

export function statusOf(ticket: Pick<Ticket, 'stage' | 'resolution'>): 'open' | 'awaiting_acceptance' | 'closed' {
  if (ticket.stage === 'closed') return 'closed';
  return ticket.resolution?.state === 'proposed' ? 'awaiting_acceptance' : 'open';
}

/** S1 and S2 are priority incidents (R50). */
export function isPriority(ticket: { readonly severity?: Severity }): boolean {
  return ticket.severity === 'S1' || ticket.severity === 'S2';
}

/** Until when the ticket can be reopened (R101), ISO; undefined while it is open. */
export function reopenUntil(ticket: Pick<Ticket, 'closed' | 'terms'>): string | undefined {
  return ticket.closed && new Date(Date.parse(ticket.closed.at) + ticket.terms.reopenHours * 3_600_000).toISOString();
}

/** The ticket's state after one more event. Pure: the same events give the same state for ever. */
export function evolve(state: TicketState, event: RecordedEvent<TicketEvent>): TicketState {
  if (event.type === 'ticketing.TicketOpened') return opened(event);
  if (!state) return undefined;
  const after = owing(state, heard(fold(state, event), event), event);
  return { ...after, entries: counted(after.entries, event) };
}

function opened(event: Extract<RecordedEvent<TicketEvent>, { type: 'ticketing.TicketOpened' }>): Ticket {
  const { number, companyId, serviceId, type, severity, terms } = event.data;
  return {
    number,
    companyId,
    serviceId,
    type,
    ...(severity && { severity }),
    terms,
    requester: event.metadata.onBehalfOf ?? event.metadata.actor,
    stage: 'triage',
    entries: counted(NO_ENTRIES, event),
    owes: { side: 'vendor', since: event.metadata.time, reason: 'opened' },
    can: { customer: 0, internal: 0 },
    openNeeds: {},
    attachments: [],
    followUps: [],
  };
}

/** The number stands in the event; the count follows it. */
function counted(count: EntryCount, event: RecordedEvent<TicketEvent>): EntryCount {
  return audienceOf(event) === 'customer'
    ? { public: count.public + 1, internal: 0 }
    : { ...count, internal: count.internal + 1 };
}

function fold(ticket: Ticket, event: RecordedEvent<TicketEvent>): Ticket {
  switch (event.type) {
    case 'ticketing.TicketAssigned': {
      const { handover: _, ...rest } = ticket;
      return { ...rest, assignee: event.data.assignee };
    }
    case 'ticketing.HandoverOffered':
      return {
        ...ticket,
        handover: { id: event.data.handoverId, from: event.metadata.actor, to: event.data.to },
      };
    case 'ticketing.HandoverDeclined': {
      const { handover: _, ...rest } = ticket;
      return rest;
    }
    case 'ticketing.SeverityChanged':
      return { ...ticket, severity: event.data.to };
    case 'ticketing.StageMoved':
      return { ...ticket, stage: event.data.to };
    case 'ticketing.CanReportFiled':
      return withNeeds(ticket, event);
    case 'ticketing.NeedMet': {
      const { [`${event.data.reportId}/${event.data.n}`]: _, ...openNeeds } = ticket.openNeeds;
      return { ...ticket, openNeeds };
    }
    case 'ticketing.FileAttached':
      return { ...ticket, attachments: [...ticket.attachments, event.data.attachmentId] };
    case 'ticketing.FollowUpLinked':
      return { ...ticket, followUps: [...ticket.followUps, event.data.ticketId] };
    case 'ticketing.WorkaroundProposed':
      return { ...ticket, workaround: { id: event.data.workaroundId, state: 'proposed' } };
    case 'ticketing.WorkaroundAccepted':
      return { ...ticket, workaround: { id: event.data.workaroundId, state: 'accepted' } };
    case 'ticketing.WorkaroundDeclined':
      return { ...ticket, workaround: { id: event.data.workaroundId, state: 'declined' } };
    case 'ticketing.WorkaroundApplied':
      return { ...ticket, workaround: { id: event.data.workaroundId, state: 'applied' } };
    case 'ticketing.WorkaroundWorked':
      return { ...ticket, workaround: { id: event.data.workaroundId, state: 'worked' } };
    case 'ticketing.WorkaroundFailed':
      return { ...ticket, workaround: { id: event.data.workaroundId, state: 'failed' } };
    case 'ticketing.ResolutionProposed':
      return {
        ...ticket,
        resolution: { id: event.data.resolutionId, state: 'proposed', quietSince: event.metadata.time },
      };
    case 'ticketing.ResolutionRejected':
      return ticket.resolution ? { ...ticket, resolution: { ...ticket.resolution, state: 'rejected' } } : ticket;
    case 'ticketing.ResolutionAccepted':
      return closed(
        ticket.resolution ? { ...ticket, resolution: { ...ticket.resolution, state: 'accepted' } } : ticket,
        event,
        'accepted',
      );
    case 'ticketing.TicketWithdrawn':
      return closed(ticket, event, 'withdrawn');
    case 'ticketing.TicketClosed':
      return closed(ticket, event, 'closed');
    case 'ticketing.TicketReopened': {
      const { closed: _c, resolution: _r, workaround: _w, ...rest } = ticket;
      return { ...rest, stage: 'triage' };
    }
    case 'ticketing.TicketOpened':
    case 'ticketing.ReplyPosted':
    case 'ticketing.NoteAdded':
      return ticket;
  }
}

/** Whatever the customer says while a resolution waits ends the silence that D14 counts. */
function heard(ticket: Ticket, event: RecordedEvent<TicketEvent>): Ticket {
  if (ticket.resolution?.state !== 'proposed' || event.data.side !== 'customer') return ticket;
  return { ...ticket, resolution: { ...ticket.resolution, quietSince: event.metadata.time } };
}

function closed(ticket: Ticket, event: RecordedEvent<TicketEvent>, kind: 'accepted' | 'withdrawn' | 'closed'): Ticket {
  const { handover: _h, ...rest } = ticket;
  return {
    ...rest,
    stage: 'closed',
    openNeeds: {},
    closed: { at: event.metadata.time, by: event.metadata.actor, kind },
  };
}

function withNeeds(
  ticket: Ticket,
  event: Extract<RecordedEvent<TicketEvent>, { type: 'ticketing.CanReportFiled' }>,
): Ticket {
  const { reportId, audience, needs } = event.data;
  // A new report for an audience restates its needs: what the older one asked for and this one does not is dropped.
  const kept = Object.entries(ticket.openNeeds).filter(([, need]) => need.audience !== audience);
  const asked = needs.map((need) => [`${reportId}/${need.n}`, { from: need.from, audience, text: need.text }] as const);
  return {
    ...ticket,
    can: { ...ticket.can, [audience]: ticket.can[audience] + 1, lastAt: event.metadata.time },
    openNeeds: Object.fromEntries([...kept, ...asked]),
  };
}

/** Applies D13: who owes the next reply after this event. */
function owing(before: Ticket, ticket: Ticket, event: RecordedEvent<TicketEvent>): Ticket {
  const { owes: _, ...rest } = ticket;
  if (ticket.stage === 'closed') return rest;
  const time = event.metadata.time;
  const fresh = debtAfter(before, event);
  const owes = fresh ? { ...fresh, since: time } : ticket.owes;
  if (owes?.reason !== 'need_open' || asksCustomer(ticket)) return owes ? { ...ticket, owes } : ticket;
  // Nothing is asked of the customer any more, and they have not answered: the debt was for the need alone.
  return { ...rest, owes: owes.otherwise ?? { side: 'vendor', reason: 'need_met', since: time } };
}

/** Whether a need that the customer can read, and only they can meet, stands open. */
export function asksCustomer(ticket: Pick<Ticket, 'openNeeds'>): boolean {
  return Object.values(ticket.openNeeds).some(({ from, audience }) => from === 'customer' && audience === 'customer');
}

function debtAfter(before: Ticket, event: RecordedEvent<TicketEvent>): Omit<Debt, 'since'> | undefined {
  if (audienceOf(event) === 'internal') return undefined;
  if (event.type === 'ticketing.TicketReopened') return { side: 'vendor', reason: 'reopened' };
  if (event.data.side === 'customer') {
    // Somebody already waiting for the vendor goes on waiting since then, whatever else the customer adds.
    return before.owes?.side === 'vendor' ? undefined : { side: 'vendor', reason: 'customer_wrote' };
  }
  switch (event.type) {
    case 'ticketing.ReplyPosted':
      return { side: event.data.owes, reason: 'vendor_replied' };
    case 'ticketing.WorkaroundProposed':
      return { side: 'customer', reason: 'workaround_proposed' };
    case 'ticketing.ResolutionProposed':
      return { side: 'customer', reason: 'resolution_proposed' };
    case 'ticketing.CanReportFiled':
      return event.data.needs.some((need) => need.from === 'customer' && !need.carried)
        ? { side: 'customer', reason: 'need_open', ...withoutNeeds(before.owes) }
        : undefined;
    default:
      return undefined;
  }
}

/** What the customer or a third party owed already when a report began to ask for something. */
function withoutNeeds(owes: Debt | undefined): Pick<Debt, 'otherwise'> {
  if (!owes || owes.side === 'vendor') return {};
  const otherwise = owes.reason === 'need_open' ? owes.otherwise : owes;
  return otherwise ? { otherwise } : {};
}
