import { DomainError } from '@casebook/kernel';
import { openDatabase, type SqliteDatabase } from '@casebook/sqlite';
import { prepareStatements, type Row, type Statements } from './sqlite-statements';
import type { StateRecord, StateStore, WriteOptions } from './state-store';
import { checkNames, closedStore, counted, expiryOf, jsonOf } from './state-values';
import { WriteQueue } from './write-queue';

export interface SqliteStateOptions {
  /** The clock, in epoch milliseconds. */
  readonly now?: () => number;
  /**
   * Replaced and deleted values also leave the files before the write answers, for a store of keys.
   * Such writes cost a checkpoint each.
   */
  readonly leaveNoTrace?: boolean;
}

const SWEEP_BATCH = 500;
const TRACE_RETRIES = 200;
const TRACE_RETRY_MS = 10;

/** Opens (or makes) a state store in one SQLite file. Each write is on disk when it answers; several processes may share the file. */
export function openSqliteStateStore(file: string, options: SqliteStateOptions = {}): StateStore {
  return new SqliteStateStore(openDatabase(file, { synchronous: 'FULL' }), options);
}

class SqliteStateStore implements StateStore {
  private readonly statements: Statements;
  private readonly queue: WriteQueue;
  private readonly now: () => number;
  private readonly leaveNoTrace: boolean;
  private lastVersion = 0;
  private replaced = false;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly database: SqliteDatabase,
    options: SqliteStateOptions,
  ) {
    this.now = options.now ?? Date.now;
    this.leaveNoTrace = options.leaveNoTrace === true;
    if (this.leaveNoTrace) {
      database.pragma('secure_delete = ON');
      // What a crash left between a write and its checkpoint.
      database.pragma('wal_checkpoint(TRUNCATE)');
    }
    this.statements = prepareStatements(database);
    const { readVersion, writeVersion } = this.statements;
    this.queue = new WriteQueue(database, {
      begin: () => {
        this.lastVersion = readVersion.get()?.last ?? 0;
      },
      end: () => writeVersion.run(this.lastVersion),
    });
  }

  async get<T>(space: string, key: string): Promise<StateRecord<T> | undefined> {
    this.check(space, key);
    const row = this.statements.get.get({ space, key, now: this.now() });
    return row && toRecord<T>(row);
  }

  async insert(space: string, key: string, value: unknown, options?: WriteOptions): Promise<number | undefined> {
    const row = this.row(space, key, value, options);
    return this.write(() => {
      this.noteOld(space, key);
      const version = ++this.lastVersion;
      return this.statements.insert.run({ ...row, version, now: this.now() }).changes === 1 ? version : undefined;
    });
  }

  async put(
    space: string,
    key: string,
    value: unknown,
    expected: number,
    options?: WriteOptions,
  ): Promise<number | undefined> {
    const row = this.row(space, key, value, options);
    return this.write(() => {
      this.noteOld(space, key);
      const version = ++this.lastVersion;
      const { changes } = this.statements.put.run({ ...row, version, expected, now: this.now() });
      return changes === 1 ? version : undefined;
    });
  }

  async set(space: string, key: string, value: unknown, options?: WriteOptions): Promise<number> {
    const row = this.row(space, key, value, options);
    return this.write(() => {
      this.noteOld(space, key);
      const version = ++this.lastVersion;
      this.statements.set.run({ ...row, version });
      return version;
    });
  }

  async delete(space: string, key: string, expected?: number): Promise<boolean> {
    this.check(space, key);
    return this.write(() => {
      this.noteOld(space, key);
      const { changes } = this.statements.remove.run({ space, key, expected: expected ?? null, now: this.now() });
      return changes === 1;
    });
  }

  async increment(space: string, key: string, by = 1): Promise<number> {
    return this.count(space, key, (value) => value + by);
  }

  async raise(space: string, key: string, floor: number): Promise<number> {
    return this.count(space, key, (value) => Math.max(value, floor));
  }

  async list<T>(
    space: string,
    options: { prefix?: string; after?: string; limit?: number } = {},
  ): Promise<StateRecord<T>[]> {
    const { prefix = '', after = '', limit = 100 } = options;
    this.check(space, 'any');
    const rows = this.statements.list.all({ space, prefix, after, limit, now: this.now() });
    // Keys with the prefix come first of those not before it, so cutting at the first other key loses none.
    const end = rows.findIndex((row) => !row.key.startsWith(prefix));
    return (end < 0 ? rows : rows.slice(0, end)).map((row) => toRecord<T>(row));
  }

  async spaces(): Promise<string[]> {
    this.check('any', 'any');
    const spaces: string[] = [];
    for (let after = ''; ;) {
      const next = this.statements.nextSpace.get({ after, now: this.now() })?.space;
      if (next === undefined) return spaces;
      spaces.push(next);
      after = next;
    }
  }

  async sweep(): Promise<number> {
    for (let total = 0; ;) {
      const swept = await this.write(() => {
        const { changes } = this.statements.sweep.run({ now: this.now(), limit: SWEEP_BATCH });
        if (changes > 0) this.replaced = true;
        return changes;
      });
      total += swept;
      if (swept < SWEEP_BATCH) return total;
    }
  }

  async close(): Promise<void> {
    this.closing ??= this.queue.drained().then(() => {
      this.database.close();
    });
    return this.closing;
  }

  private async count(space: string, key: string, next: (value: number) => number): Promise<number> {
    this.check(space, key);
    return this.write(() => {
      const row = this.statements.get.get({ space, key, now: this.now() });
      const sum = counted(space, key, row?.value, next);
      if (row?.value === String(sum)) return sum;
      const version = ++this.lastVersion;
      this.noteOld(space, key);
      this.statements.set.run({ space, key, value: String(sum), version, expiresAt: row?.expiresAt ?? null });
      return sum;
    });
  }

  private row(space: string, key: string, value: unknown, options: WriteOptions | undefined): Omit<Row, 'version'> {
    this.check(space, key);
    const expiresAt = expiryOf(this.now(), options) ?? null;
    return { space, key, value: jsonOf(space, key, value), expiresAt };
  }

  private check(space: string, key: string): void {
    if (this.closing) throw closedStore();
    checkNames(space, key);
  }

  private async write<T>(write: () => T): Promise<T> {
    if (!this.leaveNoTrace) return this.queue.add(write);
    const { result, replaced } = await this.queue.add(() => {
      this.replaced = false;
      return { result: write(), replaced: this.tookReplaced() };
    });
    if (replaced) await this.clearJournal();
    return result;
  }

  private tookReplaced(): boolean {
    return this.replaced;
  }

  /** Notes that the running write replaces the record, expired or not, when there is one. */
  private noteOld(space: string, key: string): void {
    if (this.leaveNoTrace && this.statements.exists.get({ space, key })) this.replaced = true;
  }

  /** The journal still holds pages as they were: moves it into the file (where secure_delete zeroes) and cuts it to nothing. */
  private async clearJournal(): Promise<void> {
    for (let attempt = 0; attempt < TRACE_RETRIES; attempt++) {
      const [row] = this.database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      if (row?.busy === 0) return;
      await new Promise((resolve) => setTimeout(resolve, TRACE_RETRY_MS));
    }
    throw new DomainError(
      'unavailable',
      'state.trace-left',
      'The value is gone, but another process kept its old copy in the journal. Repeat the call.',
    );
  }
}

function toRecord<T>(row: Row): StateRecord<T> {
  const record = { key: row.key, value: JSON.parse(row.value) as T, version: row.version };
  return row.expiresAt === null ? record : { ...record, expiresAt: row.expiresAt };
}
