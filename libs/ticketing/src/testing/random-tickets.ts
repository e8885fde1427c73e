import { decide, DomainError, type Actor } from '@casebook/kernel';
import { recorded } from '@casebook/kernel/testing';
import fc from 'fast-check';
import { allowedActions, type TicketAction } from '../ticket/ticket.access';
import type { TicketCommandBody } from '../ticket/ticket.commands';
import { evolve, type Ticket, type TicketState } from '../ticket/ticket';
import { SEVERITIES, type TicketEvent } from '../ticket/ticket.events';
import { ada, bob, EVERYBODY, guardedTicket, idOf, nina, omar, root, tom, type RecordedTicketEvent } from './tickets';

/** Every text that people write freely begins so: it may lie open nowhere. */
export const FREE_TEXT = '§';
const text = (seed: number): string => `${FREE_TEXT}${seed}`;
/** Few texts, so that reports repeat each other's needs now and then. */
const need = (seed: number) => ({
  text: text(seed % 3),
  from: (['customer', 'vendor', 'third_party'] as const)[seed % 3] ?? 'customer',
  due: '2026-05-01T00:00:00.000Z',
});

/** One of: a sensible command for something the actor is offered, or any command at all. */
export interface Step {
  readonly actor: number;
  readonly pick: number;
  readonly seed: number;
  readonly minutes: number;
}
export const aStep: fc.Arbitrary<Step> = fc.record({
  actor: fc.nat(),
  pick: fc.nat(),
  seed: fc.nat(10_000),
  minutes: fc.oneof({ weight: 6, arbitrary: fc.nat(90) }, { weight: 1, arbitrary: fc.nat(30_000) }),
});
export const someSteps = fc.array(aStep, { maxLength: 60, size: 'max' });

/** A ticket's life: its events in order, and its state after each. */
export interface Life {
  readonly events: readonly RecordedTicketEvent[];
  readonly states: readonly Ticket[];
  readonly now: string;
}

const ACTIONS = [
  'reply',
  'note',
  'attach',
  'can_report',
  'need_met',
  'workaround_propose',
  'workaround_accept',
  'workaround_decline',
  'workaround_applied',
  'workaround_worked',
  'workaround_failed',
  'resolution_propose',
  'resolution_accept',
  'resolution_reject',
  'take',
  'assign',
  'handover_offer',
  'handover_accept',
  'handover_decline',
  'severity',
  'stage_mitigation',
  'stage_resolution',
  'withdraw',
  'close',
  'reopen',
  'follow_up',
] as const satisfies readonly TicketAction[];
export const EVERY_ACTION: readonly TicketAction[] = ACTIONS;

/** Opens a ticket and plays the steps; what is refused changes nothing. */
export function play(steps: readonly Step[], task = false): Life {
  let now = '2026-03-02T09:00:00.000Z';
  const events: RecordedTicketEvent[] = [];
  const states: Ticket[] = [];
  let state: TicketState;
  const send = (command: TicketCommandBody, actor: Actor): void => {
    const commandId = `command-${events.length}`;
    for (const fact of attempt(state, command, actor, now, commandId)) {
      const event = recorded<TicketEvent>(fact, { actor: idOf(actor), time: now, commandId }, events.length);
      events.push(event);
      state = evolve(state, event);
      if (state) states.push(state);
    }
  };
  send(opening(task), ada);
  for (const { actor: n, pick, seed, minutes } of steps) {
    now = new Date(Date.parse(now) + minutes * 60_000).toISOString();
    const actor = EVERYBODY[n % EVERYBODY.length] ?? ada;
    if (!state) break;
    const offered = seed % 5 === 0 ? ACTIONS : allowedActions(state, actor, now);
    const action = offered[pick % offered.length];
    if (action) send(commandFor(action, state, actor, seed), actor);
  }
  return { events, states, now };
}

/** The events of a command, or none when it was refused. */
function attempt(state: TicketState, command: TicketCommandBody, actor: Actor, now: string, commandId: string) {
  try {
    return decide(guardedTicket, state, command, { actor, now, commandId });
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

function opening(task: boolean): TicketCommandBody {
  return {
    type: 'OpenTicket',
    data: {
      type: task ? 'task' : 'issue',
      ...(!task && { severity: 'S2' as const }),
      number: 'CB-1042',
      companyId: 'acme',
      serviceId: 'remote-dba',
      takesTasks: true,
      terms: { planId: 'premium', reopenHours: 72, noAnswerDays: 14 },
      products: [{ id: 'postgresql', version: '16' }],
      subject: text(1),
      description: text(2),
      environment: text(3),
      impact: text(4),
      stepsTaken: text(5),
      hosts: [{ name: text(6), role: text(7) }],
      followUpOf: { ticketId: 'ticket-0', number: 'CB-1000' },
    },
  };
}

/** A sensible command for an action: ids that fit where the ticket has them, texts filled in. */
export function commandFor(action: TicketAction, ticket: Ticket, actor: Actor, seed: number): TicketCommandBody {
  const reason = text(seed);
  const workaroundId = ticket.workaround?.id ?? 'none';
  const resolutionId = ticket.resolution?.id ?? 'none';
  const handoverId = ticket.handover?.id ?? 'none';
  switch (action) {
    case 'reply':
      return {
        type: 'PostReply',
        data: {
          body: reason,
          ...(seed % 2 > 0 && { owes: (['customer', 'vendor', 'third_party'] as const)[seed % 3] ?? 'vendor' }),
        },
      };
    case 'note':
      return { type: 'AddNote', data: { body: reason } };
    case 'attach':
      return {
        type: 'AttachFile',
        data: {
          attachmentId: `file-${ticket.attachments.length}`,
          fileName: text(seed),
          contentType: 'text/plain',
          size: seed,
          sha256: 'ab',
          object: 'object',
          wrappedKey: 'key',
        },
      };
    case 'can_report':
      return {
        type: 'FileCanReport',
        data: {
          audience: seed % 2 > 0 ? 'customer' : 'internal',
          conditions: reason,
          impact: reason,
          since: '2026-03-01T00:00:00.000Z',
          actions: [{ text: reason, owner: reason, status: 'planned', eta: '2026-05-01T00:00:00.000Z' }],
          needs: seed % 7 === 0 ? [] : [need(seed), need(seed + 1)],
          nextReportDue: '2026-05-01T00:00:00.000Z',
        },
      };
    case 'need_met':
      return meetNeed(ticket, actor, seed);
    case 'workaround_propose':
      return { type: 'ProposeWorkaround', data: { body: reason } };
    case 'workaround_accept':
      return { type: 'AcceptWorkaround', data: { workaroundId } };
    case 'workaround_decline':
      return { type: 'DeclineWorkaround', data: { workaroundId, reason } };
    case 'workaround_applied':
      return { type: 'MarkWorkaroundApplied', data: { workaroundId } };
    case 'workaround_worked':
      return { type: 'MarkWorkaroundWorked', data: { workaroundId } };
    case 'workaround_failed':
      return { type: 'MarkWorkaroundFailed', data: { workaroundId, reason } };
    case 'resolution_propose':
      return { type: 'ProposeResolution', data: { symptoms: reason, rootCause: reason, steps: reason } };
    case 'resolution_accept':
      return { type: 'AcceptResolution', data: { resolutionId } };
    case 'resolution_reject':
      return { type: 'RejectResolution', data: { resolutionId, reason } };
    case 'take':
      return { type: 'AssignTicket', data: { assignee: idOf(actor), engineer: actor === nina || actor === tom } };
    case 'assign':
      return { type: 'AssignTicket', data: { assignee: other(ticket.assignee), engineer: true } };
    case 'handover_offer':
      return { type: 'OfferHandover', data: { to: other(idOf(actor)), engineer: true, note: reason } };
    case 'handover_accept':
      return { type: 'AcceptHandover', data: { handoverId } };
    case 'handover_decline':
      return { type: 'DeclineHandover', data: { handoverId, note: reason } };
    case 'severity':
      return { type: 'ChangeSeverity', data: { severity: otherSeverity(ticket, seed), reason } };
    case 'stage_mitigation':
      return { type: 'MoveStage', data: { stage: 'mitigation', reason } };
    case 'stage_resolution':
      return { type: 'MoveStage', data: { stage: 'resolution', reason } };
    case 'withdraw':
      return { type: 'WithdrawTicket', data: { reason } };
    case 'close':
      return { type: 'CloseTicket', data: { code: 'duplicate', reason } };
    case 'reopen':
      return { type: 'ReopenTicket', data: { reason } };
    case 'follow_up':
      return { type: 'LinkFollowUp', data: { ticketId: `follow-up-${ticket.followUps.length}`, number: 'CB-1100' } };
  }
}

function meetNeed(ticket: Ticket, actor: Actor, seed: number): TicketCommandBody {
  const needs = Object.entries(ticket.openNeeds).filter(
    ([, { from, audience }]) => actor.kind !== 'customer' || (from === 'customer' && audience === 'customer'),
  );
  const [reportId = 'none', n = '1'] = needs[seed % Math.max(1, needs.length)]?.[0].split('/') ?? [];
  return { type: 'MeetNeed', data: { reportId, n: Number(n) } };
}

function other(id: string | undefined): string {
  return id === 'nina' ? 'tom' : 'nina';
}

function otherSeverity(ticket: Ticket, seed: number) {
  const others = SEVERITIES.filter((severity) => severity !== ticket.severity);
  return others[seed % others.length] ?? 'S1';
}

/** Customers of the ticket's company, for what they may learn. */
export const CUSTOMERS: readonly Actor[] = [ada, bob];
export const STAFF: readonly Actor[] = [nina, tom, root, omar];
