import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { filter } from 'rxjs';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { Entry, People, Person, Problem, Ticket, TicketPageAnswer, TicketWritten } from '../api/types';
import { LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { compareNumbers } from './entry-data';
import { pastState } from './past-state';
import { ReadMarks } from './read-marks';

type Loading = 'loading' | 'ready' | 'missing' | 'failed';
const NONE: ReadonlySet<string> = new Set();

/**
 * One open ticket: its state, its entries, and what arrived meanwhile. Provided by the ticket page.
 * While the reader writes (`writing`), entries of others are held back until asked for, so that nothing jumps.
 */
@Injectable()
export class TicketStore {
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  readonly #marks = inject(ReadMarks);
  readonly #loading = signal<Loading>('loading');
  readonly #problem = signal<Problem | undefined>(undefined);
  readonly #ticket = signal<Ticket | undefined>(undefined);
  readonly #people = signal<People>({});
  readonly #entries = signal<readonly Entry[]>([]);
  readonly #held = signal<readonly Entry[]>([]);
  readonly #fresh = signal(NONE);
  readonly #older = signal<string | undefined>(undefined);
  readonly #firstUnread = signal<string | undefined>(undefined);
  readonly #asOf = signal<number | undefined>(undefined);
  readonly #below = signal<readonly Entry[]>([]);
  readonly #unfolded = signal(NONE);
  #number = '';
  #running: Promise<void> | undefined;
  #again = false;
  #opening: Promise<void> | undefined;
  #fetchingOlder: Promise<void> | undefined;
  #away = false;

  readonly loading = this.#loading.asReadonly();
  readonly problem = this.#problem.asReadonly();
  readonly ticket = this.#ticket.asReadonly();
  readonly people = this.#people.asReadonly();
  /** Entries as of the chosen moment, oldest first. */
  readonly entries = computed(() => {
    const asOf = this.#asOf();
    return asOf === undefined ? this.#entries() : this.#entries().filter(({ at }) => Date.parse(at) <= asOf);
  });
  readonly all = this.#entries.asReadonly();
  /** How many entries of others wait to be looked at: held back, or below what is seen of the page. */
  readonly waiting = computed(() => this.#held().length + this.#below().length);
  /** Numbers of entries that are shown though they lie in a run that folds. */
  readonly unfolded = this.#unfolded.asReadonly();
  /** Ids of entries that came in while the page was open. */
  readonly fresh = this.#fresh.asReadonly();
  readonly hasOlder = computed(() => this.#older() !== undefined);
  /** Id of the first entry that the reader has not seen before this visit. */
  readonly firstUnread = this.#firstUnread.asReadonly();
  /** The moment looked at, in epoch milliseconds; absent for now. */
  readonly asOf = this.#asOf.asReadonly();
  readonly past = computed(() => (this.#asOf() === undefined ? undefined : pastState(this.entries())));
  /** What the reader may do to the ticket as it is now. */
  readonly allowedNow = computed<ReadonlySet<string>>(() => new Set(this.#ticket()?.allowed));
  /** The same, but nothing while the past is looked at. */
  readonly allowed = computed(() => (this.#asOf() === undefined ? this.allowedNow() : NONE));
  /** Set by the composer while somebody writes in it. */
  readonly writing = signal(false);

  constructor() {
    const live = inject(LiveStore);
    const destroy = inject(DestroyRef);
    live.changes
      .pipe(
        filter(({ topic, id }) => topic === 'ticket' && id === this.#number),
        takeUntilDestroyed(destroy),
      )
      .subscribe(() => void this.refresh());
    live.reloads.pipe(takeUntilDestroyed(destroy)).subscribe(() => {
      void (['failed', 'missing'].includes(this.#loading()) ? this.open(this.#number) : this.refresh());
    });
  }

  /** Shows another ticket. */
  open(number: string): Promise<void> {
    this.#opening = this.#open(number);
    return this.#opening;
  }

  async #open(number: string): Promise<void> {
    this.#number = number;
    this.#fetchingOlder = undefined;
    this.#loading.set('loading');
    this.#ticket.set(undefined);
    this.#entries.set([]);
    this.#held.set([]);
    this.#below.set([]);
    this.#fresh.set(NONE);
    this.#unfolded.set(NONE);
    this.#older.set(undefined);
    this.#firstUnread.set(undefined);
    this.#asOf.set(undefined);
    try {
      const answer = await this.#api.ticket(number);
      if (this.#number !== number) return;
      this.#entries.set(answer.timeline.items);
      this.#older.set(answer.timeline.nextCursor);
      this.#take(answer);
      this.#findUnread(answer.timeline.items);
      this.#loading.set('ready');
    } catch (error) {
      if (this.#number !== number) return;
      const problem = problemOf(error);
      this.#problem.set(problem);
      this.#loading.set(problem.status === 404 ? 'missing' : 'failed');
    }
  }

  /** Fetches the ticket anew; calls during a fetch lead to one more. */
  refresh(own = false): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running.then(() => {
        if (own) this.#showHeld();
      });
    }
    this.#running = this.#fetchAll(own).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Sends a command and shows its effect. Errors are the caller's. */
  async act(command: (api: ApiClient, number: string) => Promise<TicketWritten>): Promise<TicketWritten> {
    const written = await command(this.#api, this.#number);
    await this.refresh(true);
    return written;
  }

  /** Puts entries that were held back onto the timeline; answers the number of the first that waited. */
  showWaiting(): string | undefined {
    const first = this.#below()[0] ?? this.#held()[0];
    this.#showHeld();
    this.#below.set([]);
    return first?.number;
  }

  /** Told by the page whether the end of the timeline lies below what is seen of it. */
  setAway(away: boolean): void {
    this.#away = away;
    if (!away) this.#below.set([]);
  }

  /** Shows entries that lie in runs that fold, by their numbers. */
  unfold(numbers: readonly string[]): void {
    this.#unfolded.update((known) => new Set([...known, ...numbers]));
  }

  /** Puts the entries before the oldest one onto the timeline. Calls while they are fetched share the one fetch. */
  loadOlder(): Promise<void> {
    const cursor = this.#older();
    if (cursor === undefined) return Promise.resolve();
    if (this.#fetchingOlder) return this.#fetchingOlder;
    const fetching = this.#fetchOlder(cursor).finally(() => {
      if (this.#fetchingOlder === fetching) this.#fetchingOlder = undefined;
    });
    this.#fetchingOlder = fetching;
    return fetching;
  }

  async #fetchOlder(cursor: string): Promise<void> {
    const number = this.#number;
    const page = await this.#api.timeline(number, cursor);
    // Another ticket may stand here by now, or the same one anew.
    if (this.#number !== number || this.#older() !== cursor) return;
    this.#people.update((known) => ({ ...page.people, ...known }));
    this.#entries.update((entries) => [...page.items, ...entries]);
    this.#older.set(page.nextCursor);
  }

  /** Loads older entries until the one with this number is there, or could not be. */
  async loadBackTo(number: string): Promise<void> {
    const ticket = this.#number;
    while (
      this.#number === ticket &&
      this.hasOlder() &&
      compareNumbers(this.#entries()[0]?.number ?? '0', number) > 0
    ) {
      await this.loadOlder();
    }
  }

  /** Looks at an earlier moment, for which all entries are needed; without a moment, at now. */
  async travel(to: number | undefined): Promise<void> {
    this.#asOf.set(to);
    while (to !== undefined && this.#asOf() === to && this.hasOlder()) await this.loadOlder();
  }

  person(id: string | undefined): Person | undefined {
    return id === undefined ? undefined : this.#people()[id];
  }

  async #fetchAll(own: boolean): Promise<void> {
    await this.#fetch(own);
    while (this.#again) await this.#fetch(own);
  }

  async #fetch(own: boolean): Promise<void> {
    this.#again = false;
    // The first answer may be slower than one that is asked for later.
    await this.#opening;
    const number = this.#number;
    try {
      const answer = await this.#api.ticket(number);
      if (this.#number !== number) return;
      this.#take(answer);
      this.#merge(answer, own);
    } catch {
      // What is shown stays; the connection sign says why nothing moves.
    }
  }

  #take({ ticket, people }: TicketPageAnswer): void {
    this.#ticket.set(ticket);
    this.#people.update((before) => ({ ...before, ...people }));
  }

  #merge({ timeline }: TicketPageAnswer, own: boolean): void {
    const shown = new Map(this.#entries().map((entry) => [entry.id, entry]));
    const overlaps = timeline.items.some(({ id }) => shown.has(id));
    if (!overlaps) {
      this.#entries.set(timeline.items);
      this.#older.set(timeline.nextCursor);
      this.#held.set([]);
      this.#below.set([]);
      return;
    }
    const newest = new Map(timeline.items.map((entry) => [entry.id, entry]));
    this.#entries.update((entries) => entries.map((entry) => newest.get(entry.id) ?? entry));
    this.#held.set(timeline.items.filter(({ id }) => !shown.has(id)));
    if (own || !this.writing()) this.#showHeld();
  }

  #showHeld(): void {
    const held = this.#held();
    if (held.length === 0) return;
    this.#fresh.update((ids) => new Set([...ids, ...held.map(({ id }) => id)]));
    this.#entries.update((entries) => [...entries, ...held]);
    const me = this.#session.me()?.id;
    if (this.#away) this.#below.update((below) => [...below, ...held.filter(({ by }) => by !== me)]);
    this.#held.set([]);
    this.#mark();
  }

  #findUnread(items: readonly Entry[]): void {
    const me = this.#session.me()?.id ?? '';
    const last = this.#marks.last(this.#number, me);
    if (last !== undefined) {
      this.#firstUnread.set(items.find(({ number, by }) => by !== me && compareNumbers(number, last) > 0)?.id);
    }
    this.#mark();
  }

  #mark(): void {
    const last = this.#entries().at(-1);
    if (last) this.#marks.set(this.#number, this.#session.me()?.id ?? '', last.number);
  }
}
