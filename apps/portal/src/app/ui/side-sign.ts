import { Component, computed, input } from '@angular/core';
import type { Side } from '../api/types';

/** Who owes the next reply: colour, arrow and word together. */
@Component({
  selector: 'cb-side',
  template: `@switch (side()) {
    @case ('customer') {
      <span class="side c"><i class="i i-arrow-back-up" aria-hidden="true"></i>{{ word() }}</span>
    }
    @case ('vendor') {
      <span class="side v"><i class="i i-arrow-forward-up" aria-hidden="true"></i>{{ word() }}</span>
    }
    @case ('third_party') {
      <span class="side t"><i class="i i-arrows-left-right" aria-hidden="true"></i>{{ word() }}</span>
    }
    @default {
      <span class="side t dim">Nobody</span>
    }
  }`,
})
export class SideSign {
  readonly side = input<Side | undefined>();
  /** The customer's company, where it should be named. */
  readonly company = input<string | undefined>();
  /** Which side reads: their own side reads "You" or "Us". */
  readonly reader = input<'customer' | 'vendor' | undefined>();
  protected readonly word = computed(() => {
    const side = this.side();
    if (side === 'third_party') return 'Third party';
    if (side === this.reader()) return side === 'vendor' ? 'Us' : 'You';
    return side === 'vendor' ? 'Support' : (this.company() ?? 'Customer');
  });
}
