/** What stands at a dotted path that leads through objects only. */
export function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const part of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** The same where an index looks: a scalar, or undefined. Throws what `refuse` makes of anything else. */
export function scalarAt(document: unknown, path: readonly string[], refuse: (reason: string) => Error): unknown {
  const value = valueAt(document, path);
  if (value !== null && typeof value === 'object')
    throw refuse(`${path.join('.')} is indexed and holds no scalar (an array? then declare it in arrays)`);
  return value;
}
