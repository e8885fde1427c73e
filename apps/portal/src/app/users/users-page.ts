import { Component, computed, effect, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { User } from '../api/types';
import { SessionStore } from '../session/session-store';
import { Ask } from '../ui/ask';
import { Avatar } from '../ui/avatar';
import { LoadState } from '../ui/load-state';
import { Ticker } from '../ui/ticker';
import { clock, zoneOf } from '../ui/time';
import { Toasts } from '../ui/toasts';
import { InviteForm } from './invite-form';
import { limitReason, optionsFor, type UserAction, type UserOptions } from './user-rules';
import { ACTION_WORDS, confirmation, ROLE_WORDS, STATUS_WORDS } from './user-words';
import { UsersStore } from './users-store';

/** Who works for a company, in which role; admins manage them here (R15 to R23). */
@Component({
  selector: 'cb-users-page',
  imports: [RouterLink, Avatar, InviteForm, LoadState],
  providers: [UsersStore],
  templateUrl: './users-page.html',
})
export class UsersPage {
  protected readonly store = inject(UsersStore);
  protected readonly session = inject(SessionStore);
  readonly #ask = inject(Ask);
  readonly #toasts = inject(Toasts);
  readonly #ticker = inject(Ticker);
  /** Staff: whose people, from the address. */
  readonly company = input<string>();

  protected readonly roles = ROLE_WORDS;
  protected readonly states = STATUS_WORDS;
  protected readonly actions = ACTION_WORDS;
  protected readonly list = computed(() => this.store.users.value());
  protected readonly limit = computed(() => {
    const list = this.list();
    return list?.contactLimit === undefined
      ? undefined
      : `${list.contacts ?? 0} of ${list.contactLimit} contacts in use`;
  });
  protected readonly noRoom = computed(() => limitReason(this.list() ?? { items: [] }));

  constructor() {
    effect(() => {
      this.store.open(this.company());
    });
  }

  protected nameOf({ name }: User): string {
    return name ?? 'Erased person';
  }

  /** "05:24 CET", where that person is. */
  protected local({ timeZone }: User): string | undefined {
    if (timeZone === undefined || timeZone === null) return undefined;
    const now = this.#ticker.now();
    return `${clock(now.toISOString(), timeZone)} ${zoneOf(now, timeZone)}`;
  }

  protected options(user: User): UserOptions {
    const list = this.list();
    return list && this.store.mayManage() ? optionsFor(user, list) : { actions: [] };
  }

  protected confirm(action: UserAction, user: User): void {
    const isSelf = user.id === this.session.me()?.id;
    const { title, text, done } = confirmation(action, this.nameOf(user), isSelf);
    this.#ask.open({
      title,
      text,
      verb: ACTION_WORDS[action].verb,
      act: async () => {
        await this.store.act(action, user.id);
        this.#toasts.show(done);
      },
    });
  }
}
