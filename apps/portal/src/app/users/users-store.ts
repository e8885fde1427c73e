import { computed, inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { debounceTime, filter, merge } from 'rxjs';
import { ApiClient } from '../api/api-client';
import type { User, Users } from '../api/types';
import { LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { Loaded } from '../ui/loaded';
import { isFull, managers, type UserAction } from './user-rules';

interface Group {
  readonly title: string;
  readonly users: readonly User[];
}

/** The people of one company, and what an admin does with them. Provided by the page. */
@Injectable()
export class UsersStore {
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  #company: string | undefined;

  readonly users = new Loaded<Users & { readonly of?: string }>(async () => {
    const company = this.#company;
    if (company === undefined) return this.#api.users();
    const [users, companies] = await Promise.all([this.#api.users({ company }), this.#api.companies()]);
    const name = companies.items.find(({ id }) => id === company)?.name;
    return { ...users, ...(name !== undefined && { of: name }) };
  });
  readonly mayManage = computed(() => this.#session.isAdmin());
  readonly full = computed(() => isFull(this.users.value() ?? { items: [] }));
  readonly managers = computed(() => managers(this.users.value()?.items ?? []));
  /** Requests first, then those who count against the limit, then the locked. */
  readonly groups = computed<readonly Group[]>(() => {
    const items = this.users.value()?.items ?? [];
    const of = (...states: readonly User['status'][]) => items.filter(({ status }) => states.includes(status));
    return [
      { title: 'Ask to be let in', users: of('requested') },
      { title: 'Named contacts', users: of('active', 'invited') },
      { title: 'Locked, not counted', users: of('locked') },
      { title: 'Support', users: of(undefined) },
    ].filter(({ users }) => users.length > 0);
  });

  constructor() {
    const live = inject(LiveStore);
    merge(live.changes.pipe(filter(({ topic }) => topic === 'user')), live.reloads)
      .pipe(debounceTime(200), takeUntilDestroyed())
      .subscribe(() => void this.#refresh());
  }

  /** Shows a company's people; without one, those whom the reader sees anyway. */
  open(company: string | undefined): void {
    this.#company = company;
    void this.users.load();
  }

  /** Does it and fetches anew. Rejects with the server's answer where that is no. */
  async act(action: UserAction, id: string): Promise<void> {
    if (action === 'promote') await this.#api.setRole(id, 'A');
    else if (action === 'demote') await this.#api.setRole(id, 'U');
    else await this.#api.userAction(id, action);
    await this.#refresh();
  }

  async invite(name: string, email: string, role: 'A' | 'U'): Promise<void> {
    await this.#api.inviteUser(name, email, role);
    await this.#refresh();
  }

  /** The reader's own role and the count of contacts may have changed as well. */
  async #refresh(): Promise<void> {
    await Promise.all([this.users.load(), this.#session.load()]);
  }
}
