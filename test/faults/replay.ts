// The views of an installation with demo data: the last 1 to 500 events come again, then everything is folded anew while
// people read and every way out of the process is watched. Nothing changes, nothing fails, nothing leaves.
// Run: node tools/run-ts.js test/faults/replay.ts. Needs a build.
import { Socket as DatagramSocket } from 'node:dgram';
import { Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@casebook/kernel';
import type { EventLog } from '@casebook/event-store';
import { ticketsModel } from '@casebook/ticketing';
import { readConfig } from '../../apps/api/src/config';
import { openPlatform, PROJECTIONS, type Platform } from '../../apps/api/src/platform';
import { createServices } from '../../apps/api/src/services';
import { freePort } from '../engines/process';
import { PortalProcess } from '../portal-process';
import { Tally } from './tally';

const COUNTS = [1, 2, 3, 5, 8, 13, 34, 89, 144, 233, 377, 499, 500];
const READERS = 8;
const STAFF = { kind: 'staff' } as const;

async function main(): Promise<void> {
  const tally = new Tally();
  const directory = mkdtempSync(join(tmpdir(), 'casebook-replay-'));
  try {
    const portal = await PortalProcess.start({ directory });
    await portal.end('SIGTERM');
    const config = readConfig({ DATA_DIR: directory });
    const platform = await openPlatform(config);
    const before = await documentsOf(platform);
    tally.expect(before.length > 500, `there are documents: ${before.length}`);
    await redelivered(platform, config, before, tally);
    await foldedAnew(platform, config, before, tally);
    await platform.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  tally.close();
}

async function redelivered(
  platform: Platform,
  config: ReturnType<typeof readConfig>,
  before: readonly string[],
  tally: Tally,
): Promise<void> {
  const events = await everyEvent(platform.log);
  for (const count of COUNTS) {
    const again = events.slice(-count);
    const { log, taken } = repeating(platform.log, again);
    const { runner } = await createServices({ ...platform, log }, config, fail);
    await runner.start();
    await taken;
    await runner.stop();
    const after = await documentsOf(platform);
    tally.expect(same(before, after), `the last ${count} events come again: no document changes`);
  }
  console.log(`the last 1 to ${Math.min(500, events.length)} of ${events.length} events came again`);
}

/** A log whose subscription begins with events that were handled long ago; `taken` once they were taken in. */
function repeating(log: EventLog, events: readonly RecordedEvent[]): { log: EventLog; taken: Promise<void> } {
  let done = (): void => undefined;
  const taken = new Promise<void>((resolve) => (done = resolve));
  async function* subscribe(options: Parameters<EventLog['subscribe']>[0]) {
    yield events;
    // Asked for the next batch only when this one is dealt with.
    done();
    yield* log.subscribe(options);
  }
  const other = new Proxy(log, {
    get(target, name) {
      if (name === 'subscribe') return subscribe;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { log: other, taken };
}

async function foldedAnew(
  platform: Platform,
  config: ReturnType<typeof readConfig>,
  before: readonly string[],
  tally: Tally,
): Promise<void> {
  const { runner } = await createServices(platform, config, fail);
  await runner.start();
  const tickets = await platform.readModels.reader(ticketsModel);
  const expected = await tickets.count(STAFF);
  let reads = 0;
  let wrong = 0;
  let running = true;
  const readers = Array.from({ length: READERS }, async () => {
    while (running) {
      reads++;
      const [count, page, found] = await Promise.all([
        tickets.count(STAFF),
        tickets.find(STAFF, { limit: 20 }),
        platform.search.index.search(STAFF, 'standby'),
      ]).catch(() => [undefined, undefined, undefined] as const);
      if (count !== expected || page.items.length !== 20 || found.items.length === 0) wrong++;
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const ways = watchWaysOut();
  await fetch(`http://127.0.0.1:${await freePort()}/`).catch(() => undefined);
  tally.expect(ways.count() > 0, 'the watch sees a request that leaves');
  ways.reset();
  for (let round = 0; round < 5; round++) {
    await runner.rebuild(...PROJECTIONS.map(({ definition }) => definition.name), platform.search.view.name);
  }
  running = false;
  await Promise.all(readers);
  console.log(`${reads} reads during 5 rebuilds, ${wrong} failed; ${ways.count()} calls left the process`);
  tally.expect(reads > 50 && wrong === 0, `reads during rebuilds: ${wrong} of ${reads} failed`);
  tally.expect(ways.count() === 0, `a replay calls nobody: ${ways.count()} calls`);
  ways.stop();
  await runner.stop();
  tally.expect(same(before, await documentsOf(platform)), 'folded anew, every document is the same');
}

/** Counts connections and datagrams of this process, and lets them happen. */
function watchWaysOut() {
  const [connect, send] = [
    Object.getOwnPropertyDescriptor(Socket.prototype, 'connect'),
    Object.getOwnPropertyDescriptor(DatagramSocket.prototype, 'send'),
  ];
  if (!connect || !send) throw new Error('This Node has other sockets');
  let calls = 0;
  const counting = (descriptor: PropertyDescriptor): PropertyDescriptor => ({
    ...descriptor,
    value(this: unknown, ...args: unknown[]): unknown {
      calls++;
      return (descriptor.value as (...all: unknown[]) => unknown).apply(this, args);
    },
  });
  Object.defineProperty(Socket.prototype, 'connect', counting(connect));
  Object.defineProperty(DatagramSocket.prototype, 'send', counting(send));
  return {
    count: () => calls,
    reset: () => (calls = 0),
    stop() {
      Object.defineProperty(Socket.prototype, 'connect', connect);
      Object.defineProperty(DatagramSocket.prototype, 'send', send);
    },
  };
}

/** Every document of every read model, one text each. */
async function documentsOf(platform: Platform): Promise<string[]> {
  const documents: string[] = [];
  for (const { definition } of PROJECTIONS) {
    const model = await platform.readModels.reader(definition);
    let after: string | undefined;
    do {
      const page = await model.findRaw(STAFF, { limit: 1_000, ...(after !== undefined && { after }) });
      documents.push(...page.items.map((text) => inOrder(text)));
      after = page.nextCursor;
    } while (after !== undefined);
  }
  return documents.sort();
}

/** The order of fields says nothing: it depends on where batches ended. */
function inOrder(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

async function everyEvent(log: EventLog): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readAll({ after: events.at(-1)?.position });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, at) => text === other[at]);
}

function fail(message: string, error: unknown): void {
  console.error(message, error);
}

void main();
