import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@casebook/event-store/event-log';
import {
  FILL_BATCH,
  fillViews,
  openSqliteReadModels,
  Pace,
  projectionView,
  type ProjectionEntry,
  type View,
} from '@casebook/read-model';
import { syntheticLog, syntheticProjections } from './synthetic-tickets';

export interface RebuildCase {
  readonly name: string;
  readonly log: EventLog;
  readonly projections: readonly ProjectionEntry[];
  /** Views beside the projections, opened in the case's own directory: the search index. */
  readonly views?: (directory: string) => readonly View[];
}
export interface RebuildResult {
  readonly name: string;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Part of `seconds` that built indexes. */
  readonly finishSeconds: number;
  readonly megabytes: number;
}

/** Fills all views of a case from an empty directory, as a rebuild in its thread does, and answers the figures. */
export async function measureRebuild({ name, log, projections, views }: RebuildCase): Promise<RebuildResult> {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-bench-'));
  const engine = openSqliteReadModels({ directory });
  try {
    const all = [...projections.map((entry) => projectionView(engine, entry)), ...(views?.(directory) ?? [])];
    const began = performance.now();
    const progress = { events: 0, at: began };
    await fillViews({
      log,
      views: all,
      pace: new Pace(Infinity, FILL_BATCH),
      epoch: 1,
      onProgress: (events) => Object.assign(progress, { events, at: performance.now() }),
    });
    const ended = performance.now();
    const seconds = (ended - began) / 1_000;
    const files = readdirSync(directory, { recursive: true }).map((file) => statSync(join(directory, String(file))));
    return {
      name,
      events: progress.events,
      seconds,
      eventsPerSecond: progress.events / seconds,
      finishSeconds: (ended - progress.at) / 1_000,
      megabytes: files.reduce((sum, { size }) => sum + size, 0) / 1e6,
    };
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Synthetic tickets; `npm run bench` adds the real views to these. */
export function syntheticCases(events: number): readonly RebuildCase[] {
  const log = syntheticLog(events);
  return [{ name: 'synthetic ticket views', log, projections: syntheticProjections }];
}

async function main(): Promise<void> {
  const events = Number(process.argv[2] ?? 200_000);
  for (const one of syntheticCases(events)) {
    const { name, eventsPerSecond, seconds, finishSeconds, megabytes } = await measureRebuild(one);
    console.log(
      `${name}: ${Math.round(eventsPerSecond)} events/s (${events} in ${seconds.toFixed(1)} s, ${finishSeconds.toFixed(1)} s of it indexes), ${Math.round(megabytes)} MB`,
    );
  }
}

if (require.main === module) void main();
