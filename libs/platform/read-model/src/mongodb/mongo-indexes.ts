import type { IndexDescription } from 'mongodb';
import { declared } from '../declared';
import type { ReadModelDefinition } from '../read-model';

/** The indexes of a collection: those declared, each ended by the id as every sort is, and one per declared array. */
export function mongoIndexes(definition: ReadModelDefinition): readonly IndexDescription[] {
  const { indexes, arrays } = declared(definition);
  const keys = [
    ...indexes.map((index) => ({ ...index, _id: Object.values(index).at(-1) ?? 1 })),
    ...arrays.map((path) => ({ [path]: 1 as const })),
  ];
  // MongoDB refuses the same index under two names.
  const different = new Map(keys.map((key) => [JSON.stringify(Object.entries(key)), key]));
  return [...different.values()].map((key, at) => ({ name: `i${at}`, key }));
}
