import { Component, computed, input } from '@angular/core';

const WIDTH = 80;
const HEIGHT = 18;

/** A small line of values over time; flat at the bottom while all are 0. */
@Component({
  selector: 'cb-spark',
  template: `<svg class="spark" viewBox="0 0 80 18" preserveAspectRatio="none" aria-hidden="true">
    <polyline [attr.points]="points()" />
  </svg>`,
})
export class Spark {
  readonly values = input.required<readonly number[]>();
  protected readonly points = computed(() => {
    const values = this.values();
    const most = Math.max(1, ...values);
    const step = WIDTH / Math.max(1, values.length - 1);
    const line = values.length === 1 ? [...values, ...values] : values;
    const high = (value: number) => HEIGHT - 1 - (value / most) * (HEIGHT - 2);
    return line
      .map((value, at) => `${(at * (values.length === 1 ? WIDTH : step)).toFixed(1)},${high(value).toFixed(1)}`)
      .join(' ');
  });
}
