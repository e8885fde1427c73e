import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCollector } from './build';
import { projectRoot, readCatalogue } from './catalogue-items';
import { withItems } from './describe';
import { readQueries } from './sql';

const root = projectRoot();
const { items } = readCatalogue(root);
const asked = items.filter(({ item }) => item.startsWith('pg.') || item.startsWith('db.'));
const shell = buildCollector({ network: true, windows: false });
const windows = buildCollector({ network: true, windows: true });

describe('the one-file collector', () => {
  it('has a query for every item of a server, and no query without an item', () => {
    expect([...readQueries(root).keys()].sort()).toEqual(asked.map(({ item }) => item).sort());
  });

  it('says how every item went, in the shell and the PowerShell variant', () => {
    for (const { item } of asked) for (const text of [shell, windows]) expect(text).toContain(`\\echo @ ${item} `);
  });

  // tables_top is two lists in one.
  const limited = asked.filter(({ item, limit }) => limit !== undefined && item !== 'db.tables_top');

  it.each(limited)('ends the query of $item at the limit that the catalogue names', ({ item, limit }) => {
    expect(
      readQueries(root)
        .get(item)
        ?.match(/LIMIT \d+/g)
        ?.at(-1),
    ).toBe(`LIMIT ${limit ?? 0}`);
  });

  it('leaves no mark unfilled', () => {
    for (const text of [shell, windows]) expect(text).not.toMatch(/@(VERSION|CATALOGUE|FORMAT|ITEMS)@/);
  });

  it('holds no code that sends anything in the build without network', () => {
    for (const withWindows of [false, true]) {
      const text = buildCollector({ network: false, windows: withWindows });
      expect(text).not.toMatch(/curl|Invoke-WebRequest|Bearer|https?:\/\//);
    }
    expect(shell).toContain('curl');
  });

  it('can be read in a plain editor: lines of a sensible length, fewer than two thousand', () => {
    const lines = shell.split('\n').filter((line) => !/^(pg|db|host|barman)\./.test(line));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(420);
    expect(lines.length).toBeLessThan(2000);
  });

  it('never asks for texts that can hold a secret', () => {
    const queries = [...readQueries(root).values()].join('\n');
    for (const column of [
      'subconninfo',
      'prosrc',
      'rolpassword,',
      'srvoptions',
      'umoptions',
      'description',
      'indexdef',
      'pg_get_',
      'pg_stats',
      'query,',
    ])
      expect(queries).not.toContain(column);
  });
});

it('docs/collector.md lists what the collector takes', () => {
  const page = readFileSync(join(root, 'docs', 'collector.md'), 'utf8');
  expect(withItems(page)).toBe(page);
});
