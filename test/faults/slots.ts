// 10,000 slots of a repeated job, offered by five processes whose clocks differ: each slot is taken exactly once.
// Run: node tools/run-ts.js test/faults/slots.ts [slots].
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { claimSlot, openSqliteStateStore } from '@casebook/state';
import { Tally } from './tally';

const EVERY_MS = 60_000;
const SKEWS_MS = [0, -90_000, 45_000, 600_000, -3_000];
const AT_ONCE = 20;
const START_MS = 3_000;

/** One process: goes through all slots as its own clock reaches them, and prints those that it took. */
async function offer(file: string, slots: number, skewMs: number, begin: number): Promise<void> {
  const state = openSqliteStateStore(file);
  // All at once, whenever each of them came up.
  await delay(Math.max(0, begin - Date.now()));
  // A clock that is ahead comes to each slot earlier; which slots there are is the same for all.
  const ahead = Math.round(skewMs / EVERY_MS);
  for (let from = 0; from < slots; from += AT_ONCE) {
    const due = Array.from({ length: Math.min(AT_ONCE, slots - from) }, (_, n) => (from + n + ahead + slots) % slots);
    const taken = await Promise.all(
      due.map((n) => claimSlot(state, 'job', new Date(n * EVERY_MS), String(process.pid))),
    );
    for (const [at, mine] of taken.entries()) if (mine) process.stdout.write(`${due[at]}\n`);
  }
  await state.close();
}

async function main(slots: number): Promise<void> {
  const tally = new Tally();
  const directory = mkdtempSync(join(tmpdir(), 'casebook-slots-'));
  const file = join(directory, 'state.sqlite');
  const begin = Date.now() + START_MS;
  try {
    await openSqliteStateStore(file).close();
    const children = SKEWS_MS.map((skew) =>
      spawn(
        process.execPath,
        [resolve(__dirname, '../../tools/run-ts.js'), __filename, 'child', file, ...[slots, skew, begin].map(String)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      ),
    );
    const ended = children.map((child) => new Promise<number | null>((done) => child.once('exit', done)));
    const outputs = await Promise.all(children.map((child) => text(child.stdout)));
    const codes = await Promise.all(ended);
    const taken = outputs.map((output) => output.split('\n').filter((line) => line !== ''));
    const all = taken.flat();
    console.log(`${slots} slots, taken by the five: ${taken.map(({ length }) => length).join(', ')}`);
    tally.expect(
      codes.every((code) => code === 0),
      `all five came to their end: ${codes.join(', ')}`,
    );
    tally.expect(
      taken.every(({ length }) => length > 0),
      'each of the five took some',
    );
    tally.expect(all.length === slots, `${all.length} of ${slots} were taken`);
    tally.expect(new Set(all).size === slots, `${all.length - new Set(all).size} were taken twice`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  tally.close();
}

const [, , word, file = '', slots = '', skew = '', begin = ''] = process.argv;
if (word === 'child') void offer(file, Number(slots), Number(skew), Number(begin));
else void main(Number(word ?? 10_000));
