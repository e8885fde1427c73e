import { Component, computed, inject } from '@angular/core';
import { Ticker } from '../ui/ticker';
import { clock, exactTime, zoneOf } from '../ui/time';
import { isMessage } from './entry-data';
import { TicketStore } from './ticket-store';

const STEPS = 1000;

/** The life of the ticket as a line, one mark per entry; its handle looks at an earlier moment. */
@Component({
  selector: 'cb-ruler',
  template: `<div class="ruler">
    <span>Opened {{ opened() }}</span>
    <div class="trk">
      @for (mark of marks(); track mark.id) {
        <i [class]="mark.look" [style.left.%]="mark.left" aria-hidden="true"></i>
      }
      <input
        type="range"
        min="0"
        [max]="steps"
        [value]="handle()"
        aria-label="Show the ticket as it was at"
        [attr.aria-valuetext]="says()"
        (input)="drag($event)"
        (keydown)="key($event)"
      />
    </div>
    <span
      ><b class="mid">{{ store.asOf() === undefined ? 'As of now' : 'As of' }}</b> {{ moment() }}</span
    >
  </div>`,
})
export class Ruler {
  protected readonly store = inject(TicketStore);
  readonly #ticker = inject(Ticker);
  protected readonly steps = STEPS;
  readonly #start = computed(() => Date.parse(this.store.ticket()?.openedAt ?? ''));
  readonly #end = computed(() => {
    const closed = this.store.ticket()?.closedAt;
    return Math.max(closed === undefined ? this.#ticker.now().getTime() : Date.parse(closed), this.#start() + 1);
  });
  protected readonly opened = computed(() => exactTime(new Date(this.#start()).toISOString(), this.#ticker.now()));
  protected readonly marks = computed(() =>
    this.store.all().map((entry) => ({
      id: entry.id,
      left: 100 * this.#share(Date.parse(entry.at)),
      look: entry.audience === 'internal' ? 'n' : isMessage(entry) ? (entry.side === 'customer' ? 'c' : 'v') : '',
    })),
  );
  protected readonly handle = computed(() => {
    const asOf = this.store.asOf();
    return asOf === undefined ? STEPS : Math.round(STEPS * this.#share(asOf));
  });
  protected readonly moment = computed(() => {
    const asOf = this.store.asOf();
    const at = asOf === undefined ? this.#ticker.now() : new Date(asOf);
    const text = asOf === undefined ? clock(at.toISOString()) : exactTime(at.toISOString(), this.#ticker.now());
    return `${text} ${zoneOf(at)}`;
  });
  protected readonly says = computed(() => (this.store.asOf() === undefined ? `now, ${this.moment()}` : this.moment()));

  protected drag(event: Event): void {
    const value = Number((event.target as HTMLInputElement).value);
    const at = this.#start() + ((this.#end() - this.#start()) * value) / STEPS;
    void this.store.travel(value >= STEPS ? undefined : at);
  }

  /** Arrow keys go from entry to entry: a step of the line means nothing to anybody. */
  protected key(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.step(by);
  }

  /** Goes one entry back (-1) or on (1); on from the last one is now. */
  step(by: number): void {
    const times = [...new Set(this.store.all().map(({ at }) => Date.parse(at)))];
    const now = this.store.asOf();
    const here = now === undefined ? times.length : times.filter((time) => time <= now).length - 1;
    const next = Math.max(0, here + by);
    void this.store.travel(next >= times.length - 1 && by > 0 ? undefined : times[Math.min(next, times.length - 1)]);
  }

  #share(at: number): number {
    return Math.min(1, Math.max(0, (at - this.#start()) / (this.#end() - this.#start())));
  }
}
