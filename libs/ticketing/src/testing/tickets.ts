import type { Actor, Decider } from '@casebook/kernel';
import { given, recorded, SOME_TIME } from '@casebook/kernel/testing';
import { nextEntry, NO_ENTRIES } from '../ticket/entry-number';
import { sideOf, type NewEntry } from '../ticket/rules';
import { checkAccess } from '../ticket/ticket.access';
import type { TicketCommandBody, TicketCommandType } from '../ticket/ticket.commands';
import { ticketDecider } from '../ticket/ticket.decider';
import { audienceOf, type TicketEvent } from '../ticket/ticket.events';
import type { TicketState } from '../ticket/ticket';

/** Customers: Ada and Bob of Acme, Mallory of another company. Staff: two engineers, and one of each other role. */
export const ada: Actor = { kind: 'customer', personId: 'ada', companyId: 'acme', role: 'A' };
export const bob: Actor = { kind: 'customer', personId: 'bob', companyId: 'acme', role: 'U' };
export const mallory: Actor = { kind: 'customer', personId: 'mallory', companyId: 'globex', role: 'A' };
export const nina: Actor = { kind: 'staff', personId: 'nina', roles: ['engineer'] };
export const tom: Actor = { kind: 'staff', personId: 'tom', roles: ['engineer', 'account_owner'] };
export const root: Actor = { kind: 'staff', personId: 'root', roles: ['administrator'] };
export const omar: Actor = { kind: 'staff', personId: 'omar', roles: ['account_owner'] };
export const kate: Actor = { kind: 'staff', personId: 'kate', roles: ['knowledge_author'] };
export const casebook: Actor = { kind: 'system', name: 'ticketing' };
export const EVERYBODY: readonly Actor[] = [ada, bob, mallory, nina, tom, root, omar, kate, casebook];

/** SOME_TIME and so many minutes. */
export function minutes(count: number): string {
  return new Date(Date.parse(SOME_TIME) + count * 60_000).toISOString();
}
export const hours = (count: number): string => minutes(count * 60);
export const days = (count: number): string => hours(count * 24);

/** Something that happened to a ticket. */
export interface Happening {
  readonly by: Actor;
  readonly fact: NewEntry;
  readonly at?: string;
}

export function by<T extends NewEntry['type']>(
  actor: Actor,
  type: T,
  data: Extract<NewEntry, { type: T }>['data'],
  at?: string,
): Happening {
  return { by: actor, fact: { type, data } as NewEntry, ...(at !== undefined && { at }) };
}

type Opened = Extract<NewEntry, { type: 'ticketing.TicketOpened' }>['data'];
const OPENED: Opened = {
  number: 'CB-1042',
  companyId: 'acme',
  serviceId: 'production-24x7',
  terms: { planId: 'premium', reopenHours: 72, noAnswerDays: 14 },
  type: 'issue',
  severity: 'S3',
  products: [{ id: 'postgresql', version: '16' }],
  subject: 'Standby stopped',
  description: 'It does not come back.',
};

export const opened = (data: Partial<Opened> = {}): Happening =>
  by(ada, 'ticketing.TicketOpened', { ...OPENED, ...data });
export function openedTask(): Happening {
  const { severity: _, ...task } = OPENED;
  return by(ada, 'ticketing.TicketOpened', { ...task, type: 'task', serviceId: 'remote-dba' });
}
export const took = (actor: Actor = nina, at?: string): Happening =>
  by(actor, 'ticketing.TicketAssigned', { assignee: idOf(actor), how: 'took' }, at);
export const replied = (actor: Actor, owes: 'customer' | 'vendor' | 'third_party', at?: string): Happening =>
  by(actor, 'ticketing.ReplyPosted', { body: 'Hello', owes }, at);
export const noted = (at?: string): Happening => by(nina, 'ticketing.NoteAdded', { body: 'Between us' }, at);
export const moved = (from: 'triage' | 'mitigation', to: 'mitigation' | 'resolution'): Happening =>
  by(nina, 'ticketing.StageMoved', { from, to });
export const workaround = (at?: string): Happening =>
  by(nina, 'ticketing.WorkaroundProposed', { workaroundId: 'w1', body: 'Restart it' }, at);
export const accepted = (): Happening => by(ada, 'ticketing.WorkaroundAccepted', { workaroundId: 'w1' });
export const resolution = (at?: string): Happening =>
  by(
    nina,
    'ticketing.ResolutionProposed',
    { resolutionId: 'r1', symptoms: 'Lag', rootCause: 'Disk', steps: 'New disk' },
    at,
  );
export const resolved = (at?: string): Happening => by(ada, 'ticketing.ResolutionAccepted', { resolutionId: 'r1' }, at);
export const withdrawn = (at?: string): Happening => by(ada, 'ticketing.TicketWithdrawn', { reason: 'Solved' }, at);

type Need = Extract<NewEntry, { type: 'ticketing.CanReportFiled' }>['data']['needs'][number];
export const reported = (
  audience: 'customer' | 'internal',
  needs: readonly Omit<Need, 'n'>[] = [],
  at?: string,
  reportId = audience === 'internal' ? 'can-internal' : 'can-1',
): Happening =>
  by(
    nina,
    'ticketing.CanReportFiled',
    {
      reportId,
      audience,
      sequence: 1,
      conditions: 'Down since nine',
      actions: [],
      needs: needs.map((need, index) => ({ ...need, n: index + 1 })),
    },
    at,
  );

export function idOf(actor: Actor): string {
  return actor.kind === 'system' ? actor.name : actor.personId;
}

/** The happenings as recorded events, numbered; each a minute after the one before unless it says when. */
export function history(...happenings: readonly Happening[]): RecordedTicketEvent[] {
  let count = NO_ENTRIES;
  let time = minutes(-1);
  return happenings.map(({ by: actor, fact, at }, index) => {
    const event = { ...fact, data: { ...fact.data, entry: '', side: sideOf(actor) } } as TicketEvent;
    const next = nextEntry(count, audienceOf(event));
    count = next.count;
    time = at ?? new Date(Date.parse(time) + 60_000).toISOString();
    const numbered = { ...event, data: { ...event.data, entry: next.entry } } as TicketEvent;
    return recorded<TicketEvent>(numbered, { actor: idOf(actor), time }, index);
  });
}
export type RecordedTicketEvent = ReturnType<typeof recorded<TicketEvent>>;

type Decision = (state: TicketState, data: unknown, context: { actor: Actor }) => readonly TicketEvent[];

/** The ticket's decisions behind its access rules, in the order in which a command meets them. */
export const guardedTicket: Decider<TicketState, TicketCommandBody, TicketEvent> = {
  ...ticketDecider,
  decide: Object.fromEntries(
    Object.entries(ticketDecider.decide).map(([type, decision]): [string, Decision] => [
      type,
      (state, data, context) => {
        checkAccess(state, type as TicketCommandType, context.actor);
        return (decision as Decision)(state, data, context);
      },
    ]),
  ) as unknown as typeof ticketDecider.decide,
};

/** A ticket after these happenings, for when(command, { actor, now }).then(events or code). */
export function ticket(...happenings: readonly Happening[]) {
  return given(guardedTicket, history(...happenings));
}
