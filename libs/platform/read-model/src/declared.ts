import { createHash } from 'node:crypto';
import { isPath } from './query';
import type { Index, ReadModelDefinition } from './read-model';

/** What every engine derives from a definition. */
export interface Declared {
  /** Paths outside arrays that an index or a scope names, sorted, the id left out: documents hold scalars there. */
  readonly scalars: readonly string[];
  /** The declared arrays, sorted. */
  readonly arrays: readonly string[];
  /** Each index up to the id, without arrays, which are indexed by themselves; none is empty. */
  readonly indexes: readonly Index[];
  /** Names the version and everything that is built from the definition: another label is another file (collection). */
  readonly label: string;
}

const NAME = /^[a-z][a-z0-9.-]*$/i;
const known = new WeakMap<ReadModelDefinition, Declared>();

/** What a definition declares, worked out once. Throws for a declaration that no engine could serve. */
export function declared(definition: ReadModelDefinition): Declared {
  let found = known.get(definition);
  if (!found) {
    found = derive(definition);
    known.set(definition, found);
  }
  return found;
}

function derive(definition: ReadModelDefinition): Declared {
  const { name, version, scope } = definition;
  if (!NAME.test(name) || !Number.isInteger(version)) throw new Error(`${name} ${version} does not name a read model`);
  const arrays = [...(definition.arrays ?? [])].sort();
  const { company, person } = scope;
  const scopePaths = [company?.company, company?.audience, person?.person].filter((path) => path !== undefined);
  const paths = new Set([...definition.indexes.flatMap((index) => Object.keys(index)), ...scopePaths]);
  for (const path of [...paths, ...arrays])
    if (!isPath(path)) throw new Error(`${name}: ${JSON.stringify(path)} is not a path`);
  return {
    scalars: [...paths].filter((path) => path !== '_id' && !arrays.includes(path)).sort(),
    arrays,
    indexes: definition.indexes.map((index) => upToId(index, arrays)).filter((index) => Object.keys(index).length > 0),
    label: label(definition, arrays),
  };
}

function upToId(index: Index, arrays: readonly string[]): Index {
  const keys = Object.entries(index);
  const id = keys.findIndex(([path]) => path === '_id');
  return Object.fromEntries((id < 0 ? keys : keys.slice(0, id)).filter(([path]) => !arrays.includes(path)));
}

function label({ version, indexes, scope }: ReadModelDefinition, arrays: readonly string[]): string {
  const text = JSON.stringify([indexes.map((index) => Object.entries(index)), arrays, scope]);
  return `${version}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}
