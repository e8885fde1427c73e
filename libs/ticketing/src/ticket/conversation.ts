import { DomainError, type Decisions } from '@casebook/kernel';
import { entries, existing, open, sideOf, texts, vendorSays } from './rules';
import type { Ticket, TicketState } from './ticket';
import type { ConversationCommand } from './ticket.commands';
import type { Audience, CanNeed, TicketEvent } from './ticket.events';

/** Replies, notes, files and CAN reports. */
export const conversation: Decisions<TicketState, ConversationCommand, TicketEvent> = {
  PostReply(state, { body, owes }, { actor }) {
    const ticket = open(state);
    texts({ body }, ['body']);
    if (sideOf(actor) === 'customer') {
      return entries(ticket.entries, actor, [{ type: 'ticketing.ReplyPosted', data: { body, owes: 'vendor' } }]);
    }
    return vendorSays(ticket, actor, [{ type: 'ticketing.ReplyPosted', data: { body, owes: owes ?? 'customer' } }]);
  },

  // Staff may note something on a closed ticket too: what is learned later belongs to its record.
  AddNote(state, { body }, { actor }) {
    const ticket = existing(state);
    texts({ body }, ['body']);
    return entries(ticket.entries, actor, [{ type: 'ticketing.NoteAdded', data: { body } }]);
  },

  AttachFile(state, file, { actor }) {
    const ticket = open(state);
    if (ticket.attachments.includes(file.attachmentId)) return [];
    const attached = { type: 'ticketing.FileAttached' as const, data: { ...file, audience: 'customer' as const } };
    return sideOf(actor) === 'customer'
      ? entries(ticket.entries, actor, [attached])
      : vendorSays(ticket, actor, [attached]);
  },

  FileCanReport(state, report, { actor, commandId }) {
    const ticket = open(state);
    const lines = [...report.actions, ...report.needs];
    if (lines.some((line) => !line.text?.trim())) {
      throw new DomainError('invalid', 'can.line_empty', 'Every action and every need says something.');
    }
    texts(
      {
        conditions: report.conditions,
        ...(report.impact && { impact: report.impact }),
        lines: lines.map((line) => line.text ?? '').join('\n'),
      },
      ['conditions'],
    );
    const filed = {
      type: 'ticketing.CanReportFiled' as const,
      data: {
        ...report,
        reportId: commandId,
        sequence: ticket.can[report.audience] + 1,
        needs: report.needs.map((need, index) => ({
          ...need,
          n: index + 1,
          ...(isOpenNeed(ticket, report.audience, need) && { carried: true }),
        })),
      },
    };
    return report.audience === 'internal'
      ? entries(ticket.entries, actor, [filed])
      : vendorSays(ticket, actor, [filed]);
  },

  MeetNeed(state, { reportId, n }, { actor }) {
    const ticket = open(state);
    const need = ticket.openNeeds[`${reportId}/${n}`];
    // A customer never learns of an internal report, not even by the way it refuses.
    if (!need || (need.audience === 'internal' && sideOf(actor) === 'customer')) {
      throw new DomainError('missing', 'can.need_missing', 'This need does not exist or is met already.');
    }
    if (sideOf(actor) === 'customer' && need.from !== 'customer') {
      throw new DomainError('forbidden', 'can.need_not_yours', 'Only your own needs can be marked as met.');
    }
    const met = {
      type: 'ticketing.NeedMet' as const,
      data: { reportId, n, audience: need.audience, text: need.text },
    };
    return need.audience === 'internal' ? entries(ticket.entries, actor, [met]) : vendorSays(ticket, actor, [met]);
  },
};

/** True for a need that stands open already: the same side was asked for the same in a report to the same readers. */
function isOpenNeed(ticket: Ticket, audience: Audience, { from, text }: Pick<CanNeed, 'from' | 'text'>): boolean {
  return Object.values(ticket.openNeeds).some(
    (need) => need.audience === audience && need.from === from && need.text === text,
  );
}
