import { DomainError, isStaff, type Decisions } from '@casebook/kernel';
import { entries, open, requireFreshReport, texts } from './rules';
import type { Ticket, TicketState } from './ticket';
import type { OwnershipCommand } from './ticket.commands';
import type { TicketEvent } from './ticket.events';

/** One accountable engineer per ticket (S2). */
export const ownership: Decisions<TicketState, OwnershipCommand, TicketEvent> = {
  AssignTicket(state, { assignee, engineer }, { actor }) {
    const ticket = open(state);
    if (ticket.assignee === assignee) return [];
    mustBeEngineer(engineer);
    if (ticket.assignee !== undefined && !isStaff(actor, 'administrator')) {
      throw new DomainError(
        'conflict',
        'ticket.has_owner',
        'Somebody is accountable for this ticket already. They hand it over, or an administrator assigns it.',
      );
    }
    const took = actor.kind === 'staff' && actor.personId === assignee;
    return entries(ticket.entries, actor, [
      {
        type: 'ticketing.TicketAssigned',
        data: {
          assignee,
          ...(ticket.assignee !== undefined && { previous: ticket.assignee }),
          how: took ? 'took' : 'assigned',
        },
      },
    ]);
  },

  OfferHandover(state, { to, engineer, note }, { actor, now, commandId }) {
    const ticket = open(state);
    if (actor.kind !== 'staff' || ticket.assignee !== actor.personId) {
      throw new DomainError('forbidden', 'ticket.not_owner', 'Only the accountable engineer hands a ticket over.');
    }
    if (to === actor.personId) {
      throw new DomainError('invalid', 'handover.to_self', 'Choose somebody else.', [
        { path: 'to', message: 'Choose somebody else.' },
      ]);
    }
    mustBeEngineer(engineer);
    texts({ note }, ['note']);
    requireFreshReport(ticket, now);
    return entries(ticket.entries, actor, [
      { type: 'ticketing.HandoverOffered', data: { handoverId: commandId, to, note } },
    ]);
  },

  AcceptHandover(state, { handoverId }, { actor, now }) {
    const { ticket, personId } = offered(state, handoverId, actor);
    // The ticket changes hands now, and may have become a priority incident since the offer.
    requireFreshReport(ticket, now);
    return entries(ticket.entries, actor, [
      {
        type: 'ticketing.TicketAssigned',
        data: {
          assignee: personId,
          ...(ticket.assignee !== undefined && { previous: ticket.assignee }),
          how: 'handover',
        },
      },
    ]);
  },

  DeclineHandover(state, { handoverId, note }, { actor }) {
    const { ticket } = offered(state, handoverId, actor);
    texts({ ...(note && { note }) }, []);
    return entries(ticket.entries, actor, [
      { type: 'ticketing.HandoverDeclined', data: { handoverId, ...(note && { note }) } },
    ]);
  },
};

function mustBeEngineer(engineer: boolean): void {
  if (!engineer) {
    throw new DomainError('invalid', 'ticket.not_an_engineer', 'Only an engineer can be accountable for a ticket.');
  }
}

function offered(
  state: TicketState,
  handoverId: string,
  actor: Parameters<typeof isStaff>[0],
): { ticket: Ticket; personId: string } {
  const ticket = open(state);
  if (ticket.handover?.id !== handoverId) {
    throw new DomainError('missing', 'handover.missing', 'This handover does not exist or is over.');
  }
  if (actor.kind !== 'staff' || actor.personId !== ticket.handover.to) {
    throw new DomainError('forbidden', 'handover.not_yours', 'Only the engineer it is offered to answers a handover.');
  }
  return { ticket, personId: actor.personId };
}
