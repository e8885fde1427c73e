import type { MessagePort, Worker } from 'node:worker_threads';
import type { EventLog } from '@casebook/event-store/event-log';
import type { Position, RecordedEvent } from '@casebook/kernel';

type Readable = Pick<EventLog, 'readAll'>;

const PAGE = 500;
/** Pages that are read and opened before they are asked for. */
const AHEAD = 16;

/**
 * The log as a second thread reads it: reading and opening sealed texts there takes about as long as folding and
 * writing here, so that both together take half the time. Only for one pass from the start to the end.
 */
export function readAhead(reader: Worker): Readable {
  const pages: (readonly RecordedEvent[])[] = [];
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const woken = () => wake?.();
  reader.on('message', (page: readonly RecordedEvent[]) => {
    pages.push(page);
    woken();
  });
  reader.on('error', (error) => {
    failure = error as Error;
    woken();
  });
  reader.on('exit', () => {
    failure ??= new Error('The reading thread ended');
    woken();
  });
  for (let page = 0; page < AHEAD; page++) reader.postMessage(PAGE);

  return {
    async readAll() {
      for (;;) {
        const page = pages.shift();
        if (page) {
          reader.postMessage(PAGE);
          return page;
        }
        if (failure) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

/** The reading thread's side: answers each request with the next page. */
export function serveReading(log: Readable, port: MessagePort): void {
  let after: Position | undefined;
  let turn: Promise<void> = Promise.resolve();
  const send = async (limit: number) => {
    const page = await log.readAll({ after, limit });
    after = page.at(-1)?.position ?? after;
    port.postMessage(page);
  };
  // One after the other; a failure stays unhandled, ends the thread and so reaches the one who waits.
  port.on('message', (limit: number) => {
    turn = turn.then(() => send(limit));
  });
}
