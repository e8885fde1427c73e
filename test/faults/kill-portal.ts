// Kills the portal while tickets are opened and answered, again and again, and counts what is lost or doubled.
// Run: node tools/run-ts.js test/faults/kill-portal.ts [rounds]. Needs a build.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Browser } from '../../apps/api/src/testing/browser';
import { PortalProcess } from '../portal-process';
import { Tally } from './tally';

const CLI = resolve(__dirname, '../../dist/api/apps/cli/src/main.js');
const WRITERS = 8;
const TICKET = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S3',
  products: [{ id: 'postgresql' }],
  subject: 'Written while the power goes',
  description: 'One of many.',
};

interface Sent {
  readonly key: string;
  readonly body: string;
  /** Absent when no answer came. */
  number?: string;
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 10);
  const portal = await PortalProcess.start();
  const sent: Sent[] = [];
  const tally = new Tally();
  try {
    const ada = new Browser(portal.url);
    await ada.signIn('ada@acme.example');
    for (let round = 0; round < rounds; round++) {
      await killedUnderLoad(portal, ada, sent);
      await portal.start();
    }
    await resend(ada, sent);
    const subjects = await everySubject(ada);
    const lost = sent.filter(({ body }) => !subjects.includes(subjectOf(body)));
    const doubled = sent.filter(({ body }) => subjects.filter((one) => one === subjectOf(body)).length > 1);
    tally.expect(lost.length === 0, `${lost.length} tickets lost`);
    tally.expect(doubled.length === 0, `${doubled.length} tickets doubled`);
    console.log(`${rounds} kills, ${sent.length} tickets sent, ${lost.length} lost, ${doubled.length} doubled`);
    await portal.end('SIGTERM');
    const before = documents(portal.directory);
    cli(portal.directory, 'projections', 'rebuild', 'all');
    tally.expect(before === documents(portal.directory), 'a clean rebuild gives other read models');
    tally.expect(cli(portal.directory, 'audit', 'verify').status === 0, 'the chain does not hold');
    tally.expect(namesChangedEvent(portal.directory), 'a changed byte is not named');
  } finally {
    await portal.dispose();
  }
  tally.close();
}

/** Opens tickets from several writers until the process is killed under them. */
async function killedUnderLoad(portal: PortalProcess, ada: Browser, sent: Sent[]): Promise<void> {
  let running = true;
  const writers = Array.from({ length: WRITERS }, async () => {
    while (running) {
      const key = randomUUID();
      const one: Sent = { key, body: JSON.stringify({ ...TICKET, subject: `${TICKET.subject} ${key}` }) };
      sent.push(one);
      const answer = await open(ada, one).catch(() => undefined);
      if (!answer) return;
      one.number = answer;
    }
  });
  await wait(400 + Math.random() * 600);
  await portal.end('SIGKILL');
  running = false;
  await Promise.all(writers);
}

async function open(ada: Browser, { key, body }: Sent): Promise<string | undefined> {
  const answer = await ada.send<{ number: string }>('POST', '/api/tickets', body, { 'idempotency-key': key });
  return answer.status === 201 ? answer.body.number : undefined;
}

/** Whoever got no answer sends again with the same key; whoever got one gets the same again. */
async function resend(ada: Browser, sent: readonly Sent[]): Promise<void> {
  for (const one of sent) {
    const number = await open(ada, one);
    if (number === undefined || (one.number !== undefined && one.number !== number)) {
      throw new Error(`${one.key}: first ${one.number ?? 'no answer'}, then ${number ?? 'refused'}`);
    }
  }
}

async function everySubject(ada: Browser): Promise<string[]> {
  const subjects: string[] = [];
  let cursor = '';
  do {
    const page = await ada.get<{ items: { subject: string }[]; nextCursor?: string }>(
      `/api/tickets?limit=200${cursor}`,
    );
    subjects.push(...page.body.items.map(({ subject }) => subject));
    cursor = page.body.nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(page.body.nextCursor)}`;
  } while (cursor !== '');
  return subjects;
}

function subjectOf(body: string): string {
  return (JSON.parse(body) as { subject: string }).subject;
}

/** What every read model of tickets holds, as one text. */
function documents(directory: string): string {
  const script = `
    const { openPlatform, PROJECTIONS } = require(${JSON.stringify(resolve(__dirname, '../../dist/api/apps/api/src/platform.js'))});
    (async () => {
      const platform = await openPlatform({ dataDirectory: process.argv[1], masterKeyFile: process.argv[1] + '/keys/master.key', readonly: true });
      for (const { definition } of PROJECTIONS) {
        const model = await platform.readModels.reader(definition);
        let after;
        do {
          const page = await model.findRaw({ kind: 'staff' }, { limit: 1000, ...(after && { after }) });
          for (const item of page.items) console.log(definition.name + ' ' + item);
          after = page.nextCursor;
        } while (after);
      }
      await platform.close();
    })();`;
  return execFileSync(process.execPath, ['-e', script, directory], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
}

function cli(directory: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [CLI, ...args], {
    env: { ...process.env, DATA_DIR: directory },
    encoding: 'utf8',
  });
}

/** Changes one letter inside a stored event's sealed text and asks the audit which event that is. */
function namesChangedEvent(directory: string): boolean {
  const file = join(directory, 'log', 'log.sqlite');
  const bytes = readFileSync(file);
  const at = bytes.indexOf('"$sealed":"', bytes.length / 2) + 40;
  bytes[at] = bytes[at] === 65 ? 66 : 65;
  writeFileSync(file, bytes);
  const verdict = cli(directory, 'audit', 'verify', '--json');
  const { findings } = JSON.parse(verdict.stdout) as { findings: { kind: string; id?: string; stream?: string }[] };
  console.log(
    `one changed byte: ${findings.map(({ kind, stream, id }) => `${kind} ${stream ?? ''} ${id ?? ''}`).join('; ')}`,
  );
  return verdict.status === 1 && findings.some(({ id }) => id !== undefined);
}

void main();
