// Two instances over one event log, one database and one bucket: each is killed and paused under load, again and again; counts what
// is lost, doubled, late or different. Starts the servers itself where the settings name none.
// Run: node tools/run-ts.js test/instances/run.ts [kills] [pause in seconds]. Needs a build.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openMongo, type MongoConnection } from '@casebook/mongodb';
import { leaseHolder, openMongoStateStore, type StateStore } from '@casebook/state';
import { Browser } from '../../apps/api/src/testing/browser';
import type { Engine } from '../engines/process';
import { serverSettings } from '../engines/servers';
import { cli, documents, everySubject, newTicket, open, resend, subjectOf, type Sent } from '../faults/tickets';
import { Tally } from '../faults/tally';
import { PortalProcess } from '../portal-process';

const WRITERS = 6;
const TAKEOVER_MS = 15_000;
const TUS = { 'tus-resumable': '1.0.0', 'x-casebook': '1' };
const kills = Number(process.argv[2] ?? 4);
const pauseSeconds = Number(process.argv[3] ?? 30);

interface Installation {
  readonly instances: readonly PortalProcess[];
  readonly state: StateStore;
  readonly env: Record<string, string>;
  readonly ada: Browser;
  readonly sent: Sent[];
}

async function main(): Promise<void> {
  const tally = new Tally();
  const servers: Engine[] = [];
  const place = mkdtempSync(join(tmpdir(), 'casebook-instances-'));
  const instances: PortalProcess[] = [];
  let connection: MongoConnection | undefined;
  try {
    const env = { ...(await serverSettings(servers)), MASTER_KEY_FILE: join(place, 'master.key') };
    connection = await openMongo({ url: env.MONGODB_URL });
    const state = await openMongoStateStore({ connection, collection: 'state' });
    for (const name of ['east', 'west']) {
      instances.push(await PortalProcess.start({ env: { ...env, INSTANCE: name }, seconds: 120 }));
    }
    const [first] = instances;
    if (!first) throw new Error('No instance was started');
    const ada = new Browser(first.url);
    await ada.signIn('ada@acme.example');
    const installation: Installation = { instances, state, env, ada, sent: [] };

    await otherInstanceSeesAtOnce(installation, tally);
    await uploadGoesOnElsewhere(installation, tally);
    for (let round = 0; round < kills; round++) await killedUnderLoad(installation, round, tally);
    await pausedUnderLoad(installation, tally);
    await nothingLost(installation, tally);
    await sameAsRebuilt(installation, join(place, 'cli'), tally);
  } finally {
    for (const instance of instances) await instance.dispose();
    await connection?.close();
    for (const server of servers) await server.stop();
    rmSync(place, { recursive: true, force: true });
  }
  tally.close();
}

async function otherInstanceSeesAtOnce({ instances, ada, sent }: Installation, tally: Tally): Promise<void> {
  const other = ada.at(instances[1]?.url ?? '');
  for (let n = 0; n < 20; n++) {
    const ticket = newTicket();
    sent.push(ticket);
    ticket.number = (await open(ada, ticket)) ?? '';
    other.readAfter = ada.readAfter;
    const seen = await other.get(`/api/tickets/${ticket.number}`);
    tally.expect(
      seen.status === 200 && seen.headers.get('x-stale') === null,
      `a ticket opened here is read there: ${seen.status} ${seen.text.slice(0, 200)}`,
    );
  }
}

/** Sends half a file to one instance, kills it, sends the rest to the other one, and reads it there. */
async function uploadGoesOnElsewhere({ instances, ada, sent }: Installation, tally: Tally): Promise<void> {
  const [first, second] = instances;
  if (!first || !second) return;
  const file = randomBytes(20 * 1024 * 1024);
  const half = 11 * 1024 * 1024;
  const { number } = sent[0] ?? {};
  const created = await ada.at(first.url).fetch('/api/uploads', {
    method: 'POST',
    headers: {
      ...TUS,
      'upload-length': String(file.length),
      'upload-metadata': `filename ${Buffer.from('pg.log').toString('base64')}`,
    },
  });
  const path = new URL(created.headers.get('location') ?? '', first.url).pathname;
  const patch = (instance: PortalProcess, offset: number, bytes: Buffer) =>
    ada.at(instance.url).fetch(path, {
      method: 'PATCH',
      headers: { ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
      body: new Uint8Array(bytes),
    });
  const one = await patch(first, 0, file.subarray(0, half));
  await first.end('SIGKILL');
  const there = ada.at(second.url);
  const head = await there.fetch(path, { method: 'HEAD', headers: TUS });
  const offset = Number(head.headers.get('upload-offset'));
  tally.expect(one.status === 204 && offset === half, `the other instance knows how far it is: ${offset} of ${half}`);
  const two = await patch(second, offset, file.subarray(offset));
  tally.expect(two.status === 204, `the other instance takes the rest: ${two.status} ${await two.text()}`);
  const attached = await there.post<{ attachmentId: string }>(`/api/tickets/${number}/attachments`, {
    uploadId: path.split('/').at(-1),
  });
  // The views know the file once the other instance has taken them over.
  await untilRead(there, number ?? '');
  const download = await there.fetch(`/api/tickets/${number}/attachments/${attached.body.attachmentId}`);
  const bytes = Buffer.from(await download.arrayBuffer());
  tally.expect(bytes.equals(file), `the file comes back whole: ${download.status}, ${bytes.length} bytes`);
  await first.start();
}

/** Kills one instance while tickets are opened at both; who got no answer goes on at the other one. */
async function killedUnderLoad(
  { instances, ada, sent, state }: Installation,
  round: number,
  tally: Tally,
): Promise<void> {
  const victim = instances[round % instances.length];
  const survivor = instances[(round + 1) % instances.length];
  if (!victim || !survivor) return;
  const owned = (await leaseHolder(state, 'views')) === nameOf(instances, victim);
  const load = underLoad([ada.at(victim.url), ada.at(survivor.url)], sent);
  await wait(1_000);
  const killed = performance.now();
  await victim.end('SIGKILL');
  await wait(500);
  await load.stop();
  const after = ada.at(survivor.url);
  const ticket = newTicket();
  sent.push(ticket);
  ticket.number = (await open(after, ticket)) ?? '';
  tally.expect(ticket.number !== '', 'the other instance goes on taking tickets');
  const late = await untilRead(after, ticket.number);
  const seconds = ((performance.now() - killed) / 1_000).toFixed(1);
  console.log(
    `killed the instance that ${owned ? 'wrote' : 'did not write'} the views: all current again ${seconds} s later`,
  );
  tally.expect(!late && performance.now() - killed < TAKEOVER_MS + 2_000, `the views are taken over within 15 s`);
  await victim.start();
}

/** Pauses the instance that writes the views, lets the other one take over, and lets the first go on where it was. */
async function pausedUnderLoad({ instances, ada, sent, state }: Installation, tally: Tally): Promise<void> {
  const holder = await leaseHolder(state, 'views');
  const paused = instances.find((one) => nameOf(instances, one) === holder);
  const other = instances.find((one) => one !== paused);
  if (!paused || !other) throw new Error(`Nobody holds the lease: ${holder}`);
  const watch = watchCheckpoint(state);
  const load = underLoad([ada.at(other.url)], sent);
  paused.pause(true);
  const begun = performance.now();
  while ((await leaseHolder(state, 'views')) === holder && performance.now() - begun < 2 * TAKEOVER_MS) await wait(100);
  const seconds = (performance.now() - begun) / 1_000;
  console.log(`paused the instance that wrote the views: taken over after ${seconds.toFixed(1)} s`);
  tally.expect(seconds * 1_000 <= TAKEOVER_MS, `taken over within 15 s: ${seconds.toFixed(1)} s`);
  await wait(Math.max(0, pauseSeconds * 1_000 - (performance.now() - begun)));
  paused.pause(false);
  await wait(5_000);
  await load.stop();
  tally.expect((await leaseHolder(state, 'views')) !== holder, 'the paused instance does not take the views back');
  const { steps, wentBack } = watch.stop();
  tally.expect(wentBack === 0 && steps > 0, `progress never goes back: ${steps} steps, ${wentBack} back`);
}

async function nothingLost({ instances, ada, sent }: Installation, tally: Tally): Promise<void> {
  const browser = ada.at(instances[0]?.url ?? '');
  await resend(browser, sent);
  const subjects = await everySubject(browser);
  const times = sent.map(({ body }) => subjects.filter((one) => one === subjectOf(body)).length);
  const lost = times.filter((count) => count === 0).length;
  const doubled = times.filter((count) => count > 1).length;
  console.log(`${sent.length} tickets sent, ${lost} lost, ${doubled} doubled`);
  tally.expect(lost === 0, `${lost} tickets lost`);
  tally.expect(doubled === 0, `${doubled} tickets doubled`);
}

async function sameAsRebuilt({ instances, env }: Installation, directory: string, tally: Tally): Promise<void> {
  for (const instance of instances) await instance.end('SIGTERM');
  const settings = { ...process.env, ...env };
  const before = documents(directory, settings);
  const { status, stderr } = cli({ ...settings, DATA_DIR: directory }, 'projections', 'rebuild', 'all');
  tally.expect(status === 0, `the views are rebuilt: ${stderr}`);
  const difference = firstDifference(before, documents(directory, settings));
  tally.expect(difference === undefined, `documents equal those of a clean rebuild: ${difference}`);
  tally.expect(before.length > 10_000, 'there are documents');
  const verified = cli({ ...settings, DATA_DIR: directory }, 'audit', 'verify');
  tally.expect(verified.status === 0, `the chain holds: ${verified.stdout}`);
}

/** Opens tickets at these instances until it is stopped; a writer whose instance is gone stops by itself. */
function underLoad(browsers: readonly Browser[], sent: Sent[]): { stop(): Promise<void> } {
  let running = true;
  const writers = Array.from({ length: WRITERS }, async (_, n) => {
    const browser = browsers[n % browsers.length];
    while (running && browser) {
      const ticket = newTicket();
      sent.push(ticket);
      const number = await open(browser, ticket).catch(() => undefined);
      if (number === undefined) return;
      ticket.number = number;
    }
  });
  return {
    async stop() {
      running = false;
      await Promise.all(writers);
    },
  };
}

/** Reads a ticket until the views have it; true when that does not happen in time. */
async function untilRead(browser: Browser, number: string): Promise<boolean> {
  for (const until = performance.now() + TAKEOVER_MS; performance.now() < until;) {
    const { status, headers } = await browser.get(`/api/tickets/${number}`);
    if (status === 200 && headers.get('x-stale') === null) return false;
  }
  return true;
}

function watchCheckpoint(state: StateStore): { stop(): { steps: number; wentBack: number } } {
  let last = '';
  let steps = 0;
  let wentBack = 0;
  const timer = setInterval(() => {
    void state.get<string>('views', 'handled').then((record) => {
      const at = record?.value ?? '';
      if (at < last) wentBack++;
      if (at > last) steps++;
      last = at;
    });
  }, 50);
  return {
    stop() {
      clearInterval(timer);
      return { steps, wentBack };
    },
  };
}

function firstDifference(one: string, other: string): string | undefined {
  const [lines, others] = [one.split('\n'), other.split('\n')];
  const at = lines.findIndex((line, index) => line !== others[index]);
  return at < 0 && lines.length === others.length
    ? undefined
    : `${lines[at] ?? 'nothing'}\n  is ${others[at] ?? 'nothing'}`;
}

function nameOf(instances: readonly PortalProcess[], instance: PortalProcess): string {
  return instances.indexOf(instance) === 0 ? 'east' : 'west';
}

void main();
