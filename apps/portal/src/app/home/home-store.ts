import { computed, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { debounceTime, filter, merge } from 'rxjs';
import { ApiClient } from '../api/api-client';
import type { TicketSummary } from '../api/types';
import { LiveStore } from '../live/live-store';
import { Loaded } from '../ui/loaded';
import { homeSentence, isDecision } from './home-sentence';

/** Recently closed tickets that the page shows. */
const CLOSED_SHOWN = 5;
const RECENT_MS = 7 * 86_400_000;

/** The tickets of the reader's company, as the home page tells them. Provided by the page. */
@Injectable()
export class HomeStore {
  readonly #api = inject(ApiClient);
  readonly #reopenUntil = signal<Readonly<Record<string, string>>>({});

  readonly tickets = new Loaded(() => this.#fetch());
  /** Until when a closed ticket can be opened again, by its number. */
  readonly reopenUntil = this.#reopenUntil.asReadonly();
  readonly open = computed(() => this.tickets.value()?.open ?? []);
  readonly closed = computed(() => this.tickets.value()?.closed ?? []);
  /** What the customer owes: the highest severity first, decisions before replies. */
  readonly waiting = computed(() =>
    this.open()
      .filter(({ owes }) => owes === 'customer')
      .toSorted((a, b) => rank(a) - rank(b) || Number(isDecision(b)) - Number(isDecision(a))),
  );
  readonly sentence = computed(() => homeSentence(this.open()));

  constructor() {
    const live = inject(LiveStore);
    merge(live.changes.pipe(filter(({ topic }) => topic !== 'user')), live.reloads)
      .pipe(debounceTime(300), takeUntilDestroyed())
      .subscribe(() => void this.tickets.load());
  }

  async #fetch() {
    const [open, closed] = await Promise.all([
      this.#api.tickets({ status: 'open,awaiting_acceptance', sort: 'severity', limit: 200 }),
      this.#api.tickets({ status: 'closed', sort: '-updatedAt', limit: CLOSED_SHOWN }),
    ]);
    const recent = closed.items.filter(({ updatedAt }) => Date.now() - Date.parse(updatedAt) < RECENT_MS);
    void this.#findReopening(recent);
    return { open: open.items, closed: recent, more: open.nextCursor !== undefined };
  }

  /** The list does not tell until when a ticket can be reopened; its own page does. */
  async #findReopening(tickets: readonly TicketSummary[]): Promise<void> {
    const answers = await Promise.allSettled(tickets.map(({ number }) => this.#api.ticket(number)));
    const found = answers.flatMap((answer) => {
      if (answer.status === 'rejected') return [];
      const { number, reopenUntil } = answer.value.ticket;
      return reopenUntil === undefined ? [] : [[number, reopenUntil] as const];
    });
    this.#reopenUntil.set(Object.fromEntries(found));
  }
}

function rank({ severity }: TicketSummary): number {
  return severity === undefined ? 5 : Number(severity.slice(1));
}
