import {
  ada,
  bob,
  by,
  kate,
  mallory,
  nina,
  noted,
  omar,
  opened,
  replied,
  reported,
  resolution,
  root,
  ticket,
  tom,
  took,
  withdrawn,
  type Happening,
} from '../testing/tickets';
import type { ConversationCommand } from './ticket.commands';

describe('replying', () => {
  const reply = (body: string): ConversationCommand => ({ type: 'PostReply', data: { body } });

  it('is a public entry; the customer’s is owed an answer by the vendor', () => {
    ticket(opened())
      .when(reply('Any news?'), { actor: bob })
      .then([
        { type: 'ticketing.ReplyPosted', data: { body: 'Any news?', owes: 'vendor', entry: '2', side: 'customer' } },
      ]);
  });

  it('takes no word of a customer on who owes the next one', () => {
    const { events } = ticket(opened()).when(
      { type: 'PostReply', data: { body: 'x', owes: 'customer' } },
      { actor: ada },
    );
    expect(events).toMatchObject([{ data: { owes: 'vendor' } }]);
  });

  it('leaves the customer owing after the vendor, unless its writer chose otherwise (D13)', () => {
    const owes = (choice?: 'customer' | 'vendor' | 'third_party') =>
      ticket(opened(), took()).when(
        { type: 'PostReply', data: { body: 'x', ...(choice && { owes: choice }) } },
        { actor: nina },
      ).state?.owes?.side;
    expect([owes(), owes('customer'), owes('vendor'), owes('third_party')]).toEqual([
      'customer',
      'customer',
      'vendor',
      'third_party',
    ]);
  });

  it('makes the first engineer who answers accountable, in the entry after it (S2)', () => {
    ticket(opened())
      .when(reply('We look'), { actor: nina })
      .then([
        { type: 'ticketing.ReplyPosted', data: { body: 'We look', owes: 'customer', entry: '2', side: 'vendor' } },
        { type: 'ticketing.TicketAssigned', data: { assignee: 'nina', how: 'took', entry: '3', side: 'vendor' } },
      ]);
  });

  it('does not take the ticket from its owner, and gives it to nobody who is not an engineer', () => {
    expect(ticket(opened(), took(nina)).when(reply('x'), { actor: tom }).state?.assignee).toBe('nina');
    ticket(opened()).when(reply('x'), { actor: omar }).then('ticket.no_owner');
  });

  it('needs a text, at most 150,000 bytes of it', () => {
    ticket(opened()).when(reply(' \n'), { actor: ada }).then('ticket.text_missing');
    expect(ticket(opened()).when(reply('x'.repeat(150_000)), { actor: ada }).events).toHaveLength(1);
    ticket(opened())
      .when(reply('x'.repeat(150_001)), { actor: ada })
      .then('ticket.text_too_large');
  });

  it('refuses a closed ticket, staff who do not speak to customers, and strangers', () => {
    ticket(opened(), withdrawn()).when(reply('x'), { actor: ada }).then('ticket.closed');
    for (const actor of [root, kate]) ticket(opened()).when(reply('x'), { actor }).then('ticket.forbidden');
    ticket(opened()).when(reply('x'), { actor: mallory }).then('ticket.missing');
    ticket().when(reply('x'), { actor: ada }).then('ticket.missing');
  });
});

describe('noting', () => {
  const note = { type: 'AddNote', data: { body: 'Looks like CB-7' } } as const;

  it('is an internal entry, lettered after the last public one', () => {
    ticket(opened(), noted())
      .when(note, { actor: kate })
      .then([{ type: 'ticketing.NoteAdded', data: { body: 'Looks like CB-7', entry: '1b', side: 'vendor' } }]);
  });

  it('changes neither owner nor debt', () => {
    const before = ticket(opened());
    expect(before.when(note, { actor: nina }).state).toEqual({ ...before.state, entries: { public: 1, internal: 1 } });
  });

  it('is possible for all staff, and on a closed ticket', () => {
    for (const actor of [nina, root, omar, kate]) {
      expect(ticket(opened(), withdrawn()).when(note, { actor }).events).toHaveLength(1);
    }
  });

  it('needs a text, a ticket, and staff', () => {
    ticket(opened())
      .when({ type: 'AddNote', data: { body: '' } }, { actor: nina })
      .then('ticket.text_missing');
    ticket().when(note, { actor: nina }).then('ticket.missing');
    ticket(opened()).when(note, { actor: ada }).then('ticket.forbidden');
  });
});

describe('attaching a file', () => {
  const file = {
    attachmentId: 'f1',
    fileName: 'postgresql.log',
    contentType: 'text/plain',
    size: 12,
    sha256: 'ab',
    object: 'o1',
    wrappedKey: 'k1',
  };
  const attach = { type: 'AttachFile', data: file } as const;
  const attached = by(ada, 'ticketing.FileAttached', { ...file, audience: 'customer' });

  it('is a public entry of either side (R56)', () => {
    ticket(opened())
      .when(attach, { actor: ada })
      .then([
        {
          type: 'ticketing.FileAttached',
          data: { ...file, audience: 'customer', entry: '2', side: 'customer' },
        },
      ]);
    expect(ticket(opened()).when(attach, { actor: nina }).state).toMatchObject({
      assignee: 'nina',
      attachments: ['f1'],
    });
  });

  it('happens once for each file', () => {
    ticket(opened(), attached).when(attach, { actor: ada }).then([]);
  });

  it('refuses a closed ticket and staff who do not speak to customers', () => {
    ticket(opened(), withdrawn()).when(attach, { actor: ada }).then('ticket.closed');
    for (const actor of [root, kate]) ticket(opened()).when(attach, { actor }).then('ticket.forbidden');
  });
});

describe('filing a CAN report (S5)', () => {
  type Report = Extract<ConversationCommand, { type: 'FileCanReport' }>['data'];
  const none: Report = { audience: 'customer', conditions: 'Down since nine', actions: [], needs: [] };
  const file = (report: Partial<Report>, ...before: Happening[]) =>
    ticket(opened(), took(), ...before).when(
      { type: 'FileCanReport', data: { ...none, ...report } },
      { actor: nina, commandId: 'report-9' },
    );
  const logs = { text: 'The logs', from: 'customer' } as const;

  it('numbers reports per audience, and needs within the report', () => {
    file({ needs: [logs, { text: 'A disk', from: 'third_party' }] }, reported('internal'), reported('customer')).then([
      {
        type: 'ticketing.CanReportFiled',
        data: {
          ...none,
          reportId: 'report-9',
          sequence: 2,
          needs: [
            { ...logs, n: 1 },
            { text: 'A disk', from: 'third_party', n: 2 },
          ],
          entry: '4',
          side: 'vendor',
        },
      },
    ]);
  });

  it('shows no reader a gap that a report to the others left', () => {
    const sequence = (audience: 'customer' | 'internal') =>
      file({ audience }, reported('customer'), reported('internal'), reported('internal', [], undefined, 'can-3'))
        .events;
    expect(sequence('customer')).toMatchObject([{ data: { sequence: 2 } }]);
    expect(sequence('internal')).toMatchObject([{ data: { sequence: 3 } }]);
  });

  it('is an internal entry when it is for the vendor alone, and takes no ticket', () => {
    const { events, state } = ticket(opened()).when(
      { type: 'FileCanReport', data: { ...none, audience: 'internal' } },
      { actor: nina },
    );
    expect(events).toMatchObject([{ data: { entry: '1a', sequence: 1 } }]);
    expect(state?.assignee).toBeUndefined();
  });

  it('makes its writer accountable when it is for the customer and nobody is', () => {
    expect(ticket(opened()).when({ type: 'FileCanReport', data: none }, { actor: nina }).state?.assignee).toBe('nina');
  });

  it('restates the needs of its readers: what is left out is dropped, the other readers’ stay', () => {
    const { state } = file(
      { needs: [logs] },
      reported('customer', [{ text: 'Old', from: 'customer' }]),
      reported('internal', [{ text: 'A review', from: 'vendor' }]),
    );
    expect(state?.openNeeds).toEqual({
      'can-internal/1': { text: 'A review', from: 'vendor', audience: 'internal' },
      'report-9/1': { ...logs, audience: 'customer' },
    });
  });

  it('marks a need as carried that the same readers’ report asked the same side for and that is open', () => {
    const carried = (before: Parameters<typeof reported>[1], audience: 'customer' | 'internal' = 'customer') => {
      const [event] = file({ needs: [logs] }, reported(audience, before)).events;
      return event?.type === 'ticketing.CanReportFiled' ? event.data.needs[0]?.carried : 'no report';
    };
    expect(carried([logs])).toBe(true);
    expect(carried([{ text: 'Other logs', from: 'customer' }])).toBeUndefined();
    expect(carried([{ text: 'The logs', from: 'vendor' }])).toBeUndefined();
    expect(carried([logs], 'internal')).toBeUndefined();
  });

  it('does not carry a need that was met', () => {
    const met = by(ada, 'ticketing.NeedMet', { reportId: 'can-1', n: 1, audience: 'customer', text: 'The logs' });
    expect(file({ needs: [logs] }, reported('customer', [logs]), met).events).not.toMatchObject([
      { data: { needs: [{ carried: true }] } },
    ]);
  });

  it('needs conditions, and something in every line', () => {
    file({ conditions: ' ' }).then('ticket.text_missing');
    file({ needs: [{ text: ' ', from: 'customer' }] }).then('can.line_empty');
    file({ needs: [{ text: null, from: 'customer' }] }).then('can.line_empty');
    file({ actions: [{ text: '', status: 'planned' }] }).then('can.line_empty');
  });

  it('counts its lines towards the size of a message', () => {
    file({ actions: [{ text: 'x'.repeat(150_000), status: 'done' }] }).then('ticket.text_too_large');
  });

  it('refuses a closed ticket and everybody but engineers', () => {
    file({}, withdrawn()).then('ticket.closed');
    for (const actor of [ada, root, omar, kate]) {
      ticket(opened()).when({ type: 'FileCanReport', data: none }, { actor }).then('ticket.forbidden');
    }
  });
});

describe('meeting a need', () => {
  const asked = reported('customer', [
    { text: 'The logs', from: 'customer' },
    { text: 'A patch', from: 'vendor' },
  ]);
  const secret = reported('internal', [{ text: 'Their password policy', from: 'customer' }]);
  const meet = (n: number, reportId = 'can-1'): ConversationCommand => ({ type: 'MeetNeed', data: { reportId, n } });

  it('repeats what was met as a public entry', () => {
    ticket(opened(), took(), asked)
      .when(meet(1), { actor: bob })
      .then([
        {
          type: 'ticketing.NeedMet',
          data: { reportId: 'can-1', n: 1, audience: 'customer', text: 'The logs', entry: '4', side: 'customer' },
        },
      ]);
  });

  it('is possible for engineers, whoever was asked', () => {
    for (const n of [1, 2]) {
      expect(ticket(opened(), took(), asked).when(meet(n), { actor: tom }).events).toHaveLength(1);
    }
  });

  it('is an internal entry where the report was', () => {
    const { events } = ticket(opened(), took(), secret).when(meet(1, 'can-internal'), { actor: nina });
    expect(events).toMatchObject([{ data: { audience: 'internal', entry: '2b' } }]);
  });

  it('makes the engineer who does it in public accountable when nobody is (S2)', () => {
    expect(ticket(opened(), asked).when(meet(1), { actor: nina }).state?.assignee).toBe('nina');
    expect(ticket(opened(), asked).when(meet(1), { actor: ada }).state?.assignee).toBeUndefined();
    expect(ticket(opened(), secret).when(meet(1, 'can-internal'), { actor: nina }).state?.assignee).toBeUndefined();
  });

  it('refuses a customer the vendor’s needs', () => {
    ticket(opened(), took(), asked).when(meet(2), { actor: ada }).then('can.need_not_yours');
  });

  it('refuses what was never asked, was met, or was dropped', () => {
    const met = by(ada, 'ticketing.NeedMet', { reportId: 'can-1', n: 1, audience: 'customer', text: null });
    ticket(opened(), took(), asked).when(meet(3), { actor: ada }).then('can.need_missing');
    ticket(opened(), took(), asked, met).when(meet(1), { actor: ada }).then('can.need_missing');
    ticket(opened(), took(), asked, reported('customer', [], undefined, 'can-2'))
      .when(meet(1), { actor: ada })
      .then('can.need_missing');
  });

  it('answers a customer the same whether an internal report asks for it or there is none (S4)', () => {
    const answer = (...reports: Happening[]) =>
      ticket(opened(), took(), ...reports).when(meet(1, 'can-internal'), { actor: ada }).refused;
    const [there, nothing] = [answer(secret), answer()];
    expect(there).toBeDefined();
    expect([there?.kind, there?.code, there?.message]).toEqual([nothing?.kind, nothing?.code, nothing?.message]);
  });

  it('refuses a closed ticket and staff who are not engineers', () => {
    ticket(opened(), took(), asked, withdrawn()).when(meet(1), { actor: ada }).then('ticket.closed');
    for (const actor of [root, omar, kate]) {
      ticket(opened(), took(), asked).when(meet(1), { actor }).then('ticket.forbidden');
    }
  });
});

describe('a reply while something waits for the customer', () => {
  it('does not decide it', () => {
    const { state } = ticket(opened(), took(), resolution()).when(
      { type: 'PostReply', data: { body: 'Which disk?' } },
      { actor: ada },
    );
    expect(state).toMatchObject({ resolution: { state: 'proposed' }, owes: { side: 'vendor' } });
    expect(ticket(opened(), took(), resolution(), replied(ada, 'vendor')).state?.owes?.reason).toBe('customer_wrote');
  });
});
