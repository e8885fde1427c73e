import { items } from '../../format/items';
import { ramOf } from '../memory';
import { fail, notEvaluated, pass, rule, threshold } from '../rule';

const { settings } = items.pg;
const { meminfo, cgroup } = items.host;
const GiB = 1024 ** 3;

const NO_RAM = notEvaluated(
  'The amount of memory was not collected.',
  'Run the collector on the database server itself, so that it can read /proc/meminfo.',
);

const sharedBuffers = rule({
  id: 'pg.shared_buffers',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  urgent: true,
  needs: { all: [settings], any: [meminfo, cgroup] },
  thresholds: {
    low_percent: threshold(15, 'percent', 'warning below this share of memory ...'),
    low_bytes: threshold(8 * GiB, 'bytes', '... unless it has at least this size'),
    high_percent: threshold(40, 'percent', 'warning above this share of memory'),
  },
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const ram = ramOf(facts);
    const size = facts.settingBytes('shared_buffers');
    if (ram === null) return NO_RAM;
    if (size === null) return notEvaluated('shared_buffers was not collected.');
    const found = { shared_buffers: size, ram, percent: Math.round((size * 1000) / ram) / 10 };
    const evidence = [...facts.settingEvidence('shared_buffers'), ...facts.valueEvidence(meminfo, 'MemTotal')];
    if (size * 100 < limits.low_percent * ram && size < limits.low_bytes)
      return fail('warning', found, evidence, 'fail_low');
    if (size * 100 > limits.high_percent * ram) return fail('warning', found, evidence, 'fail_high');
    return pass(found, evidence);
  },
});

const workMem = rule({
  id: 'pg.work_mem.budget',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [settings], any: [meminfo, cgroup] },
  thresholds: {
    ram_percent: threshold(
      100,
      'percent',
      'warning when every connection using work_mem once takes more than this share of memory',
    ),
  },
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const ram = ramOf(facts);
    const size = facts.settingBytes('work_mem');
    const connections = facts.settingNumber('max_connections');
    // hash_mem_multiplier exists from version 13; before, hashes had no more than work_mem.
    const multiplier = facts.settingNumber('hash_mem_multiplier') ?? 1;
    if (ram === null) return NO_RAM;
    if (size === null || connections === null) return notEvaluated('work_mem or max_connections was not collected.');
    const budget = Math.round(size * multiplier * connections);
    const found = { work_mem: size, hash_mem_multiplier: multiplier, max_connections: connections, budget, ram };
    const evidence = facts.settingEvidence('work_mem', 'hash_mem_multiplier', 'max_connections');
    return budget * 100 > limits.ram_percent * ram ? fail('warning', found, evidence) : pass(found, evidence);
  },
});

export const memoryRules = [sharedBuffers, workMem] as const;
