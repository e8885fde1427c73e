import type { Collection, Part, PartStatus } from '../format/collection';
import type { RawRow } from '../format/columns';
import type { Item, RowOf } from '../format/item';
import { items } from '../format/items';
import type { Evidence } from './rule';

type SettingRow = RowOf<typeof items.pg.settings>;

const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  '4kB': 4 * 1024,
  '8kB': 8 * 1024,
  '16kB': 16 * 1024,
  '32kB': 32 * 1024,
  '64kB': 64 * 1024,
  MB: 1024 ** 2,
  '16MB': 16 * 1024 ** 2,
  '64MB': 64 * 1024 ** 2,
  GB: 1024 ** 3,
};

/** Typed reading of one collection. Answers are the same every time; nothing is looked up outside it. */
export class Facts {
  private readonly settings = new Map<string, SettingRow>();
  private groups: ReadonlySet<string> | null = null;
  private readonly joined = new Map<string, readonly RawRow[]>();

  constructor(readonly collection: Collection) {
    for (const row of this.rows(items.pg.settings)) this.settings.set(row.name, row);
  }

  parts(item: Item): readonly Part[] {
    return Object.hasOwn(this.collection.parts, item.name) ? (this.collection.parts[item.name] ?? []) : [];
  }

  /** All readable rows of an item, of every database where it has several files. */
  rows<I extends Item>(item: I): readonly RowOf<I>[] {
    let rows = this.joined.get(item.name);
    if (!rows) {
      const parts = this.parts(item);
      rows = parts.length === 1 && parts[0] ? parts[0].rows : parts.flatMap((part) => part.rows);
      this.joined.set(item.name, rows);
    }
    // The parser has checked every row against these very columns.
    return rows as unknown as readonly RowOf<I>[];
  }

  one<I extends Item>(item: I): RowOf<I> | null {
    return this.rows(item)[0] ?? null;
  }

  /** True when at least one file of the item was read. */
  has(item: Item): boolean {
    return this.parts(item).some(({ status }) => isReadable(status));
  }

  /** Whether the collector tried any item of a group such as "pg" or "barman". */
  collected(group: string): boolean {
    this.groups ??= new Set(
      this.collection.manifest.items.flatMap(({ item, status }) =>
        status === 'skipped' ? [] : [item.split('.', 1)[0] ?? ''],
      ),
    );
    return this.groups.has(group);
  }

  setting(name: string): SettingRow | null {
    return this.settings.get(name) ?? null;
  }

  settingText(name: string): string | null {
    return this.settings.get(name)?.setting ?? null;
  }

  settingNumber(name: string): number | null {
    const text = this.settingText(name);
    if (text === null || text.trim() === '') return null;
    const number = Number(text);
    return Number.isFinite(number) ? number : null;
  }

  /** A size setting in bytes, by its unit; null when it is unknown or disabled by -1. */
  settingBytes(name: string): number | null {
    const number = this.settingNumber(name);
    const unit = UNIT_BYTES[this.settings.get(name)?.unit ?? ''];
    return number === null || number < 0 || unit === undefined ? null : number * unit;
  }

  /** The value of a `key value` file such as kernel settings. */
  value(item: Item, key: string): string | null {
    const row = this.rows(item).find((candidate) => candidate.key === key);
    return row && typeof row.value === 'string' ? row.value : null;
  }

  /** Name of the database that a row of a per-database item came from. */
  databaseOf(item: Item, row: object): string {
    const oid = this.parts(item).find((part) => (part.rows as readonly object[]).includes(row))?.oid ?? null;
    return this.rows(items.pg.databases).find((database) => database.oid === oid)?.datname ?? `oid ${oid ?? '?'}`;
  }

  /** Where a row stands in the archive, with the column that decided marked. */
  evidence(item: Item, row: object, column: string | null = null): Evidence {
    for (const part of this.parts(item)) {
      const index = (part.rows as readonly object[]).indexOf(row);
      if (index >= 0) return { file: part.path, line: part.lines[index] ?? null, row: row as RawRow, column };
    }
    return { file: item.path, line: null, row: row as RawRow, column };
  }

  settingEvidence(...names: readonly string[]): readonly Evidence[] {
    return names.flatMap((name) => {
      const row = this.settings.get(name);
      return row ? [this.evidence(items.pg.settings, row, 'setting')] : [];
    });
  }

  valueEvidence(item: Item, key: string): readonly Evidence[] {
    const row = this.rows(item).find((candidate) => candidate.key === key);
    return row ? [this.evidence(item, row, 'value')] : [];
  }
}

export const isReadable = (status: PartStatus): boolean => status === 'ok' || status === 'partial';
