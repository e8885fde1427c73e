import type { Rule, Threshold } from '../rules/rule';
import { textOf, bytes, duration } from '../rules/texts/texts';

const TARGETS: Readonly<Record<Rule['target'], string>> = {
  postgresql: 'PostgreSQL',
  epas: 'EDB Postgres Advanced Server',
  pgd: 'EDB Postgres Distributed',
  barman: 'Barman',
  os: 'Operating system',
  tungsten: 'Tungsten',
  collection: 'The collection',
  fleet: 'Several collections',
};

/** Nobody could run these products here. */
const UNTRIED: ReadonlySet<Rule['target']> = new Set(['epas', 'pgd', 'tungsten']);

const OUTCOMES: Readonly<Record<string, string>> = {
  pass: 'pass',
  info: 'info',
  not_applicable: 'not applicable',
  not_evaluated: 'not evaluated',
  'fail:critical': 'fail, critical',
  'fail:high': 'fail, high',
  'fail:warning': 'fail, warning',
};

/** The page of a rule: reason, thresholds, remedy, sources. */
export function rulePage(rule: Rule): string {
  const text = textOf(rule.id);
  const thresholds = Object.entries(rule.thresholds);
  return `${[
    `# ${text.title}`,
    `\`${rule.id}\`, version ${rule.version}. ${TARGETS[rule.target]}, ${rule.kind === 'automated' ? 'automated' : 'semi-automated: a failure is shown as "needs review", because a person must judge it'}.`,
    text.why,
    ...(UNTRIED.has(rule.target) ? ['Tried on data made by hand only, never on a real server.'] : []),
    `## Results\n\n${rule.outcomes.map((outcome) => `- ${OUTCOMES[outcome] ?? outcome}`).join('\n')}`,
    ...(thresholds.length === 0 ? [] : [`## Thresholds\n\n${thresholdTable(thresholds)}`]),
    `## Inputs\n\n${inputs(rule)}`,
    `## What to do\n\n${text.remedy.map((step, index) => `${index + 1}. ${step}`).join('\n')}`,
    `## Sources\n\n${text.sources.map(({ title, url }) => (url === undefined ? `- ${title}` : `- [${title}](${url})`)).join('\n')}`,
  ].join('\n\n')}\n`;
}

function thresholdTable(thresholds: readonly (readonly [string, Threshold])[]): string {
  const rows = thresholds.map(([name, threshold]) => `| \`${name}\` | ${valueText(threshold)} | ${threshold.about} |`);
  return ['| Name | Value | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function valueText({ value, unit }: Threshold): string {
  const exact = value.toLocaleString('en-US');
  if (unit === 'bytes') return `${exact} bytes (${bytes(value)})`;
  if (unit === 'seconds') return `${exact} seconds (${duration(value)})`;
  if (unit === 'percent') return `${exact} %`;
  return unit === 'count' || unit === 'score' ? exact : `${exact} ${unit}`;
}

function inputs({ needs }: Rule): string {
  const list = (items: readonly { readonly name: string }[]) => items.map(({ name }) => `\`${name}\``).join(', ');
  const lines = [
    ...(needs.all?.length ? [`- needed: ${list(needs.all)}`] : []),
    ...(needs.any?.length ? [`- at least one of: ${list(needs.any)}`] : []),
    ...(needs.optional?.length ? [`- used when there: ${list(needs.optional)}`] : []),
    ...(needs.sees === 'all_stats' ? ['- a role that sees other sessions (pg_monitor or pg_read_all_stats)'] : []),
  ];
  return lines.length === 0 ? '- the manifest' : lines.join('\n');
}

/** The list of all rules with links to their pages. */
export function ruleIndex(rules: readonly Rule[]): string {
  const rows = rules.map(
    (rule) =>
      `| [${rule.id}](${rule.id}.md) | ${textOf(rule.id).title} | ${TARGETS[rule.target]} | ${rule.kind === 'automated' ? 'automated' : 'semi-automated'} | ${rule.version} |`,
  );
  return [
    '# Rules',
    `${rules.length} tests. Each answers pass, fail with a severity, info, not applicable, not evaluated with the reason, or error. "Not evaluated" is never "passed".`,
    ['| Rule | Title | About | Kind | Version |', '| --- | --- | --- | --- | --- |', ...rows].join('\n'),
    'These pages are generated: `npm run generate`.\n',
  ].join('\n\n');
}
