import type { EventCatalog } from '@casebook/kernel';
import type { Keyring } from '@casebook/keys';
import { seal, unseal, type SealedText } from './cipher';
import { fieldRules, type RuleNode } from './field-rules';
import { copyForSealing, fillSlot, sealedSlots, slotValue, type Slot } from './slots';

/** The event around the data that is sealed or opened. */
export interface SealContext {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
}

/**
 * Called for what can no longer be read although its key is there: the path of a sealed text that was changed or stands
 * where it does not belong, or `data` or `metadata` that are not JSON any more.
 */
export type OnDamage = (event: SealContext, path: string) => void;

/** Person keys looked up for one batch, and forgotten with it, so that an erasure holds at once. */
export type BatchKeys = Map<string, Buffer | undefined>;

/** Seals and opens the fields that the catalogue names. */
export class Sealer {
  readonly #rules = new Map<string, RuleNode>();

  constructor(
    catalog: EventCatalog,
    private readonly keyring: Keyring,
    private readonly onDamage: OnDamage,
  ) {
    for (const [name, type] of Object.entries(catalog)) this.#rules.set(name, fieldRules(name, type));
  }

  /**
   * Data as JSON to store, its sealed fields sealed, and as it will read. Keys are durable before it answers. A text
   * whose key was destroyed becomes null. Throws when the catalogue does not know the type, or a string in the data.
   */
  async seal(event: SealContext, data: unknown): Promise<{ json: string; plain: unknown }> {
    const rules = this.#rules.get(event.type);
    if (!rules) throw new Error(`The event type ${event.type} is in no catalogue`);
    const { stored, plain, slots } = copyForSealing(event.type, rules, data);
    const keys = await this.#keys(slots, {
      text: () => this.keyring.ensureTextKey(event.stream, event.id),
      person: (id) => this.keyring.ensurePersonKey(id),
    });
    slots.forEach((slot, index) => {
      const key = keys[index];
      fillSlot(slot, key ? seal(slot.text, key, event.id, slot.path) : null);
      if (!key) fillSlot({ ...slot, holder: slot.plain }, null);
    });
    return { json: JSON.stringify(stored), plain };
  }

  /** Opens stored data in place: null where the key was destroyed. Data of unknown types stays as it is. */
  async open(event: SealContext, data: unknown, batch: BatchKeys): Promise<unknown> {
    const rules = this.#rules.get(event.type);
    if (!rules?.seals) return data;
    const slots = sealedSlots(rules, data);
    const keys = await this.#keys(slots, {
      text: () => this.keyring.textKey(event.stream, event.id),
      person: async (id) => {
        if (!batch.has(id)) batch.set(id, await this.keyring.personKey(id));
        return batch.get(id);
      },
    });
    slots.forEach((slot, index) => {
      const key = keys[index];
      fillSlot(slot, key ? this.#unseal(event, slot, key) : null);
    });
    return data;
  }

  /** The key of each slot. All texts of one event share a key, which is asked for once. */
  async #keys(slots: readonly Slot[], lookup: KeyLookup): Promise<(Buffer | undefined)[]> {
    const keys: (Buffer | undefined)[] = [];
    let text: { readonly key: Buffer | undefined } | undefined;
    for (const { person } of slots) {
      if (person === undefined) text ??= { key: await lookup.text() };
      keys.push(person === undefined ? text?.key : await lookup.person(person));
    }
    return keys;
  }

  /** A damaged text reads as null, so that one changed byte cannot stop every projection; audit verify names it. */
  #unseal(event: SealContext, slot: Slot, key: Buffer): string | null {
    try {
      return unseal(slotValue(slot) as SealedText, key, event.id, slot.path);
    } catch {
      this.onDamage(event, slot.path);
      return null;
    }
  }
}

interface KeyLookup {
  readonly text: () => Promise<Buffer | undefined>;
  readonly person: (id: string) => Promise<Buffer | undefined>;
}
