import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { measureRebuild } from './measure-rebuild';
import type { RebuildData } from './rebuild-worker';
import { writeLog } from './written-log';

const VIEWS = ['tickets', 'timeline', 'downloads'];

/** Rebuild of synthetic ticket views, from events made on the fly and from a log on disk with sealed texts. */
async function main(): Promise<void> {
  const size = Number(process.argv[2] ?? 100_000);
  const directory = mkdtempSync(join(tmpdir(), 'casebook-bench-'));
  try {
    const masterKey = await writeLog(join(directory, 'log'), size);
    const log = { directory: join(directory, 'log'), masterKey };
    for (const [name, views] of [
      ['ticket views', VIEWS],
      ['with search', [...VIEWS, 'search']],
    ] as const) {
      await print(`made, ${name}`, views, { directory: join(directory, 'made'), size });
      await print(`log on disk, ${name}`, views, { directory: join(directory, 'read'), size, log });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function print(name: string, views: readonly string[], data: RebuildData): Promise<void> {
  const module = resolve(__dirname, 'rebuild-worker.ts');
  const execArgv = ['-r', resolve(__dirname, '../../tools/ts-hook.js')];
  const { events, seconds, eventsPerSecond, finishSeconds } = await measureRebuild({
    name,
    module,
    data,
    views,
    execArgv,
  });
  const parts = `${events} in ${seconds.toFixed(1)} s, ${finishSeconds.toFixed(1)} s of it indexes`;
  console.log(`${name.padEnd(30)} ${Math.round(eventsPerSecond)} events/s (${parts})`);
}

void main();
