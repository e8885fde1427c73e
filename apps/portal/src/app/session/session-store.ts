import { computed, inject, Injectable, signal } from '@angular/core';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { Me } from '../api/types';
import { keepDraftsFor } from '../ui/draft';

const WAS_HERE = 'casebook.was-here';

/** Who is signed in, and what that means for the pages. */
@Injectable({ providedIn: 'root' })
export class SessionStore {
  readonly #api = inject(ApiClient);
  readonly #me = signal<Me | undefined>(undefined);
  readonly #offline = signal(false);
  readonly me = this.#me.asReadonly();
  /** True when the portal could not say who is signed in: it was not reached, or is not itself. */
  readonly offline = this.#offline.asReadonly();
  readonly isStaff = computed(() => this.#me()?.kind === 'staff');
  readonly isCustomer = computed(() => this.#me()?.kind === 'customer');
  readonly isEngineer = computed(() => this.#me()?.roles.includes('engineer') ?? false);
  readonly isAdmin = computed(() => this.isCustomer() && (this.#me()?.roles.includes('A') ?? false));
  /** Of the installation, on the vendor's side. */
  readonly isAdministrator = computed(() => this.isStaff() && (this.#me()?.roles.includes('administrator') ?? false));
  /** Support pages appear with a purchased support service only (R41). */
  readonly hasSupport = computed(() => this.isStaff() || (this.#me()?.services.length ?? 0) > 0);

  /** Asks who is signed in; nobody is no error. Whoever was signed in stays so while the portal cannot say otherwise. */
  async load(): Promise<void> {
    try {
      const me = await this.#api.me();
      keepDraftsFor(me.id);
      this.#me.set(me);
      this.#offline.set(false);
      localStorage.setItem(WAS_HERE, 'yes');
    } catch (error) {
      const { status } = problemOf(error);
      const nobody = status === 401 || status === 403;
      this.#offline.set(!nobody);
      if (nobody) this.#me.set(undefined);
    }
  }

  /**
   * True once after somebody was signed in on this browser and did not sign out: whoever comes back from the provider
   * as nobody is not sent there again.
   */
  wasHere(): boolean {
    if (this.offline()) return false;
    const was = localStorage.getItem(WAS_HERE) !== null;
    localStorage.removeItem(WAS_HERE);
    return was;
  }

  async switchCompany(id: string): Promise<void> {
    this.#me.set(await this.#api.switchCompany(id));
    location.assign('/');
  }

  async signOut(): Promise<void> {
    const answer = await this.#api.signOut();
    localStorage.removeItem(WAS_HERE);
    location.assign(answer.redirectTo);
  }
}
