import { items } from '../../format/items';
import type { Facts } from '../facts';
import { fail, info, pass, rule, threshold, worst, type Found, type Severity } from '../rule';

const { indexesAttention, fkWithoutIndex, sequencesAttention, extensions } = items.pg;
const MiB = 1024 ** 2;
const SHOWN = 20;

type IndexRow = ReturnType<typeof indexRows>[number];

const indexRows = (facts: Facts, issue: string) => facts.rows(indexesAttention).filter((row) => row.issue === issue);

function indexFacts(facts: Facts, rows: readonly IndexRow[]): Found {
  return {
    indexes: rows.length,
    bytes: rows.reduce((sum, row) => sum + (row.bytes ?? 0), 0),
    names: rows.slice(0, SHOWN).map((row) => `${facts.databaseOf(indexesAttention, row)}: ${row.index}`),
  };
}

const indexEvidence = (facts: Facts, rows: readonly IndexRow[]) =>
  rows.slice(0, 5).map((row) => facts.evidence(indexesAttention, row, 'index'));

const invalid = rule({
  id: 'pg.index.invalid',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [indexesAttention] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts }) => {
    // A concurrent build in progress looks invalid until it ends.
    const rows = indexRows(facts, 'invalid').filter((row) => row.being_built !== true);
    return rows.length === 0
      ? pass({ indexes: 0 })
      : fail('warning', indexFacts(facts, rows), indexEvidence(facts, rows));
  },
});

const duplicate = rule({
  id: 'pg.index.duplicate',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [indexesAttention] },
  thresholds: {},
  outcomes: ['pass', 'info', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = indexRows(facts, 'duplicate');
    return rows.length === 0 ? pass({ indexes: 0 }) : info(indexFacts(facts, rows), indexEvidence(facts, rows));
  },
});

const unused = rule({
  id: 'pg.index.unused',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [indexesAttention] },
  thresholds: {
    least_bytes: threshold(100 * MiB, 'bytes', 'mentioned above this size ...'),
    least_seconds: threshold(30 * 86_400, 'seconds', '... when the statistics are older than this'),
  },
  outcomes: ['pass', 'info', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const rows = indexRows(facts, 'unused').filter(
      (row) => (row.bytes ?? 0) > limits.least_bytes && (row.stats_age_s ?? 0) > limits.least_seconds,
    );
    return rows.length === 0 ? pass({ indexes: 0 }) : info(indexFacts(facts, rows), indexEvidence(facts, rows));
  },
});

const foreignKeys = rule({
  id: 'pg.fk.unindexed',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [fkWithoutIndex] },
  thresholds: { least_bytes: threshold(100 * MiB, 'bytes', 'mentioned when the table is larger than this') },
  outcomes: ['pass', 'info', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const rows = facts.rows(fkWithoutIndex).filter((row) => (row.bytes ?? 0) > limits.least_bytes);
    if (rows.length === 0) return pass({ constraints: 0 });
    const names = rows
      .slice(0, SHOWN)
      .map((row) => `${facts.databaseOf(fkWithoutIndex, row)}: ${row.table} ${row.constraint}`);
    const evidence = rows.slice(0, 5).map((row) => facts.evidence(fkWithoutIndex, row, 'constraint'));
    return info({ constraints: rows.length, names }, evidence);
  },
});

const sequences = rule({
  id: 'pg.sequence.full',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [sequencesAttention] },
  thresholds: {
    critical_percent: threshold(90, 'percent', 'critical from this share of the values used'),
    warning_percent: threshold(75, 'percent', 'warning from this share of the values used'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:critical', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const rows = facts.rows(sequencesAttention).filter((row) => row.cycles !== true);
    const found = worst(rows, (row): Severity | null =>
      row.used_percent >= limits.critical_percent
        ? 'critical'
        : row.used_percent >= limits.warning_percent
          ? 'warning'
          : null,
    );
    const most = Math.max(0, ...rows.map((row) => row.used_percent));
    if (!found) return pass({ most_percent: most });
    const names = found.hits
      .slice(0, SHOWN)
      .map((row) => `${facts.databaseOf(sequencesAttention, row)}: ${row.sequence} (${row.used_percent} %)`);
    const evidence = found.hits.slice(0, 5).map((row) => facts.evidence(sequencesAttention, row, 'used_percent'));
    return fail(found.severity, { sequences: found.hits.length, most_percent: most, names }, evidence);
  },
});

const outdated = rule({
  id: 'pg.extension.outdated',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [extensions] },
  thresholds: {},
  outcomes: ['pass', 'info', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts
      .rows(extensions)
      .filter((row) => row.default_version !== null && row.version !== row.default_version);
    if (rows.length === 0) return pass({ extensions: 0 });
    const names = rows
      .slice(0, SHOWN)
      .map(
        (row) =>
          `${facts.databaseOf(extensions, row)}: ${row.name} ${row.version ?? '?'}, package ${row.default_version ?? '?'}`,
      );
    return info(
      { extensions: rows.length, names },
      rows.slice(0, 5).map((row) => facts.evidence(extensions, row, 'version')),
    );
  },
});

export const objectRules = [invalid, duplicate, unused, foreignKeys, sequences, outdated] as const;
