import type { Report, ReportFinding } from './report';
import { headline, isOpen, label, place, plain, timeText } from './words';

/** A value inside Markdown: nothing in it is markup, and it stays on its line. */
const escapeMarkdown = (text: string): string =>
  plain(text).replace(/[\\`*_{}[\]<>()#+\-.!|~&:]/g, (character) =>
    character === '<'
      ? '&lt;'
      : character === '&'
        ? '&amp;'
        : character === '.' || character === ':' || character === '-'
          ? character
          : `\\${character}`,
  );

/** A value as code: the fence is longer than any run of backticks inside. */
function codeSpan(text: string): string {
  const clean = plain(text);
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${clean}${fence}` : `${fence} ${clean} ${fence}`;
}

/** The report as Markdown. */
export function markdownReport(report: Report): string {
  const { collection, about, findings } = report;
  const by = (outcome: string) => findings.filter((finding) => finding.outcome === outcome);
  return `${[
    `# Advisory report: ${escapeMarkdown(collection.host)}`,
    [
      escapeMarkdown(about.subject.join(', ')),
      `collected ${timeText(collection.takenAt)}`,
      collection.complete ? 'complete' : 'incomplete',
    ]
      .filter((part) => part !== '')
      .join(', '),
    headline(report),
    ...(about.caution === null ? [] : [about.caution]),
    ...findings.filter((finding) => isOpen(finding) || finding.outcome === 'info').map(openSection),
    ...table(
      'Not evaluated',
      ['Test', 'Why', 'What helps'],
      by('not_evaluated').map((finding) => [
        `${finding.title} (${finding.rule})`,
        finding.reason ?? '',
        finding.remedy ?? '',
      ]),
    ),
    ...table(
      'Passed',
      ['Test', 'Found'],
      by('pass').map((finding) => [`${finding.title} (${finding.rule})`, finding.summary]),
    ),
    ...table(
      'Not applicable',
      ['Test', 'Why'],
      by('not_applicable').map((finding) => [`${finding.title} (${finding.rule})`, finding.reason ?? '']),
    ),
    `Collection ${codeSpan(collection.id)}; reference data: ${about.reference.join(', ')}.`,
  ].join('\n\n')}\n`;
}

function openSection(finding: ReportFinding): string {
  const evidence = finding.evidence.slice(0, 5).map((entry) => `- ${codeSpan(place(entry))}: ${codeSpan(entry.text)}`);
  return [
    `## ${label(finding)}: ${finding.title}`,
    escapeMarkdown(finding.summary),
    ...(evidence.length === 0 ? [] : [evidence.join('\n')]),
    ...(finding.remedy === undefined ? [] : [`To do: ${escapeMarkdown(finding.remedy)}`]),
    `Rule ${codeSpan(finding.rule)}, version ${finding.version}.`,
  ].join('\n\n');
}

function table(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `## ${title}`,
    [line(heads), line(heads.map(() => '---')), ...rows.map((row) => line(row.map(escapeMarkdown)))].join('\n'),
  ];
}
