import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TicketsService } from '@casebook/ticketing';
import { DEMO_ACCOUNTS } from '../demo/people';
import { seedPeople } from '../demo/seed';
import type { Metrics, MetricsSources } from '../ops/metrics';
import { openPlatform, type Platform } from '../platform';
import { createServer, type RequestWatcher } from '../server';
import { createAuth, createServices, type Services } from '../services';
import { Browser } from './browser';

/** A whole portal on a free port and a directory of its own, with the demo's people and no tickets. */
export interface TestPortal {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly platform: Platform;
  readonly services: Services;
  readonly dataDirectory: string;
  /** A browser with a session of this person. */
  signIn(email: string): Promise<Browser>;
  close(): Promise<void>;
}

/** What a spec changes about it. */
export interface TestPortalOptions {
  readonly metrics?: (sources: MetricsSources) => Metrics;
  readonly watchers?: readonly RequestWatcher[];
}

export async function startPortal(options: TestPortalOptions = {}): Promise<TestPortal> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'casebook-portal-'));
  const place = { dataDirectory, masterKeyFile: join(dataDirectory, 'keys', 'master.key') };
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const platform = await openPlatform(place);
  const services = await createServices(platform, place, (message, error) => {
    throw new Error(message, { cause: error });
  });
  await services.runner.start();
  const config = { publicUrl: url, demo: 'local' as const, trustProxy: false };
  const signIn = await createAuth(config, platform, services, DEMO_ACCOUNTS);
  const { runner: views, live } = services;
  const metrics = options.metrics?.({
    views,
    state: platform.state,
    liveConnections: () => live.size,
    instance: 'spec',
  });
  const app = await createServer(config, platform, services, signIn, [
    ...(metrics ? [metrics] : []),
    ...(options.watchers ?? []),
  ]);
  await app.get(TicketsService).raiseCounter();
  await seedPeople(services, new Date().toISOString());
  services.live.start();
  await app.listen(port, '127.0.0.1');
  return {
    url,
    app,
    platform,
    services,
    dataDirectory,
    async signIn(email) {
      const browser = new Browser(url);
      await browser.signIn(email);
      return browser;
    },
    async close() {
      services.live.stop();
      await app.close();
      await services.runner.stop();
      await platform.close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createNetServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => {
          resolve(typeof address === 'object' && address ? address.port : 0);
        });
      });
  });
}
