import type { DomainEvent, EventType } from '@casebook/kernel';

export const SEVERITIES = ['S1', 'S2', 'S3', 'S4'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Side = 'customer' | 'vendor' | 'third_party';
export type Audience = 'customer' | 'internal';
export type Stage = 'triage' | 'mitigation' | 'resolution' | 'closed';

export interface ProductRef {
  readonly id: string;
  readonly version?: string;
}
export interface HostRef {
  /** Sealed: a host's name is the customer's own text. */
  readonly name: string | null;
  readonly role: string | null;
}
export interface CanAction {
  readonly text: string | null;
  readonly owner?: string | null;
  readonly status: 'planned' | 'in_progress' | 'done';
  readonly eta?: string;
}
export interface CanNeed {
  /** 1, 2, 3 … within its report. */
  readonly n: number;
  readonly text: string | null;
  readonly from: Side;
  readonly due?: string;
  /** Asked for in the report before and still open. Decided while the texts could be read, so that erasing them changes no debt. */
  readonly carried?: boolean;
}
/** What the plan of the day promised (X10): a later change of the contract does not touch this ticket. */
export interface Terms {
  readonly planId: string;
  /** Hours after closing in which the ticket can be reopened (R101, D3). */
  readonly reopenHours: number;
  /** Days after which an unanswered resolution may be closed as "no answer" (D14). */
  readonly noAnswerDays: number;
}

/** Every entry of the timeline carries its number (D10), decided with the event, and the side that wrote it. */
interface Entry {
  readonly entry: string;
  readonly side: 'customer' | 'vendor';
}
type Fact<Name extends string, Data> = DomainEvent<`ticketing.${Name}`, Data & Entry>;

export type TicketOpened = Fact<
  'TicketOpened',
  {
    readonly number: string;
    readonly companyId: string;
    readonly serviceId: string;
    readonly terms: Terms;
    readonly type: 'issue' | 'task';
    readonly severity?: Severity;
    readonly products: readonly ProductRef[];
    readonly subject: string | null;
    readonly description: string | null;
    readonly environment?: string | null;
    readonly impact?: string | null;
    readonly stepsTaken?: string | null;
    readonly hosts?: readonly HostRef[];
    readonly followUpOf?: { readonly ticketId: string; readonly number: string };
  }
>;
export type ReplyPosted = Fact<'ReplyPosted', { readonly body: string | null; readonly owes: Side }>;
export type NoteAdded = Fact<'NoteAdded', { readonly body: string | null }>;
export type FileAttached = Fact<
  'FileAttached',
  {
    readonly attachmentId: string;
    readonly audience: Audience;
    readonly fileName: string | null;
    readonly contentType: string;
    /** Bytes and SHA-256 (hex) of the plain file. */
    readonly size: number;
    readonly sha256: string;
    readonly object: string;
    readonly wrappedKey: string;
  }
>;
export type CanReportFiled = Fact<
  'CanReportFiled',
  {
    readonly reportId: string;
    readonly audience: Audience;
    readonly sequence: number;
    readonly conditions: string | null;
    readonly impact?: string | null;
    readonly since?: string;
    readonly actions: readonly CanAction[];
    readonly needs: readonly CanNeed[];
    readonly nextReportDue?: string;
  }
>;
export type NeedMet = Fact<
  'NeedMet',
  { readonly reportId: string; readonly audience: Audience; readonly n: number; readonly text: string | null }
>;
export type TicketAssigned = Fact<
  'TicketAssigned',
  { readonly assignee: string; readonly previous?: string; readonly how: 'took' | 'assigned' | 'handover' }
>;
export type HandoverOffered = Fact<
  'HandoverOffered',
  { readonly handoverId: string; readonly to: string; readonly note: string | null }
>;
export type HandoverDeclined = Fact<'HandoverDeclined', { readonly handoverId: string; readonly note?: string | null }>;
export type SeverityChanged = Fact<
  'SeverityChanged',
  { readonly from: Severity; readonly to: Severity; readonly reason: string | null }
>;
export type StageMoved = Fact<
  'StageMoved',
  { readonly from: Stage; readonly to: Stage; readonly reason?: string | null }
>;
export type WorkaroundProposed = Fact<
  'WorkaroundProposed',
  { readonly workaroundId: string; readonly body: string | null }
>;
export type WorkaroundAccepted = Fact<'WorkaroundAccepted', { readonly workaroundId: string }>;
export type WorkaroundDeclined = Fact<
  'WorkaroundDeclined',
  { readonly workaroundId: string; readonly reason: string | null }
>;
export type WorkaroundApplied = Fact<'WorkaroundApplied', { readonly workaroundId: string }>;
export type WorkaroundWorked = Fact<'WorkaroundWorked', { readonly workaroundId: string }>;
export type WorkaroundFailed = Fact<
  'WorkaroundFailed',
  { readonly workaroundId: string; readonly reason?: string | null }
>;
export type ResolutionProposed = Fact<
  'ResolutionProposed',
  {
    readonly resolutionId: string;
    readonly symptoms: string | null;
    readonly rootCause: string | null;
    readonly steps: string | null;
  }
>;
export type ResolutionAccepted = Fact<'ResolutionAccepted', { readonly resolutionId: string }>;
export type ResolutionRejected = Fact<
  'ResolutionRejected',
  { readonly resolutionId: string; readonly reason: string | null }
>;
export type TicketWithdrawn = Fact<'TicketWithdrawn', { readonly reason: string | null }>;
export const CLOSING_CODES = ['duplicate', 'merged', 'no_answer', 'not_ours'] as const;
export type TicketClosed = Fact<
  'TicketClosed',
  { readonly code: (typeof CLOSING_CODES)[number]; readonly reason: string | null }
>;
export type TicketReopened = Fact<'TicketReopened', { readonly reason: string | null }>;
export type FollowUpLinked = Fact<'FollowUpLinked', { readonly ticketId: string; readonly number: string }>;

export type TicketEvent =
  | TicketOpened
  | ReplyPosted
  | NoteAdded
  | FileAttached
  | CanReportFiled
  | NeedMet
  | TicketAssigned
  | HandoverOffered
  | HandoverDeclined
  | SeverityChanged
  | StageMoved
  | WorkaroundProposed
  | WorkaroundAccepted
  | WorkaroundDeclined
  | WorkaroundApplied
  | WorkaroundWorked
  | WorkaroundFailed
  | ResolutionProposed
  | ResolutionAccepted
  | ResolutionRejected
  | TicketWithdrawn
  | TicketClosed
  | TicketReopened
  | FollowUpLinked;

/** Free text of these fields is sealed; every other string is listed as plain. Entry number and side lie open always. */
function fact(text: readonly string[], plain: readonly string[] = []): EventType {
  return {
    sealed: Object.fromEntries(text.map((path) => [path, 'text' as const])),
    plain: ['entry', 'side', ...plain],
  };
}

/** What the log seals in each event of a ticket. */
export const ticketCatalog = {
  'ticketing.TicketOpened': fact(
    ['subject', 'description', 'environment', 'impact', 'stepsTaken', 'hosts[].name', 'hosts[].role'],
    [
      'number',
      'companyId',
      'serviceId',
      'terms.planId',
      'type',
      'severity',
      'products[].id',
      'products[].version',
      'followUpOf.ticketId',
      'followUpOf.number',
    ],
  ),
  'ticketing.ReplyPosted': fact(['body'], ['owes']),
  'ticketing.NoteAdded': fact(['body']),
  'ticketing.FileAttached': fact(
    ['fileName'],
    ['attachmentId', 'audience', 'contentType', 'sha256', 'object', 'wrappedKey'],
  ),
  'ticketing.CanReportFiled': fact(
    ['conditions', 'impact', 'actions[].text', 'actions[].owner', 'needs[].text'],
    [
      'reportId',
      'audience',
      'since',
      'actions[].status',
      'actions[].eta',
      'needs[].from',
      'needs[].due',
      'nextReportDue',
    ],
  ),
  'ticketing.NeedMet': fact(['text'], ['reportId', 'audience']),
  'ticketing.TicketAssigned': fact([], ['assignee', 'previous', 'how']),
  'ticketing.HandoverOffered': fact(['note'], ['handoverId', 'to']),
  'ticketing.HandoverDeclined': fact(['note'], ['handoverId']),
  'ticketing.SeverityChanged': fact(['reason'], ['from', 'to']),
  'ticketing.StageMoved': fact(['reason'], ['from', 'to']),
  'ticketing.WorkaroundProposed': fact(['body'], ['workaroundId']),
  'ticketing.WorkaroundAccepted': fact([], ['workaroundId']),
  'ticketing.WorkaroundDeclined': fact(['reason'], ['workaroundId']),
  'ticketing.WorkaroundApplied': fact([], ['workaroundId']),
  'ticketing.WorkaroundWorked': fact([], ['workaroundId']),
  'ticketing.WorkaroundFailed': fact(['reason'], ['workaroundId']),
  'ticketing.ResolutionProposed': fact(['symptoms', 'rootCause', 'steps'], ['resolutionId']),
  'ticketing.ResolutionAccepted': fact([], ['resolutionId']),
  'ticketing.ResolutionRejected': fact(['reason'], ['resolutionId']),
  'ticketing.TicketWithdrawn': fact(['reason']),
  'ticketing.TicketClosed': fact(['reason'], ['code']),
  'ticketing.TicketReopened': fact(['reason']),
  'ticketing.FollowUpLinked': fact([], ['ticketId', 'number']),
} satisfies Record<TicketEvent['type'], EventType>;

/** Stored names of all events that can stand in a ticket's stream. */
export const ticketEventTypes = Object.keys(ticketCatalog) as readonly TicketEvent['type'][];

/** Who may read an entry: everyone of the ticket's company, or the vendor's staff alone (S4). */
export function audienceOf(event: TicketEvent): Audience {
  switch (event.type) {
    case 'ticketing.NoteAdded':
    case 'ticketing.HandoverOffered':
    case 'ticketing.HandoverDeclined':
      return 'internal';
    case 'ticketing.CanReportFiled':
    case 'ticketing.FileAttached':
    case 'ticketing.NeedMet':
      return event.data.audience;
    default:
      return 'customer';
  }
}
