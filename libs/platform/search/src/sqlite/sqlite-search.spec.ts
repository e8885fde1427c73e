import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '@casebook/kernel';
import { openSqliteReadModels, ProjectionRunner, type Scope } from '@casebook/read-model';
import { MemoryLog, positionOf } from '@casebook/read-model/testing/memory-log';
import { searchSuite } from '../search.suite';
import type { SearchChange, SearchSource } from '../search-index';
import { openSqliteSearch, type SqliteSearch } from './sqlite-search';

const staff: Scope = { kind: 'staff' };
const directories: string[] = [];
const temporary = () => {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-search-'));
  directories.push(directory);
  return directory;
};
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Events that carry their changes. */
const source: SearchSource = {
  name: 'spec',
  version: 1,
  handles: ['indexed'],
  changes: (event) => {
    const changes = event.data as readonly SearchChange[] | 'poison';
    if (changes === 'poison') throw new Error('cannot be read');
    return changes;
  },
};
const doc = (id: string, title: string | null, body: string | null = null): SearchChange => ({
  put: { kind: 'ticket', id, company: 'acme', audience: 'customer', title, body },
});

async function live(search: SqliteSearch) {
  const filling = await search.view.fill();
  await filling.finish();
  await search.view.swap();
  const writer = (await search.view.open())!;
  const log = new MemoryLog();
  return async (...changes: SearchChange[]) => {
    const event: RecordedEvent = log.add('s', 'indexed', changes);
    await writer.apply([event], { checkpoint: event.position, epoch: 1 });
  };
}

searchSuite('SQLite', async () => {
  const search = openSqliteSearch({ directory: temporary(), sources: [source] });
  return { index: search.index, change: await live(search), close: () => search.close() };
});

describe('SQLite search as a view', () => {
  const setUp = (directory: string, log: MemoryLog, sources = [source]) => {
    const search = openSqliteSearch({ directory, sources });
    const engine = openSqliteReadModels({ directory: join(directory, 'read-models') });
    const runner = new ProjectionRunner({ log, engine, projections: [], views: [search.view], clock: Date.now });
    const ids = async (text: string) => (await search.index.search(staff, text)).items.map(({ id }) => id);
    const end = async () => {
      await runner.stop();
      await search.close();
      await engine.close();
    };
    return { search, runner, ids, end };
  };

  it('is filled from the log, follows it, and goes on after its checkpoint', async () => {
    const directory = temporary();
    const log = new MemoryLog();
    log.add('a', 'indexed', [doc('a', 'first')]);
    log.add('a', 'other');
    let run = setUp(directory, log);
    await expect(run.search.index.search(staff, 'first')).rejects.toThrow('being filled');
    await run.runner.start();
    expect(await run.ids('first')).toEqual(['a']);
    const { position } = log.add('a', 'indexed', [doc('a', 'second'), doc('b', 'third')]);
    await run.runner.waitFor(position);
    expect(await run.ids('second')).toEqual(['a']);
    await run.end();

    run = setUp(directory, log);
    log.add('a', 'indexed', [{ remove: { kind: 'ticket', id: 'b' } }]);
    await run.runner.start();
    expect(await run.ids('third')).toEqual([]);
    expect((await run.runner.status())[0]!.checkpoint).toBe(positionOf(4));
    await run.end();
  });

  it('is filled anew when a source changes, and by a rebuild, while the old one answers', async () => {
    const directory = temporary();
    const log = new MemoryLog();
    log.add('a', 'indexed', [doc('a', 'first')]);
    let run = setUp(directory, log);
    await run.runner.start();
    const rebuilt = run.runner.rebuild('search');
    expect(await run.ids('first')).toEqual(['a']);
    await rebuilt;
    expect(await run.ids('first')).toEqual(['a']);
    await run.end();
    run = setUp(directory, log, [{ ...source, version: 2, changes: () => [doc('n', 'new')] }]);
    await run.runner.start();
    expect(await run.ids('new')).toEqual(['n']);
    await run.end();
  });

  it('parks the stream of an event that cannot be read, and goes on with others', async () => {
    const log = new MemoryLog();
    const run = setUp(temporary(), log);
    await run.runner.start();
    log.add('a', 'indexed', 'poison');
    log.add('a', 'indexed', [doc('a', 'word')]);
    log.add('c', 'indexed', [{ put: { kind: 'ticket', id: 'c', title: 5 } }]);
    const { position } = log.add('b', 'indexed', [doc('b', 'word')]);
    await run.runner.waitFor(position);
    expect(await run.ids('word')).toEqual(['b']);
    expect((await run.runner.status())[0]!.parked.map(({ stream }) => stream)).toEqual(['a', 'c']);
    await run.end();
  });
});

describe('what is removed from SQLite search', () => {
  const bytes = (directory: string) =>
    readdirSync(directory)
      .map((file) => readFileSync(join(directory, file), 'latin1').toLowerCase())
      .join('\n');
  const word = (n: number) => `w${n.toString(36)}zq${(n * 7919).toString(36)}`;

  it('is in none of its files, while it is open', async () => {
    const directory = temporary();
    const search = openSqliteSearch({ directory, sources: [source] });
    const change = await live(search);
    await change(doc('a', 'Zanzibarium', 'about quokkaesque things'), doc('b', 'other', 'stays here'));
    expect(bytes(directory)).toContain('zanzibarium');
    await change(doc('a', 'harmless', null));
    expect(bytes(directory)).not.toMatch(/zanzibarium|quokkaesque/);
    await change({ remove: { kind: 'ticket', id: 'a' } });
    expect(bytes(directory)).not.toContain('harmless');
    expect(bytes(directory)).toContain('stays');
    await search.close();
  });

  it('is in none of them when there are many documents', async () => {
    const directory = temporary();
    const search = openSqliteSearch({ directory, sources: [source] });
    const change = await live(search);
    const many = (from: number) =>
      Array.from({ length: 500 }, (_, n) =>
        doc(`d${from + n}`, word(from + n), `common text ${word(from + n + 100_000)}`),
      );
    for (let from = 0; from < 5_000; from += 500) await change(...many(from));
    await change(
      ...many(0).map((put) => ({ remove: { kind: 'ticket', id: (put as { put: { id: string } }).put.id } })),
    );
    const left = bytes(directory);
    const found = Array.from({ length: 500 }, (_, n) => [word(n), word(n + 100_000)])
      .flat()
      .filter((text) => left.includes(text));
    expect(found).toEqual([]);
    expect(left).toContain(word(700));
    await search.close();
  });
});
