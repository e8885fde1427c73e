import { Injectable } from '@angular/core';
import { Subject } from 'rxjs';

const FIRST_MS = 2_000;
const MOST_MS = 60_000;

/** Asks for what could not be read, or not in its newest state, to be read again: soon at first, then less often. */
@Injectable({ providedIn: 'root' })
export class ReadAgain {
  readonly #due = new Subject<void>();
  /** It is time to read again what is shown. */
  readonly due = this.#due.asObservable();
  #wait = FIRST_MS;
  #missedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** A read failed for now, or was answered from views that are behind. */
  missed(): void {
    const now = Date.now();
    if (now - this.#missedAt > 2 * MOST_MS) this.#wait = FIRST_MS;
    this.#missedAt = now;
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#due.next();
    }, this.#wait);
    this.#wait = Math.min(2 * this.#wait, MOST_MS);
  }
}
