import { stableId } from '@casebook/commands';
import { startPortal, type TestPortal } from './testing/start-portal';
import { MARK, NEW_TICKET } from './testing/story';

interface User {
  readonly id: string;
  readonly email: string;
  readonly role: 'A' | 'U';
}

interface Me {
  readonly company: { readonly name: string };
  readonly companies: readonly { readonly id: string; readonly name: string }[];
}

describe('who gets in', () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startPortal();
  }, 60_000);
  afterAll(() => portal.close());

  const idOf = async (email: string) => (await portal.services.accounts.personByEmail(email)) ?? '';

  it('locks a user out at once: session, token and event stream end before the answer', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const uma = await portal.signIn('uma@acme.example');
    const { token } = (await uma.post<{ token: string }>('/api/me/tokens', { name: 'script' })).body;
    const bearer = { authorization: `Bearer ${token}` };
    expect((await fetch(`${portal.url}/api/me`, { headers: bearer })).status).toBe(200);
    const events = await uma.fetch('/api/events');
    expect((await ada.post(`/api/users/${await idOf('uma@acme.example')}/lock`)).status).toBe(200);
    expect((await uma.get('/api/me')).status).toBe(401);
    expect((await fetch(`${portal.url}/api/me`, { headers: bearer })).status).toBe(401);
    expect(await events.text()).toContain('event: bye');
    expect((await ada.post(`/api/users/${await idOf('uma@acme.example')}/unlock`)).status).toBe(200);
    expect((await (await portal.signIn('uma@acme.example')).get('/api/me')).status).toBe(200);
  });

  it('keeps one admin when two demote each other at once', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const marta = await portal.signIn('marta@acme.example');
    const answers = await Promise.all([
      ada.put(`/api/users/${await idOf('marta@acme.example')}/role`, { role: 'U' }),
      marta.put(`/api/users/${await idOf('ada@acme.example')}/role`, { role: 'U' }),
    ]);
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    const survivor = answers[0].status === 200 ? 'ada@acme.example' : 'marta@acme.example';
    const again = await portal.signIn(survivor);
    const { items } = (await again.get<{ items: User[] }>('/api/users')).body;
    expect(items.filter(({ role }) => role === 'A').map(({ email }) => email)).toEqual([survivor]);
    const last = await again.put(`/api/users/${await idOf(survivor)}/role`, { role: 'U' });
    expect(last).toMatchObject({ status: 409, body: { code: 'member.last_admin' } });
  });

  it('lets a user (U) open tickets and see all of them, but not manage users', async () => {
    const noa = await portal.signIn('noa@globex.example');
    const gus = await portal.signIn('gus@globex.example');
    const { number } = (await gus.post<{ number: string }>('/api/tickets', NEW_TICKET)).body;
    noa.readAfter = gus.readAfter;
    expect((await noa.get(`/api/tickets/${number}`)).status).toBe(200);
    expect((await noa.post('/api/tickets', NEW_TICKET)).status).toBe(201);
    expect((await noa.post(`/api/users/${await idOf('gus@globex.example')}/lock`)).status).toBe(403);
    expect((await noa.post('/api/users', { name: 'X', email: 'x@globex.example', role: 'U' })).status).toBe(403);
  });

  it('tells an admin nothing of a person of another company whom they invite, and moves nobody by it', async () => {
    const gus = await portal.signIn('gus@globex.example');
    const { id } = (await gus.post<{ id: string }>('/api/users', { name: 'U', email: 'uma@acme.example', role: 'A' }))
      .body;
    const mine = async () => (await gus.get<{ items: User[] }>('/api/users')).body.items.find((one) => one.id === id);
    expect(await mine()).toEqual({
      id,
      name: 'uma@acme.example',
      email: 'uma@acme.example',
      side: 'customer',
      role: 'A',
      status: 'invited',
      locked: false,
    });
    for (const step of ['lock', 'unlock']) expect((await gus.post(`/api/users/${id}/${step}`)).status).toBe(200);
    expect(await mine()).toMatchObject({ status: 'invited', name: 'uma@acme.example' });
    const again = await portal.signIn('uma@acme.example');
    const me = (await again.get<Me>('/api/me')).body;
    expect(me.company.name).toBe('Acme Retail');
    expect(await mine()).toMatchObject({ status: 'invited' });
    const globex = me.companies.find(({ name }) => name === 'Globex Energy')?.id;
    expect((await again.post('/api/me/company', { id: globex })).status).toBe(200);
    await again.get('/api/me');
    gus.readAfter = (await again.post<never>('/api/tickets', NEW_TICKET)).headers.get('x-position') ?? undefined;
    expect(await mine()).toMatchObject({ status: 'active', name: expect.stringContaining('Uma') as string });
  });

  it('shows a person of two companies in each with the role they have there', async () => {
    const cora = await portal.signIn('cora@consult.example');
    const { companies } = (await cora.get<Me>('/api/me')).body;
    const roles: unknown[] = [];
    for (const [name, reader] of [
      ['Acme Retail', await portal.signIn('ada@acme.example')],
      ['Globex Energy', await portal.signIn('gus@globex.example')],
    ] as const) {
      await cora.post('/api/me/company', { id: companies.find((one) => one.name === name)?.id });
      const { number } = (await cora.post<{ number: string }>('/api/tickets', NEW_TICKET)).body;
      reader.readAfter = cora.readAfter;
      type Read = { people: Record<string, { role: string }> };
      const id = await idOf('cora@consult.example');
      roles.push((await reader.get<Read>(`/api/tickets/${number}`)).body.people[id]?.role);
      roles.push((await reader.get<Read>('/api/tickets')).body.people[id]?.role);
    }
    expect(roles).toEqual(['U', 'U', 'A', 'A']);
  });

  it('refuses in plain words who has no mail address, is known to nobody, or was declined', async () => {
    const { accounts } = portal.services;
    const signIn = (email: string | undefined, emailVerified = true) =>
      accounts.signIn({ issuer: 'https://id.example', subject: `s ${email}`, email, emailVerified, name: 'N' });
    for (const email of [undefined, '', 'ada', 'a@b@c', 'ada @acme.example']) {
      expect(await signIn(email)).toMatchObject({ refused: { code: 'email.unverified' } });
    }
    expect(await signIn('ada@acme.example', false)).toMatchObject({ refused: { code: 'email.unverified' } });
    expect(await signIn('somebody@gmail.com')).toMatchObject({ refused: { code: 'person.unknown' } });
    expect(await signIn('new@globex.example')).toMatchObject({ refused: { code: 'membership.requested' } });
    const gus = await portal.signIn('gus@globex.example');
    const decline = await gus.post(`/api/users/${await idOf('new@globex.example')}/decline`);
    expect(decline.status).toBe(200);
    await gus.get('/api/users');
    expect(await signIn('new@globex.example')).toMatchObject({ refused: { code: 'person.unknown' } });
  });

  it('refuses a contact above the limit of the contract, and takes one again after a lock', async () => {
    const ichiro = await portal.signIn('ichiro@initech.example');
    const invite = (n: number) =>
      ichiro.post<{ id: string }>('/api/users', { name: `P${n}`, email: `p${n}@initech.example`, role: 'U' });
    const ids = [];
    for (const n of [1, 2, 3]) ids.push((await invite(n)).body.id);
    expect(await invite(4)).toMatchObject({ status: 409, body: { code: 'member.limit' } });
    expect(await idOf('p4@initech.example')).toBe('');
    expect((await ichiro.post(`/api/users/${ids[0] ?? ''}/lock`)).status).toBe(200);
    expect((await invite(4)).status).toBe(201);
    expect(await ichiro.post(`/api/users/${ids[0] ?? ''}/unlock`)).toMatchObject({ status: 409 });
  });

  it('refuses a company whose subscriptions have ended, at the next request, and ends its streams at once', async () => {
    const yui = await portal.signIn('yui@initech.example');
    const events = await yui.fetch('/api/events');
    const company = (await yui.get<{ company: { id: string } }>('/api/me')).body.company.id;
    const state = await portal.services.accounts.companyState(company);
    for (const { id } of state?.subscriptions ?? []) {
      await portal.services.accounts.company$({
        id: company,
        command: { type: 'EndSubscription', data: { subscriptionId: id } },
        actor: { kind: 'system', name: 'test' },
        commandId: stableId('test', id),
      });
    }
    expect(await events.text()).toContain('event: bye');
    expect((await yui.get('/api/me')).status).toBe(401);
    const refused = await portal.signIn('ichiro@initech.example');
    expect((await refused.get('/api/me')).status).toBe(401);
  });

  it('refuses a ticket for a service that the company has not bought', async () => {
    const gus = await portal.signIn('gus@globex.example');
    const answer = await gus.post('/api/tickets', { ...NEW_TICKET, service: 'remote-dba' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'subscription.none' } });
  });

  it('gives a token no more than read when only that was asked, and no tokens', async () => {
    const gus = await portal.signIn('gus@globex.example');
    const { token } = (await gus.post<{ token: string }>('/api/me/tokens', { name: 'r', scopes: ['read'] })).body;
    const send = (method: string, path: string, body?: unknown) =>
      fetch(`${portal.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    expect((await send('GET', '/api/tickets')).status).toBe(200);
    expect((await send('POST', '/api/tickets', NEW_TICKET)).status).toBe(403);
    expect((await send('POST', '/api/me/tokens', { name: 'more' })).status).toBe(403);
    const repeated = { 'idempotency-key': 'once' };
    expect((await gus.post('/api/me/tokens', { name: 'x' }, repeated)).status).toBe(201);
    expect((await gus.post('/api/me/tokens', { name: 'x' }, repeated)).status).toBe(409);
  });

  it('refuses a write that another site may have caused', async () => {
    const gus = await portal.signIn('gus@globex.example');
    const foreign = await gus.send('POST', '/api/tickets', NEW_TICKET, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const bare = await gus.fetch('/api/tickets', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(NEW_TICKET),
    });
    expect(bare.status).toBe(403);
    expect(foreign.text).not.toContain(MARK);
  });
});
