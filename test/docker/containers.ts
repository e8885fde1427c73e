// Part of test/docker/run.js, which builds the image and makes the certificate.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Browser } from '../../apps/api/src/testing/browser';
import { start as startEventStoreDb } from '../engines/eventstoredb';
import { start as startMongoDb } from '../engines/mongodb';
import { freePort, type Engine } from '../engines/process';
import { start as startS3 } from '../engines/s3';
import { newTicket, open, type Sent } from '../faults/tickets';
import { Tally } from '../faults/tally';

const image = process.env['CASEBOOK_IMAGE'] ?? 'casebook:test';
const tls = process.env['CASEBOOK_TLS'] ?? '';
const READ_ONLY = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

function docker(...args: readonly string[]) {
  return spawnSync('docker', args, { encoding: 'utf8' });
}

/** A container on the host's network with settings of its own; the caller removes it. */
class Container {
  constructor(
    readonly name: string,
    readonly port: number,
  ) {}

  start(env: Readonly<Record<string, string>>, ...args: readonly string[]): void {
    const settings = Object.entries({ HOST: '127.0.0.1', PORT: String(this.port), ...env });
    const flags = settings.flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const run = docker('run', '-d', '--name', this.name, '--network', 'host', ...READ_ONLY, ...flags, ...args, image);
    if (run.status !== 0) throw new Error(run.stderr);
  }

  async healthy(): Promise<boolean> {
    for (let attempt = 0; attempt < 240; attempt++) {
      const state = docker('inspect', '-f', '{{.State.Health.Status}} {{.State.Running}}', this.name).stdout.trim();
      if (state === 'healthy true') return true;
      if (state.endsWith('false')) break;
      await wait(500);
    }
    console.error(docker('logs', '--tail', '20', this.name));
    return false;
  }
}

async function alone(tally: Tally): Promise<void> {
  const volume = `casebook-test-${process.pid}`;
  const container = new Container(`casebook-alone-${process.pid}`, await freePort());
  const url = `http://localhost:${container.port}`;
  try {
    container.start({ PUBLIC_URL: url, DATA_DIR: '/data' }, '-v', `${volume}:/data`);
    tally.expect(await container.healthy(), 'the container becomes healthy');
    const inside = (...command: string[]) => docker('exec', container.name, ...command);
    tally.expect(inside('id', '-u').stdout.trim() !== '0', 'nobody special runs it');
    tally.expect(inside('touch', '/casebook/here').status !== 0, 'its root cannot be written');
    const ada = new Browser(url);
    await ada.signIn('ada@acme.example');
    const number = await open(ada, newTicket());
    const stopped = docker('stop', '-t', '30', container.name).status;
    const code = docker('inspect', '-f', '{{.State.ExitCode}}', container.name).stdout.trim();
    tally.expect(stopped === 0 && code === '0', `it ends by itself when asked to: ${code}`);
    docker('start', container.name);
    tally.expect(await container.healthy(), 'it starts again');
    const again = await ada.get(`/api/tickets/${number}`);
    tally.expect(again.status === 200, `data and sessions are there after a restart: ${again.status}`);
    const verified = inside('casebook', 'cli', 'audit', 'verify');
    tally.expect(verified.status === 0, `commands run inside: ${verified.stdout}${verified.stderr}`);
  } finally {
    docker('rm', '-f', container.name);
    docker('volume', 'rm', volume);
  }
}

/** Sends each request to one of the instances, in turn; one that does not answer at all is passed over. */
function proxyTo(ports: readonly number[]): Server {
  let turn = 0;
  const certificate = { key: readFileSync(join(tls, 'tls.key')), cert: readFileSync(join(tls, 'tls.crt')) };
  return createServer({ ...certificate, minVersion: 'TLSv1.2' }, (incoming, answer) => {
    const bodies: Buffer[] = [];
    incoming.on('data', (bytes: Buffer) => bodies.push(bytes));
    incoming.on('end', () => {
      const body = Buffer.concat(bodies);
      const headers = { ...incoming.headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' };
      const send = (left: number): void => {
        const port = ports[turn++ % ports.length];
        const options = { port, host: '127.0.0.1', method: incoming.method, path: incoming.url, headers };
        const outgoing = request(options, (inner) => {
          answer.writeHead(inner.statusCode ?? 502, inner.headers);
          inner.pipe(answer);
        });
        outgoing.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'ECONNREFUSED' && left > 0) send(left - 1);
          else if (answer.headersSent) answer.destroy();
          else answer.writeHead(502).end();
        });
        outgoing.end(body);
      };
      send(ports.length - 1);
    });
  });
}

async function twoBehindTls(tally: Tally): Promise<void> {
  const servers: Engine[] = [];
  const place = mkdtempSync(join(tmpdir(), 'casebook-keys-'));
  const containers: Container[] = [];
  let proxy: Server | undefined;
  try {
    for (const start of [startEventStoreDb, startMongoDb, startS3]) servers.push(await start());
    const settings = Object.fromEntries(servers.flatMap((server) => Object.entries(server.settings)));
    const port = await freePort();
    const url = `https://localhost:${port}`;
    const env = {
      ...settings,
      MONGODB_URL: `${settings['MONGODB_URL']}casebook`,
      PUBLIC_URL: url,
      TRUST_PROXY: 'true',
      MASTER_KEY_FILE: '/keys/master.key',
    };
    spawnSync('chmod', ['0777', place]);
    for (const name of ['east', 'west']) {
      const container = new Container(`casebook-${name}-${process.pid}`, await freePort());
      containers.push(container);
      container.start({ ...env, INSTANCE: name }, '-v', `${place}:/keys`);
      tally.expect(await container.healthy(), `${name} becomes healthy over EventStoreDB, MongoDB and S3`);
    }
    proxy = proxyTo(containers.map((one) => one.port)).listen(port, '127.0.0.1');
    const ada = new Browser(url);
    await ada.signIn('ada@acme.example');
    const me = await ada.get<{ email: string }>('/api/me');
    tally.expect(me.body.email === 'ada@acme.example', `signed in through the proxy: ${me.text}`);
    const number = await open(ada, newTicket());
    await killedMidReply(containers, ada, number ?? '', tally);
  } finally {
    proxy?.close();
    for (const { name } of containers) docker('rm', '-f', name);
    for (const server of servers) await server.stop();
    rmSync(place, { recursive: true, force: true });
  }
}

/** Replies are sent one after the other while one instance is killed; unanswered ones are sent again with their key. */
async function killedMidReply(
  containers: readonly Container[],
  ada: Browser,
  number: string,
  tally: Tally,
): Promise<void> {
  const replies: Sent[] = Array.from({ length: 40 }, (_, n) => ({
    key: `reply-${process.pid}-${n}`,
    body: JSON.stringify({ body: `Reply ${n} while an instance dies.` }),
  }));
  let again = 0;
  for (const [n, { key, body }] of replies.entries()) {
    // Not waited for: it dies while replies are on their way.
    if (n === 10) spawn('docker', ['kill', containers[0]?.name ?? ''], { stdio: 'ignore' });
    for (let attempt = 0; attempt < 10; attempt++) {
      const sent = await ada
        .send('POST', `/api/tickets/${number}/replies`, body, { 'idempotency-key': key })
        .catch(() => undefined);
      if (sent?.status === 201) break;
      again++;
      await wait(200);
    }
  }
  for (let attempt = 0; attempt < 60; attempt++) {
    const { status, headers } = await ada.get(`/api/tickets/${number}`);
    if (status === 200 && headers.get('x-stale') === null) break;
    await wait(250);
  }
  const { body } = await ada.get<{ timeline: { items: { data: { body?: string } }[] } }>(`/api/tickets/${number}`);
  const texts = body.timeline.items.map(({ data }) => data.body);
  const counts = replies.map((_, n) => texts.filter((text) => text === `Reply ${n} while an instance dies.`).length);
  console.log(`killed one of two mid-reply: ${replies.length} replies, ${again} sent again`);
  tally.expect(
    counts.every((count) => count === 1),
    `each reply is there once: ${counts.join(' ')}`,
  );
}

async function main(): Promise<void> {
  const tally = new Tally();
  await alone(tally);
  await twoBehindTls(tally);
  tally.close();
}

void main();
