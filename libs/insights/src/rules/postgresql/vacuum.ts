import { items } from '../../format/items';
import type { Facts } from '../facts';
import { fail, pass, rule, threshold, worst, type Severity } from '../rule';

const { settings, databases, relationTotals, activityCounts, slots, preparedXacts, instance, tablesTop, freezeTop } =
  items.pg;

const enabled = rule({
  id: 'pg.autovacuum.enabled',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [settings] },
  thresholds: {},
  outcomes: ['pass', 'fail:critical', 'not_evaluated'],
  run: ({ facts }) => {
    const found = { autovacuum: facts.settingText('autovacuum'), track_counts: facts.settingText('track_counts') };
    const evidence = facts.settingEvidence('autovacuum', 'track_counts');
    return found.autovacuum === 'on' && found.track_counts === 'on'
      ? pass(found, evidence)
      : fail('critical', found, evidence);
  },
});

const tableOff = rule({
  id: 'pg.autovacuum.table_off',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [relationTotals] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts }) => {
    const hits = facts.rows(relationTotals).filter((row) => (row.autovacuum_disabled ?? 0) > 0);
    if (hits.length === 0) return pass({ tables: 0 });
    const tables = hits.reduce((sum, row) => sum + (row.autovacuum_disabled ?? 0), 0);
    const names = hits.map((row) => `${facts.databaseOf(relationTotals, row)}: ${row.autovacuum_disabled ?? 0}`);
    const evidence = hits.map((row) => facts.evidence(relationTotals, row, 'autovacuum_disabled'));
    return fail('warning', { tables, databases: names }, evidence);
  },
});

interface Ages {
  readonly column: 'xid_age' | 'mxid_age';
  readonly failsafe: string;
  readonly freeze: string;
}

/** The oldest database against three limits; the warning limit follows the server's own freeze setting. */
function ageOutcome(
  facts: Facts,
  { column, failsafe, freeze }: Ages,
  limits: { critical_age: number; high_age: number; warning_age: number; warning_freeze_times: number },
) {
  const rows = [...facts.rows(databases)].sort((a, b) => b[column] - a[column]);
  const [oldest] = rows;
  if (!oldest) return pass({ databases: 0 });
  const age = oldest[column];
  const critical = Math.min(limits.critical_age, facts.settingNumber(failsafe) ?? limits.critical_age);
  const warning = Math.max(limits.warning_age, limits.warning_freeze_times * (facts.settingNumber(freeze) ?? 0));
  const severity: Severity | null =
    age >= critical ? 'critical' : age >= limits.high_age ? 'high' : age >= warning ? 'warning' : null;
  const found = {
    database: oldest.datname,
    age,
    critical_from: critical,
    high_from: limits.high_age,
    warning_from: warning,
  };
  const evidence = [facts.evidence(databases, oldest, column)];
  if (severity === null) return pass(found, evidence);
  return fail(severity, { ...found, tables: oldestTables(facts, column, oldest.datname) }, evidence);
}

/** Which tables of a database to freeze first. */
const oldestTables = (facts: Facts, column: Ages['column'], database: string): readonly string[] =>
  facts
    .rows(freezeTop)
    .filter((row) => facts.databaseOf(freezeTop, row) === database)
    .sort((a, b) => (b[column] ?? 0) - (a[column] ?? 0))
    .slice(0, 5)
    .map((row) => `${row.table ?? '?'} (${(row[column] ?? 0).toLocaleString('en-US')})`);

const ageThresholds = {
  critical_age: threshold(
    1_600_000_000,
    'transactions',
    "critical from this age, or from the server's own failsafe age if lower",
  ),
  high_age: threshold(2 ** 30, 'transactions', 'high from this age, half of what is possible'),
  warning_age: threshold(500_000_000, 'transactions', 'warning from this age'),
  warning_freeze_times: threshold(2, 'count', "but not below this many times the server's freeze_max_age"),
};

const xid = rule({
  id: 'pg.xid.wraparound',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [databases, settings], optional: [freezeTop] },
  thresholds: ageThresholds,
  outcomes: ['pass', 'fail:warning', 'fail:high', 'fail:critical', 'not_evaluated'],
  run: ({ facts, limits }) =>
    ageOutcome(
      facts,
      { column: 'xid_age', failsafe: 'vacuum_failsafe_age', freeze: 'autovacuum_freeze_max_age' },
      limits,
    ),
});

const mxid = rule({
  id: 'pg.mxid.wraparound',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [databases, settings], optional: [freezeTop] },
  thresholds: ageThresholds,
  outcomes: ['pass', 'fail:warning', 'fail:high', 'fail:critical', 'not_evaluated'],
  run: ({ facts, limits }) =>
    ageOutcome(
      facts,
      {
        column: 'mxid_age',
        failsafe: 'vacuum_multixact_failsafe_age',
        freeze: 'autovacuum_multixact_freeze_max_age',
      },
      limits,
    ),
});

const xmin = rule({
  id: 'pg.xmin.held',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  urgent: true,
  needs: { all: [activityCounts, slots, preparedXacts, instance], sees: 'all_stats' },
  thresholds: {
    high_age: threshold(200_000_000, 'transactions', 'high above this age of the oldest horizon'),
    warning_age: threshold(50_000_000, 'transactions', 'warning above this age of the oldest horizon'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:high', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const holders = [
      ...facts.rows(activityCounts).map((row) => ({
        age: row.oldest_xmin_age ?? 0,
        holder: `sessions in state ${row.state ?? row.backend_type ?? 'unknown'}`,
        evidence: () => facts.evidence(activityCounts, row, 'oldest_xmin_age'),
      })),
      ...facts.rows(slots).map((row) => ({
        age: Math.max(row.xmin_age ?? 0, row.catalog_xmin_age ?? 0),
        holder: `replication slot ${row.slot_name}`,
        evidence: () =>
          facts.evidence(
            slots,
            row,
            (row.xmin_age ?? 0) >= (row.catalog_xmin_age ?? 0) ? 'xmin_age' : 'catalog_xmin_age',
          ),
      })),
      ...facts.rows(preparedXacts).map((row) => ({
        age: row.xid_age ?? 0,
        holder: `prepared transaction in ${row.database ?? 'a database'}`,
        evidence: () => facts.evidence(preparedXacts, row, 'xid_age'),
      })),
    ].sort((a, b) => b.age - a.age);
    const [oldest] = holders;
    if (!oldest) return pass({ age: 0 });
    const found = { age: oldest.age, holder: oldest.holder };
    if (oldest.age > limits.high_age) return fail('high', found, [oldest.evidence()]);
    if (oldest.age > limits.warning_age) return fail('warning', found, [oldest.evidence()]);
    return pass({ age: oldest.age });
  },
});

const deadRows = rule({
  id: 'pg.dead_rows',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [tablesTop] },
  thresholds: {
    least_dead_rows: threshold(100_000, 'count', 'tables with no more dead rows than this are left out'),
    high_percent: threshold(50, 'percent', 'high from this share of dead rows'),
    warning_percent: threshold(20, 'percent', 'warning from this share of dead rows'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:high', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const found = worst(facts.rows(tablesTop), (row): Severity | null => {
      const dead = row.dead_rows ?? 0;
      if (dead <= limits.least_dead_rows) return null;
      const total = dead + (row.live_rows ?? 0);
      if (dead * 100 >= limits.high_percent * total) return 'high';
      return dead * 100 >= limits.warning_percent * total ? 'warning' : null;
    });
    if (!found) return pass({ tables: 0 });
    const names = found.hits.map(
      (row) => `${facts.databaseOf(tablesTop, row)}: ${row.table} (${row.dead_rows ?? 0} dead)`,
    );
    const evidence = found.hits.slice(0, 5).map((row) => facts.evidence(tablesTop, row, 'dead_rows'));
    return fail(found.severity, { tables: found.hits.length, names: names.slice(0, 20) }, evidence);
  },
});

export const vacuumRules = [enabled, tableOff, xid, mxid, xmin, deadRows] as const;
