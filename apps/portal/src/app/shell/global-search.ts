import { Component, type ElementRef, inject, signal, viewChild } from '@angular/core';
import { Router } from '@angular/router';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { SearchHit } from '../api/types';
import { Keys } from './keys';

const WAIT_MS = 150;
const NUMBER = /^cb[- ]?(\d+)$/i;

/** The search bar on top of every page. */
@Component({
  selector: 'cb-global-search',
  template: `<div class="menu-host find-wrap" (focusout)="leave($event)">
    <label class="find"
      ><i class="i i-search" aria-hidden="true"></i><span class="vh">Search</span>
      <input
        #field
        type="search"
        autocomplete="off"
        placeholder="Search tickets by number or words"
        role="combobox"
        aria-controls="search-hits"
        [attr.aria-expanded]="open()"
        [attr.aria-activedescendant]="active() >= 0 ? 'hit-' + active() : null"
        (input)="type(field.value)"
        (keydown)="key($event)"
        (focus)="open.set(hits().length > 0)"
      /><kbd class="desk">/</kbd></label
    >
    @if (open()) {
      <div class="menu" id="search-hits" role="listbox" aria-label="Found">
        @for (hit of hits(); track hit.id; let at = $index) {
          <a
            role="option"
            [id]="'hit-' + at"
            [attr.aria-selected]="at === active()"
            [class.sel]="at === active()"
            [href]="'/tickets/' + hit.number"
            tabindex="-1"
            (click)="go(hit, $event)"
            ><span class="mono dim nw">{{ hit.number }}</span
            ><span class="cut">{{ hit.title }}</span></a
          >
        } @empty {
          <div class="lbl">{{ failed() ?? 'Nothing found. Press Enter to search all tickets.' }}</div>
        }
      </div>
    }
  </div>`,
})
export class GlobalSearch {
  readonly #api = inject(ApiClient);
  readonly #router = inject(Router);
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');
  protected readonly hits = signal<readonly SearchHit[]>([]);
  protected readonly open = signal(false);
  protected readonly active = signal(-1);
  protected readonly failed = signal<string | undefined>(undefined);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(Keys).register({
      '/': () => {
        this.field().nativeElement.focus();
      },
    });
  }

  protected type(text: string): void {
    clearTimeout(this.#timer);
    if (text.trim() === '') {
      this.open.set(false);
      this.hits.set([]);
      return;
    }
    this.#timer = setTimeout(() => void this.#search(text), WAIT_MS);
  }

  protected key(event: KeyboardEvent): void {
    const last = this.hits().length - 1;
    if (event.key === 'ArrowDown') this.active.update((at) => Math.min(last, at + 1));
    else if (event.key === 'ArrowUp') this.active.update((at) => Math.max(-1, at - 1));
    else if (event.key === 'Escape') this.open.set(false);
    else if (event.key === 'Enter') this.#enter();
    else return;
    event.preventDefault();
  }

  protected go(hit: SearchHit, event?: Event): void {
    event?.preventDefault();
    this.open.set(false);
    this.field().nativeElement.blur();
    void this.#router.navigate(['/tickets', hit.number]);
  }

  protected leave(event: FocusEvent): void {
    if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) this.open.set(false);
  }

  #enter(): void {
    const hit = this.hits()[this.active()];
    if (hit) {
      this.go(hit);
      return;
    }
    this.open.set(false);
    const text = this.field().nativeElement.value.trim();
    const number = NUMBER.exec(text)?.[1];
    // A whole number needs no choice, and need not wait for what the search finds.
    if (number !== undefined) void this.#router.navigate(['/tickets', `CB-${number}`]);
    else void this.#router.navigate(['/tickets'], { queryParams: { q: text } });
  }

  async #search(text: string): Promise<void> {
    try {
      const { items } = await this.#api.search(text);
      if (this.field().nativeElement.value !== text) return;
      this.hits.set(items);
      this.failed.set(undefined);
    } catch (error) {
      this.hits.set([]);
      this.failed.set(problemOf(error).detail);
    }
    this.active.set(-1);
    this.open.set(true);
  }
}
