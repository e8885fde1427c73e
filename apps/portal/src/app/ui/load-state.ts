import { Component, input } from '@angular/core';
import type { Loaded } from './loaded';

/** Grey lines while a page loads, and after a failure what happened with a way to try again. */
@Component({
  selector: 'cb-load-state',
  template: `@if (of().value() === undefined) {
    @if (of().problem(); as problem) {
      <div class="empty" role="alert">
        {{ what() }} could not be shown. {{ problem.detail }}
        <span class="dim s12">({{ problem.status ? problem.code + ', ' + problem.status : problem.code }})</span>
        <p><button class="btn sm" type="button" (click)="of().load()">Try again</button></p>
      </div>
    } @else {
      <div class="gray" role="status" [attr.aria-label]="'Loading: ' + what()">
        <i style="width: 55%"></i><i></i><i style="width: 85%"></i><i style="width: 70%"></i>
      </div>
    }
  }`,
})
export class LoadState {
  readonly of = input.required<Loaded<unknown>>();
  /** What is loaded, as the start of a sentence: "The list of users". */
  readonly what = input.required<string>();
}
