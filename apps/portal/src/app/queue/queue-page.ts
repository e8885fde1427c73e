import { Component, computed, DestroyRef, effect, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { TicketSummary } from '../api/types';
import { SessionStore } from '../session/session-store';
import { Keys } from '../shell/keys';
import { Avatar } from '../ui/avatar';
import { ProblemNote } from '../ui/problem-note';
import { Sev } from '../ui/sev';
import { SideSign } from '../ui/side-sign';
import { StageSign, STAGE_NAMES, STAGES } from '../ui/stage-sign';
import { Ticker } from '../ui/ticker';
import { span, zoneOf } from '../ui/time';
import { When } from '../ui/when';
import { VIEW_NAMES, VIEWS, type QueueFilters, type View } from './queue-order';
import { QueueStore } from './queue-store';

@Component({
  selector: 'cb-queue-page',
  imports: [RouterLink, Avatar, ProblemNote, Sev, SideSign, StageSign, When],
  providers: [QueueStore],
  templateUrl: './queue-page.html',
})
export class QueuePage {
  protected readonly store = inject(QueueStore);
  protected readonly session = inject(SessionStore);
  protected readonly views = VIEWS;
  protected readonly viewNames = VIEW_NAMES;
  protected readonly stages = STAGES.filter((stage) => stage !== 'closed');
  protected readonly stageNames = STAGE_NAMES;
  protected readonly severities = ['S1', 'S2', 'S3', 'S4', 'Task'];
  protected readonly selected = signal<string | undefined>(undefined);
  protected readonly peek = signal(false);
  protected readonly sound = signal(localStorage.getItem('casebook.sound') !== 'off');
  protected readonly zone = zoneOf();
  readonly #ticker = inject(Ticker);
  readonly #router = inject(Router);

  /** The address holds view and filters, so that a link shows the same queue. */
  readonly view = input<string>();
  readonly service = input<string>();
  readonly severity = input<string>();
  readonly stage = input<string>();
  readonly company = input<string>();

  protected readonly peeked = computed(() =>
    this.peek() ? this.store.inOrder().find(({ number }) => number === this.selected()) : undefined,
  );

  constructor() {
    effect(() => {
      this.store.view.set(VIEWS.find((known) => known === this.view()) ?? 'all');
      this.store.filters.set({
        service: this.service() ?? '',
        severity: this.severity() ?? '',
        stage: this.stage() ?? '',
        company: this.company() ?? '',
      });
    });
    const unregister = inject(Keys).register({
      j: () => {
        this.move(1);
      },
      k: () => {
        this.move(-1);
      },
      Enter: () => void (this.selected() !== undefined && this.#router.navigate(['/tickets', this.selected()])),
      ' ': () => {
        this.peek.update((open) => !open);
      },
      t: () => {
        const ticket = this.store.inOrder().find(({ number }) => number === this.selected());
        if (ticket && this.mayTake(ticket)) void this.store.take(ticket.number);
      },
    });
    inject(DestroyRef).onDestroy(unregister);
  }

  protected mayTake(ticket: TicketSummary): boolean {
    return ticket.assignee === undefined && this.session.isEngineer();
  }

  protected waiting(ticket: TicketSummary): string {
    return span(this.#ticker.now().getTime() - Date.parse(ticket.owesSince ?? ticket.openedAt));
  }

  protected firstName(id: string | undefined): string {
    return (id === undefined ? undefined : this.store.people()[id]?.name)?.split(' ')[0] ?? '';
  }

  protected filter(change: Partial<QueueFilters & { view: View }>): void {
    const { service, severity, stage, company } = { ...this.store.filters(), ...change };
    const view = change.view ?? this.store.view();
    const queryParams = { view: view === 'all' ? '' : view, service, severity, stage, company };
    const given = Object.entries(queryParams).filter(([, value]) => value !== '');
    void this.#router.navigate([], { queryParams: Object.fromEntries(given) });
  }

  protected valueOf(event: Event): string {
    return (event.target as HTMLSelectElement).value;
  }

  protected toggleSound(): void {
    this.sound.update((on) => !on);
    localStorage.setItem('casebook.sound', this.sound() ? 'on' : 'off');
  }

  protected takeNext(): void {
    const next = this.store.inOrder().find((ticket) => ticket.assignee === undefined);
    if (next) void this.store.take(next.number).then(() => this.#router.navigate(['/tickets', next.number]));
  }

  private move(by: number): void {
    const order = this.store.inOrder();
    if (order.length === 0) return;
    const at = order.findIndex(({ number }) => number === this.selected());
    const next = order[Math.min(order.length - 1, Math.max(0, at + by))];
    this.selected.set(next?.number);
    setTimeout(() => {
      document.querySelector('tr.sel')?.scrollIntoView({ block: 'nearest' });
    });
  }
}
