import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureRebuild } from './measure-rebuild';
import { syntheticLog, syntheticProjections, syntheticSource } from './synthetic-tickets';
import { writeLog } from './written-log';

/** Rebuild of synthetic ticket views, from events made on the fly and from a real log with sealed texts. */
async function main(): Promise<void> {
  const made = Number(process.argv[2] ?? 200_000);
  const written = Number(process.argv[3] ?? 60_000);
  const directory = mkdtempSync(join(tmpdir(), 'casebook-bench-log-'));
  const { log, close } = await writeLog(directory, written);
  try {
    for (const [name, source] of [
      [`${made} events made`, syntheticLog(made)],
      [`${written} events in a log`, log],
    ] as const) {
      const views = { log: source, projections: syntheticProjections };
      await print({ name: `${name}, ticket views`, ...views });
      await print({ name: `${name}, with search`, ...views, sources: [syntheticSource] });
    }
  } finally {
    await close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function print(one: Parameters<typeof measureRebuild>[0]): Promise<void> {
  const { name, eventsPerSecond, seconds, readSeconds, finishSeconds, megabytes } = await measureRebuild(one);
  const parts = `${readSeconds.toFixed(1)} s reading, ${finishSeconds.toFixed(1)} s building indexes`;
  console.log(
    `${name}: ${Math.round(eventsPerSecond)} events/s, ${seconds.toFixed(1)} s (${parts}), ${Math.round(megabytes)} MB`,
  );
}

void main();
