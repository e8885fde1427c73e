import { createHash } from 'node:crypto';
import { isPath } from '../query';
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

/** Throws for a declaration that no engine could serve. */
function derive(definition: ReadModelDefinition): Shape {
  const arrays = definition.arrays ?? [];
  const { company, person } = definition.scope;
  const scopePaths = [company?.company, company?.audience, person?.person].filter((path) => path !== undefined);
  const paths = new Set([...definition.indexes.flatMap((index) => Object.keys(index)), ...scopePaths]);
  for (const path of [...paths, ...arrays])
    if (!isPath(path)) throw new Error(`${definition.name}: ${JSON.stringify(path)} is not a path`);
  const scalars = [...paths].filter((path) => path !== '_id' && !arrays.includes(path)).sort();
  const columns = new Map(scalars.map((path, at) => [path, `k${at}`]));
  const members = new Map([...arrays].sort().map((path, at) => [path, `m${at}`]));
  return { columns, members, indexSql: indexSql(definition.indexes, columns, members), label: label(definition) };
}

function indexSql(
  indexes: readonly Index[],
  columns: ReadonlyMap<string, string>,
  members: ReadonlyMap<string, string>,
): readonly string[] {
  const onDocs = indexes.map((index, at) => {
    const keys = Object.entries(index).filter(([path]) => columns.has(path));
    const last = keys.at(-1)?.[1] ?? 1;
    const parts = [...keys.map(([path, direction]) => sqlKey(columns.get(path) ?? '', direction)), sqlKey('id', last)];
    return keys.length === 0 ? [] : [`CREATE INDEX IF NOT EXISTS i${at} ON docs(${parts.join(', ')})`];
  });
  const onMembers = [...members.values()].map((table) => `CREATE INDEX IF NOT EXISTS ${table}_doc ON ${table}(doc)`);
  return [...onDocs.flat(), ...onMembers];
}

function sqlKey(column: string, direction: 1 | -1): string {
  return direction === 1 ? column : `${column} DESC`;
}

function label(definition: ReadModelDefinition): string {
  const { indexes, arrays, scope } = definition;
  const declared = JSON.stringify([indexes.map((index) => Object.entries(index)), [...(arrays ?? [])].sort(), scope]);
  return `${definition.version}-${createHash('sha256').update(declared).digest('hex').slice(0, 8)}`;
}
