import { createHmac, randomBytes } from 'node:crypto';
import type { Keyring } from '@casebook/keys';

type Half = Pick<
  Keyring,
  'personKey' | 'ensurePersonKey' | 'textKey' | 'ensureTextKey' | 'destroyPersonKey' | 'redactText'
>;

/** A keyring without files for specs of the log: what it destroys is gone, what it redacts reads as destroyed. */
export function memoryKeyring(): Half & Keyring {
  const persons = new Map<string, Buffer | undefined>();
  const texts = new Map<string, Buffer>();
  const redacted = new Set<string>();
  const derive = (key: Buffer | undefined, id: string): Buffer | undefined =>
    key && !redacted.has(id) ? createHmac('sha256', key).update(id).digest() : undefined;
  const unused = (): never => {
    throw new Error('The log does not use this');
  };
  return {
    personKey: async (id) => persons.get(id),
    ensurePersonKey: async (id) => {
      if (!persons.has(id)) persons.set(id, randomBytes(32));
      return persons.get(id);
    },
    textKey: async (stream, id) => derive(texts.get(stream), id),
    ensureTextKey: async (stream, id) => {
      if (!texts.has(stream)) texts.set(stream, randomBytes(32));
      return derive(texts.get(stream), id);
    },
    destroyPersonKey: async (id) => {
      persons.set(id, undefined);
    },
    redactText: async (_stream, id) => {
      redacted.add(id);
    },
    wrap: unused,
    unwrap: unused,
    fingerprint: unused,
    close: async () => undefined,
  };
}
