import type { Entry } from '../api/types';
import { dayOf } from '../ui/time';
import type { EntryKind } from './entry-data';

/** Shorter runs are read as quickly as the line that would stand for them. */
const LEAST = 4;

/** Kinds that fold: they say what the state block shows anyway, and nobody gave a reason with them. */
const SUBJECTS = {
  assigned: 'owner',
  stage: 'stage',
  need_met: 'needs',
  workaround_applied: 'workaround',
  workaround_worked: 'workaround',
  follow_up: 'follow-up',
} as const satisfies Partial<Record<EntryKind, string>>;

type Run = readonly [Entry, ...Entry[]];

/**
 * The entries as they are shown: each alone, or a run of adjacent changes of one day and one audience together.
 * A run with an entry to `keep` stays open.
 */
export function folded(entries: readonly Entry[], keep: (entry: Entry) => boolean): readonly Run[] {
  const runs: [Entry, ...Entry[]][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run && belongs(run[0], entry)) run.push(entry);
    else runs.push([entry]);
  }
  return runs.flatMap((run): readonly Run[] =>
    run.length < LEAST || run.some(keep) ? run.map((entry): Run => [entry]) : [run],
  );
}

/** What a run is about, in words: "stage, owner". */
export function subjectsOf(run: readonly Entry[]): string {
  return [...new Set(run.map(subjectOf))].join(', ');
}

function belongs(first: Entry, next: Entry): boolean {
  return (
    subjectOf(first) !== undefined &&
    subjectOf(next) !== undefined &&
    first.audience === next.audience &&
    dayOf(first.at) === dayOf(next.at)
  );
}

function subjectOf({ kind, data }: Entry): string | undefined {
  if ((data as { reason?: unknown }).reason !== undefined) return undefined;
  return Object.hasOwn(SUBJECTS, kind) ? SUBJECTS[kind as keyof typeof SUBJECTS] : undefined;
}
