import { inject, Injectable, signal } from '@angular/core';
import { ApiClient } from '../api/api-client';
import { Loaded } from '../ui/loaded';

export type Scope = 'read' | 'write';

/** The reader's API tokens. A new token's secret is here until the page is left, and never again. */
@Injectable()
export class TokensStore {
  readonly #api = inject(ApiClient);
  readonly #made = signal<{ readonly name: string; readonly token: string } | undefined>(undefined);
  readonly tokens = new Loaded(async () => (await this.#api.tokens()).items);
  readonly made = this.#made.asReadonly();

  async create(name: string, days: number, scopes: readonly Scope[]): Promise<void> {
    this.#made.set(await this.#api.createToken(name, days, scopes));
    await this.tokens.load();
  }

  async revoke(id: string): Promise<void> {
    await this.#api.revokeToken(id);
    await this.tokens.load();
  }

  /** The secret was copied: take it off the page. */
  hide(): void {
    this.#made.set(undefined);
  }
}
