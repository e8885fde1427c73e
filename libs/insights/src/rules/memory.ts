import { items } from '../format/items';
import type { Facts } from './facts';

/** Memory that the server can use, in bytes: the machine's, or the control group's limit if that is lower. */
export function ramOf(facts: Facts): number | null {
  const total = facts.value(items.host.meminfo, 'MemTotal');
  const match = total === null ? null : /^(\d+)\s*kB$/.exec(total);
  const machine = match ? Number(match[1]) * 1024 : null;
  const group = cgroupLimit(facts);
  if (machine === null) return group;
  return group === null ? machine : Math.min(machine, group);
}

function cgroupLimit(facts: Facts): number | null {
  const values = facts
    .rows(items.host.cgroup)
    .filter(({ key }) => key.endsWith('memory.max') || key.endsWith('memory.limit_in_bytes'))
    .map(({ value }) => Number(value))
    // "max" means no limit; version 1 says so by a number near 2^63.
    .filter((value) => Number.isFinite(value) && value > 0 && value < 2 ** 60);
  return values.length === 0 ? null : Math.min(...values);
}
