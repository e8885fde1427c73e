import { decide, DomainError, type Actor } from '@casebook/kernel';
import fc from 'fast-check';
import { commandFor, CUSTOMERS, EVERY_ACTION, play, someSteps, STAFF, type Life } from '../testing/random-tickets';
import {
  ada,
  bob,
  by,
  casebook,
  EVERYBODY,
  guardedTicket,
  idOf,
  kate,
  mallory,
  nina,
  noted,
  omar,
  opened,
  reported,
  root,
  ticket,
  took,
  withdrawn,
  type Happening,
} from '../testing/tickets';
import { allowedActions, checkAccess, maySee, type TicketAction } from './ticket.access';
import type { TicketCommandBody, TicketCommandType } from './ticket.commands';
import { ticketDecider } from './ticket.decider';
import { audienceOf, type TicketEvent } from './ticket.events';
import { evolve, isPriority, type Ticket, type TicketState } from './ticket';

// Properties over whole lives take seconds where the machine is busy.
jest.setTimeout(60_000);

const COMMANDS = Object.keys(ticketDecider.decide) as TicketCommandType[];

interface Answer {
  readonly events?: readonly TicketEvent[];
  readonly refused?: readonly [kind: string, code: string, message: string];
}
function answer(state: TicketState, command: TicketCommandBody, actor: Actor, now: string): Answer {
  try {
    return { events: decide(guardedTicket, state, command, { actor, now, commandId: 'command-9' }) };
  } catch (error) {
    if (error instanceof DomainError) return { refused: [error.kind, error.code, error.message] };
    throw error;
  }
}

describe('who may see a ticket (R3, R23)', () => {
  it('is everybody of its company, and staff', () => {
    const seen = EVERYBODY.filter((actor) => maySee({ companyId: 'acme' }, actor));
    expect(seen).toEqual(EVERYBODY.filter((actor) => actor !== mallory));
  });

  it('is told to nobody else: every command answers as if there were no ticket', () => {
    const { state } = ticket(opened());
    for (const type of COMMANDS) {
      expect(() => {
        checkAccess(state, type, mallory);
      }).toThrow(expect.objectContaining({ kind: 'missing', code: 'ticket.missing' }) as Error);
    }
  });
});

describe('who may send a command', () => {
  const granted = (actor: Actor) =>
    COMMANDS.filter((type) => {
      try {
        checkAccess(undefined, type, actor);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ kind: 'forbidden', code: 'ticket.forbidden' });
        return false;
      }
    }).sort();
  const customers = [
    'AcceptResolution',
    'AcceptWorkaround',
    'AttachFile',
    'ChangeSeverity',
    'DeclineWorkaround',
    'LinkFollowUp',
    'MarkWorkaroundApplied',
    'MarkWorkaroundFailed',
    'MarkWorkaroundWorked',
    'MeetNeed',
    'OpenTicket',
    'PostReply',
    'RejectResolution',
    'ReopenTicket',
    'WithdrawTicket',
  ];

  it('is the same for both roles of a customer (R23)', () => {
    expect(granted(ada)).toEqual(customers);
    expect(granted(bob)).toEqual(customers);
  });

  it('follows the roles of staff (D9)', () => {
    expect(granted(nina)).toEqual([
      'AcceptHandover',
      'AddNote',
      'AssignTicket',
      'AttachFile',
      'ChangeSeverity',
      'CloseTicket',
      'DeclineHandover',
      'FileCanReport',
      'MeetNeed',
      'MoveStage',
      'OfferHandover',
      'PostReply',
      'ProposeResolution',
      'ProposeWorkaround',
      'ReopenTicket',
    ]);
    expect(granted(root)).toEqual(['AddNote', 'AssignTicket', 'ChangeSeverity', 'CloseTicket', 'ReopenTicket']);
    expect(granted(omar)).toEqual(['AddNote', 'AttachFile', 'PostReply']);
    expect(granted(kate)).toEqual(['AddNote']);
  });

  it('adds up for staff who hold several roles', () => {
    const both: Actor = { kind: 'staff', personId: 'x', roles: ['account_owner', 'administrator'] };
    expect(granted(both)).toEqual([...new Set([...granted(root), ...granted(omar)])].sort());
    expect(granted({ kind: 'staff', personId: 'x', roles: [] })).toEqual([]);
  });

  it('is Casebook itself for all but what ends a ticket (R100, D14)', () => {
    const ends = ['AcceptResolution', 'CloseTicket', 'WithdrawTicket'];
    expect(granted(casebook)).toEqual(COMMANDS.filter((type) => !ends.includes(type)).sort());
  });
});

describe('the actions that are offered', () => {
  const offered = (actor: Actor, ...happenings: Happening[]) => {
    const { state } = ticket(opened(), ...happenings);
    return allowedActions(state!, actor, '2026-03-02T10:00:00.000Z');
  };

  it('guide a customer through a new ticket', () => {
    expect(offered(ada)).toEqual(['reply', 'attach', 'severity', 'withdraw']);
  });

  it('guide an engineer through a new ticket', () => {
    expect(offered(nina)).toEqual([
      'reply',
      'note',
      'attach',
      'can_report',
      'workaround_propose',
      'resolution_propose',
      'take',
      'assign',
      'severity',
      'stage_mitigation',
      'stage_resolution',
      'close',
    ]);
  });

  it('are reopening and a follow-up on a closed ticket, and the follow-up alone later (R101, R102)', () => {
    expect(offered(ada, withdrawn())).toEqual(['reopen', 'follow_up']);
    const { state } = ticket(opened(), withdrawn('2026-03-02T09:30:00.000Z'));
    const at = (now: string) => allowedActions(state!, ada, now);
    expect(at('2026-03-05T09:29:59.999Z')).toEqual(['reopen', 'follow_up']);
    expect(at('2026-03-05T09:30:00.000Z')).toEqual(['follow_up']);
  });

  it('say nothing to a customer of internal entries (S4)', () => {
    const asked = reported('internal', [{ text: 'x', from: 'customer' }]);
    const handover = by(nina, 'ticketing.HandoverOffered', { handoverId: 'h', to: 'ada', note: 'x' });
    expect(offered(ada, took(), noted(), asked, handover)).toEqual(offered(ada, took()));
  });

  /** What stays refused although it is offered: the refusal says to write the report first, and why. */
  const explained = (action: TicketAction, state: Ticket, { refused }: Answer) =>
    ['handover_offer', 'handover_accept'].includes(action) &&
    isPriority(state) &&
    refused?.[1] === 'ticket.handover_needs_report';
  /** Administrators who are engineers take an owned ticket by assigning it. */
  const elsewhere = (action: TicketAction, all: readonly TicketAction[]) => action === 'take' && all.includes('assign');

  /** Where offer and decision disagree, in words. */
  function disagreements({ states, now }: Life, seed: number): string[] {
    return states.flatMap((state) =>
      EVERYBODY.flatMap((actor) => {
        const all = allowedActions(state, actor, now);
        return EVERY_ACTION.flatMap((action) => {
          const result = answer(state, commandFor(action, state, actor, seed), actor, now);
          const done = (result.events?.length ?? 0) > 0;
          const offered = all.includes(action);
          if (done === offered || explained(action, state, result) || (done && elsewhere(action, all))) return [];
          return [
            `${idOf(actor)} ${action}: ${offered ? `refused as ${result.refused?.[1] ?? 'nothing to do'}` : 'done'}`,
          ];
        });
      }),
    );
  }

  it('are never refused, and what is not offered is refused or does nothing', () => {
    fc.assert(
      fc.property(someSteps, fc.boolean(), fc.nat(1_000), (steps, task, seed) => {
        expect(disagreements(play(steps, task), seed)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('cover every command but opening', () => {
    const { state } = ticket(opened());
    const sent = EVERY_ACTION.map((action) => commandFor(action, state!, nina, 1).type);
    expect([...new Set(sent), 'OpenTicket'].sort()).toEqual([...COMMANDS].sort());
  });
});

describe('what internal entries tell a customer (S4)', () => {
  it('is nothing: every command, offer and debt is the same with and without them', () => {
    let internal = 0;
    fc.assert(
      fc.property(someSteps, fc.nat(1_000), (steps, seed) => {
        const { events, states, now } = play(steps);
        const full = states.at(-1)!;
        const open = events.filter((event) => audienceOf(event) === 'customer');
        internal += events.length - open.length;
        const seen = open.reduce<TicketState>(evolve, undefined)!;
        for (const actor of CUSTOMERS) {
          expect(allowedActions(full, actor, now)).toEqual(allowedActions(seen, actor, now));
          for (const action of EVERY_ACTION) {
            // The ids come from the full state, and from staff: a customer may guess those of internal entries.
            for (const author of [actor, ...STAFF]) {
              const command = commandFor(action, full, author, seed);
              const answers = [full, seen].map((state) => JSON.stringify(answer(state, command, actor, now)));
              if (answers[0] !== answers[1]) expect(answers[0]).toBe(answers[1]);
            }
          }
        }
        expect([full.owes, full.stage, full.entries.public]).toEqual([seen.owes, seen.stage, seen.entries.public]);
      }),
      { numRuns: 40 },
    );
    expect(internal).toBeGreaterThan(100);
  });
});
