import { DomainError } from '@casebook/kernel';
import Fastify, { type FastifyInstance } from 'fastify';
import { mountTus } from '../mount-tus';
import { createTusServer, type TusServer } from '../tus-server';
import type { Fixture } from './fixtures';

export interface UploadApp {
  readonly app: FastifyInstance;
  readonly tus: TusServer;
  /** URL of the upload server. */
  readonly url: string;
}

/** A real server on loopback whose callers say in a header who they are. */
export async function startUploadApp(fixture: Fixture, now: () => number = Date.now): Promise<UploadApp> {
  const app = Fastify({ bodyLimit: 1024, forceCloseConnections: true });
  const tus = createTusServer({ ...fixture, path: '/api/uploads', now, checkpointBytes: 1024 * 1024 });
  await mountTus(app, {
    tus,
    authorise: async (request) => {
      const person = request.headers['x-person'];
      if (typeof person === 'string') return person;
      throw new DomainError('unauthenticated', 'auth.required', 'Please sign in.');
    },
  });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, tus, url: `${address}${tus.path}` };
}
