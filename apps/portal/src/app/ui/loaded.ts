import { signal } from '@angular/core';
import { problemOf } from '../api/problem';
import type { Problem } from '../api/types';

/**
 * What a page reads from the server. The newest request wins; a failed refresh leaves what is already shown alone,
 * since the connection's state stands in the header.
 */
export class Loaded<T> {
  readonly #fetch: () => Promise<T>;
  readonly #value = signal<T | undefined>(undefined);
  readonly #problem = signal<Problem | undefined>(undefined);
  #request = 0;

  /** Absent while loading, and after a first request that failed. */
  readonly value = this.#value.asReadonly();
  readonly problem = this.#problem.asReadonly();

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** Fetches, the first time or anew. Never rejects: see `problem`. */
  async load(): Promise<void> {
    const request = ++this.#request;
    this.#problem.set(undefined);
    try {
      const value = await this.#fetch();
      if (request === this.#request) this.#value.set(value);
    } catch (error) {
      if (request === this.#request) this.#problem.set(problemOf(error));
    }
  }
}
