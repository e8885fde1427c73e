import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ApiClient } from '../api/api-client';
import { problemOf } from '../api/problem';
import type { Download, People } from '../api/types';
import { SessionStore } from '../session/session-store';
import { Ticker } from '../ui/ticker';
import { clock, zoneOf } from '../ui/time';
import { When } from '../ui/when';
import { FileLink } from './file-link';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

/** What one wants beside the timeline: the customer's present, hosts, files, links, the record. */
@Component({
  selector: 'cb-context-column',
  imports: [RouterLink, When, FileLink],
  templateUrl: './context-column.html',
  host: { class: 'aside' },
})
export class ContextColumn {
  protected readonly store = inject(TicketStore);
  protected readonly people = inject(TicketPeople);
  protected readonly session = inject(SessionStore);
  readonly #api = inject(ApiClient);
  readonly #ticker = inject(Ticker);
  protected readonly downloads = signal<{ items: readonly Download[]; people: People } | undefined>(undefined);
  protected readonly failure = signal<string | undefined>(undefined);

  protected readonly requester = computed(() => this.store.person(this.store.ticket()?.requester));
  protected readonly local = computed(() => {
    const zone = this.store.ticket()?.company.timeZone;
    if (zone === undefined) return undefined;
    const now = this.#ticker.now();
    const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: zone }).format(now);
    const hour = Number(
      new Intl.DateTimeFormat('en-GB', { hour: 'numeric', hourCycle: 'h23', timeZone: zone }).format(now),
    );
    return { time: `${clock(now.toISOString(), zone)} ${zoneOf(now, zone)}`, day: `${day} ${partOfDay(hour)}` };
  });

  protected readonly files = computed(() => {
    const asOf = this.store.asOf() ?? Infinity;
    return (this.store.ticket()?.attachments ?? []).filter(({ at }) => Date.parse(at) <= asOf);
  });
  protected readonly record = computed(() => {
    const chain = this.store.ticket()?.chain;
    if (!chain) return '';
    const own = `${chain.entries} ${chain.entries === 1 ? 'entry' : 'entries'}`;
    const internal = (chain.revision ?? chain.entries - 1) + 1 - chain.entries;
    return internal === 0 ? `${own}.` : `${own}, and ${internal} internal.`;
  });

  protected async showDownloads(number: string): Promise<void> {
    this.failure.set(undefined);
    try {
      this.downloads.set(await this.#api.downloads(number));
    } catch (error) {
      this.failure.set(problemOf(error).detail);
    }
  }
}

function partOfDay(hour: number): string {
  if (hour < 6) return 'night';
  if (hour < 12) return 'morning';
  return hour < 18 ? 'afternoon' : 'evening';
}
