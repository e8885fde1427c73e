import type { Decider } from '@casebook/kernel';
import { conversation } from './conversation';
import { lifecycle } from './lifecycle';
import { ownership } from './ownership';
import { remedy } from './remedy';
import { evolve, type TicketState } from './ticket';
import type { TicketCommandBody } from './ticket.commands';
import type { TicketEvent } from './ticket.events';

/** All of a ticket's rules: `decide` by theme, `evolve` in ticket.ts, who may do what in ticket.access.ts. */
export const ticketDecider: Decider<TicketState, TicketCommandBody, TicketEvent> = {
  initial: undefined,
  decide: { ...lifecycle, ...conversation, ...remedy, ...ownership },
  evolve,
};
