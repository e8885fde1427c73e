import { Component, inject, input } from '@angular/core';
import { Toasts } from '../ui/toasts';

/** Copies the address of an entry. */
@Component({
  selector: 'cb-copy-link',
  template: `<button
    class="btn-i mini"
    type="button"
    [attr.aria-label]="'Copy link to entry ' + number()"
    (click)="copy()"
  >
    <i class="i i-link" aria-hidden="true"></i>
  </button>`,
})
export class CopyLink {
  readonly number = input.required<string>();
  readonly #toasts = inject(Toasts);

  protected async copy(): Promise<void> {
    await navigator.clipboard.writeText(`${location.origin}${location.pathname}#e${this.number()}`);
    this.#toasts.show(`Link to entry ${this.number()} copied.`);
  }
}
