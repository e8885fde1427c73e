import type { ReadModelDefinition } from '../read-model';
import type { MongoCatalog } from './mongo-catalog';
import { MongoReader } from './mongo-reader';

const definition: ReadModelDefinition = { name: 'x', version: 1, indexes: [], scope: { staff: true } };

/** A catalog that answers one look after the other, and collections that count what they were given. */
function reading(looks: readonly (string | undefined)[], counts: Readonly<Record<string, number>>) {
  const left = [...looks];
  const catalog = {
    find: async () => (left.length > 1 ? left.shift() : left[0]),
    documents: (name: string) => ({ countDocuments: async () => counts[name] ?? 0 }),
  };
  return new MongoReader(definition, catalog as unknown as MongoCatalog).count({ kind: 'staff' });
}

describe('a reader while another process swaps', () => {
  it('reads the new collection when the old one was replaced', async () => {
    expect(await reading(['old', 'new'], { old: 2, new: 3 })).toBe(3);
  });

  it('doubts an empty answer, since the collection may have been dropped after the look', async () => {
    expect(await reading(['old', 'old', 'new'], { new: 3 })).toBe(3);
  });

  it('believes an empty answer of a collection that is still live', async () => {
    expect(await reading(['live'], {})).toBe(0);
  });

  it('says that there is nothing yet', async () => {
    await expect(reading([undefined], {})).rejects.toMatchObject({ code: 'read-model.filling' });
  });
});
