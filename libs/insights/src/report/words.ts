import type { Report, ReportFinding, TallyName } from './report';
import { shownAs, tally } from './report';

export const TALLY_WORDS: Readonly<Record<TallyName, string>> = {
  critical: 'Critical',
  high: 'High',
  warning: 'Warning',
  review: 'Review',
  info: 'Info',
  pass: 'Pass',
  not_evaluated: 'Not evaluated',
  error: 'Error',
  not_applicable: 'Not applicable',
};

/** "Warning", or "Review (warning)" where a person must judge. */
export function label(finding: ReportFinding): string {
  const shown = shownAs(finding);
  return shown === 'review' ? `Review (${finding.severity ?? 'warning'})` : TALLY_WORDS[shown];
}

/** One sentence that says how the server stands. */
export function headline(report: Report): string {
  const count = tally(report.findings);
  const parts = [
    ...(count.critical > 0 ? [`${count.critical} critical`] : []),
    ...(count.high > 0 ? [`${count.high} high`] : []),
    ...(count.warning > 0 ? [`${count.warning} ${count.warning === 1 ? 'warning' : 'warnings'}`] : []),
    ...(count.review > 0 ? [`${count.review} to review`] : []),
  ];
  const open = parts.length === 0 ? 'No test failed' : `Open: ${parts.join(', ')}`;
  const unknown = count.not_evaluated + count.error;
  return `${open}; ${count.pass} passed${unknown > 0 ? `, ${unknown} could not be evaluated` : ''}.`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** "Fri 20 Nov 2026, 01:02 UTC". */
export function timeText(iso: string): string {
  const time = new Date(iso);
  const clock = iso.slice(11, 16);
  return `${DAYS[time.getUTCDay()] ?? ''} ${time.getUTCDate()} ${MONTHS[time.getUTCMonth()] ?? ''} ${time.getUTCFullYear()}, ${clock} UTC`;
}

/** Text of a collection on a terminal: no control or direction characters. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');

export const place = (evidence: { readonly file: string; readonly line: number | null }): string =>
  evidence.line === null ? evidence.file : `${evidence.file} line ${evidence.line}`;

export const isOpen = ({ outcome }: ReportFinding): boolean => outcome === 'fail' || outcome === 'error';
