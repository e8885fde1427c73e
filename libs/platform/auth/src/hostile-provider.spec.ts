import { gzipSync } from 'node:zlib';
import { Arena, claims, IMPATIENCE_MS, REPELLED, SIGNED_IN } from './testing/arena';
import { Browser } from './testing/browser';
import { type Answer } from './testing/hostile-provider';

const TOKENS = { access_token: 'a', token_type: 'Bearer', id_token: 'a.b.c' };
const SQUEEZED = { 'content-encoding': 'gzip' };
const BOMB = Buffer.alloc(50_000_000, ' ');
const patience = ({ delayMs, drip }: Answer) => (delayMs !== undefined || drip === true ? IMPATIENCE_MS : undefined);
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
    ['tokens beside an error', { body: { ...TOKENS, error: 'access_denied' } }, 'provider.error'],
    ['tokens beside a 401', { status: 401, body: TOKENS }, 'provider.error'],
    ['tokens beside a 201', { status: 201, body: TOKENS }, 'provider.error'],
    [
      'a redirect of the secret',
      { status: 307, headers: { location: 'http://127.0.0.1:9/' } },
      'provider.answer_invalid',
    ],
    ['a redirect that carries tokens', { status: 307, headers: { location: '/' }, body: TOKENS }, 'provider.error'],
    ['20,000 lists in each other', { body: '['.repeat(20_000) + ']'.repeat(20_000) }, 'provider.answer_invalid'],
    ['bytes that are no text', { body: Buffer.from([0xff, 0xfe, 0x00, 0xc3]) }, 'provider.answer_invalid'],
    ['50 MB squeezed into 50 kB', { headers: SQUEEZED, body: gzipSync(BOMB) }, 'provider.answer_invalid'],
    ['a broken squeeze', { headers: SQUEEZED, body: 'no gzip' }, 'provider.unavailable'],
    ['an answer that is no HTTP', { raw: 'SSH-2.0-OpenSSH_9.2\r\n\r\n' }, 'provider.unavailable'],
    ['headers of 200 kB', { headers: { x: 'x'.repeat(200_000) } }, 'provider.unavailable'],
    ['half of what it announces', { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{' }, 'provider.unavailable'],
    ['a cut connection', { cut: true }, 'provider.unavailable'],
    ['silence', { delayMs: 60_000 }, 'provider.unavailable'],
    ['a byte now and then, for ever', { drip: true }, 'provider.unavailable'],
  ])('%s', async (_what, answer, code) => {
    const outcome = await arena.attack({ token: () => answer }, Object.entries, patience(answer));
    expect(outcome).toMatchObject({ refused: code, ...REPELLED });
  });

  it.each<[string, Record<string, unknown>]>([
    ['no access token', { access_token: undefined }],
    ['an access token that is an object', { access_token: {} }],
    ['another token type', { token_type: 'mac' }],
    ['no token type', { token_type: undefined }],
    ['a token type in a list', { token_type: ['Bearer'] }],
  ])('%s', async (_what, change) => {
    expect(await arena.attack({ token: (honest) => ({ body: { ...honest, ...change } }) })).toMatchObject({
      refused: 'provider.answer_invalid',
      ...REPELLED,
    });
  });

  it.each(['two\r\nx-admin: 1', 'späße', '\u0000'])('an access token that fits into no header: %j', async (token) => {
    const script = {
      ...claims({ email: undefined }),
      token: (honest: Record<string, unknown>) => ({ body: { ...honest, access_token: token } }),
    };
    expect(await arena.attack(script)).toMatchObject({ refused: 'provider.answer_invalid', ...REPELLED });
  });
});

describe('a hostile UserInfo signs nobody in', () => {
  it.each<[string, Answer, string]>([
    ['another subject', { body: { sub: 'admin', email: 'root@support.example' } }, 'provider.answer_invalid'],
    ['no subject', { body: { email: 'root@support.example' } }, 'provider.answer_invalid'],
    ['no JSON', { body: 'oops' }, 'provider.answer_invalid'],
    ['a megabyte', { body: { sub: 'x'.repeat(1_000_000) } }, 'provider.answer_invalid'],
    ['a subject in a list', { body: { sub: ['subject-1'], email: 'root@support.example' } }, 'provider.answer_invalid'],
    ['a signed answer', { headers: { 'content-type': 'application/jwt' }, body: 'a.b.c' }, 'provider.answer_invalid'],
    ['a redirect', { status: 302, headers: { location: '/jwks' } }, 'provider.answer_invalid'],
    ['an error', { status: 401, body: { error: 'invalid_token' } }, 'provider.error'],
    [
      'an e-mail beside an error',
      { status: 403, body: { sub: 'subject-1', email: 'root@x.example' } },
      'provider.error',
    ],
    ['silence', { delayMs: 60_000 }, 'provider.unavailable'],
  ])('%s', async (_what, userinfo, code) => {
    const script = { ...claims({ email: undefined }), userinfo };
    expect(await arena.attack(script, Object.entries, patience(userinfo))).toMatchObject({
      refused: code,
      ...REPELLED,
    });
  });

  it.each<[unknown]>([
    ['ada@acme.example\nroot@support.example'],
    ['root@support.example, ada@acme.example'],
    ['root@support.example@acme.example'],
    ['root@support.example\u0000@acme.example'],
    [['root@support.example']],
    [{ toString: 'root@support.example' }],
    [`${'x'.repeat(300)}@support.example`],
  ])('cannot smuggle an odd e-mail, it counts as none: %j', async (email) => {
    const userinfo = { body: { sub: 'subject-1', email, email_verified: true } };
    await arena.attempt({ ...claims({ email: undefined }), userinfo });
    expect(arena.portal.directory.asked.at(-1)!.email).toBeUndefined();
    expect(await arena.attempt()).toMatchObject(SIGNED_IN);
  });

  it.each<[unknown]>([['yes'], [1], [['true']], [{}], ['TRUE'], [null]])(
    'does not make an e-mail verified by saying %j',
    async (verified) => {
      await arena.attempt(claims({ email_verified: verified }));
      expect(arena.portal.directory.asked.at(-1)).toMatchObject({ email: 'ada@acme.example', emailVerified: false });
    },
  );

  it('does not lend its e-mail the word of the ID token', async () => {
    const userinfo = { body: { sub: 'subject-1', email: 'root@support.example' } };
    await arena.attempt({ ...claims({ email: undefined, email_verified: true }), userinfo });
    expect(arena.portal.directory.asked.at(-1)).toMatchObject({ email: 'root@support.example', emailVerified: false });
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
    [
      'tokens instead of a code',
      ({ state }) => [
        ['id_token', 'a.b.c'],
        ['access_token', 'a'],
        ['state', state!],
      ],
      'sign_in.invalid',
    ],
    ['a code and an error', (q) => [...Object.entries(q), ['error', 'access_denied']], 'provider.denied'],
    ['two issuers', (q) => [...Object.entries(q), ['iss', arena.provider.origin], ['iss', 'b']], 'sign_in.invalid'],
    [
      'a state by its inner name',
      ({ code, state }) => [
        ['code', code!],
        ['__proto__', state!],
        ['state[]', state!],
      ],
      'sign_in.invalid',
    ],
    [
      'a state of another kind',
      ({ code }) => [
        ['code', code!],
        ['state', '../../auth.session'],
      ],
      'sign_in.expired',
    ],
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
    expect(await arena.attack({}, query)).toMatchObject({ refused: code, ...REPELLED });
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
