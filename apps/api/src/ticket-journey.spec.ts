import type { TestPortal } from './testing/start-portal';
import { startPortal } from './testing/start-portal';

interface Page {
  readonly ticket: {
    readonly status: string;
    readonly stage: string;
    readonly owes?: string;
    readonly assignee?: string;
    readonly allowed: readonly string[];
  };
  readonly timeline: { readonly items: readonly { readonly number: string; readonly kind: string }[] };
}
interface Made {
  readonly number: string;
  readonly entry: string;
  readonly workaroundId: string;
  readonly resolutionId: string;
}

interface Listed {
  readonly number: string;
  readonly closedAt?: string;
  readonly reopenUntil?: string;
}

const TICKET = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S1',
  products: [{ id: 'postgresql', version: '16.13' }],
  subject: 'PANIC: could not locate a valid checkpoint record',
  description: 'The primary does not start after the **power failure**.',
};

describe('the life of a ticket over HTTP', () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startPortal();
  }, 60_000);
  afterAll(() => portal.close());

  it('goes from an S1 to an accepted resolution, and both sides see the same numbers', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const erin = await portal.signIn('erin@support.example');
    const opened = await ada.post<Made>('/api/tickets', TICKET);
    expect(opened.status).toBe(201);
    const at = `/api/tickets/${opened.body.number}`;
    erin.readAfter = ada.readAfter;
    expect((await erin.put(`${at}/assignee`, { me: true })).status).toBe(200);
    expect((await erin.post<Made>(`${at}/replies`, { body: 'We look at it.' })).body.entry).toBe('3');
    expect((await erin.post<Made>(`${at}/notes`, { body: 'Same as last year.' })).body.entry).toBe('3a');
    const report = {
      audience: 'customer',
      conditions: 'Primary down.',
      actions: [{ text: 'Read the log' }],
      needs: [],
    };
    expect((await erin.post<Made>(`${at}/can-reports`, report)).body.entry).toBe('4');
    const { workaroundId } = (await erin.post<Made>(`${at}/workarounds`, { body: 'Promote the standby.' })).body;
    for (const step of ['accept', 'applied', 'worked']) {
      expect((await ada.post(`${at}/workarounds/${workaroundId}/${step}`)).status).toBe(201);
    }
    const proposal = { symptoms: 'Did not start', rootCause: 'Torn page', steps: 'Restore' };
    const { resolutionId } = (await erin.post<Made>(`${at}/resolutions`, proposal)).body;
    expect((await ada.post(`${at}/resolutions/${resolutionId}/accept`)).status).toBe(201);

    const customer = await ada.get<Page>(at);
    const engineer = await erin.get<Page>(at);
    expect(customer.body.ticket).toMatchObject({ status: 'closed', stage: 'closed' });
    expect(customer.body.ticket.owes).toBeUndefined();
    expect(customer.body.ticket.allowed).toEqual(['reopen', 'follow_up']);
    const numbers = engineer.body.timeline.items.map(({ number }) => number);
    expect(numbers).toEqual(['1', '2', '3', '3a', '4', '5', '6', '7', '8', '9', '10', '11', '12']);
    expect(customer.body.timeline.items.map(({ number }) => number)).toEqual(numbers.filter((n) => n !== '3a'));
  });

  it('is there for whoever wrote it, at once and without a word of positions', async () => {
    const ada = await portal.signIn('ada@acme.example');
    for (let n = 0; n < 20; n++) {
      const { number } = (await ada.post<Made>('/api/tickets', TICKET)).body;
      ada.readAfter = undefined;
      expect((await ada.get(`/api/tickets/${number}`)).status).toBe(200);
      const reply = await ada.post<Made>(`/api/tickets/${number}/replies`, { body: 'One more thing' });
      ada.readAfter = undefined;
      const page = (await ada.get<Page>(`/api/tickets/${number}`)).body;
      expect(page.timeline.items.at(-1)?.number).toBe(reply.body.entry);
    }
  });

  it('says in lists since when a closed ticket is closed, and until when it can be reopened', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const { number } = (await ada.post<Made>('/api/tickets', TICKET)).body;
    const listed = async () =>
      (await ada.get<{ items: Listed[] }>('/api/tickets?sort=-openedAt')).body.items.find((t) => t.number === number);
    expect(await listed()).not.toHaveProperty('closedAt');
    await ada.post(`/api/tickets/${number}/withdraw`, { reason: 'Solved' });
    const closed = await listed();
    expect(Date.parse(closed?.reopenUntil ?? '') - Date.parse(closed?.closedAt ?? '')).toBe(72 * 3_600_000);
    await ada.post(`/api/tickets/${number}/reopen`, { reason: 'It is back' });
    expect(await listed()).not.toHaveProperty('reopenUntil');
  });

  it('answers entries with the fields of the contract and no others', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const { number } = (await ada.post<Made>('/api/tickets', TICKET)).body;
    const fields = ['id', 'number', 'audience', 'at', 'by', 'side', 'kind', 'data'];
    const page = await ada.get<Page>(`/api/tickets/${number}`);
    const older = await ada.get<Page['timeline']>(`/api/tickets/${number}/timeline`);
    for (const [entry] of [page.body.timeline.items, older.body.items]) {
      expect(Object.keys(entry ?? {})).toEqual(fields);
    }
  });

  it('answers a resent command from the record, and refuses its key for another body', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const headers = { 'idempotency-key': 'the same twice' };
    const first = await ada.post<Made>('/api/tickets', TICKET, headers);
    const second = await ada.post<Made>('/api/tickets', TICKET, headers);
    expect(second.body).toEqual(first.body);
    const other = await ada.post('/api/tickets', { ...TICKET, subject: 'Another one' }, headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency.mismatch' } });
  });

  it('answers 404 for another company’s ticket, on reading and on writing', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const gus = await portal.signIn('gus@globex.example');
    const { number } = (await ada.post<Made>('/api/tickets', TICKET)).body;
    gus.readAfter = ada.readAfter;
    expect((await gus.get(`/api/tickets/${number}`)).status).toBe(404);
    expect((await gus.post(`/api/tickets/${number}/replies`, { body: 'Hello' })).status).toBe(404);
  });

  it('offers a text above 150 KB as a file, and names the wrong field of a bad body', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const long = await ada.post('/api/tickets', { ...TICKET, description: 'x'.repeat(151_000) });
    expect(long).toMatchObject({ status: 413, body: { code: 'ticket.text_too_large' } });
    const bad = await ada.post('/api/tickets', { ...TICKET, severity: 'S9' });
    expect(bad).toMatchObject({ status: 400, body: { fields: [{ path: 'severity' }] } });
  });
});
