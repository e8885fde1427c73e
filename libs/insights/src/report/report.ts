import type { Collection } from '../format/collection';
import { items } from '../format/items';
import { referenceIds, type Reference } from '../reference/reference';
import { evaluate, type Evaluation, type ThresholdOverrides } from '../rules/engine';
import { Facts } from '../rules/facts';
import {
  SEVERITIES,
  type Found,
  type OutcomeName,
  type Rule,
  type RuleKind,
  type Severity,
  type Target,
} from '../rules/rule';
import { fill, textOf } from '../rules/texts/texts';
import { describeEvidence, type ReportEvidence } from './evidence';

export interface ReportCollection {
  readonly id: string;
  readonly host: string;
  readonly kind: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** False when an item could not be read, was read in part or breaks the format. */
  readonly complete: boolean;
}

export interface ReportFinding {
  readonly rule: string;
  readonly version: number;
  readonly title: string;
  readonly target: Target;
  readonly kind: RuleKind;
  readonly outcome: OutcomeName;
  readonly severity?: Severity;
  /** Why there is no answer, or why the test does not apply. */
  readonly reason?: string;
  /** The value found, as a sentence. */
  readonly summary: string;
  /** The values exactly. */
  readonly facts: Found;
  readonly evidence: readonly ReportEvidence[];
  readonly thresholds: Readonly<Record<string, number>>;
  readonly remedy?: string;
}

export interface Report {
  readonly collection: ReportCollection;
  readonly findings: readonly ReportFinding[];
  readonly about: {
    /** What the collection is about, such as "PostgreSQL 15.18, debian 12". */
    readonly subject: readonly string[];
    readonly collector: string;
    readonly reference: readonly string[];
    readonly items: number;
    readonly unknownFiles: readonly string[];
    /** A sentence when so little was read that the report says little; else null. */
    readonly caution: string | null;
  };
}

export interface ReportOptions {
  readonly rules: readonly Rule[];
  readonly reference: Reference;
  readonly overrides?: ThresholdOverrides;
  /** Other collections of the same report. */
  readonly others?: readonly Collection[];
}

/** Evaluates a collection and puts words to it; the worst comes first. Pure. */
export function makeReport(collection: Collection, options: ReportOptions): Report {
  const evaluations = evaluate(collection, options.rules, options.reference, options.overrides, options.others);
  const { manifest } = collection;
  return {
    collection: {
      id: manifest.collectionId,
      host: manifest.host.name,
      kind: manifest.kind,
      takenAt: manifest.takenAt,
      complete: isComplete(collection),
    },
    findings: evaluations.map(toFinding).sort((a, b) => rankOf(a) - rankOf(b)),
    about: {
      subject: subjectOf(new Facts(collection)),
      collector: [manifest.collector.name, manifest.collector.version].filter((part) => part !== null).join(' '),
      reference: referenceIds(options.reference),
      items: manifest.items.length,
      unknownFiles: collection.unknownFiles,
      caution: cautionOf(collection),
    },
  };
}

/** Lists that reached their length limit count as complete: every server with many tables has such. */
function isComplete({ manifest, parts }: Collection): boolean {
  const whole = manifest.items.every(({ status }) => status === 'ok' || status === 'skipped');
  const read = Object.values(parts).every((list) => list.every(({ status }) => status !== 'invalid'));
  return whole && read;
}

const UNREAD = new Set(['denied', 'timeout', 'error']);

/** Half or more of what was asked for could not be read. */
function cautionOf({ manifest }: Collection): string | null {
  const asked = manifest.items.filter(({ status }) => status !== 'skipped');
  const unread = asked.filter(({ status }) => UNREAD.has(status));
  const refused = manifest.items.some(({ item, status }) => item === 'pg.connect' && status === 'error');
  if (refused) return 'The server could not be reached, so this report is about its operating system alone.';
  if (unread.length === 0 || unread.length * 2 < asked.length) return null;
  const denied = unread.filter(({ status }) => status === 'denied').length;
  const advice =
    denied * 2 >= unread.length ? '; run the collector as the database administrator or grant its role pg_monitor' : '';
  return `${unread.length} of ${asked.length} items could not be read, so this report says little${advice}.`;
}

function toFinding({ rule, outcome, limits }: Evaluation): ReportFinding {
  const text = textOf(rule.id);
  const base = {
    rule: rule.id,
    version: rule.version,
    title: text.title,
    target: rule.target,
    kind: rule.kind,
    outcome: outcome.outcome,
    thresholds: limits,
  };
  if (!('key' in outcome)) {
    const remedy = outcome.outcome === 'not_evaluated' ? outcome.remedy : undefined;
    return {
      ...base,
      reason: outcome.reason,
      summary: outcome.reason,
      facts: {},
      evidence: [],
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
  return {
    ...base,
    ...(outcome.outcome === 'fail' ? { severity: outcome.severity } : {}),
    summary: fill(text.says[outcome.key] ?? text.says[outcome.outcome] ?? '', outcome.found),
    facts: outcome.found,
    evidence: outcome.evidence.map(describeEvidence),
    ...(outcome.outcome === 'pass' ? {} : { remedy: text.remedy.join(' ') }),
  };
}

const OUTCOME_ORDER: readonly OutcomeName[] = ['fail', 'error', 'info', 'not_evaluated', 'pass', 'not_applicable'];

function rankOf(finding: ReportFinding): number {
  const severity = finding.severity === undefined ? 0 : SEVERITIES.indexOf(finding.severity);
  // Among equals a clear result comes before one that a person must judge.
  return OUTCOME_ORDER.indexOf(finding.outcome) * 100 + severity * 10 + (finding.kind === 'semi_automated' ? 1 : 0);
}

function subjectOf(facts: Facts): readonly string[] {
  const instance = facts.one(items.pg.instance);
  const flavours: Readonly<Record<string, string>> = { postgresql: 'PostgreSQL', epas: 'EDB Postgres Advanced Server' };
  const system = facts.value(items.host.osRelease, 'PRETTY_NAME') ?? facts.value(items.host.osRelease, 'ID');
  return [
    ...(instance
      ? [
          `${flavours[instance.flavour ?? 'postgresql'] ?? instance.flavour ?? ''} ${instance.server_version ?? String(instance.server_version_num)}`,
        ]
      : []),
    ...(instance?.in_recovery === true ? ['standby'] : []),
    ...(system === null ? [] : [system]),
    ...facts
      .rows(items.barman.version)
      .slice(0, 1)
      .map(({ text }) => `Barman ${text.replace(/^.*?(\d)/, '$1').split(' ')[0] ?? ''}`),
  ];
}

export type TallyName = Severity | 'review' | 'info' | 'pass' | 'not_evaluated' | 'error' | 'not_applicable';

/** How a finding is counted and shown: a failure that a person must judge is "review". */
export function shownAs(finding: ReportFinding): TallyName {
  if (finding.outcome !== 'fail') return finding.outcome;
  return finding.kind === 'semi_automated' ? 'review' : (finding.severity ?? 'warning');
}

export function tally(findings: readonly ReportFinding[]): Readonly<Record<TallyName, number>> {
  const counts = {
    critical: 0,
    high: 0,
    warning: 0,
    review: 0,
    info: 0,
    pass: 0,
    not_evaluated: 0,
    error: 0,
    not_applicable: 0,
  };
  for (const finding of findings) counts[shownAs(finding)] += 1;
  return counts;
}

/** Whether any test failed with this severity or a worse one. */
export const failsFrom = (report: Report, severity: Severity): boolean =>
  report.findings.some(
    (finding) => finding.severity !== undefined && SEVERITIES.indexOf(finding.severity) <= SEVERITIES.indexOf(severity),
  );
