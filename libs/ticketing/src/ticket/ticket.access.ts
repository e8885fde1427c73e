import { DomainError, isStaff, type Actor, type StaffRole } from '@casebook/kernel';
import { asksCustomer, reopenUntil, type Ticket, type TicketState } from './ticket';
import type { TicketCommandType } from './ticket.commands';

/** Who may send a command: customers of the ticket's company, and staff holding one of these roles. */
interface Rule {
  readonly customer: boolean;
  readonly staff: readonly StaffRole[];
}
const ENGINEER: readonly StaffRole[] = ['engineer'];
const SPEAKERS: readonly StaffRole[] = ['engineer', 'account_owner'];
const MANAGERS: readonly StaffRole[] = ['engineer', 'administrator'];
const ALL_STAFF: readonly StaffRole[] = ['engineer', 'account_owner', 'knowledge_author', 'administrator'];

const RULES: Readonly<Record<TicketCommandType, Rule>> = {
  OpenTicket: { customer: true, staff: [] },
  ChangeSeverity: { customer: true, staff: MANAGERS },
  MoveStage: { customer: false, staff: ENGINEER },
  WithdrawTicket: { customer: true, staff: [] },
  CloseTicket: { customer: false, staff: MANAGERS },
  ReopenTicket: { customer: true, staff: MANAGERS },
  LinkFollowUp: { customer: true, staff: [] },
  PostReply: { customer: true, staff: SPEAKERS },
  AddNote: { customer: false, staff: ALL_STAFF },
  AttachFile: { customer: true, staff: SPEAKERS },
  FileCanReport: { customer: false, staff: ENGINEER },
  MeetNeed: { customer: true, staff: ENGINEER },
  ProposeWorkaround: { customer: false, staff: ENGINEER },
  AcceptWorkaround: { customer: true, staff: [] },
  DeclineWorkaround: { customer: true, staff: [] },
  MarkWorkaroundApplied: { customer: true, staff: [] },
  MarkWorkaroundWorked: { customer: true, staff: [] },
  MarkWorkaroundFailed: { customer: true, staff: [] },
  ProposeResolution: { customer: false, staff: ENGINEER },
  AcceptResolution: { customer: true, staff: [] },
  RejectResolution: { customer: true, staff: [] },
  AssignTicket: { customer: false, staff: MANAGERS },
  OfferHandover: { customer: false, staff: ENGINEER },
  AcceptHandover: { customer: false, staff: ENGINEER },
  DeclineHandover: { customer: false, staff: ENGINEER },
};

/** True when the actor may read the ticket at all: its company's people (R23) and the vendor's staff. */
export function maySee(ticket: Pick<Ticket, 'companyId'>, actor: Actor): boolean {
  return actor.kind !== 'customer' || actor.companyId === ticket.companyId;
}

/** Casebook itself never ends a ticket (R100, D14): people do. */
const ENDS_TICKET: readonly TicketCommandType[] = ['AcceptResolution', 'WithdrawTicket', 'CloseTicket'];

function may(type: TicketCommandType, actor: Actor): boolean {
  if (actor.kind === 'system') return !ENDS_TICKET.includes(type);
  return actor.kind === 'customer'
    ? RULES[type].customer
    : isStaff(actor) && RULES[type].staff.some((r) => actor.roles.includes(r));
}

/** Throws `missing` for another company's ticket, so that its existence stays unknown, and `forbidden` for a missing right. */
export function checkAccess(state: TicketState, type: TicketCommandType, actor: Actor): void {
  if (state && !maySee(state, actor)) {
    throw new DomainError('missing', 'ticket.missing', 'This ticket does not exist.');
  }
  if (!may(type, actor)) {
    throw new DomainError(
      'forbidden',
      'ticket.forbidden',
      actor.kind === 'customer' ? 'Only the support team can do this.' : 'Your role does not allow this on a ticket.',
    );
  }
}

/** What the portal may offer: names of actions that this actor could do on this ticket at this moment. */
export type TicketAction =
  | 'reply'
  | 'note'
  | 'attach'
  | 'can_report'
  | 'need_met'
  | 'workaround_propose'
  | 'workaround_accept'
  | 'workaround_decline'
  | 'workaround_applied'
  | 'workaround_worked'
  | 'workaround_failed'
  | 'resolution_propose'
  | 'resolution_accept'
  | 'resolution_reject'
  | 'take'
  | 'assign'
  | 'handover_offer'
  | 'handover_accept'
  | 'handover_decline'
  | 'severity'
  | 'stage_mitigation'
  | 'stage_resolution'
  | 'withdraw'
  | 'close'
  | 'reopen'
  | 'follow_up';

/** Actions open to the actor now. The decisions check again; this only spares the reader a refusal. */
export function allowedActions(ticket: Ticket, actor: Actor, now: string): TicketAction[] {
  if (!maySee(ticket, actor)) return [];
  const isOpen = ticket.stage !== 'closed';
  const undecided = ticket.workaround?.state === 'proposed' || ticket.resolution?.state === 'proposed';
  const me = actor.kind === 'system' ? undefined : actor.personId;
  const owned = ticket.assignee !== undefined;
  const until = reopenUntil(ticket);
  const mine = actor.kind !== 'customer' || asksCustomer(ticket);
  const table: readonly (readonly [TicketAction, TicketCommandType, boolean])[] = [
    ['reply', 'PostReply', isOpen && (actor.kind === 'customer' || owned || isStaff(actor, 'engineer'))],
    ['note', 'AddNote', true],
    ['attach', 'AttachFile', isOpen],
    ['can_report', 'FileCanReport', isOpen],
    ['need_met', 'MeetNeed', isOpen && mine && Object.keys(ticket.openNeeds).length > 0],
    ['workaround_propose', 'ProposeWorkaround', isOpen && !undecided && ticket.type === 'issue'],
    ['workaround_accept', 'AcceptWorkaround', isOpen && ticket.workaround?.state === 'proposed'],
    ['workaround_decline', 'DeclineWorkaround', isOpen && ticket.workaround?.state === 'proposed'],
    ['workaround_applied', 'MarkWorkaroundApplied', isOpen && ticket.workaround?.state === 'accepted'],
    ['workaround_worked', 'MarkWorkaroundWorked', isOpen && isTried(ticket)],
    ['workaround_failed', 'MarkWorkaroundFailed', isOpen && isTried(ticket)],
    ['resolution_propose', 'ProposeResolution', isOpen && !undecided],
    ['resolution_accept', 'AcceptResolution', isOpen && ticket.resolution?.state === 'proposed'],
    ['resolution_reject', 'RejectResolution', isOpen && ticket.resolution?.state === 'proposed'],
    ['take', 'AssignTicket', isOpen && ticket.assignee === undefined && isStaff(actor, 'engineer')],
    ['assign', 'AssignTicket', isOpen && (ticket.assignee === undefined || isStaff(actor, 'administrator'))],
    ['handover_offer', 'OfferHandover', isOpen && me !== undefined && ticket.assignee === me],
    ['handover_accept', 'AcceptHandover', isOpen && ticket.handover !== undefined && ticket.handover.to === me],
    ['handover_decline', 'DeclineHandover', isOpen && ticket.handover !== undefined && ticket.handover.to === me],
    ['severity', 'ChangeSeverity', isOpen && ticket.type === 'issue'],
    ['stage_mitigation', 'MoveStage', ticket.stage === 'triage' && ticket.type === 'issue'],
    ['stage_resolution', 'MoveStage', ticket.stage === 'triage' || ticket.stage === 'mitigation'],
    ['withdraw', 'WithdrawTicket', isOpen],
    ['close', 'CloseTicket', isOpen],
    ['reopen', 'ReopenTicket', !isOpen && until !== undefined && now < until],
    ['follow_up', 'LinkFollowUp', !isOpen],
  ];
  return table.filter(([, type, possible]) => possible && may(type, actor)).map(([action]) => action);
}

function isTried(ticket: Ticket): boolean {
  return ticket.workaround?.state === 'accepted' || ticket.workaround?.state === 'applied';
}
