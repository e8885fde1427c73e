import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { filter } from 'rxjs';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { Audience, Entry, NewCanReport, People, Problem, Target, Ticket, TicketWritten } from '../api/types';
import { LiveStore } from '../live/live-store';
import type { EarlierReport } from './can-draft';
import { earlierReport } from './earlier-report';

/** Pages of the timeline that are looked through for the last reports. */
const SEARCHED_PAGES = 20;

/** The ticket that a CAN report is written for, and the last report of each audience. Provided by the editor. */
@Injectable()
export class CanEditorStore {
  readonly #api = inject(ApiClient);
  readonly #state = signal<'loading' | 'ready' | 'failed'>('loading');
  readonly #problem = signal<Problem | undefined>(undefined);
  readonly #ticket = signal<Ticket | undefined>(undefined);
  readonly #people = signal<People>({});
  readonly #reports = signal<Readonly<Partial<Record<Audience, EarlierReport>>>>({});
  readonly #update = signal<Target | undefined>(undefined);
  readonly #owners = signal<readonly string[]>([]);
  #number = '';
  /** A repeat of the same report after a lost answer must not file it twice. */
  #sent = { body: '', key: '' };
  readonly #met = new Set<string>();

  readonly state = this.#state.asReadonly();
  readonly problem = this.#problem.asReadonly();
  readonly ticket = this.#ticket.asReadonly();
  readonly people = this.#people.asReadonly();
  readonly reports = this.#reports.asReadonly();
  /** What the plan promises between updates at this severity. */
  readonly update = this.#update.asReadonly();
  /** Names that an action can be given to. */
  readonly owners = this.#owners.asReadonly();
  readonly may = computed(() => this.#ticket()?.allowed.includes('can_report') ?? false);

  constructor() {
    const live = inject(LiveStore);
    const destroy = inject(DestroyRef);
    live.changes
      .pipe(
        filter(({ topic, id }) => topic === 'ticket' && id === this.#number),
        takeUntilDestroyed(destroy),
      )
      .subscribe(() => void this.#load().catch(() => undefined));
    live.reloads.pipe(takeUntilDestroyed(destroy)).subscribe(() => void this.#load().catch(() => undefined));
  }

  async open(number: string): Promise<void> {
    this.#number = number;
    this.#state.set('loading');
    try {
      await this.#load();
      await Promise.all([this.#findTarget(), this.#findOwners()]);
      this.#state.set('ready');
    } catch (error) {
      this.#problem.set(problemOf(error));
      this.#state.set('failed');
    }
  }

  /** Marks needs of the last report as met, then files the report. A second try goes on where the first one failed. */
  async send(report: NewCanReport, met: readonly number[]): Promise<TicketWritten> {
    const body = JSON.stringify(report);
    if (this.#sent.body !== body) this.#sent = { body, key: crypto.randomUUID() };
    const earlier = this.#reports()[report.audience];
    for (const n of earlier ? met : []) {
      const need = `${earlier?.id ?? ''}/${n}`;
      if (this.#met.has(need)) continue;
      await this.#api.needMet(this.#number, earlier?.id ?? '', n);
      this.#met.add(need);
    }
    return this.#api.canReport(this.#number, report, this.#sent.key);
  }

  async #load(): Promise<void> {
    const number = this.#number;
    const answer = await this.#api.ticket(number);
    let entries: readonly Entry[] = answer.timeline.items;
    let people = answer.people;
    let cursor = answer.timeline.nextCursor;
    for (let page = 0; cursor !== undefined && page < SEARCHED_PAGES && !hasBoth(entries); page++) {
      const older = await this.#api.timeline(number, cursor);
      entries = [...older.items, ...entries];
      people = { ...older.people, ...people };
      cursor = older.nextCursor;
    }
    if (number !== this.#number) return;
    this.#ticket.set(answer.ticket);
    this.#people.set(people);
    const customer = earlierReport(entries, 'customer');
    const internal = earlierReport(entries, 'internal');
    this.#reports.set({ ...(customer && { customer }), ...(internal && { internal }) });
  }

  async #findTarget(): Promise<void> {
    const ticket = this.#ticket();
    const { items } = await this.#api.plans();
    const plan = items.find(({ id }) => id === ticket?.plan.id);
    this.#update.set(plan?.targets.find(({ severity }) => severity === ticket?.severity)?.update);
  }

  async #findOwners(): Promise<void> {
    const company = this.#ticket()?.company;
    const [staff, customers] = await Promise.all([
      this.#api.users({ role: 'engineer' }),
      company ? this.#api.users({ company: company.id }) : { items: [] },
    ]);
    this.#owners.set([
      ...staff.items.flatMap(({ name }) => name ?? []),
      ...customers.items.flatMap(({ name, side }) =>
        name && side === 'customer' ? `${name}, ${company?.name ?? ''}` : [],
      ),
    ]);
  }
}

function hasBoth(entries: readonly Entry[]): boolean {
  return (['customer', 'internal'] as const).every((audience) =>
    entries.some((entry) => entry.kind === 'can_report' && entry.audience === audience),
  );
}
