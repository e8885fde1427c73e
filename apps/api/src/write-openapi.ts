import 'reflect-metadata';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEMO_ACCOUNTS } from './demo/people';
import { createOpenApi } from './http/openapi';
import { openPlatform } from './platform';
import { createServer } from './server';
import { createAuth, createServices } from './services';

/** Writes the OpenAPI document of this build to a file, without listening; with --check it only compares. */
async function main(): Promise<void> {
  const [, , target, option] = process.argv;
  if (target === undefined) throw new Error('Name the file to write.');
  const document = `${JSON.stringify(await describe(), null, 2)}\n`;
  if (option !== '--check') {
    writeFileSync(target, document);
    return;
  }
  if (!existsSync(target) || readFileSync(target, 'utf8') !== document) process.exitCode = 1;
}

async function describe(): Promise<object> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'casebook-openapi-'));
  const options = { dataDirectory, masterKeyFile: join(dataDirectory, 'keys', 'master.key') };
  const platform = await openPlatform(options);
  let app: NestFastifyApplication | undefined;
  try {
    const config = { publicUrl: 'http://localhost:3000', demo: 'local' as const, trustProxy: false };
    const services = await createServices(platform, options, () => undefined);
    const signIn = await createAuth(config, platform, services, DEMO_ACCOUNTS);
    app = await createServer(config, platform, services, signIn);
    return createOpenApi(app);
  } finally {
    await app?.close();
    await platform.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

void main();
