import { items } from '../../format/items';
import { fail, notApplicable, notEvaluated, pass, rule, threshold, worst, type Severity } from '../rule';

const { replication, instance, settings, walReceiver, subscriptions } = items.pg;
const MiB = 1024 ** 2;

const lag = rule({
  id: 'pg.replication.lag',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [replication, instance], sees: 'all_stats' },
  thresholds: {
    critical_bytes: threshold(1024 * MiB, 'bytes', 'critical above this distance'),
    critical_seconds: threshold(1_800, 'seconds', 'critical above this delay'),
    warning_bytes: threshold(100 * MiB, 'bytes', 'warning above this distance'),
    warning_seconds: threshold(300, 'seconds', 'warning above this delay'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits }) => {
    // Receivers that only store WAL never replay; their replay_lag grows although all is well.
    const rows = facts.rows(replication).filter((row) => row.replay_lsn !== null);
    if (rows.length === 0) return notApplicable('No standby is connected.');
    const found = worst(rows, (row): Severity | null => {
      const [bytes, seconds] = [row.replay_lag_bytes ?? 0, row.replay_lag_s ?? 0];
      if (bytes > limits.critical_bytes || seconds > limits.critical_seconds) return 'critical';
      return bytes > limits.warning_bytes || seconds > limits.warning_seconds ? 'warning' : null;
    });
    const most = {
      standbys: rows.length,
      most_bytes: Math.max(...rows.map((row) => row.replay_lag_bytes ?? 0)),
      most_seconds: Math.max(...rows.map((row) => row.replay_lag_s ?? 0)),
    };
    if (!found) return pass(most);
    const evidence = found.hits.slice(0, 5).map((row) => facts.evidence(replication, row, 'replay_lag_bytes'));
    return fail(
      found.severity,
      { ...most, behind: found.hits.map((row) => row.application_name ?? 'a standby') },
      evidence,
    );
  },
});

const state = rule({
  id: 'pg.replication.state',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [replication, instance], sees: 'all_stats' },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts.rows(replication);
    if (rows.length === 0) return notApplicable('Nothing replicates from this server.');
    const hits = rows.filter((row) => !['streaming', 'backup', 'catchup'].includes(row.state ?? ''));
    if (hits.length === 0) return pass({ receivers: rows.length });
    const names = hits.map((row) => `${row.application_name ?? 'a standby'}: ${row.state ?? 'unknown'}`);
    return fail(
      'warning',
      { receivers: names },
      hits.slice(0, 5).map((row) => facts.evidence(replication, row, 'state')),
    );
  },
});

const alone = rule({
  id: 'pg.sync.alone',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [settings, replication, instance], sees: 'all_stats' },
  thresholds: {},
  outcomes: ['pass', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const names = facts.setting('synchronous_standby_names');
    const isSet = names?.withheld === true ? names.is_set === true : (names?.setting ?? '') !== '';
    if (!isSet) return notApplicable('Replication is not synchronous.');
    if (facts.one(instance)?.in_recovery === true) return notApplicable('This server is a standby.');
    const rows = facts.rows(replication).filter((row) => row.sync_state === 'sync' || row.sync_state === 'quorum');
    const found = { synchronous: rows.map((row) => row.application_name ?? 'a standby') };
    return rows.length > 0 ? pass(found) : fail('critical', found, facts.settingEvidence('synchronous_standby_names'));
  },
});

const NOT_STANDBY = notApplicable('This server is not a standby.');

const receiver = rule({
  id: 'pg.standby.receiver',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  urgent: true,
  // Without the right to see it, the state of a running receiver reads as null.
  needs: { all: [instance, walReceiver], sees: 'all_stats' },
  thresholds: {},
  outcomes: ['pass', 'fail:high', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    if (facts.one(instance)?.in_recovery !== true) return NOT_STANDBY;
    const running = facts.rows(walReceiver).filter((row) => row.status !== null);
    if (running.length > 0) return pass({ status: running[0]?.status ?? null });
    const row = facts.one(instance);
    return fail('high', { running: false }, row ? [facts.evidence(instance, row, 'in_recovery')] : []);
  },
});

const paused = rule({
  id: 'pg.standby.paused',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  urgent: true,
  needs: { all: [instance, walReceiver] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    if (facts.one(instance)?.in_recovery !== true) return NOT_STANDBY;
    const rows = facts.rows(walReceiver);
    if (rows.every((row) => row.replay_paused === null))
      return notEvaluated('Whether replay is paused was not collected.');
    const hit = rows.find((row) => row.replay_paused === true);
    return hit
      ? fail('warning', { paused: true }, [facts.evidence(walReceiver, hit, 'replay_paused')])
      : pass({ paused: false });
  },
});

const subscription = rule({
  id: 'pg.subscription.down',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [subscriptions] },
  thresholds: {},
  outcomes: ['pass', 'fail:high', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts.rows(subscriptions);
    if (rows.length === 0) return notApplicable('There are no subscriptions.');
    const hits = rows.filter((row) => row.enabled === true && row.worker_running === false);
    if (hits.length === 0) return pass({ subscriptions: rows.length });
    const names = hits.map((row) => `${facts.databaseOf(subscriptions, row)}: ${row.name}`);
    return fail(
      'high',
      { down: names },
      hits.slice(0, 5).map((row) => facts.evidence(subscriptions, row, 'worker_running')),
    );
  },
});

export const replicationRules = [lag, state, alone, receiver, paused, subscription] as const;
