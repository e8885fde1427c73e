// From one process with embedded engines to servers: log, state, keys and files move, cut short in between; what people
// saw before they see afterwards. Starts the servers itself where the settings name none.
// Run: npm run test:move. Needs a build.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Browser } from '../../apps/api/src/testing/browser';
import type { Engine } from '../engines/process';
import { serverSettings } from '../engines/servers';
import { Tally } from '../faults/tally';
import { attach, cli, CLI, newTicket, open } from '../faults/tickets';
import { PortalProcess } from '../portal-process';

/** What somebody looks at before and after. */
interface Seen {
  readonly ticket: string;
  readonly tickets: string;
  readonly file: Buffer;
}

async function main(): Promise<void> {
  const tally = new Tally();
  const servers: Engine[] = [];
  const place = mkdtempSync(join(tmpdir(), 'casebook-move-'));
  const [from, to] = [join(place, 'from'), join(place, 'to')];
  let after: PortalProcess | undefined;
  try {
    const old = await PortalProcess.start({ directory: from });
    const ada = new Browser(old.url);
    await ada.signIn('ada@acme.example');
    const number = (await open(ada, newTicket())) ?? '';
    const address = await attach(ada, number, 'pg.log', randomBytes(9 * 1024 * 1024));
    const before = await look(ada, number, address);
    await old.end('SIGTERM');
    const head = headOf({ DATA_DIR: from });

    const own = join(from, 'keys', 'master.key');
    const settings = { ...(await serverSettings(servers)), DATA_DIR: to };
    const without = cli(settings, 'move', '--from', from);
    tally.expect(
      without.status === 1 && without.stderr.includes('MASTER_KEY_FILE'),
      `asks for the key: ${without.stderr}`,
    );
    const env = { ...settings, MASTER_KEY_FILE: own };
    for (const ms of [600, 1_200]) await cutShort(env, from, ms);
    const moved = cli(env, 'move', '--from', from);
    console.log(moved.stdout.trimEnd());
    tally.expect(moved.status === 0, `it is moved: ${moved.stderr}`);
    tally.expect(headOf(env) === head, 'the log has the same head, and its chain holds');

    after = await PortalProcess.start({ env, directory: to, seconds: 120 });
    const there = ada.at(after.url);
    const now = await look(there, number, address);
    tally.expect(now.ticket === before.ticket, 'a ticket reads as before, by a session from before');
    tally.expect(now.tickets === before.tickets, 'the list reads as before');
    tally.expect(now.file.equals(before.file), `the file is the same: ${now.file.length} bytes`);
    const next = (await open(there, newTicket())) ?? '';
    tally.expect(digits(next) > digits(number), `the next ticket has a number of its own: ${next} after ${number}`);
    const running = cli(env, 'move', '--from', from);
    tally.expect(
      running.status === 1 && running.stderr.includes('Stop every instance'),
      `not while it runs: ${running.stderr}`,
    );
    await after.end('SIGTERM');
    const again = cli(env, 'move', '--from', from);
    tally.expect(again.status === 1 && again.stderr.includes('goes on'), `never over what came after: ${again.stderr}`);
  } finally {
    await after?.dispose();
    for (const server of servers) await server.stop();
    rmSync(place, { recursive: true, force: true });
  }
  tally.close();
}

async function look(browser: Browser, number: string, address: string): Promise<Seen> {
  const [ticket, tickets] = [await browser.get(`/api/tickets/${number}`), await browser.get('/api/tickets?limit=200')];
  const file = Buffer.from(await (await browser.fetch(address)).arrayBuffer());
  return { ticket: ticket.text, tickets: tickets.text, file };
}

/** The head of the log, or nothing when its chain does not hold. */
function headOf(env: Record<string, string>): string | undefined {
  const { status, stdout } = cli(env, 'audit', 'verify', '--json');
  return status === 0 ? (JSON.parse(stdout) as { head: { head: string } }).head.head : undefined;
}

/** Begins the move and kills it. */
async function cutShort(env: Record<string, string>, from: string, ms: number): Promise<void> {
  const child = spawn(process.execPath, [CLI, 'move', '--from', from], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await wait(ms);
  child.kill('SIGKILL');
  await gone;
}

function digits(number: string): number {
  return Number(number.replace(/\D/g, ''));
}

void main();
