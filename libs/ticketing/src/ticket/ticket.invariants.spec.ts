import { decide } from '@casebook/kernel';
import fc from 'fast-check';
import { recorded, without } from '@casebook/kernel/testing';
import { commandFor, play, someSteps, type Life } from '../testing/random-tickets';
import { EVERYBODY, guardedTicket, nina, tom } from '../testing/tickets';
import { allowedActions } from './ticket.access';
import { audienceOf, ticketCatalog, ticketEventTypes } from './ticket.events';
import { evolve, statusOf, type Ticket, type TicketState } from './ticket';

// Properties over whole lives take seconds where the machine is busy.
jest.setTimeout(60_000);

const lives = fc.tuple(someSteps, fc.boolean()).map(([steps, task]) => play(steps, task));
const check = (property: (life: Life) => void, numRuns = 200) => {
  fc.assert(fc.property(lives, property), { numRuns });
};
const replay = (events: Life['events']) => events.reduce<TicketState>(evolve, undefined);
/** Each event with the state it led to. */
const steps = ({ events, states }: Life) => events.map((event, index) => [event, states[index]!] as const);

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe('any life of a ticket', () => {
  it('holds every type of event now and then, so that what follows speaks of all of them', () => {
    const types = fc.sample(lives, { seed: 7, numRuns: 400 }).flatMap(({ events }) => events.map(({ type }) => type));
    expect([...new Set(types)].sort()).toEqual([...ticketEventTypes].sort());
  });

  it('replays to the same state twice, from JSON too, and without touching an event', () => {
    check(({ events, states }) => {
      expect(replay(frozen(events))).toEqual(states.at(-1));
      expect(replay(JSON.parse(JSON.stringify(events)) as Life['events'])).toEqual(states.at(-1));
    });
  });

  it('numbers public entries without a gap and letters internal ones after them (D10)', () => {
    check((life) => {
      let last = 0;
      for (const [event, state] of steps(life)) {
        if (audienceOf(event) === 'customer') expect(event.data.entry).toBe(String((last += 1)));
        else expect(event.data.entry).toMatch(new RegExp(`^${last}[a-z]+$`));
        expect(state.entries.public).toBe(last);
      }
      const numbers = life.events.map(({ data }) => data.entry);
      expect(new Set(numbers).size).toBe(numbers.length);
    });
  });

  it('moves its stage one way, except by reopening (D12)', () => {
    const order = ['triage', 'mitigation', 'resolution', 'closed'];
    check((life) => {
      let before: Ticket | undefined;
      for (const [event, state] of steps(life)) {
        if (event.type === 'ticketing.TicketReopened') {
          expect([before?.stage, state.stage]).toEqual(['closed', 'triage']);
        } else if (before) {
          expect(order.indexOf(state.stage)).toBeGreaterThanOrEqual(order.indexOf(before.stage));
        }
        if (event.type === 'ticketing.StageMoved') {
          expect([event.data.from, event.data.to]).toEqual([before?.stage, state.stage]);
        }
        before = state;
      }
    });
  });

  it('is owed by nobody once closed, and by somebody until then (D13)', () => {
    check(({ states }) => {
      for (const state of states) {
        expect([state.stage, state.owes === undefined]).toEqual([state.stage, state.stage === 'closed']);
        expect(statusOf(state) === 'closed').toBe(state.closed !== undefined);
      }
    });
  });

  it('has an owner from the first public entry of an engineer on (S2)', () => {
    check((life) => {
      let spoken = false;
      for (const [index, [event, state]] of steps(life).entries()) {
        const last = life.events[index + 1]?.metadata.commandId !== event.metadata.commandId;
        spoken ||=
          audienceOf(event) === 'customer' &&
          [nina, tom].some((e) => e.kind === 'staff' && e.personId === event.metadata.actor);
        if (spoken && last) expect(state.assignee).toBeDefined();
      }
    });
  });

  it('keeps a task without severity and without Mitigation', () => {
    check(({ states }) => {
      for (const { type, severity, stage } of states) {
        if (type === 'task') expect([severity, stage === 'mitigation']).toEqual([undefined, false]);
      }
    });
  });

  it('closes a resolved ticket by the customer’s acceptance alone, or with a reason of staff (R100)', () => {
    check((life) => {
      for (const [event, state] of steps(life)) {
        if (state.closed?.kind === 'accepted' && state.closed.at === event.metadata.time) {
          expect(state.resolution?.state).toBe('accepted');
        }
        const ends = ['ticketing.ResolutionAccepted', 'ticketing.TicketWithdrawn'];
        if (ends.includes(event.type)) expect(event.data.side).toBe('customer');
      }
    });
  });
});

describe('a ticket whose texts were erased', () => {
  const withoutTexts = (events: Life['events'], gone: (index: number, path: string) => boolean): Life['events'] =>
    events.map((event, index) => {
      const { sealed } = ticketCatalog[event.type];
      const data = without(event.data, (path) => Object.hasOwn(sealed, path) && gone(index, path));
      return { ...event, data } as (typeof events)[number];
    });
  /** The only texts that a state holds. */
  const plain = (state: TicketState) =>
    state && {
      ...state,
      openNeeds: Object.fromEntries(Object.entries(state.openNeeds).map(([key, need]) => [key, { ...need, text: '' }])),
    };

  it('has the same state, whichever texts are gone: erasing changes no debt, stage or right', () => {
    fc.assert(
      fc.property(lives, fc.func(fc.boolean()), ({ events, states, now }, gone) => {
        const erased = replay(withoutTexts(events, gone));
        expect(plain(erased)).toEqual(plain(states.at(-1)));
        for (const actor of EVERYBODY) {
          expect(allowedActions(erased!, actor, now)).toEqual(allowedActions(states.at(-1)!, actor, now));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is worked on as before when all texts are gone', () => {
    check(({ events, now }) => {
      const state = replay(withoutTexts(events, () => true))!;
      for (const actor of EVERYBODY) {
        for (const action of allowedActions(state, actor, now)) {
          // Their refusal depends on a time, not on a text.
          if (action === 'handover_offer' || action === 'handover_accept') continue;
          const command = commandFor(action, state, actor, 1);
          const facts = decide(guardedTicket, state, command, { actor, now, commandId: 'command-9' });
          const after = facts.reduce<TicketState>((s, fact) => evolve(s, recorded(fact, { time: now })), state);
          expect(after?.entries.public).toBeGreaterThan(0);
        }
      }
    }, 60);
  });
});
