import { Component, input } from '@angular/core';
import type { Problem } from '../api/types';

/** An error where it happened: what, and what is safe, with its code. */
@Component({
  selector: 'cb-problem',
  template: `@if (problem(); as it) {
    <div class="ban err-ban" role="alert">
      <i class="i i-alert-circle" aria-hidden="true"></i>
      <div>
        {{ it.detail }}
        <span class="dim s12">({{ it.status ? it.code + ', ' + it.status : it.code }})</span>
      </div>
      <ng-content />
    </div>
  }`,
})
export class ProblemNote {
  readonly problem = input<Problem | undefined>();
}
