import { DomainError } from '@casebook/kernel';
import type { Scope } from '@casebook/read-model';
import type { MarkedText, SearchHit, SearchOptions, SearchPage } from '../search-index';
import { clean, inTitle, matchOf, plainRef } from './match';
import type { SearchFile } from './search-file';

const LIMIT = { default: 20, most: 100 };
/** Hits that can be paged to. */
const REACH = 1_000;
/** Ranking looks at every match; beyond this many the newest come first instead, titles before bodies. */
const MOST_RANKED = 5_000;
const MARK = { start: '\u0001', end: '\u0002' };
const EXCERPT_WORDS = 24;

interface Found {
  readonly rowid: number;
  readonly score: number;
}

/** Answers one question from a file of the index. */
export function searchFile(file: SearchFile, scope: Scope, text: string, options: SearchOptions): SearchPage {
  const { limit = LIMIT.default, kinds } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT.most)
    throw new DomainError('invalid', 'search.limit', `A limit is 1 to ${LIMIT.most}`);
  const offset = options.after === undefined ? 0 : readOffset(options.after);
  const match = matchOf(text, scope, kinds);
  if (match === undefined || kinds?.length === 0) return { items: [] };
  const cut = columnsCut(scope, kinds);
  const exact = byReference(file, text, cut);
  const known = new Set(exact.map(({ rowid }) => rowid));
  const others = byWords(file, match, cut, offset + limit + 1 + exact.length).filter(({ rowid }) => !known.has(rowid));
  const found = [...exact, ...others].slice(offset, offset + limit + 1);
  const next = offset + limit;
  return {
    items: found.slice(0, limit).map((one) => hit(file, match, one)),
    ...(found.length > limit && next < REACH ? { nextCursor: writeOffset(next) } : {}),
  };
}

interface Cut {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Company, audience and kind as plain columns: the same cut that the match makes by its words. */
function columnsCut(scope: Scope, kinds?: readonly string[]): Cut {
  const ofKind = kinds ? ` AND docs.kind IN (${kinds.map(() => '?').join(', ')})` : '';
  if (scope.kind === 'company') {
    const readable = "docs.audience = 'customer' AND (docs.company = ? OR docs.company IS NULL)";
    return { sql: `(docs.audience = 'public' OR ${readable})${ofKind}`, values: [scope.companyId, ...(kinds ?? [])] };
  }
  return { sql: `${scope.kind === 'staff' ? '1' : "docs.audience = 'public'"}${ofKind}`, values: kinds ?? [] };
}

function byReference(file: SearchFile, text: string, cut: Cut): readonly Found[] {
  const plain = plainRef(clean(text));
  if (plain === '') return [];
  // Both sides of the OR repeat their index's own condition: only then can SQLite use it.
  const named = "(docs.plain = ? AND docs.plain <> '' OR docs.digits = ? AND docs.digits <> '')";
  const rows = file
    .prepare(`SELECT rowid FROM docs WHERE ${named} AND ${cut.sql} ORDER BY rowid DESC LIMIT ${LIMIT.most}`)
    .all(plain, plain, ...cut.values) as { rowid: number }[];
  return rows.map(({ rowid }) => ({ rowid, score: REACH }));
}

function byWords(file: SearchFile, match: string, cut: Cut, most: number): readonly Found[] {
  const many = file
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ${MOST_RANKED + 1})`)
    .get(match) as { n: number };
  if (many.n <= MOST_RANKED) return ranked(file, match, cut, most);
  const titles = newest(file, inTitle(match), cut, most);
  const known = new Set(titles.map(({ rowid }) => rowid));
  const bodies = newest(file, match, cut, most).filter(({ rowid }) => !known.has(rowid));
  return [...titles.map((found) => ({ ...found, score: 1 })), ...bodies].slice(0, most);
}

function ranked(file: SearchFile, match: string, cut: Cut, most: number): readonly Found[] {
  return file
    .prepare(
      `SELECT docs.rowid, -found.rank AS score
       FROM (SELECT rowid, bm25(words, 0.0, 10.0, 5.0, 1.0) AS rank FROM words WHERE words MATCH ? ORDER BY rank, rowid DESC LIMIT ?) found
       JOIN docs ON docs.rowid = found.rowid WHERE ${cut.sql} ORDER BY found.rank, docs.rowid DESC`,
    )
    .all(match, most, ...cut.values) as Found[];
}

function newest(file: SearchFile, match: string, cut: Cut, most: number): readonly Found[] {
  return file
    .prepare(
      `SELECT docs.rowid, 0 AS score
       FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?) found
       JOIN docs ON docs.rowid = found.rowid WHERE ${cut.sql} ORDER BY docs.rowid DESC`,
    )
    .all(match, most, ...cut.values) as Found[];
}

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly of: string | null;
  readonly ref: string;
  readonly title: string;
  readonly excerpt: string;
}

function hit(file: SearchFile, match: string, { rowid, score }: Found): SearchHit {
  const columns = `docs.kind, docs.id, docs.of, docs.ref`;
  // The cast matters: numbers are bound as floating point, and FTS5 passes over a rowid that is no integer.
  const marked = file.prepare(
    `SELECT ${columns}, highlight(words, 2, '${MARK.start}', '${MARK.end}') AS title,
       snippet(words, 3, '${MARK.start}', '${MARK.end}', '…', ${EXCERPT_WORDS}) AS excerpt
     FROM words JOIN docs ON docs.rowid = words.rowid WHERE words MATCH ? AND words.rowid = CAST(? AS INTEGER)`,
  );
  // Found by its reference alone, written as the index does not split it: nothing to mark.
  const plain = file.prepare(
    `SELECT ${columns}, docs.title, substr(docs.body, 1, 200) AS excerpt FROM docs WHERE rowid = ?`,
  );
  const row = (marked.get(match, rowid) ?? plain.get(rowid)) as Row;
  return {
    kind: row.kind,
    id: row.id,
    ...(row.of === null ? {} : { of: row.of }),
    ...(row.ref === '' ? {} : { ref: row.ref }),
    title: markedText(row.title),
    excerpt: markedText(row.excerpt),
    score,
  };
}

/** Takes the marks out of a text and says where they stood. */
function markedText(marked: string): MarkedText {
  const marks: { start: number; end: number }[] = [];
  let text = '';
  for (const [at, piece] of marked.split(MARK.start).entries()) {
    const [inside = '', outside = ''] = at === 0 ? ['', piece] : piece.split(MARK.end);
    if (at > 0) marks.push({ start: text.length, end: text.length + inside.length });
    text += inside + outside;
  }
  return { text, marks };
}

function writeOffset(offset: number): string {
  return Buffer.from(`s${offset}`).toString('base64url');
}

function readOffset(cursor: string): number {
  const offset = Number(/^s(\d{1,4})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]);
  if (Number.isInteger(offset) && offset < REACH) return offset;
  throw new DomainError('invalid', 'search.cursor', 'The cursor is not of a search');
}
