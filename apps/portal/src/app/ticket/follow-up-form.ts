import { Component, type ElementRef, effect, inject, signal, viewChild } from '@angular/core';
import { Router } from '@angular/router';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import { RepeatKey } from '../api/repeat-key';
import type { NewTicket, Problem, Severity } from '../api/types';
import { draft } from '../ui/draft';
import { MarkdownEditor } from '../ui/markdown-editor';
import { ProblemNote } from '../ui/problem-note';
import { SEVERITY_NAMES } from '../ui/sev';
import { Toasts } from '../ui/toasts';
import { TicketActions } from './ticket-actions';
import { TicketStore } from './ticket-store';

/** A new ticket that follows a closed one (R102): service and products are the same, the rest is said anew. */
@Component({
  selector: 'cb-follow-up-form',
  imports: [MarkdownEditor, ProblemNote],
  template: `<dialog #dialog class="ask" aria-labelledby="follow-title" (close)="actions.followUpForm.set(false)">
    @if (actions.followUpForm() && store.ticket(); as ticket) {
      <form method="dialog" (submit)="send($event)">
        <h2 id="follow-title">Open a follow-up to {{ ticket.number }}</h2>
        <p class="mid">For {{ ticket.service.name }}; both tickets link to each other.</p>
        @if (ticket.type === 'issue') {
          <div class="fld">
            <label for="follow-sev">Severity</label>
            <select class="in" id="follow-sev" (change)="severity.set($any($event.target).value)">
              @for (one of severities; track one) {
                <option [value]="one" [selected]="one === severity()">{{ one }} {{ names[one] }}</option>
              }
            </select>
          </div>
        }
        <div class="fld">
          <label for="follow-subject">Subject</label>
          <input
            class="in"
            id="follow-subject"
            maxlength="300"
            [value]="form.value().subject"
            (input)="form.value.set({ subject: $any($event.target).value, description: form.value().description })"
          />
        </div>
        <div class="fld">
          <label for="follow-text">What happens now</label>
          <cb-markdown-editor
            fieldId="follow-text"
            label="What happens now, Markdown"
            [text]="form.value().description"
            (textChange)="form.value.set({ subject: form.value().subject, description: $event })"
          />
        </div>
        <cb-problem [problem]="problem()" />
        <div class="row ask-acts">
          <button
            class="btn pri"
            type="submit"
            [disabled]="busy() || !form.value().subject.trim() || !form.value().description.trim()"
          >
            Open follow-up
          </button>
          <button class="btn plain" type="button" (click)="dialog.close()">Cancel</button>
        </div>
      </form>
    }
  </dialog>`,
})
export class FollowUpForm {
  protected readonly store = inject(TicketStore);
  protected readonly actions = inject(TicketActions);
  readonly #api = inject(ApiClient);
  readonly #router = inject(Router);
  readonly #toasts = inject(Toasts);
  protected readonly severities: readonly Severity[] = ['S1', 'S2', 'S3', 'S4'];
  protected readonly names = SEVERITY_NAMES;
  protected readonly severity = signal<Severity>(this.store.ticket()?.severity ?? 'S3');
  protected readonly form = draft(`follow-up.${this.store.ticket()?.number ?? ''}`, {
    subject: this.store.ticket()?.subject ?? '',
    description: '',
  });
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | undefined>(undefined);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  readonly #key = new RepeatKey();

  constructor() {
    effect(() => {
      const dialog = this.dialog().nativeElement;
      if (this.actions.followUpForm() && !dialog.open) dialog.showModal();
    });
  }

  protected async send(event: Event): Promise<void> {
    event.preventDefault();
    const body = this.#body();
    const of = this.store.ticket()?.number;
    if (!body || of === undefined || this.busy()) return;
    this.busy.set(true);
    try {
      const { number } = await this.#api.followUp(of, body, this.#key.for(body));
      this.form.clear();
      this.actions.followUpForm.set(false);
      this.#toasts.show(`${number} opened.`);
      await this.#router.navigate(['/tickets', number]);
    } catch (error) {
      this.problem.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  #body(): NewTicket | undefined {
    const ticket = this.store.ticket();
    if (!ticket) return undefined;
    const { subject, description } = this.form.value();
    return {
      service: ticket.service.id,
      type: ticket.type,
      ...(ticket.type === 'issue' && { severity: this.severity() }),
      products: ticket.products.map(({ id, version }) => ({ id, ...(version !== undefined && { version }) })),
      subject: subject.trim(),
      description: description.trim(),
    };
  }
}
