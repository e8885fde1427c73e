import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError, type Position } from '@casebook/kernel';
import { openDatabase, sqliteCode, type SqliteDatabase, type SqliteStatement } from '@casebook/sqlite';
import { LRUCache } from 'lru-cache';
import { checkAppend } from '../check-append';
import {
  DISK_FULL,
  OUTCOME_UNKNOWN,
  WrongExpectedRevision,
  type Appended,
  type EventStore,
  type EventToStore,
  type ExpectedRevision,
  type StoredEvent,
} from '../event-store';
import { closed, PAGE_BYTES, pageSize } from '../paging';
import { FreeSpace, freeBytes } from './free-space';
import { fromPosition, toPosition } from './position';

export interface SqliteEventStoreOptions {
  /** Holds `log.sqlite`; made when missing. The caller holds its lock (lockDataDirectory). */
  readonly directory: string;
  /** Appends are refused while less is free on the disk. Default 256 MiB. */
  readonly minFreeBytes?: number;
  /** Opens an existing log beside its writer, for reading only. */
  readonly readonly?: boolean;
}

export const LOG_FILE = 'log.sqlite';
const MIN_FREE_BYTES = 256 * 1024 * 1024;

/** Opens the event log in a data directory. One process writes at a time. */
export function openSqliteEventStore(options: SqliteEventStoreOptions): EventStore {
  const { directory, minFreeBytes = MIN_FREE_BYTES, readonly = false } = options;
  const database = openDatabase(join(directory, LOG_FILE), { synchronous: 'FULL', readonly });
  const space = new FreeSpace(minFreeBytes, () => freeBytes(directory));
  return new SqliteEventStore(database, space);
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
`;
const COLUMNS = 'position, stream, revision, id, type, data, metadata';

/** Bound of what is written without giving other work its turn. */
const GROUP_BYTES = 1024 * 1024;

type Row = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  data: string,
  metadata: string,
];

interface Pending {
  readonly stream: string;
  readonly events: readonly EventToStore[];
  readonly expected: ExpectedRevision;
  readonly bytes: number;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
}

/** The EventStore on one SQLite file. Appends that meet in one turn of the event loop share one synced commit. */
export class SqliteEventStore implements EventStore {
  readonly #insert: SqliteStatement<[...Row]>;
  readonly #head: SqliteStatement<[string], number | null>;
  readonly #idAt: SqliteStatement<[string, number], [id: string, position: number]>;
  readonly #stream: SqliteStatement<[string, number, number], Row>;
  readonly #all: SqliteStatement<[number, number], Row>;
  readonly #end: SqliteStatement<[], number | null>;
  /** Heads of streams lately written to: this process is the only writer. */
  readonly #heads = new LRUCache<string, number>({ max: 20_000 });
  readonly #waiting = new Set<() => void>();
  #queue: Pending[] = [];
  #scheduled = false;
  #closed = false;

  constructor(
    private readonly database: SqliteDatabase,
    private readonly space: FreeSpace,
  ) {
    if (!database.readonly) database.exec(SCHEMA);
    this.#insert = database.prepare(`INSERT INTO events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#head = database.prepare<[string], number | null>('SELECT max(revision) FROM events WHERE stream = ?').pluck();
    this.#idAt = database
      .prepare<[string, number], [string, number]>('SELECT id, position FROM events WHERE stream = ? AND revision = ?')
      .raw();
    this.#stream = database
      .prepare<[string, number, number], Row>(
        `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`,
      )
      .raw();
    this.#all = database
      .prepare<[number, number], Row>(`SELECT ${COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?`)
      .raw();
    this.#end = database.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
  }

  async append(stream: string, events: readonly EventToStore[], expected: ExpectedRevision): Promise<Appended> {
    const bytes = checkAppend(stream, events, expected);
    if (this.#closed) throw closed();
    return new Promise((resolve, reject) => {
      this.#queue.push({ stream, events: [...events], expected, bytes, resolve, reject });
      this.#schedule();
    });
  }

  async read(stream: string, options: { from?: number; limit?: number } = {}): Promise<StoredEvent[]> {
    const limit = pageSize(options.limit);
    return this.#inTurn(this.#page(this.#stream, [stream, options.from ?? 0, limit]), limit);
  }

  async readAll(options: { after?: Position | undefined; limit?: number } = {}): Promise<StoredEvent[]> {
    const limit = pageSize(options.limit);
    return this.#inTurn(this.#page(this.#all, [fromPosition(options.after), limit]), limit);
  }

  async *subscribe(options: {
    after?: Position | undefined;
    signal: AbortSignal;
    batch?: number;
  }): AsyncGenerator<StoredEvent[]> {
    const { signal } = options;
    const limit = pageSize(options.batch);
    let after = fromPosition(options.after);
    while (!signal.aborted && !this.#closed) {
      const page = this.#page(this.#all, [after, limit]);
      const last = page.events.at(-1);
      if (!last) {
        await this.#nextCommit(signal);
        continue;
      }
      after = fromPosition(last.position);
      yield await this.#inTurn(page, limit);
    }
  }

  async end(): Promise<Position | undefined> {
    if (this.#closed) throw closed();
    const last = this.#end.get();
    return typeof last === 'number' ? toPosition(last) : undefined;
  }

  /** Writes what was accepted, ends subscriptions, closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#queue.length > 0) this.#commitGroup();
    this.#wake();
    this.database.close();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#queue.length > 0) this.#commitGroup();
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  /** Takes appends off the queue up to the bounds of one turn. */
  #takeGroup(): { group: Pending[]; bytes: number } {
    let bytes = 0;
    let count = 0;
    for (const pending of this.#queue) {
      if (count > 0 && bytes + pending.bytes > GROUP_BYTES) break;
      bytes += pending.bytes;
      count += 1;
    }
    const group = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    return { group, bytes };
  }

  #commitGroup(): void {
    const { group, bytes } = this.#takeGroup();
    let outcomes: (Appended | WrongExpectedRevision)[];
    try {
      if (!this.space.allows(bytes)) throw diskFull();
      this.database.exec('BEGIN IMMEDIATE');
      let last = this.#end.get() ?? 0;
      outcomes = group.map((pending) => {
        const outcome = this.#write(pending, last);
        if (!(outcome instanceof Error)) last = Math.max(last, fromPosition(outcome.positions.at(-1)));
        return outcome;
      });
      this.database.exec('COMMIT');
    } catch (error) {
      this.#heads.clear();
      const failure = storeError(error);
      for (const pending of group) pending.reject(failure);
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      return;
    }
    group.forEach((pending, index) => {
      const outcome = outcomes[index];
      if (outcome instanceof Error) pending.reject(outcome);
      else if (outcome) pending.resolve(outcome);
    });
    this.#wake();
  }

  /** Checks first, inserts then: a refused append leaves nothing behind and the rest of its group goes on. */
  #write({ stream, events, expected }: Pending, last: number): Appended | WrongExpectedRevision {
    const head = this.#heads.get(stream) ?? this.#head.get(stream) ?? -1;
    const first = expected === 'no-stream' ? 0 : expected + 1;
    if (head !== first - 1) {
      return (
        this.#earlierOutcome(stream, events, first) ??
        new WrongExpectedRevision(stream, expected, head < 0 ? 'no-stream' : head)
      );
    }
    const positions = events.map(({ id, type, data, metadata }, index) => {
      this.#insert.run(last + 1 + index, stream, first + index, id, type, data, metadata);
      return toPosition(last + 1 + index);
    });
    const revision = head + events.length;
    this.#heads.set(stream, revision);
    return { revision, positions };
  }

  /** The outcome of the same append sent before, when all its ids stand where they would now be written. */
  #earlierOutcome(stream: string, events: readonly EventToStore[], first: number): Appended | undefined {
    const positions: Position[] = [];
    for (const [index, event] of events.entries()) {
      const found = this.#idAt.get(stream, first + index);
      if (found?.[0] !== event.id) return undefined;
      positions.push(toPosition(found[1]));
    }
    return { revision: first + events.length - 1, positions };
  }

  #page<P extends unknown[]>(statement: SqliteStatement<P, Row>, parameters: P): Page {
    if (this.#closed) throw closed();
    const events: StoredEvent[] = [];
    let bytes = 0;
    for (const row of statement.iterate(...parameters)) {
      const [position, stream, revision, id, type, data, metadata] = row;
      events.push({ position: toPosition(position), stream, revision, id, type, data, metadata });
      bytes += data.length + metadata.length;
      if (bytes >= PAGE_BYTES) break;
    }
    return { events, bytes };
  }

  /** Hands a page out; after a full one, which more will follow, other work gets its turn first. */
  async #inTurn({ events, bytes }: Page, limit: number): Promise<StoredEvent[]> {
    if (events.length === limit || bytes >= PAGE_BYTES) await nextTurn();
    return events;
  }

  #nextCommit(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

interface Page {
  readonly events: StoredEvent[];
  readonly bytes: number;
}

function storeError(error: unknown): Error {
  const code = sqliteCode(error);
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  if (code === 'SQLITE_FULL') return diskFull();
  return new DomainError('unavailable', OUTCOME_UNKNOWN, `The event log could not be written (${code}).`);
}

function diskFull(): DomainError {
  return new DomainError(
    'unavailable',
    DISK_FULL,
    'The disk is nearly full, so nothing new is stored; reading goes on. Free some space and try again.',
  );
}
