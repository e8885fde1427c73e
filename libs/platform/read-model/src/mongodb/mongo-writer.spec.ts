import { MongoServerError } from 'mongodb';
import type { DocumentWrite, ReadModelDefinition } from '../read-model';
import { MongoWriter, type Version } from './mongo-writer';
import { StoredDocuments } from './stored-document';

const definition: ReadModelDefinition = { name: 'x', version: 1, indexes: [], scope: { staff: true } };
const at = (n: number): string => String(n).padStart(20, '0');
const put = (id: string, position: number): DocumentWrite<object> => ({ id, document: {}, position: at(position) });
interface Replace {
  readonly replaceOne: { readonly filter: { readonly _id: string } };
}

/** A collection in which other writers put something at the moment of the first write. */
function racing(others: Readonly<Record<string, number>>) {
  const stored = new Map<string, string>();
  const bulks: string[][] = [];
  const collection = {
    collectionName: 'c',
    bulkWrite: async (operations: readonly Replace[]) => {
      const ids = operations.map(({ replaceOne }) => replaceOne.filter._id);
      bulks.push(ids);
      if (bulks.length > 1) return;
      for (const [id, position] of Object.entries(others)) stored.set(id, at(position));
      throw new MongoServerError({ errmsg: 'E11000 duplicate key', code: 11000 });
    },
    find: () => ({ toArray: async () => [...stored].map(([_id, _pos]) => ({ _id, _pos })) }),
  };
  const progress = {
    findOne: async () => ({ _id: 'c', checkpoint: null, epoch: 0, parked: [] }),
    updateOne: async () => ({ matchedCount: 1 }),
  };
  const documents = new StoredDocuments(definition, () => 0);
  const version = { definition, collection, progress, stored: documents } as unknown as Version;
  return { writer: new MongoWriter(version), bulks };
}

describe('a taken id in a bulk', () => {
  const until = { checkpoint: at(5), epoch: 1 };

  it('is an answer where something newer, or the same, is there', async () => {
    const { writer, bulks } = racing({ a: 9, b: 5 });
    await writer.commit([put('a', 5), put('b', 5)], until);
    expect(bulks).toEqual([['a', 'b']]);
  });

  it('is written again where another writer was faster with something older, and where nothing is known', async () => {
    const { writer, bulks } = racing({ a: 9, b: 4 });
    await writer.commit([put('a', 5), put('b', 5), put('c', 5)], until);
    expect(bulks).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });
});
