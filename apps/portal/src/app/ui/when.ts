import { Component, computed, inject, input } from '@angular/core';
import { clock, fullTime, shortTime, span, utcTime } from './time';
import { Ticker } from './ticker';

/** A time in the reader's zone; UTC on hover. */
@Component({
  selector: 'cb-when',
  template: '<time [attr.datetime]="at()" [title]="utc()">{{ text() }}</time>',
})
export class When {
  readonly at = input.required<string>();
  readonly as = input<'short' | 'clock' | 'full' | 'ago'>('short');
  readonly #ticker = inject(Ticker);
  protected readonly utc = computed(() => utcTime(this.at()));
  protected readonly text = computed(() => {
    const now = this.#ticker.now();
    switch (this.as()) {
      case 'short':
        return shortTime(this.at(), now);
      case 'clock':
        return clock(this.at());
      case 'full':
        return fullTime(this.at());
      case 'ago':
        return `${span(now.getTime() - Date.parse(this.at()))} ago`;
    }
  });
}
