import fastify, { type FastifyInstance } from 'fastify';
import { Auth } from './auth';
import { DemoProvider } from './demo/demo-provider';
import { mountAuth } from './routes';
import { Browser } from './testing/browser';
import { ACCOUNTS, TestClock, TestDirectory, temporaryState } from './testing/portal';

const PUBLIC = 'https://support.example';

/** Requests as a proxy that ends TLS hands them on: to another host, and without https. */
function behindProxy(server: FastifyInstance) {
  return async (url: string, init: RequestInit): Promise<Response> => {
    const target = new URL(url);
    expect(target.origin).toBe(PUBLIC);
    const body = init.body === undefined ? {} : { payload: await new Response(init.body).text() };
    const type = init.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...type, host: '10.0.0.7:3000' };
    const method = init.method === 'POST' ? 'POST' : 'GET';
    const answer = await server.inject({ url: `${target.pathname}${target.search}`, method, headers, ...body });
    const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [String(value)]).map((one): [string, string] => [name, one]),
    );
    const response = new Response(answer.payload, { status: answer.statusCode, headers: pairs });
    Object.defineProperty(response, 'url', { value: url });
    return response;
  };
}

describe('a portal behind a proxy that ends TLS', () => {
  it('makes every address and cookie after PUBLIC_URL, the demo provider too', async () => {
    const clock = new TestClock();
    const { state, close } = await temporaryState(clock);
    const server = fastify();
    const common = { publicUrl: PUBLIC, state, clock: clock.now };
    const demo = await DemoProvider.create({ ...common, accounts: ACCOUNTS });
    await demo.mount(server);
    const { issuer, clientId, clientSecret } = demo;
    const directory = new TestDirectory();
    const auth = new Auth({ ...common, directory, issuer, clientId, clientSecret, providerFetch: demo.fetch });
    await mountAuth(server, auth);
    server.get('/api/me', async (request) => (await auth.require(request)).name);

    const browser = new Browser(PUBLIC, behindProxy(server));
    const login = await browser.follow(await browser.get('/auth/login?returnTo=/api/me'));
    expect(login.url).toMatch(/^https:\/\/support\.example\/oidc\/login\//);
    const end = await browser.follow(await browser.post(login.url, { login: 'ada@acme.example', password: 'demo' }));
    expect([end.url, await end.response.text()]).toEqual([`${PUBLIC}/api/me`, 'Ada Okafor']);
    expect(browser.attributes('__Host-casebook')).toBe('Path=/; HttpOnly; Secure; SameSite=Lax');
    expect(browser.attributes('casebook-demo')).toMatch(/path=\/oidc;.*secure; httponly/i);
    await server.close();
    await close();
  });
});

describe('the demo provider', () => {
  it('keeps its keys over a restart', async () => {
    const { state, close } = await temporaryState(new TestClock());
    const keys: unknown[] = [];
    for (let start = 0; start < 2; start += 1) {
      const server = fastify();
      const demo = await DemoProvider.create({ publicUrl: PUBLIC, state, accounts: ACCOUNTS });
      await demo.mount(server);
      const jwks = (await server.inject('/oidc/jwks')).json<{ keys: { kid: string; d?: string }[] }>();
      expect(jwks.keys[0]?.d).toBeUndefined();
      keys.push([demo.clientSecret, jwks.keys.map(({ kid }) => kid)]);
      await server.close();
    }
    expect(keys[1]).toEqual(keys[0]);
    await close();
  });
});
