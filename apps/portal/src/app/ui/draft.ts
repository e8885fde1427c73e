import { effect, type Injector, signal, type WritableSignal } from '@angular/core';

let owner = '';

/** Whose drafts these are: on a shared device nobody meets another person's unsent words. */
export function keepDraftsFor(personId: string): void {
  owner = personId;
}

const placeOf = (key: string) => `casebook.draft.${owner}.${key}`;
const KEPT_MS = 30 * 86_400_000;

/** A value that survives a reload: kept on this device under `key` until `clear`. */
export interface Draft<T> {
  readonly value: WritableSignal<T>;
  clear(): void;
}

/** Opens the draft of a form, or `empty` when there is none. Call it in an injection context, or pass an injector. */
export function draft<T>(key: string, empty: T, injector?: Injector): Draft<T> {
  const place = placeOf(key);
  const value = signal((read(place) as T | undefined) ?? empty);
  let cleared = false;
  effect(
    () => {
      const now = value();
      if (cleared) {
        cleared = false;
        return;
      }
      if (JSON.stringify(now) === JSON.stringify(empty)) localStorage.removeItem(place);
      else localStorage.setItem(place, JSON.stringify({ at: Date.now(), value: now }));
    },
    injector === undefined ? undefined : { injector },
  );
  return {
    value,
    clear() {
      localStorage.removeItem(place);
      cleared = JSON.stringify(value()) !== JSON.stringify(empty);
      value.set(empty);
    },
  };
}

function read(place: string): unknown {
  try {
    const stored = JSON.parse(localStorage.getItem(place) ?? 'null') as { at: number; value: unknown } | null;
    return stored && Date.now() - stored.at < KEPT_MS ? stored.value : undefined;
  } catch {
    return undefined;
  }
}
