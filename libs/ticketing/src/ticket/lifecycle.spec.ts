import {
  ada,
  bob,
  by,
  casebook,
  days,
  hours,
  kate,
  mallory,
  minutes,
  moved,
  nina,
  noted,
  omar,
  opened,
  openedTask,
  replied,
  resolution,
  resolved,
  root,
  ticket,
  took,
  withdrawn,
  workaround,
  type Happening,
} from '../testing/tickets';
import type { LifecycleCommand } from './ticket.commands';
import { reopenUntil, statusOf } from './ticket';

type Opening = Extract<LifecycleCommand, { type: 'OpenTicket' }>['data'];
const issue: Opening = {
  number: 'CB-1042',
  companyId: 'acme',
  serviceId: 'production-24x7',
  takesTasks: false,
  terms: { planId: 'premium', reopenHours: 72, noAnswerDays: 14 },
  type: 'issue',
  severity: 'S2',
  products: [{ id: 'postgresql', version: '16' }],
  subject: 'Standby stopped',
  description: 'It does not come back.',
};
const { severity: _, ...withoutSeverity } = issue;
const task: Opening = { ...withoutSeverity, type: 'task', serviceId: 'remote-dba', takesTasks: true };

describe('opening a ticket', () => {
  const open = (data: Opening, actor = ada) => ticket().when({ type: 'OpenTicket', data }, { actor });

  it('records what the customer said as entry 1, with the terms of the day (R54, X10)', () => {
    const { takesTasks: _t, ...data } = issue;
    open(issue).then([{ type: 'ticketing.TicketOpened', data: { ...data, entry: '1', side: 'customer' } }]);
  });

  it('is open to every user of the company, not to its admins alone (R23)', () => {
    expect(open(issue, bob).events).toHaveLength(1);
  });

  it('starts in Triage, open, owed by the vendor (D12, D13)', () => {
    const { state } = open(issue);
    expect(state).toMatchObject({ stage: 'triage', owes: { side: 'vendor', reason: 'opened' }, severity: 'S2' });
    expect(state && statusOf(state)).toBe('open');
  });

  it('takes a task without severity from a managed service (R60)', () => {
    expect(open(task).state).toMatchObject({ type: 'task', stage: 'triage' });
    expect(open(task).state).not.toHaveProperty('severity');
  });

  it('takes an issue with a severity from a managed service too (R59)', () => {
    expect(open({ ...issue, serviceId: 'remote-dba', takesTasks: true }).events).toHaveLength(1);
  });

  it('refuses a task where the service takes issues only', () => {
    open({ ...task, takesTasks: false }).then('ticket.task_not_offered');
  });

  it('refuses an issue without a severity (R45)', () => {
    open(withoutSeverity).then('ticket.severity_missing');
  });

  it('refuses a task with a severity', () => {
    open({ ...task, severity: 'S1' }).then('ticket.task_has_no_severity');
  });

  it.each(['subject', 'description'] as const)(
    'refuses a ticket without %s, and says so at the field (R52)',
    (field) => {
      const outcome = open({ ...issue, [field]: '  ' });
      outcome.then('ticket.text_missing');
      expect(outcome.refused?.fields.map(({ path }) => path)).toEqual([field]);
    },
  );

  it('takes exactly 150,000 bytes of text and refuses one more, all fields together', () => {
    const full = { ...issue, subject: 'S', description: 'é'.repeat(74_999), stepsTaken: 'x' };
    expect(open(full).events).toHaveLength(1);
    open({ ...full, stepsTaken: 'xx' }).then('ticket.text_too_large');
    open({ ...full, hosts: [{ name: 'a', role: '' }] }).then('ticket.text_too_large');
  });

  it('refuses to open the same ticket twice', () => {
    ticket(opened()).when({ type: 'OpenTicket', data: issue }, { actor: ada }).then('ticket.exists');
  });

  it('refuses a customer who opens one for another company (R3)', () => {
    open(issue, mallory).then('ticket.forbidden');
  });

  it.each([nina, root, omar, kate])('is not for staff', (actor) => {
    open(issue, actor).then('ticket.forbidden');
  });
});

describe('changing the severity (S6)', () => {
  const change = (severity: 'S1' | 'S3', actor = ada, reason = 'Production is down') =>
    ticket(opened()).when({ type: 'ChangeSeverity', data: { severity, reason } }, { actor });

  it('records from, to and reason as an entry', () => {
    change('S1').then([
      {
        type: 'ticketing.SeverityChanged',
        data: { from: 'S3', to: 'S1', reason: 'Production is down', entry: '2', side: 'customer' },
      },
    ]);
  });

  it('is open to both sides', () => {
    for (const actor of [ada, bob, nina, root]) expect(change('S1', actor).state?.severity).toBe('S1');
  });

  it('makes the engineer who changes it accountable when nobody is (S2)', () => {
    expect(change('S1', nina).state?.assignee).toBe('nina');
    expect(change('S1', root).state?.assignee).toBeUndefined();
  });

  it('does nothing when the severity is that already', () => {
    change('S3').then([]);
  });

  it('needs a reason', () => {
    change('S1', ada, ' ').then('ticket.text_missing');
  });

  it('refuses a task, which has no severity', () => {
    ticket(openedTask())
      .when({ type: 'ChangeSeverity', data: { severity: 'S1', reason: 'x' } }, { actor: ada })
      .then('ticket.task_has_no_severity');
  });

  it('refuses a closed ticket', () => {
    ticket(opened(), withdrawn())
      .when({ type: 'ChangeSeverity', data: { severity: 'S1', reason: 'x' } }, { actor: ada })
      .then('ticket.closed');
  });
});

describe('moving the stage (D12)', () => {
  const move = (stage: 'mitigation' | 'resolution', ...before: Happening[]) =>
    ticket(opened(), took(), ...before).when({ type: 'MoveStage', data: { stage } }, { actor: nina });

  it('goes from Triage to Mitigation', () => {
    move('mitigation').then([
      { type: 'ticketing.StageMoved', data: { from: 'triage', to: 'mitigation', entry: '3', side: 'vendor' } },
    ]);
  });

  it('goes from Mitigation to Resolution, and from Triage there at once', () => {
    expect(move('resolution', moved('triage', 'mitigation')).state?.stage).toBe('resolution');
    expect(move('resolution').state?.stage).toBe('resolution');
  });

  it('keeps a reason when there is one', () => {
    const data = { stage: 'mitigation', reason: 'Restore first' } as const;
    const { events } = ticket(opened(), took()).when({ type: 'MoveStage', data }, { actor: nina });
    expect(events).toMatchObject([{ data: { reason: 'Restore first' } }]);
  });

  it('does nothing when the ticket is there already', () => {
    move('mitigation', moved('triage', 'mitigation')).then([]);
    move('resolution', moved('triage', 'resolution')).then([]);
  });

  it('never goes back', () => {
    move('mitigation', moved('triage', 'resolution')).then('ticket.stage_back');
  });

  it('refuses Mitigation for a task, and takes it to Resolution', () => {
    const given = ticket(openedTask(), took());
    given
      .when({ type: 'MoveStage', data: { stage: 'mitigation' } }, { actor: nina })
      .then('ticket.task_has_no_mitigation');
    expect(given.when({ type: 'MoveStage', data: { stage: 'resolution' } }, { actor: nina }).state?.stage).toBe(
      'resolution',
    );
  });

  it('refuses a closed ticket and everybody but engineers', () => {
    move('mitigation', withdrawn()).then('ticket.closed');
    for (const actor of [ada, root, omar, kate]) {
      ticket(opened())
        .when({ type: 'MoveStage', data: { stage: 'mitigation' } }, { actor })
        .then('ticket.forbidden');
    }
  });

  it('makes the engineer accountable when nobody is', () => {
    const { events } = ticket(opened()).when({ type: 'MoveStage', data: { stage: 'mitigation' } }, { actor: nina });
    expect(events.map(({ type }) => type)).toEqual(['ticketing.StageMoved', 'ticketing.TicketAssigned']);
  });
});

describe('withdrawing a ticket', () => {
  const withdraw = (actor = ada, reason = 'Solved it') =>
    ticket(opened()).when({ type: 'WithdrawTicket', data: { reason } }, { actor, now: hours(1) });

  it('closes it, and nobody owes anything', () => {
    const { state } = withdraw(bob);
    expect(state).toMatchObject({ stage: 'closed', closed: { kind: 'withdrawn', by: 'bob', at: hours(1) } });
    expect(state).not.toHaveProperty('owes');
  });

  it('needs a reason', () => {
    withdraw(ada, '').then('ticket.text_missing');
  });

  it('is for customers alone, and not for a closed ticket', () => {
    for (const actor of [nina, root, omar, casebook]) withdraw(actor).then('ticket.forbidden');
    ticket(opened(), withdrawn())
      .when({ type: 'WithdrawTicket', data: { reason: 'x' } }, { actor: ada })
      .then('ticket.closed');
  });
});

describe('closing a ticket', () => {
  const close = (code: 'duplicate' | 'merged' | 'no_answer' | 'not_ours', actor = nina, reason = 'Same as CB-1') =>
    ticket(opened(), took()).when({ type: 'CloseTicket', data: { code, reason } }, { actor });

  it.each(['duplicate', 'merged', 'not_ours'] as const)('as "%s" is possible for staff at any time', (code) => {
    close(code).then([
      { type: 'ticketing.TicketClosed', data: { code, reason: 'Same as CB-1', entry: '3', side: 'vendor' } },
    ]);
    expect(close(code, root).state).toMatchObject({ stage: 'closed', closed: { kind: 'closed' } });
  });

  it('needs a reason', () => {
    close('duplicate', nina, ' ').then('ticket.text_missing');
  });

  it('is never for a customer, and never done by Casebook itself (R100, D14)', () => {
    for (const actor of [ada, omar, kate, casebook]) close('duplicate', actor).then('ticket.forbidden');
  });

  it('refuses a closed ticket', () => {
    ticket(opened(), withdrawn())
      .when({ type: 'CloseTicket', data: { code: 'merged', reason: 'x' } }, { actor: nina })
      .then('ticket.closed');
  });

  it('drops what was asked for and offered', () => {
    const { state } = ticket(
      opened(),
      took(),
      by(nina, 'ticketing.HandoverOffered', { handoverId: 'h1', to: 'tom', note: 'Please' }),
    ).when({ type: 'CloseTicket', data: { code: 'merged', reason: 'x' } }, { actor: nina });
    expect(state).toMatchObject({ openNeeds: {} });
    expect(state).not.toHaveProperty('handover');
  });
});

describe('closing as "no answer" (D14)', () => {
  const proposed = resolution(hours(1));
  const due = (since: string) => new Date(Date.parse(since) + 14 * 86_400_000);
  const close = (now: string, ...after: Happening[]) =>
    ticket(opened(), took(), moved('triage', 'resolution'), proposed, ...after).when(
      { type: 'CloseTicket', data: { code: 'no_answer', reason: 'Silence' } },
      { actor: nina, now },
    );
  const just = (since: string) => [new Date(due(since).getTime() - 1).toISOString(), due(since).toISOString()] as const;

  it('is possible from exactly 14 days after the proposal, not a millisecond earlier', () => {
    const [early, onTime] = just(hours(1));
    close(early).then('ticket.no_answer_too_early');
    expect(close(onTime).state?.stage).toBe('closed');
  });

  it('follows the days of the plan', () => {
    const terms = { planId: 'standard', reopenHours: 72, noAnswerDays: 5 };
    const at = (now: string) =>
      ticket(opened({ terms }), took(), resolution(hours(1))).when(
        { type: 'CloseTicket', data: { code: 'no_answer', reason: 'Silence' } },
        { actor: nina, now },
      );
    at(days(5)).then('ticket.no_answer_too_early');
    expect(at(days(6)).state?.stage).toBe('closed');
  });

  it('is not possible without a proposed resolution, however long nobody writes', () => {
    ticket(opened(), took(), replied(nina, 'customer'))
      .when({ type: 'CloseTicket', data: { code: 'no_answer', reason: 'Silence' } }, { actor: nina, now: days(90) })
      .then('ticket.no_answer_too_early');
  });

  it('is not possible after a rejection', () => {
    close(days(90), by(ada, 'ticketing.ResolutionRejected', { resolutionId: 'r1', reason: 'No' })).then(
      'ticket.no_answer_too_early',
    );
  });

  it('is not possible while the customer waits for an answer to a question about it', () => {
    close(days(90), replied(ada, 'vendor', days(2))).then('ticket.no_answer_too_early');
  });

  it('counts anew from whatever the customer wrote since', () => {
    const since = days(10);
    const [early, onTime] = just(since);
    const conversation = [replied(ada, 'vendor', since), replied(nina, 'customer', days(11))];
    close(early, ...conversation).then('ticket.no_answer_too_early');
    expect(close(onTime, ...conversation).state?.stage).toBe('closed');
  });

  it('does not count anew for reminders and notes of the vendor', () => {
    const [, onTime] = just(hours(1));
    expect(close(onTime, replied(nina, 'customer', days(3)), noted(days(7))).state?.stage).toBe('closed');
  });
});

describe('reopening a ticket (R101)', () => {
  const acceptedAt = hours(2);
  const closedTicket = [opened(), took(), resolution(hours(1)), resolved(acceptedAt)];
  const lastMoment = new Date(Date.parse(acceptedAt) + 72 * 3_600_000 - 1).toISOString();
  const tooLate = new Date(Date.parse(acceptedAt) + 72 * 3_600_000).toISOString();
  const reopen = (now: string, actor = ada, reason = 'It is back') =>
    ticket(...closedTicket).when({ type: 'ReopenTicket', data: { reason } }, { actor, now });

  it('is possible until a millisecond before 72 hours after acceptance, and not at 72 hours (D3)', () => {
    expect(reopen(lastMoment).state?.stage).toBe('triage');
    reopen(tooLate).then('ticket.reopen_window_over');
  });

  it('names the end of the window, which is what the page shows', () => {
    expect(reopenUntil(ticket(...closedTicket).state!)).toBe(tooLate);
    expect(reopen(tooLate).refused?.message).toContain('2026-03-05 11:00 UTC');
  });

  it('counts from the withdrawal or the closing where that ended the ticket', () => {
    const after = (closing: Happening, now: string) =>
      ticket(opened(), closing).when({ type: 'ReopenTicket', data: { reason: 'x' } }, { actor: ada, now });
    const closed = by(nina, 'ticketing.TicketClosed', { code: 'no_answer', reason: 'x' }, days(1));
    for (const closing of [withdrawn(days(1)), closed]) {
      expect(after(closing, new Date(Date.parse(days(4)) - 1).toISOString()).state?.stage).toBe('triage');
      after(closing, days(4)).then('ticket.reopen_window_over');
    }
  });

  it('follows the hours of the plan', () => {
    const terms = { planId: 'short', reopenHours: 1, noAnswerDays: 14 };
    const at = (now: string) =>
      ticket(opened({ terms }), withdrawn(hours(1))).when(
        { type: 'ReopenTicket', data: { reason: 'x' } },
        { actor: ada, now },
      );
    expect(at(minutes(119)).state?.stage).toBe('triage');
    at(hours(2)).then('ticket.reopen_window_over');
  });

  it('goes back to Triage, owed by the vendor, with nothing proposed any more', () => {
    const { state } = reopen(hours(3));
    expect(state).toMatchObject({
      stage: 'triage',
      assignee: 'nina',
      owes: { side: 'vendor', reason: 'reopened', since: hours(3) },
    });
    expect(state).not.toHaveProperty('resolution');
    expect(state).not.toHaveProperty('workaround');
    expect(state).not.toHaveProperty('closed');
  });

  it('gives the engineer who reopens an ownerless ticket its ownership', () => {
    const { state } = ticket(opened(), withdrawn()).when(
      { type: 'ReopenTicket', data: { reason: 'x' } },
      { actor: nina },
    );
    expect(state?.assignee).toBe('nina');
  });

  it('needs a reason', () => {
    reopen(hours(3), ada, '').then('ticket.text_missing');
  });

  it('refuses an open ticket, and staff who do not manage tickets', () => {
    ticket(opened())
      .when({ type: 'ReopenTicket', data: { reason: 'x' } }, { actor: ada })
      .then('ticket.not_closed');
    for (const actor of [omar, kate]) reopen(hours(3), actor).then('ticket.forbidden');
  });
});

describe('linking a follow-up (R102)', () => {
  const link = { type: 'LinkFollowUp', data: { ticketId: 't2', number: 'CB-1100' } } as const;

  it('stands as an entry of the closed ticket, long after the reopen window', () => {
    ticket(opened(), withdrawn())
      .when(link, { actor: ada, now: days(400) })
      .then([
        { type: 'ticketing.FollowUpLinked', data: { ticketId: 't2', number: 'CB-1100', entry: '3', side: 'customer' } },
      ]);
  });

  it('leaves the ticket closed, owed by nobody', () => {
    const { state } = ticket(opened(), withdrawn()).when(link, { actor: ada, now: days(400) });
    expect(state).toMatchObject({ stage: 'closed', followUps: ['t2'] });
    expect(state).not.toHaveProperty('owes');
  });

  it('happens once for each follow-up', () => {
    ticket(opened(), withdrawn(), by(ada, 'ticketing.FollowUpLinked', { ticketId: 't2', number: 'CB-1100' }))
      .when(link, { actor: ada })
      .then([]);
  });

  it('refuses an open ticket', () => {
    ticket(opened()).when(link, { actor: ada }).then('ticket.not_closed');
  });
});

describe('a ticket that does not exist', () => {
  it('is missing for every command but opening', () => {
    const commands: LifecycleCommand[] = [
      { type: 'ChangeSeverity', data: { severity: 'S1', reason: 'x' } },
      { type: 'WithdrawTicket', data: { reason: 'x' } },
      { type: 'ReopenTicket', data: { reason: 'x' } },
      { type: 'LinkFollowUp', data: { ticketId: 't2', number: 'CB-2' } },
    ];
    for (const command of commands) ticket().when(command, { actor: ada }).then('ticket.missing');
  });
});

describe('statuses (D12)', () => {
  it('are open, awaiting acceptance and closed', () => {
    const status = (...more: Happening[]) => statusOf(ticket(opened(), took(), ...more).state!);
    expect(status(workaround())).toBe('open');
    expect(status(resolution())).toBe('awaiting_acceptance');
    expect(status(resolution(), by(ada, 'ticketing.ResolutionRejected', { resolutionId: 'r1', reason: 'No' }))).toBe(
      'open',
    );
    expect(status(resolution(), resolved())).toBe('closed');
    expect(status(resolution(), withdrawn())).toBe('closed');
  });
});
