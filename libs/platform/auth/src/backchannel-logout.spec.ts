import { randomUUID } from 'node:crypto';
import { Arena, now } from './testing/arena';
import { Browser } from './testing/browser';
import { CLIENT_ID, rawToken, signingKey } from './testing/hostile-provider';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
let arena: Arena;
let browser: Browser;

beforeAll(async () => {
  arena = await Arena.open();
});

beforeEach(async () => {
  browser = new Browser(arena.portal.origin);
  const callback = new URLSearchParams(await arena.begin(browser));
  await browser.get(`/auth/callback?${callback.toString()}`);
  expect(await signedIn()).toBe(true);
});

afterAll(async () => {
  expect(await arena.close()).toEqual([]);
});

async function signedIn(): Promise<boolean> {
  return (await browser.get('/api/me')).status === 200;
}

function honest(): Record<string, unknown> {
  const times = { iat: now(), exp: now() + 120, jti: randomUUID() };
  return { iss: arena.provider.origin, aud: CLIENT_ID, sub: 'subject-1', events: { [EVENT]: {} }, ...times };
}

async function logout(token: string): Promise<number> {
  const body = new URLSearchParams({ logout_token: token });
  const response = await fetch(`${arena.portal.origin}/auth/backchannel-logout`, { method: 'POST', body });
  expect(response.headers.get('cache-control')).toBe('no-store');
  return response.status;
}

describe('a logout told by the provider', () => {
  it('ends the sessions of the subject, or only those of one provider session', async () => {
    const other = await arena.provider.sign({ ...honest(), sid: 'provider-session-2' }, { typ: 'logout+jwt' });
    expect([await logout(other), await signedIn()]).toEqual([200, true]);
    const this1 = await arena.provider.sign({ ...honest(), sub: undefined, sid: 'provider-session-1' });
    expect([await logout(this1), await signedIn()]).toEqual([200, false]);
  });

  it('ends all sessions of the subject when it names no session', async () => {
    const token = await arena.provider.sign(honest(), { typ: 'logout+jwt' });
    expect([await logout(token), await signedIn()]).toEqual([200, false]);
  });

  it('may be said again when the sessions could not be ended', async () => {
    const token = await arena.provider.sign(honest(), { typ: 'logout+jwt' });
    jest.spyOn(arena.portal.auth.sessions, 'endAtProvider').mockRejectedValueOnce(new Error('The disk is full.'));
    expect([await logout(token), await signedIn()]).toEqual([500, true]);
    expect([await logout(token), await signedIn()]).toEqual([200, false]);
  });

  it('is taken once', async () => {
    const token = await arena.provider.sign({ ...honest(), sid: 'provider-session-2' });
    expect([await logout(token), await logout(token)]).toEqual([200, 400]);
  });

  it.each<[string, () => Promise<string>]>([
    ['an ID token', () => arena.provider.sign({ ...arena.provider.honestClaims(), jti: 'x' })],
    ['one with a nonce', () => arena.provider.sign({ ...honest(), nonce: 'x' })],
    ['one without event', () => arena.provider.sign({ ...honest(), events: { other: {} } })],
    ['one with text as events', () => arena.provider.sign({ ...honest(), events: EVENT })],
    ['one of nobody', () => arena.provider.sign({ ...honest(), sub: undefined })],
    ['one without jti', () => arena.provider.sign({ ...honest(), jti: undefined })],
    ['one with a number as sid', () => arena.provider.sign({ ...honest(), sid: 1 })],
    ['one of another issuer', () => arena.provider.sign({ ...honest(), iss: 'https://evil.example' })],
    ['one for another client', () => arena.provider.sign({ ...honest(), aud: 'other' })],
    ['an expired one', () => arena.provider.sign({ ...honest(), exp: now() - 120 })],
    ['one of another type', () => arena.provider.sign(honest(), { typ: 'at+jwt' })],
    ['a forged one', async () => arena.provider.sign(honest(), {}, await signingKey('RS256'))],
    ['an unsigned one', async () => rawToken({ alg: 'none' }, honest())],
    ['no token', async () => ''],
  ])('is not believed when it is %s', async (_what, token) => {
    expect([await logout(await token()), await signedIn()]).toEqual([400, true]);
  });

  it('is not believed in another form', async () => {
    const url = `${arena.portal.origin}/auth/backchannel-logout`;
    const json = { method: 'POST', body: '{"logout_token":1}', headers: { 'content-type': 'application/json' } };
    const answers = [
      fetch(url, json),
      fetch(url, { method: 'POST' }),
      fetch(url, { method: 'POST', body: new URLSearchParams({ logout_token: 'x'.repeat(100_000) }) }),
    ];
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([400, 400, 413]);
    expect(await signedIn()).toBe(true);
  });
});
