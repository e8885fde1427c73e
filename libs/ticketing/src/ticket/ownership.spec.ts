import {
  ada,
  by,
  hours,
  kate,
  minutes,
  nina,
  omar,
  opened,
  openedTask,
  replied,
  reported,
  root,
  ticket,
  tom,
  took,
  withdrawn,
  type Happening,
} from '../testing/tickets';

describe('taking and assigning (S2)', () => {
  const assign = (assignee: string, engineer = true) =>
    ({ type: 'AssignTicket', data: { assignee, engineer } }) as const;

  it('records who took an ownerless ticket', () => {
    ticket(opened())
      .when(assign('nina'), { actor: nina })
      .then([
        { type: 'ticketing.TicketAssigned', data: { assignee: 'nina', how: 'took', entry: '2', side: 'vendor' } },
      ]);
  });

  it('records whom an engineer or administrator assigned it to', () => {
    for (const actor of [tom, root]) {
      ticket(opened())
        .when(assign('nina'), { actor })
        .then([
          { type: 'ticketing.TicketAssigned', data: { assignee: 'nina', how: 'assigned', entry: '2', side: 'vendor' } },
        ]);
    }
  });

  it('takes the ticket from nobody: its owner hands it over', () => {
    ticket(opened(), took(nina)).when(assign('tom'), { actor: tom }).then('ticket.has_owner');
    ticket(opened(), took(nina)).when(assign('tom'), { actor: nina }).then('ticket.has_owner');
  });

  it('lets an administrator assign it anew, naming the owner before, and ends a handover on offer', () => {
    const { events, state } = ticket(
      opened(),
      took(nina),
      by(nina, 'ticketing.HandoverOffered', { handoverId: 'h1', to: 'eve', note: 'x' }),
    ).when(assign('tom'), { actor: root });
    expect(events).toMatchObject([{ data: { assignee: 'tom', previous: 'nina', how: 'assigned' } }]);
    expect(state).not.toHaveProperty('handover');
  });

  it('does nothing when they own it already', () => {
    ticket(opened(), took(nina)).when(assign('nina'), { actor: tom }).then([]);
  });

  it('refuses an assignee who is no engineer, a closed ticket, customers and other staff', () => {
    ticket(opened()).when(assign('omar', false), { actor: root }).then('ticket.not_an_engineer');
    ticket(opened(), withdrawn()).when(assign('nina'), { actor: nina }).then('ticket.closed');
    for (const actor of [ada, omar, kate]) ticket(opened()).when(assign('nina'), { actor }).then('ticket.forbidden');
  });

  it('changes no debt', () => {
    const before = ticket(opened(), replied(ada, 'vendor'));
    expect(before.when(assign('nina'), { actor: nina }).state?.owes).toEqual(before.state?.owes);
  });
});

describe('offering a handover (S2)', () => {
  const offer = (to = 'tom', engineer = true, note = 'Night shift') =>
    ({ type: 'OfferHandover', data: { to, engineer, note } }) as const;

  it('is an internal entry with a note, and changes no owner yet', () => {
    const outcome = ticket(opened(), took(nina)).when(offer(), { actor: nina, commandId: 'h9' });
    outcome.then([
      {
        type: 'ticketing.HandoverOffered',
        data: { handoverId: 'h9', to: 'tom', note: 'Night shift', entry: '2a', side: 'vendor' },
      },
    ]);
    expect(outcome.state).toMatchObject({ assignee: 'nina', handover: { id: 'h9', from: 'nina', to: 'tom' } });
  });

  it('is the owner’s alone', () => {
    ticket(opened(), took(nina)).when(offer('eve'), { actor: tom }).then('ticket.not_owner');
    ticket(opened()).when(offer(), { actor: nina }).then('ticket.not_owner');
    for (const actor of [ada, root, omar, kate]) {
      ticket(opened(), took(nina)).when(offer(), { actor }).then('ticket.forbidden');
    }
  });

  it('goes to another engineer, with a note', () => {
    ticket(opened(), took(nina)).when(offer('nina'), { actor: nina }).then('handover.to_self');
    ticket(opened(), took(nina)).when(offer('omar', false), { actor: nina }).then('ticket.not_an_engineer');
    ticket(opened(), took(nina))
      .when(offer('tom', true, ' '), { actor: nina })
      .then('ticket.text_missing');
  });

  it('refuses a closed ticket', () => {
    ticket(opened(), took(nina), withdrawn()).when(offer(), { actor: nina }).then('ticket.closed');
  });

  describe('of a priority ticket', () => {
    const at = (severity: 'S1' | 'S2' | 'S3', now: string, ...reports: Happening[]) =>
      ticket(opened({ severity }), took(nina), ...reports).when(offer(), { actor: nina, now });
    const lateByAMoment = new Date(Date.parse(minutes(70)) - 1).toISOString();

    it.each(['customer', 'internal'] as const)(
      'needs a CAN report (%s) less than 60 minutes old: 59:59.999 will do, 60:00 will not',
      (audience) => {
        for (const severity of ['S1', 'S2'] as const) {
          expect(at(severity, lateByAMoment, reported(audience, [], minutes(10))).events).toHaveLength(1);
          at(severity, minutes(70), reported(audience, [], minutes(10))).then('ticket.handover_needs_report');
        }
      },
    );

    it('needs any report at all', () => {
      at('S1', minutes(3)).then('ticket.handover_needs_report');
    });

    it('counts from the newest report', () => {
      const twice = [reported('customer', [], minutes(5)), reported('internal', [], minutes(60))];
      expect(at('S2', minutes(119), ...twice).events).toHaveLength(1);
    });

    it('asks nothing of S3, of tasks, or of what was lowered to S3', () => {
      expect(at('S3', hours(9)).events).toHaveLength(1);
      expect(ticket(openedTask(), took(nina)).when(offer(), { actor: nina }).events).toHaveLength(1);
      const lowered = by(ada, 'ticketing.SeverityChanged', { from: 'S1', to: 'S3', reason: 'x' });
      expect(at('S1', hours(9), lowered).events).toHaveLength(1);
    });

    it('asks it of what was raised', () => {
      const raised = by(ada, 'ticketing.SeverityChanged', { from: 'S3', to: 'S2', reason: 'x' });
      at('S3', hours(9), raised).then('ticket.handover_needs_report');
    });
  });
});

describe('answering a handover (S2)', () => {
  const offered = by(nina, 'ticketing.HandoverOffered', { handoverId: 'h1', to: 'tom', note: 'x' });
  const accept = { type: 'AcceptHandover', data: { handoverId: 'h1' } } as const;
  const decline = { type: 'DeclineHandover', data: { handoverId: 'h1', note: 'Busy' } } as const;
  const given = ticket(opened(), took(nina), offered);

  it('changes the owner when the receiver accepts', () => {
    const outcome = given.when(accept, { actor: tom });
    outcome.then([
      {
        type: 'ticketing.TicketAssigned',
        data: { assignee: 'tom', previous: 'nina', how: 'handover', entry: '3', side: 'vendor' },
      },
    ]);
    expect(outcome.state).toMatchObject({ assignee: 'tom' });
    expect(outcome.state).not.toHaveProperty('handover');
  });

  it('keeps the owner when the receiver declines, with or without a note', () => {
    const outcome = given.when(decline, { actor: tom });
    outcome.then([
      {
        type: 'ticketing.HandoverDeclined',
        data: { handoverId: 'h1', note: 'Busy', entry: '2b', side: 'vendor' },
      },
    ]);
    expect(outcome.state).toMatchObject({ assignee: 'nina' });
    expect(outcome.state).not.toHaveProperty('handover');
    given
      .when({ type: 'DeclineHandover', data: { handoverId: 'h1' } }, { actor: tom })
      .then([{ type: 'ticketing.HandoverDeclined', data: { handoverId: 'h1', entry: '2b', side: 'vendor' } }]);
  });

  it('is the receiver’s alone', () => {
    for (const answer of [accept, decline]) {
      given.when(answer, { actor: nina }).then('handover.not_yours');
      for (const actor of [ada, root, omar]) given.when(answer, { actor }).then('ticket.forbidden');
    }
  });

  describe('of a priority ticket', () => {
    const fresh = reported('internal', [], minutes(3));
    const atS1 = (now: string, ...happenings: Happening[]) =>
      ticket(opened({ severity: 'S1' }), took(nina), fresh, offered, ...happenings).when(accept, { actor: tom, now });

    it('needs a CAN report that is fresh when it changes hands, whoever wrote it', () => {
      expect(atS1(minutes(62)).events).toHaveLength(1);
      atS1(minutes(63)).then('ticket.handover_needs_report');
      expect(atS1(minutes(63), reported('internal', [], minutes(61))).events).toHaveLength(1);
    });

    it('asks it of what was raised since the offer', () => {
      const raised = by(ada, 'ticketing.SeverityChanged', { from: 'S3', to: 'S1', reason: 'x' });
      ticket(opened(), took(nina), offered, raised).when(accept, { actor: tom }).then('ticket.handover_needs_report');
    });

    it('can be declined without one', () => {
      const late = ticket(opened({ severity: 'S1' }), took(nina), fresh, offered);
      expect(late.when(decline, { actor: tom, now: hours(9) }).events).toHaveLength(1);
    });
  });

  it('refuses an offer of a ticket that changed hands since, also when it came back', () => {
    const assigned = (to: string, previous: string) =>
      by(root, 'ticketing.TicketAssigned', { assignee: to, previous, how: 'assigned' });
    const back = [assigned('eve', 'nina'), assigned('nina', 'eve')];
    for (const answer of [accept, decline]) {
      ticket(opened(), took(nina), offered, assigned('tom', 'nina'))
        .when(answer, { actor: tom })
        .then('handover.missing');
      ticket(opened(), took(nina), offered, ...back)
        .when(answer, { actor: tom })
        .then('handover.missing');
    }
    const reopened = [withdrawn(), by(ada, 'ticketing.TicketReopened', { reason: 'x' })];
    ticket(opened(), took(nina), offered, ...reopened)
      .when(accept, { actor: tom })
      .then('handover.missing');
  });

  it('refuses an offer that is over or was replaced, and a closed ticket', () => {
    const newer = by(nina, 'ticketing.HandoverOffered', { handoverId: 'h2', to: 'tom', note: 'x' });
    const declined = by(tom, 'ticketing.HandoverDeclined', { handoverId: 'h1' });
    for (const answer of [accept, decline]) {
      ticket(opened(), took(nina)).when(answer, { actor: tom }).then('handover.missing');
      ticket(opened(), took(nina), offered, newer).when(answer, { actor: tom }).then('handover.missing');
      ticket(opened(), took(nina), offered, declined).when(answer, { actor: tom }).then('handover.missing');
      ticket(opened(), took(nina), offered, withdrawn()).when(answer, { actor: tom }).then('ticket.closed');
    }
  });
});
