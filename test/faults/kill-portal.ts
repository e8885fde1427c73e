// Kills the portal while tickets are opened and answered, again and again, and counts what is lost or doubled.
// Run: node tools/run-ts.js test/faults/kill-portal.ts [rounds]. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Browser } from '../../apps/api/src/testing/browser';
import { PortalProcess } from '../portal-process';
import { Tally } from './tally';
import { cli, documents, everySubject, newTicket, open, resend, subjectOf, type Sent } from './tickets';

const WRITERS = 8;
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
    cli({ DATA_DIR: portal.directory }, 'projections', 'rebuild', 'all');
    tally.expect(before === documents(portal.directory), 'a clean rebuild gives other read models');
    tally.expect(cli({ DATA_DIR: portal.directory }, 'audit', 'verify').status === 0, 'the chain does not hold');
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
      const one = newTicket();
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

/** Changes one letter inside a stored event's sealed text and asks the audit which event that is. */
function namesChangedEvent(directory: string): boolean {
  const file = join(directory, 'log', 'log.sqlite');
  const bytes = readFileSync(file);
  const at = bytes.indexOf('"$sealed":"', bytes.length / 2) + 40;
  bytes[at] = bytes[at] === 65 ? 66 : 65;
  writeFileSync(file, bytes);
  const verdict = cli({ DATA_DIR: directory }, 'audit', 'verify', '--json');
  const { findings } = JSON.parse(verdict.stdout) as { findings: { kind: string; id?: string; stream?: string }[] };
  console.log(
    `one changed byte: ${findings.map(({ kind, stream, id }) => `${kind} ${stream ?? ''} ${id ?? ''}`).join('; ')}`,
  );
  return verdict.status === 1 && findings.some(({ id }) => id !== undefined);
}

void main();
