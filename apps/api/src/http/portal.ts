import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where the build puts the portal, beside the compiled server. */
const PORTAL = join(__dirname, '..', '..', '..', '..', '..', 'portal', 'browser');

/**
 * Serves the portal: files with a hash in their name for ever, index.html for every address of the app itself.
 * Addresses below /api, /auth and /oidc, and names with a dot, are never the app.
 */
export async function mountPortal(fastify: FastifyInstance, directory = PORTAL): Promise<void> {
  if (!existsSync(join(directory, 'index.html'))) return;
  await fastify.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: '1y',
  });
  fastify.get('/*', (request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const isApp = !/^\/(api|auth|oidc|health)(\/|$)/.test(path) && !(path.split('/').at(-1) ?? '').includes('.');
    if (!isApp) {
      reply.callNotFound();
      return reply;
    }
    return reply.sendFile('index.html', { maxAge: 0, immutable: false });
  });
}
