import { Component, inject, Injectable, signal } from '@angular/core';

interface Toast {
  readonly id: number;
  readonly text: string;
}

/** Short confirmations, gone after 6 s. Never for errors: those stand where they happened. */
@Injectable({ providedIn: 'root' })
export class Toasts {
  readonly #items = signal<readonly Toast[]>([]);
  readonly items = this.#items.asReadonly();
  #next = 1;

  show(text: string): void {
    const id = this.#next++;
    this.#items.update((items) => [...items, { id, text }]);
    setTimeout(() => {
      this.#items.update((items) => items.filter((toast) => toast.id !== id));
    }, 6_000);
  }
}

@Component({
  selector: 'cb-toasts',
  template: `<div class="toasts" role="status" aria-live="polite">
    @for (toast of toasts.items(); track toast.id) {
      <div class="toast">{{ toast.text }}</div>
    }
  </div>`,
})
export class ToastList {
  protected readonly toasts = inject(Toasts);
}
