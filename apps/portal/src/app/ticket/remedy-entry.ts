import { Component, computed, inject, input } from '@angular/core';
import type { Entry } from '../api/types';
import { SessionStore } from '../session/session-store';
import { Markdown } from '../ui/markdown';
import { Ticker } from '../ui/ticker';
import { exactTime, span } from '../ui/time';
import { known } from './entry-data';
import { remedySteps, type Step, titled } from './remedy-steps';
import { TicketActions } from './ticket-actions';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

/** A proposed workaround or resolution: its text, its steps, and the decision where it is due. */
@Component({
  selector: 'cb-remedy-entry',
  imports: [Markdown],
  host: { class: 'bd' },
  templateUrl: './remedy-entry.html',
})
export class RemedyEntry {
  readonly entry = input.required<Entry>();
  protected readonly people = inject(TicketPeople);
  protected readonly actions = inject(TicketActions);
  protected readonly session = inject(SessionStore);
  readonly #store = inject(TicketStore);
  readonly #ticker = inject(Ticker);
  readonly #known = computed(() => known(this.entry()));

  protected readonly isWorkaround = computed(() => this.#known().kind === 'workaround_proposed');
  protected readonly steps = computed(() => remedySteps(this.entry(), this.#store.entries(), this.people.company()));
  protected readonly text = computed(() => {
    const it = this.#known();
    return titled(it.kind === 'workaround_proposed' ? it.data.body : '');
  });
  protected readonly resolution = computed(() => {
    const it = this.#known();
    return it.kind === 'resolution_proposed' ? it.data : undefined;
  });
  /** Numbered only when the whole timeline is here, so that a number is never wrong. */
  protected readonly heading = computed(() => {
    const { kind, id } = this.entry();
    const word = kind === 'workaround_proposed' ? 'Workaround' : 'Resolution';
    const same = this.#store.all().filter((entry) => entry.kind === kind);
    const number =
      this.#store.hasOlder() || (kind !== 'workaround_proposed' && same.length === 1)
        ? ''
        : ` ${same.findIndex((entry) => entry.id === id) + 1}`;
    const title = this.text().title;
    return `${word}${number}${title === undefined ? '' : `: ${title}`}`;
  });
  protected readonly outcome = computed(() => {
    const last = this.steps().findLast(({ look }) => look === 'n');
    return last?.icon === 'i-hourglass' ? undefined : last?.label;
  });
  readonly #remedyId = computed(() => {
    const it = this.#known();
    if (it.kind === 'workaround_proposed') return it.data.workaroundId;
    return it.kind === 'resolution_proposed' ? it.data.resolutionId : '';
  });
  protected readonly id = this.#remedyId;
  /** True for the one the ticket is about now; only that can be decided or tried. */
  protected readonly current = computed(() => {
    const ticket = this.#store.ticket();
    const now = this.isWorkaround() ? ticket?.workaround : ticket?.resolution;
    return now?.id === this.#remedyId() && this.#store.asOf() === undefined ? now : undefined;
  });
  protected readonly waiting = computed(() => span(this.#ticker.now().getTime() - Date.parse(this.entry().at)));

  protected step({ label, at, by }: Step): string {
    const time = at === undefined ? '' : ` ${this.#time(at)}`;
    return `${label}${time}${by === undefined ? '' : ` by ${this.people.first(by)}`}`;
  }

  #time(at: string): string {
    return exactTime(at, this.#ticker.now());
  }
}
