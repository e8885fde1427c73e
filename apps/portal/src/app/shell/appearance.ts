import { computed, Injectable, signal } from '@angular/core';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'compact' | 'comfortable';

/** Theme and density: the reader's choice on this device. Staff begin compact, customers comfortable. */
@Injectable({ providedIn: 'root' })
export class Appearance {
  readonly #theme = signal<Theme>(stored('theme', ['system', 'light', 'dark']) ?? 'system');
  readonly #density = signal<Density | undefined>(stored('density', ['compact', 'comfortable']));
  readonly theme = this.#theme.asReadonly();
  readonly density = computed(() => this.#density());

  setTheme(theme: Theme): void {
    this.#theme.set(theme);
    localStorage.setItem('casebook.theme', theme);
    this.apply();
  }

  setDensity(density: Density): void {
    this.#density.set(density);
    localStorage.setItem('casebook.density', density);
    this.apply();
  }

  /** Puts the choice on the document; `fallback` is the density of somebody who has not chosen. */
  apply(fallback: Density = 'comfortable'): void {
    const { dataset } = document.documentElement;
    if (this.#theme() === 'system') delete dataset['theme'];
    else dataset['theme'] = this.#theme();
    dataset['density'] = this.#density() ?? fallback;
  }
}

function stored<T extends string>(name: string, values: readonly T[]): T | undefined {
  const value = localStorage.getItem(`casebook.${name}`);
  return values.find((known) => known === value);
}
