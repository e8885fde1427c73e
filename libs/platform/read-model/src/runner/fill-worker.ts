import type { Position } from '@casebook/kernel';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { EventLog } from '@casebook/event-store/event-log';
import { fillViews } from './fill';
import { Pace } from './pace';
import type { Filler } from './projection-runner';
import type { View } from './view';

/** What a filling thread works with: connections of its own, and the same views as the main thread. */
export interface FillSource {
  readonly log: EventLog;
  readonly views: readonly View[];
  readonly close: () => Promise<void>;
}

export interface FillWorkerOptions {
  /** Path of the composition's module that calls `serveFill` when it is loaded. */
  readonly module: string;
  /** Handed to the module's factory; must survive structured cloning: configuration, not connections. */
  readonly data: unknown;
  readonly onProgress?: (events: number, position: Position) => void;
  /** Options of Node for the thread; by default those of this process. */
  readonly execArgv?: string[];
}

/** Events per batch where nobody waits for the thread: many of them touch the same documents. */
export const FILL_BATCH = 5_000;

interface Task {
  readonly names: readonly string[];
  readonly epoch: number;
  readonly data: unknown;
}
interface ProgressMessage {
  readonly events: number;
  readonly position: Position;
}

/** Fills in a worker thread, so that requests go on being answered. Each call starts a thread and ends it. */
export function workerFiller({ module, data, onProgress, execArgv }: FillWorkerOptions): Filler {
  return (names, epoch, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const task: Task = { names, epoch, data };
      const worker = new Worker(module, { workerData: task, ...(execArgv ? { execArgv } : {}) });
      const abort = () => void worker.terminate();
      signal.addEventListener('abort', abort, { once: true });
      worker.on('message', ({ events, position }: ProgressMessage) => onProgress?.(events, position));
      let failure: Error | undefined;
      worker.on('error', (error) => (failure = error as Error));
      worker.on('exit', (code) => {
        signal.removeEventListener('abort', abort);
        if (signal.aborted) reject(signal.reason as Error);
        else if (code === 0 && failure === undefined) resolve();
        else reject(failure ?? new Error(`The filling thread ended with ${code}`));
      });
    });
}

/** The thread's side: the composition's module calls it once, with the factory of log and views. */
export function serveFill(make: (data: unknown) => Promise<FillSource>): void {
  const port = parentPort;
  if (!port) throw new Error('serveFill belongs into a module that is loaded as a worker thread');
  const { names, epoch, data } = workerData as Task;
  const work = async () => {
    const { log, views, close } = await make(data);
    try {
      const wanted = names.map((name) => named(views, name));
      const onProgress = (events: number, position: Position) => {
        port.postMessage({ events, position } satisfies ProgressMessage);
      };
      await fillViews({ log, views: wanted, pace: new Pace(Infinity, FILL_BATCH), epoch, onProgress });
    } finally {
      await close();
    }
  };
  // An unhandled rejection ends the thread and reaches the main one as its error.
  void work();
}

function named(views: readonly View[], name: string): View {
  const view = views.find((one) => one.name === name);
  if (!view) throw new Error(`The filling thread knows no view named ${name}`);
  return view;
}
