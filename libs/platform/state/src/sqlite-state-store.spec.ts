import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupState } from './backup-state';
import { openSqliteStateStore } from './sqlite-state-store';
import { describeStateStore } from './state-store.suite';
import { spawnTypeScript } from './testing/typescript-child';

describe('the SQLite state store', () => {
  let directory: string;
  let places = 0;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-state-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const newFile = (): string => join(directory, `state-${places++}.sqlite`);

  describeStateStore('SQLite', {
    makePlace: async () => newFile(),
    open: async (place, now) => openSqliteStateStore(place, { now }),
    childModule: require.resolve('./testing/sqlite-place.ts'),
  });

  it('keeps what it acknowledged when the process is killed', async () => {
    const file = newFile();
    const child = spawnTypeScript(require.resolve('./testing/write-child.ts'), file);
    let acknowledged = 0;
    while (acknowledged < 50) acknowledged = Number(await child.line());
    await child.kill();
    const store = openSqliteStateStore(file);
    const records = await store.list<number>('s', { limit: 10_000 });
    expect(records.length).toBeGreaterThanOrEqual(acknowledged);
    await store.close();
  }, 60_000);

  it('copies itself while it is written to', async () => {
    const file = newFile();
    const store = openSqliteStateStore(file);
    await store.set('s', 'before', 1);
    const writes = Promise.all(Array.from({ length: 200 }, (_, n) => store.set('s', `k${n}`, n)));
    const target = join(directory, 'copies', 'state.sqlite');
    await backupState(file, target);
    await writes;
    await store.close();
    const copy = openSqliteStateStore(target);
    expect((await copy.get('s', 'before'))?.value).toBe(1);
    await copy.close();
  });

  it.each([true, false])(
    'leaves replaced and deleted values in the files unless told not to: %s',
    async (leaveNoTrace) => {
      const file = newFile();
      const store = openSqliteStateStore(file, { leaveNoTrace });
      const secrets = ['replaced-secret', 'deleted-secret', 'put-secret', 'swept-secret'];
      const [replaced = '', deleted = '', put = '', swept = ''] = secrets;
      await store.set('s', 'a', replaced);
      await store.set('s', 'b', deleted);
      const version = await store.set('s', 'c', put);
      await store.set('s', 'd', swept, { ttlSeconds: -1 });
      await store.set('s', 'a', 'new');
      await store.delete('s', 'b');
      await store.put('s', 'c', 'new', version);
      await store.sweep();
      const bytes = readdirSync(directory)
        .filter((name) => join(directory, name).startsWith(file))
        .map((name) => readFileSync(join(directory, name), 'latin1'))
        .join();
      expect(secrets.filter((secret) => bytes.includes(secret))).toEqual(leaveNoTrace ? [] : secrets);
      await store.close();
    },
  );
});
