import { Browser } from './testing/browser';
import { startPortal, type TestPortal } from './testing/portal';

let portal: TestPortal;

beforeAll(async () => {
  portal = await startPortal();
});

afterAll(async () => {
  expect(portal.errors).toEqual([]);
  await portal.close();
});

/** Goes to the login page of the demo provider and answers its form's address. */
async function openLogin(browser: Browser, path = '/auth/login'): Promise<string> {
  const { response, url } = await browser.follow(await browser.get(path));
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('name="login"');
  return url;
}

async function signIn(browser: Browser, login = 'ada@acme.example', path?: string) {
  const page = await openLogin(browser, path);
  return browser.follow(await browser.post(page, { login, password: 'demo' }));
}

async function me(browser: Browser): Promise<{ status: number; person?: string; company?: string }> {
  const response = await browser.get('/api/me');
  if (response.status !== 200) return { status: response.status };
  const { actor } = (await response.json()) as { actor: { personId: string; companyId: string } };
  return { status: 200, person: actor.personId, company: actor.companyId };
}

describe('signing in at the demo provider', () => {
  it('goes from login to the login page to the callback to a session', async () => {
    const browser = new Browser(portal.origin);
    expect(await me(browser)).toEqual({ status: 401 });
    const { url } = await signIn(browser, 'ada@acme.example', '/auth/login?returnTo=/api/me%3Ftab%3D1');
    expect(url).toBe(`${portal.origin}/api/me?tab=1`);
    expect(await me(browser)).toEqual({ status: 200, person: 'person-ada', company: 'acme' });
    expect(portal.directory.asked.at(-1)).toEqual({
      issuer: `${portal.origin}/oidc`,
      subject: 'ada',
      email: 'ada@acme.example',
      emailVerified: true,
      name: 'Ada Okafor',
    });
    expect(browser.attributes('casebook')).toBe('Path=/; HttpOnly; SameSite=Lax');
  });

  it('asks for the authorization with state, nonce and PKCE S256, and without them the provider refuses', async () => {
    const browser = new Browser(portal.origin);
    const location = new URL((await browser.get('/auth/login')).headers.get('location')!);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: `${portal.origin}/auth/callback`,
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
    location.searchParams.delete('code_challenge');
    location.searchParams.delete('code_challenge_method');
    const callback = (await browser.get(location.href)).headers.get('location')!;
    expect(new URL(callback).searchParams.get('error')).toBe('invalid_request');
    const refused = await browser.get(callback);
    expect(refused.status).toBe(502);
    expect(await refused.text()).toContain('provider.error');
  });

  it('shows the login page again after a wrong password or an unknown login', async () => {
    const browser = new Browser(portal.origin);
    const page = await openLogin(browser);
    for (const form of [
      { login: 'ada@acme.example', password: 'wrong' },
      { login: '"><script>x</script>', password: 'demo' },
    ]) {
      const response = await browser.post(page, form);
      expect(response.status).toBe(200);
      const html = await response.text();
      expect(html).toContain('do not belong together');
      expect(html).not.toContain('<script>x');
    }
    await browser.follow(await browser.post(page, { login: ' Ada@Acme.example', password: 'demo' }));
    expect(await me(browser)).toMatchObject({ person: 'person-ada' });
  });

  it('signs in by the button of a listed account', async () => {
    const browser = new Browser(portal.origin);
    const page = await openLogin(browser);
    await browser.follow(await browser.post(page, { account: 'erin@support.example' }));
    expect(await me(browser)).toEqual({ status: 200, person: 'person-erin' });
  });

  it('gives a new session id at each sign-in, and the former one is worth nothing', async () => {
    const browser = new Browser(portal.origin);
    await signIn(browser);
    const first = browser.cookie('casebook')!;
    await signIn(browser, 'erin@support.example');
    expect(browser.cookie('casebook')).not.toBe(first);
    expect(await me(browser)).toEqual({ status: 200, person: 'person-erin' });
    const thief = await fetch(`${portal.origin}/api/me`, { headers: { cookie: `casebook=${first}` } });
    expect(thief.status).toBe(401);
  });

  it('lets two tabs of one browser sign in at the same time', async () => {
    const browser = new Browser(portal.origin);
    const pages = await Promise.all([
      openLogin(browser, '/auth/login?returnTo=/a'),
      openLogin(browser, '/auth/login?returnTo=/b'),
    ]);
    const login = { login: 'ada@acme.example', password: 'demo' };
    const ends = await Promise.all(pages.map(async (page) => browser.follow(await browser.post(page, login))));
    expect(ends.map(({ url }) => url)).toEqual([`${portal.origin}/a`, `${portal.origin}/b`]);
    expect(await me(browser)).toMatchObject({ person: 'person-ada' });
  });

  it('forgets the oldest sign-in under way when a browser begins many', async () => {
    const browser = new Browser(portal.origin);
    const starts: string[] = [];
    for (let n = 0; n < 12; n += 1) starts.push((await browser.get('/auth/login')).headers.get('location')!);
    const names = starts.map((start) => new URL(start).searchParams.get('state')!);
    expect(names).toHaveLength(12);
    const sent = (browser as unknown as { cookiesFor(path: string): string }).cookiesFor('/');
    expect(sent.split('; ').filter((cookie) => cookie.startsWith('casebook-sign-in-')).length).toBe(8);
  });

  it('refuses a callback that was used, that belongs to another browser or came too late', async () => {
    const browser = new Browser(portal.origin);
    const page = await openLogin(browser);
    let callback = '';
    let response = await browser.post(page, { login: 'ada@acme.example', password: 'demo' });
    while (!callback.includes('/auth/callback')) {
      callback = response.headers.get('location')!;
      if (!callback.includes('/auth/callback')) response = await browser.get(callback);
    }
    const stranger = await new Browser(portal.origin).get(callback);
    expect([stranger.status, (await stranger.text()).includes('sign_in.expired')]).toEqual([400, true]);
    const cookiesBefore = portal.directory.asked.length;
    expect((await browser.get(callback)).status).toBe(303);
    const replayed = await browser.get(callback);
    expect([replayed.status, (await replayed.text()).includes('sign_in.expired')]).toEqual([400, true]);
    expect(portal.directory.asked.length).toBe(cookiesBefore + 1);
  });

  it("shows the directory's refusal in its own words and starts no session", async () => {
    const browser = new Browser(portal.origin);
    portal.directory.refusal = { code: 'subscription.none', message: 'The contract of <Acme> ended on 1 May.' };
    const { response } = await signIn(browser);
    portal.directory.refusal = undefined;
    expect(response.status).toBe(403);
    const html = await response.text();
    expect(html).toContain('The contract of &#60;Acme&#62; ended on 1 May.');
    expect(html).toContain('subscription.none');
    expect(browser.cookie('casebook')).toBeUndefined();
  });

  it('refuses a person without rights', async () => {
    const browser = new Browser(portal.origin);
    portal.directory.locked.add('person-ada');
    const { response } = await signIn(browser);
    portal.directory.locked.delete('person-ada');
    expect([response.status, (await response.text()).includes('sign_in.no_access')]).toEqual([403, true]);
    expect(browser.cookie('casebook')).toBeUndefined();
  });

  it('serves pages that load nothing and run no script', async () => {
    const browser = new Browser(portal.origin);
    const { response } = await browser.follow(await browser.get('/auth/login'));
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'none'; form-action 'self'; frame-ancestors 'none'/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('a silent sign-in', () => {
  const path = '/auth/login?prompt=none&returnTo=/api/me';

  it('comes back signed out, without an error page, when the provider would have to ask', async () => {
    const browser = new Browser(portal.origin);
    const asked = (await browser.get(path)).headers.get('location')!;
    expect(new URL(asked).searchParams.get('prompt')).toBe('none');
    const callback = (await browser.get(asked)).headers.get('location')!;
    expect(new URL(callback).searchParams.get('error')).toBe('login_required');
    const back = await browser.get(callback);
    expect([back.status, back.headers.get('location')]).toEqual([303, `${portal.origin}/api/me`]);
    expect([await me(browser), browser.cookie('casebook')]).toEqual([{ status: 401 }, undefined]);
    expect((await browser.get(callback)).status).toBe(400);
  });

  it('signs in whom the provider knows, without a page', async () => {
    const browser = new Browser(portal.origin);
    await signIn(browser);
    await browser.request('/auth/logout', { method: 'POST', headers: { 'x-casebook': '1' } });
    expect(await me(browser)).toEqual({ status: 401 });
    const { url } = await browser.follow(await browser.get(path));
    expect(url).toBe(`${portal.origin}/api/me`);
    expect(await me(browser)).toMatchObject({ person: 'person-ada' });
  });

  it('shows what else went wrong, and nobody is let off who did not ask for silence', async () => {
    for (const [start, error] of [
      [path, 'server_error'],
      ['/auth/login', 'login_required'],
    ] as const) {
      const browser = new Browser(portal.origin);
      const asked = new URL((await browser.get(start)).headers.get('location')!);
      const state = asked.searchParams.get('state')!;
      const back = await browser.get(`/auth/callback?error=${error}&state=${state}&iss=${portal.origin}/oidc`);
      expect([back.status, (await back.text()).includes('provider.error')]).toEqual([502, true]);
    }
  });
});

describe('signing out', () => {
  // Jest hides undici from the demo provider, which then warns that it cannot guard its requests.
  beforeAll(() => jest.spyOn(console, 'warn').mockImplementation());
  afterAll(() => jest.restoreAllMocks());

  it('ends the session at once and leads through the provider back to the portal', async () => {
    const browser = new Browser(portal.origin);
    await signIn(browser);
    const cookie = `casebook=${browser.cookie('casebook')!}`;
    const answer = await browser.request('/auth/logout', { method: 'POST', headers: { 'x-casebook': '1' } });
    expect(answer.status).toBe(200);
    const { redirectTo } = (await answer.json()) as { redirectTo: string };
    expect(browser.cookie('casebook')).toBeUndefined();
    expect((await fetch(`${portal.origin}/api/me`, { headers: { cookie } })).status).toBe(401);
    const page = await (await browser.get(redirectTo)).text();
    const action = /action="([^"]+)"/.exec(page)![1]!;
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)![1]!;
    const done = await browser.post(action, { xsrf, logout: 'yes' });
    expect([done.status, done.headers.get('location')]).toEqual([303, `${portal.origin}/`]);
  });

  it('asks for the header that other sites cannot send, and is harmless without a session', async () => {
    const browser = new Browser(portal.origin);
    await signIn(browser);
    const forged = await browser.request('/auth/logout', { method: 'POST', body: new URLSearchParams({ a: '1' }) });
    expect(forged.status).toBe(403);
    expect(await me(browser)).toMatchObject({ status: 200 });
    const headers = { 'x-casebook': '1', 'content-type': 'application/json' };
    const nobody = await fetch(`${portal.origin}/auth/logout`, { method: 'POST', headers });
    expect([nobody.status, await nobody.json()]).toEqual([200, { redirectTo: `${portal.origin}/` }]);
  });

  it('is told to the portal by the provider when the person leaves there', async () => {
    const [here, there] = [new Browser(portal.origin), new Browser(portal.origin)];
    await signIn(here);
    await signIn(there);
    const page = await (await here.get('/oidc/session/end')).text();
    const action = /action="([^"]+)"/.exec(page)![1]!;
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)![1]!;
    await here.post(action, { xsrf, logout: 'yes' });
    expect(await me(here)).toEqual({ status: 401 });
    expect(await me(there)).toMatchObject({ status: 200 });
  });
});
