import fastify, { type FastifyInstance } from 'fastify';
import { redirectToOneHost } from './http/one-host';

/** A server with one answer for everything, at home under an address. */
function server(publicUrl: string, trustProxy = false): FastifyInstance {
  const app = fastify({ trustProxy });
  redirectToOneHost(app, publicUrl);
  app.all('/*', async () => 'here');
  return app;
}
const HOME = 'https://support.example';

describe('a portal with one address', () => {
  const ask = async (url: string, host: string, method: 'GET' | 'HEAD' | 'POST' = 'GET', trust = false, more = {}) => {
    const { statusCode, headers } = await server(HOME, trust).inject({ url, method, headers: { host, ...more } });
    return [statusCode, headers.location];
  };

  it.each([
    '/',
    '/tickets/CB-1042?tab=files',
    '/auth/login?returnTo=/x',
    '/auth/callback?code=1&state=2',
    '//evil.example',
  ])('sends whoever asks for %s under another name there', async (url) => {
    expect(await ask(url, '10.0.0.7:3000')).toEqual([308, `${HOME}${url}`]);
    expect(await ask(url, 'evil.example', 'HEAD')).toEqual([308, `${HOME}${url}`]);
  });

  it.each(['support.example', 'support.example:443', 'SUPPORT.example'])(
    'answers under its own name: %s',
    async (host) => {
      expect(await ask('/', host)).toEqual([200, undefined]);
    },
  );

  it.each(['/api/tickets', '/api', '/api?x', '/health/live', '/oidc/jwks'])(
    'answers %s under every name',
    async (url) => {
      expect(await ask(url, '127.0.0.1:3000')).toEqual([200, undefined]);
    },
  );

  it('does not take names that only begin alike for the API', async () => {
    expect(await ask('/apis', 'other.example')).toEqual([308, `${HOME}/apis`]);
  });

  it('leaves writes to the check of where they come from', async () => {
    expect(await ask('/auth/logout', 'other.example', 'POST')).toEqual([200, undefined]);
  });

  it('believes X-Forwarded-Host only behind a proxy that is trusted', async () => {
    const forwarded = { 'x-forwarded-host': 'support.example' };
    expect(await ask('/', '10.0.0.7:3000', 'GET', true, forwarded)).toEqual([200, undefined]);
    expect(await ask('/', '10.0.0.7:3000', 'GET', false, forwarded)).toEqual([308, `${HOME}/`]);
  });

  it('names no host of the asker’s in its answer', async () => {
    for (const host of ['evil.example/x', 'a@evil.example', '[', '']) {
      const [status, location] = await ask('/', host);
      expect([status, String(location ?? HOME).startsWith(HOME)]).toEqual([status, true]);
    }
  });
});
