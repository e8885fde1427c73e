import { type Projection, type RecordedEvent } from '@casebook/kernel';
import type { ReadModelDefinition } from '@casebook/read-model';
import { audienceOf, ticketEventTypes, type Audience, type TicketEvent } from '../ticket/ticket.events';

/** One numbered entry of a ticket's timeline, as the API answers it. */
export interface AnsweredEntry {
  /** The event's id. */
  readonly id: string;
  /** The number both sides cite (D10). */
  readonly number: string;
  readonly audience: Audience;
  readonly at: string;
  readonly by: string;
  readonly side: 'customer' | 'vendor';
  readonly kind: string;
  readonly data: object;
}

/** The entry as it is stored: first what is answered, then, last of all, by what it is found and sorted. */
export interface TimelineEntry extends AnsweredEntry {
  readonly ticketId: string;
  readonly companyId: string;
  /** Sorts internal entries after the public one they follow, and says nothing about how many there are. */
  readonly order: string;
}

export const timelineModel: ReadModelDefinition = {
  name: 'timeline',
  version: 2,
  indexes: [
    { ticketId: 1, order: 1 },
    { ticketId: 1, audience: 1, order: 1 },
  ],
  scope: { staff: true, company: { company: 'companyId', audience: 'audience' } },
};

export const timelineProjection: Projection<TimelineEntry, TicketEvent> = {
  name: 'timeline',
  version: 2,
  handles: ticketEventTypes,
  id: (event) => event.id,
  on(event) {
    const { entry, side, ...data } = event.data;
    return {
      id: event.id,
      number: entry,
      audience: audienceOf(event),
      at: event.metadata.time,
      by: event.metadata.onBehalfOf ?? event.metadata.actor,
      side,
      kind: kindOf(event),
      data: shown(event, data),
      ticketId: event.stream.slice('ticket-'.length),
      companyId: event.metadata.companyId ?? '',
      order: orderOf(entry),
    };
  },
};

/** The entry without what it is found by. */
export function answered({ ticketId: _t, companyId: _c, order: _o, ...entry }: TimelineEntry): AnsweredEntry {
  return entry;
}

/** Length of the ids by which entries are found. */
const ID = 36;
const [TICKET, COMPANY, ORDER] = [',"ticketId":"', '","companyId":"', '","order":"'];

/** The same for an entry's JSON text, cut off at its end without being read; a store may have changed the order. */
export function answeredText(entry: string): string {
  const cut = entry.lastIndexOf(TICKET);
  const company = cut + TICKET.length + ID;
  const order = company + COMPANY.length + ID;
  if (cut > 0 && entry.startsWith(COMPANY, company) && entry.startsWith(ORDER, order)) {
    return `${entry.slice(0, cut)}}`;
  }
  return JSON.stringify(answered(JSON.parse(entry) as TimelineEntry));
}

const KINDS: Readonly<Record<TicketEvent['type'], string>> = {
  'ticketing.TicketOpened': 'opened',
  'ticketing.ReplyPosted': 'reply',
  'ticketing.NoteAdded': 'note',
  'ticketing.FileAttached': 'attachment',
  'ticketing.CanReportFiled': 'can_report',
  'ticketing.NeedMet': 'need_met',
  'ticketing.TicketAssigned': 'assigned',
  'ticketing.HandoverOffered': 'handover_offered',
  'ticketing.HandoverDeclined': 'handover_declined',
  'ticketing.SeverityChanged': 'severity',
  'ticketing.StageMoved': 'stage',
  'ticketing.WorkaroundProposed': 'workaround_proposed',
  'ticketing.WorkaroundAccepted': 'workaround_accepted',
  'ticketing.WorkaroundDeclined': 'workaround_declined',
  'ticketing.WorkaroundApplied': 'workaround_applied',
  'ticketing.WorkaroundWorked': 'workaround_worked',
  'ticketing.WorkaroundFailed': 'workaround_failed',
  'ticketing.ResolutionProposed': 'resolution_proposed',
  'ticketing.ResolutionAccepted': 'resolution_accepted',
  'ticketing.ResolutionRejected': 'resolution_rejected',
  'ticketing.TicketWithdrawn': 'withdrawn',
  'ticketing.TicketClosed': 'closed',
  'ticketing.TicketReopened': 'reopened',
  'ticketing.FollowUpLinked': 'follow_up',
};

function kindOf(event: TicketEvent): string {
  return KINDS[event.type];
}

/** Leaves out what stands on the ticket itself, and the storage details of a file, which are nobody's business. */
function shown(event: RecordedEvent<TicketEvent>, data: object): object {
  if (event.type === 'ticketing.TicketOpened') {
    const { number: _n, companyId: _c, terms: _t, entry: _e, side: _s, ...opened } = event.data;
    return opened;
  }
  if (event.type !== 'ticketing.FileAttached') return data;
  const { attachmentId, fileName, size, contentType, sha256 } = event.data;
  return { attachmentId, fileName, size, contentType, sha256 };
}

/** `7` → `000007`, `7b` → `000007.02b`: text order is timeline order. */
export function orderOf(entry: string): string {
  const digits = /^\d+/.exec(entry)?.[0] ?? '0';
  const letters = entry.slice(digits.length);
  const order = digits.padStart(6, '0');
  return letters === '' ? order : `${order}.${String(letters.length).padStart(2, '0')}${letters}`;
}
