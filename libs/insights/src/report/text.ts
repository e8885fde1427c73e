import type { Report, ReportFinding } from './report';
import { headline, isOpen, label, place, plain, timeText } from './words';

const WIDTH = 18;

/** The report for a terminal. */
export function textReport(report: Report): string {
  const { collection, about, findings } = report;
  const head = [
    `Advisory report for ${plain(collection.host)}: ${plain(about.subject.join(', ')) || collection.kind}`,
    `Collected ${timeText(collection.takenAt)}, ${collection.complete ? 'complete' : 'incomplete'}; collection ${plain(collection.id)}.`,
    headline(report),
    ...(about.caution === null ? [] : [about.caution]),
  ];
  const by = (outcome: string) => findings.filter((finding) => finding.outcome === outcome);
  return `${[
    ...head,
    ...findings.filter(isOpen).map(openBlock),
    ...by('info').map(openBlock),
    ...by('not_evaluated').map(unknownBlock),
    ...section(
      'Passed',
      by('pass').map((finding) => `${finding.rule}: ${plain(finding.summary)}`),
    ),
    ...section(
      'Not applicable',
      by('not_applicable').map((finding) => `${finding.rule}: ${plain(finding.reason ?? '')}`),
    ),
    ...section('Files that this version does not know', about.unknownFiles.map(plain)),
  ].join('\n')}\n`;
}

const block = (name: string, lines: readonly string[]): string =>
  `\n${lines.map((line, index) => `${(index === 0 ? name : '').padEnd(WIDTH)}${line}`).join('\n')}`;

function openBlock(finding: ReportFinding): string {
  return block(label(finding), [
    `${finding.title} (${finding.rule}, version ${finding.version})`,
    plain(finding.summary),
    ...finding.evidence.slice(0, 5).map((evidence) => `  ${plain(place(evidence))}: ${plain(evidence.text)}`),
    ...(finding.remedy === undefined ? [] : [`To do: ${finding.remedy}`]),
  ]);
}

function unknownBlock(finding: ReportFinding): string {
  return block(label(finding), [
    `${finding.title} (${finding.rule})`,
    plain(finding.reason ?? ''),
    ...(finding.remedy === undefined ? [] : [`To do: ${plain(finding.remedy)}`]),
  ]);
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`\n${title} (${lines.length})`, ...lines.map((line) => `  ${line}`)];
