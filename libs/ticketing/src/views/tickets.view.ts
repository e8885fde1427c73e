import { UNCHANGED, type Position, type Projection, type RecordedEvent } from '@casebook/kernel';
import type { ReadModelDefinition } from '@casebook/read-model';
import { evolve, isPriority, statusOf, type Ticket, type WorkaroundState } from '../ticket/ticket';
import {
  audienceOf,
  ticketEventTypes,
  type CanAction,
  type CanNeed,
  type HostRef,
  type ProductRef,
  type TicketEvent,
} from '../ticket/ticket.events';

/** The newest CAN report of one audience, for the line under the state block. */
export interface CanSummary {
  readonly id: string;
  readonly entry: string;
  readonly sequence: number;
  readonly at: string;
  readonly conditions: string | null;
  readonly actions: readonly CanAction[];
  readonly needs: readonly CanNeed[];
  readonly nextReportDue?: string;
}
export interface AttachmentDocument {
  readonly id: string;
  readonly entry: string;
  readonly audience: 'customer' | 'internal';
  readonly fileName: string | null;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  readonly object: string;
  readonly wrappedKey: string;
  readonly at: string;
  readonly by: string;
}
/** Where the ticket stood after its last public event: all that a customer is shown of order, age and version. */
export interface PublicFace {
  readonly updatedAt: string;
  readonly entries: number;
  readonly position: Position;
}

/** A ticket as lists and its page show it. `state` is the aggregate's own, so that rules and screens cannot disagree. */
export interface TicketDocument {
  readonly id: string;
  readonly number: string;
  /** The digits of the number. */
  readonly serial: number;
  readonly companyId: string;
  readonly serviceId: string;
  readonly planId: string;
  readonly type: 'issue' | 'task';
  /** 1 to 4 for S1 to S4, 5 for a task: an order by urgency. */
  readonly rank: number;
  readonly severity?: string;
  readonly priority: boolean;
  readonly status: 'open' | 'awaiting_acceptance' | 'closed';
  readonly stage: string;
  readonly owes?: string;
  readonly requester: string;
  readonly assignee: string | null;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly public: PublicFace;
  readonly revision: number;
  readonly subject: string | null;
  readonly products: readonly ProductRef[];
  readonly environment?: string | null;
  readonly impact?: string | null;
  readonly stepsTaken?: string | null;
  readonly hosts?: readonly HostRef[];
  readonly followUpOf?: string;
  readonly followUps: readonly string[];
  readonly can: { readonly customer?: CanSummary; readonly internal?: CanSummary };
  readonly workaround?: {
    readonly id: string;
    readonly entry: string;
    readonly state: WorkaroundState;
    readonly body: string | null;
    readonly at: string;
    readonly by: string;
  };
  readonly resolution?: {
    readonly id: string;
    readonly entry: string;
    readonly state: 'proposed' | 'accepted' | 'rejected';
    readonly symptoms: string | null;
    readonly rootCause: string | null;
    readonly steps: string | null;
    readonly at: string;
    readonly by: string;
  };
  readonly handoverNote?: string | null;
  readonly handoverAt?: string;
  readonly closing?: {
    readonly kind: 'accepted' | 'withdrawn' | 'closed';
    readonly code?: string;
    readonly reason?: string | null;
    readonly by: string;
  };
  readonly attachments: readonly AttachmentDocument[];
  readonly state: Ticket;
}

export const ticketsModel: ReadModelDefinition = {
  name: 'tickets',
  version: 2,
  indexes: [
    { number: 1 },
    { serial: -1 },
    { updatedAt: -1 },
    { openedAt: -1 },
    { status: 1, updatedAt: -1 },
    { status: 1, rank: 1 },
    { assignee: 1, status: 1, updatedAt: -1 },
    { companyId: 1, 'public.updatedAt': -1 },
    { companyId: 1, status: 1, 'public.updatedAt': -1 },
    { companyId: 1, openedAt: -1 },
    { companyId: 1, updatedAt: -1 },
    { companyId: 1, rank: 1 },
  ],
  arrays: ['attachments.object'],
  scope: { staff: true, company: { company: 'companyId' } },
};

export const ticketsProjection: Projection<TicketDocument, TicketEvent> = {
  name: 'tickets',
  version: 2,
  handles: ticketEventTypes,
  id: (event) => event.stream.slice('ticket-'.length),
  on(event, document, id) {
    const state = evolve(document?.state, event);
    if (!state) return UNCHANGED;
    if (event.type === 'ticketing.TicketOpened') return opened(event, state, id);
    if (!document) return UNCHANGED;
    return { ...texts(document, event), ...derived(document, state, event) };
  },
};

function opened(
  event: Extract<RecordedEvent<TicketEvent>, { type: 'ticketing.TicketOpened' }>,
  state: Ticket,
  id: string,
): TicketDocument {
  const { data, metadata, position } = event;
  return {
    id,
    number: data.number,
    serial: Number(data.number.replace(/\D/g, '')),
    companyId: data.companyId,
    serviceId: data.serviceId,
    planId: data.terms.planId,
    type: data.type,
    requester: state.requester,
    openedAt: metadata.time,
    subject: data.subject,
    products: data.products,
    ...(data.environment !== undefined && { environment: data.environment }),
    ...(data.impact !== undefined && { impact: data.impact }),
    ...(data.stepsTaken !== undefined && { stepsTaken: data.stepsTaken }),
    ...(data.hosts !== undefined && { hosts: data.hosts }),
    ...(data.followUpOf !== undefined && { followUpOf: data.followUpOf.number }),
    followUps: [],
    can: {},
    attachments: [],
    ...face(state),
    updatedAt: metadata.time,
    revision: event.revision,
    public: { updatedAt: metadata.time, entries: state.entries.public, position },
    state,
  };
}

/** The fields that follow from the state alone. */
function face(state: Ticket) {
  return {
    rank: state.severity ? Number(state.severity.slice(1)) : 5,
    ...(state.severity && { severity: state.severity }),
    priority: isPriority(state),
    status: statusOf(state),
    stage: state.stage,
    ...(state.owes && { owes: state.owes.side }),
    assignee: state.assignee ?? null,
  };
}

function derived(document: TicketDocument, state: Ticket, event: RecordedEvent<TicketEvent>) {
  const isPublic = audienceOf(event) === 'customer';
  return {
    ...face(state),
    updatedAt: event.metadata.time,
    revision: event.revision,
    public: isPublic
      ? { updatedAt: event.metadata.time, entries: state.entries.public, position: event.position }
      : document.public,
    state,
  };
}

/** Keeps what the aggregate has no need of: the words. */
function texts(before: TicketDocument, event: RecordedEvent<TicketEvent>): TicketDocument {
  const { owes: _, ...document } = before;
  const at = event.metadata.time;
  const by = event.metadata.actor;
  switch (event.type) {
    case 'ticketing.CanReportFiled': {
      const { reportId, audience, entry, sequence, conditions, actions, needs, nextReportDue } = event.data;
      const summary: CanSummary = {
        id: reportId,
        entry,
        sequence,
        at,
        conditions,
        actions,
        needs,
        ...(nextReportDue !== undefined && { nextReportDue }),
      };
      return { ...document, can: { ...document.can, [audience]: summary } };
    }
    case 'ticketing.WorkaroundProposed': {
      const { workaroundId: id, entry, body } = event.data;
      return { ...document, workaround: { id, entry, state: 'proposed', body, at, by } };
    }
    case 'ticketing.WorkaroundAccepted':
      return withWorkaround(document, 'accepted');
    case 'ticketing.WorkaroundDeclined':
      return withWorkaround(document, 'declined');
    case 'ticketing.WorkaroundApplied':
      return withWorkaround(document, 'applied');
    case 'ticketing.WorkaroundWorked':
      return withWorkaround(document, 'worked');
    case 'ticketing.WorkaroundFailed':
      return withWorkaround(document, 'failed');
    case 'ticketing.ResolutionProposed': {
      const { resolutionId: id, entry, symptoms, rootCause, steps } = event.data;
      return { ...document, resolution: { id, entry, state: 'proposed', symptoms, rootCause, steps, at, by } };
    }
    case 'ticketing.ResolutionRejected':
      return document.resolution
        ? { ...document, resolution: { ...document.resolution, state: 'rejected' } }
        : document;
    case 'ticketing.ResolutionAccepted':
      return {
        ...document,
        ...(document.resolution && { resolution: { ...document.resolution, state: 'accepted' as const } }),
        closing: { kind: 'accepted', by },
      };
    case 'ticketing.TicketWithdrawn':
      return { ...document, closing: { kind: 'withdrawn', by, reason: event.data.reason } };
    case 'ticketing.TicketClosed':
      return { ...document, closing: { kind: 'closed', by, code: event.data.code, reason: event.data.reason } };
    case 'ticketing.TicketReopened': {
      const { closing: _c, resolution: _r, workaround: _w, ...rest } = document;
      return rest;
    }
    case 'ticketing.HandoverOffered':
      return { ...document, handoverNote: event.data.note, handoverAt: at };
    case 'ticketing.FollowUpLinked':
      return { ...document, followUps: [...document.followUps, event.data.number] };
    case 'ticketing.FileAttached': {
      const { attachmentId, side: _s, ...file } = event.data;
      return { ...document, attachments: [...document.attachments, { id: attachmentId, ...file, at, by }] };
    }
    default:
      return document;
  }
}

function withWorkaround(document: TicketDocument, state: WorkaroundState): TicketDocument {
  return document.workaround ? { ...document, workaround: { ...document.workaround, state } } : document;
}
