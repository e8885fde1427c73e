import { items } from '../format/items';
import { fail, pass, rule, threshold, worst, type Severity } from './rule';

const { replicators, clusters, drift } = items.tungsten;

const nameOf = (row: { readonly host: string | null; readonly service: string | null }): string =>
  [row.host, row.service].filter((part) => part !== null).join(' ');

const online = rule({
  id: 'tungsten.online',
  version: 1,
  target: 'tungsten',
  kind: 'automated',
  needs: { all: [replicators] },
  thresholds: {},
  outcomes: ['pass', 'fail:critical', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts.rows(replicators);
    const hits = rows.filter((row) => row.state !== 'ONLINE');
    if (hits.length === 0) return pass({ services: rows.length });
    const names = hits.map((row) => `${nameOf(row)}: ${row.state}`);
    return fail(
      'critical',
      { services: names },
      hits.slice(0, 5).map((row) => facts.evidence(replicators, row, 'state')),
    );
  },
});

const latency = rule({
  id: 'tungsten.latency',
  version: 1,
  target: 'tungsten',
  kind: 'automated',
  needs: { all: [replicators] },
  thresholds: {
    high_seconds: threshold(300, 'seconds', 'high above this latency'),
    warning_seconds: threshold(60, 'seconds', 'warning above this latency'),
  },
  outcomes: ['pass', 'fail:warning', 'fail:high', 'not_applicable', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const rows = facts.rows(replicators);
    const most = Math.max(0, ...rows.map((row) => row.applied_latency_s ?? 0));
    const found = worst(rows, (row): Severity | null => {
      const seconds = row.applied_latency_s ?? 0;
      return seconds > limits.high_seconds ? 'high' : seconds > limits.warning_seconds ? 'warning' : null;
    });
    if (!found) return pass({ most_seconds: most });
    const evidence = found.hits.slice(0, 5).map((row) => facts.evidence(replicators, row, 'applied_latency_s'));
    return fail(found.severity, { most_seconds: most, services: found.hits.map(nameOf) }, evidence);
  },
});

const policy = rule({
  id: 'tungsten.policy',
  version: 1,
  target: 'tungsten',
  kind: 'semi_automated',
  needs: { all: [clusters] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const hits = facts.rows(clusters).filter((row) => row.policy !== 'AUTOMATIC');
    if (hits.length === 0) return pass({ policies: ['AUTOMATIC'] });
    const names = hits.map((row) => `${nameOf(row)}: ${row.policy}`);
    return fail(
      'warning',
      { policies: names },
      hits.slice(0, 5).map((row) => facts.evidence(clusters, row, 'policy')),
    );
  },
});

const changed = rule({
  id: 'tungsten.drift',
  version: 1,
  target: 'tungsten',
  kind: 'semi_automated',
  needs: { all: [drift] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts.rows(drift);
    if (rows.length === 0) return pass({ files: 0 });
    const names = rows.slice(0, 20).map((row) => `${row.host ?? ''} ${row.file}`.trim());
    return fail(
      'warning',
      { files: rows.length, names },
      rows.slice(0, 5).map((row) => facts.evidence(drift, row, 'file')),
    );
  },
});

export const tungstenRules = [online, latency, policy, changed] as const;
