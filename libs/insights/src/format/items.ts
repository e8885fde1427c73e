import type { Item } from './item';
import { barmanItems, hostItems, tungstenItems } from './other-items';
import { postgresqlItems } from './postgresql-items';

export const items = { pg: postgresqlItems, host: hostItems, barman: barmanItems, tungsten: tungstenItems } as const;

/** Every item that this version understands. Others are kept and listed. */
export const allItems: readonly Item[] = Object.values(items).flatMap((group) => Object.values(group) as Item[]);

const byName = new Map(allItems.map((item) => [item.name, item]));
const exact = new Map(allItems.map((item) => [item.path, item]));
const perDatabase = new Map(
  allItems.flatMap((item) =>
    item.path.includes('/<oid>/') ? [[item.path.replace('/<oid>/', '/*/'), item] as const] : [],
  ),
);
const DATABASE = /^(postgresql\/db\/)(\d{1,10})(\/[^/]+)$/;

/** The item of this name; undefined when this version does not know it. */
export const itemOfName = (name: string): Item | undefined => byName.get(name);

/** The item that a path inside the collection belongs to, with the database's oid where it has one. */
export function itemOfPath(path: string): { readonly item: Item; readonly oid: string | null } | null {
  const found = exact.get(path);
  if (found) return { item: found, oid: null };
  const match = DATABASE.exec(path);
  const item = match && perDatabase.get(`${match[1] ?? ''}*${match[3] ?? ''}`);
  return item ? { item, oid: match[2] ?? null } : null;
}
