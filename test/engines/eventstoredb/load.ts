// Appends from many clients and follows the log while the server is mistreated, then counts what is wrong. A rejection
// that nobody handles ends it with exit code 1.
// Run: node tools/run-ts.js test/engines/eventstoredb/load.ts URL SECONDS CLIENTS
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createEventLog,
  openEventStoreDb,
  WrongExpectedRevision,
  type EventLog,
  type EventStore,
} from '@casebook/event-store';
import { memoryKeyring } from '@casebook/event-store/testing/memory-keyring';
import { metadataAt, sampleCatalog, written } from '@casebook/event-store/testing/sample-events';
import { everything } from '@casebook/event-store/testing/stored-events';
import { DomainError } from '@casebook/kernel';

/** What the load counted; printed as one line of JSON. */
export interface LoadReport {
  readonly acknowledged: number;
  /** Calls of the store that failed, as they do while the server is away. */
  readonly failedCalls: number;
  readonly interruptions: number;
  readonly slowestCallMs: number;
  readonly lost: number;
  readonly doubled: number;
  /** True when the subscription handed out the whole log, once and in order. */
  readonly followed: boolean;
}

const DEADLINE_MS = 2_000;

/** What is seen from outside of every call of a store. */
class Watch {
  slowestCallMs = 0;
  failedCalls = 0;

  on(store: EventStore): EventStore {
    return {
      append: (...args) => this.#timed(store.append(...args)),
      read: (...args) => this.#timed(store.read(...args)),
      readAll: (...args) => this.#timed(store.readAll(...args)),
      end: () => this.#timed(store.end()),
      subscribe: (options) => store.subscribe(options),
      close: () => store.close(),
    };
  }

  async #timed<T>(call: Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await call;
    } catch (error) {
      if (error instanceof DomainError) this.failedCalls += 1;
      throw error;
    } finally {
      this.slowestCallMs = Math.max(this.slowestCallMs, performance.now() - began);
    }
  }
}

/** Sends commands one after the other, each again until it is in its stream. */
async function client(log: EventLog, stream: string, until: number, acknowledged: Set<string>): Promise<void> {
  let { head } = await surely(() => log.load(stream));
  while (Date.now() < until) {
    const metadata = metadataAt();
    const events = Array.from({ length: 1 + randomInt(3) }, (_, n) => written({ count: n }));
    for (let done = false; !done;) {
      try {
        ({ head } = await log.append(stream, head, events, metadata));
        done = true;
      } catch (error) {
        // An append given up as unknown may still be written after the stream was loaded, and is found then.
        if (!(error instanceof WrongExpectedRevision) && !isUnavailable(error)) throw error;
        const loaded = await surely(() => log.load(stream));
        head = loaded.head;
        done = loaded.commands.has(metadata.commandId);
      }
    }
    acknowledged.add(metadata.commandId);
  }
}

/** Calls again while the log cannot be reached. */
async function surely<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await delay(100);
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof DomainError && error.kind === 'unavailable';
}

function follow(store: EventStore): { readonly ids: string[]; stop(count: number): Promise<void> } {
  const ids: string[] = [];
  const abort = new AbortController();
  const running = (async () => {
    for await (const batch of store.subscribe({ signal: abort.signal })) ids.push(...batch.map(({ id }) => id));
  })();
  return {
    ids,
    async stop(count) {
      for (let waited = 0; ids.length < count && waited < 15_000; waited += 50) await delay(50);
      abort.abort();
      await running;
    },
  };
}

/** An append is one run of revisions: a command that comes back in a second run was written twice. */
function runsIn(events: Awaited<ReturnType<typeof everything>>): Map<string, number> {
  const runs = new Map<string, number>();
  const last = new Map<string, string>();
  for (const { stream, metadata } of events) {
    const { commandId } = JSON.parse(metadata) as { commandId: string };
    if (last.get(stream) !== commandId) runs.set(commandId, (runs.get(commandId) ?? 0) + 1);
    last.set(stream, commandId);
  }
  return runs;
}

async function main([url = '', seconds, clients]: string[]): Promise<void> {
  let interruptions = 0;
  const opened = openEventStoreDb({
    url,
    deadlineMs: DEADLINE_MS,
    onInterrupted: () => {
      interruptions += 1;
    },
  });
  const watch = new Watch();
  const store = watch.on(opened);
  const log = createEventLog({ store, keyring: memoryKeyring(), catalog: sampleCatalog });
  const follower = follow(store);
  const acknowledged = new Set<string>();
  const until = Date.now() + Number(seconds) * 1000;
  const streams = Array.from({ length: Number(clients) }, () => `load-${randomUUID()}`);
  await Promise.all(streams.map((stream) => client(log, stream, until, acknowledged)));
  const all = await surely(() => everything(store));
  await follower.stop(all.length);
  const runs = runsIn(all);
  const ids = all.map(({ id }) => id);
  const report: LoadReport = {
    acknowledged: acknowledged.size,
    failedCalls: watch.failedCalls,
    interruptions,
    slowestCallMs: Math.round(watch.slowestCallMs),
    lost: [...acknowledged].filter((commandId) => !runs.has(commandId)).length,
    doubled: [...runs.values()].filter((count) => count > 1).length + ids.length - new Set(ids).size,
    followed: JSON.stringify(follower.ids) === JSON.stringify(ids),
  };
  await store.close();
  console.log(JSON.stringify(report));
}

void main(process.argv.slice(2));
