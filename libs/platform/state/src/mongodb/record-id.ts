/**
 * The `_id` of a record: its space, a NUL (which no name contains), its key. Servers compare texts by UTF-16 units or by
 * UTF-8 bytes; the escape of U+FFFF and of what lies beyond the basic plane makes both the order of UTF-8 bytes.
 */
export function recordId(space: string, key: string): string {
  return `${ordered(space)}\0${ordered(key)}`;
}

/** The space and all its keys lie before this and from `recordId(space, '')` on. */
export function endOfSpace(space: string): string {
  return `${ordered(space)}\u0001`;
}

/** The key inside an `_id`. */
export function keyOf(id: string): string {
  return plain(id.slice(id.indexOf('\0') + 1));
}

/** The space inside an `_id`. */
export function spaceOf(id: string): string {
  return plain(id.slice(0, id.indexOf('\0')));
}

function plain(name: string): string {
  return name.replace(/\uffff(?:0|(?=[\ud800-\udbff]))/g, (found) => (found.length === 2 ? '\uffff' : ''));
}

function ordered(name: string): string {
  return name.replace(/\uffff|[\ud800-\udbff]/g, (found) => (found === '\uffff' ? '\uffff0' : `\uffff${found}`));
}
