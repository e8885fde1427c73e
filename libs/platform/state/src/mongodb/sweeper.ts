import { mongoFailure, Raced, retrying } from '@casebook/mongodb';
import type { Collection, Filter } from 'mongodb';
import { FLOOR, type Stored } from './change';

const BATCH = 500;
/** Far longer than any write can be under way: who found a record missing has long inserted it, or failed. */
const KEEP_MS = 60 * 60_000;

/**
 * Removes expired records and, an hour later, what is left of them and of deleted ones. Until then their version stays,
 * so that a record that comes back goes on from it; afterwards the floor stands for all versions that were removed.
 */
export class Sweeper {
  constructor(
    private readonly records: Collection<Stored>,
    private readonly giveUpMs: number | undefined,
  ) {}

  /** Answers how many records had expired; fewer when an answer of the server was lost. */
  async sweep(now: number): Promise<number> {
    let total = 0;
    const counted = (swept: number): void => {
      total += swept;
    };
    while (await this.retrying(() => this.expire(now, counted)));
    while (await this.retrying(() => this.purge(now - KEEP_MS)));
    return total;
  }

  /** Takes one batch of expired records; true when there may be more. */
  private async expire(now: number, counted: (swept: number) => void): Promise<boolean> {
    const expired = { expiresAt: { $lte: now } };
    const found = await this.some(expired);
    if (found.length === 0) return false;
    const { modifiedCount } = await this.records.updateMany(
      { _id: { $in: found.map(({ _id }) => _id) }, ...expired },
      { $set: { gone: now }, $inc: { version: 1 }, $unset: { value: '', expiresAt: '', by: '' } },
    );
    counted(modifiedCount);
    return found.length === BATCH;
  }

  private async purge(until: number): Promise<boolean> {
    const old = { gone: { $lte: until } };
    const rest = await this.some(old);
    if (rest.length === 0) return false;
    const floor = Math.max(...rest.map(({ version }) => version));
    await this.raiseFloor(floor);
    // A record that came back and was deleted again since has a version that the floor may not cover.
    await this.records.deleteMany({ _id: { $in: rest.map(({ _id }) => _id) }, ...old, version: { $lte: floor } });
    return rest.length === BATCH;
  }

  private async raiseFloor(version: number): Promise<void> {
    try {
      await this.records.updateOne({ _id: FLOOR }, { $max: { version } }, { upsert: true });
    } catch (error) {
      throw mongoFailure(error) === 'duplicate' ? new Raced() : error;
    }
  }

  private some(condition: Filter<Stored>): Promise<Pick<Stored, '_id' | 'version'>[]> {
    const found = this.records.find(condition, { projection: { version: 1 }, limit: BATCH, batchSize: BATCH });
    return found.toArray();
  }

  private retrying<T>(work: () => Promise<T>): Promise<T> {
    return retrying(work, this.giveUpMs);
  }
}
