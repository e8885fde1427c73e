import { workerFiller, type FillWorkerOptions } from '@casebook/read-model';

export interface RebuildCase extends FillWorkerOptions {
  readonly name: string;
  /** Views that are filled in one pass. */
  readonly views: readonly string[];
}
export interface RebuildResult {
  readonly name: string;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Part of `seconds` after the last event: building indexes and writing them out. */
  readonly finishSeconds: number;
}

/** Fills views in worker threads as start and rebuild do, and answers the figures. */
export async function measureRebuild({ name, views, ...options }: RebuildCase): Promise<RebuildResult> {
  const began = performance.now();
  const last = { events: 0, at: began };
  const onProgress = (events: number) => Object.assign(last, { events, at: performance.now() });
  await workerFiller({ ...options, onProgress })(views, 1, new AbortController().signal);
  const ended = performance.now();
  const seconds = (ended - began) / 1_000;
  const { events, at } = last;
  return { name, events, seconds, eventsPerSecond: events / seconds, finishSeconds: (ended - at) / 1_000 };
}
