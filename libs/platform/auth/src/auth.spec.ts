import { type RequestPrincipal } from './auth';
import { Cookies } from './cookies';
import { Arena } from './testing/arena';
import { Browser } from './testing/browser';

let arena: Arena;
let browser: Browser;

beforeAll(async () => {
  arena = await Arena.open();
});

beforeEach(async () => {
  browser = new Browser(arena.portal.origin);
  const callback = new URLSearchParams(await arena.begin(browser));
  await browser.get(`/auth/callback?${callback.toString()}`);
});

afterAll(async () => {
  expect(await arena.close()).toEqual([]);
});

/** Calls /api/me, as a session unless `headers` carry a token. */
async function call(
  method: 'GET' | 'POST',
  headers: Record<string, string> = {},
): Promise<[number, string | undefined]> {
  const response = await browser.request('/api/me', { method, headers });
  const { code } = (await response.json()) as { code?: string };
  return [response.status, code];
}

async function principal(): Promise<RequestPrincipal> {
  const { auth } = arena.portal;
  const session = await auth.sessions.find(browser.cookie('casebook'));
  const found = await arena.portal.directory.principal(session!.personId, session!.companyId);
  return { ...found!, via: { kind: 'session', key: session!.key } };
}

describe('a write by session', () => {
  const own = { 'x-casebook': '1' };

  it.each<[string, Record<string, string>]>([
    ['a program with the header', own],
    ['the portal', { ...own, 'sec-fetch-site': 'same-origin' }],
  ])('is taken from %s', async (_who, headers) => {
    expect(await call('POST', { ...headers })).toEqual([200, undefined]);
    expect(await call('POST', { ...headers, origin: arena.portal.origin })).toEqual([200, undefined]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a form elsewhere', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 'auth.foreign_origin'],
    ['another site with our header', { ...own, origin: 'https://evil.example' }, 'auth.foreign_origin'],
    ['another host of the site', { ...own, 'sec-fetch-site': 'same-site' }, 'auth.foreign_origin'],
    ['a sandbox', { ...own, origin: 'null' }, 'auth.foreign_origin'],
    ['a typed address', { ...own, 'sec-fetch-site': 'none' }, 'auth.foreign_origin'],
    ['nobody knows where', {}, 'auth.header_missing'],
    ['the portal without the header', { 'sec-fetch-site': 'same-origin' }, 'auth.header_missing'],
  ])('is refused from %s', async (_who, headers, code) => {
    expect(await call('POST', headers)).toEqual([403, code]);
  });

  it('needs no header where it only reads', async () => {
    expect(await call('GET', { origin: 'https://evil.example' })).toEqual([200, undefined]);
  });
});

describe('rights', () => {
  it('end with the lock at once, and the session does not come back with the unlocking', async () => {
    arena.portal.directory.locked.add('person-ada');
    expect(await call('GET')).toEqual([401, 'auth.required']);
    arena.portal.directory.locked.delete('person-ada');
    expect(await call('GET')).toEqual([401, 'auth.required']);
  });

  it('end with endSessions and endAccess', async () => {
    const { token } = await arena.portal.auth.createToken(await principal(), { name: 'x' });
    await arena.portal.auth.endSessions('person-ada');
    expect(await call('GET')).toEqual([401, 'auth.required']);
    expect(await call('GET', { authorization: `Bearer ${token}` })).toEqual([200, undefined]);
    await arena.portal.auth.endAccess('person-ada');
    expect(await call('GET', { authorization: `Bearer ${token}` })).toEqual([401, 'auth.required']);
  });

  it('end in one company alone where that company takes them away', async () => {
    const { auth } = arena.portal;
    const acme = await auth.createToken(await principal(), { name: 'acme' });
    await auth.switchCompany(await principal(), 'globex');
    const globex = await auth.createToken(await principal(), { name: 'globex' });
    const statusWith = async ({ token }: { token: string }) =>
      (await call('GET', { authorization: `Bearer ${token}` }))[0];
    await auth.endAccess('person-ada', 'acme');
    expect([await statusWith(acme), await statusWith(globex), (await call('GET'))[0]]).toEqual([401, 200, 200]);
    await auth.endAccess('person-ada', 'globex');
    expect([await statusWith(globex), (await call('GET'))[0]]).toEqual([401, 401]);
  });

  it('move to another company of the person, and to no other', async () => {
    const { auth } = arena.portal;
    const before = await principal();
    await expect(auth.switchCompany(before, 'initech')).rejects.toMatchObject({ code: 'company.missing' });
    expect((await auth.switchCompany(before, 'globex')).actor).toMatchObject({ companyId: 'globex' });
    const response = await browser.get('/api/me');
    expect(await response.json()).toMatchObject({ actor: { companyId: 'globex' } });
  });

  it('cannot be moved in a session that ended meanwhile', async () => {
    const before = await principal();
    await arena.portal.auth.endSessions('person-ada');
    await expect(arena.portal.auth.switchCompany(before, 'globex')).rejects.toMatchObject({ code: 'auth.required' });
  });
});

describe('a personal token', () => {
  it('needs neither cookie nor header, and acts in the company in which it was made', async () => {
    const { auth } = arena.portal;
    const { token } = await auth.createToken(await principal(), { name: 'x' });
    await auth.switchCompany(await principal(), 'globex');
    const headers = { authorization: `bearer ${token}`, origin: 'https://elsewhere.example' };
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${arena.portal.origin}/api/me`, { method, headers });
      expect(await response.json()).toMatchObject({ actor: { companyId: 'acme' }, via: { kind: 'token' } });
    }
  });

  it.each<['read' | 'write', number, number]>([
    ['read', 200, 403],
    ['write', 403, 200],
  ])('with the scope %s alone may do that alone', async (scope, read, write) => {
    const { token } = await arena.portal.auth.createToken(await principal(), { name: 'x', scopes: [scope] });
    const headers = { authorization: `Bearer ${token}` };
    expect([(await call('GET', headers))[0], (await call('POST', headers))[0]]).toEqual([read, write]);
  });

  it('that is wrong does not fall back to the session beside it', async () => {
    expect(await call('GET', { authorization: 'Bearer cb_wrong' })).toEqual([401, 'auth.required']);
  });

  it('has no rights that its owner lacks now', async () => {
    const { token } = await arena.portal.auth.createToken(await principal(), { name: 'x' });
    arena.portal.directory.locked.add('person-ada');
    expect(await call('GET', { authorization: `Bearer ${token}` })).toEqual([401, 'auth.required']);
    arena.portal.directory.locked.delete('person-ada');
  });

  it('makes and revokes no tokens and changes no company', async () => {
    const { auth } = arena.portal;
    const session = await principal();
    const { info } = await auth.createToken(session, { name: 'x' });
    const byToken: RequestPrincipal = { ...session, via: { kind: 'token', id: info.id, scopes: info.scopes } };
    const refused = { code: 'auth.session_required' };
    await expect(auth.createToken(byToken, { name: 'y' })).rejects.toMatchObject(refused);
    await expect(auth.revokeToken(byToken, info.id)).rejects.toMatchObject(refused);
    await expect(auth.switchCompany(byToken, 'globex')).rejects.toMatchObject(refused);
    await auth.revokeToken(session, info.id);
    expect((await auth.listTokens(session)).map(({ id }) => id)).not.toContain(info.id);
  });
});

describe('a long connection', () => {
  it('is told that its session ended, without keeping the session alive by asking', async () => {
    const { auth, clock } = arena.portal;
    const byId = await principal();
    for (let minutes = 0; minutes < 28; minutes += 4) {
      clock.advance(4 * 60);
      expect(await auth.stillSignedIn(byId)).toBe(true);
    }
    clock.advance(4 * 60);
    expect(await auth.stillSignedIn(byId)).toBe(false);
    clock.advance(-32 * 60);
  });

  it('is told of lock and logout, by session and by token', async () => {
    const { auth, directory } = arena.portal;
    const bySession = await principal();
    const { info } = await auth.createToken(bySession, { name: 'x' });
    const byToken: RequestPrincipal = { ...bySession, via: { kind: 'token', id: info.id, scopes: info.scopes } };
    const both = async () => [await auth.stillSignedIn(bySession), await auth.stillSignedIn(byToken)];
    expect(await both()).toEqual([true, true]);
    directory.locked.add('person-ada');
    expect(await both()).toEqual([false, false]);
    directory.locked.delete('person-ada');
    await auth.endSessions('person-ada');
    expect(await both()).toEqual([false, true]);
    await auth.endAccess('person-ada');
    expect(await both()).toEqual([false, false]);
  });
});

describe('the cookies', () => {
  it('are bound to the host and to https where the portal has it', () => {
    const set: [string, Record<string, unknown>][] = [];
    const reply = {
      setCookie: (name: string, _value: string, options: Record<string, unknown>) => set.push([name, options]),
    };
    const cookies = new Cookies('https://support.example');
    cookies.setSession(reply as unknown as Parameters<Cookies['setSession']>[0], 'id');
    expect(set).toEqual([['__Host-casebook', { path: '/', httpOnly: true, sameSite: 'lax', secure: true }]]);
    expect(new Cookies('http://127.0.0.1:3000').session).toBe('casebook');
  });
});
