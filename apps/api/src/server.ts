import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { mountAuth, type Auth, type DemoProvider } from '@casebook/auth';
import { refuseVast, sharedRateLimit, writeProblem } from '@casebook/http';
import { DomainError } from '@casebook/kernel';
import { mountRelay, mountTus } from '@casebook/storage';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module';
import type { Config } from './config';
import { redirectToOneHost } from './http/one-host';
import { mountDocs } from './http/openapi';
import { mountPortal } from './http/portal';
import { createJsonLog, logRequests, NestJsonLog } from './ops/logging';
import type { Platform } from './platform';
import type { Services } from './services';

/** Bodies of commands; a text above 150 KB gets its own answer, anything above this none. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Looks at the requests of a server: metrics, traces. */
export interface RequestWatcher {
  watch(fastify: FastifyInstance): void;
}

/** Builds the HTTP server over open services; `listen` is the caller's. */
export async function createServer(
  config: Pick<Config, 'publicUrl' | 'demo' | 'trustProxy'> &
    Partial<Pick<Config, 'logFormat' | 'logLevel' | 'instance' | 'engines'>>,
  platform: Platform,
  services: Services,
  signIn: { readonly auth: Auth; readonly demoProvider?: DemoProvider },
  watchers: readonly RequestWatcher[] = [],
): Promise<NestFastifyApplication> {
  const log = new Logger('http');
  const { logFormat, logLevel = 'warn', instance = String(process.pid) } = config;
  const jsonLog = logFormat === 'json' ? createJsonLog({ logLevel, instance }) : undefined;
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: config.trustProxy,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      writeProblem(error, request, reply, log);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(platform, services, signIn.auth, config.demo !== 'off'),
    adapter,
    { logger: jsonLog ? new NestJsonLog(jsonLog) : ['error', 'warn'], abortOnError: false, bodyParser: false },
  );
  const fastify = adapter.getInstance();
  if (jsonLog) logRequests(fastify, jsonLog);
  for (const watcher of watchers) watcher.watch(fastify);
  takeJsonAlone(fastify);
  redirectToOneHost(fastify, config.publicUrl);
  await signIn.demoProvider?.mount(fastify);
  await fastify.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:', 'data:'],
        connectSrc: ["'self'", ...filesAt(config.engines)],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'self'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    hsts: config.publicUrl.startsWith('https:'),
    referrerPolicy: { policy: 'same-origin' },
  });
  // Answers belong to one reader; only files with a hash in their name are kept by caches.
  fastify.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  // Limits stand at the routes that write before anybody is known: those of sign-in.
  await fastify.register(rateLimit, {
    global: false,
    ...(platform.shared && { store: sharedRateLimit(platform.state) }),
    errorResponseBuilder: (_request, { after }) =>
      new DomainError('too-many', 'request.too_many', `Too many attempts. Please try again in ${after}.`),
  });
  await mountAuth(fastify, signIn.auth);
  await mountTus(fastify, {
    tus: services.uploads,
    authorise: async (request) => (await signIn.auth.require(request)).actor.personId,
  });
  await mountRelay(fastify, {
    relay: services.relay,
    path: '/api/insights/collections',
    authorise: async (request) => (await signIn.auth.require(request)).actor.personId,
  });
  mountDocs(app);
  await mountPortal(fastify);
  await app.init();
  return app;
}

/**
 * Commands come as JSON and nothing else: a form, which any site can send, is 415. A body of no bytes is no body, and
 * a vast one is refused before anything goes through it.
 */
function takeJsonAlone(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body === '') {
      done(null);
      return;
    }
    void parse(request, body, (error, value) => {
      try {
        refuseVast(value);
        done(error, value);
      } catch (vast) {
        done(vast as Error);
      }
    });
  });
}

/** Where browsers put large files themselves. */
function filesAt(engines: Config['engines'] | undefined): string[] {
  const address = engines?.s3?.publicEndpoint;
  return address === undefined ? [] : [new URL(address).origin];
}
