// Runs in a thread of its own: the check of a large file holds its thread for seconds.
import { parentPort, workerData } from 'node:worker_threads';
import { verifySqlite, type VerifySqliteOptions } from './verify-sqlite';

void verifySqlite(workerData as VerifySqliteOptions).then((verdict) => parentPort?.postMessage(verdict));
