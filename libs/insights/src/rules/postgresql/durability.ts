import { items } from '../../format/items';
import {
  fail,
  info,
  notApplicable,
  notEvaluated,
  pass,
  rule,
  threshold,
  type Rule,
  type RuleKind,
  type Severity,
} from '../rule';

const { settings, databases, instance } = items.pg;

/** A setting that is right or wrong. */
function settingRule(
  id: string,
  kind: RuleKind,
  setting: string,
  wrong: string,
  severity: 'critical' | 'warning',
  urgent?: true,
): Rule {
  return rule({
    id,
    version: 1,
    target: 'postgresql',
    kind,
    ...(urgent ? { urgent } : {}),
    needs: { all: [settings] },
    thresholds: {},
    outcomes: ['pass', severity === 'critical' ? 'fail:critical' : 'fail:warning', 'not_evaluated'],
    run: ({ facts }) => {
      const value = facts.settingText(setting);
      if (value === null) return notEvaluated(`${setting} was not collected.`);
      const evidence = facts.settingEvidence(setting);
      return value === wrong ? fail(severity satisfies Severity, { value }, evidence) : pass({ value }, evidence);
    },
  });
}

const checksumFailures = rule({
  id: 'pg.checksums.failures',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [databases] },
  thresholds: { critical_failures: threshold(0, 'count', 'critical above this number of failures') },
  outcomes: ['pass', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits }) => {
    // The server counts nothing, rather than 0, while checksums are off.
    if (facts.rows(databases).every((row) => row.checksum_failures === null))
      return notApplicable('Data checksums are off, so nothing is counted.');
    const hits = facts.rows(databases).filter((row) => (row.checksum_failures ?? 0) > limits.critical_failures);
    if (hits.length === 0) return pass({ failures: 0 });
    const failures = hits.reduce((sum, row) => sum + (row.checksum_failures ?? 0), 0);
    return fail(
      'critical',
      { failures, databases: hits.map((row) => row.datname) },
      hits.map((row) => facts.evidence(databases, row, 'checksum_failures')),
    );
  },
});

const checksumsOff = rule({
  id: 'pg.checksums.off',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [instance] },
  thresholds: {},
  outcomes: ['pass', 'info', 'not_evaluated'],
  run: ({ facts }) => {
    const row = facts.one(instance);
    const version = row?.data_page_checksum_version ?? null;
    if (row === null || version === null) return notEvaluated('The state of data checksums was not collected.');
    const evidence = [facts.evidence(instance, row, 'data_page_checksum_version')];
    return version === 0 ? info({ version }, evidence) : pass({ version }, evidence);
  },
});

const invalidDatabase = rule({
  id: 'pg.database.invalid',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [databases] },
  thresholds: {},
  outcomes: ['pass', 'fail:high', 'not_evaluated'],
  run: ({ facts }) => {
    const hits = facts.rows(databases).filter((row) => row.datconnlimit === -2);
    if (hits.length === 0) return pass({ databases: 0 });
    return fail(
      'high',
      { databases: hits.length, names: hits.map((row) => row.datname) },
      hits.map((row) => facts.evidence(databases, row, 'datconnlimit')),
    );
  },
});

export const durabilityRules = [
  settingRule('pg.fsync', 'automated', 'fsync', 'off', 'critical', true),
  settingRule('pg.full_page_writes', 'semi_automated', 'full_page_writes', 'off', 'critical'),
  settingRule('pg.synchronous_commit', 'semi_automated', 'synchronous_commit', 'off', 'warning'),
  checksumFailures,
  checksumsOff,
  invalidDatabase,
] as const;
