import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../config';

/** The request that the present work belongs to; its id is the correlation id of the events it leads to. */
const context = new AsyncLocalStorage<{ readonly correlationId: string }>();

/** One JSON object a line, with the instance and the correlation id. Bodies, cookies and addresses are never written. */
export function createJsonLog(
  { logLevel, instance }: Pick<Config, 'logLevel' | 'instance'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: logLevel,
    base: { instance },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => ({ ...context.getStore() }),
  };
  return destination ? pino(options, destination) : pino(options);
}

/** The same log for Nest: `log` is info; the last parameter is the context, a stack may come before it. */
export class NestJsonLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  #write(level: 'info' | 'error' | 'warn' | 'debug', message: unknown, rest: readonly unknown[]): void {
    const [stack, name] = rest.length > 1 ? rest : [undefined, rest[0]];
    this.logger[level](
      { ...(name !== undefined && { context: name }), ...(stack !== undefined && { stack }) },
      message instanceof Error ? (message.stack ?? message.message) : String(message),
    );
  }
}

/** Gives the work of each request its correlation id, and writes a line when it was answered. */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    context.run({ correlationId: request.id }, done);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const line = {
      correlationId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
    };
    logger.info(line, 'answered');
  });
}
