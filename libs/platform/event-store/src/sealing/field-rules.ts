import type { EventType } from '@casebook/kernel';

/** How one string is kept: open, under the text key, or under the key of the person whose id lies at a path. */
export type FieldRule = 'plain' | 'text' | { readonly person: readonly string[] };

/** Rules of one event type as a tree that follows its data; `[]` is the step into an array. */
export interface RuleNode {
  readonly rule?: FieldRule;
  readonly children: ReadonlyMap<string, RuleNode>;
  /** True when something sealed lies here or below. */
  readonly seals: boolean;
}

export const ITEMS = '[]';

interface Draft {
  rule?: FieldRule;
  readonly children: Map<string, Draft>;
  seals: boolean;
}

/** Turns the paths of a catalogue entry into a tree. Throws when a path is listed twice. */
export function fieldRules(name: string, type: EventType): RuleNode {
  const root: Draft = { children: new Map(), seals: false };
  for (const path of type.plain) place(root, name, path, 'plain');
  for (const [path, owner] of Object.entries(type.sealed)) {
    place(root, name, path, owner === 'text' ? 'text' : { person: steps(owner.person) });
  }
  return root;
}

function place(root: Draft, name: string, path: string, rule: FieldRule): void {
  let node = root;
  node.seals ||= rule !== 'plain';
  for (const step of steps(path)) {
    const next: Draft = node.children.get(step) ?? { children: new Map(), seals: false };
    node.children.set(step, next);
    node = next;
    node.seals ||= rule !== 'plain';
  }
  if (node.rule !== undefined) throw new Error(`${name}: the field ${path} is listed twice`);
  node.rule = rule;
}

/** `actions[].text` → actions, [], text. */
function steps(path: string): string[] {
  return path.split('.').flatMap((part) => {
    const [key = '', ...items] = part.split('[]');
    return [key, ...items.map(() => ITEMS)];
  });
}

/** The text at a path of the data; each `[]` takes the next of `indices`. */
export function textAt(data: unknown, path: readonly string[], indices: readonly number[]): string | undefined {
  let at = data;
  let depth = 0;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (step === ITEMS) {
      at = Array.isArray(at) ? (at as unknown[])[indices[depth] ?? -1] : undefined;
      depth += 1;
    } else {
      at = Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined;
    }
  }
  return typeof at === 'string' ? at : undefined;
}
