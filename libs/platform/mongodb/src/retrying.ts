import { DomainError } from '@casebook/kernel';
import { setTimeout } from 'node:timers/promises';
import { mongoFailure } from './mongo-failure';

/** Thrown by work that lost to another writer and is to be done again from what is stored now. */
export class Raced extends Error {}

const GIVE_UP_MS = 10_000;
const FIRST_WAIT_MS = 2;
const MOST_WAIT_MS = { raced: 50, passing: 500 };

/**
 * Repeats work until it succeeds: after failures that pass (a lost connection, a new primary) and after lost races, for
 * 10 s at most. The work must be safe to repeat although an attempt that failed may have landed, and may still land.
 * Throws DomainError `unavailable` (`mongodb.unavailable`) when it gives up; other errors pass through.
 */
export async function retrying<T>(work: () => Promise<T>, giveUpMs = GIVE_UP_MS): Promise<T> {
  const until = performance.now() + giveUpMs;
  for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
    try {
      return await work();
    } catch (error) {
      const raced = error instanceof Raced;
      const failure = raced ? 'passing' : mongoFailure(error);
      if (failure !== 'passing' && failure !== 'refused') throw error;
      if (failure === 'refused' || performance.now() > until) throw unavailable(error as Error);
      wait = Math.min(wait, raced ? MOST_WAIT_MS.raced : MOST_WAIT_MS.passing);
    }
    await setTimeout(wait * (0.5 + Math.random() / 2));
  }
}

function unavailable(error: Error): DomainError {
  return new DomainError(
    'unavailable',
    'mongodb.unavailable',
    `MongoDB does not take or answer this now (${error.message}). Try again later.`,
  );
}
