import { Component, type ElementRef, inject, Injectable, signal, viewChild, effect } from '@angular/core';
import { ProblemNote } from './problem-note';
import { problemOf } from '../api/problem';
import type { Problem } from '../api/types';

/** A question before something that others see or that cannot be undone. */
export interface Question {
  readonly title: string;
  readonly text?: string;
  /** The verb on the button: "Withdraw ticket". */
  readonly verb: string;
  /** Label of a text field; absent for a plain confirmation. */
  readonly reason?: string;
  readonly reasonOptional?: boolean;
  /** Only tells something: there is nothing to cancel. */
  readonly tells?: boolean;
  /** A choice above the text field. */
  readonly choice?: {
    readonly label: string;
    readonly options: readonly { readonly value: string; readonly label: string }[];
  };
  /** Does it; an error stays in the dialog, with what was typed. */
  readonly act: (reason: string, choice: string) => Promise<unknown>;
}

@Injectable({ providedIn: 'root' })
export class Ask {
  readonly question = signal<Question | undefined>(undefined);

  open(question: Question): void {
    this.question.set(question);
  }
}

@Component({
  selector: 'cb-ask',
  imports: [ProblemNote],
  template: `<dialog #dialog class="ask" aria-labelledby="ask-title" (close)="ask.question.set(undefined)">
    @if (ask.question(); as it) {
      <form method="dialog" (submit)="act($event)">
        <h2 id="ask-title">{{ it.title }}</h2>
        @if (it.text) {
          <p class="mid">{{ it.text }}</p>
        }
        @if (it.choice; as choices) {
          <div class="fld">
            <label for="ask-choice">{{ choices.label }}</label>
            <select class="in" id="ask-choice" (change)="choice.set($any($event.target).value)">
              @for (option of choices.options; track option.value) {
                <option [value]="option.value" [selected]="option.value === choice()">{{ option.label }}</option>
              }
            </select>
          </div>
        }
        @if (it.reason; as label) {
          <div class="fld">
            <label for="ask-reason">{{ label }}{{ it.reasonOptional ? ' (optional)' : '' }}</label>
            <textarea
              class="in"
              id="ask-reason"
              rows="3"
              [value]="reason()"
              (input)="reason.set($any($event.target).value)"
            ></textarea>
          </div>
        }
        <cb-problem [problem]="problem()" />
        <div class="row ask-acts">
          <button
            class="btn pri"
            type="submit"
            [disabled]="busy() || (!!it.reason && !it.reasonOptional && !reason().trim())"
          >
            {{ it.verb }}
          </button>
          @if (!it.tells) {
            <button class="btn plain" type="button" (click)="dialog.close()">Cancel</button>
          }
        </div>
      </form>
    }
  </dialog>`,
})
export class AskDialog {
  protected readonly ask = inject(Ask);
  protected readonly reason = signal('');
  protected readonly choice = signal('');
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  constructor() {
    effect(() => {
      const question = this.ask.question();
      const dialog = this.dialog().nativeElement;
      if (!question) {
        if (dialog.open) dialog.close();
        return;
      }
      this.reason.set('');
      this.choice.set(question.choice?.options[0]?.value ?? '');
      this.problem.set(undefined);
      if (!dialog.open) dialog.showModal();
    });
  }

  protected async act(event: Event): Promise<void> {
    event.preventDefault();
    const question = this.ask.question();
    if (!question || this.busy()) return;
    this.busy.set(true);
    try {
      await question.act(this.reason().trim(), this.choice());
      this.ask.question.set(undefined);
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
