import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GlobalHead } from '@casebook/event-store';
import { openSqliteStateStore, type StateStore } from '@casebook/state';
import type { TusServer } from '@casebook/storage';
import { Maintenance } from './maintenance';

describe('maintenance', () => {
  const directory = mkdtempSync(join(tmpdir(), 'casebook-maintenance-'));
  let state: StateStore;
  const uploads = { sweep: jest.fn(), sweepOrphans: jest.fn() };
  const head = { checkpoint: jest.fn() };
  beforeEach(() => {
    jest.resetAllMocks();
    head.checkpoint.mockResolvedValue({ ok: true, findings: [] });
    state = openSqliteStateStore(join(directory, `${Math.random()}.sqlite`));
  });
  afterEach(() => state.close());
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const make = (instance?: string) =>
    new Maintenance(
      state,
      uploads as unknown as TusServer,
      head as unknown as GlobalHead,
      () => Promise.resolve(true),
      instance,
    );

  it('does everything although a part of it fails', async () => {
    uploads.sweep.mockRejectedValue(new Error('no disk'));
    await make().tidy();
    expect(head.checkpoint).toHaveBeenCalledTimes(1);
  });

  it('is done each time where a process is alone', async () => {
    const alone = make();
    await alone.tidy();
    await alone.tidy();
    expect(uploads.sweep).toHaveBeenCalledTimes(2);
  });

  it('is done once a round by several instances together', async () => {
    jest.useFakeTimers({ now: Date.UTC(2026, 0, 1), doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    const instances = ['east', 'west', 'north'].map(make);
    await Promise.all(instances.flatMap((one) => [one.tidy(), one.removeOrphans()]));
    expect([uploads.sweep.mock.calls.length, uploads.sweepOrphans.mock.calls.length]).toEqual([1, 1]);
    jest.setSystemTime(Date.UTC(2026, 0, 1, 0, 10));
    await Promise.all(instances.flatMap((one) => [one.tidy(), one.removeOrphans()]));
    expect([uploads.sweep.mock.calls.length, uploads.sweepOrphans.mock.calls.length]).toEqual([2, 1]);
    jest.useRealTimers();
  });
});
