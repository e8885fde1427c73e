import { Component, computed, input } from '@angular/core';
import type { Stage } from '../api/types';

export const STAGES: readonly Stage[] = ['triage', 'mitigation', 'resolution', 'closed'];
export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  triage: 'Triage',
  mitigation: 'Mitigation',
  resolution: 'Resolution',
  closed: 'Closed',
};

/** A stage as a position among four. */
@Component({
  selector: 'cb-stage',
  template: `<span class="stg"
    ><span class="p" aria-hidden="true">
      @for (one of stages; track one; let at = $index) {
        <i [class.d]="at < position()" [class.n]="at === position()"></i>
      }</span
    >{{ name() }}</span
  >`,
})
export class StageSign {
  readonly stage = input.required<Stage>();
  protected readonly stages = STAGES;
  protected readonly position = computed(() => STAGES.indexOf(this.stage()));
  protected readonly name = computed(() => STAGE_NAMES[this.stage()]);
}
