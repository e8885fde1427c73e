import type { Collection, Part } from '../format/collection';
import type { Item } from '../format/item';
import { items } from '../format/items';
import type { Reference } from '../reference/reference';
import { accessAdvice, quoteRole } from './access-advice';
import { Facts, isReadable } from './facts';
import { notApplicable, notEvaluated, type Outcome, type Rule, type RuleContext, type ThresholdValues } from './rule';

/** The answer of one rule about one collection. */
export interface Evaluation {
  readonly rule: Rule;
  readonly outcome: Outcome;
  /** The limits that were applied. */
  readonly limits: ThresholdValues;
}

/** Other limits than the rules' own: rule id, then threshold name. */
export type ThresholdOverrides = Readonly<Record<string, ThresholdValues>>;

/**
 * Runs rules over one collection. Pure: same collection, rules, reference and overrides give the same answer.
 * A rule that throws gives `error`, never silence. `others` are the other collections of the same report.
 */
export function evaluate(
  collection: Collection,
  rules: readonly Rule[],
  reference: Reference,
  overrides: ThresholdOverrides = {},
  others: readonly Collection[] = [],
): readonly Evaluation[] {
  const facts = new Facts(collection);
  const at = new Date(collection.manifest.takenAt);
  const neighbours = others.map((other) => new Facts(other));
  return rules.map((rule) => {
    const limits = limitsOf(rule, overrides);
    return { rule, limits, outcome: answer(rule, { facts, reference, limits, others: neighbours, at }) };
  });
}

const ownLimitsOf = new WeakMap<Rule, ThresholdValues>();

function ownLimits(rule: Rule): ThresholdValues {
  let limits = ownLimitsOf.get(rule);
  if (!limits) {
    limits = Object.fromEntries(Object.entries(rule.thresholds).map(([name, { value }]) => [name, value]));
    ownLimitsOf.set(rule, limits);
  }
  return limits;
}

/** The thresholds of a rule with the overrides in place. */
function limitsOf(rule: Rule, overrides: ThresholdOverrides): ThresholdValues {
  const own = Object.hasOwn(overrides, rule.id) ? overrides[rule.id] : undefined;
  if (own === undefined) return ownLimits(rule);
  const values: Record<string, number> = {};
  for (const [name, { value }] of Object.entries(rule.thresholds)) values[name] = own[name] ?? value;
  return values;
}

function answer(rule: Rule, context: RuleContext): Outcome {
  try {
    const absent = targetAbsent(rule, context.facts);
    if (absent !== null) return notApplicable(absent);
    const early = rule.before?.(context) ?? null;
    if (early) return early;
    const missing = missingInput(rule, context.facts);
    if (missing) return missing;
    const outcome = rule.run(context);
    return outcome.outcome === 'pass' ? (incompleteInput(rule, context.facts) ?? outcome) : outcome;
  } catch (error) {
    return {
      outcome: 'error',
      reason: `The rule stopped: ${error instanceof Error ? error.message : 'unknown error'}`,
    };
  }
}

const NO_POSTGRESQL = 'The collection holds no PostgreSQL part.';

function targetAbsent(rule: Rule, facts: Facts): string | null {
  const wantsPostgresql = (rule.needs.all ?? []).some(({ name }) => name.startsWith('pg.') || name.startsWith('db.'));
  if (wantsPostgresql && !facts.collected('pg')) return NO_POSTGRESQL;
  switch (rule.target) {
    case 'postgresql':
      return facts.collected('pg') ? null : NO_POSTGRESQL;
    case 'epas':
      return (facts.one(items.pg.instance)?.flavour ?? 'epas') === 'epas'
        ? null
        : 'This is not EDB Postgres Advanced Server.';
    case 'pgd':
      return facts.has(items.pg.pgdRaft) || facts.has(items.pg.pgdVersions) || facts.has(items.pg.pgdSlots)
        ? null
        : 'The collection holds nothing of Postgres Distributed.';
    case 'barman':
      return facts.collected('barman') ? null : 'The collection holds no Barman part.';
    case 'os':
      return facts.collected('host') ? null : 'The collection holds no operating system part.';
    case 'tungsten':
      return facts.collected('tungsten') ? null : 'The collection holds no Tungsten part.';
    case 'collection':
    case 'fleet':
      return null;
  }
}

function missingInput(rule: Rule, facts: Facts): Outcome | null {
  for (const item of rule.needs.all ?? [])
    if (!facts.has(item)) return notEvaluated(unreadable(item, facts), accessAdvice(item, facts));
  const any = rule.needs.any ?? [];
  const [first] = any;
  if (first && !any.some((item) => facts.has(item))) {
    return notEvaluated(any.map((item) => unreadable(item, facts)).join(' '), accessAdvice(first, facts));
  }
  if (rule.needs.sees !== 'all_stats') return null;
  const instance = facts.one(items.pg.instance);
  if (instance?.sees_all_stats === true) return null;
  const role = instance?.role ?? 'of the collection';
  return notEvaluated(
    instance === null
      ? unreadable(items.pg.instance, facts)
      : `The role ${role} does not see other sessions, so counting them would give too few.`,
    `Grant the role pg_monitor, or at least pg_read_all_stats: GRANT pg_monitor TO ${quoteRole(instance?.role)};`,
  );
}

/** The collector's word for columns and rows that its role does not see. */
const HIDDEN = 'hidden_from_role';

/**
 * A pass on half the evidence is no pass. Rows hidden from a role are another matter: rules that count such rows
 * say so by `sees`. Lists that end at their length limit are cut worst first, so their pass holds.
 */
function incompleteInput(rule: Rule, facts: Facts): Outcome | null {
  for (const item of rule.needs.all ?? []) {
    const parts = facts.parts(item);
    const broken = parts.filter(({ status, detail }) => status !== 'ok' && detail !== HIDDEN);
    const [first] = broken;
    if (first) {
      const where = parts.length > 1 ? ` for ${broken.length} of ${parts.length} databases` : '';
      return notEvaluated(
        `${item.name} is incomplete${where}: ${describeStatus(first)}. What could be read shows no problem.`,
      );
    }
    if (item.path.includes('<oid>') && facts.collection.manifest.items.some((line) => line.item === 'db.databases'))
      return notEvaluated('Not every database was read: there are too many. What could be read shows no problem.');
  }
  return null;
}

function unreadable(item: Item, facts: Facts): string {
  const part = facts.parts(item).find(({ status }) => !isReadable(status));
  return part ? `${item.name}: ${describeStatus(part)}.` : `${item.name}: not collected.`;
}

/** The collector's short words for why it skipped an item. */
const SKIP_TEXT: Readonly<Record<string, string>> = {
  depth: 'not collected at this depth',
  no_connection: 'not collected, because the server could not be reached',
  not_installed: 'not installed',
  remote: 'not collected, because the collector ran on another machine',
  absent: 'not present on this system',
  version: 'not available in this version',
};

const STATUS_TEXT: Readonly<Record<Part['status'], string>> = {
  ok: 'read',
  partial: 'read in part',
  denied: 'permission denied',
  timeout: 'stopped at the time limit',
  error: 'failed',
  skipped: 'skipped',
  invalid: 'does not follow the format',
};

/** Why an item could not be read, in a few words. */
export function describeStatus(part: Pick<Part, 'status' | 'detail'>): string {
  const skipped = part.status === 'skipped' && part.detail !== null ? SKIP_TEXT[part.detail] : undefined;
  if (skipped !== undefined) return skipped;
  return part.detail === null || part.detail === ''
    ? STATUS_TEXT[part.status]
    : `${STATUS_TEXT[part.status]} (${part.detail})`;
}
