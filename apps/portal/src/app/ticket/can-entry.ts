import { Component, computed, inject, input } from '@angular/core';
import type { CanAction, Entry } from '../api/types';
import { SessionStore } from '../session/session-store';
import { Markdown } from '../ui/markdown';
import { When } from '../ui/when';
import { Ticker } from '../ui/ticker';
import { exactTime, zoneOf } from '../ui/time';
import { type NeedView, needsOf, sidesWithoutNeeds, wordCount } from './can-view';
import type { EntryOf } from './entry-data';
import { TicketActions } from './ticket-actions';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

const STATUS_WORDS = { planned: 'planned', in_progress: 'in progress' } as const;

/** A CAN report: conditions, actions, needs. */
@Component({
  selector: 'cb-can-entry',
  imports: [Markdown, When],
  host: { class: 'bd' },
  templateUrl: './can-entry.html',
})
export class CanEntry {
  readonly entry = input.required<Entry>();
  protected readonly people = inject(TicketPeople);
  protected readonly actions = inject(TicketActions);
  readonly #store = inject(TicketStore);
  readonly #session = inject(SessionStore);
  readonly #ticker = inject(Ticker);
  protected readonly report = computed(() => this.entry() as unknown as EntryOf<'can_report'>);
  protected readonly internal = computed(() => this.entry().audience === 'internal');
  protected readonly words = computed(() => wordCount(this.report()));
  protected readonly needs = computed(() => needsOf(this.report(), this.#store.entries()));
  protected readonly nobody = computed(() => {
    const sides = sidesWithoutNeeds(this.needs()).map((side) =>
      side === 'third_party' ? 'third parties' : this.people.side(side),
    );
    return sides.length === 0 ? '' : capital(sides.join(', '));
  });
  protected readonly company = computed(() => this.#store.ticket()?.company.name ?? '');

  protected action({ status, owner, eta }: CanAction): string {
    const who = owner ? [owner] : [];
    const time = eta === undefined ? [] : [this.#time(eta)];
    if (status === 'done') return [['done', ...time].join(' '), ...who].join(', ');
    return [STATUS_WORDS[status], ...who, ...time.map((at) => `by ${at}`)].join(', ');
  }

  protected need({ state, due, metAt }: NeedView): string {
    if (state === 'met') return `met ${metAt === undefined ? '' : this.#time(metAt)}`;
    const time = due === undefined ? [] : [`due ${this.#time(due)}`];
    return [...time, state === 'open' ? 'open' : 'see the next report'].join(', ');
  }

  protected mayMeet({ state, from }: NeedView): boolean {
    return state === 'open' && this.actions.may('need_met') && (this.#session.isStaff() || from === 'customer');
  }

  protected due(at: string): string {
    return `${this.#time(at)} ${zoneOf(new Date(at))}`;
  }

  /** With the day where it is not today, so that a deadline is never misread. */
  #time(at: string): string {
    return exactTime(at, this.#ticker.now());
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
