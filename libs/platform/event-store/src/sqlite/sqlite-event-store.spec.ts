import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@casebook/sqlite';
import { eventStoreSuite, type StoreUnderTest } from '../event-store.suite';
import { DISK_FULL } from '../event-store';
import { anEvent, everything, someEvents } from '../testing/stored-events';
import { FreeSpace } from './free-space';
import { LOG_FILE, openSqliteEventStore, SqliteEventStore } from './sqlite-event-store';

const temporary: string[] = [];
function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-log-'));
  temporary.push(directory);
  return directory;
}
afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

async function createSqlite(): Promise<StoreUnderTest> {
  const directory = newDirectory();
  let store = openSqliteEventStore({ directory });
  return {
    get store() {
      return store;
    },
    reopen: async () => {
      await store.close();
      store = openSqliteEventStore({ directory });
      return store;
    },
    dispose: () => store.close(),
  };
}

eventStoreSuite('SQLite', createSqlite);

describe('SQLite event store', () => {
  it('refuses appends while little is free on the disk, reads on, and recovers', async () => {
    const directory = newDirectory();
    let free = 1_000;
    const database = openDatabase(join(directory, LOG_FILE), { synchronous: 'FULL' });
    const store = new SqliteEventStore(database, new FreeSpace(500, () => free));
    await store.append('a', someEvents(1), 'no-stream');
    free = 499;
    // Asked at the latest when 8 MiB were written since the last time.
    const large = Array.from({ length: 4 }, () => anEvent({ data: JSON.stringify('x'.repeat(220_000)) }));
    let refused: unknown;
    for (let n = 0; n < 20 && !refused; n++) {
      const events = large.map((event) => ({ ...event, id: anEvent().id }));
      refused = await store.append(`l-${n}`, events, 'no-stream').catch((error: unknown) => error);
      if (!(refused instanceof Error)) refused = undefined;
    }
    expect(refused).toMatchObject({ kind: 'unavailable', code: DISK_FULL });
    await expect(store.append('a', someEvents(1), 0)).rejects.toMatchObject({ code: DISK_FULL });
    expect(await store.read('a')).toHaveLength(1);
    free = 500;
    await store.append('a', someEvents(1), 0);
    expect(await store.read('a')).toHaveLength(2);
    await store.close();
  });

  it('measures the real disk', async () => {
    const store = openSqliteEventStore({ directory: newDirectory(), minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(store.append('a', someEvents(1), 'no-stream')).rejects.toMatchObject({ code: DISK_FULL });
    await store.close();
  });

  it('writes nothing of a group when the file cannot grow, and goes on when it can', async () => {
    const database = openDatabase(join(newDirectory(), LOG_FILE), { synchronous: 'FULL' });
    const store = new SqliteEventStore(database, new FreeSpace(0, () => 1));
    await store.append('a', someEvents(1), 'no-stream');
    database.pragma('max_page_count = 10');
    const large = anEvent({ data: JSON.stringify('x'.repeat(100_000)) });
    const group = await Promise.allSettled([
      store.append('b', someEvents(1), 'no-stream'),
      store.append('c', [large], 'no-stream'),
    ]);
    expect(group).toMatchObject([{ reason: { code: DISK_FULL } }, { reason: { code: DISK_FULL } }]);
    expect(await everything(store)).toHaveLength(1);
    database.pragma('max_page_count = 100000');
    await store.append('c', [large], 'no-stream');
    expect(await everything(store)).toHaveLength(2);
    await store.close();
  });

  it('shares one commit between the appends of one turn', async () => {
    const database = openDatabase(join(newDirectory(), LOG_FILE), { synchronous: 'FULL' });
    const store = new SqliteEventStore(database, new FreeSpace(0, () => 1));
    const commits = jest.spyOn(database, 'exec');
    await Promise.all(Array.from({ length: 40 }, (_, n) => store.append(`s-${n}`, someEvents(1), 'no-stream')));
    expect(commits.mock.calls.filter(([sql]) => sql === 'COMMIT')).toHaveLength(1);
    await store.close();
  });

  it('writes what was accepted before it closes, and nothing afterwards', async () => {
    const directory = newDirectory();
    const store = openSqliteEventStore({ directory });
    const accepted = store.append('a', someEvents(2), 'no-stream');
    await store.close();
    await accepted;
    await expect(store.append('a', someEvents(1), 1)).rejects.toMatchObject({ code: 'log.closed' });
    await expect(store.read('a')).rejects.toMatchObject({ code: 'log.closed' });
    const again = openSqliteEventStore({ directory });
    expect(await again.read('a')).toHaveLength(2);
    await again.close();
  });

  it('lets a second connection read while the first writes', async () => {
    const directory = newDirectory();
    const writer = openSqliteEventStore({ directory });
    await writer.append('a', someEvents(2), 'no-stream');
    const reader = openSqliteEventStore({ directory, readonly: true });
    await writer.append('a', someEvents(2), 1);
    expect(await reader.read('a')).toEqual(await writer.read('a'));
    await expect(reader.append('a', someEvents(1), 3)).rejects.toMatchObject({ kind: 'unavailable' });
    await reader.close();
    await writer.close();
  });
});
