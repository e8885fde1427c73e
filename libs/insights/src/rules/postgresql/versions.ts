import { items } from '../../format/items';
import type { Cve } from '../../reference/reference';
import { isAffected, versionOf, versionText, type ServerVersion } from '../../reference/versions';
import {
  fail,
  info,
  notApplicable,
  notEvaluated,
  pass,
  rule,
  threshold,
  type Outcome,
  type RuleContext,
} from '../rule';

const { instance, extensions } = items.pg;
const DAY = 86_400_000;

interface Server {
  readonly row: { readonly server_version_num: number };
  readonly version: ServerVersion;
  readonly evidence: readonly ReturnType<RuleContext['facts']['evidence']>[];
}

function server({ facts }: RuleContext): Server {
  const row = facts.one(instance);
  if (!row) throw new Error('pg.instance has no row');
  return {
    row,
    version: versionOf(row.server_version_num),
    evidence: [facts.evidence(instance, row, 'server_version_num')],
  };
}

/** Vulnerabilities of a version, split by whether they can be reached: contrib flaws need the extension. */
function vulnerabilities(
  context: RuleContext,
  version: ServerVersion,
): { reachable: readonly Cve[]; dormant: readonly Cve[] } {
  const installed = new Set(context.facts.rows(extensions).map(({ name }) => name));
  const known = context.facts.has(extensions);
  const affected = context.reference.cves.cves.filter((cve) => isAffected(version, cve.affected));
  const isDormant = (cve: Cve) => cve.extension !== undefined && known && !installed.has(cve.extension);
  return { reachable: affected.filter((cve) => !isDormant(cve)), dormant: affected.filter(isDormant) };
}

const ids = (cves: readonly Cve[]): readonly string[] => cves.map(({ id }) => id);

/** Shared by PostgreSQL and Advanced Server, which have tables of their own. */
export function behindLatest(
  context: RuleContext,
  releases: readonly { readonly major: string; readonly latestMinor: { readonly value: number } }[],
): {
  readonly version: ServerVersion;
  readonly latest: string | null;
  readonly behind: number;
  readonly server: Server;
} {
  const found = server(context);
  const latest = releases.find(({ major }) => major === found.version.major)?.latestMinor.value;
  return {
    server: found,
    version: found.version,
    latest: latest === undefined ? null : versionText({ major: found.version.major, minor: latest }),
    behind: latest === undefined ? 0 : latest - found.version.minor,
  };
}

const isPostgresql = ({ facts }: RuleContext): boolean =>
  (facts.one(instance)?.flavour ?? 'postgresql') === 'postgresql';

const minor = rule({
  id: 'pg.version.minor',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [instance], optional: [extensions] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'fail:high', 'not_applicable', 'not_evaluated'],
  run: (context): Outcome => {
    if (!isPostgresql(context))
      return notApplicable('This server is not community PostgreSQL and has releases of its own.');
    const { version, latest, behind, server: found } = behindLatest(context, context.reference.releases.releases);
    if (latest === null) return notEvaluated(`The release table does not know PostgreSQL ${version.major}.`);
    const facts = {
      installed: versionText(version),
      latest,
      behind: Math.max(behind, 0),
      releases_as_of: context.reference.releases.asOf,
    };
    if (behind <= 0) return pass(facts, found.evidence);
    const { reachable } = vulnerabilities(context, version);
    if (reachable.length === 0) return fail('warning', facts, found.evidence);
    return fail('high', { ...facts, fixes: reachable.length, cves: ids(reachable) }, found.evidence, 'fail_cve');
  },
});

const eol = rule({
  id: 'pg.version.eol',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [instance] },
  thresholds: { warning_days: threshold(180, 'days', 'warning from this many days before the final release') },
  outcomes: ['pass', 'fail:warning', 'fail:critical', 'not_evaluated'],
  run: (context) => {
    const { version, evidence } = server(context);
    const end = context.reference.releases.releases.find(({ major }) => major === version.major)?.finalRelease;
    if (!end) return notEvaluated(`The release table does not know PostgreSQL ${version.major}.`);
    const days = Math.floor((Date.parse(end.value) - startOfDay(context.at)) / DAY);
    const facts = { major: version.major, final_release: end.value, days_left: days };
    if (days <= 0) return fail('critical', facts, evidence, 'fail_ended');
    if (days <= context.limits.warning_days) return fail('warning', facts, evidence);
    return pass(facts, evidence);
  },
});

const startOfDay = (at: Date): number => Math.floor(at.getTime() / DAY) * DAY;

const cve = rule({
  id: 'pg.cve.affected',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  urgent: true,
  needs: { all: [instance], optional: [extensions] },
  thresholds: {
    critical_score: threshold(9, 'score', 'critical from this CVSS score'),
    high_score: threshold(7, 'score', 'high from this CVSS score'),
  },
  outcomes: ['pass', 'info', 'fail:warning', 'fail:high', 'fail:critical', 'not_evaluated'],
  run: (context) => {
    const { version, evidence } = server(context);
    const { reachable, dormant } = vulnerabilities(context, version);
    const facts = { installed: versionText(version), known_as_of: context.reference.cves.asOf };
    if (reachable.length === 0) {
      if (dormant.length === 0) return pass(facts, evidence);
      return info({ ...facts, cves: ids(dormant), count: dormant.length }, evidence);
    }
    const top = Math.max(...reachable.map(({ cvss }) => cvss ?? 0));
    const severity =
      top >= context.limits.critical_score ? 'critical' : top >= context.limits.high_score ? 'high' : 'warning';
    const unscored = reachable.filter(({ cvss }) => cvss === null).length;
    const found = { ...facts, count: reachable.length, highest_score: top, unscored, cves: ids(reachable) };
    return fail(severity, found, evidence);
  },
});

export const versionRules = [minor, eol, cve] as const;
