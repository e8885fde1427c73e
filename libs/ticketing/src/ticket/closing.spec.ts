import {
  ada,
  bob,
  by,
  casebook,
  days,
  hours,
  kate,
  minutes,
  moved,
  nina,
  noted,
  omar,
  opened,
  replied,
  resolution,
  resolved,
  root,
  ticket,
  took,
  withdrawn,
  type Happening,
} from '../testing/tickets';
import { reopenUntil } from './ticket';

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
