// Start with many tickets: 100,000 copies of the demo's tickets, as the portal would have stored them. First the views
// are rebuilt from the whole log, then the portal starts as on any other day.
// Run: node tools/run-ts.js test/bench/start.ts [tickets]. Needs a build, 3 GB of disk and some minutes.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openPlatform, type Platform } from '../../apps/api/src/platform';
import { pathsIn } from '../../apps/api/src/paths';
import type { RecordedEvent } from '@casebook/kernel';
import { PortalProcess } from '../portal-process';

const TICKETS = Number(process.argv[2] ?? 100_000);
const EVENTS_PER_TICKET = 10;
const AT_ONCE = 256;

async function main(): Promise<void> {
  const portal = await PortalProcess.start({ seconds: 600 });
  try {
    await portal.end('SIGTERM');
    const written = await writeCopies(portal.directory);
    const paths = pathsIn(portal.directory);
    for (const view of [paths.readModels, paths.search]) rmSync(view, { recursive: true, force: true });

    const rebuild = await timed(() => portal.start());
    console.log(
      `rebuild of every view with search: ${Math.round(written / rebuild)} events/s (${written} in ${rebuild.toFixed(1)} s, start included)`,
    );
    await portal.end('SIGTERM');

    const start = await timed(() => portal.start());
    await wait(10_000);
    console.log(
      `start with ${TICKETS} tickets, ${written} events: ready after ${start.toFixed(1)} s (to reach 3), resident 10 s later ${residentMegabytes(portal)} MB (to reach 400)`,
    );
  } finally {
    await portal.dispose();
  }
}

/** Copies of the demo's longer tickets, each under its own number; answers how many events were written. */
async function writeCopies(dataDirectory: string): Promise<number> {
  const platform = await openPlatform({ dataDirectory, masterKeyFile: `${dataDirectory}/keys/master.key` });
  try {
    const originals = (await ticketsOf(platform)).filter(({ length }) => length >= EVENTS_PER_TICKET);
    let written = 0;
    for (let from = 0; from < TICKETS; from += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, TICKETS - from) }, (_, at) => from + at);
      const sizes = await Promise.all(
        numbers.map(async (n) => copy(platform, originals[n % originals.length] ?? [], `CB-${100_000 + n}`)),
      );
      written += sizes.reduce((sum, size) => sum + size, 0);
    }
    return written;
  } finally {
    await platform.close();
  }
}

async function ticketsOf({ log }: Platform): Promise<RecordedEvent[][]> {
  const streams = new Map<string, RecordedEvent[]>();
  for (let after: string | undefined; ;) {
    const page = await log.readAll({ after });
    if (page.length === 0) return [...streams.values()];
    after = page.at(-1)?.position;
    for (const event of page) {
      if (!event.stream.startsWith('ticket-')) continue;
      streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
    }
  }
}

async function copy({ log }: Platform, original: readonly RecordedEvent[], number: string): Promise<number> {
  const events = original.slice(0, EVENTS_PER_TICKET).map(({ type, data }) => ({
    type,
    data: type === 'ticketing.TicketOpened' ? { ...(data as object), number } : data,
  }));
  const [first] = original;
  if (!first) return 0;
  const head = { revision: 'no-stream', hash: '', time: '' } as const;
  const metadata = { ...first.metadata, commandId: randomUUID(), correlationId: randomUUID() };
  await log.append(`ticket-${randomUUID()}`, head, events, metadata);
  return events.length;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

function residentMegabytes({ pid }: PortalProcess): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

void main();
