import type { Json, RawRow } from './columns';

/** A row with the line of the file it came from; null when a row sums up the whole file. */
export interface ShapedRow {
  readonly line: number | null;
  readonly row: RawRow;
}

/** Turns the text of one file into rows. Throws `ShapeError` with a short reason when it cannot. */
export type Shape = (text: string) => readonly ShapedRow[];

/** The text is not what the item promises. The message names the line, never the content. */
export class ShapeError extends Error {}

const MAX_DEPTH = 12;
const MAX_ROWS = 100_000;

/** JSON that is not nested deeper than a collection ever is. */
export function parseJson(text: string, where: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new ShapeError(`${where} is not JSON`);
  }
  if (deeperThan(value, MAX_DEPTH)) throw new ShapeError(`${where} is nested too deeply`);
  return value;
}

function deeperThan(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((child: Json) => deeperThan(child, depth - 1));
}

export const isObject = (value: Json | undefined): value is RawRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function* linesOf(text: string): Generator<[number, string]> {
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    if (number > MAX_ROWS) throw new ShapeError(`there are more than ${MAX_ROWS} lines`);
    const content = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (content.trim() !== '') yield [number, content];
  }
}

/** One JSON object per line. */
export const ndjson: Shape = (text) =>
  [...linesOf(text)].map(([line, content]) => {
    const row = parseJson(content, `line ${line}`);
    if (!isObject(row)) throw new ShapeError(`line ${line} is not an object`);
    return { line, row };
  });

/** `key<TAB>value`, one per line. */
export const tsv: Shape = (text) =>
  [...linesOf(text)].map(([line, content]) => {
    const tab = content.indexOf('\t');
    return {
      line,
      row:
        tab < 0
          ? { key: content.trim(), value: '' }
          : { key: content.slice(0, tab), value: content.slice(tab + 1).trim() },
    };
  });

/** `KEY=value` or `KEY: value`, quotes removed. */
export const keyValue: Shape = (text) =>
  [...linesOf(text)].flatMap(([line, content]) => {
    const match = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(content);
    if (!match) return [];
    return [{ line, row: { key: match[1] ?? '', value: (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2').trim() } }];
  });

/** Any text: one row a line. */
export const plain: Shape = (text) => [...linesOf(text)].map(([line, content]) => ({ line, row: { text: content } }));

/** Output of `df -P`: size, used and free in blocks of 1,024 bytes (or inodes), then percent and mount point. */
export const df: Shape = (text) =>
  [...linesOf(text)].flatMap(([line, content]) => {
    const match = /^(\S.*?)\s+(\d+|-)\s+(\d+|-)\s+(-?\d+|-)\s+(?:(\d+)%|-)\s+(\/.*)$/.exec(content);
    if (!match) return [];
    const number = (value: string | undefined): number | null =>
      value === undefined || value === '-' ? null : Number(value);
    return [
      {
        line,
        row: {
          device: match[1] ?? '',
          total: number(match[2]),
          used: number(match[3]),
          available: number(match[4]),
          used_percent: number(match[5]),
          mount: match[6] ?? '',
        },
      },
    ];
  });

/** `barman -f json check all`: server, check, then status and hint. */
export const barmanCheck: Shape = (text) => {
  const json = parseJson(text, 'the file');
  if (!isObject(json)) throw new ShapeError('the file is not an object');
  return Object.entries(json).flatMap(([server, checks]) =>
    isObject(checks)
      ? Object.entries(checks).map(([check, result]) => ({
          line: null,
          row: {
            server,
            check,
            status: isObject(result) ? (result.status ?? null) : result,
            hint: isObject(result) ? (result.hint ?? null) : null,
          },
        }))
      : [],
  );
};

/** `barman -f json list-backup all`: server, then a list of backups. Sizes may come as text. */
export const barmanBackups: Shape = (text) => {
  const json = parseJson(text, 'the file');
  if (!isObject(json)) throw new ShapeError('the file is not an object');
  return Object.entries(json).flatMap(([server, backups]) =>
    (Array.isArray(backups) ? (backups as readonly Json[]) : []).flatMap((backup) =>
      isObject(backup)
        ? [
            {
              line: null,
              row: {
                server,
                backup_id: backup.backup_id ?? null,
                status: backup.status ?? null,
                end_time: epoch(backup.end_time_timestamp),
                size_bytes: epoch(backup.size_bytes),
              },
            },
          ]
        : [],
    ),
  );
};

function epoch(value: Json | undefined): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\d{1,16}(\.\d+)?$/.test(value)) return Number(value);
  return null;
}
