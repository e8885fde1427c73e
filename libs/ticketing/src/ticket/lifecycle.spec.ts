import {
  ada,
  bob,
  by,
  kate,
  mallory,
  moved,
  nina,
  omar,
  opened,
  openedTask,
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
import { statusOf } from './ticket';

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
