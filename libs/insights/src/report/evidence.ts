import type { Json } from '../format/columns';
import type { Evidence } from '../rules/rule';

/** Where a value stands in the archive, as text. */
export interface ReportEvidence {
  readonly file: string;
  readonly line: number | null;
  readonly text: string;
  /** The part of `text` that decided, for highlighting. */
  readonly mark: string | null;
}

const EVIDENCE_LENGTH = 260;

/** Puts the row of an evidence into words; at most a few hundred characters. */
export const describeEvidence = (evidence: Evidence): ReportEvidence => ({
  file: evidence.file,
  line: evidence.line,
  ...textOf(evidence),
});

/** The row as JSON without its empty columns; a `key value` line as it stands. */
function textOf({ row, column }: Evidence): { text: string; mark: string | null } {
  const { key, value } = row;
  if (typeof key === 'string' && typeof value === 'string' && row.server === undefined)
    return {
      text: `${key}: ${value}`.slice(0, EVIDENCE_LENGTH),
      mark: column === 'value' && value !== '' ? value : null,
    };
  const shown = Object.entries(row).filter(([, cell]) => cell !== null);
  const text = shortened(shown, column);
  const mark = column === null ? null : `${JSON.stringify(column)}:${JSON.stringify(row[column] ?? null)}`;
  return { text, mark: mark !== null && text.includes(mark) ? mark : null };
}

/** A long row loses columns, but never the one that decided. */
function shortened(cells: readonly (readonly [string, Json])[], column: string | null): string {
  let left = EVIDENCE_LENGTH - JSON.stringify(cells.find(([name]) => name === column) ?? '').length;
  const kept = cells.filter(([name, value]) => {
    if (name === column) return true;
    left -= JSON.stringify([name, value]).length;
    return left > 0;
  });
  const text = JSON.stringify(Object.fromEntries(kept));
  const cut = text.length > 2 * EVIDENCE_LENGTH ? `${text.slice(0, 2 * EVIDENCE_LENGTH)}…` : text;
  return kept.length < cells.length ? cut.replace(/\}$/, ',…}') : cut;
}
