import { Component, computed, inject, input, output } from '@angular/core';
import type { Severity, Target } from '../api/types';
import { Ticker } from '../ui/ticker';
import { clock, fullTime, shortTime, span, zoneOf } from '../ui/time';
import { type CanDraft, dueMinutes, dueOf, type DueChoice } from './can-draft';

/** When the next report is due: two offers from the plan, another time, or no promise. */
@Component({
  selector: 'cb-can-due',
  template: `<fieldset>
      <legend class="vh">Next report due</legend>
      <div class="seg">
        @for (offer of offers(); track offer.choice) {
          <label
            ><input
              type="radio"
              name="next-due"
              [checked]="draft().due === offer.choice"
              (change)="changed.emit({ due: offer.choice })"
            />{{ offer.text }}</label
          >
        }
      </div>
    </fieldset>
    @if (draft().due === 'other') {
      <div class="fld">
        <label for="due-at">Time, {{ zone() }}</label>
        <input
          class="in due-at"
          id="due-at"
          type="datetime-local"
          [value]="draft().dueAt"
          (change)="changed.emit({ dueAt: $any($event.target).value })"
        />
      </div>
    }
    <p class="s13 mid">{{ sentence() }}</p>`,
  host: { class: 'can-due' },
})
export class CanDue {
  readonly draft = input.required<CanDraft>();
  /** What the plan promises between updates, if it promises that. */
  readonly update = input<Target | undefined>();
  readonly severity = input<Severity | undefined>();
  readonly company = input.required<{ readonly name: string; readonly timeZone: string }>();
  readonly changed = output<Partial<CanDraft>>();
  readonly #ticker = inject(Ticker);
  protected readonly zone = computed(() => zoneOf(this.#ticker.now()));

  protected readonly offers = computed<readonly { readonly choice: DueChoice; readonly text: string }[]>(() => {
    const now = this.#ticker.now();
    const minutes = dueMinutes(this.update());
    const text = (of: number) => {
      const iso = new Date(now.getTime() + of * 60_000).toISOString();
      return `${of >= 24 * 60 ? `${shortDay(iso)} ` : ''}${clock(iso)}, in ${inWords(of)}`;
    };
    return [
      { choice: 'half', text: text(minutes.half) },
      { choice: 'full', text: text(minutes.full) },
      { choice: 'other', text: 'another time' },
      { choice: 'none', text: 'not promised' },
    ];
  });

  protected readonly sentence = computed(() => {
    const now = this.#ticker.now();
    const due = dueOf(this.draft(), this.update(), now);
    if (due === undefined) return this.#plan('No time is promised for the next report.');
    const { name, timeZone } = this.company();
    const own = fullTime(due);
    const theirs = fullTime(due, timeZone);
    return this.#plan(
      own === theirs ? `${own}.` : `${own} is ${clock(due, timeZone)} ${zoneOf(new Date(due), timeZone)} at ${name}.`,
    );
  });

  #plan(text: string): string {
    const update = this.update();
    const severity = this.severity();
    if (!update || !severity) return text;
    const unit = { clock_hours: 'h', business_hours: 'business h', business_days: 'business days' }[update.unit];
    return `${text} The plan asks for an update every ${update.value} ${unit} at ${severity}.`;
  }
}

function inWords(minutes: number): string {
  return minutes % 60 === 0 && minutes < 24 * 60 ? `${minutes / 60} h` : span(minutes * 60_000);
}

function shortDay(iso: string): string {
  return shortTime(iso, new Date(0)).replace(/ \d{4}$/, '');
}
