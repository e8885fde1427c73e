import { items } from '../../format/items';
import { quoteRole } from '../access-advice';
import type { Facts } from '../facts';
import { fail, notApplicable, notEvaluated, pass, rule, threshold, worst, type Severity } from '../rule';

const { settings, commands, slots, archiver, instance, walDir, bgwriter, checkpointer } = items.pg;
const GiB = 1024 ** 3;

const STANDBY = notApplicable('This server is a standby; its primary archives.');

const onStandby = (facts: Facts): boolean =>
  facts.one(instance)?.in_recovery === true && facts.settingText('archive_mode') !== 'always';

/** A command or library that really takes the WAL somewhere. */
function archives(facts: Facts): boolean {
  const mode = facts.settingText('archive_mode');
  if (mode !== 'on' && mode !== 'always') return false;
  const command = facts.rows(commands).find(({ name }) => name === 'archive_command');
  const library =
    facts.rows(commands).find(({ name }) => name === 'archive_library') ?? facts.setting('archive_library');
  return (command?.is_set === true && command.is_noop !== true) || library?.is_set === true;
}

const missing = rule({
  id: 'pg.archive.missing',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  urgent: true,
  needs: { all: [settings, commands, slots, instance] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    if (onStandby(facts)) return STANDBY;
    const mode = facts.settingText('archive_mode');
    // A backup tool may stream WAL through a physical slot instead; Barman names its slot after itself.
    const streaming = facts
      .rows(slots)
      .filter((row) => row.slot_type === 'physical' && /barman|receivewal|backup/i.test(row.slot_name));
    const found = { archive_mode: mode, receiving_slots: streaming.map((row) => row.slot_name) };
    const evidence = [
      ...facts.settingEvidence('archive_mode'),
      ...facts
        .rows(commands)
        .filter(({ name }) => name === 'archive_command')
        .map((row) => facts.evidence(commands, row, 'is_noop')),
    ];
    return archives(facts) || streaming.length > 0 ? pass(found, evidence) : fail('warning', found, evidence);
  },
});

const failing = rule({
  id: 'pg.archive.failing',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [archiver, settings, instance] },
  thresholds: {
    critical_ready_files: threshold(100, 'count', 'critical above this number of WAL files waiting to be archived'),
    warning_failure_seconds: threshold(86_400, 'seconds', 'warning when the last failure is not older than this'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits }) => {
    if (onStandby(facts)) return STANDBY;
    const mode = facts.settingText('archive_mode');
    if (mode === 'off') return notApplicable('WAL archiving is off.');
    const row = facts.one(archiver);
    if (!row) return notEvaluated('pg.archiver has no row.');
    const { last_failed_age_s: failed, last_archived_age_s: archived, ready_files: ready } = row;
    const found = {
      last_failure_seconds: failed,
      last_success_seconds: archived,
      ready_files: ready,
      failed_count: row.failed_count,
    };
    // Counters never go down: 21 failures last year say nothing, a failure after the last success does.
    if (failed !== null && (archived === null || failed < archived))
      return fail('critical', found, [facts.evidence(archiver, row, 'last_failed_age_s')], 'fail_stuck');
    if (ready !== null && ready > limits.critical_ready_files)
      return fail('critical', found, [facts.evidence(archiver, row, 'ready_files')], 'fail_backlog');
    if (failed !== null && failed <= limits.warning_failure_seconds)
      return fail('warning', found, [facts.evidence(archiver, row, 'last_failed_age_s')]);
    if (ready === null)
      return notEvaluated(
        'No attempt failed since the last success, but the number of waiting files is hidden from the role.',
        `GRANT pg_monitor TO ${quoteRole(facts.one(instance)?.role)};`,
      );
    return pass(found, [facts.evidence(archiver, row)]);
  },
});

const size = rule({
  id: 'pg.wal.size',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [walDir, settings] },
  thresholds: {
    warning_times: threshold(3, 'count', 'warning above this many times max_wal_size ...'),
    warning_bytes: threshold(10 * GiB, 'bytes', '... and above this size'),
  },
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const row = facts.one(walDir);
    const maximum = facts.settingBytes('max_wal_size');
    if (!row || maximum === null) return notEvaluated('The WAL directory or max_wal_size was not collected.');
    const found = { bytes: row.bytes, max_wal_size: maximum };
    const evidence = [facts.evidence(walDir, row, 'bytes')];
    return row.bytes > limits.warning_times * maximum && row.bytes > limits.warning_bytes
      ? fail('warning', found, evidence)
      : pass(found, evidence);
  },
});

const inactive = rule({
  id: 'pg.slot.inactive',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [slots] },
  thresholds: {
    critical_bytes: threshold(10 * GiB, 'bytes', 'critical above this much kept WAL'),
    high_bytes: threshold(GiB, 'bytes', 'high above this much kept WAL; warning below'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:high', 'fail:critical', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const rows = facts.rows(slots);
    const found = worst(rows, (row): Severity | null => {
      if (row.active || row.temporary === true) return null;
      const kept = row.retained_bytes ?? 0;
      return kept > limits.critical_bytes ? 'critical' : kept > limits.high_bytes ? 'high' : 'warning';
    });
    if (!found) return pass({ slots: rows.length });
    const retained = Math.max(...found.hits.map((row) => row.retained_bytes ?? 0));
    const evidence = found.hits.slice(0, 5).map((row) => facts.evidence(slots, row, 'retained_bytes'));
    return fail(
      found.severity,
      { inactive: found.hits.map((row) => row.slot_name), retained_bytes: retained },
      evidence,
    );
  },
});

const lost = rule({
  id: 'pg.slot.lost',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [slots] },
  thresholds: {},
  outcomes: ['pass', 'fail:high', 'fail:critical', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts.rows(slots);
    const found = worst(rows, (row): Severity | null =>
      row.wal_status === 'lost' ? 'critical' : row.wal_status === 'unreserved' ? 'high' : null,
    );
    if (!found) return pass({ slots: rows.length });
    const names = found.hits.map((row) => `${row.slot_name} (${row.wal_status ?? ''})`);
    return fail(
      found.severity,
      { slots: names },
      found.hits.slice(0, 5).map((row) => facts.evidence(slots, row, 'wal_status')),
    );
  },
});

const unbounded = rule({
  id: 'pg.slot.unbounded',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  urgent: true,
  needs: { all: [slots, settings] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const limit = facts.settingNumber('max_slot_wal_keep_size');
    if (limit === null)
      return notApplicable('This version cannot bound what a slot keeps (it can from PostgreSQL 13).');
    const names = facts.rows(slots).map((row) => row.slot_name);
    const found = { max_slot_wal_keep_size: limit, slots: names };
    const evidence = facts.settingEvidence('max_slot_wal_keep_size');
    return limit < 0 && names.length > 0 ? fail('warning', found, evidence) : pass(found, evidence);
  },
});

const requested = rule({
  id: 'pg.checkpoints.requested',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { any: [bgwriter, checkpointer] },
  thresholds: { least_checkpoints: threshold(20, 'count', 'looked at only above this number of checkpoints') },
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const old = facts.one(bgwriter);
    const recent = facts.one(checkpointer);
    const timed = recent?.num_timed ?? old?.checkpoints_timed ?? null;
    const forced = recent?.num_requested ?? old?.checkpoints_req ?? null;
    if (timed === null || forced === null) return notEvaluated('The number of checkpoints was not collected.');
    const row = recent?.num_timed != null ? recent : old;
    const item = row === recent ? checkpointer : bgwriter;
    const evidence = row ? [facts.evidence(item, row, row === recent ? 'num_requested' : 'checkpoints_req')] : [];
    return timed + forced > limits.least_checkpoints && forced > timed
      ? fail('warning', { timed, requested: forced }, evidence)
      : pass({ timed, requested: forced }, evidence);
  },
});

export const walRules = [missing, failing, size, inactive, lost, unbounded, requested] as const;
