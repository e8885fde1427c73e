import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { debounceTime, merge } from 'rxjs';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { People, Problem, SearchHit, TicketList, TicketSummary } from '../api/types';
import { LiveStore } from '../live/live-store';

/** What the address says: words, or filters and an order. */
export interface SearchState {
  readonly q: string;
  readonly status: string;
  readonly stage: string;
  readonly severity: string;
  readonly service: string;
  readonly company: string;
  readonly sort: string;
}

const PAGE = 50;
const QUIET_MS = 300;

/** Tickets by words or by filters, a page after the other. */
@Injectable()
export class SearchStore {
  readonly #api = inject(ApiClient);
  readonly #state = signal<SearchState | undefined>(undefined);
  readonly #list = signal<TicketList | undefined>(undefined);
  readonly #hits = signal<readonly SearchHit[] | undefined>(undefined);
  #turn = 0;
  readonly problem = signal<Problem | undefined>(undefined);
  readonly busy = signal(false);
  readonly hits = this.#hits.asReadonly();
  readonly tickets = computed<readonly TicketSummary[]>(() => this.#list()?.items ?? []);
  readonly people = computed<People>(() => this.#list()?.people ?? {});
  readonly total = computed(() => this.#list()?.total);
  readonly more = computed(() => this.#list()?.nextCursor !== undefined);
  readonly loaded = computed(() => this.#list() !== undefined || this.#hits() !== undefined);

  constructor() {
    const live = inject(LiveStore);
    merge(live.changes, live.reloads)
      .pipe(debounceTime(QUIET_MS), takeUntilDestroyed(inject(DestroyRef)))
      .subscribe(() => {
        const state = this.#state();
        // Whoever has read on keeps the place; the first page alone is refreshed.
        if (state && this.tickets().length <= PAGE) void this.show(state);
      });
  }

  /** Shows what the address says. An answer that was overtaken by a later question is dropped. */
  async show(state: SearchState): Promise<void> {
    this.#state.set(state);
    const turn = ++this.#turn;
    this.busy.set(true);
    try {
      const hits = state.q === '' ? undefined : (await this.#api.search(state.q)).items;
      const list = state.q === '' ? await this.#api.tickets({ ...queryOf(state), total: true }) : undefined;
      if (turn !== this.#turn) return;
      this.#hits.set(hits);
      this.#list.set(list);
      this.problem.set(undefined);
    } catch (error) {
      if (turn === this.#turn) this.problem.set(problemOf(error));
    } finally {
      if (turn === this.#turn) this.busy.set(false);
    }
  }

  async showMore(): Promise<void> {
    const state = this.#state();
    const before = this.#list();
    const cursor = before?.nextCursor;
    if (!state || !before || cursor === undefined) return;
    try {
      const { total: _, ...page } = await this.#api.tickets({ ...queryOf(state), cursor });
      const { nextCursor: _gone, ...kept } = before;
      this.#list.set({
        ...kept,
        ...page,
        items: [...before.items, ...page.items],
        people: { ...before.people, ...page.people },
      });
    } catch (error) {
      this.problem.set(problemOf(error));
    }
  }
}

/** The filters that are set, as the API takes them. */
export function queryOf({ q: _, ...filters }: SearchState): Readonly<Record<string, string | number>> {
  return { ...Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== '')), limit: PAGE };
}
