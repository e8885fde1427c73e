import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { writeProblem } from '@casebook/http';
import { DomainError } from '@casebook/kernel';
import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Relay } from './relay';

export interface MountRelayOptions {
  readonly relay: Relay;
  /** Where files are posted to. */
  readonly path: string;
  /** Answers the person id of who sends the request; throws DomainError (401, 403) when it may not. */
  readonly authorise: (request: FastifyRequest) => string | Promise<string>;
}

/** Of a file that is refused, at most this much is read before the answer. */
const DRAIN_BYTES = 1024 * 1024;
const DRAIN_MS = 2_000;

/**
 * Takes files by `POST path`, in the request's body as they are (`X-Content-SHA256`, `X-File-Name`): 201 for a new one,
 * 200 for one that is there already. No body limit applies; the disk's does.
 */
export async function mountRelay(fastify: FastifyInstance, options: MountRelayOptions): Promise<void> {
  const { relay, path, authorise } = options;
  const log = new Logger('collections');
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => {
      done(null);
    });
    scope.post(path, async (request, reply) => {
      try {
        const owner = await authorise(request);
        const announced = {
          fileName: headerOf(request, 'x-file-name'),
          contentType: headerOf(request, 'content-type'),
          sha256: headerOf(request, 'x-content-sha256'),
        };
        const { collection, isNew } = await relay.receive(owner, announced, bodyOf(request.raw));
        return await reply.code(isNew ? 201 : 200).send(collection);
      } catch (error) {
        await drain(request.raw);
        reply.header('connection', 'close');
        writeProblem(error, request, reply, log);
        return reply;
      }
    });
  });
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The body, without ending the connection when its reader stops: the answer still has to go out on it. */
async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer, void> {
  try {
    for await (const bytes of request.iterator({ destroyOnReturn: false })) yield bytes as Buffer;
  } catch {
    throw new DomainError('invalid', 'collection.broken-off', 'The file broke off on its way. Send it again.');
  }
}

/** Reads on for a moment: a sender whose connection ends while it sends may not see the answer. */
async function drain(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  const done = new AbortController();
  const stop = (): void => {
    done.abort();
  };
  let left = DRAIN_BYTES;
  request.on('data', (bytes: Buffer) => {
    left -= bytes.length;
    if (left <= 0) stop();
  });
  for (const end of ['end', 'close', 'error']) request.once(end, stop);
  await delay(DRAIN_MS, undefined, { signal: done.signal }).catch(() => undefined);
}
