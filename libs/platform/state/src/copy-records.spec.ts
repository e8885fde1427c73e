import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyRecords } from './copy-records';
import { openSqliteStateStore } from './sqlite-state-store';

describe('copying records', () => {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-copy-'));
  let clock = 1_700_000_000_000;
  const now = () => clock;
  const from = openSqliteStateStore(join(directory, 'from.sqlite'), { now });
  const to = openSqliteStateStore(join(directory, 'to.sqlite'), { now });

  afterAll(async () => {
    await from.close();
    await to.close();
    rmSync(directory, { recursive: true });
  });

  it('takes over every space, more than a page of it, and what is left of the time', async () => {
    for (let n = 0; n < 450; n++) await from.set('session', `s-${String(n).padStart(3, '0')}`, { n });
    await from.raise('counter', 'tickets', 1_042);
    await from.set('claim', 'mail', 'x', { ttlSeconds: 100 });
    await from.set('lease', 'projections', 'east');
    clock += 40_000;
    const wanted = (space: string) => space !== 'lease';
    const counts = await copyRecords(from, to, wanted, now);
    expect([...counts]).toEqual([
      ['claim', 1],
      ['counter', 1],
      ['session', 450],
    ]);
    expect((await to.get('session', 's-449'))?.value).toEqual({ n: 449 });
    expect(await to.increment('counter', 'tickets')).toBe(1_043);
    expect((await to.get('claim', 'mail'))?.expiresAt).toBe(clock + 60_000);
    expect(await to.get('lease', 'projections')).toBeUndefined();
  });

  it('can be repeated', async () => {
    await to.delete('session', 's-007');
    await to.set('session', 's-008', 'half');
    await copyRecords(from, to, undefined, now);
    expect((await to.get('session', 's-007'))?.value).toEqual({ n: 7 });
    expect((await to.get('session', 's-008'))?.value).toEqual({ n: 8 });
  });
});
