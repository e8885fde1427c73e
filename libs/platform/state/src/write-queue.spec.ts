import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type SqliteDatabase } from '@casebook/sqlite';
import { WriteQueue } from './write-queue';

describe('WriteQueue', () => {
  let directory: string;
  let database: SqliteDatabase;
  let queue: WriteQueue;
  let transactions: number;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-queue-'));
    database = openDatabase(join(directory, 'x.sqlite'), { synchronous: 'FULL' });
    database.exec('CREATE TABLE t (x)');
    transactions = 0;
    queue = new WriteQueue(database, { begin: () => transactions++, end: () => undefined });
  });
  afterEach(() => {
    database.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const insert = (value: unknown): Promise<number> =>
    queue.add(() => database.prepare('INSERT INTO t VALUES (?)').run(value).changes);
  const count = (): unknown => database.prepare('SELECT count(*) FROM t').pluck().get();

  it('puts the writes of one turn into one transaction', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, n) => insert(n)));
    expect(transactions).toBe(1);
    expect(count()).toBe(100);
  });

  it('fails the one write that throws, and lands the others', async () => {
    const results = await Promise.allSettled([
      insert(1),
      queue.add(() => {
        throw new Error('mine alone');
      }),
      insert(2),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(count()).toBe(2);
  });

  it('acknowledges nothing of a transaction that finds the disk full, and goes on once there is room', async () => {
    const limit = (pages: number): unknown => database.pragma(`max_page_count = ${pages}`);
    limit(Number(database.pragma('page_count', { simple: true })) + 2);
    const results = await Promise.allSettled([insert('small'), insert('x'.repeat(100_000)), insert('small')]);
    const landed = results.filter(({ status }) => status === 'fulfilled').length;
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable', code: 'state.not-stored' } });
    expect(count()).toBe(landed);
    limit(1_000_000);
    await insert('x'.repeat(100_000));
    expect(count()).toBe(landed + 1);
  });

  it('waits for another writer without holding the event loop', async () => {
    const other = openDatabase(join(directory, 'x.sqlite'), { synchronous: 'FULL' });
    other.exec('BEGIN IMMEDIATE');
    const written = insert(1);
    let turns = 0;
    while (turns < 3) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      turns++;
    }
    expect(count()).toBe(0);
    other.exec('COMMIT');
    other.close();
    expect(await written).toBe(1);
    await queue.drained();
  });
});
