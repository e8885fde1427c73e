import 'reflect-metadata';
import { createServer as createNetServer } from 'node:net';
import { DomainError } from '@casebook/kernel';
import { onceLeased } from '@casebook/state';
import { TicketsService } from '@casebook/ticketing';
import { ConfigError, readConfig, type Config } from './config';
import { DEMO_ACCOUNTS } from './demo/people';
import { claimKind, prepareDirectory } from './demo/prepare-directory';
import { seedDemo } from './demo/seed';
import { Metrics } from './ops/metrics';
import { openPlatform, type Platform } from './platform';
import { createServer } from './server';
import { createAuth, createServices, type Services } from './services';

/** Says what is happening, for whoever waits at the terminal. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  await requireFreePort(config);
  const platform = await openPlatform({
    ...config,
    onDamage: (message) => process.stderr.write(`${message}\n`),
  });
  const stops: (() => Promise<unknown>)[] = [() => platform.close()];
  const stop = stopOnce(stops);
  try {
    const first = prepareDirectory(config.dataDirectory, config.demo !== 'off');
    if (platform.shared) await claimKind(platform.state, config.demo !== 'off');
    const services = await createServices(platform, config, (message, error) => {
      process.stderr.write(`${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    });
    if (Object.keys(config.engines).length > 0) say(`Engines: ${enginesInWords(config)}`);
    say('Reading the record …');
    await services.runner.start();
    stops.unshift(() => services.runner.stop());
    const signIn = await createAuth(config, platform, services, DEMO_ACCOUNTS);
    const metrics = config.metrics && metricsOf(config, platform, services);
    const tracing = await tracingOf(config);
    if (tracing) stops.unshift(() => tracing.close());
    const watchers = [metrics, tracing].filter((one) => one !== undefined);
    const app = await createServer(config, platform, services, signIn, watchers);
    stops.unshift(() => app.close());
    const tickets = app.get(TicketsService);
    await onceAmongInstances(config, platform, () => setUp(config, platform, services, tickets));
    await letBrowsersUpload(config);
    services.live.start();
    await services.head.checkpoint();
    stops.unshift(() => services.head.checkpoint());
    stops.unshift(async () => {
      services.live.stop();
    });
    if (config.metrics && metrics) {
      const listening = await metrics.listen(config.metrics.port, config.metrics.host);
      stops.unshift(async () => {
        listening.close();
      });
    }
    await app.listen(config.port, config.host);
    welcome(config, first, await services.accounts.hasAdministrator());
  } catch (error) {
    await stop();
    throw error;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void stop().then(() => process.exit(0));
    });
  }
}

/** What the first start does; repeating it is harmless. */
async function setUp(config: Config, { state }: Platform, services: Services, tickets: TicketsService): Promise<void> {
  await tickets.raiseCounter();
  if (config.demo !== 'off') await seedDemo({ services, tickets, state, say });
  if (config.adminEmail !== undefined && !(await services.accounts.hasAdministrator())) {
    await services.accounts.addStaff({ name: config.adminEmail, email: config.adminEmail }, ['administrator']);
  }
}

/** Instances that start together over one database take turns. */
async function onceAmongInstances(
  { instance: holder }: Config,
  { shared, state }: Platform,
  work: () => Promise<void>,
): Promise<void> {
  if (!shared) return work();
  await onceLeased({ state, name: 'set-up', holder, signal: new AbortController().signal }, work);
}

/** Direct uploads need the bucket's word that pages of the portal may come (CORS). */
async function letBrowsersUpload({ engines: { s3 }, publicUrl }: Config): Promise<void> {
  if (s3?.publicEndpoint === undefined) return;
  const { letBrowsersPutParts } = await import('./engines.js');
  if (await letBrowsersPutParts(s3, publicUrl)) return;
  say(`The bucket takes no CORS rules from Casebook: allow PUT from ${new URL(publicUrl).origin}, exposing ETag.`);
}

function metricsOf({ instance }: Config, { state }: Platform, { runner, live }: Services): Metrics {
  return new Metrics({ views: runner, state, liveConnections: () => live.size, instance });
}

/** Loaded only where traces are wanted. */
async function tracingOf({ tracesTo, instance }: Config) {
  if (tracesTo === undefined) return undefined;
  const { Tracing } = await import('./ops/tracing.js');
  return Tracing.to(tracesTo, instance);
}

/** Which engine each port uses. */
function enginesInWords({ engines: { eventStoreDb, mongoDb, s3 } }: Config): string {
  return [
    `log ${eventStoreDb === undefined ? 'SQLite' : 'EventStoreDB'}`,
    `read models, state and keys ${mongoDb === undefined ? 'SQLite' : 'MongoDB'}`,
    `files ${s3 ? 'S3' : 'a directory'}`,
  ].join(', ');
}

function stopOnce(stops: readonly (() => Promise<unknown>)[]): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const run = async () => {
    for (const stop of stops) await stop();
  };
  return () => (stopping ??= run());
}

function welcome(config: Config, first: boolean, hasAdministrator: boolean): void {
  say(`Casebook is ready: ${config.publicUrl}`);
  if (config.demo === 'off') {
    if (!hasAdministrator) {
      say('There is no administrator yet: npm run cli -- staff add EMAIL --role administrator');
    }
    return;
  }
  say('  customer   ada@acme.example    password demo');
  say('  engineer   erin@support.example password demo (open this one in a private window)');
  say(`  data       ${config.dataDirectory}${first ? ' (made just now)' : ''}; start over: npm run cli -- reset`);
  say('  read on    README.md, and the API at /api/docs');
}

/** Fails at once, and says which port is free, before anything is opened. */
async function requireFreePort({ port, host }: Config): Promise<void> {
  if (await isFree(port, host)) return;
  for (let next = port + 1; next < port + 50; next++) {
    if (await isFree(next, host)) {
      throw new ConfigError(`Port ${port} is taken; ${next} is free: PORT=${next} npm start`);
    }
  }
  throw new ConfigError(`Port ${port} is taken; choose another one: PORT=… npm start`);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createNetServer()
      .once('error', () => {
        resolve(false);
      })
      .listen(port, host, () => {
        probe.close(() => {
          resolve(true);
        });
      });
  });
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof DomainError;
  process.stderr.write(
    `${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
