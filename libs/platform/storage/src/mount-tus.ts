import { writeProblem } from '@casebook/http';
import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TusServer } from './tus-server';

export interface MountTusOptions {
  readonly tus: TusServer;
  /** Answers the person id of who sends the request; throws DomainError (401, 403) when it may not upload. Asked on every request. */
  readonly authorise: (request: FastifyRequest) => string | Promise<string>;
}

/**
 * Mounts the upload server at its path. It reads request bodies itself, so no body limit applies. To be called after
 * the plugins that `authorise` needs, such as cookies and sessions.
 */
export async function mountTus(fastify: FastifyInstance, options: MountTusOptions): Promise<void> {
  const { tus, authorise } = options;
  const log = new Logger('uploads');
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => {
      done(null);
    });
    for (const url of [tus.path, `${tus.path}/*`])
      scope.all(url, async (request, reply) => {
        let personId: string;
        try {
          personId = await authorise(request);
        } catch (error) {
          // The body was not read; the connection is of no more use.
          reply.header('connection', 'close');
          writeProblem(error, request, reply, log);
          return reply;
        }
        reply.hijack();
        const fault = await tus.handle(personId, request.id, request.raw, reply.raw);
        if (fault !== undefined)
          log.error(`${request.method} ${request.url} (${request.id})`, fault instanceof Error ? fault.stack : fault);
        return reply;
      });
  });
}
