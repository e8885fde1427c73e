import type { Collection, Part, PartStatus } from '../format/collection';
import { checkRow, type RawRow } from '../format/columns';
import type { Item } from '../format/item';
import { allItems } from '../format/items';
import type { ItemStatus } from '../format/manifest';
import { empty, keyValues, rowDefaults, rows, settings, TAKEN_AT, type RowInput } from './healthy';

/** How a collection differs from the healthy one. */
export interface Given {
  readonly at?: string;
  /** Only items whose names begin so; all by default. */
  readonly only?: readonly string[];
  /** Rows by item: each completes the item's default row. */
  readonly rows?: Readonly<Record<string, readonly RowInput[]>>;
  readonly settings?: Readonly<Record<string, string | readonly [string, string] | RowInput | null>>;
  /** Values of `key value` items; null takes a key away. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  /** Status and detail of items that could not be read. */
  readonly unread?: Readonly<Record<string, readonly [PartStatus, string]>>;
  /** Items that the collection does not have at all. */
  readonly without?: readonly string[];
}

const OID = '16384';

/** A collection as the parser makes it, from the healthy server and what differs. */
export function buildCollection(given: Given = {}): Collection {
  const chosen = allItems.filter(
    ({ name }) =>
      !(given.without ?? []).includes(name) && (given.only ?? ['']).some((prefix) => name.startsWith(prefix)),
  );
  const parts = Object.fromEntries(chosen.map((item) => [item.name, [buildPart(item, given)]]));
  return {
    source: 'collection',
    manifest: {
      formatVersion: '1.0',
      collectionId: '8c41f0aa-7a2b-4b6e-9d0e-1d5f8a3c2b10',
      kind: 'postgresql',
      depth: 'deep',
      collector: { name: 'casebook-collector', version: '1.0', catalogue: '1' },
      host: { name: 'pg-ams-1', idHash: 'a1b2c3d4' },
      osUser: 'postgres',
      takenAt: given.at ?? TAKEN_AT,
      items: Object.entries(parts).flatMap(([item, [part]]) =>
        part
          ? [
              {
                item,
                path: part.path,
                status: statusOf(part),
                detail: part.detail,
                bytes: 0,
                sha256: null,
                truncated: false,
              },
            ]
          : [],
      ),
    },
    parts,
    files: [],
    unknownFiles: [],
  };
}

const statusOf = (part: Part): ItemStatus => (part.status === 'invalid' ? 'ok' : part.status);

function buildPart(item: Item, given: Given): Part {
  const perDatabase = item.path.includes('<oid>');
  const path = item.path.replace('<oid>', OID);
  const base = { path, oid: perDatabase ? OID : null, truncated: false };
  const unread = given.unread?.[item.name];
  if (unread && unread[0] !== 'partial') return { ...base, status: unread[0], detail: unread[1], rows: [], lines: [] };
  const checked = rowsOf(item.name, given).map((row): RawRow => {
    const result = checkRow(item.columns, row);
    if (typeof result === 'string') throw new Error(`The fixture of ${item.name} is wrong: ${result}`);
    return result;
  });
  const [status, detail] = unread ?? ['ok', null];
  return { ...base, status, detail, rows: checked, lines: checked.map((_, index) => index + 1) };
}

function rowsOf(name: string, given: Given): readonly RowInput[] {
  if (name === 'pg.settings') return settingRows({ ...settings, ...given.settings });
  const values = keyValues[name];
  if (values) {
    const merged: Record<string, string | null> = { ...values, ...given.values?.[name] };
    return Object.entries(merged).flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));
  }
  const defaults = rowDefaults[name] ?? {};
  const own = given.rows?.[name];
  if (own) return own.map((row) => ({ ...defaults, ...row }));
  if (empty.includes(name)) return [];
  return rows[name] ?? [defaults];
}

function settingRows(values: NonNullable<Given['settings']>): readonly RowInput[] {
  return Object.entries(values).flatMap(([name, value]): RowInput[] => {
    if (value === null) return [];
    const base = { name, pending_restart: false, withheld: false, source: 'configuration file' };
    if (typeof value === 'string') return [{ ...base, setting: value }];
    if (isPair(value)) return [{ ...base, setting: value[0], unit: value[1] }];
    return [{ ...base, setting: null, ...value }];
  });
}

const isPair = (value: readonly [string, string] | RowInput): value is readonly [string, string] =>
  Array.isArray(value);
