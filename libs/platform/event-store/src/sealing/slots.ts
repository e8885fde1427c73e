import { isSealed } from './cipher';
import { ITEMS, textAt, type RuleNode } from './field-rules';

type JsonObject = Record<string, unknown>;

/** A place in an event's data that holds a text to be sealed, or a sealed text. */
export interface Slot {
  readonly holder: object;
  readonly key: string | number;
  /** With indices, as the tag covers it: `actions[0].text`. */
  readonly path: string;
  /** The person whose key seals it; without one, the text key does. */
  readonly person?: string;
}

/** Reads or fills a slot. */
export const slotValue = ({ holder, key }: Slot): unknown => (holder as JsonObject)[key];
export const fillSlot = ({ holder, key }: Slot, value: unknown): void => {
  (holder as JsonObject)[key] = value;
};

/** Finds the slot at a place of the data, and for whom it is sealed. */
class Walk {
  constructor(
    private readonly data: unknown,
    /** Whose key is it when the data does not say? */
    private readonly ownerless: (path: string) => string,
  ) {}

  slot(rule: RuleNode['rule'], place: Slot, indices: readonly number[]): Slot | undefined {
    if (rule === undefined || rule === 'plain') return undefined;
    if (rule === 'text') return place;
    return { ...place, person: textAt(this.data, rule.person, indices) ?? this.ownerless(place.path) };
  }
}

/** A container of data to be stored, twice: as it will lie in the log, and as it will read. */
interface Twin {
  readonly stored: object;
  readonly plain: object;
}

/** A text to be sealed: its place in the stored copy, and the same place in the plain one. */
export interface TwinSlot extends Slot {
  readonly text: string;
  readonly plain: Slot['holder'];
}

/**
 * Copies data that is about to be stored, once for the log and once as it will read, and finds the texts to seal.
 * Throws where the data is not plain JSON, and where a string is neither sealed nor plain: it would lie open by oversight.
 */
export function copyForSealing(
  type: string,
  rules: RuleNode,
  data: unknown,
): { stored: unknown; plain: unknown; slots: TwinSlot[] } {
  const walk = new Walk(data, (path) => {
    throw new Error(`${type}: no person id for the field ${path}`);
  });
  if (!isPlainObject(data)) throw new Error(`${type}: the data is not an object of plain JSON`);
  const root = { stored: {} as JsonObject, plain: {} as JsonObject };
  const slots: TwinSlot[] = [];
  copyInto({ type, walk, slots }, root, 'data', data, rules, '', []);
  return { stored: root.stored['data'], plain: root.plain['data'], slots };
}

function copyInto(
  into: { readonly type: string; readonly walk: Walk; readonly slots: TwinSlot[] },
  holder: Twin,
  key: string | number,
  value: unknown,
  rules: RuleNode | undefined,
  path: string,
  indices: number[],
): void {
  const { type } = into;
  if (value === null || typeof value === 'boolean') {
    setBoth(holder, key, value, value);
  } else if (typeof value === 'number' && Number.isFinite(value)) {
    // JSON has no negative zero.
    setBoth(holder, key, value, value === 0 ? 0 : value);
  } else if (typeof value === 'string') {
    if (rules?.rule === undefined) throw new Error(`${type}: the string ${path} is neither sealed nor plain`);
    // Half a surrogate pair has no UTF-8: what is sealed must read as it was answered.
    const text = value.toWellFormed();
    setBoth(holder, key, text, text);
    const slot = into.walk.slot(rules.rule, { holder: holder.stored, key, path }, indices);
    if (slot) into.slots.push({ ...slot, text, plain: holder.plain });
  } else if (Array.isArray(value)) {
    const items: Twin = { stored: [], plain: [] };
    setBoth(holder, key, items.stored, items.plain);
    const below = rules?.children.get(ITEMS);
    value.forEach((item: unknown, index) => {
      copyInto(into, items, index, item, below, `${path}[${index}]`, [...indices, index]);
    });
  } else if (isPlainObject(value)) {
    const copy: Twin = { stored: {}, plain: {} };
    setBoth(holder, key, copy.stored, copy.plain);
    for (const name of Object.keys(value)) {
      if (value[name] === undefined) continue;
      if (name === '__proto__') throw new Error(`${type}: a field cannot be called __proto__`);
      copyInto(into, copy, name, value[name], rules?.children.get(name), path ? `${path}.${name}` : name, indices);
    }
  } else {
    throw new Error(`${type}: ${path} is not plain JSON`);
  }
}

function setBoth({ stored, plain }: Twin, key: string | number, inLog: unknown, asRead: unknown): void {
  (stored as JsonObject)[key] = inLog;
  (plain as JsonObject)[key] = asRead;
}

/** Objects whose own fields are all there is: no dates, maps or buffers. Instances of plain classes will do. */
function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.getPrototypeOf(value) === Object.prototype) return true;
  return Object.prototype.toString.call(value) === '[object Object]' && !('toJSON' in value);
}

/** Finds the sealed texts in stored data, going only where the rules seal something. */
export function sealedSlots(rules: RuleNode, data: unknown): Slot[] {
  const slots: Slot[] = [];
  // Damaged data may name nobody; nobody has no key, so such a field reads as null.
  find({ walk: new Walk(data, () => ''), slots }, data, rules, '', []);
  return slots;
}

function find(
  into: { readonly walk: Walk; readonly slots: Slot[] },
  value: unknown,
  rules: RuleNode,
  path: string,
  indices: readonly number[],
): void {
  if (typeof value !== 'object' || value === null) return;
  const visit = (key: string | number, item: unknown, below: RuleNode, at: string, index: readonly number[]): void => {
    if (!isSealed(item)) {
      find(into, item, below, at, index);
      return;
    }
    const slot = into.walk.slot(below.rule, { holder: value, key, path: at }, index);
    if (slot) into.slots.push(slot);
  };
  if (Array.isArray(value)) {
    const below = rules.children.get(ITEMS);
    if (!below?.seals) return;
    value.forEach((item: unknown, index) => {
      visit(index, item, below, `${path}[${index}]`, [...indices, index]);
    });
    return;
  }
  for (const [name, below] of rules.children) {
    if (!below.seals || !Object.hasOwn(value, name)) continue;
    visit(name, (value as JsonObject)[name], below, path ? `${path}.${name}` : name, indices);
  }
}
