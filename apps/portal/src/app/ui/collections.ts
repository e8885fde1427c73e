import { Component, inject, input, output, signal } from '@angular/core';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { Collection, Problem, TicketWritten } from '../api/types';
import { Loaded } from './loaded';
import { ProblemNote } from './problem-note';
import { size } from './upload-progress';
import { When } from './when';

/** What the person's collectors sent with their tokens, to be attached to a ticket. Asked for when it is opened. */
@Component({
  selector: 'cb-collections',
  imports: [ProblemNote, When],
  template: `
    <span class="up-line">
      <i class="i i-server-2" aria-hidden="true"></i>
      <button class="btn-c" type="button" [attr.aria-expanded]="open()" (click)="toggle()">From a collector</button>
    </span>
    @if (open()) {
      @if (collections.value(); as found) {
        <ul class="up-list" aria-label="Sent by your collectors">
          @for (one of found; track one.uploadId) {
            <li class="file up">
              <i class="i i-file-zip" aria-hidden="true"></i>
              <span class="nm grow">{{ one.fileName }}</span>
              @if (one.attachedTo; as ticket) {
                <span class="dim nw">attached to {{ ticket }}</span>
              } @else {
                <span class="dim nw">{{ size(one.size) }}, <cb-when [at]="one.receivedAt" /></span>
                <button class="btn sm" type="button" [disabled]="busy()" (click)="attach(one)">
                  Attach<span class="vh"> {{ one.fileName }}</span>
                </button>
              }
            </li>
          } @empty {
            <li class="dim">
              Nothing has arrived in the last 30 days. A collector sends with <code>--upload</code> and a token from
              your profile.
            </li>
          }
        </ul>
      }
      <cb-problem [problem]="problem() ?? collections.problem()" />
    }
  `,
})
export class Collections {
  readonly #api = inject(ApiClient);
  /** Number of the ticket that they are attached to. */
  readonly number = input.required<string>();
  /** One has become an entry of the ticket. */
  readonly attached = output<TicketWritten>();
  protected readonly open = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly collections = new Loaded(async () => (await this.#api.collections()).items);
  protected readonly size = size;

  protected toggle(): void {
    this.open.set(!this.open());
    this.problem.set(undefined);
    if (this.open()) void this.collections.load();
  }

  protected async attach({ uploadId }: Collection): Promise<void> {
    this.busy.set(true);
    this.problem.set(undefined);
    try {
      this.attached.emit(await this.#api.attach(this.number(), uploadId));
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      await this.collections.load();
      this.busy.set(false);
    }
  }
}
