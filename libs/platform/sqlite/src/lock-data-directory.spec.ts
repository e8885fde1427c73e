import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataDirectory } from './lock-data-directory';

const otherProcess = (directory: string): string =>
  spawnSync(
    process.execPath,
    [
      '-e',
      `const D = require(${JSON.stringify(require.resolve('better-sqlite3'))});
       const d = new D(${JSON.stringify(join(directory, 'lock.sqlite'))}, { timeout: 0 });
       try { d.exec('BEGIN EXCLUSIVE'); console.log('taken'); } catch (e) { console.log(e.code); }
       process.kill(process.pid, 'SIGKILL');`,
    ],
    { encoding: 'utf8' },
  ).stdout.trim();

describe('lockDataDirectory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'casebook-lock-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('keeps other processes out until it is released', () => {
    const lock = lockDataDirectory(directory);
    expect(otherProcess(directory)).toBe('SQLITE_BUSY');
    lock.release();
    expect(otherProcess(directory)).toBe('taken');
  });

  it('is free again after its holder was killed', () => {
    expect(otherProcess(directory)).toBe('taken');
    lockDataDirectory(directory).release();
  });

  it('says that another process uses the directory', () => {
    const lock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(/Another process uses the data directory/);
    lock.release();
    lock.release();
  });
});
