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
} from '@casebook/read-model';
import { openSqliteSearch, type SearchSource } from '@casebook/search';

export interface RebuildCase {
  readonly name: string;
  readonly log: EventLog;
  readonly projections: readonly ProjectionEntry[];
  /** With these, the search index is filled in the same pass. */
  readonly sources?: readonly SearchSource[];
}
export interface RebuildResult {
  readonly name: string;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Part of `seconds` that read the log, and part that built indexes. */
  readonly readSeconds: number;
  readonly finishSeconds: number;
  readonly megabytes: number;
}

/** Fills all views of a case from an empty directory, as a rebuild in its thread does, and answers the figures. */
export async function measureRebuild({ name, log, projections, sources }: RebuildCase): Promise<RebuildResult> {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-bench-'));
  const engine = openSqliteReadModels({ directory });
  const search = sources && openSqliteSearch({ directory, sources });
  try {
    const views = [...projections.map((entry) => projectionView(engine, entry)), ...(search ? [search.view] : [])];
    let readMs = 0;
    const readAll: EventLog['readAll'] = async (options) => {
      const from = performance.now();
      const events = await log.readAll(options);
      readMs += performance.now() - from;
      return events;
    };
    const began = performance.now();
    const progress = { events: 0, at: began };
    await fillViews({
      log: { readAll },
      views,
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
      readSeconds: readMs / 1_000,
      finishSeconds: (ended - progress.at) / 1_000,
      megabytes: files.reduce((sum, { size }) => sum + size, 0) / 1e6,
    };
  } finally {
    await search?.close();
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
