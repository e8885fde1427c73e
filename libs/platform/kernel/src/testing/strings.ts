import type { EventType } from '../event-catalog';

/** Every string in an event's data with its path as catalogues write it: `actions[].text`. */
export function stringsIn(data: unknown, path = ''): readonly { readonly path: string; readonly text: string }[] {
  if (typeof data === 'string') return [{ path, text: data }];
  if (Array.isArray(data)) return data.flatMap((item) => stringsIn(item, `${path}[]`));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => stringsIn(value, path ? `${path}.${key}` : key));
}

/** How a catalogue keeps the string at a path; both lists at once is a mistake, and so is neither. */
export function keptAs(type: EventType, path: string): 'sealed' | 'plain' | 'both' | 'neither' {
  const sealed = Object.hasOwn(type.sealed, path);
  const plain = type.plain.includes(path);
  if (sealed && plain) return 'both';
  return sealed ? 'sealed' : plain ? 'plain' : 'neither';
}

/** A copy of an event's data with the texts at these paths destroyed, as they read once their key is gone. */
export function without(data: unknown, gone: (path: string) => boolean, path = ''): unknown {
  if (typeof data === 'string') return gone(path) ? null : data;
  if (Array.isArray(data)) return data.map((item) => without(item, gone, `${path}[]`));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, without(value, gone, path ? `${path}.${key}` : key)]),
  );
}
