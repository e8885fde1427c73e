import { DomainError } from '@casebook/kernel';
import type { Scope } from '@casebook/read-model';
import type { SearchHit, SearchOptions, SearchPage } from '../search-index';
import { excerpt, marked } from './marks';
import { clean, inTitle, matchOf, plainRef, type Match } from './match';
import type { SearchFile } from './search-file';

const LIMIT = { default: 20, most: 100 };
/** Hits that can be paged to. */
const REACH = 1_000;
/** Ranking looks at every match; beyond this many the newest come first instead, titles before bodies. */
const MOST_RANKED = 5_000;

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
  const others = byWords(file, match, offset + limit + 1 + exact.length).filter(({ rowid }) => !known.has(rowid));
  const found = [...exact, ...others].slice(offset, offset + limit + 1);
  const next = offset + limit;
  return {
    items: found.slice(0, limit).flatMap((one) => hit(file, cut, match, one)),
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

/**
 * Whole words come before beginnings of words. A beginning is looked up only when whole words leave room: FTS5 gathers
 * everything that begins so before it answers.
 */
function byWords(file: SearchFile, match: Match, most: number): readonly Found[] {
  const whole = newest(file, match.exact, MOST_RANKED + 1);
  if (whole.length > MOST_RANKED) return join(scored(newest(file, inTitle(match.exact), most), 1), whole);
  if (match.prefix === undefined) return ranked(file, match.exact, most);
  const begun = newest(file, match.prefix, MOST_RANKED + 1);
  return begun.length > MOST_RANKED ? join(ranked(file, match.exact, most), begun) : ranked(file, match.prefix, most);
}

/** The first list, then what only the second has. */
function join(first: readonly Found[], second: readonly Found[]): readonly Found[] {
  const known = new Set(first.map(({ rowid }) => rowid));
  return [...first, ...second.filter(({ rowid }) => !known.has(rowid))];
}

function scored(found: readonly Found[], score: number): readonly Found[] {
  return found.map(({ rowid }) => ({ rowid, score }));
}

function ranked(file: SearchFile, match: string, most: number): readonly Found[] {
  return file
    .prepare(
      `SELECT rowid, -bm25(words, 0.0, 10.0, 5.0, 1.0) AS score
       FROM words WHERE words MATCH ? ORDER BY score DESC, rowid DESC LIMIT ?`,
    )
    .all(match, most) as Found[];
}

function newest(file: SearchFile, match: string, most: number): readonly Found[] {
  return file
    .prepare('SELECT rowid, 0 AS score FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?')
    .all(match, most) as Found[];
}

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly of: string | null;
  readonly ref: string;
  readonly title: string;
  readonly body: string;
}

function hit(file: SearchFile, cut: Cut, { phrases }: Match, { rowid, score }: Found): SearchHit[] {
  const row = file
    .prepare(`SELECT kind, id, of, ref, title, body FROM docs WHERE rowid = ? AND ${cut.sql}`)
    .get(rowid, ...cut.values) as Row | undefined;
  if (!row) return [];
  return [
    {
      kind: row.kind,
      id: row.id,
      ...(row.of === null ? {} : { of: row.of }),
      ...(row.ref === '' ? {} : { ref: row.ref }),
      title: marked(row.title, phrases),
      excerpt: excerpt(row.body, phrases),
      score,
    },
  ];
}

function writeOffset(offset: number): string {
  return Buffer.from(`s${offset}`).toString('base64url');
}

function readOffset(cursor: string): number {
  const offset = Number(/^s(\d{1,4})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]);
  if (Number.isInteger(offset) && offset < REACH) return offset;
  throw new DomainError('invalid', 'search.cursor', 'The cursor is not of a search');
}
