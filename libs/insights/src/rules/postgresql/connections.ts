import { items } from '../../format/items';
import { fail, info, notEvaluated, pass, rule, threshold, worst, type Severity } from '../rule';

const { connections, instance, settings, activityCounts, preparedXacts } = items.pg;

const used = rule({
  id: 'pg.connections.used',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [connections, instance], sees: 'all_stats' },
  thresholds: {
    critical_percent: threshold(95, 'percent', 'critical above this share'),
    warning_percent: threshold(75, 'percent', 'warning above this share'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:critical', 'not_evaluated'],
  // A server without a free slot refuses the collector too: that refusal is the finding.
  before: ({ facts }) =>
    facts.collection.manifest.items.some((line) => line.detail === '53300')
      ? fail('critical', { refused: true }, [], 'fail_refused')
      : null,
  run: ({ facts, limits }) => {
    const row = facts.one(connections);
    if (!row) return notEvaluated('pg.connections has no row.');
    const limit = row.max_connections - row.superuser_reserved_connections;
    if (limit <= 0) return notEvaluated('max_connections leaves no connection for ordinary roles.');
    const percent = Math.round((row.client_backends * 1000) / limit) / 10;
    const found = {
      client_backends: row.client_backends,
      limit,
      percent,
      max_connections: row.max_connections,
      superuser_reserved_connections: row.superuser_reserved_connections,
      reserved_connections: row.reserved_connections,
    };
    const evidence = [facts.evidence(connections, row, 'client_backends')];
    // Compared by multiplication: exact at the threshold.
    if (row.client_backends * 100 > limits.critical_percent * limit) return fail('critical', found, evidence);
    if (row.client_backends * 100 > limits.warning_percent * limit) return fail('warning', found, evidence);
    return pass(found, evidence);
  },
});

const max = rule({
  id: 'pg.connections.max',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [settings] },
  thresholds: {
    warning_connections: threshold(500, 'count', 'warning above this max_connections'),
    info_connections: threshold(200, 'count', 'mentioned above this max_connections'),
  },
  outcomes: ['pass', 'info', 'fail:warning', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const value = facts.settingNumber('max_connections');
    if (value === null) return notEvaluated('max_connections was not collected.');
    const evidence = facts.settingEvidence('max_connections');
    if (value > limits.warning_connections) return fail('warning', { max_connections: value }, evidence);
    if (value > limits.info_connections) return info({ max_connections: value }, evidence);
    return pass({ max_connections: value }, evidence);
  },
});

const idle = rule({
  id: 'pg.idle_in_transaction',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [activityCounts, instance], sees: 'all_stats' },
  thresholds: {
    high_seconds: threshold(3_600, 'seconds', 'high above this age of the oldest'),
    warning_seconds: threshold(300, 'seconds', 'warning above this age of the oldest'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:high', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const rows = facts.rows(activityCounts).filter((row) => row.state?.startsWith('idle in transaction') === true);
    const age = (row: (typeof rows)[number]) => row.oldest_state_age_s ?? 0;
    const sessions = rows.reduce((sum, row) => sum + row.sessions, 0);
    const oldest = Math.max(0, ...rows.map(age));
    const found = worst(rows, (row): Severity | null =>
      age(row) > limits.high_seconds ? 'high' : age(row) > limits.warning_seconds ? 'warning' : null,
    );
    if (!found) return pass({ sessions, oldest_seconds: oldest });
    const evidence = found.hits.map((row) => facts.evidence(activityCounts, row, 'oldest_state_age_s'));
    return fail(found.severity, { sessions, oldest_seconds: oldest }, evidence);
  },
});

const long = rule({
  id: 'pg.long_transaction',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [activityCounts, instance], sees: 'all_stats' },
  thresholds: { warning_seconds: threshold(3_600, 'seconds', 'warning above this age of a client transaction') },
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const clients = facts.rows(activityCounts).filter((row) => row.backend_type === 'client backend');
    const oldest = Math.max(0, ...clients.map((row) => row.oldest_xact_age_s ?? 0));
    const hits = clients.filter((row) => (row.oldest_xact_age_s ?? 0) > limits.warning_seconds);
    if (hits.length === 0) return pass({ oldest_seconds: oldest });
    const evidence = hits.map((row) => facts.evidence(activityCounts, row, 'oldest_xact_age_s'));
    return fail('warning', { oldest_seconds: oldest }, evidence);
  },
});

const prepared = rule({
  id: 'pg.prepared.old',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [preparedXacts] },
  thresholds: { high_seconds: threshold(3_600, 'seconds', 'high above this age of a prepared transaction') },
  outcomes: ['pass', 'fail:high', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const rows = facts.rows(preparedXacts);
    const hits = rows.filter((row) => row.age_s > limits.high_seconds);
    const oldest = Math.max(0, ...rows.map((row) => row.age_s));
    if (hits.length === 0) return pass({ prepared: rows.length, oldest_seconds: oldest });
    const evidence = hits.slice(0, 5).map((row) => facts.evidence(preparedXacts, row, 'age_s'));
    return fail('high', { prepared: hits.length, oldest_seconds: oldest }, evidence);
  },
});

export const connectionRules = [used, max, idle, long, prepared] as const;
