import type { RecordedEvent } from '@casebook/kernel';
import type { SearchSource } from '@casebook/search';
import type { TicketEvent } from '../ticket/ticket.events';

/** Tickets are found by number, and by the words of subject and description. */
export const ticketSearchSource: SearchSource = {
  name: 'tickets',
  version: 1,
  handles: ['ticketing.TicketOpened'],
  changes(recorded) {
    const event = recorded as RecordedEvent<TicketEvent>;
    if (event.type !== 'ticketing.TicketOpened') return [];
    const { number, companyId, subject, description } = event.data;
    return [
      {
        put: {
          kind: 'ticket',
          id: event.stream.slice('ticket-'.length),
          company: companyId,
          audience: 'customer',
          ref: number,
          title: subject,
          body: description,
        },
      },
    ];
  },
};
