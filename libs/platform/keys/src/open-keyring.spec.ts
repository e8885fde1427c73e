import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupState, openSqliteStateStore } from '@casebook/state';
import { keyringSuite } from './keyring.suite';
import { openKeyring } from './open-keyring';

const fileOf = (directory: string, name: string): string => join(directory, `${name}.sqlite`);
const openState = (directory: string, name: string) =>
  openSqliteStateStore(fileOf(directory, name), { leaveNoTrace: true });

keyringSuite('SQLite', {
  open: async (directory, name) => openState(directory, name),
  copy: (directory, from, to) => backupState(fileOf(directory, from), fileOf(directory, to)),
});

describe('openKeyring over SQLite files', () => {
  it('leaves no wrapped copy of a destroyed key in the files', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'casebook-keys-'));
    const keyring = await openKeyring({ state: openState(directory, 'keys'), masterKeyFile: join(directory, 'm.key') });
    await keyring.ensurePersonKey('p');
    const files = ['keys.sqlite', 'keys.sqlite-wal'].map((name) => join(directory, name));
    const wrappedKeys = (): number =>
      files.reduce((sum, file) => sum + (readFileSync(file, 'latin1').match(/wrapped/g)?.length ?? 0), 0);
    expect(wrappedKeys()).toBeGreaterThan(0);
    await keyring.destroyPersonKey('p');
    expect(wrappedKeys()).toBe(0);
    await keyring.close();
    rmSync(directory, { recursive: true, force: true });
  });
});
