import type { MarkedText } from '../search-index';

const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;
/** Characters of a body that are looked through for an excerpt, and that an excerpt has, about. */
const LOOKED_THROUGH = 20_000;
const EXCERPT = { before: 60, length: 220 };

/** Words of one typed piece, in a row; `prefix` when the last of them may be a beginning. */
export interface Phrase {
  readonly words: readonly string[];
  readonly prefix: boolean;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The words of a typed piece, as the index splits and folds them. */
export function phraseOf(piece: string, prefix: boolean): Phrase {
  return { words: wordsIn(piece).map(({ text }) => text), prefix };
}

/**
 * A text with every place marked where a phrase stands. Done here and not by FTS5, which would run the whole search
 * again for each hit.
 */
export function marked(text: string, phrases: readonly Phrase[]): MarkedText {
  return { text, marks: marksIn(text, phrases) };
}

/** A piece of a text around the first place found, or its beginning. */
export function excerpt(text: string, phrases: readonly Phrase[]): MarkedText {
  const all = marksIn(text.slice(0, LOOKED_THROUGH), phrases);
  const start = startOf(text, (all[0]?.start ?? 0) - EXCERPT.before);
  const end = endOf(text, Math.max(start + EXCERPT.length, all[0]?.end ?? 0));
  const before = start > 0 ? '…' : '';
  const shift = before.length - start;
  const marks = all
    .filter((mark) => mark.end <= end)
    .map((mark) => ({ start: mark.start + shift, end: mark.end + shift }));
  return { text: `${before}${text.slice(start, end)}${end < text.length ? '…' : ''}`, marks };
}

function marksIn(text: string, phrases: readonly Phrase[]): { start: number; end: number }[] {
  const words = wordsIn(text);
  const marks: { start: number; end: number }[] = [];
  for (const [at, { start }] of words.entries()) {
    if (start < (marks.at(-1)?.end ?? 0)) continue;
    const lengths = phrases.filter((phrase) => standsAt(words, at, phrase)).map((phrase) => phrase.words.length);
    const last = words[at + Math.max(0, ...lengths) - 1];
    if (lengths.length > 0 && last) marks.push({ start, end: last.end });
  }
  return marks;
}

function standsAt(words: readonly Word[], at: number, phrase: Phrase): boolean {
  return (
    phrase.words.length > 0 &&
    phrase.words.every((wanted, offset) => {
      const word = words[at + offset]?.text;
      const open = phrase.prefix && offset === phrase.words.length - 1;
      return word === wanted || (open && word?.startsWith(wanted) === true);
    })
  );
}

function wordsIn(text: string): Word[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    text: word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}

/** Moves forward to the beginning of a word. */
function startOf(text: string, from: number): number {
  if (from <= 0) return 0;
  const space = text.slice(from, from + EXCERPT.before).search(/\s/);
  return space < 0 ? from : from + space + 1;
}

/** Moves back to the end of a word. */
function endOf(text: string, to: number): number {
  if (to >= text.length) return text.length;
  const space = text.lastIndexOf(' ', to);
  return space > to - EXCERPT.before ? space : to;
}
