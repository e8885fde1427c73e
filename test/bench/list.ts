import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fillViews,
  openSqliteReadModels,
  Pace,
  projectionView,
  type Query,
  type ReadModel,
  type Scope,
} from '@casebook/read-model';
import { percentile } from './load';
import { syntheticEvent, syntheticLog, syntheticProjections } from './synthetic-tickets';

const COMPANY = (syntheticEvent(0).data as { companyId: string }).companyId;
const EVENTS_PER_TICKET = 10;
const READS = 3_000;
const scope: Scope = { kind: 'company', companyId: COMPANY, audience: 'customer' };
const query: Query = {
  filter: { where: { status: 'closed' } },
  sort: { 'public.updatedAt': -1 },
  limit: 20,
};

/** Twenty tickets of a company by status and latest update: the same question over few and over many tickets. */
async function main(): Promise<void> {
  const many = Number(process.argv[2] ?? 100_000);
  const few = await prepare(1_000);
  const large = await prepare(many);
  // Alternating, so that whatever else the machine does hits both alike.
  const times = { few: [] as number[], large: [] as number[] };
  for (let read = 0; read < READS; read++) {
    times.few.push(await timed(few.reader));
    times.large.push(await timed(large.reader));
  }
  const [one, other] = [percentiles(times.few), percentiles(times.large)];
  console.log(
    `1000 tickets: ${one.text}\n${many} tickets: ${other.text}\np99 ratio ${(other.p99 / one.p99).toFixed(2)}`,
  );
  await few.close();
  await large.close();
}

async function prepare(tickets: number): Promise<{ reader: ReadModel<object>; close: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-bench-'));
  const engine = openSqliteReadModels({ directory, scans: { refuseScans: true } });
  const [entry] = syntheticProjections;
  if (!entry) throw new Error('The tickets come first');
  const view = projectionView(engine, entry);
  const log = syntheticLog(tickets * EVENTS_PER_TICKET);
  await fillViews({ log, views: [view], pace: new Pace(Infinity), epoch: 1 });
  await view.swap();
  return {
    reader: await engine.reader(entry.definition),
    close: async () => {
      await engine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function timed(reader: ReadModel<object>): Promise<number> {
  const from = performance.now();
  await reader.findRaw(scope, query);
  return performance.now() - from;
}

function percentiles(times: number[]): { p99: number; text: string } {
  const at = (part: number) => percentile(times, part) * 1_000;
  return { p99: at(0.99), text: `p50 ${at(0.5).toFixed(0)} µs, p99 ${at(0.99).toFixed(0)} µs` };
}

void main();
