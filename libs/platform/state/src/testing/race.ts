import type { StateStore } from '../state-store';

export const CLAIMS = 1_000;

export interface RaceResult {
  /** Claims won by unique insert, and numbers drawn from one counter. */
  readonly won: readonly number[];
  readonly drawn: readonly number[];
  /** How often a compare-and-set on one record was won. */
  readonly steps: number;
}

/** What each of two racing processes does. */
export async function race(store: StateStore, name: string): Promise<RaceResult> {
  const won: number[] = [];
  const drawn: number[] = [];
  let steps = 0;
  for (let claim = 0; claim < CLAIMS; claim++) {
    if ((await store.insert('claim', `claim-${claim}`, name)) !== undefined) won.push(claim);
    drawn.push(await store.increment('counter', 'tickets'));
    const shared = await store.get<number>('shared', 'steps');
    if (shared && (await store.put('shared', 'steps', shared.value + 1, shared.version)) !== undefined) steps++;
  }
  return { won, drawn, steps };
}
