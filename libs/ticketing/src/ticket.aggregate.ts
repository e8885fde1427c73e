import { Aggregate, AggregateCommand } from '@casebook/commands';
import type { EventLog } from '@casebook/event-store';
import { DomainError } from '@casebook/kernel';
import { accessDecider, type AccessCommand, type AccessEvent } from './access/access';
import { checkAccess } from './ticket/ticket.access';
import type { TicketCommandBody } from './ticket/ticket.commands';
import { ticketDecider } from './ticket/ticket.decider';
import type { TicketEvent } from './ticket/ticket.events';
import type { TicketState } from './ticket/ticket';

/** Every change of a ticket goes through the CommandBus as one of these. */
export class TicketCommand extends AggregateCommand<TicketState, TicketCommandBody, TicketEvent> {}
/** A download, recorded beside the ticket (X12). */
export class AccessLogCommand extends AggregateCommand<null, AccessCommand, AccessEvent> {}

export type TicketAggregate = Aggregate<TicketState, TicketCommandBody, TicketEvent>;
export type AccessAggregate = Aggregate<null, AccessCommand, AccessEvent>;

export function createTicketAggregate(log: EventLog, clock: () => Date): TicketAggregate {
  return new Aggregate(
    {
      name: 'ticket',
      decider: ticketDecider,
      checkAccess,
      companyOf: (state, command) =>
        state?.companyId ?? (command.type === 'OpenTicket' ? command.data.companyId : undefined),
      // A customer's version counts public entries alone: an internal note never makes their reply stale.
      versionFor: (state, revision, actor) => ticketVersion(actor.kind, state?.entries.public ?? 0, revision),
    },
    log,
    clock,
  );
}

/** The ETag of a ticket for one kind of reader. */
export function ticketVersion(
  kind: 'customer' | 'staff' | 'system',
  publicEntries: number,
  revision: number | string,
): string {
  return kind === 'customer' ? `p${publicEntries}` : `r${revision}`;
}

export function createAccessAggregate(log: EventLog, clock: () => Date): AccessAggregate {
  return new Aggregate(
    {
      name: 'access',
      decider: accessDecider,
      checkAccess: (_state, _type, actor) => {
        if (actor.kind === 'system') throw new DomainError('forbidden', 'access.person', 'Only a person downloads.');
      },
      companyOf: (_state, command) => command.data.companyId,
      versionFor: (_state, revision) => String(revision),
    },
    log,
    clock,
  );
}
