import { retrying, type MongoConnection } from '@casebook/mongodb';
import type { Collection } from 'mongodb';
import type { StateRecord, StateStore, WriteOptions } from '../state-store';
import { checkNames, closedStore, counted, expiryOf, jsonOf } from '../state-values';
import { Change, outcomeUnknown, type Decision, type Stored } from './change';
import { endOfSpace, keyOf, recordId, spaceOf } from './record-id';
import { Sweeper } from './sweeper';
import { Turns } from './turns';

export interface MongoStateOptions {
  /** Shared with other stores; closing the store leaves it open. */
  readonly connection: MongoConnection;
  /** One collection per store: `state`, `keys`. Made when missing. */
  readonly collection: string;
  /** The clock, in epoch milliseconds. */
  readonly now?: () => number;
  /** How long an operation is repeated while the database cannot be reached; default 10 s. */
  readonly giveUpMs?: number;
}

/**
 * Opens (or makes) a state store in one MongoDB collection. Each write is on the disks of a majority when it answers;
 * any number of processes may share it. When a connection is lost during a write, the write is found again or repeated,
 * never done twice; where other writes have covered its trace, DomainError `unavailable` (`state.outcome-unknown`).
 * MongoDB keeps no promise about old values in its files and its oplog: they go as it overwrites those.
 */
export async function openMongoStateStore(options: MongoStateOptions): Promise<StateStore> {
  const records = options.connection.db.collection<Stored>(options.collection);
  await retrying(
    () =>
      records.createIndexes([
        { name: 'expiry', key: { expiresAt: 1 } },
        { name: 'gone', key: { gone: 1 } },
      ]),
    options.giveUpMs,
  );
  return new MongoStateStore(records, options);
}

class MongoStateStore implements StateStore {
  private readonly now: () => number;
  private readonly giveUpMs: number | undefined;
  private readonly turns = new Turns();
  private readonly sweeper: Sweeper;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly records: Collection<Stored>,
    options: MongoStateOptions,
  ) {
    this.now = options.now ?? Date.now;
    this.giveUpMs = options.giveUpMs;
    this.sweeper = new Sweeper(records, options.giveUpMs);
  }

  async get<T>(space: string, key: string): Promise<StateRecord<T> | undefined> {
    this.check(space, key);
    const now = this.now();
    const stored = await this.retrying(() => this.records.findOne({ _id: recordId(space, key) }));
    return stored && isAlive(stored, now) ? toRecord<T>(stored) : undefined;
  }

  async insert(space: string, key: string, value: unknown, options?: WriteOptions): Promise<number | undefined> {
    const write = this.content(space, key, value, options);
    return this.change(space, key, (alive) => (alive ? { answer: () => undefined } : { write, answer: newVersion }));
  }

  async put(
    space: string,
    key: string,
    value: unknown,
    expected: number,
    options?: WriteOptions,
  ): Promise<number | undefined> {
    const write = this.content(space, key, value, options);
    return this.change(space, key, (alive) =>
      alive?.version === expected ? { write, answer: newVersion } : { answer: () => undefined },
    );
  }

  async set(space: string, key: string, value: unknown, options?: WriteOptions): Promise<number> {
    const write = this.content(space, key, value, options);
    return this.change(space, key, () => ({ write, answer: newVersion }));
  }

  async delete(space: string, key: string, expected?: number): Promise<boolean> {
    this.check(space, key);
    const write = { gone: this.now() };
    return this.change(space, key, (alive) =>
      alive && (expected ?? alive.version) === alive.version ? { write, answer: () => true } : { answer: () => false },
    );
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
    const now = this.now();
    const found = await this.retrying(() =>
      this.records
        .find({
          _id: { $gte: recordId(space, prefix), $gt: recordId(space, after), $lt: endOfSpace(space) },
          gone: { $exists: false },
          $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: now } }],
        })
        .sort({ _id: 1 })
        .limit(limit)
        .batchSize(limit)
        .toArray(),
    );
    const list = found.map((stored) => toRecord<T>(stored));
    // Keys with the prefix come first of those not before it, so cutting at the first other key loses none.
    const end = list.findIndex(({ key }) => !key.startsWith(prefix));
    return end < 0 ? list : list.slice(0, end);
  }

  async spaces(): Promise<string[]> {
    this.check('any', 'any');
    const spaces: string[] = [];
    const now = this.now();
    for (let after: string | undefined; ; after = spaces.at(-1)) {
      const next = await this.retrying(() =>
        this.records.findOne(
          {
            _id: { $gt: after === undefined ? '' : endOfSpace(after) },
            gone: { $exists: false },
            $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: now } }],
          },
          { sort: { _id: 1 }, projection: { _id: 1 } },
        ),
      );
      if (!next) return spaces;
      spaces.push(spaceOf(next._id));
    }
  }

  async sweep(): Promise<number> {
    this.check('any', 'any');
    return this.turns.run('', () => this.sweeper.sweep(this.now()));
  }

  async close(): Promise<void> {
    this.closing ??= this.turns.over();
    return this.closing;
  }

  private async count(space: string, key: string, next: (value: number) => number): Promise<number> {
    this.check(space, key);
    return this.change(space, key, (alive) => {
      const sum = counted(space, key, alive?.value, next);
      if (alive?.value === String(sum)) return { answer: () => sum };
      const expiry = alive?.expiresAt === undefined ? {} : { expiresAt: alive.expiresAt };
      return { write: { value: String(sum), ...expiry }, answer: () => sum };
    });
  }

  private content(space: string, key: string, value: unknown, options: WriteOptions | undefined) {
    this.check(space, key);
    const expiresAt = expiryOf(this.now(), options);
    return { value: jsonOf(space, key, value), ...(expiresAt !== undefined && { expiresAt }) };
  }

  private change<T>(space: string, key: string, decide: (alive: Stored | undefined) => Decision<T>): Promise<T> {
    const id = recordId(space, key);
    // One moment for all attempts: what they decide then depends on the record alone.
    const now = this.now();
    const change = new Change(this.records, id, (stored) =>
      decide(stored && isAlive(stored, now) ? stored : undefined),
    );
    return this.turns.run(id, async () => {
      try {
        return await this.retrying(() => change.attempt());
      } catch (error) {
        throw change.mayLand ? outcomeUnknown() : error;
      }
    });
  }

  private retrying<T>(work: () => Promise<T>): Promise<T> {
    return retrying(work, this.giveUpMs);
  }

  private check(space: string, key: string): void {
    if (this.closing) throw closedStore();
    checkNames(space, key);
  }
}

function isAlive({ gone, expiresAt }: Stored, now: number): boolean {
  return gone === undefined && (expiresAt === undefined || expiresAt > now);
}

function newVersion(version: number): number {
  return version;
}

function toRecord<T>({ _id, value, version, expiresAt }: Stored): StateRecord<T> {
  const record = { key: keyOf(_id), value: JSON.parse(value ?? 'null') as T, version };
  return expiresAt === undefined ? record : { ...record, expiresAt };
}
