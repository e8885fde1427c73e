import type { Position } from '@casebook/kernel';
import { parentPort, Worker, workerData, type MessagePort } from 'node:worker_threads';
import type { EventLog } from '@casebook/event-store/event-log';
import { fillViews } from './fill';
import { Pace } from './pace';
import type { Filler } from './projection-runner';
import { readAhead, serveReading } from './read-ahead';
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
const FILL_BATCH = 5_000;

interface Task {
  readonly role: 'fill' | 'read';
  readonly module: string;
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
      const task: Task = { role: 'fill', module, names, epoch, data };
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

/**
 * The threads' side: the composition's module calls it once, with the factory of log and views. The filling thread
 * starts the same module once more to read the log ahead of it.
 */
export function serveFill(make: (data: unknown) => Promise<FillSource>): void {
  const port = parentPort;
  if (!port) throw new Error('serveFill belongs into a module that is loaded as a worker thread');
  const task = workerData as Task;
  // An unhandled rejection ends the thread and reaches the one that started it as its error.
  if (task.role === 'read')
    void make(task.data).then(({ log }) => {
      serveReading(log, port);
    });
  else void fillAhead(task, port, make);
}

async function fillAhead(task: Task, port: MessagePort, make: (data: unknown) => Promise<FillSource>): Promise<void> {
  const { module, names, epoch, data } = task;
  const { views, close } = await make(data);
  try {
    const wanted = names.map((name) => named(views, name));
    const reader = new Worker(module, { workerData: { ...task, role: 'read' } satisfies Task });
    const onProgress = (events: number, position: Position) => {
      port.postMessage({ events, position } satisfies ProgressMessage);
    };
    try {
      const pace = new Pace(Infinity, FILL_BATCH);
      await fillViews({ log: readAhead(reader), views: wanted, pace, epoch, onProgress });
    } finally {
      await reader.terminate();
    }
  } finally {
    await close();
  }
}

function named(views: readonly View[], name: string): View {
  const view = views.find((one) => one.name === name);
  if (!view) throw new Error(`The filling thread knows no view named ${name}`);
  return view;
}
