import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { requireLog, type VerifySqliteOptions } from './verify-sqlite';
import type { Verdict } from './verify-log';

/** From sources (tests, scripts) the worker compiles what it loads; the built server loads plain JavaScript. */
const EXTENSION = extname(__filename);
const COMPILE = EXTENSION === '.ts' ? ['--require', join(__dirname, '../../../../../tools/ts-hook.js')] : [];

/** verifySqlite in a worker thread. DomainError `missing` when there is no log; `signal` stops it. */
export async function verifyInWorker(options: VerifySqliteOptions, signal?: AbortSignal): Promise<Verdict> {
  signal?.throwIfAborted();
  requireLog(options.directory);
  const worker = new Worker(join(__dirname, `verify.worker${EXTENSION}`), { workerData: options, execArgv: COMPILE });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise<Verdict>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(signal?.aborted === true ? (signal.reason as Error) : new Error('The check ended without a result'));
      });
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
