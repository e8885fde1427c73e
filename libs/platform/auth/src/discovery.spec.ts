import { type ProviderStatus } from './discovery';
import { Arena, IMPATIENCE_MS, SIGNED_IN } from './testing/arena';
import { Browser } from './testing/browser';
import { type Answer, HostileProvider, signingKey } from './testing/hostile-provider';
import { freePort, startPortal } from './testing/portal';

/** Waits for something that happens in the background. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
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
    ['no JSON', () => ({ body: '<html>' })],
    ['a megabyte', () => ({ body: { padding: 'x'.repeat(1_000_000) } })],
    ['a redirect', () => ({ status: 302, headers: { location: '/elsewhere' } })],
    ['not found', () => ({ status: 404, body: {} })],
  ])('is not used: %s', async (_what, discovery) => {
    const provider = await HostileProvider.start();
    provider.script = { discovery };
    const portal = await startPortal({
      issuer: provider.origin,
      clientId: 'casebook-test',
      providerLimits: { timeoutMs: 20_000, maxBytes: 64 * 1024 },
    });
    expect((await new Browser(portal.origin).get('/auth/login')).status).toBe(503);
    expect(portal.auth.providerStatus().state).toBe('unavailable');
    await portal.close();
    await provider.stop();
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
  it.each<[string, Answer, string]>([
    ['no JSON', { body: 'oops' }, 'provider.answer_invalid'],
    ['no list', { body: { keys: 'all' } }, 'provider.answer_invalid'],
    ['none', { body: { keys: [] } }, 'provider.answer_invalid'],
    ['odd ones', { body: { keys: [null, 1, {}] } }, 'provider.answer_invalid'],
    ['a megabyte', { body: { keys: ['x'.repeat(1_000_000)] } }, 'provider.answer_invalid'],
    ['silence', { delayMs: 60_000 }, 'provider.unavailable'],
  ])('sign nobody in when they are %s', async (_what, answer, code) => {
    const arena = await Arena.open();
    expect(await arena.attempt({ jwks: () => answer }, Object.entries, answer.delayMs && IMPATIENCE_MS)).toMatchObject({
      refused: code,
      session: false,
    });
    expect(await arena.close()).toEqual([]);
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
