import { Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { SystemStatus } from '../api/types';
import { LoadState } from '../ui/load-state';
import { Loaded } from '../ui/loaded';
import { fullTime, shortTime, span } from '../ui/time';
import { Toasts } from '../ui/toasts';
import { needsOf, sentenceOf } from './needs';
import { Spark } from './spark';

const REFRESH_MS = 10_000;
const SHOWS: Readonly<Record<string, string>> = {
  tickets: 'lists, queue, state of tickets',
  timeline: 'entries of tickets',
  people: 'contacts and staff',
  companies: 'contracts and roles',
  downloads: 'who fetched which file',
  search: 'words of tickets',
};
const STATES = {
  live: { look: 'ok', icon: 'i-circle-check', word: 'live' },
  filling: { look: 're', icon: 'i-refresh', word: 'rebuilding' },
  behind: { look: 'cr', icon: 'i-alert-octagon', word: 'behind' },
  parked: { look: 'wa', icon: 'i-alert-triangle', word: 'streams parked' },
} as const;

/** How the installation is, for administrators: what needs a person first, then read models, record, what ends soon. */
@Component({
  selector: 'cb-status-page',
  imports: [RouterLink, LoadState, Spark],
  templateUrl: './status-page.html',
})
export class StatusPage {
  readonly #api = inject(ApiClient);
  readonly #toasts = inject(Toasts);
  protected readonly status = new Loaded<SystemStatus>(() => this.#api.systemStatus());
  protected readonly rebuilding = signal<string | undefined>(undefined);
  protected readonly states = STATES;
  protected readonly needs = computed(() => {
    const status = this.status.value();
    return status ? needsOf(status) : [];
  });
  protected readonly sentence = computed(() => {
    const status = this.status.value();
    return status ? sentenceOf(status) : '';
  });
  protected readonly asOf = computed(() => fullTime(this.status.value()?.asOf ?? new Date().toISOString()));

  constructor() {
    void this.status.load();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.status.load();
    }, REFRESH_MS);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
  }

  protected async rebuild(name: string): Promise<void> {
    this.rebuilding.set(name);
    try {
      await this.#api.rebuildView(name);
      this.#toasts.show(`“${name}” is rebuilt beside the live one and swapped in when it is whole.`);
    } catch (error) {
      this.#toasts.show(problemOf(error).detail);
    } finally {
      this.rebuilding.set(undefined);
      await this.status.load();
    }
  }

  protected mostOf(lag: readonly number[]): string {
    return Math.max(0, ...lag).toFixed(0);
  }

  protected shows(name: string): string {
    return SHOWS[name] ?? '';
  }

  /** "up to date", "41 events, 40 s". */
  protected behind({ eventsBehind, secondsBehind }: SystemStatus['views'][number]): string {
    if (eventsBehind === 0) return 'up to date';
    const events = `${eventsBehind}${eventsBehind >= 500 ? ' or more' : ''} ${eventsBehind === 1 ? 'event' : 'events'}`;
    return `${events}, ${secondsBehind < 120 ? `${Math.round(secondsBehind)} s` : span(secondsBehind * 1_000)}`;
  }

  protected when(iso: string | undefined): string {
    return iso === undefined ? 'not yet' : shortTime(iso);
  }

  protected since(iso: string): string {
    return span(Date.now() - Date.parse(iso));
  }

  /** `b84f 20c7 … 7d3e` */
  protected head(hex: string): string {
    return hex === '' ? 'empty' : `${hex.slice(0, 4)} ${hex.slice(4, 8)} … ${hex.slice(-4)}`;
  }

  protected gigabytes(bytes: number): string {
    return `${(bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0)} GB`;
  }
}
