import { Raced } from '@casebook/mongodb';
import type { DomainError } from '@casebook/kernel';
import fc from 'fast-check';
import type { Collection } from 'mongodb';
import { Change, type Stored } from './change';

type Fate = 'fine' | 'lost before' | 'lost after' | 'late';

/** A collection in memory whose writes can be lost on the way there or back, or land after the next read. */
class LossyCollection {
  readonly records = new Map<string, Stored>();
  fates: Fate[] = [];
  private late: (() => unknown) | undefined;

  async findOne({ _id }: { _id: string }): Promise<Stored | null> {
    const found = this.records.get(_id) ?? null;
    this.late?.();
    this.late = undefined;
    return found;
  }

  async insertOne(record: Stored): Promise<object> {
    return this.send(() => {
      if (this.records.has(record._id)) throw Object.assign(new Error('duplicate'), { code: 11000 });
      this.records.set(record._id, record);
      return {};
    });
  }

  async replaceOne(guard: Stored, content: Omit<Stored, '_id'>): Promise<{ matchedCount: number }> {
    return this.send(() => {
      if (this.records.get(guard._id)?.version !== guard.version) return { matchedCount: 0 };
      this.records.set(guard._id, { _id: guard._id, ...content });
      return { matchedCount: 1 };
    });
  }

  private send<T>(write: () => T): T {
    const fate = this.fates.shift() ?? 'fine';
    if (fate === 'fine') return write();
    const swallowed = (): unknown => {
      try {
        return write();
      } catch {
        return undefined;
      }
    };
    if (fate === 'lost after') swallowed();
    if (fate === 'late') this.late = swallowed;
    throw Object.assign(new Error('cut'), { name: 'MongoNetworkError' });
  }
}

const increment = (collection: LossyCollection): Change<number> =>
  new Change(collection as unknown as Collection<Stored>, 'n', (stored) => {
    const sum = Number(stored?.value ?? 0) + 1;
    return { write: { value: String(sum) }, answer: () => sum };
  });
const done = async (change: Change<number>): Promise<number> => {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      return await change.attempt();
    } catch (error) {
      if (!(error instanceof Raced) && (error as Error).message !== 'cut') throw error;
    }
  }
  throw new Error('never done');
};
const fate = fc.constantFrom<Fate>('fine', 'lost before', 'lost after', 'late');

describe('a change of a record', () => {
  it('is done once and answers what it did, whatever is lost on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 20 }), async (fates) => {
        const collection = new LossyCollection();
        collection.fates = [...fates];
        for (let n = 1; n <= 5; n++) expect(await done(increment(collection))).toBe(n);
        expect(collection.records.get('n')).toMatchObject({ value: '5', version: 5 });
      }),
    );
  });

  it('says that the outcome is unknown when another change has covered what may be its own', async () => {
    const collection = new LossyCollection();
    await done(increment(collection));
    const mine = increment(collection);
    collection.fates = ['lost after'];
    await expect(mine.attempt()).rejects.toThrow('cut');
    expect(mine.mayLand).toBe(true);
    await done(increment(collection));
    await expect(mine.attempt()).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'state.outcome-unknown',
    } satisfies Partial<DomainError>);
    expect(collection.records.get('n')?.value).toBe('3');
  });

  it('starts over when another change was faster', async () => {
    const collection = new LossyCollection();
    const mine = increment(collection);
    collection.fates = ['lost before'];
    await expect(mine.attempt()).rejects.toThrow('cut');
    await done(increment(collection));
    expect(await done(mine)).toBe(2);
    expect(mine.mayLand).toBe(false);
  });
});
