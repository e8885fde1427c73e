import { Injectable, signal } from '@angular/core';

/** The present, moving on each half minute, so that ages and countdowns on the page are true. */
@Injectable({ providedIn: 'root' })
export class Ticker {
  readonly #now = signal(new Date());
  readonly now = this.#now.asReadonly();

  constructor() {
    setInterval(() => {
      this.#now.set(new Date());
    }, 30_000);
  }
}
