import { generateKeyPairSync, sign } from 'node:crypto';
import { type ProviderStatus } from './discovery';
import { Arena, IMPATIENCE_MS, REPELLED, SIGNED_IN } from './testing/arena';
import { Browser } from './testing/browser';
import { type Answer, HostileProvider, rawToken, type Script, signingKey } from './testing/hostile-provider';
import { freePort, startPortal } from './testing/portal';

/** Waits for something that happens in the background. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a provider that is down', () => {
  it('does not keep the portal from starting, says so, and is found when it is back', async () => {
    const port = await freePort();
    const heard: ProviderStatus['state'][] = [];
    const portal = await startPortal({
      issuer: `http://127.0.0.1:${port}`,
      clientId: 'casebook-test',
      onProviderStatus: ({ state }) => heard.push(state),
    });
    await until(() => heard.length > 0);
    expect(portal.auth.providerStatus()).toMatchObject({
      state: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
    const browser = new Browser(portal.origin);
    const refused = await browser.get('/auth/login');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await refused.text()).toContain('The sign-in service does not answer');

    const provider = await HostileProvider.start();
    await provider.stop();
    await provider.listen(port);
    portal.clock.advance(5);
    expect((await browser.get('/auth/login')).status).toBe(302);
    expect(heard).toEqual(['unavailable', 'ready']);
    await portal.close();
    await provider.stop();
    expect(portal.errors).toEqual([]);
  });

  it('goes on with what it said before, while that cannot be renewed', async () => {
    const arena = await Arena.open();
    expect(await arena.attempt()).toMatchObject(SIGNED_IN);
    arena.portal.clock.advance(2 * 60 * 60);
    const broken = { body: 'oops' };
    arena.provider.script = { discovery: () => broken };
    expect((await new Browser(arena.portal.origin).get('/auth/login')).status).toBe(302);
    expect(arena.portal.auth.providerStatus().state).toBe('unavailable');
    // Found again by itself, without anybody who wants to sign in.
    arena.provider.script = {};
    await until(() => arena.portal.auth.providerStatus().state === 'ready');
    expect(await arena.close()).toEqual([]);
  });
});

describe('a provider that says odd things about itself', () => {
  it.each<[string, (honest: Record<string, unknown>) => Answer]>([
    ['another issuer', (honest) => ({ body: { ...honest, issuer: 'https://evil.example' } })],
    ['an issuer with a slash', (honest) => ({ body: { ...honest, issuer: `${String(honest['issuer'])}/` } })],
    ['no token endpoint', (honest) => ({ body: { ...honest, token_endpoint: undefined } })],
    ['a file as token endpoint', (honest) => ({ body: { ...honest, token_endpoint: 'file:///etc/passwd' } })],
    [
      'a script as authorization endpoint',
      (honest) => ({ body: { ...honest, authorization_endpoint: 'javascript:x' } }),
    ],
    [
      'a password in an address',
      (honest) => ({ body: { ...honest, token_endpoint: 'http://user:secret@127.0.0.1:9/token' } }),
    ],
    ['a list as keys address', (honest) => ({ body: { ...honest, jwks_uri: [honest['jwks_uri']] } })],
    [
      'a header in an address',
      (honest) => ({ body: { ...honest, authorization_endpoint: 'http://127.0.0.1:9/\r\nx-admin: 1' } }),
    ],
    ['no JSON', () => ({ body: '<html>' })],
    ['silence', () => ({ delayMs: 60_000 })],
    ['a byte now and then, for ever', () => ({ drip: true })],
    ['a cut connection', () => ({ cut: true })],
    ['an error', () => ({ status: 500, body: {} })],
    ['a megabyte', () => ({ body: { padding: 'x'.repeat(1_000_000) } })],
    ['a redirect', () => ({ status: 302, headers: { location: '/elsewhere' } })],
    ['not found', () => ({ status: 404, body: {} })],
  ])('is not used: %s', async (_what, discovery) => {
    const provider = await HostileProvider.start();
    provider.script = { discovery };
    const { delayMs, drip } = discovery({});
    const silent = delayMs !== undefined || drip === true;
    const portal = await startPortal({
      issuer: provider.origin,
      clientId: 'casebook-test',
      providerLimits: { timeoutMs: silent ? IMPATIENCE_MS : 20_000, maxBytes: 64 * 1024 },
    });
    const browser = new Browser(portal.origin);
    expect((await browser.get('/auth/login')).status).toBe(503);
    expect(portal.auth.providerStatus().state).toBe('unavailable');
    provider.script = {};
    portal.clock.advance(5);
    await until(async () => (await browser.get('/auth/login')).status === 302);
    const at = (await browser.get('/auth/login')).headers.get('location') ?? '';
    expect(new URL(at).origin).toBe(provider.origin);
    await portal.close();
    await provider.stop();
    expect(portal.errors).toEqual([]);
  });

  it('must send iss back when it promised to', async () => {
    const arena = await Arena.open();
    const promise = { authorization_response_iss_parameter_supported: true };
    arena.provider.script = { discovery: (honest) => ({ body: { ...honest, ...promise } }) };
    arena.portal.clock.advance(2 * 60 * 60);
    await arena.portal.auth.client.discovery.metadata();
    arena.portal.clock.advance(-2 * 60 * 60);
    expect(await arena.attempt()).toMatchObject({ refused: 'provider.answer_invalid', session: false });
    const withIss = await arena.attempt({}, (honest) => [...Object.entries(honest), ['iss', arena.provider.origin]]);
    expect(withIss).toMatchObject(SIGNED_IN);
    expect(await arena.close()).toEqual([]);
  });
});

describe("the provider's keys", () => {
  afterEach(() => jest.restoreAllMocks());

  /** An attack through the keys, and an honest sign-in once they may be fetched anew (10 s). */
  async function attack(script: Script, timeoutMs?: number) {
    const arena = await Arena.open();
    const outcome = await arena.attempt(script, Object.entries, timeoutMs);
    const later = Date.now() + 11_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    const afterwards = await arena.attempt();
    expect(await arena.close()).toEqual([]);
    return { ...outcome, afterwards };
  }

  it.each<[string, Answer, string]>([
    ['no JSON', { body: 'oops' }, 'provider.answer_invalid'],
    ['no list', { body: { keys: 'all' } }, 'provider.answer_invalid'],
    ['none', { body: { keys: [] } }, 'provider.answer_invalid'],
    ['odd ones', { body: { keys: [null, 1, {}] } }, 'provider.answer_invalid'],
    ['nameless ones', { body: { keys: [{}, {}] } }, 'provider.answer_invalid'],
    ['a megabyte', { body: { keys: ['x'.repeat(1_000_000)] } }, 'provider.answer_invalid'],
    ['not there', { status: 404, body: {} }, 'provider.unavailable'],
    ['somewhere else', { status: 302, headers: { location: '/userinfo' } }, 'provider.answer_invalid'],
    ['silence', { delayMs: 60_000 }, 'provider.unavailable'],
    ['a byte now and then', { drip: true }, 'provider.unavailable'],
  ])('sign nobody in when they are %s', async (_what, answer, code) => {
    const silent = answer.delayMs !== undefined || answer.drip === true;
    expect(await attack({ jwks: () => answer }, silent ? IMPATIENCE_MS : undefined)).toMatchObject({
      refused: code,
      ...REPELLED,
    });
  });

  it.each<[string, (key: Record<string, unknown>) => Record<string, unknown>]>([
    ['without its numbers', ({ kty, kid, alg }) => ({ kty, kid, alg })],
    ['with numbers that are none', (key) => ({ ...key, n: '!', e: {} })],
    ['of 8 bits', (key) => ({ ...key, n: 'xQ', e: 'AQAB' })],
    ['with the exponent 1', (key) => ({ ...key, e: 'AQ' })],
    ['to encrypt with', (key) => ({ ...key, use: 'enc' })],
    ['for another algorithm', (key) => ({ ...key, alg: 'RS512' })],
    ['of an unknown kind', (key) => ({ ...key, kty: 'SHA' })],
    ['that is a shared secret', ({ kid }) => ({ kty: 'oct', k: 'c2VjcmV0', kid })],
    ['on an unknown curve', ({ kid }) => ({ kty: 'EC', crv: 'P-1', x: 'AA', y: 'AA', kid, alg: 'ES256' })],
  ])('sign nobody in with a key %s', async (_what, change) => {
    const jwks = (honest: Record<string, unknown>) => {
      const [key = {}] = honest['keys'] as Record<string, unknown>[];
      return { body: { keys: [change(key)] } };
    };
    expect(await attack({ jwks })).toMatchObject({ refused: 'provider.answer_invalid', ...REPELLED });
  });

  it('sign nobody in with a point that is not on its curve', async () => {
    const key = await signingKey('ES256');
    const jwks = () => ({ body: { keys: [{ ...key.publicJwk, x: key.publicJwk.y }] } });
    expect(await attack({ key, jwks })).toMatchObject({ refused: 'provider.answer_invalid', ...REPELLED });
  });

  it('sign nobody in with a key of 1,024 bits', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256' };
    const idToken = (_jwt: string, said: Record<string, unknown>) => {
      const unsigned = rawToken({ alg: 'RS256', kid: 'weak' }, said).replace(/\.$/, '');
      return `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
    };
    const script = { idToken, jwks: () => ({ body: { keys: [publicJwk] } }) };
    expect(await attack(script)).toMatchObject({ refused: 'provider.answer_invalid', ...REPELLED });
  });

  it('are fetched once for many sign-ins, and not again for each forged key id', async () => {
    const arena = await Arena.open();
    const forger = await signingKey('RS256', 'forged');
    for (let n = 0; n < 3; n += 1) expect(await arena.attempt()).toMatchObject(SIGNED_IN);
    for (let n = 0; n < 3; n += 1) expect(await arena.attempt({ key: forger })).toMatchObject({ session: false });
    expect(arena.provider.calls.filter((path) => path === '/jwks').length).toBe(1);
    expect(await arena.close()).toEqual([]);
  });
});
