// Kills a process that appends under load, again and again, and counts what the log lost or doubled.
// Run: node tools/run-ts.js test/faults/kill-log.ts [rounds]. Exit code 1 when anything is wrong.
import { spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createEventLog, GlobalHead, openSqliteEventStore, type EventLog, type Verdict } from '@casebook/event-store';
import { openKeyring } from '@casebook/keys';
import type { EventCatalog, EventMetadata } from '@casebook/kernel';
import { lockDataDirectory } from '@casebook/sqlite';
import { openSqliteStateStore } from '@casebook/state';

const CLIENTS = 64;
const CATALOG: EventCatalog = { 'fault.Written': { plain: [], sealed: { body: 'text' } } };
const MASTER_KEY = Buffer.alloc(32, 7);

/** A stream with the command that its client waits for. */
type InDoubt = Record<string, string>;

/** Child: sends what was in doubt again, then appends until it is killed. Tells of each command before and after. */
async function appendUntilKilled(directory: string): Promise<void> {
  lockDataDirectory(directory);
  const store = openSqliteEventStore({ directory });
  const state = openSqliteStateStore(join(directory, 'keys.sqlite'), { leaveNoTrace: true });
  const keyring = await openKeyring({ state, masterKey: MASTER_KEY, exclusive: true });
  const log = createEventLog({ store, keyring, catalog: CATALOG });
  const inDoubt = JSON.parse(readFileSync(join(directory, 'in-doubt.json'), 'utf8')) as InDoubt;
  await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(log, `ticket-${n}`, inDoubt[`ticket-${n}`])));
}

async function client(log: EventLog, stream: string, again?: string): Promise<never> {
  let { head, commands } = await log.load(stream);
  for (let commandId = again ?? randomUUID(); ; commandId = randomUUID()) {
    writeSync(1, `sent ${stream} ${commandId}\n`);
    if (!commands.has(commandId)) {
      const events = Array.from({ length: 1 + randomInt(3) }, (_, n) => ({
        type: 'fault.Written',
        data: { n, body: 'It happened again. '.repeat(randomInt(40)) },
      }));
      const time = new Date().toISOString();
      const metadata = { actor: 'system:fault', correlationId: commandId, causationId: commandId, commandId, time };
      ({ head } = await log.append(stream, head, events, metadata));
    }
    commands = new Map();
    writeSync(1, `done ${stream} ${commandId}\n`);
  }
}

/** What the parent heard over all rounds. */
class Witness {
  readonly acknowledged = new Set<string>();
  readonly inDoubt = new Map<string, string>();

  hear(line: string): void {
    const [what, stream, commandId] = line.split(' ');
    if (stream === undefined || commandId?.length !== 36) return;
    if (what === 'sent') this.inDoubt.set(stream, commandId);
    if (what === 'done') {
      this.acknowledged.add(commandId);
      this.inDoubt.delete(stream);
    }
  }
}

/** Runs the child for a while and kills it; what it wrote before is heard to its end. */
async function runAndKill(directory: string, witness: Witness): Promise<void> {
  writeFileSync(join(directory, 'in-doubt.json'), JSON.stringify(Object.fromEntries(witness.inDoubt)));
  const child = spawn(process.execPath, [join(__dirname, '../../tools/run-ts.js'), __filename, 'child', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let running: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('done')) running ??= setTimeout(() => child.kill('SIGKILL'), randomInt(50, 1_500));
    witness.hear(line);
  }
  await closed;
  clearTimeout(running);
  if (child.signalCode !== 'SIGKILL') throw new Error(`The child ended by itself (exit code ${child.exitCode})`);
}

interface Count {
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
  readonly writtenInDoubt: number;
  readonly verdict: Verdict;
  readonly openMs: number;
}

async function inspect(directory: string, witness: Witness): Promise<Count> {
  const start = performance.now();
  const lock = lockDataDirectory(directory);
  const store = openSqliteEventStore({ directory });
  const end = await store.end();
  const openMs = Math.round(performance.now() - start);
  const verdict = await new GlobalHead(store, join(directory, 'head.json')).checkpoint();
  const ids = new Set<string>();
  // An append is one run of revisions: a command that comes back in a second run was written twice.
  const runs = new Map<string, number>();
  const last = new Map<string, string>();
  let events = 0;
  for (let after: string | undefined; after !== end;) {
    const page = await store.readAll({ after });
    for (const { id, stream, metadata } of page) {
      const { commandId } = JSON.parse(metadata) as EventMetadata;
      if (last.get(stream) !== commandId) runs.set(commandId, (runs.get(commandId) ?? 0) + 1);
      last.set(stream, commandId);
      ids.add(id);
    }
    events += page.length;
    after = page.at(-1)?.position;
  }
  await store.close();
  lock.release();
  const lost = [...witness.acknowledged].filter((commandId) => !runs.has(commandId)).length;
  const doubled = [...runs.values()].filter((count) => count > 1).length + (events - ids.size);
  const writtenInDoubt = [...witness.inDoubt.values()].filter((commandId) => runs.has(commandId)).length;
  return { events, lost, doubled, writtenInDoubt, verdict, openMs };
}

async function main(rounds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-kill-'));
  const witness = new Witness();
  const table = [];
  let failed = 0;
  try {
    for (let round = 1; round <= rounds; round++) {
      await runAndKill(directory, witness);
      const { events, lost, doubled, writtenInDoubt, verdict, openMs } = await inspect(directory, witness);
      if (lost + doubled + verdict.findings.length > 0) failed++;
      for (const { message } of verdict.findings) console.error(message);
      table.push({
        round,
        acknowledged: witness.acknowledged.size,
        'in doubt': witness.inDoubt.size,
        'of these written': writtenInDoubt,
        events,
        lost,
        doubled,
        chain: verdict.ok ? 'holds' : 'BROKEN',
        'open ms': openMs,
      });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  console.table(table);
  console.log(`${rounds - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

if (process.argv[2] === 'child') void appendUntilKilled(process.argv[3]!);
else void main(Number(process.argv[2] ?? 10));
