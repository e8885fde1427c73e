import type { Browser } from './testing/browser';
import { fill, routesOf, type Route } from './testing/routes';
import { startPortal, type TestPortal } from './testing/start-portal';
import { MARK, NEW_TICKET, tellTicket, type Told } from './testing/story';

/** A body that the route would take from somebody who may. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/tickets/{number}/replies': { body: 'Hello' },
  'POST /api/tickets/{number}/notes': { body: 'Hello' },
  'POST /api/tickets/{number}/can-reports': { audience: 'customer', conditions: 'x', actions: [], needs: [] },
  'POST /api/tickets/{number}/can-reports/{id}/needs/{n}/met': {},
  'POST /api/tickets/{number}/workarounds': { body: 'x' },
  'POST /api/tickets/{number}/workarounds/{id}/accept': {},
  'POST /api/tickets/{number}/workarounds/{id}/decline': { reason: 'x' },
  'POST /api/tickets/{number}/workarounds/{id}/applied': {},
  'POST /api/tickets/{number}/workarounds/{id}/worked': {},
  'POST /api/tickets/{number}/workarounds/{id}/failed': {},
  'POST /api/tickets/{number}/resolutions': { symptoms: 'x', rootCause: 'x', steps: 'x' },
  'POST /api/tickets/{number}/resolutions/{id}/accept': {},
  'POST /api/tickets/{number}/resolutions/{id}/reject': { reason: 'x' },
  'PUT /api/tickets/{number}/assignee': { me: true },
  'POST /api/tickets/{number}/handovers': { to: '00000000-0000-4000-8000-000000000000', note: 'x' },
  'POST /api/tickets/{number}/handovers/{id}/accept': {},
  'POST /api/tickets/{number}/handovers/{id}/decline': {},
  'PUT /api/tickets/{number}/severity': { severity: 'S1', reason: 'x' },
  'POST /api/tickets/{number}/stage': { stage: 'mitigation' },
  'POST /api/tickets/{number}/withdraw': { reason: 'x' },
  'POST /api/tickets/{number}/close': { code: 'not_ours', reason: 'x' },
  'POST /api/tickets/{number}/reopen': { reason: 'x' },
  'POST /api/tickets/{number}/follow-ups': NEW_TICKET,
  'POST /api/tickets/{number}/attachments': { uploadId: '0'.repeat(32) },
  'PUT /api/users/{id}/role': { role: 'A' },
  'POST /api/users/{id}/lock': {},
  'POST /api/users/{id}/unlock': {},
  'POST /api/users/{id}/accept': {},
  'POST /api/users/{id}/decline': {},
  'DELETE /api/me/tokens/{id}': undefined,
  'GET /api/tickets/{number}': undefined,
  'GET /api/tickets/{number}/timeline': undefined,
  'GET /api/tickets/{number}/downloads': undefined,
  'GET /api/tickets/{number}/attachments/{id}': undefined,
};
/** Lists and searches: they answer, but with nothing of another company. */
const LISTS = [
  'GET /api/me',
  'GET /api/me/tokens',
  'GET /api/users',
  'GET /api/products',
  'GET /api/services',
  'GET /api/plans',
  'GET /api/severities',
  'GET /api/tickets',
  'GET /api/search',
  'GET /api/insights/collections',
];
/** Routes that take no id of anybody, each with the suite that covers it. */
const ELSEWHERE = [
  'GET /api/events', // leak.spec.ts
  'GET /api/companies', // staff only, below
  'POST /api/tickets', // opens for the own company by construction: ticket-journey.spec.ts
  'POST /api/users', // invites into the own company by construction: access.spec.ts
  'POST /api/me/company', // below
  'POST /api/me/tokens', // for oneself
  'GET /api/direct-uploads', // the same for everybody
  'POST /api/direct-uploads', // one's own: direct-uploads.s3.engine-spec.ts, as the next four
  'POST /api/direct-uploads/{id}/resume',
  'POST /api/direct-uploads/{id}/addresses',
  'POST /api/direct-uploads/{id}/complete',
  'DELETE /api/direct-uploads/{id}',
  'GET /api/status', // for everybody: system-status.spec.ts
  'GET /api/admin/status', // administrators only: system-status.spec.ts
  'POST /api/admin/views/{name}/rebuild', // the same
  'GET /health/live',
  'GET /health/ready',
];

const nameOf = ({ method, path }: Route) => `${method} ${path}`;

describe('another company', () => {
  let portal: TestPortal;
  let acme: Told;
  let gus: Browser;
  beforeAll(async () => {
    portal = await startPortal();
    acme = await tellTicket(portal);
    gus = await portal.signIn('gus@globex.example');
    gus.readAfter = acme.engineer.readAfter;
  }, 60_000);
  afterAll(() => portal.close());

  it('has a case for every route', () => {
    const covered = new Set([...Object.keys(BODIES), ...LISTS, ...ELSEWHERE]);
    expect(
      routesOf(portal)
        .map(nameOf)
        .filter((name) => !covered.has(name)),
    ).toEqual([]);
  });

  it('gets nothing by any route that takes an id', async () => {
    const before = (await acme.engineer.get(`/api/tickets/${acme.number}`)).text;
    const answers: string[] = [];
    for (const [name, body] of Object.entries(BODIES)) {
      const [method = '', path = ''] = name.split(' ');
      const id = path.includes('attachments')
        ? acme.ids['attachmentId']
        : path.includes('users')
          ? acme.ids['userId']
          : acme.ids['id'];
      const answer = await gus.send(method, fill(path, { ...acme.ids, id: id ?? '' }), body);
      answers.push(`${name}: ${answer.status}`);
      expect(`${name} ${answer.status}`).toBe(`${name} 404`);
      expect(answer.text).not.toContain(MARK);
    }
    expect(answers.length).toBe(Object.keys(BODIES).length);
    expect((await acme.engineer.get(`/api/tickets/${acme.number}`)).text).toBe(before);
  });

  it('sees nothing of it in lists, searches and filters', async () => {
    const company = (await acme.customer.get<{ company: { id: string } }>('/api/me')).body.company.id;
    const queries = [
      '',
      `?company=${company}`,
      `?q=${MARK}`,
      `?q=${acme.number}`,
      `?requester=${acme.ids['userId'] ?? ''}`,
    ];
    for (const name of LISTS) {
      const path = name.split(' ')[1] ?? '';
      for (const query of queries) {
        const answer = await gus.get(`${path}${query}`);
        expect([200, 400]).toContain(answer.status);
        expect(answer.text).not.toContain(MARK);
        expect(answer.text).not.toContain('acme');
        expect(answer.text).not.toContain(acme.number);
      }
    }
  });

  it('cannot be entered by a session of somebody who does not belong to it', async () => {
    const company = (await acme.customer.get<{ company: { id: string } }>('/api/me')).body.company.id;
    expect((await gus.post('/api/me/company', { id: company })).status).toBe(404);
    expect((await gus.get('/api/companies')).status).toBe(403);
  });

  it('is one of two for a person who serves both, one at a time', async () => {
    const cora = await portal.signIn('cora@consult.example');
    const me = await cora.get<{ company: { name: string }; companies: { id: string; name: string }[] }>('/api/me');
    expect(me.body.companies.map(({ name }) => name)).toEqual(['Acme Retail', 'Globex Energy']);
    expect(me.body.company.name).toBe('Acme Retail');
    expect((await cora.get(`/api/tickets/${acme.number}`)).status).toBe(200);
    const globex = me.body.companies[1]?.id;
    expect((await cora.post('/api/me/company', { id: globex })).body).toMatchObject({
      company: { name: 'Globex Energy' },
    });
    expect((await cora.get(`/api/tickets/${acme.number}`)).status).toBe(404);
  });
});
