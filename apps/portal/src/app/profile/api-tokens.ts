import { Component, computed, inject, signal } from '@angular/core';
import { problemOf } from '../api/problem';
import type { Problem } from '../api/types';
import { Ask } from '../ui/ask';
import { LoadState } from '../ui/load-state';
import { ProblemNote } from '../ui/problem-note';
import { Toasts } from '../ui/toasts';
import { When } from '../ui/when';
import { type Scope, TokensStore } from './tokens-store';

const DEFAULT_DAYS = 90;

/** Personal API tokens: list, make, revoke. */
@Component({
  selector: 'cb-api-tokens',
  imports: [LoadState, ProblemNote, When],
  providers: [TokensStore],
  templateUrl: './api-tokens.html',
})
export class ApiTokens {
  protected readonly store = inject(TokensStore);
  readonly #ask = inject(Ask);
  readonly #toasts = inject(Toasts);
  protected readonly name = signal('');
  protected readonly days = signal(DEFAULT_DAYS);
  protected readonly mayWrite = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly rest = computed(() => (this.problem()?.fields?.length ? undefined : this.problem()));

  constructor() {
    void this.store.tokens.load();
  }

  protected error(path: string): string | undefined {
    return this.problem()?.fields?.find((field) => field.path === path)?.message;
  }

  protected async create(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    const scopes: readonly Scope[] = this.mayWrite() ? ['read', 'write'] : ['read'];
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      await this.store.create(this.name().trim(), this.days(), scopes);
      this.name.set('');
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  /** The clipboard can be refused; then the token stays on the page to be selected by hand. */
  protected async copy(token: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(token);
      this.#toasts.show('The token is copied.');
    } catch {
      this.#toasts.show('The browser did not allow copying. Select the token and copy it.');
    }
  }

  protected revoke(id: string, name: string): void {
    this.#ask.open({
      title: `Revoke the token “${name}”?`,
      text: 'Programs that use it are refused at once. This cannot be undone.',
      verb: 'Revoke token',
      act: async () => {
        await this.store.revoke(id);
        this.#toasts.show(`The token “${name}” is revoked.`);
      },
    });
  }

  protected day(iso: string): string {
    return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(iso));
  }
}
