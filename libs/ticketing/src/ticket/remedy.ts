import { DomainError, type Decisions } from '@casebook/kernel';
import { entries, open, texts, vendorSays, type NewEntry } from './rules';
import type { Ticket, TicketState, WorkaroundState } from './ticket';
import type { RemedyCommand } from './ticket.commands';
import type { TicketEvent } from './ticket.events';

/** Workarounds restore service (S7), resolutions end the ticket when the customer accepts (S8, R99, R100). */
export const remedy: Decisions<TicketState, RemedyCommand, TicketEvent> = {
  ProposeWorkaround(state, { body }, { actor, commandId }) {
    const ticket = open(state);
    if (ticket.type === 'task') {
      throw new DomainError('conflict', 'ticket.task_has_no_mitigation', 'A task has no Mitigation stage.');
    }
    nothingUndecided(ticket);
    texts({ body }, ['body']);
    const moved: NewEntry[] =
      ticket.stage === 'triage' ? [{ type: 'ticketing.StageMoved', data: { from: 'triage', to: 'mitigation' } }] : [];
    return vendorSays(ticket, actor, [
      ...moved,
      { type: 'ticketing.WorkaroundProposed', data: { workaroundId: commandId, body } },
    ]);
  },

  AcceptWorkaround(state, { workaroundId }, { actor }) {
    const ticket = workaround(state, workaroundId, ['proposed']);
    return entries(ticket.entries, actor, [{ type: 'ticketing.WorkaroundAccepted', data: { workaroundId } }]);
  },

  DeclineWorkaround(state, { workaroundId, reason }, { actor }) {
    const ticket = workaround(state, workaroundId, ['proposed']);
    texts({ reason }, ['reason']);
    return entries(ticket.entries, actor, [{ type: 'ticketing.WorkaroundDeclined', data: { workaroundId, reason } }]);
  },

  MarkWorkaroundApplied(state, { workaroundId }, { actor }) {
    const ticket = workaround(state, workaroundId, ['accepted']);
    return entries(ticket.entries, actor, [{ type: 'ticketing.WorkaroundApplied', data: { workaroundId } }]);
  },

  MarkWorkaroundWorked(state, { workaroundId }, { actor }) {
    const ticket = workaround(state, workaroundId, ['accepted', 'applied']);
    const moved: NewEntry[] =
      ticket.stage === 'resolution'
        ? []
        : [{ type: 'ticketing.StageMoved', data: { from: ticket.stage, to: 'resolution' } }];
    return entries(ticket.entries, actor, [{ type: 'ticketing.WorkaroundWorked', data: { workaroundId } }, ...moved]);
  },

  MarkWorkaroundFailed(state, { workaroundId, reason }, { actor }) {
    const ticket = workaround(state, workaroundId, ['accepted', 'applied']);
    texts({ ...(reason && { reason }) }, []);
    return entries(ticket.entries, actor, [
      { type: 'ticketing.WorkaroundFailed', data: { workaroundId, ...(reason && { reason }) } },
    ]);
  },

  ProposeResolution(state, { symptoms, rootCause, steps }, { actor, commandId }) {
    const ticket = open(state);
    nothingUndecided(ticket);
    texts({ symptoms, rootCause, steps }, ['symptoms', 'rootCause', 'steps']);
    const moved: NewEntry[] =
      ticket.stage === 'resolution'
        ? []
        : [{ type: 'ticketing.StageMoved', data: { from: ticket.stage, to: 'resolution' } }];
    return vendorSays(ticket, actor, [
      ...moved,
      { type: 'ticketing.ResolutionProposed', data: { resolutionId: commandId, symptoms, rootCause, steps } },
    ]);
  },

  AcceptResolution(state, { resolutionId }, { actor }) {
    const ticket = proposedResolution(state, resolutionId);
    return entries(ticket.entries, actor, [{ type: 'ticketing.ResolutionAccepted', data: { resolutionId } }]);
  },

  RejectResolution(state, { resolutionId, reason }, { actor }) {
    const ticket = proposedResolution(state, resolutionId);
    texts({ reason }, ['reason']);
    return entries(ticket.entries, actor, [{ type: 'ticketing.ResolutionRejected', data: { resolutionId, reason } }]);
  },
};

/** The customer decides one thing at a time. */
function nothingUndecided(ticket: Ticket): void {
  if (ticket.workaround?.state === 'proposed') {
    throw new DomainError('conflict', 'workaround.undecided', 'A proposed workaround still waits for an answer.');
  }
  if (ticket.resolution?.state === 'proposed') {
    throw new DomainError('conflict', 'resolution.undecided', 'A proposed resolution still waits for an answer.');
  }
}

function workaround(state: TicketState, id: string, states: readonly WorkaroundState[]): Ticket {
  const ticket = open(state);
  if (ticket.workaround?.id !== id) {
    throw new DomainError('missing', 'workaround.missing', 'This workaround does not exist or was replaced.');
  }
  if (!states.includes(ticket.workaround.state)) {
    throw new DomainError('conflict', 'workaround.state', `This workaround is ${ticket.workaround.state} already.`);
  }
  return ticket;
}

function proposedResolution(state: TicketState, id: string): Ticket {
  const ticket = open(state);
  if (ticket.resolution?.id !== id) {
    throw new DomainError('missing', 'resolution.missing', 'This resolution does not exist or was replaced.');
  }
  if (ticket.resolution.state !== 'proposed') {
    throw new DomainError('conflict', 'resolution.state', `This resolution is ${ticket.resolution.state} already.`);
  }
  return ticket;
}
