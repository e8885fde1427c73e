import { Arena, claims, IMPATIENCE_MS, SIGNED_IN } from './testing/arena';
import { Browser } from './testing/browser';
import { type Answer } from './testing/hostile-provider';

let arena: Arena;

beforeAll(async () => {
  arena = await Arena.open();
});

afterAll(async () => {
  expect(await arena.close()).toEqual([]);
});

describe('a hostile token endpoint signs nobody in', () => {
  it.each<[string, Answer, string]>([
    ['HTML instead of JSON', { body: '<html>' }, 'provider.answer_invalid'],
    ['a JSON list', { body: [] }, 'provider.answer_invalid'],
    ['JSON null', { body: 'null' }, 'provider.answer_invalid'],
    ['nothing', { body: '' }, 'provider.answer_invalid'],
    ['a megabyte', { body: { id_token: 'x'.repeat(1_000_000) } }, 'provider.answer_invalid'],
    ['a form', { body: 'access_token=a&id_token=b' }, 'provider.answer_invalid'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'provider.answer_invalid'],
    ['an OAuth error', { status: 400, body: { error: 'invalid_grant' } }, 'provider.error'],
    ['an error of its own', { status: 500, body: '<html>' }, 'provider.unavailable'],
    ['a cut connection', { cut: true }, 'provider.unavailable'],
    ['silence', { delayMs: 60_000 }, 'provider.unavailable'],
  ])('%s', async (_what, answer, code) => {
    const outcome = await arena.attempt({ token: () => answer }, Object.entries, answer.delayMs && IMPATIENCE_MS);
    expect(outcome).toMatchObject({ refused: code, session: false });
    expect(await arena.attempt()).toMatchObject(SIGNED_IN);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no access token', { access_token: undefined }],
    ['an access token that is an object', { access_token: {} }],
    ['another token type', { token_type: 'mac' }],
    ['no token type', { token_type: undefined }],
  ])('%s', async (_what, change) => {
    expect(await arena.attempt({ token: (honest) => ({ body: { ...honest, ...change } }) })).toMatchObject({
      refused: 'provider.answer_invalid',
      session: false,
    });
  });
});

describe('a hostile UserInfo signs nobody in', () => {
  it.each<[string, Answer, string]>([
    ['another subject', { body: { sub: 'admin', email: 'root@support.example' } }, 'provider.answer_invalid'],
    ['no subject', { body: { email: 'root@support.example' } }, 'provider.answer_invalid'],
    ['no JSON', { body: 'oops' }, 'provider.answer_invalid'],
    ['a megabyte', { body: { sub: 'x'.repeat(1_000_000) } }, 'provider.answer_invalid'],
    ['an error', { status: 401, body: { error: 'invalid_token' } }, 'provider.error'],
  ])('%s', async (_what, userinfo, code) => {
    expect(await arena.attempt({ ...claims({ email: undefined }), userinfo })).toMatchObject({
      refused: code,
      session: false,
    });
  });

  it('cannot smuggle an odd e-mail: it counts as none', async () => {
    const email = 'ada@acme.example\nroot@support.example';
    const userinfo = { body: { sub: 'subject-1', email, email_verified: true } };
    await arena.attempt({ ...claims({ email: undefined }), userinfo });
    expect(arena.portal.directory.asked.at(-1)!.email).toBeUndefined();
  });

  it('does not make an e-mail verified by saying anything but true', async () => {
    await arena.attempt(claims({ email_verified: 'yes' }));
    expect(arena.portal.directory.asked.at(-1)!.emailVerified).toBe(false);
  });
});

describe('a hostile callback signs nobody in', () => {
  type Query = (honest: Record<string, string>) => [string, string][];
  it.each<[string, Query, string]>([
    [
      'a changed state',
      ({ code, state }) => [
        ['code', code!],
        ['state', `${state!.slice(1)}A`],
      ],
      'sign_in.expired',
    ],
    ['no state', ({ code }) => [['code', code!]], 'sign_in.invalid'],
    [
      'two states',
      ({ code, state }) => [
        ['code', code!],
        ['state', state!],
        ['state', 'b'],
      ],
      'sign_in.invalid',
    ],
    ['no code', ({ state }) => [['state', state!]], 'sign_in.invalid'],
    [
      'two codes',
      ({ code, state }) => [
        ['code', code!],
        ['code', 'b'],
        ['state', state!],
      ],
      'sign_in.invalid',
    ],
    [
      'a code of 5,000 characters',
      ({ state }) => [
        ['code', 'x'.repeat(5_000)],
        ['state', state!],
      ],
      'sign_in.invalid',
    ],
    ['nothing', () => [], 'sign_in.invalid'],
    ['another issuer', (q) => [...Object.entries(q), ['iss', 'https://evil.example']], 'provider.answer_invalid'],
    [
      'access_denied',
      ({ state }) => [
        ['error', 'access_denied'],
        ['state', state!],
      ],
      'provider.denied',
    ],
    [
      'an error in other words',
      ({ state }) => [
        ['error', '<b>x'],
        ['state', state!],
      ],
      'provider.error',
    ],
    [
      'an error without a sign-in',
      () => [
        ['error', 'login_required'],
        ['state', 'x'],
      ],
      'sign_in.expired',
    ],
  ])('%s', async (_what, query, code) => {
    expect(await arena.attempt({}, query)).toMatchObject({ refused: code, session: false });
  });

  it("never shows the provider's words", async () => {
    const words: [string, string][] = [
      ['error', 'server_error'],
      ['error_description', 'Call +1 555 SCAM'],
    ];
    const { html } = await arena.attempt({}, ({ state }) => [...words, ['state', state!]]);
    expect(html).not.toContain('SCAM');
  });

  it('is used once', async () => {
    const browser = new Browser(arena.portal.origin);
    const { state } = await arena.begin(browser);
    const callback = `/auth/callback?code=a&state=${state}`;
    const both = await Promise.all([browser.get(callback), browser.get(callback)]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 400]);
    expect((await browser.get(callback)).status).toBe(400);
  });

  it('is too late after ten minutes', async () => {
    const browser = new Browser(arena.portal.origin);
    const { state } = await arena.begin(browser);
    arena.portal.clock.advance(601);
    const response = await browser.get(`/auth/callback?code=a&state=${state}`);
    arena.portal.clock.advance(-601);
    expect(await response.text()).toContain('sign_in.expired');
  });

  it.each(['//evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example', '/.//evil.example'])(
    'does not lead to another site: %j',
    async (returnTo) => {
      const browser = new Browser(arena.portal.origin);
      const path = `/auth/login?returnTo=${encodeURIComponent(returnTo)}`;
      const { state } = await arena.begin(browser, path);
      const response = await browser.get(`/auth/callback?code=a&state=${state}`);
      expect(new URL(response.headers.get('location')!).origin).toBe(arena.portal.origin);
    },
  );
});
