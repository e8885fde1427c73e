import { declared } from '../declared';
import type { Index, ReadModelDefinition } from '../read-model';

/** The tables of one read model, derived from its definition. */
export interface Shape {
  /** Path → column that holds its key, for every path that an index or a scope names. */
  readonly columns: ReadonlyMap<string, string>;
  /** Path → table with the members of a declared array. */
  readonly members: ReadonlyMap<string, string>;
  /** Statements that build the indexes, run when a new file has been filled. */
  readonly indexSql: readonly string[];
  /** Names the version and everything the tables depend on: another label is another file. */
  readonly label: string;
}

const shapes = new WeakMap<ReadModelDefinition, Shape>();

/** The tables of a definition, worked out once. */
export function shapeOf(definition: ReadModelDefinition): Shape {
  const known = shapes.get(definition);
  if (known) return known;
  const shape = derive(definition);
  shapes.set(definition, shape);
  return shape;
}

function derive(definition: ReadModelDefinition): Shape {
  const { scalars, arrays, indexes, label } = declared(definition);
  const columns = new Map(scalars.map((path, at) => [path, `k${at}`]));
  const members = new Map(arrays.map((path, at) => [path, `m${at}`]));
  return { columns, members, indexSql: indexSql(indexes, columns, members), label };
}

function indexSql(
  indexes: readonly Index[],
  columns: ReadonlyMap<string, string>,
  members: ReadonlyMap<string, string>,
): readonly string[] {
  const onDocs = indexes.map((index, at) => {
    const keys = Object.entries(index);
    const last = keys.at(-1)?.[1] ?? 1;
    const parts = [...keys.map(([path, direction]) => sqlKey(columns.get(path) ?? '', direction)), sqlKey('id', last)];
    return `CREATE INDEX IF NOT EXISTS i${at} ON docs(${parts.join(', ')})`;
  });
  const onMembers = [...members.values()].map((table) => `CREATE INDEX IF NOT EXISTS ${table}_doc ON ${table}(doc)`);
  return [...onDocs, ...onMembers];
}

function sqlKey(column: string, direction: 1 | -1): string {
  return direction === 1 ? column : `${column} DESC`;
}
