import { Component, computed, input } from '@angular/core';
import type { Severity } from '../api/types';

export const SEVERITY_NAMES: Readonly<Record<Severity, string>> = { S1: 'Urgent', S2: 'High', S3: 'Normal', S4: 'Low' };

/** A severity by emphasis, never by colour alone; `Task` where there is none. */
@Component({
  selector: 'cb-sev',
  template: '<span class="sev" [class]="look()">{{ text() }}</span>',
})
export class Sev {
  readonly value = input<Severity | undefined>();
  readonly big = input(false);
  /** Adds the word: "S2 High". */
  readonly named = input(false);
  protected readonly look = computed(() => `${this.value()?.toLowerCase() ?? 'task'}${this.big() ? ' big' : ''}`);
  protected readonly text = computed(() => {
    const value = this.value();
    if (value === undefined) return 'Task';
    return this.named() ? `${value} ${SEVERITY_NAMES[value]}` : value;
  });
}
