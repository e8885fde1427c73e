import { DomainError } from '@casebook/kernel';
import type { Scope } from '@casebook/read-model';
import type { SearchDocument } from '../search-index';
import { phraseOf, type Phrase } from './marks';

/** The columns that typed words are looked up in. */
const ANYWHERE = '{ref title body}';
const MOST_TEXT = 500;
const MOST_WORDS = 12;
/** A shorter beginning would match half of all words. Digits are different: people type numbers from the front. */
const SHORTEST_PREFIX = 2;

/** What a person typed, as FTS5 is asked for it. */
export interface Match {
  /** All words as they stand. */
  readonly exact: string;
  /** The last word as the beginning of one; absent where that would match half of everything. */
  readonly prefix?: string;
  /** The same for marking hits. */
  readonly phrases: readonly Phrase[];
}

/** Reads what a person typed; undefined when there is nothing to look for. */
export function matchOf(text: string, scope: Scope, kinds?: readonly string[]): Match | undefined {
  const audience = audienceTokens(scope);
  const pieces = piecesOf(text);
  const last = pieces.at(-1);
  if (last === undefined) return undefined;
  const open = [...last].length >= SHORTEST_PREFIX || /\d$/.test(last);
  const cut = [
    ...(audience ? [`scope : (${audience.join(' OR ')})`] : []),
    ...(kinds ? [`scope : (${kinds.map(kindToken).join(' OR ')})`] : []),
  ];
  const words = pieces.map(quote).join(' AND ');
  const whole = (wanted: string) => [`${ANYWHERE} : (${wanted})`, ...cut].join(' AND ');
  return {
    exact: whole(words),
    ...(open && { prefix: whole(`${words} *`) }),
    phrases: pieces.map((piece, at) => phraseOf(piece, open && at === pieces.length - 1)),
  };
}

/** The same, found in reference or title only. */
export function inTitle(match: string): string {
  return match.replace(ANYWHERE, '{ref title}');
}

/** Words by which the index itself cuts to scope and kind, kept in a column that no typed word is looked up in. */
export function scopeTokens({ kind, audience, company }: SearchDocument): string {
  const reader = { public: 'xpublic', customer: company === null ? 'xcustomer' : companyToken(company), internal: '' };
  return `${kindToken(kind)} ${reader[audience]}`.trim();
}

/** Text as it is stored: what no tool shows becomes spaces. */
export function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ');
}

/** A reference without case and punctuation: `CB-1042` → `cb1042`. */
export function plainRef(ref: string): string {
  return ref.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function piecesOf(text: string): string[] {
  return clean(text.slice(0, MOST_TEXT))
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, MOST_WORDS);
}

/** Inside quotes FTS5 knows no syntax but the quote itself. */
function quote(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

function audienceTokens(scope: Scope): readonly string[] | undefined {
  if (scope.kind === 'staff') return undefined;
  if (scope.kind === 'public') return ['xpublic'];
  if (scope.kind === 'company' && scope.companyId !== '')
    return ['xpublic', 'xcustomer', companyToken(scope.companyId)];
  throw new DomainError('forbidden', 'search.scope', `Search cannot be used as ${scope.kind}`);
}

function companyToken(company: string): string {
  return `xc${Buffer.from(company).toString('hex')}`;
}

function kindToken(kind: string): string {
  return `xk${Buffer.from(kind).toString('hex')}`;
}
