import { Injectable, signal } from '@angular/core';

type Handlers = Readonly<Record<string, () => void>>;

/** Keyboard shortcuts: single keys and pairs (`g q`), never while somebody types. They can be switched off. */
@Injectable({ providedIn: 'root' })
export class Keys {
  readonly #on = signal(localStorage.getItem('casebook.keys') !== 'off');
  readonly on = this.#on.asReadonly();
  readonly #handlers = new Set<Handlers>();
  #before = '';

  readonly known = [
    { keys: '/', does: 'Search' },
    { keys: 'g q', does: 'Queue or ticket list' },
    { keys: 'g t', does: 'My tickets' },
    { keys: 'g h', does: 'Home' },
    { keys: 'j k', does: 'Next, previous in a list' },
    { keys: 'Enter', does: 'Open' },
    { keys: 'r', does: 'Reply' },
    { keys: 'n', does: 'Internal note (support)' },
    { keys: 'c', does: 'CAN report (support)' },
    { keys: 't', does: 'Take the ticket (support)' },
    { keys: 'a', does: 'Assign or hand over (support)' },
    { keys: 's', does: 'Change severity' },
    { keys: '[ ]', does: 'An entry back, an entry on in time' },
    { keys: 'y', does: 'Copy a link to the ticket' },
    { keys: 'Ctrl Enter', does: 'Send' },
    { keys: '?', does: 'This list' },
  ];

  /** Adds keys and answers what removes them again. */
  register(handlers: Handlers): () => void {
    this.#handlers.add(handlers);
    return () => this.#handlers.delete(handlers);
  }

  toggle(): void {
    this.#on.update((on) => !on);
    localStorage.setItem('casebook.keys', this.#on() ? 'on' : 'off');
  }

  press(event: KeyboardEvent): void {
    if (!this.#on() || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const pair = `${this.#before} ${event.key}`;
    this.#before = event.key;
    for (const handlers of [...this.#handlers].reverse()) {
      const handler = handlers[pair] ?? handlers[event.key];
      if (!handler) continue;
      event.preventDefault();
      this.#before = '';
      handler();
      return;
    }
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT|DIALOG)$/.test(target.tagName))
  );
}
