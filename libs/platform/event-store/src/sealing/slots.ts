import { isSealed } from './cipher';
import { ITEMS, textAt, type RuleNode } from './field-rules';

type JsonObject = Record<string, unknown>;

/** A place in an event's data that holds a text to be sealed, or a sealed text. */
export interface Slot {
  readonly holder: JsonObject | unknown[];
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

/** Walks data beside its rules and remembers the way: path for the tag, indices for the person's path. */
class Walk {
  readonly slots: Slot[] = [];

  constructor(
    readonly type: string,
    readonly data: unknown,
  ) {}

  add(rule: RuleNode['rule'], holder: Slot['holder'], key: string | number, path: string, indices: number[]): void {
    if (rule === undefined || rule === 'plain') return;
    if (rule === 'text') {
      this.slots.push({ holder, key, path });
      return;
    }
    const person = textAt(this.data, rule.person, indices);
    if (person === undefined) throw new Error(`${this.type}: no person id at ${rule.person.join('.')} for ${path}`);
    this.slots.push({ holder, key, path, person });
  }
}

/**
 * Copies data that is about to be stored and finds the texts to seal in the copy. Throws where the data is not plain
 * JSON, and where a string is neither sealed nor plain: it would lie open by oversight.
 */
export function copyForSealing(type: string, rules: RuleNode, data: unknown): { copy: unknown; slots: Slot[] } {
  const walk = new Walk(type, data);
  const root: JsonObject = {};
  copyInto(walk, root, 'data', data, rules, '', []);
  return { copy: root['data'], slots: walk.slots };
}

function copyInto(
  walk: Walk,
  holder: Slot['holder'],
  key: string | number,
  value: unknown,
  rules: RuleNode | undefined,
  path: string,
  indices: number[],
): void {
  fillSlot({ holder, key, path }, value);
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return;
  if (typeof value === 'string') {
    if (rules?.rule === undefined) throw new Error(`${walk.type}: the string ${path} is neither sealed nor plain`);
    // Half a surrogate pair has no UTF-8: what is sealed must read as it was answered.
    fillSlot({ holder, key, path }, value.toWellFormed());
    walk.add(rules.rule, holder, key, path, indices);
    return;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    fillSlot({ holder, key, path }, items);
    const below = rules?.children.get(ITEMS);
    value.forEach((item: unknown, index) => {
      copyInto(walk, items, index, item, below, `${path}[${index}]`, [...indices, index]);
    });
    return;
  }
  if (!isPlainObject(value)) throw new Error(`${walk.type}: ${path || 'the data'} is not plain JSON`);
  const copy: JsonObject = {};
  fillSlot({ holder, key, path }, copy);
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (name === '__proto__') throw new Error(`${walk.type}: a field cannot be called __proto__`);
    copyInto(walk, copy, name, item, rules?.children.get(name), path ? `${path}.${name}` : name, indices);
  }
}

function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Finds the sealed texts in stored data, going only where the rules seal something. */
export function sealedSlots(type: string, rules: RuleNode, data: unknown): Slot[] {
  const walk = new Walk(type, data);
  find(walk, data, rules, '', []);
  return walk.slots;
}

function find(walk: Walk, value: unknown, rules: RuleNode, path: string, indices: number[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const below = rules.children.get(ITEMS);
    if (!below?.seals) return;
    value.forEach((item: unknown, index) => {
      const at = [...indices, index];
      if (isSealed(item)) walk.add(below.rule, value, index, `${path}[${index}]`, at);
      else find(walk, item, below, `${path}[${index}]`, at);
    });
    return;
  }
  const holder = value as JsonObject;
  for (const [name, below] of rules.children) {
    if (!below.seals || !Object.hasOwn(holder, name)) continue;
    const at = path ? `${path}.${name}` : name;
    if (isSealed(holder[name])) walk.add(below.rule, holder, name, at, indices);
    else find(walk, holder[name], below, at, indices);
  }
}
