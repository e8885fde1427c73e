import type { Columns, Row } from './columns';
import type { Shape } from './shapes';

/**
 * One item of the format: which file holds it, which columns its rows have. A path may hold `<oid>`: then there
 * is one file per database.
 */
export interface Item<C extends Columns = Columns> {
  readonly name: string;
  readonly path: string;
  readonly about: string;
  readonly columns: C;
  readonly shape: Shape;
}

export type RowOf<I extends Item> = Row<I['columns']>;

/** The item's column types stay exact through this call. */
export function item<C extends Columns>(name: string, path: string, about: string, columns: C, shape: Shape): Item<C> {
  return { name, path, about, columns, shape };
}
