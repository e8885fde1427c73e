/** Where the numbering of a ticket's timeline stands (D10). */
export interface EntryCount {
  /** Public entries so far. */
  readonly public: number;
  /** Internal entries since the last public one. */
  readonly internal: number;
}

export const NO_ENTRIES: EntryCount = { public: 0, internal: 0 };

/** Letters after the number of the last public entry: 1 → a, 26 → z, 27 → aa. */
function letters(count: number): string {
  let text = '';
  for (let rest = count; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(97 + ((rest - 1) % 26)) + text;
  }
  return text;
}

/** The number of the next entry and the count after it: 8 for both sides, or 7a for staff alone. */
export function nextEntry(count: EntryCount, audience: 'customer' | 'internal'): { entry: string; count: EntryCount } {
  if (audience === 'customer') {
    const next = { public: count.public + 1, internal: 0 };
    return { entry: String(next.public), count: next };
  }
  const next = { ...count, internal: count.internal + 1 };
  return { entry: `${next.public}${letters(next.internal)}`, count: next };
}
