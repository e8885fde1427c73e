import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { debounceTime, merge } from 'rxjs';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { People, Problem, Ref, TicketSummary } from '../api/types';
import { LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { grouped, inView, matches, sentence, VIEWS, type QueueFilters, type View } from './queue-order';

const PAGE = 200;
/** More open tickets than anybody works through at once; beyond it the search helps. */
const MOST = 1_000;
const QUIET_MS = 300;

/** All open tickets of every company, kept up to date; views and filters are cut here. */
@Injectable()
export class QueueStore {
  readonly #api = inject(ApiClient);
  readonly #me = inject(SessionStore).me;
  readonly #tickets = signal<readonly TicketSummary[] | undefined>(undefined);
  readonly #people = signal<People>({});
  readonly people = this.#people.asReadonly();
  readonly problem = signal<Problem | undefined>(undefined);
  readonly view = signal<View>('all');
  readonly filters = signal<QueueFilters>({ service: '', severity: '', stage: '', company: '' });

  readonly loaded = computed(() => this.#tickets() !== undefined);
  readonly all = computed(() => this.#tickets() ?? []);
  readonly sentence = computed(() => sentence(this.all()));
  readonly counts = computed(() => {
    const me = this.#me()?.id ?? '';
    return Object.fromEntries(
      VIEWS.map((view) => [view, this.all().filter((ticket) => inView(ticket, view, me)).length]),
    ) as Readonly<Record<View, number>>;
  });
  readonly shown = computed(() => {
    const me = this.#me()?.id ?? '';
    return this.all().filter((ticket) => inView(ticket, this.view(), me) && matches(ticket, this.filters()));
  });
  readonly groups = computed(() => grouped(this.shown()));
  /** In the order of the screen, for the keyboard. */
  readonly inOrder = computed(() => this.groups().flatMap(({ tickets }) => tickets));
  readonly services = computed(() => distinct(this.all().map(({ service }) => service)));
  readonly companies = computed(() => distinct(this.all().map(({ company }) => company)));

  constructor() {
    const live = inject(LiveStore);
    merge(live.changes, live.reloads)
      .pipe(debounceTime(QUIET_MS), takeUntilDestroyed(inject(DestroyRef)))
      .subscribe(() => void this.load());
    void this.load();
  }

  async load(): Promise<void> {
    try {
      const tickets: TicketSummary[] = [];
      let people: People = {};
      let cursor: string | undefined;
      do {
        const status = 'open,awaiting_acceptance';
        const page = await this.#api.tickets({ status, limit: PAGE, ...(cursor !== undefined && { cursor }) });
        tickets.push(...page.items);
        people = { ...people, ...page.people };
        cursor = page.nextCursor;
      } while (cursor !== undefined && tickets.length < MOST);
      this.#tickets.set(tickets);
      this.#people.set(people);
      this.problem.set(undefined);
    } catch (error) {
      this.problem.set(problemOf(error));
    }
  }

  /** Takes a ticket; somebody else may have been faster. */
  async take(number: string): Promise<void> {
    try {
      await this.#api.assign(number, { me: true });
      this.problem.set(undefined);
    } catch (error) {
      this.problem.set(problemOf(error));
    }
    await this.load();
  }
}

function distinct(refs: readonly Ref[]): readonly Ref[] {
  return [...new Map(refs.map((ref) => [ref.id, ref])).values()].sort((a, b) => a.name.localeCompare(b.name));
}
