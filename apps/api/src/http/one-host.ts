import type { FastifyInstance } from 'fastify';

/** Answered under every name: scripts and probes call them by whatever address they have. */
const EVERYWHERE = /^\/(api|health|oidc)(\/|\?|$)/;

/**
 * Sends pages and sign-in that are asked for under another name to the one address of the portal: cookies and the way
 * back from the sign-in service belong to it alone. A proxy in front passes `Host` on (or, with TRUST_PROXY,
 * `X-Forwarded-Host`), or else the browser goes round in circles.
 */
export function redirectToOneHost(fastify: FastifyInstance, publicUrl: string): void {
  const { origin, host, protocol } = new URL(publicUrl);
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return;
    if (EVERYWHERE.test(request.url)) return;
    if (request.host === '' || URL.parse(`${protocol}//${request.host}`)?.host === host) return;
    const path = request.url.startsWith('/') ? request.url : '/';
    await reply.header('cache-control', 'no-store').redirect(`${origin}${path}`, 308);
  });
}
