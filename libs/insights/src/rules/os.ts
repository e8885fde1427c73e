import { items } from '../format/items';
import type { RowOf } from '../format/item';
import type { Facts } from './facts';
import {
  fail,
  info,
  notApplicable,
  notEvaluated,
  pass,
  rule,
  threshold,
  worst,
  type RuleContext,
  type Severity,
} from './rule';

const { kernel, df, dfInodes, dataFs, oom, time, osRelease, virtualisation, windowsDisks } = items.host;
const { settings } = items.pg;
const GiB = 1024 ** 3;
const THP = '/sys/kernel/mm/transparent_hugepage/enabled';

/** A kernel value under its /proc/sys path or its sysctl name. */
function kernelValue(facts: Facts, name: string): string | null {
  return facts.value(kernel, name) ?? facts.value(kernel, `/proc/sys/${name.replaceAll('.', '/')}`);
}

const kernelEvidence = (facts: Facts, name: string) => [
  ...facts.valueEvidence(kernel, name),
  ...facts.valueEvidence(kernel, `/proc/sys/${name.replaceAll('.', '/')}`),
];

/** How full each filesystem with data is, in space and inodes; on Windows each fixed disk. */
function diskUsages(facts: Facts) {
  const listed = (
    [
      ['space', df],
      ['inodes', dfInodes],
    ] as const
  ).flatMap(([what, item]) =>
    watched(facts, facts.rows(item)).map((row) => ({
      name: row.mount,
      what,
      percent: row.used_percent ?? 0,
      evidence: facts.evidence(item, row, 'used_percent'),
    })),
  );
  const fixed = facts.rows(windowsDisks).flatMap((row) => {
    const [, size, free] = /(\d+) (\d+)$/.exec(row.value ?? '') ?? [];
    if (size === undefined || Number(size) === 0) return [];
    const percent = Math.ceil((1 - Number(free) / Number(size)) * 100);
    return [{ name: row.key, what: 'space', percent, evidence: facts.evidence(windowsDisks, row, 'value') }];
  });
  return [...listed, ...fixed];
}

const thp = rule({
  id: 'os.thp',
  version: 1,
  target: 'os',
  kind: 'automated',
  urgent: true,
  needs: { all: [kernel] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const enabled = facts.value(kernel, THP);
    if (enabled === null) return notEvaluated('The kernel does not say whether transparent huge pages are enabled.');
    const evidence = facts.valueEvidence(kernel, THP);
    return enabled.includes('[always]') ? fail('warning', { enabled }, evidence) : pass({ enabled }, evidence);
  },
});

type Filesystem = RowOf<typeof df>;

/** Only filesystems that hold data or WAL; without that list, all that are real. */
function watched(facts: Facts, rows: readonly Filesystem[]): readonly Filesystem[] {
  const mounts = new Set(facts.rows(dataFs).map(({ value }) => value));
  const chosen = rows.filter(({ mount }) => mounts.has(mount));
  if (chosen.length > 0) return chosen;
  return rows.filter(({ device }) => device?.startsWith('/dev/') === true || device === 'overlay');
}

const disk = rule({
  id: 'os.disk',
  version: 1,
  target: 'os',
  kind: 'automated',
  urgent: true,
  needs: { any: [df, windowsDisks], optional: [dataFs, dfInodes] },
  thresholds: {
    critical_percent: threshold(95, 'percent', 'critical from this share used'),
    warning_percent: threshold(80, 'percent', 'warning from this share used'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const usages = diskUsages(facts);
    if (usages.length === 0) return notEvaluated('No filesystem with data is listed.');
    const found = worst(usages, ({ percent }): Severity | null =>
      percent >= limits.critical_percent ? 'critical' : percent >= limits.warning_percent ? 'warning' : null,
    );
    const most = Math.max(...usages.map(({ percent }) => percent));
    if (!found) return pass({ most_percent: most });
    const names = found.hits.map(({ name, percent, what }) => `${name}: ${percent} % of ${what}`);
    return fail(
      found.severity,
      { most_percent: most, full: names },
      found.hits.slice(0, 5).map(({ evidence }) => evidence),
    );
  },
});

const numberRule = (
  id: string,
  name: string,
  kind: 'automated' | 'semi_automated',
  limit: ReturnType<typeof threshold>,
) =>
  rule({
    id,
    version: 1,
    target: 'os',
    kind,
    needs: { all: [kernel] },
    thresholds: { most: limit },
    outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
    run: ({ facts, limits }) => {
      const value = Number(kernelValue(facts, name) ?? Number.NaN);
      if (Number.isNaN(value)) return notEvaluated(`${name} was not collected.`);
      const evidence = kernelEvidence(facts, name);
      return value > limits.most ? fail('warning', { value }, evidence) : pass({ value }, evidence);
    },
  });

const inContainer = (facts: Facts): boolean =>
  facts.rows(virtualisation).some(({ text }) => /docker|podman|lxc|container|kubernetes|openvz|nspawn/i.test(text));

const overcommit = rule({
  id: 'os.overcommit',
  version: 1,
  target: 'os',
  kind: 'semi_automated',
  needs: { all: [kernel], optional: [virtualisation] },
  thresholds: {},
  outcomes: ['pass', 'info', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const value = kernelValue(facts, 'vm.overcommit_memory');
    if (value === null) return notEvaluated('vm.overcommit_memory was not collected.');
    if (inContainer(facts)) return notApplicable('The server runs in a container, where the host decides.');
    const evidence = kernelEvidence(facts, 'vm.overcommit_memory');
    return value === '2' ? pass({ value }, evidence) : info({ value }, evidence);
  },
});

const hugepages = rule({
  id: 'os.hugepages',
  version: 1,
  target: 'os',
  kind: 'semi_automated',
  needs: { all: [kernel, settings] },
  thresholds: { least_bytes: threshold(8 * GiB, 'bytes', 'mentioned from this size of shared_buffers') },
  outcomes: ['pass', 'info', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const buffers = facts.settingBytes('shared_buffers');
    const pages = Number(kernelValue(facts, 'vm.nr_hugepages') ?? Number.NaN);
    if (buffers === null || Number.isNaN(pages))
      return notEvaluated('vm.nr_hugepages or shared_buffers was not collected.');
    const found = { shared_buffers: buffers, nr_hugepages: pages };
    const evidence = kernelEvidence(facts, 'vm.nr_hugepages');
    return buffers >= limits.least_bytes && pages === 0 ? info(found, evidence) : pass(found, evidence);
  },
});

const oomKills = rule({
  id: 'os.oom',
  version: 1,
  target: 'os',
  kind: 'semi_automated',
  needs: { all: [oom] },
  thresholds: { high_kills: threshold(0, 'count', 'high above this number of kills') },
  outcomes: ['pass', 'fail:high', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const counts = facts
      .rows(oom)
      .map(({ value }) => Number(value))
      .filter((count) => Number.isFinite(count));
    if (counts.length === 0) return notEvaluated('The number of kills was not collected.');
    const kills = Math.max(...counts);
    const evidence = facts.rows(oom).map((row) => facts.evidence(oom, row, 'value'));
    return kills > limits.high_kills ? fail('high', { kills }, evidence) : pass({ kills }, evidence);
  },
});

const clock = rule({
  id: 'os.clock',
  version: 1,
  target: 'os',
  kind: 'automated',
  needs: { all: [time] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const value = facts.value(time, 'NTPSynchronized');
    if (value === null) return notEvaluated('The system does not say whether its clock is synchronised.');
    const evidence = facts.valueEvidence(time, 'NTPSynchronized');
    return value === 'no'
      ? fail('warning', { synchronized: value }, evidence)
      : pass({ synchronized: value }, evidence);
  },
});

/** The support entry of a system: exact version, else its major number (RHEL 9.6 is in the table as 9). */
function supportOf({ facts, reference }: RuleContext) {
  const id = facts.value(osRelease, 'ID') ?? '';
  const version = facts.value(osRelease, 'VERSION_ID') ?? '';
  const known = reference.os.systems.filter((system) => system.id === id);
  return {
    id,
    version,
    system:
      known.find((system) => system.version === version) ??
      known.find((system) => system.version === version.split('.')[0]),
  };
}

const eol = rule({
  id: 'os.eol',
  version: 1,
  target: 'os',
  kind: 'automated',
  needs: { all: [osRelease] },
  thresholds: {},
  outcomes: ['pass', 'info', 'fail:high', 'not_applicable', 'not_evaluated'],
  run: (context) => {
    const { id, version, system } = supportOf(context);
    if (!system)
      return notEvaluated(`The support table does not know ${id || 'this system'} ${version}.`.replace(' .', '.'));
    const today = context.at.toISOString().slice(0, 10);
    const found = {
      system: `${id} ${version}`,
      end: system.end.value,
      extended_end: system.extendedEnd?.value ?? null,
    };
    const evidence = context.facts.valueEvidence(osRelease, 'VERSION_ID');
    if (today <= system.end.value) return pass(found, evidence);
    if (system.extendedEnd && today <= system.extendedEnd.value) return info(found, evidence);
    return fail('high', found, evidence);
  },
});

export const osRules = [
  thp,
  disk,
  numberRule('os.swappiness', 'vm.swappiness', 'semi_automated', threshold(10, 'count', 'warning above this value')),
  overcommit,
  hugepages,
  oomKills,
  clock,
  numberRule('os.zone_reclaim', 'vm.zone_reclaim_mode', 'automated', threshold(0, 'count', 'warning above this value')),
  eol,
] as const;
