import type { RawRow } from '../format/columns';
import type { Item } from '../format/item';
import type { Reference } from '../reference/reference';
import type { Facts } from './facts';

export const SEVERITIES = ['critical', 'high', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type Target = 'postgresql' | 'epas' | 'pgd' | 'barman' | 'os' | 'tungsten' | 'collection' | 'fleet';

/** Semi-automated: a failure is shown as "needs review", because a person must judge it. */
export type RuleKind = 'automated' | 'semi_automated';

/** Values that a rule saw, exactly as they stand in the collection or as it computed them. */
export type FoundValue = string | number | boolean | null | readonly string[];
export type Found = Readonly<Record<string, FoundValue>>;

/** Where a value stands in the archive: file, line, the row itself and the column that decided. */
export interface Evidence {
  readonly file: string;
  readonly line: number | null;
  readonly row: RawRow;
  readonly column: string | null;
}

export type OutcomeName = 'pass' | 'fail' | 'info' | 'not_applicable' | 'not_evaluated' | 'error';

interface Seen {
  readonly found: Found;
  readonly evidence: readonly Evidence[];
  /** Which sentence of the rule's text fits; the outcome's name unless the rule says otherwise. */
  readonly key: string;
}

export type Outcome =
  | ({ readonly outcome: 'pass' } & Seen)
  | ({ readonly outcome: 'fail'; readonly severity: Severity } & Seen)
  | ({ readonly outcome: 'info' } & Seen)
  | { readonly outcome: 'not_applicable'; readonly reason: string }
  | { readonly outcome: 'not_evaluated'; readonly reason: string; readonly remedy?: string }
  | { readonly outcome: 'error'; readonly reason: string };

export const pass = (found: Found = {}, evidence: readonly Evidence[] = []): Outcome => ({
  outcome: 'pass',
  found,
  evidence,
  key: 'pass',
});

export const fail = (severity: Severity, found: Found, evidence: readonly Evidence[] = [], key = 'fail'): Outcome => ({
  outcome: 'fail',
  severity,
  found,
  evidence,
  key,
});

export const info = (found: Found = {}, evidence: readonly Evidence[] = [], key = 'info'): Outcome => ({
  outcome: 'info',
  found,
  evidence,
  key,
});

export const notApplicable = (reason: string): Outcome => ({ outcome: 'not_applicable', reason });

export const notEvaluated = (reason: string, remedy?: string): Outcome => ({
  outcome: 'not_evaluated',
  reason,
  ...(remedy === undefined ? {} : { remedy }),
});

export type ThresholdUnit = 'percent' | 'bytes' | 'seconds' | 'days' | 'transactions' | 'count' | 'score';

export interface Threshold {
  readonly value: number;
  readonly unit: ThresholdUnit;
  /** Completes "The test is ...", for the rule's page: "critical above this share". */
  readonly about: string;
}

export const threshold = (value: number, unit: ThresholdUnit, about: string): Threshold => ({ value, unit, about });

export type Thresholds = Readonly<Record<string, Threshold>>;
export type ThresholdValues = Readonly<Record<string, number>>;

/** Inputs. Without them the engine answers "not evaluated" and the rule does not run. */
export interface Needs {
  readonly all?: readonly Item[];
  readonly any?: readonly Item[];
  /** Used when there; their absence changes nothing but the detail. */
  readonly optional?: readonly Item[];
  /** The role must see other sessions: without it counts of sessions are silently too low. */
  readonly sees?: 'all_stats';
}

/** What a rule declares it can answer; every entry must have a fixture. */
export type Declared = 'pass' | 'info' | 'not_applicable' | 'not_evaluated' | `fail:${Severity}`;

export interface RuleContext {
  readonly facts: Facts;
  readonly reference: Reference;
  readonly limits: ThresholdValues;
  /** Other collections of the same report, for the tests that compare. */
  readonly others: readonly Facts[];
  /** The time of the collection: rules know no other clock. */
  readonly at: Date;
}

/** A test: declared inputs, thresholds and outcomes, and a pure function of the facts. Its words are in `texts/`. */
export interface Rule {
  readonly id: string;
  /** Raised whenever the answer for the same collection can change. */
  readonly version: number;
  readonly target: Target;
  readonly kind: RuleKind;
  /** One of those that wake someone at night. */
  readonly urgent?: true;
  readonly needs: Needs;
  readonly thresholds: Thresholds;
  readonly outcomes: readonly Declared[];
  /** Answers before the inputs are asked for: a missing input can itself be the finding. */
  readonly before?: (context: RuleContext) => Outcome | null;
  readonly run: (context: RuleContext) => Outcome;
}

/** Keeps the names of a rule's thresholds, so that `limits.x` is checked by the compiler. */
export function rule<T extends Thresholds>(definition: {
  readonly id: string;
  readonly version: number;
  readonly target: Target;
  readonly kind: RuleKind;
  readonly urgent?: true;
  readonly needs: Needs;
  readonly thresholds: T;
  readonly outcomes: readonly Declared[];
  readonly before?: (context: RuleContext) => Outcome | null;
  readonly run: (context: RuleContext & { readonly limits: { readonly [K in keyof T]: number } }) => Outcome;
}): Rule {
  return definition as Rule;
}

/** The worst severity among rows and the rows that have one, worst first; null when all are well. */
export function worst<R>(
  rows: readonly R[],
  severityOf: (row: R) => Severity | null,
): { readonly severity: Severity; readonly hits: readonly R[] } | null {
  const hits = rows
    .flatMap((row) => {
      const severity = severityOf(row);
      return severity === null ? [] : [{ row, rank: SEVERITIES.indexOf(severity), severity }];
    })
    .sort((a, b) => a.rank - b.rank);
  const first = hits[0];
  return first ? { severity: first.severity, hits: hits.map(({ row }) => row) } : null;
}
