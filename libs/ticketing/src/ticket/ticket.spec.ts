import type { Actor } from '@casebook/kernel';
import {
  accepted,
  ada,
  bob,
  by,
  casebook,
  hours,
  minutes,
  moved,
  nina,
  noted,
  opened,
  replied,
  reported,
  resolution,
  resolved,
  ticket,
  took,
  withdrawn,
  workaround,
  type Happening,
} from '../testing/tickets';

/** Who owes the next reply after a ticket was opened and taken and these happened. */
function owes(...happenings: Happening[]) {
  return ticket(opened(), took(), ...happenings).state?.owes;
}
const logs = { text: 'The logs', from: 'customer' } as const;
const patch = { text: 'A patch', from: 'vendor' } as const;

describe('who owes the next reply (D13)', () => {
  it('is the vendor after opening, since then, whoever takes the ticket', () => {
    expect(owes()).toEqual({ side: 'vendor', reason: 'opened', since: minutes(0) });
  });

  it('is the customer after a public reply of the vendor', () => {
    expect(owes(replied(nina, 'customer', hours(1)))).toEqual({
      side: 'customer',
      reason: 'vendor_replied',
      since: hours(1),
    });
  });

  it('is whom the writer of the reply chose', () => {
    expect(owes(replied(nina, 'vendor', hours(1)))).toMatchObject({ side: 'vendor', since: hours(1) });
    expect(owes(replied(nina, 'third_party'))).toMatchObject({ side: 'third_party' });
  });

  const answers: readonly (readonly [string, Happening])[] = [
    ['a reply', replied(ada, 'vendor', hours(2))],
    [
      'a file',
      by(
        bob,
        'ticketing.FileAttached',
        {
          attachmentId: 'f1',
          audience: 'customer',
          fileName: 'a',
          contentType: 'b',
          size: 1,
          sha256: 'c',
          object: 'd',
          wrappedKey: 'e',
        },
        hours(2),
      ),
    ],
    ['a change of severity', by(ada, 'ticketing.SeverityChanged', { from: 'S3', to: 'S1', reason: 'x' }, hours(2))],
    [
      'a met need',
      by(ada, 'ticketing.NeedMet', { reportId: 'can-1', n: 1, audience: 'customer', text: 'The logs' }, hours(2)),
    ],
  ];
  it.each(answers)('is the vendor again after %s of the customer', (_name, answer) => {
    for (const before of [replied(nina, 'customer'), replied(nina, 'third_party'), reported('customer', [logs])]) {
      expect(owes(before, answer)).toEqual({ side: 'vendor', reason: 'customer_wrote', since: hours(2) });
    }
  });

  it.each(answers)('is still the vendor, since the first unanswered entry, after %s on top', (_name, answer) => {
    expect(owes(answer)).toEqual({ side: 'vendor', reason: 'opened', since: minutes(0) });
    expect(owes(replied(nina, 'customer'), replied(ada, 'vendor', hours(1)), answer)?.since).toBe(hours(1));
  });

  it('is the customer after a proposed workaround, and the vendor after any answer to it', () => {
    const proposed = [moved('triage', 'mitigation'), workaround(hours(1))];
    expect(owes(...proposed)).toEqual({ side: 'customer', reason: 'workaround_proposed', since: hours(1) });
    const replies: Happening[] = [
      accepted(),
      by(ada, 'ticketing.WorkaroundDeclined', { workaroundId: 'w1', reason: 'x' }),
      replied(ada, 'vendor'),
    ];
    for (const answer of replies) expect(owes(...proposed, answer)?.side).toBe('vendor');
    for (const type of [
      'ticketing.WorkaroundApplied',
      'ticketing.WorkaroundWorked',
      'ticketing.WorkaroundFailed',
    ] as const) {
      const report = by(ada, type, { workaroundId: 'w1' });
      expect(owes(...proposed, accepted(), replied(nina, 'customer'), report)?.side).toBe('vendor');
    }
  });

  it('is the customer after a proposed resolution, and the vendor after a question or a rejection', () => {
    expect(owes(resolution(hours(1)))).toEqual({ side: 'customer', reason: 'resolution_proposed', since: hours(1) });
    expect(owes(resolution(), replied(ada, 'vendor'))?.side).toBe('vendor');
    expect(owes(resolution(), by(ada, 'ticketing.ResolutionRejected', { resolutionId: 'r1', reason: 'x' }))?.side).toBe(
      'vendor',
    );
  });

  describe('after a CAN report', () => {
    const carried = { ...logs, carried: true };

    it('is the customer when it has a new open need of theirs', () => {
      expect(owes(reported('customer', [patch, logs], hours(1)))).toEqual({
        side: 'customer',
        reason: 'need_open',
        since: hours(1),
      });
    });

    it('stays where it was without one: none, another side’s, or one carried over', () => {
      for (const needs of [[], [patch], [{ text: 'x', from: 'third_party' } as const], [carried]]) {
        expect(owes(reported('customer', needs))).toMatchObject({ side: 'vendor', reason: 'opened' });
      }
    });

    it('is the vendor as soon as the customer answers anything, even while the need stays open', () => {
      const asked = [reported('customer', [logs]), replied(ada, 'vendor', hours(1))];
      expect(owes(...asked)).toMatchObject({ side: 'vendor', since: hours(1) });
      expect(ticket(opened(), took(), ...asked).state?.openNeeds).toHaveProperty('can-1/1');
      expect(owes(...asked, reported('customer', [carried], hours(2), 'can-2'))).toMatchObject({
        side: 'vendor',
        since: hours(1),
      });
    });

    it('is the customer again for one more new need beside a carried one', () => {
      const again = reported('customer', [carried, { text: 'The config', from: 'customer' }], hours(2), 'can-2');
      expect(owes(reported('customer', [logs]), replied(ada, 'vendor'), again)?.side).toBe('customer');
    });

    it('is the vendor again once staff met the last need: the customer owes nothing for it', () => {
      const config = { text: 'The config', from: 'customer' } as const;
      const asked = reported('customer', [logs, config, patch], hours(1));
      const met = (n: number, at: string) =>
        by(nina, 'ticketing.NeedMet', { reportId: 'can-1', n, audience: 'customer', text: 'x' }, at);
      expect(owes(asked, met(1, hours(2)))).toMatchObject({ side: 'customer', reason: 'need_open', since: hours(1) });
      expect(owes(asked, met(1, hours(2)), met(2, hours(3)))).toEqual({
        side: 'vendor',
        reason: 'need_met',
        since: hours(3),
      });
    });

    it('is the vendor again once a newer report to the customer asks for it no more', () => {
      const asked = reported('customer', [logs], hours(1));
      expect(owes(asked, reported('internal', [], hours(2)))).toMatchObject({ side: 'customer', reason: 'need_open' });
      expect(owes(asked, reported('customer', [patch], hours(2), 'can-2'))).toEqual({
        side: 'vendor',
        reason: 'need_met',
        since: hours(2),
      });
    });

    it('is whoever owed before the need, since then, for what they owe besides', () => {
      const met = by(nina, 'ticketing.NeedMet', { reportId: 'can-1', n: 1, audience: 'customer', text: 'x' }, hours(4));
      const asked = [reported('customer', [logs], hours(2)), met];
      expect(owes(replied(nina, 'customer', hours(1)), ...asked)).toEqual({
        side: 'customer',
        reason: 'vendor_replied',
        since: hours(1),
      });
      expect(owes(replied(nina, 'third_party', hours(1)), ...asked)).toMatchObject({ side: 'third_party' });
      const twice = [reported('customer', [logs], hours(1), 'can-0'), ...asked];
      expect(owes(replied(nina, 'customer', minutes(30)), ...twice)).toMatchObject({
        reason: 'vendor_replied',
        since: minutes(30),
      });
      expect(owes(resolution(hours(1)), ...asked)).toMatchObject({ side: 'customer', reason: 'resolution_proposed' });
      expect(owes(replied(nina, 'customer', hours(1)), replied(ada, 'vendor', hours(1)), ...asked)).toMatchObject({
        side: 'vendor',
        reason: 'need_met',
      });
    });

    it('is decided from what is asked anew when the report is filed', () => {
      const file = (...before: Happening[]) =>
        ticket(opened(), took(), ...before).when(
          {
            type: 'FileCanReport',
            data: { audience: 'customer', conditions: 'x', actions: [], needs: [logs] },
          },
          { actor: nina },
        ).state?.owes?.side;
      expect(file()).toBe('customer');
      expect(file(reported('customer', [logs]), replied(ada, 'vendor'))).toBe('vendor');
      expect(file(reported('internal', [logs]))).toBe('customer');
      expect(file(reported('customer', [{ ...patch, text: 'The logs' }]))).toBe('customer');
    });
  });

  it('is untouched by anything internal', () => {
    const internal = [
      noted(),
      reported('internal', [logs]),
      by(nina, 'ticketing.HandoverOffered', { handoverId: 'h', to: 'tom', note: 'x' }),
      by(nina, 'ticketing.HandoverDeclined', { handoverId: 'h' }),
      by(nina, 'ticketing.NeedMet', { reportId: 'can-internal', n: 1, audience: 'internal', text: 'x' }),
    ];
    for (const before of [[], [replied(nina, 'customer')], [replied(nina, 'third_party')]]) {
      expect(owes(...before, ...internal)).toEqual(owes(...before));
    }
  });

  it('is untouched by what the vendor does without saying anything', () => {
    const done = [
      took(),
      moved('triage', 'mitigation'),
      by(nina, 'ticketing.SeverityChanged', { from: 'S3', to: 'S1', reason: 'x' }),
    ];
    expect(owes(replied(nina, 'third_party'), ...done)).toEqual(owes(replied(nina, 'third_party')));
  });

  it('is nobody once closed, whatever is added', () => {
    const endings: Happening[] = [
      withdrawn(),
      resolved(),
      by(nina, 'ticketing.TicketClosed', { code: 'duplicate', reason: 'x' }),
    ];
    const linked = by(ada, 'ticketing.FollowUpLinked', { ticketId: 't2', number: 'CB-2' });
    for (const ending of endings) {
      expect(owes(resolution(), ending)).toBeUndefined();
      expect(owes(resolution(), ending, noted(), linked, took())).toBeUndefined();
    }
  });

  it('is the vendor after reopening, whoever reopened', () => {
    for (const actor of [ada, nina]) {
      expect(owes(withdrawn(), by(actor, 'ticketing.TicketReopened', { reason: 'x' }, hours(9)))).toEqual({
        side: 'vendor',
        reason: 'reopened',
        since: hours(9),
      });
    }
  });
});

describe('a ticket’s requester', () => {
  it('is whoever opened it, or on whose behalf it was opened', () => {
    const open = (actor: Actor) => ticket({ ...opened(), by: actor }).state?.requester;
    expect(open(bob)).toBe('bob');
    expect(open(casebook)).toBe('ticketing');
  });
});

describe('the stream of a ticket', () => {
  it('gives no ticket before it was opened', () => {
    expect(ticket().state).toBeUndefined();
    expect(ticket(noted()).state).toBeUndefined();
  });
});
