import {
  accepted,
  ada,
  bob,
  by,
  casebook,
  hours,
  kate,
  minutes,
  moved,
  nina,
  omar,
  opened,
  openedTask,
  resolution,
  resolved,
  root,
  ticket,
  tom,
  took,
  withdrawn,
  workaround,
  type Happening,
} from '../testing/tickets';
import type { RemedyCommand } from './ticket.commands';
import { statusOf } from './ticket';

const start = [opened(), took()];
const mitigating = [...start, moved('triage', 'mitigation')];
const ofCustomer = (type: 'AcceptWorkaround' | 'MarkWorkaroundApplied' | 'MarkWorkaroundWorked') =>
  ({ type, data: { workaroundId: 'w1' } }) as const;
const declined = by(ada, 'ticketing.WorkaroundDeclined', { workaroundId: 'w1', reason: 'Risky' });
const applied = by(ada, 'ticketing.WorkaroundApplied', { workaroundId: 'w1' });
const worked = by(ada, 'ticketing.WorkaroundWorked', { workaroundId: 'w1' });
const failed = by(ada, 'ticketing.WorkaroundFailed', { workaroundId: 'w1' });
const rejected = by(ada, 'ticketing.ResolutionRejected', { resolutionId: 'r1', reason: 'No' });

describe('proposing a workaround (S7, R99)', () => {
  const propose = { type: 'ProposeWorkaround', data: { body: 'Restart it' } } as const;

  it('moves a ticket from Triage to Mitigation, and then waits for the customer', () => {
    const outcome = ticket(...start).when(propose, { actor: nina, commandId: 'w9' });
    outcome.then([
      { type: 'ticketing.StageMoved', data: { from: 'triage', to: 'mitigation', entry: '3', side: 'vendor' } },
      {
        type: 'ticketing.WorkaroundProposed',
        data: { workaroundId: 'w9', body: 'Restart it', entry: '4', side: 'vendor' },
      },
    ]);
    expect(outcome.state).toMatchObject({ stage: 'mitigation', owes: { side: 'customer' } });
  });

  it('leaves the stage where it is later', () => {
    for (const before of [mitigating, [...start, moved('triage', 'resolution')]]) {
      expect(ticket(...before).when(propose, { actor: nina }).events).toHaveLength(1);
    }
  });

  it('makes its writer accountable when nobody is', () => {
    expect(ticket(opened()).when(propose, { actor: tom }).state?.assignee).toBe('tom');
  });

  it('may replace one that was answered, and not one that waits', () => {
    for (const answer of [declined, accepted(), failed]) {
      const { state } = ticket(...mitigating, workaround(), answer).when(propose, { actor: nina, commandId: 'w9' });
      expect(state?.workaround).toEqual({ id: 'w9', state: 'proposed' });
    }
    ticket(...mitigating, workaround())
      .when(propose, { actor: nina })
      .then('workaround.undecided');
  });

  it('waits for an answer to a proposed resolution', () => {
    ticket(...start, resolution())
      .when(propose, { actor: nina })
      .then('resolution.undecided');
    expect(ticket(...start, resolution(), rejected).when(propose, { actor: nina }).refused).toBeUndefined();
  });

  it('refuses a task, a closed ticket, an empty text, and everybody but engineers', () => {
    ticket(openedTask()).when(propose, { actor: nina }).then('ticket.task_has_no_mitigation');
    ticket(...start, withdrawn())
      .when(propose, { actor: nina })
      .then('ticket.closed');
    ticket(...start)
      .when({ type: 'ProposeWorkaround', data: { body: '' } }, { actor: nina })
      .then('ticket.text_missing');
    for (const actor of [ada, root, omar, kate])
      ticket(...start)
        .when(propose, { actor })
        .then('ticket.forbidden');
  });
});

describe('answering a workaround (S7)', () => {
  const after = (...more: Happening[]) => ticket(...mitigating, workaround(), ...more);
  const decline = { type: 'DeclineWorkaround', data: { workaroundId: 'w1', reason: 'Risky' } } as const;
  const fail = { type: 'MarkWorkaroundFailed', data: { workaroundId: 'w1', reason: 'Still down' } } as const;

  it('is recorded step by step: accepted, applied, worked', () => {
    const accept = after().when(ofCustomer('AcceptWorkaround'), { actor: bob });
    accept.then([{ type: 'ticketing.WorkaroundAccepted', data: { workaroundId: 'w1', entry: '5', side: 'customer' } }]);
    expect(accept.state?.workaround?.state).toBe('accepted');
    const apply = after(accepted()).when(ofCustomer('MarkWorkaroundApplied'), { actor: bob });
    apply.then([{ type: 'ticketing.WorkaroundApplied', data: { workaroundId: 'w1', entry: '6', side: 'customer' } }]);
    expect(apply.state?.workaround?.state).toBe('applied');
    const work = after(accepted(), applied).when(ofCustomer('MarkWorkaroundWorked'), { actor: bob });
    work.then([
      { type: 'ticketing.WorkaroundWorked', data: { workaroundId: 'w1', entry: '7', side: 'customer' } },
      {
        type: 'ticketing.StageMoved',
        data: { from: 'mitigation', to: 'resolution', entry: '8', side: 'customer' },
      },
    ]);
    expect(work.state).toMatchObject({ stage: 'resolution', workaround: { state: 'worked' } });
  });

  it('says that it worked or failed without saying that it was applied first', () => {
    expect(after(accepted()).when(ofCustomer('MarkWorkaroundWorked'), { actor: ada }).state?.stage).toBe('resolution');
    expect(after(accepted()).when(fail, { actor: ada }).state?.workaround?.state).toBe('failed');
  });

  it('moves no stage when the ticket is in Resolution already', () => {
    const given = ticket(...start, moved('triage', 'resolution'), workaround(), accepted());
    expect(given.when(ofCustomer('MarkWorkaroundWorked'), { actor: ada }).events).toHaveLength(1);
  });

  it('declines with a reason, and stays in Mitigation', () => {
    after()
      .when(decline, { actor: ada })
      .then([
        {
          type: 'ticketing.WorkaroundDeclined',
          data: { workaroundId: 'w1', reason: 'Risky', entry: '5', side: 'customer' },
        },
      ]);
    expect(after().when(decline, { actor: ada }).state).toMatchObject({
      stage: 'mitigation',
      workaround: { state: 'declined' },
    });
    after()
      .when({ ...decline, data: { workaroundId: 'w1', reason: ' ' } }, { actor: ada })
      .then('ticket.text_missing');
  });

  it('fails with or without a reason, and stays in Mitigation', () => {
    after(accepted(), applied)
      .when(fail, { actor: ada })
      .then([
        {
          type: 'ticketing.WorkaroundFailed',
          data: { workaroundId: 'w1', reason: 'Still down', entry: '7', side: 'customer' },
        },
      ]);
    after(accepted(), applied)
      .when({ type: 'MarkWorkaroundFailed', data: { workaroundId: 'w1' } }, { actor: ada })
      .then([{ type: 'ticketing.WorkaroundFailed', data: { workaroundId: 'w1', entry: '7', side: 'customer' } }]);
  });

  const steps: readonly RemedyCommand[] = [
    ofCustomer('AcceptWorkaround'),
    decline,
    ofCustomer('MarkWorkaroundApplied'),
    ofCustomer('MarkWorkaroundWorked'),
    fail,
  ];
  const possible: Readonly<Record<string, readonly RemedyCommand['type'][]>> = {
    proposed: ['AcceptWorkaround', 'DeclineWorkaround'],
    accepted: ['MarkWorkaroundApplied', 'MarkWorkaroundWorked', 'MarkWorkaroundFailed'],
    applied: ['MarkWorkaroundWorked', 'MarkWorkaroundFailed'],
    declined: [],
    worked: [],
    failed: [],
  };
  const reached: Readonly<Record<string, readonly Happening[]>> = {
    proposed: [],
    accepted: [accepted()],
    applied: [accepted(), applied],
    declined: [declined],
    worked: [accepted(), worked],
    failed: [accepted(), failed],
  };

  it.each(Object.keys(possible))('takes from %s only the steps that follow', (state) => {
    for (const step of steps) {
      const outcome = after(...(reached[state] ?? [])).when(step, { actor: ada });
      expect([step.type, outcome.refused?.code]).toEqual([
        step.type,
        possible[state]?.includes(step.type) ? undefined : 'workaround.state',
      ]);
    }
  });

  it('knows the newest workaround only', () => {
    const newer = by(nina, 'ticketing.WorkaroundProposed', { workaroundId: 'w2', body: 'x' });
    for (const step of steps) {
      ticket(...mitigating)
        .when(step, { actor: ada })
        .then('workaround.missing');
      after(declined, newer).when(step, { actor: ada }).then('workaround.missing');
    }
  });

  it('is the customer’s alone, and over once the ticket is closed', () => {
    for (const step of steps) {
      for (const actor of [nina, root, omar, kate]) after().when(step, { actor }).then('ticket.forbidden');
      after(withdrawn()).when(step, { actor: ada }).then('ticket.closed');
    }
  });
});

describe('proposing a resolution (S8)', () => {
  const texts = { symptoms: 'Lag', rootCause: 'Disk', steps: 'New disk' };
  const propose = { type: 'ProposeResolution', data: texts } as const;

  it('moves the ticket to Resolution, awaiting acceptance, owed by the customer', () => {
    const outcome = ticket(...mitigating).when(propose, { actor: nina, commandId: 'r9', now: hours(5) });
    outcome.then([
      { type: 'ticketing.StageMoved', data: { from: 'mitigation', to: 'resolution', entry: '4', side: 'vendor' } },
      {
        type: 'ticketing.ResolutionProposed',
        data: { resolutionId: 'r9', ...texts, entry: '5', side: 'vendor' },
      },
    ]);
    expect(outcome.state).toMatchObject({
      stage: 'resolution',
      resolution: { id: 'r9', state: 'proposed', quietSince: hours(5) },
      owes: { side: 'customer', reason: 'resolution_proposed', since: hours(5) },
    });
    expect(outcome.state && statusOf(outcome.state)).toBe('awaiting_acceptance');
  });

  it('goes from Triage to Resolution at once for a task (D12)', () => {
    const { events } = ticket(openedTask(), took()).when(propose, { actor: nina });
    expect(events).toMatchObject([
      { data: { from: 'triage', to: 'resolution' } },
      { type: 'ticketing.ResolutionProposed' },
    ]);
  });

  it('waits for an answer to what was proposed before', () => {
    ticket(...mitigating, workaround())
      .when(propose, { actor: nina })
      .then('workaround.undecided');
    ticket(...start, resolution())
      .when(propose, { actor: nina })
      .then('resolution.undecided');
    expect(
      ticket(...start, resolution(), rejected)
        .when(propose, { actor: nina })
        .events.at(-1)?.type,
    ).toBe('ticketing.ResolutionProposed');
  });

  it.each(['symptoms', 'rootCause', 'steps'] as const)('needs %s', (field) => {
    ticket(...start)
      .when({ type: 'ProposeResolution', data: { ...texts, [field]: '' } }, { actor: nina })
      .then('ticket.text_missing');
  });

  it('refuses a closed ticket and everybody but engineers', () => {
    ticket(...start, withdrawn())
      .when(propose, { actor: nina })
      .then('ticket.closed');
    for (const actor of [ada, root, omar, kate])
      ticket(...start)
        .when(propose, { actor })
        .then('ticket.forbidden');
  });
});

describe('answering a resolution (R100)', () => {
  const given = ticket(...start, moved('triage', 'resolution'), resolution());
  const accept = { type: 'AcceptResolution', data: { resolutionId: 'r1' } } as const;
  const reject = { type: 'RejectResolution', data: { resolutionId: 'r1', reason: 'Still slow' } } as const;

  it('closes the ticket when the customer accepts', () => {
    const outcome = given.when(accept, { actor: bob, now: minutes(90) });
    outcome.then([
      { type: 'ticketing.ResolutionAccepted', data: { resolutionId: 'r1', entry: '5', side: 'customer' } },
    ]);
    expect(outcome.state).toMatchObject({
      stage: 'closed',
      resolution: { state: 'accepted' },
      closed: { kind: 'accepted', by: 'bob', at: minutes(90) },
    });
    expect(outcome.state).not.toHaveProperty('owes');
  });

  it('keeps it in Resolution, owed by the vendor, when the customer rejects with a reason', () => {
    const outcome = given.when(reject, { actor: ada });
    outcome.then([
      {
        type: 'ticketing.ResolutionRejected',
        data: { resolutionId: 'r1', reason: 'Still slow', entry: '5', side: 'customer' },
      },
    ]);
    expect(outcome.state).toMatchObject({ stage: 'resolution', owes: { side: 'vendor' } });
    expect(outcome.state && statusOf(outcome.state)).toBe('open');
    given.when({ ...reject, data: { resolutionId: 'r1', reason: '' } }, { actor: ada }).then('ticket.text_missing');
  });

  it('is the customer’s alone: neither staff nor Casebook itself accepts', () => {
    for (const actor of [nina, root, omar, kate, casebook]) given.when(accept, { actor }).then('ticket.forbidden');
    for (const actor of [nina, root, omar, kate]) given.when(reject, { actor }).then('ticket.forbidden');
  });

  it('knows the newest resolution only, and one answer to it', () => {
    for (const answer of [accept, reject]) {
      ticket(...start)
        .when(answer, { actor: ada })
        .then('resolution.missing');
      ticket(...start, resolution(), rejected)
        .when(answer, { actor: ada })
        .then('resolution.state');
      ticket(...start, resolution(), resolved())
        .when(answer, { actor: ada })
        .then('ticket.closed');
    }
  });
});
