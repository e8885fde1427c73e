/** A run of words that stayed, went or came. */
export interface DiffPart {
  readonly kind: 'same' | 'del' | 'ins';
  readonly text: string;
}

/** Above this many words on a side, comparing costs more than it tells. */
const COMPARED_WORDS = 2_000;
const KEPT_WORDS = 4;

/** What changed between two texts, word by word; marks of punctuation count as words. */
export function wordDiff(before: string, after: string): readonly DiffPart[] {
  const [left, right] = [words(before), words(after)];
  if (left.length > COMPARED_WORDS || right.length > COMPARED_WORDS) {
    return before === after
      ? [{ kind: 'same', text: after }]
      : [del(before), ins(after)].filter(({ text }) => text !== '');
  }
  const table = commonLengths(left, right);
  const width = right.length + 1;
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [old, now] = [left[i], right[j]];
    if (old !== undefined && now !== undefined && old.trim() === now.trim()) {
      push(parts, { kind: 'same', text: now });
      i++;
      j++;
    } else if (
      old !== undefined &&
      (now === undefined || at(table, (i + 1) * width + j) >= at(table, i * width + j + 1))
    ) {
      push(parts, del(old));
      i++;
    } else {
      push(parts, ins(now ?? ''));
      j++;
    }
  }
  return parts;
}

/** Cuts long runs that stayed, so that what changed is seen at once. */
export function shortened(parts: readonly DiffPart[]): readonly DiffPart[] {
  return parts.map((part, index) => {
    const list = words(part.text);
    if (part.kind !== 'same' || list.length <= 3 * KEPT_WORDS) return part;
    const head = index === 0 ? '' : list.slice(0, KEPT_WORDS).join('');
    const tail = index === parts.length - 1 ? '' : list.slice(-KEPT_WORDS).join('');
    return { kind: 'same', text: `${head}… ${tail}` };
  });
}

export function wordCount(texts: readonly string[]): number {
  return texts.join(' ').split(/\s+/).filter(Boolean).length;
}

function words(text: string): readonly string[] {
  return text.match(/(?:[^\s,.;:!?]+(?:[,.:][^\s,.;:!?]+)*|[,.;:!?])\s*/g) ?? [];
}

/** Length of the longest common run of words of each pair of tails, row by row. */
function commonLengths(left: readonly string[], right: readonly string[]): Uint16Array {
  const width = right.length + 1;
  const table = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      table[i * width + j] =
        left[i]?.trim() === right[j]?.trim()
          ? at(table, (i + 1) * width + j + 1) + 1
          : Math.max(at(table, (i + 1) * width + j), at(table, i * width + j + 1));
    }
  }
  return table;
}

function at(table: Uint16Array, index: number): number {
  return table[index] ?? 0;
}

function push(parts: DiffPart[], next: DiffPart): void {
  const last = parts.at(-1);
  if (last?.kind === next.kind) parts[parts.length - 1] = { kind: last.kind, text: last.text + next.text };
  else parts.push(next);
}

function del(text: string): DiffPart {
  return { kind: 'del', text };
}

function ins(text: string): DiffPart {
  return { kind: 'ins', text };
}
