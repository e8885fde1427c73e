import type { Part } from '../format/collection';
import { checkRow, type RawRow } from '../format/columns';
import type { Item } from '../format/item';
import type { ManifestItem } from '../format/manifest';
import { ShapeError, type ShapedRow } from '../format/shapes';

/** Makes one part of the manifest's line and the file's text; text that breaks the format makes it `invalid`. */
export function readPart(item: Item, oid: string | null, line: ManifestItem, path: string, text: string | null): Part {
  const base = { path, oid, detail: line.detail, truncated: line.truncated, rows: [], lines: [] };
  if (line.status !== 'ok' && line.status !== 'partial') return { ...base, status: line.status };
  if (text === null) return { ...base, status: 'invalid', detail: 'the file is missing' };
  try {
    return { ...base, status: line.status, ...readRows(item, item.shape(text)) };
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return { ...base, status: 'invalid', detail: error.message };
  }
}

function readRows(item: Item, shaped: readonly ShapedRow[]): { rows: RawRow[]; lines: (number | null)[] } {
  const rows: RawRow[] = [];
  const lines: (number | null)[] = [];
  for (const { row, line } of shaped) {
    const checked = checkRow(item.columns, row);
    if (typeof checked === 'string') throw new ShapeError(line === null ? checked : `line ${line}: ${checked}`);
    rows.push(checked);
    lines.push(line);
  }
  return { rows, lines };
}
