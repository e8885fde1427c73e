import { DomainError, type Decisions } from '@casebook/kernel';
import { NO_ENTRIES } from './entry-number';
import { entries, existing, open, texts, vendorSays } from './rules';
import { reopenUntil, type TicketState } from './ticket';
import type { LifecycleCommand } from './ticket.commands';
import type { TicketEvent } from './ticket.events';

/** Opening, severity, stage, closing and reopening (D12). */
export const lifecycle: Decisions<TicketState, LifecycleCommand, TicketEvent> = {
  OpenTicket(state, data, { actor }) {
    if (state) throw new DomainError('conflict', 'ticket.exists', 'This ticket is open already.');
    const { takesTasks, ...ticket } = data;
    if (actor.kind === 'customer' && actor.companyId !== data.companyId) {
      throw new DomainError('forbidden', 'ticket.forbidden', 'Customers open tickets for their own company.');
    }
    if (data.type === 'task' && !takesTasks) {
      throw new DomainError('invalid', 'ticket.task_not_offered', 'This service takes issues only, not tasks.', [
        { path: 'type', message: 'This service takes issues only.' },
      ]);
    }
    if (data.type === 'issue' && !data.severity) {
      throw new DomainError('invalid', 'ticket.severity_missing', 'Please choose a severity.', [
        { path: 'severity', message: 'Please choose one of S1 to S4.' },
      ]);
    }
    if (data.type === 'task' && data.severity) {
      throw new DomainError('invalid', 'ticket.task_has_no_severity', 'A task has no severity.', [
        { path: 'severity', message: 'A task has no severity.' },
      ]);
    }
    const { subject, description, environment, impact, stepsTaken } = data;
    const hosts = data.hosts?.map((host) => `${host.name ?? ''} ${host.role ?? ''}`).join(' ');
    texts(
      {
        subject,
        description,
        ...(environment && { environment }),
        ...(impact && { impact }),
        ...(stepsTaken && { stepsTaken }),
        ...(hosts && { hosts }),
      },
      ['subject', 'description'],
    );
    return entries(NO_ENTRIES, actor, [{ type: 'ticketing.TicketOpened', data: ticket }]);
  },

  ChangeSeverity(state, { severity, reason }, { actor }) {
    const ticket = open(state);
    if (!ticket.severity) {
      throw new DomainError('conflict', 'ticket.task_has_no_severity', 'A task has no severity.');
    }
    if (ticket.severity === severity) return [];
    texts({ reason }, ['reason']);
    return vendorSays(ticket, actor, [
      { type: 'ticketing.SeverityChanged', data: { from: ticket.severity, to: severity, reason } },
    ]);
  },

  MoveStage(state, { stage, reason }, { actor }) {
    const ticket = open(state);
    if (ticket.stage === stage) return [];
    if (ticket.stage === 'resolution') {
      throw new DomainError('conflict', 'ticket.stage_back', 'A stage goes one way: this ticket is in Resolution.');
    }
    if (ticket.type === 'task' && stage === 'mitigation') {
      throw new DomainError('conflict', 'ticket.task_has_no_mitigation', 'A task has no Mitigation stage.');
    }
    texts({ ...(reason && { reason }) }, []);
    return vendorSays(ticket, actor, [
      { type: 'ticketing.StageMoved', data: { from: ticket.stage, to: stage, ...(reason && { reason }) } },
    ]);
  },

  WithdrawTicket(state, { reason }, { actor }) {
    const ticket = open(state);
    texts({ reason }, ['reason']);
    return entries(ticket.entries, actor, [{ type: 'ticketing.TicketWithdrawn', data: { reason } }]);
  },

  CloseTicket(state, { code, reason }, { actor, now }) {
    const ticket = open(state);
    texts({ reason }, ['reason']);
    if (code === 'no_answer') {
      const asked =
        ticket.resolution?.state === 'proposed' && ticket.owes?.side === 'customer' ? ticket.resolution : undefined;
      const due = asked && Date.parse(asked.quietSince) + ticket.terms.noAnswerDays * 86_400_000;
      if (due === undefined || Date.parse(now) < due) {
        throw new DomainError(
          'conflict',
          'ticket.no_answer_too_early',
          `"No answer" needs a resolution that nobody has answered for ${ticket.terms.noAnswerDays} days.`,
        );
      }
    }
    return vendorSays(ticket, actor, [{ type: 'ticketing.TicketClosed', data: { code, reason } }]);
  },

  ReopenTicket(state, { reason }, { actor, now }) {
    const ticket = existing(state);
    if (!ticket.closed) throw new DomainError('conflict', 'ticket.not_closed', `${ticket.number} is not closed.`);
    texts({ reason }, ['reason']);
    const until = reopenUntil(ticket);
    if (until !== undefined && now >= until) {
      throw new DomainError(
        'conflict',
        'ticket.reopen_window_over',
        `${ticket.number} could be reopened until ${until.slice(0, 16).replace('T', ' ')} UTC. Open a follow-up ticket instead.`,
      );
    }
    return vendorSays(ticket, actor, [{ type: 'ticketing.TicketReopened', data: { reason } }]);
  },

  LinkFollowUp(state, { ticketId, number }, { actor }) {
    const ticket = existing(state);
    if (ticket.followUps.includes(ticketId)) return [];
    if (!ticket.closed) {
      throw new DomainError('conflict', 'ticket.not_closed', `${ticket.number} is open: reply there instead.`);
    }
    return entries(ticket.entries, actor, [{ type: 'ticketing.FollowUpLinked', data: { ticketId, number } }]);
  },
};
