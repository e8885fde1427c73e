import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allItems, itemOfPath } from './items';

interface CatalogueItem {
  readonly item: string;
  readonly path: string;
  readonly columns?: Readonly<Record<string, string>>;
}

const catalogue = JSON.parse(
  readFileSync(join(__dirname, '../../../../apps/collector/src/catalogue.json'), 'utf8'),
) as { readonly items: readonly CatalogueItem[] };

describe('items and the catalogue of the collector', () => {
  it.each(catalogue.items.map((entry) => [entry.item, entry] as const))('agree on %s', (name, entry) => {
    const item = allItems.find((candidate) => candidate.name === name);
    expect(item?.path).toBe(entry.path);
    if (!entry.columns || !entry.path.endsWith('.ndjson')) return;
    const kinds = Object.fromEntries(Object.entries(item!.columns).map(([column, { kind }]) => [column, kind]));
    expect(kinds).toEqual(entry.columns);
  });

  it('finds an item by its path, also inside a database', () => {
    expect(itemOfPath('postgresql/db/16384/extensions.ndjson')).toMatchObject({
      oid: '16384',
      item: { name: 'db.extensions' },
    });
    expect(itemOfPath('postgresql/slots.ndjson')).toMatchObject({ oid: null });
    expect(itemOfPath('postgresql/db/x/extensions.ndjson')).toBeNull();
    expect(itemOfPath('constructor')).toBeNull();
  });
});
