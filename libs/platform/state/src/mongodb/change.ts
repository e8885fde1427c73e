import { mongoFailure, Raced } from '@casebook/mongodb';
import { DomainError } from '@casebook/kernel';
import { randomBytes } from 'node:crypto';
import type { Collection } from 'mongodb';

/** A record, or what is left of one: a deleted or swept record keeps its version for a while. */
export interface Stored {
  readonly _id: string;
  readonly version: number;
  /** JSON text. */
  readonly value?: string;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  /** When it was deleted or swept, in epoch milliseconds. */
  readonly gone?: number;
  /** The change that wrote it. */
  readonly by?: string;
}

/** What a change makes of the record: something to write, or nothing; and what to answer, given the new version. */
export interface Decision<T> {
  readonly write?: Pick<Stored, 'value' | 'expiresAt' | 'gone'>;
  readonly answer: (version: number) => T;
}

/** Holds the version from which new records begin: no version of a record that left no trace was higher. */
export const FLOOR = '\0';

/**
 * One change of one record, attempted until it is done: read, decide, write where the version is still the one that was
 * read. Each write carries the mark of its change, so that a write whose answer was lost is recognised at the next
 * attempt, also when it lands late.
 */
export class Change<T> {
  private readonly mark = randomBytes(9).toString('base64url');
  /** Version of an attempt of which nobody knows whether it landed. */
  private unknown: number | undefined;
  private answer: Decision<T>['answer'] | undefined;

  constructor(
    private readonly records: Collection<Stored>,
    private readonly id: string,
    private readonly decide: (stored: Stored | undefined) => Decision<T>,
  ) {}

  /** True while an attempt may have landed, or may still land. */
  get mayLand(): boolean {
    return this.unknown !== undefined;
  }

  /** Throws Raced, or an error that passes, when it is to be attempted again. */
  async attempt(): Promise<T> {
    const stored = (await this.records.findOne({ _id: this.id })) ?? undefined;
    // Attempts that start from the same version decide the same, so the last answer is that of the one that landed.
    if (stored?.by === this.mark && this.answer) return this.answer(stored.version);
    this.settleUnknown(stored);
    const { write, answer } = this.decide(stored);
    this.answer = answer;
    if (!write) return answer(0);
    const version = (stored?.version ?? (await this.floor())) + 1;
    const written = await this.write(stored, { ...write, version, by: this.mark }, version);
    if (!written) throw new Raced();
    return answer(version);
  }

  private async write(stored: Stored | undefined, content: Omit<Stored, '_id'>, version: number): Promise<boolean> {
    try {
      if (!stored) {
        await this.records.insertOne({ _id: this.id, ...content });
        return true;
      }
      const guard = { _id: this.id, version: stored.version };
      return (await this.records.replaceOne(guard, content)).matchedCount === 1;
    } catch (error) {
      const failure = mongoFailure(error);
      if (failure === 'duplicate') return false;
      if (failure === 'passing') this.unknown = version;
      throw error;
    }
  }

  /** What the record says about the attempt whose answer was lost. At an older version it may still land. */
  private settleUnknown(stored: Stored | undefined): void {
    if (this.unknown === undefined || !stored || stored.version < this.unknown) return;
    if (stored.version > this.unknown) throw outcomeUnknown();
    // Another change took that version; ours finds its guard broken.
    this.unknown = undefined;
  }

  /** Read after the record was found missing: a purge raises it before it removes what is left of records. */
  private async floor(): Promise<number> {
    return (await this.records.findOne({ _id: FLOOR }))?.version ?? 0;
  }
}

export function outcomeUnknown(): DomainError {
  return new DomainError(
    'unavailable',
    'state.outcome-unknown',
    'The connection was lost during a write, and nobody can tell whether it is stored. Look before you try again.',
  );
}
