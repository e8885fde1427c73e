import { items } from '../format/items';
import type { Facts } from './facts';
import { fail, notEvaluated, pass, rule, threshold, worst, type Severity } from './rule';

const { check, backups, servers } = items.barman;
const DAY = 86_400;

/** Checks whose failure means that the latest data are not safe. */
const VITAL =
  /^(postgresql|connection|receive wal|(wal )?archive|continuous archiving|archiver errors|failed backups|wal level|replication slot|ssh|systemid)/;

const isVital = (check: string): boolean => VITAL.test(check.toLowerCase().replace(/[-_]/g, ' '));

/** The collector writes "withheld" where a hint was not plain words. */
const hintOf = (hint: string | null): string =>
  hint === null || hint === '' || hint === 'withheld' ? '' : ` (${hint})`;

const failedChecks = rule({
  id: 'barman.check',
  version: 1,
  target: 'barman',
  kind: 'automated',
  urgent: true,
  needs: { all: [check] },
  thresholds: {},
  outcomes: ['pass', 'fail:high', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts.rows(check);
    const found = worst(rows, (row): Severity | null =>
      row.status !== 'FAILED' ? null : isVital(row.check) ? 'critical' : 'high',
    );
    if (!found) return pass({ checks: rows.length });
    const names = found.hits.map((row) => `${row.server}: ${row.check}${hintOf(row.hint)}`);
    const evidence = found.hits.slice(0, 5).map((row) => facts.evidence(check, row, 'status'));
    return fail(found.severity, { failed: found.hits.length, names: names.slice(0, 30) }, evidence);
  },
});

/** Servers that Barman knows, from whichever item names them. */
const serverNames = (facts: Facts): readonly string[] => [
  ...new Set([check, backups, servers].flatMap((item) => facts.rows(item).map(({ server }) => server))),
];

const done = (facts: Facts, server: string) =>
  facts.rows(backups).filter((row) => row.server === server && row.status === 'DONE');

const missing = rule({
  id: 'barman.backup.missing',
  version: 1,
  target: 'barman',
  kind: 'automated',
  urgent: true,
  needs: { all: [backups], optional: [check, servers] },
  thresholds: {},
  outcomes: ['pass', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const names = serverNames(facts);
    const bare = names.filter((server) => done(facts, server).length === 0);
    return bare.length === 0 ? pass({ servers: names.length }) : fail('critical', { without_backup: bare });
  },
});

const age = rule({
  id: 'barman.backup.age',
  version: 1,
  target: 'barman',
  kind: 'automated',
  urgent: true,
  needs: { all: [backups] },
  thresholds: {
    critical_seconds: threshold(30 * DAY, 'seconds', 'critical when the newest backup is older than this'),
    high_seconds: threshold(7 * DAY, 'seconds', 'high when it is older than this'),
  },
  outcomes: ['pass', 'fail:high', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits, at }) => {
    const newest = serverNames(facts).flatMap((server) => {
      const ends = done(facts, server).flatMap((row) => (row.end_time === null ? [] : [{ row, end: row.end_time }]));
      const last = ends.sort((a, b) => b.end - a.end)[0];
      return last ? [{ server, row: last.row, age: Math.round(at.getTime() / 1000 - last.end) }] : [];
    });
    if (newest.length === 0) return notEvaluated('No finished backup with a time is listed.');
    const found = worst(newest, (backup): Severity | null =>
      backup.age > limits.critical_seconds ? 'critical' : backup.age > limits.high_seconds ? 'high' : null,
    );
    const oldest = Math.max(...newest.map((backup) => backup.age));
    if (!found) return pass({ oldest_seconds: oldest });
    const evidence = found.hits.slice(0, 5).map((backup) => facts.evidence(backups, backup.row, 'end_time'));
    return fail(found.severity, { servers: found.hits.map(({ server }) => server), oldest_seconds: oldest }, evidence);
  },
});

const configured = (facts: Facts, server: string, key: string): string | null =>
  facts.rows(servers).find((row) => row.server === server && row.key === key)?.value ?? null;

const isUnset = (value: string | null): boolean =>
  value === null || ['', 'none', 'None', 'null', 'not set'].includes(value);

const retention = rule({
  id: 'barman.retention',
  version: 1,
  target: 'barman',
  kind: 'semi_automated',
  needs: { all: [servers] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const hits = serverNames(facts).filter((server) => isUnset(configured(facts, server, 'retention_policy')));
    return hits.length === 0 ? pass({ without: [] }) : fail('warning', { without: hits });
  },
});

const redundancy = rule({
  id: 'barman.redundancy',
  version: 1,
  target: 'barman',
  kind: 'semi_automated',
  needs: { all: [servers] },
  thresholds: { least_backups: threshold(1, 'count', 'warning below this minimum_redundancy') },
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const hits = serverNames(facts).filter(
      (server) => Number(configured(facts, server, 'minimum_redundancy') ?? '0') < limits.least_backups,
    );
    return hits.length === 0 ? pass({ below: [] }) : fail('warning', { below: hits });
  },
});

export const barmanRules = [failedChecks, missing, age, retention, redundancy] as const;
