import { Component, computed, inject, signal } from '@angular/core';
import { problemOf } from '../api/problem';
import type { Problem } from '../api/types';
import { draft } from '../ui/draft';
import { ProblemNote } from '../ui/problem-note';
import { Toasts } from '../ui/toasts';
import { UsersStore } from './users-store';

interface Invitation {
  readonly name: string;
  readonly email: string;
  readonly role: 'A' | 'U';
}

/** Adds a named contact (R18). What was typed survives a reload; the server's objections stand at the fields. */
@Component({
  selector: 'cb-invite-form',
  imports: [ProblemNote],
  templateUrl: './invite-form.html',
})
export class InviteForm {
  readonly #store = inject(UsersStore);
  readonly #toasts = inject(Toasts);
  readonly #draft = draft<Invitation>('invite', { name: '', email: '', role: 'U' });
  protected readonly value = this.#draft.value.asReadonly();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  /** Errors that name no field of this form stand below it. */
  protected readonly rest = computed(() => (this.problem()?.fields?.length ? undefined : this.problem()));

  protected set(change: Partial<Invitation>): void {
    this.#draft.value.update((value) => ({ ...value, ...change }));
  }

  protected error(path: keyof Invitation): string | undefined {
    return this.problem()?.fields?.find((field) => field.path === path)?.message;
  }

  protected async send(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    const { name, email, role } = this.value();
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      await this.#store.invite(name.trim(), email.trim(), role);
      this.#draft.clear();
      this.#toasts.show(`${name.trim()} is invited.`);
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
