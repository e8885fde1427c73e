import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ReadModelEngine } from '../read-model';
import { openSqliteReadModels } from '../sqlite/sqlite-read-models';
import { madeLog, sums, sumsModel } from '../testing/fill-module';
import { workerFiller } from './fill-worker';
import { ProjectionRunner } from './projection-runner';

describe('filling in a worker thread', () => {
  let directory: string;
  let engine: ReadModelEngine;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-fill-'));
    engine = openSqliteReadModels({ directory });
  });
  afterEach(async () => {
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const filler = (events: number, onProgress?: (events: number) => void) =>
    workerFiller({
      module: resolve(__dirname, '../testing/fill-module.ts'),
      data: { directory, events },
      execArgv: ['-r', resolve(__dirname, '../../../../../tools/ts-hook.js')],
      ...(onProgress ? { onProgress } : {}),
    });
  const sum = async () => (await engine.reader<{ sum: number }>(sumsModel)).get({ kind: 'staff' }, 's0');

  it('fills what the runner lacks at start and at a rebuild, and goes on from there', async () => {
    const log = madeLog(3_000);
    const progress: number[] = [];
    const runner = new ProjectionRunner({
      log,
      engine,
      projections: [{ projection: sums, definition: sumsModel }],
      clock: Date.now,
      filler: filler(3_000, (events) => progress.push(events)),
    });
    await runner.start();
    expect(await sum()).toEqual({ sum: 300 });
    expect(progress.at(-1)).toBe(3_000);
    log.add('s0', 'added', { n: 1 });
    await runner.rebuild('sums');
    expect(await sum()).toEqual({ sum: 301 });
    const { position } = log.add('s0', 'added', { n: 1 });
    await runner.waitFor(position);
    expect(await sum()).toEqual({ sum: 302 });
    await runner.stop();
  }, 30_000);

  it('hands on what went wrong in the thread', async () => {
    await expect(filler(-1)(['sums'], 1, new AbortController().signal)).rejects.toThrow('a log that cannot be read');
    await expect(filler(1)(['other'], 1, new AbortController().signal)).rejects.toThrow('no view named other');
  }, 30_000);

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const work = filler(1_000_000)(['sums'], 1, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(work).rejects.toThrow('stopped');
  }, 30_000);
});
