// Part of test/docker/run.js: docker/compose.yaml as it stands, with local images where its own cannot be pulled
// (docker/compose.local.yaml). Needs docker-compose, Chromium and what the engines of the tests need.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { keycloakHome } from '../engines/keycloak';
import { mongoServerHome } from '../engines/mongodb';
import { freePort } from '../engines/process';
import { versitygw } from '../engines/s3';
import { openTicket } from '../journeys/api';
import { RealBrowser } from '../journeys/browser';
import { runJourneys, type Journey, type Place } from '../journeys/journey';
import { KeycloakAdmin, type User } from '../keycloak/admin';
import { signInAt } from '../keycloak/journeys';

const ROOT = resolve(__dirname, '../..');
const PROVIDER = 'http://keycloak.localhost:8180';
const ADMIN = { user: 'admin', password: 'admin-of-the-test' };
const REPLIES = 8;

interface Composed extends Place {
  readonly kill: (service: string) => void;
  readonly ada: User;
  readonly erin: User;
}

/** An image of all servers, from where the tests keep them. */
function buildLocalImage(): void {
  const context = mkdtempSync(join(tmpdir(), 'casebook-local-'));
  try {
    cpSync(keycloakHome(), join(context, 'keycloak'), { recursive: true });
    rmSync(join(context, 'keycloak/data'), { recursive: true, force: true });
    cpSync(mongoServerHome(), join(context, 'mongodb'), { recursive: true });
    cpSync(versitygw(), join(context, 'versitygw'));
    const args = ['build', '-q', '-f', 'docker/local/Dockerfile', '-t', 'casebook-local:test', context];
    const built = spawnSync('docker', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    if (built.status !== 0) throw new Error('The local image was not built.');
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

const throughTheProxy: Journey<Composed> = {
  name: 'people sign in at Keycloak through the proxy, open a ticket and answer it while one instance is killed',
  async run({ browser, url, kill, ada, erin }) {
    const customer = await browser.open({ ignoreHTTPSErrors: true });
    await signInAt(customer, url, ada);
    const number = await openTicket(customer, 'The proxy is in between');
    await customer.goto(`${url}/tickets/${number}`);
    const seconds: number[] = [];
    for (let n = 0; n < REPLIES; n++) {
      if (n === 2) kill('casebook-east');
      const began = Date.now();
      await reply(customer, `Reply ${n} while an instance dies.`);
      seconds.push((Date.now() - began) / 1_000);
    }
    console.log(`seconds until each reply was seen: ${seconds.map((one) => one.toFixed(1)).join(' ')}`);
    const engineer = await browser.open({ ignoreHTTPSErrors: true });
    await signInAt(engineer, url, erin);
    await engineer.goto(`${url}/tickets/${number}`);
    for (let n = 0; n < REPLIES; n++) {
      const entry = engineer.locator('.tl').getByText(`Reply ${n} while an instance dies.`);
      await entry.waitFor();
      assert.equal(await entry.count(), 1);
    }
    await engineer.getByRole('tab', { name: /^Reply/ }).click();
    await reply(engineer, 'Seen at the other instance.');
    await customer.locator('.tl').getByText('Seen at the other instance.').waitFor({ timeout: 30_000 });
  },
};

/** Writes a reply as a person does: what could not be sent is sent again. */
async function reply(page: Page, text: string): Promise<void> {
  await page.getByRole('tab', { name: /^Reply/ }).click();
  const write = page.getByRole('region', { name: 'Write' });
  await write.getByRole('textbox').first().fill(text);
  const entry = page.locator('.tl').getByText(text);
  for (let attempt = 0; attempt < 20 && (await entry.count()) === 0; attempt++) {
    const send = write.getByRole('button', { name: /^Send/ });
    if (await send.isEnabled()) await send.click();
    await entry.waitFor({ timeout: 3_000 }).catch(() => undefined);
  }
  assert.equal(await entry.count(), 1, `“${text}” is there once`);
}

async function main(): Promise<number> {
  buildLocalImage();
  const place = mkdtempSync(join(tmpdir(), 'casebook-composed-'));
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const settings = {
    PUBLIC_URL: url,
    HTTPS_PORT: String(port),
    TLS_PATH: process.env['CASEBOOK_TLS'] ?? '',
    MASTER_KEY_PATH: join(place, 'master.key'),
    MONGODB_URL: 'mongodb://mongo:27017/casebook',
    S3_ACCESS_KEY_ID: 'casebook',
    S3_SECRET_ACCESS_KEY: 'secret-of-the-test',
    OIDC_ISSUER: `${PROVIDER}/realms/casebook`,
    OIDC_CLIENT_SECRET: 'secret-of-the-test',
    KEYCLOAK_ADMIN_PASSWORD: ADMIN.password,
  };
  writeFileSync(settings.MASTER_KEY_PATH, `1 ${randomBytes(32).toString('base64')}\n`);
  // The instances run as nobody special, who has to read it.
  chmodSync(settings.MASTER_KEY_PATH, 0o644);
  const files = ['-f', 'docker/compose.yaml', '-f', 'docker/compose.local.yaml'];
  const common = ['-p', `casebook-test-${process.pid}`, ...files];
  const env = { ...process.env, ...settings };
  const compose = (...args: string[]): void => {
    const done = spawnSync('docker-compose', [...common, ...args], { cwd: ROOT, env, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`docker-compose ${args.join(' ')}: ${done.stdout}${done.stderr}`);
  };
  const kill = (service: string): void => {
    // Not waited for: it dies while replies are on their way.
    spawn('docker-compose', [...common, 'kill', service], { cwd: ROOT, env, stdio: 'ignore' });
  };
  let browser: RealBrowser | undefined;
  try {
    compose('up', '-d', 'keycloak');
    const at = 'http://127.0.0.1:8180';
    await answering(`${at}/realms/casebook/.well-known/openid-configuration`);
    const admin = new KeycloakAdmin({ url: at, admin: ADMIN, settings: {}, stop: () => Promise.resolve() });
    const ada = await admin.addUser('ada', 'ada@acme.example', true);
    const erin = await admin.addUser('erin', 'erin@support.example', true);
    compose('up', '-d', 'proxy');
    await answering(`${url}/health/ready`);
    browser = await RealBrowser.launch(url, PROVIDER);
    return await runJourneys([throughTheProxy], { browser, url, kill, ada, erin });
  } catch (error) {
    const logs = spawnSync('docker-compose', [...common, 'logs', '--tail', '15'], { cwd: ROOT, env, encoding: 'utf8' });
    console.error(logs.stdout);
    throw error;
  } finally {
    await browser?.close();
    compose('down', '-v', '--remove-orphans', '-t', '1');
    rmSync(place, { recursive: true, force: true });
  }
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 180; attempt++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((then) => setTimeout(then, 1_000));
  }
  throw new Error(`${url} did not answer.`);
}

void main().then(
  (failures) => process.exit(failures === 0 ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    console.log('0 passed, 1 failed');
    process.exit(1);
  },
);
