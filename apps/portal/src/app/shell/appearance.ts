import { computed, Injectable, signal } from '@angular/core';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'compact' | 'comfortable';

/** Theme and density: the reader's choice on this device. Staff begin compact, customers comfortable. */
@Injectable({ providedIn: 'root' })
export class Appearance {
  readonly #theme = signal<Theme>(stored('theme', ['system', 'light', 'dark']) ?? 'system');
  readonly #density = signal<Density | undefined>(stored('density', ['compact', 'comfortable']));
  readonly #nav = signal(stored('nav', ['thin', 'wide']));
  readonly #small = signal(false);
  readonly theme = this.#theme.asReadonly();
  /** The navigation shows signs only: by choice, or as long as nothing was chosen, on screens below 1,280 px. */
  readonly thin = computed(() => (this.#nav() === undefined ? this.#small() : this.#nav() === 'thin'));
  readonly density = computed(() => this.#density());

  constructor() {
    const small = matchMedia('(max-width: 1279px)');
    this.#small.set(small.matches);
    small.addEventListener('change', () => {
      this.#small.set(small.matches);
    });
  }

  setThin(thin: boolean): void {
    this.#nav.set(thin ? 'thin' : 'wide');
    localStorage.setItem('casebook.nav', thin ? 'thin' : 'wide');
  }

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
