import { Injectable, signal } from '@angular/core';

/** The position that reads of this page have to include: of its own last write, or of the last change it heard of. */
@Injectable({ providedIn: 'root' })
export class ReadAfter {
  readonly #position = signal<string | undefined>(undefined);
  readonly position = this.#position.asReadonly();
  /** True when the last read was answered from views that had not caught up. */
  readonly stale = signal(false);

  wrote(position: string): void {
    this.#position.set(position);
  }
}
