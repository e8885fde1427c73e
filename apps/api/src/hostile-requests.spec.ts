import { fill, routesOf } from './testing/routes';
import { startPortal, type TestPortal } from './testing/start-portal';
import { NEW_TICKET, tellTicket, type Told } from './testing/story';

const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
/** Bodies that no route takes. */
const BODIES: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['no JSON', '{"subject": '],
  ['a number', '42'],
  ['null', 'null'],
  ['an empty object', '{}'],
  ['an array', '[1,2,3]'],
  [
    'wrong types',
    '{"body":{"a":1},"subject":[],"severity":7,"products":"x","role":{},"reason":false,"id":[],"name":{},"email":1}',
  ],
  ['a prototype', '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},"body":"x"}'],
  ['unknown fields', '{"body":"x","reason":"x","surprise":true}'],
  ['deep nesting', DEEP],
  [
    'lone surrogates and control characters',
    JSON.stringify({ body: '\ud800\u0000\u0007', reason: '\udfff', role: 'A\u0000' }),
  ],
  ['very many values', JSON.stringify({ products: Array(5_000).fill({}), scopes: Array(5_000).fill(1) })],
  ['a huge text', JSON.stringify({ body: 'x'.repeat(3 * 1024 * 1024) })],
];
const IDS: readonly (readonly [string, string])[] = [
  ['quotes', `'"; DROP TABLE docs; --`],
  ['a path', '../../../etc/passwd'],
  ['a null byte', 'a\u0000b'],
  ['a very long one', 'x'.repeat(5_000)],
  ['an operator', '{"$gt":""}'],
];

describe('malformed requests', () => {
  let portal: TestPortal;
  let told: Told;
  beforeAll(async () => {
    portal = await startPortal();
    told = await tellTicket(portal);
  }, 60_000);
  afterAll(() => portal.close());

  /** Everything that a wrong request may be answered with: problem details below 500. */
  function expectProblem(what: string, answer: { status: number; headers: Headers; text: string }): void {
    const type = answer.headers.get('content-type') ?? '';
    const ok = answer.status >= 400 && answer.status < 500 && type.startsWith('application/problem+json');
    expect(ok ? 'a problem' : `${what}: ${answer.status} ${type} ${answer.text.slice(0, 200)}`).toBe('a problem');
    const { code, detail } = JSON.parse(answer.text) as { code?: unknown; detail?: unknown };
    expect([typeof code, typeof detail]).toEqual(['string', 'string']);
    // The words of class-validator are for programmers.
    expect(`${what}: ${answer.text}`).not.toMatch(/must (be|not|match|contain)|should not exist/);
  }

  it.each(BODIES)(
    'is a problem on every write, never a 500: %s',
    async (_name, body) => {
      for (const { method, path } of routesOf(portal)) {
        if (method === 'GET' || method === 'DELETE') continue;
        const target = fill(path, told.ids);
        for (const [browser, headers] of [
          [told.customer, {}],
          [told.engineer, {}],
          [told.customer, { 'idempotency-key': `${method} ${path}` }],
        ] as const) {
          const answer = await browser.send(method, target, body, headers);
          // A command without a body (accept, lock) does not mind one: it may succeed, but it never breaks.
          if (answer.status < 400) continue;
          expectProblem(`${method} ${target}`, answer);
        }
      }
    },
    60_000,
  );

  it.each(IDS)('is a problem for every id, never a 500: %s', async (_name, id) => {
    for (const { method, path } of routesOf(portal)) {
      if (!path.includes('{')) continue;
      const ids = Object.fromEntries(['number', 'id', 'n'].map((name) => [name, id]));
      const body = method === 'GET' || method === 'DELETE' ? undefined : { body: 'x', reason: 'x', uploadId: id };
      expectProblem(`${method} ${path}`, await told.customer.send(method, fill(path, ids), body));
    }
  });

  it.each([
    '/api/tickets?limit=0',
    '/api/tickets?limit=abc',
    '/api/tickets?limit=201',
    '/api/tickets?status=opened',
    '/api/tickets?stage=triage;closed',
    '/api/tickets?severity=S1,S9',
    '/api/tickets?owes=me',
    '/api/tickets?sort=password',
    '/api/tickets?cursor=%00',
    '/api/tickets?cursor=e30',
    '/api/tickets?cursor=eyJhIjoxfQ',
    '/api/tickets?status[$ne]=open',
    '/api/tickets?status=open&status=closed',
    '/api/search?q[]=x',
    '/api/search',
    '/api/users?company=x',
    '/api/%ff',
    '/api/tickets/%E0%A4%A',
    '/api/nothing',
  ])('is a problem as an address: %s', async (path) => {
    expectProblem(path, await told.customer.send('GET', path));
  });

  it('is a problem with a position or an idempotency key that is none', async () => {
    expectProblem('position', await told.customer.send('GET', '/api/tickets', undefined, { 'x-read-after': 'abc' }));
    const key = { 'idempotency-key': 'k'.repeat(300) };
    expectProblem('key', await told.customer.post(`/api/tickets/${told.number}/replies`, { body: 'x' }, key));
    const type = { 'content-type': 'application/xml' };
    expectProblem('media type', await told.customer.send('POST', '/api/tickets', '<a/>', type));
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data', 'application/xml'])(
    'is refused as 415, since commands come as JSON alone: %s',
    async (type) => {
      const at = `/api/tickets/${told.number}/replies`;
      const answer = await told.customer.send('POST', at, 'body=x', { 'content-type': type });
      expect(answer).toMatchObject({ status: 415, body: { code: 'request.media_type' } });
    },
  );

  it('is no problem where a command needs no body and announces one that is empty', async () => {
    const at = `/api/tickets/${told.number}/workarounds/${told.ids['id'] ?? ''}/accept`;
    expect((await told.customer.send('POST', at, '')).status).not.toBe(400);
    const reply = await told.customer.send('POST', `/api/tickets/${told.number}/replies`, '');
    expect(reply).toMatchObject({ status: 400, body: { fields: [{ path: 'body', message: 'Please fill this in.' }] } });
  });

  it('stores nothing of a field that is null, since null in the record means erased', async () => {
    const nothing = { environment: null, impact: null, stepsTaken: null, hosts: null };
    const opened = await told.customer.post<{ number: string }>('/api/tickets', { ...NEW_TICKET, ...nothing });
    expect(opened.status).toBe(201);
    const page = await told.customer.get<{ ticket: object }>(`/api/tickets/${opened.body.number}`);
    expect(Object.keys(page.body.ticket)).toEqual(expect.not.arrayContaining(Object.keys(nothing)));
    expect(page.text).not.toContain('null');
  });

  it('filters by several values, by one, and by none', async () => {
    const total = async (query: string) =>
      (await told.customer.get<{ total: number }>(`/api/tickets?total=true&limit=1&${query}`)).body.total;
    const everything = await total('');
    expect(everything).toBeGreaterThan(0);
    expect(await total('status=open,awaiting_acceptance,closed&stage=&severity=S1,S2,S3,S4')).toBe(everything);
    expect(await total('severity=S2')).toBe(everything);
    expect(await total('severity=S1')).toBe(0);
  });

  it('offers any text that is too long as a file, up to the longest request and beyond it', async () => {
    for (const length of [150_001, 1_999_999, 2_090_000, 2_200_000]) {
      const answer = await told.customer.post(`/api/tickets/${told.number}/replies`, { body: 'x'.repeat(length) });
      expect([length, answer.status]).toEqual([length, 413]);
    }
  });

  it('says how to sign in where nobody is', async () => {
    const answer = await fetch(`${portal.url}/api/tickets`);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('takes a subject as one line, without what could end a header or turn the text around', async () => {
    const subject = 'Standby\r\nBcc: x@evil.example\u202E stopped\u0000';
    const opened = await told.customer.post<{ number: string }>('/api/tickets', { ...NEW_TICKET, subject });
    const page = await told.customer.get<{ ticket: { subject: string } }>(`/api/tickets/${opened.body.number}`);
    expect(page.body.ticket.subject).toBe('Standby Bcc: x@evil.example  stopped');
  });

  it('acts on any of the versions that If-Match names, and on no other', async () => {
    const at = `/api/tickets/${told.number}`;
    const etag = (await told.engineer.get(at)).headers.get('etag') ?? '';
    const note = (ifMatch: string) => told.engineer.post(`${at}/notes`, { body: 'x' }, { 'if-match': ifMatch });
    expect((await note('"r0", "r1"')).status).toBe(412);
    expect((await note(`"r0", ${etag}`)).status).toBe(201);
    expect((await note(etag)).status).toBe(412);
    expect((await note('*')).status).toBe(201);
  });

  it('finds the same ticket whatever is searched for', async () => {
    for (const q of ['"', '*', 'AND OR NOT', 'NEAR(', 'subject:x', "'; --", '(((', '\u0000', '-']) {
      const answer = await told.customer.send('GET', `/api/search?q=${encodeURIComponent(q)}`);
      expect(answer.status).toBe(200);
    }
  });

  // The last one: nobody signs in from here for a minute.
  it('are too many: sign-in says so on a page, and the provider’s word is still heard', async () => {
    const often = async (path: string, init: RequestInit) => {
      const answers: Response[] = [];
      for (let n = 0; n < 65; n++) answers.push(await fetch(`${portal.url}${path}`, { redirect: 'manual', ...init }));
      return answers;
    };
    const last = (await often('/auth/login', {})).at(-1);
    expect(last?.status).toBe(429);
    expect(last?.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await last?.text()).toContain('Please try again in');
    const told = await often('/auth/backchannel-logout', { method: 'POST', body: new URLSearchParams({}) });
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([400]));
  });
});
