import { items } from '../format/items';
import type { Item } from '../format/item';
import type { Facts } from './facts';
import { behindLatest } from './postgresql/versions';
import { fail, info, notEvaluated, pass, rule, type Outcome, type Severity } from './rule';

const { instance, settings, pgdRaft, pgdVersions, pgdSlots } = items.pg;

const epasMinor = rule({
  id: 'epas.version.minor',
  version: 1,
  target: 'epas',
  kind: 'automated',
  needs: { all: [instance] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_applicable', 'not_evaluated'],
  run: (context) => {
    const { version, latest, behind, server } = behindLatest(context, context.reference.epas.releases);
    if (latest === null) return notEvaluated(`The release table does not know Advanced Server ${version.major}.`);
    const found = {
      installed: `${version.major}.${version.minor}`,
      latest,
      releases_as_of: context.reference.epas.asOf,
    };
    return behind > 0 ? fail('warning', found, server.evidence) : pass(found, server.evidence);
  },
});

const epasAudit = rule({
  id: 'epas.audit',
  version: 1,
  target: 'epas',
  kind: 'semi_automated',
  needs: { all: [settings, instance] },
  thresholds: {},
  outcomes: ['pass', 'info', 'not_applicable', 'not_evaluated'],
  run: ({ facts }) => {
    const value = facts.settingText('edb_audit');
    if (value === null) return notEvaluated('edb_audit was not collected.');
    const evidence = facts.settingEvidence('edb_audit');
    return value === 'none' ? info({ edb_audit: value }, evidence) : pass({ edb_audit: value }, evidence);
  },
});

type Monitor = typeof pgdRaft;

/** The monitor functions of BDR answer OK, WARNING, CRITICAL or UNKNOWN. */
function monitorOutcome(facts: Facts, item: Monitor, severity: Severity): Outcome {
  const hits = facts.rows(item).filter((row) => row.status !== 'OK');
  if (hits.length === 0) return pass({ groups: facts.rows(item).length });
  const status = hits.map((row) => `${row.node_group_name ?? 'this node'}: ${row.status}`);
  return fail(
    severity,
    { status },
    hits.map((row) => facts.evidence(item, row, 'status')),
  );
}

const monitorRule = (id: string, item: Item & Monitor, severity: Severity) =>
  rule({
    id,
    version: 1,
    target: 'pgd',
    kind: 'automated',
    needs: { all: [item] },
    thresholds: {},
    outcomes: ['pass', `fail:${severity}`, 'not_applicable', 'not_evaluated'],
    run: ({ facts }) => monitorOutcome(facts, item, severity),
  });

export const epasRules = [epasMinor, epasAudit] as const;
export const pgdRules = [
  monitorRule('pgd.raft', pgdRaft, 'critical'),
  monitorRule('pgd.versions', pgdVersions, 'warning'),
  monitorRule('pgd.slots', pgdSlots, 'high'),
] as const;
