import type { Projection } from '@casebook/kernel';
import type { ReadModelDefinition } from '../read-model';
import { serveFill } from '../runner/fill-worker';
import { projectionView } from '../runner/projection-view';
import { openSqliteReadModels } from '../sqlite/sqlite-read-models';
import { isMainThread } from 'node:worker_threads';
import { MemoryLog } from './memory-log';

type Added = { readonly type: 'added'; readonly data: { readonly n: number } };

export const sums: Projection<{ readonly sum: number }, Added> = {
  name: 'sums',
  version: 1,
  handles: ['added'],
  id: (event) => event.stream,
  on: (event, document) => ({ sum: (document?.sum ?? 0) + event.data.n }),
};
export const sumsModel: ReadModelDefinition = {
  name: 'sums',
  version: 1,
  indexes: [{ sum: 1 }],
  scope: { staff: true },
};

/** The same log in every thread. */
export function madeLog(events: number): MemoryLog {
  const log = new MemoryLog();
  for (let n = 0; n < events; n++) log.add(`s${n % 10}`, 'added', { n: 1 });
  return log;
}

if (!isMainThread)
  serveFill(async (data) => {
    const { directory, events } = data as { directory: string; events: number };
    if (events < 0) throw new Error('a log that cannot be read');
    const engine = openSqliteReadModels({ directory });
    const views = [projectionView(engine, { projection: sums, definition: sumsModel })];
    return { log: madeLog(events), views, close: () => engine.close() };
  });
