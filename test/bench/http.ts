// The API under load, beside a bare NestJS route on the same adapter in the same run.
// Run: node tools/run-ts.js test/bench/http.ts [seconds]. Needs a build.
import 'reflect-metadata';
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Browser } from '../../apps/api/src/testing/browser';
import { freePort } from '../../apps/api/src/testing/start-portal';
import { PortalProcess } from '../portal-process';
import { load, type LoadResult } from './load';

const ENTRIES = 50;
const root = resolve(__dirname, '../..');
const seconds = Number(process.argv[2] ?? 6);
const TICKET = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S2',
  products: [{ id: 'postgresql', version: '16.13' }],
  subject: 'Standby stopped replaying: requested WAL segment has already been removed',
  description: 'The standby does not come back after the network maintenance. '.repeat(8),
};

async function main(): Promise<void> {
  const portal = await PortalProcess.start({ probeLoop: true });
  const base = portal.url;
  let bare: ChildProcess | undefined;
  try {
    const { headers, number } = await prepare(base);
    const page = await fetch(`${base}/api/tickets/${number}`, { headers }).then((answer) => answer.text());
    const file = join(portal.directory, 'page.json');
    writeFileSync(file, page);
    const barePort = await freePort();
    bare = spawn(
      process.execPath,
      [join(root, 'tools/run-ts.js'), join(root, 'test/bench/bare-nest.ts'), String(barePort), file],
      { stdio: 'inherit' },
    );
    await ready(`http://localhost:${barePort}/`);

    const plain = await load(32, seconds, () => ({ method: 'GET', url: `http://localhost:${barePort}/`, headers: {} }));
    const real = await load(32, seconds, () => ({ method: 'GET', url: `${base}/api/tickets/${number}`, headers }));
    row(`bare NestJS route, ${Math.round(page.length / 1000)} KB, 32 connections`, plain);
    row(
      'GET /api/tickets/{number}, 50 entries, 32 connections',
      real,
      `ratio ${(real.perSecond / plain.perSecond).toFixed(2)} (to reach 0.30)`,
    );
    const list = await load(32, seconds, () => ({ method: 'GET', url: `${base}/api/tickets?limit=20`, headers }));
    row('GET /api/tickets?limit=20, 32 connections', list);
    for (const connections of [1, 32]) await measurePosts(portal, headers, connections);
  } finally {
    bare?.kill('SIGTERM');
    await portal.dispose();
  }
}

async function measurePosts(
  portal: PortalProcess,
  headers: Record<string, string>,
  connections: number,
): Promise<void> {
  const body = JSON.stringify(TICKET);
  await portal.loopDelay();
  const create = await load(connections, seconds, () => ({
    method: 'POST',
    url: `${portal.url}/api/tickets`,
    headers: { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
    body,
  }));
  const loop = await portal.loopDelay();
  row(`POST /api/tickets, ${connections} connection(s)`, create, `to reach ${connections === 1 ? 300 : 800}/s`);
  console.log(`  event loop held p99 ${loop.p99.toFixed(1)} ms (to reach 50), at most ${loop.max.toFixed(1)} ms`);
  await wait(1_000);
  const { views } = (await fetch(`${portal.url}/health/ready`).then((answer) => answer.json())) as {
    views: { name: string; eventsBehind: number }[];
  };
  console.log(
    `  views behind 1 s later: ${views.map(({ name, eventsBehind }) => `${name} ${eventsBehind}`).join(', ')}`,
  );
}

/** A ticket with 50 public entries of about 600 bytes and some internal ones, and a customer's session. */
async function prepare(base: string): Promise<{ headers: Record<string, string>; number: string }> {
  const ada = new Browser(base);
  const erin = new Browser(base);
  await ada.signIn('ada@acme.example');
  await erin.signIn('erin@support.example');
  const { number } = (await ada.post<{ number: string }>('/api/tickets', TICKET)).body;
  erin.readAfter = ada.readAfter;
  const text = 'The replica asks for segment 00000003000002A70000005C and the primary has removed it. '.repeat(7);
  for (let n = 0; n < ENTRIES; n++) {
    await (n % 2 === 0 ? erin : ada).post(`/api/tickets/${number}/replies`, { body: `${n} ${text}` });
    if (n % 5 === 0) await erin.post(`/api/tickets/${number}/notes`, { body: text });
  }
  await ada.get(`/api/tickets/${number}`);
  ada.readAfter = erin.readAfter;
  await ada.get(`/api/tickets/${number}`);
  return { headers: { cookie: ada.cookieHeader(), 'x-casebook': '1' }, number };
}

async function ready(url: string): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt++) {
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    await wait(250);
  }
  throw new Error(`${url} did not come up`);
}

function row(name: string, { perSecond, p50, p99, failures }: LoadResult, note = ''): void {
  console.log(
    `${name.padEnd(58)} ${perSecond.toFixed(0).padStart(7)}/s  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  failed ${failures}  ${note}`,
  );
}

void main();
