import { effect, type Injector, signal, type WritableSignal } from '@angular/core';

const PREFIX = 'casebook.draft.';
const KEPT_MS = 30 * 86_400_000;

/** A value that survives a reload: kept on this device under `key` until `clear`. */
export interface Draft<T> {
  readonly value: WritableSignal<T>;
  clear(): void;
}

/** Opens the draft of a form, or `empty` when there is none. Call it in an injection context, or pass an injector. */
export function draft<T>(key: string, empty: T, injector?: Injector): Draft<T> {
  const value = signal((read(key) as T | undefined) ?? empty);
  let cleared = false;
  effect(
    () => {
      const now = value();
      if (cleared) {
        cleared = false;
        return;
      }
      if (JSON.stringify(now) === JSON.stringify(empty)) localStorage.removeItem(PREFIX + key);
      else localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), value: now }));
    },
    injector === undefined ? undefined : { injector },
  );
  return {
    value,
    clear() {
      localStorage.removeItem(PREFIX + key);
      cleared = JSON.stringify(value()) !== JSON.stringify(empty);
      value.set(empty);
    },
  };
}

function read(key: string): unknown {
  try {
    const stored = JSON.parse(localStorage.getItem(PREFIX + key) ?? 'null') as { at: number; value: unknown } | null;
    return stored && Date.now() - stored.at < KEPT_MS ? stored.value : undefined;
  } catch {
    return undefined;
  }
}
