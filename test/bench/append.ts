// Durable appends through the event log: sealed, chained, one commit per turn; against bare better-sqlite3 that
// inserts the same bytes in the same groups. Run: node tools/run-ts.js test/bench/append.ts [seconds per round]
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventCatalog } from '@casebook/kernel';
import { createEventLog, LOG_FILE, type EventLog } from '@casebook/event-store';
import { FreeSpace, freeBytes } from '@casebook/event-store/sqlite/free-space';
import { SqliteEventStore } from '@casebook/event-store/sqlite/sqlite-event-store';
import { openKeyring } from '@casebook/keys';
import { openDatabase, type SqliteDatabase } from '@casebook/sqlite';
import { openSqliteStateStore } from '@casebook/state';

const SECONDS = Number(process.argv[2] ?? 2);
/** Before measuring: keys of new streams are made then, and the code gets warm. */
const WARM_UP_SECONDS = 1;
const ROUNDS = 5;
const TEXT = 'The replica lags behind since the upgrade. '.repeat(20).slice(0, 600);
const CATALOG: EventCatalog = { 'bench.Replied': { plain: ['by'], sealed: { body: 'text' } } };

interface Round {
  readonly events: number;
  readonly commits: number;
  readonly perSecond: number;
  readonly bare: number;
}

/** Notes after each commit how many events there are. */
function noteGroups(database: SqliteDatabase): number[] {
  const groups: number[] = [];
  const exec = database.exec.bind(database);
  const count = database.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
  database.exec = (sql: string) => {
    exec(sql);
    if (sql === 'COMMIT') groups.push(count.get() ?? 0);
    return database;
  };
  return groups;
}

async function client(log: EventLog, until: () => boolean): Promise<void> {
  const stream = `ticket-${randomUUID()}`;
  let { head } = await log.load(stream);
  while (!until()) {
    const commandId = randomUUID();
    const events = [{ type: 'bench.Replied', data: { by: 'somebody', body: TEXT } }];
    const metadata = { actor: 'somebody', companyId: commandId, correlationId: commandId, causationId: commandId };
    const time = new Date().toISOString();
    ({ head } = await log.append(stream, head, events, { ...metadata, commandId, bodyDigest: commandId, time }));
  }
}

interface Chained {
  /** Events in the log after each commit that was measured, and before the first. */
  readonly groups: readonly number[];
  readonly seconds: number;
}

async function chained(directory: string, clients: number): Promise<Chained> {
  const database = openDatabase(join(directory, LOG_FILE), { synchronous: 'FULL' });
  const store = new SqliteEventStore(database, new FreeSpace(0, () => freeBytes(directory)));
  const groups = noteGroups(database);
  const state = openSqliteStateStore(join(directory, 'keys.sqlite'), { leaveNoTrace: true });
  const keyring = await openKeyring({ state, masterKey: randomBytes(32), exclusive: true });
  const log = createEventLog({ store, keyring, catalog: CATALOG });
  const begin = performance.now();
  let from: { readonly time: number; readonly group: number } | undefined;
  const until = (): boolean => {
    const time = performance.now();
    if (time - begin > WARM_UP_SECONDS * 1_000) from ??= { time, group: groups.length - 1 };
    return from !== undefined && time - from.time > SECONDS * 1_000;
  };
  await Promise.all(Array.from({ length: clients }, () => client(log, until)));
  const seconds = (performance.now() - from!.time) / 1_000;
  await store.close();
  await keyring.close();
  return { groups: groups.slice(from!.group), seconds };
}

/** Inserts the rows of a log into a new file, in the given groups. Seconds it took. */
function bare(directory: string, groups: readonly number[]): number {
  const source = openDatabase(join(directory, LOG_FILE), { synchronous: 'FULL', readonly: true });
  const rows = source.prepare<[], unknown[]>('SELECT * FROM events ORDER BY position').raw().all();
  const schema = source.prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').pluck().all();
  source.close();
  const database = openDatabase(join(directory, 'bare.sqlite'), { synchronous: 'FULL' });
  database.exec(schema.join(';'));
  const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)');
  const insertAll = database.transaction((group: unknown[][]) => {
    for (const row of group) insert.run(...row);
  });
  let from = groups[0]!;
  insertAll(rows.slice(0, from));
  const start = performance.now();
  for (const to of groups.slice(1)) {
    insertAll(rows.slice(from, to));
    from = to;
  }
  const seconds = (performance.now() - start) / 1_000;
  database.close();
  return seconds;
}

async function round(clients: number): Promise<Round> {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-bench-'));
  try {
    const { groups, seconds } = await chained(directory, clients);
    const events = groups.at(-1)! - groups[0]!;
    return { events, commits: groups.length - 1, perSecond: events / seconds, bare: events / bare(directory, groups) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const table = [];
  for (const clients of [1, 16, 256]) {
    const rounds: Round[] = [];
    for (let n = 0; n < ROUNDS; n++) rounds.push(await round(clients));
    rounds.sort((a, b) => a.perSecond / a.bare - b.perSecond / b.bare);
    const middle = rounds[Math.floor(ROUNDS / 2)]!;
    table.push({
      clients,
      'events/s': Math.round(middle.perSecond),
      'bare events/s': Math.round(middle.bare),
      ratio: Number((middle.perSecond / middle.bare).toFixed(2)),
      'events/commit': Number((middle.events / middle.commits).toFixed(1)),
    });
  }
  console.log(
    `Durable appends, chained, one sealed text of 600 B; middle of ${ROUNDS} rounds of ${SECONDS} s; target ratio 0.4`,
  );
  console.table(table);
}

void main();
