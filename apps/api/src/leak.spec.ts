import type { Browser } from './testing/browser';
import { startPortal, type TestPortal } from './testing/start-portal';
import { tellTicket, type Told } from './testing/story';

/** What a customer can read. Answers are compared byte for byte, with the headers that could betray something. */
const ROUTES = (number: string) => [
  '/api/me',
  '/api/users',
  '/api/tickets',
  '/api/tickets?total=true&limit=1',
  '/api/tickets?sort=-openedAt',
  '/api/tickets?status=open&sort=severity',
  `/api/tickets/${number}`,
  `/api/tickets/${number}/timeline`,
  `/api/tickets/${number}/downloads`,
  '/api/search?q=standby',
  `/api/search?q=${number}`,
];
const HEADERS = ['etag', 'x-position', 'content-length', 'last-modified'];

async function everything(browser: Browser, number: string): Promise<string> {
  const parts: string[] = [];
  for (const route of ROUTES(number)) {
    const { status, headers, text } = await browser.send('GET', route);
    parts.push(`${route} ${status} ${HEADERS.map((name) => headers.get(name) ?? '').join(' ')}\n${text}`);
  }
  const page = await browser.send<{ timeline: { nextCursor?: string } }>('GET', `/api/tickets/${number}`);
  const cursor = page.body.timeline.nextCursor;
  if (cursor !== undefined) {
    const older = await browser.send('GET', `/api/tickets/${number}/timeline?cursor=${encodeURIComponent(cursor)}`);
    parts.push(older.text);
  }
  return parts.join('\n');
}

/** Reads an event stream until `done`, and answers what came. */
async function stream(browser: Browser, during: () => Promise<void>): Promise<string> {
  const stop = new AbortController();
  const answer = await browser.fetch('/api/events', { signal: stop.signal });
  const reader = answer.body?.getReader();
  let text = '';
  const reading = (async () => {
    for (;;) {
      const part = await reader?.read().catch(() => undefined);
      if (!part || part.done) return;
      text += Buffer.from(part.value).toString('utf8');
    }
  })();
  await during();
  await new Promise((resolve) => setTimeout(resolve, 150));
  stop.abort();
  await reading;
  return text;
}

describe('internal events', () => {
  let portal: TestPortal;
  let told: Told;
  let other: Browser;
  beforeAll(async () => {
    portal = await startPortal();
    told = await tellTicket(portal);
    other = await portal.signIn('priya@support.example');
    // Enough public entries for a second page of the timeline.
    for (let n = 0; n < 55; n++) await told.engineer.post(`/api/tickets/${told.number}/replies`, { body: `Step ${n}` });
    told.customer.readAfter = told.engineer.readAfter;
    await told.customer.get('/api/tickets');
    told.customer.readAfter = undefined;
  }, 60_000);
  afterAll(() => portal.close());

  const at = () => `/api/tickets/${told.number}`;
  let reportId = '';
  let handoverId = '';
  /** Every kind of internal event, one after the other. */
  const internal: readonly ((n: number) => Promise<{ status: number }>)[] = [
    (n) => told.engineer.post(`${at()}/notes`, { body: `Between us, ${n}.` }),
    async (n) => {
      const needs = [{ text: 'A second pair of eyes', from: 'customer' }];
      const report = { audience: 'internal', conditions: `Hidden ${n}`, actions: [], needs };
      const answer = await told.engineer.post<{ reportId: string }>(`${at()}/can-reports`, report);
      ({ reportId } = answer.body);
      return answer;
    },
    async () => {
      const to = await portal.services.accounts.personByEmail('priya@support.example');
      const answer = await told.engineer.post<{ handoverId: string }>(`${at()}/handovers`, { to, note: 'Night' });
      ({ handoverId } = answer.body);
      return answer;
    },
    () => told.engineer.post(`${at()}/can-reports/${reportId}/needs/1/met`),
    () => other.post(`${at()}/handovers/${handoverId}/decline`, { note: 'Busy' }),
  ];
  async function addInternal(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      expect((await internal[n % internal.length]?.(n))?.status).toBe(201);
    }
    told.engineer.readAfter = other.readAfter = undefined;
    for (const reader of [told.engineer, other]) await reader.get(at());
  }

  it.each([1, 2, 7, 30])('change no byte of what a customer receives (%i of them)', async (count) => {
    const before = await everything(told.customer, told.number);
    expect(before).toContain('Step 54');
    await addInternal(count);
    expect(await everything(told.customer, told.number)).toBe(before);
  });

  it('are not told on the customer’s event stream, not even as a ping, while the engineer’s has them', async () => {
    let engineer = '';
    const customer = await stream(told.customer, async () => {
      engineer = await stream(told.engineer, () => addInternal(5));
    });
    expect(customer.replaceAll(': heartbeat\n\n', '')).toBe('retry: 2000\n: connected\n\n');
    expect(engineer.match(/event: change/g)?.length).toBe(5);
  });

  it('do not make a customer’s write stale, and leave public reports numbered without a gap', async () => {
    const { headers } = await told.customer.get(at());
    await addInternal(3);
    const reply = await told.customer.post(
      `${at()}/replies`,
      { body: 'Thank you' },
      { 'if-match': headers.get('etag') ?? '' },
    );
    expect(reply.status).toBe(201);
    const report = { audience: 'customer', conditions: 'Public again', actions: [], needs: [] };
    await told.engineer.post(`${at()}/can-reports`, report);
    told.customer.readAfter = told.engineer.readAfter;
    const page = await told.customer.get<{ ticket: { lastCan: { sequence: number } } }>(at());
    expect(page.body.ticket.lastCan.sequence).toBe(2);
  });

  it('are invisible to a customer who names them', async () => {
    const hidden = await told.engineer.post<{ reportId: string }>(`${at()}/can-reports`, {
      audience: 'internal',
      conditions: 'Hidden',
      actions: [],
      needs: [{ text: 'Hidden need', from: 'customer' }],
    });
    const known = await told.customer.post(`${at()}/can-reports/${hidden.body.reportId}/needs/1/met`);
    const unknown = await told.customer.post(`${at()}/can-reports/${crypto.randomUUID()}/needs/1/met`);
    const withoutId = (text: string) => text.replace(/"correlationId":"[^"]+"/, '');
    expect([known.status, withoutId(known.text)]).toEqual([unknown.status, withoutId(unknown.text)]);
  });
});
