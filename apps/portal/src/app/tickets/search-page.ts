import { Component, computed, effect, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { SearchHit } from '../api/types';
import { SessionStore } from '../session/session-store';
import { ProblemNote } from '../ui/problem-note';
import { STAGE_NAMES, STAGES } from '../ui/stage-sign';
import { SearchStore, type SearchState } from './search-store';
import { TicketTable } from './ticket-table';

/** All tickets that the reader may see, current and historical (R87). The address holds the question. */
@Component({
  selector: 'cb-search-page',
  imports: [RouterLink, ProblemNote, TicketTable],
  providers: [SearchStore],
  templateUrl: './search-page.html',
})
export class SearchPage {
  protected readonly store = inject(SearchStore);
  protected readonly session = inject(SessionStore);
  protected readonly stages = STAGES;
  protected readonly stageNames = STAGE_NAMES;
  protected readonly severities = ['S1', 'S2', 'S3', 'S4'];
  protected readonly openStatus = 'open,awaiting_acceptance';
  readonly #router = inject(Router);
  readonly q = input<string>();
  readonly status = input<string>();
  readonly stage = input<string>();
  readonly severity = input<string>();
  readonly service = input<string>();
  readonly company = input<string>();
  readonly sort = input<string>();

  protected readonly state = computed<SearchState>(() => ({
    q: this.q() ?? '',
    status: this.status() ?? '',
    stage: this.stage() ?? '',
    severity: this.severity() ?? '',
    service: this.service() ?? '',
    company: this.company() ?? '',
    sort: this.sort() ?? '',
  }));
  protected readonly set = computed(() =>
    Object.entries(this.state()).filter(([name, value]) => value !== '' && name !== 'sort'),
  );

  constructor() {
    effect(() => void this.store.show(this.state()));
  }

  protected change(change: Partial<SearchState>): void {
    const given = Object.entries({ ...this.state(), ...change }).filter(([, value]) => value !== '');
    void this.#router.navigate([], { queryParams: Object.fromEntries(given) });
  }

  /** Drops one filter. */
  protected without(name: string): void {
    this.change({ [name]: '' });
  }

  protected search(event: Event): void {
    event.preventDefault();
    const field = (event.target as HTMLFormElement).elements.namedItem('words') as HTMLInputElement;
    this.change({ q: field.value.trim() });
  }

  protected valueOf(event: Event): string {
    return (event.target as HTMLSelectElement).value;
  }

  /** The excerpt in pieces, those that were searched for marked. */
  protected pieces({ excerpt = '', marks = [] }: SearchHit): readonly { text: string; marked: boolean }[] {
    const pieces: { text: string; marked: boolean }[] = [];
    let at = 0;
    for (const [start = 0, end = 0] of marks) {
      pieces.push({ text: excerpt.slice(at, start), marked: false }, { text: excerpt.slice(start, end), marked: true });
      at = end;
    }
    return [...pieces, { text: excerpt.slice(at), marked: false }].filter(({ text }) => text !== '');
  }
}
