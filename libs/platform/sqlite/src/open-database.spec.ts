import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from './open-database';

describe('openDatabase', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-sqlite-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('makes missing directories and opens in WAL mode', () => {
    const database = openDatabase(join(directory, 'a', 'b', 'x.sqlite'), { synchronous: 'FULL' });
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
  });

  it.each([
    ['FULL', 2],
    ['NORMAL', 1],
  ] as const)('sets the level %s at the first open and at every later one', (synchronous, level) => {
    const file = join(directory, 'x.sqlite');
    for (let round = 0; round < 2; round++) {
      const database = openDatabase(file, { synchronous });
      database.exec('CREATE TABLE IF NOT EXISTS t (x)');
      database.exec('INSERT INTO t VALUES (1)');
      expect(database.pragma('synchronous', { simple: true })).toBe(level);
      database.close();
    }
  });

  it('refuses to make a file that is opened for reading', () => {
    expect(() => openDatabase(join(directory, 'none.sqlite'), { synchronous: 'FULL', readonly: true })).toThrow();
  });

  it('refuses writes through a connection opened for reading', () => {
    const file = join(directory, 'x.sqlite');
    const writer = openDatabase(file, { synchronous: 'FULL' });
    writer.exec('CREATE TABLE t (x)');
    const reader = openDatabase(file, { synchronous: 'FULL', readonly: true });
    expect(() => reader.exec('INSERT INTO t VALUES (1)')).toThrow(/readonly/);
    reader.close();
    writer.close();
  });
});
