import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differentialSuite } from '../differential.suite';
import type { Query, ReadModel, ReadModelDefinition, ReadModelEngine, Scope } from '../read-model';
import { readModelSuite } from '../read-model.suite';
import { Catalog } from './catalog';
import { openSqliteReadModels } from './sqlite-read-models';

const directories: string[] = [];
const temporary = () => {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-read-models-'));
  directories.push(directory);
  return directory;
};
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

readModelSuite('SQLite', async () => {
  const directory = temporary();
  let engine = openSqliteReadModels({ directory });
  return {
    engine,
    reopen: async () => {
      await engine.close();
      engine = openSqliteReadModels({ directory });
      return engine;
    },
    close: () => engine.close(),
  };
});

const at = (n: number) => String(n).padStart(20, '0');
const definition: ReadModelDefinition = {
  name: 'tickets',
  version: 1,
  indexes: [{ company: 1, status: 1, updated: -1 }, { updated: -1 }],
  arrays: ['tags'],
  scope: { staff: true, company: { company: 'company' } },
};
const staff: Scope = { kind: 'staff' };

async function filled(engine: ReadModelEngine, size: number): Promise<ReadModel<object>> {
  const writer = await engine.fill(definition);
  const writes = Array.from({ length: size }, (_, n) => ({
    id: `t${n}`,
    document: {
      company: `c${n % 2}`,
      status: n % 1000 === 0 ? 'open' : 'closed',
      updated: n,
      title: `T${n}`,
      tags: ['x'],
    },
    position: at(n + 1),
  }));
  await writer.commit(writes, { checkpoint: at(size), epoch: 1 });
  await writer.finish();
  await engine.swap(definition);
  return engine.reader(definition);
}

describe('the guard against scans', () => {
  let engine: ReadModelEngine;
  let reader: ReadModel<object>;
  beforeAll(async () => {
    engine = openSqliteReadModels({ directory: temporary() });
    reader = await filled(engine, 5_001);
  });
  afterAll(() => engine.close());

  it.each([
    { filter: { where: { title: 'T7' } } },
    { filter: { where: { title: 'T7' } }, sort: { updated: -1 } },
    { filter: { where: { tags: { $ne: 'x' } } } },
    { sort: { title: 1 } },
    { filter: { where: { updated: { $gte: 0 } } }, sort: { title: 1 } },
    { filter: { any: [{ where: { updated: 3 } }, { where: { title: 'T7' } }] } },
  ] as Query[])('refuses %j, which no index serves', async (query) => {
    await expect(reader.find(staff, query)).rejects.toThrow('declare an index');
  });

  it('refuses to count by a field without an index', async () => {
    await expect(reader.count(staff, { where: { title: 'T7' } })).rejects.toThrow('declare an index');
  });

  it.each([
    {},
    { sort: { updated: -1 } },
    { sort: { updated: 1 } },
    { filter: { where: { company: 'c0', status: 'open' } }, sort: { updated: -1 } },
    { filter: { where: { company: 'c0', status: { $in: ['open', 'new'] } } }, sort: { title: 1 } },
    { filter: { where: { updated: { $gte: 4_000 } } }, sort: { updated: 1 } },
    { filter: { where: { _id: { $in: ['t1', 't2'] }, title: 'T1' } } },
    { filter: { any: [{ where: { updated: 3 } }, { where: { company: 'c0', status: 'open' } }] } },
  ] as Query[])('lets %j pass, and its later pages', async (query) => {
    const page = await reader.find(staff, { ...query, limit: 1 });
    expect(page.items).toHaveLength(1);
    if (page.nextCursor !== undefined) await reader.find(staff, { ...query, limit: 1, after: page.nextCursor });
  });

  it('only speaks of them where it is told to, and leaves small read models alone', async () => {
    const messages: string[] = [];
    const quiet = openSqliteReadModels({
      directory: temporary(),
      scans: { onScan: (message) => messages.push(message) },
    });
    const small = await filled(quiet, 100);
    await small.find(staff, { filter: { where: { title: 'T7' } } });
    expect(messages).toEqual([]);
    const large = await filled(quiet, 5_001);
    for (let n = 0; n < 2; n++)
      expect((await large.find(staff, { filter: { where: { title: 'T7' } } })).items).toHaveLength(1);
    expect(messages).toEqual([expect.stringContaining('walks over 5001 documents')]);
    await quiet.close();
  });
});

describe('the files of SQLite read models', () => {
  it('are removed when another version is swapped in, words and all', async () => {
    const directory = temporary();
    const engine = openSqliteReadModels({ directory });
    await filled(engine, 3);
    const before = readdirSync(directory).filter((file) => file.startsWith('tickets'));
    await filled(engine, 1);
    const after = readdirSync(directory).filter((file) => file.startsWith('tickets'));
    expect(after.filter((file) => before.includes(file))).toEqual([]);
    await engine.close();
  });

  it('are removed at the next start when the process ended right after a swap', async () => {
    const directory = temporary();
    await openSqliteReadModels({ directory }).close();
    const catalog = new Catalog(directory);
    const files = [1, 2].map((version) => {
      const file = catalog.begin('tickets', `${version}-x`);
      writeFileSync(file, 'words');
      catalog.filled(file);
      catalog.swap(catalog.find('tickets', 'filled')!);
      return file;
    });
    expect(files.map((file) => existsSync(file))).toEqual([true, true]);
    catalog.close();
    const engine = openSqliteReadModels({ directory });
    expect(files.map((file) => existsSync(file))).toEqual([false, true]);
    expect(await engine.versions('tickets')).toEqual([{ version: '2-x', live: true }]);
    await engine.close();
  });
});

differentialSuite('SQLite', async () => {
  const engine = openSqliteReadModels({ directory: temporary() });
  return { engine, close: () => engine.close() };
});
