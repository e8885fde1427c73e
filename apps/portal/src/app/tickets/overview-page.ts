import { Component, computed, inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { debounceTime, merge } from 'rxjs';
import { ApiClient } from '../api/api-client';
import type { TicketSummary } from '../api/types';
import { LiveStore } from '../live/live-store';
import { Loaded } from '../ui/loaded';
import { LoadState } from '../ui/load-state';
import { STAGE_NAMES } from '../ui/stage-sign';
import { COLUMNS, overviewOf } from './overview';
import { TicketTable } from './ticket-table';

const PAGE = 200;
const MOST = 1_000;
const CLOSED_SHOWN = 8;

/** Active and resolved tickets at a glance. */
@Injectable()
export class OverviewStore {
  readonly #api = inject(ApiClient);
  readonly tickets = new Loaded(() => this.#fetch());
  readonly overview = computed(() => overviewOf(this.tickets.value()?.open ?? []));

  constructor() {
    const live = inject(LiveStore);
    merge(live.changes, live.reloads)
      .pipe(debounceTime(300), takeUntilDestroyed())
      .subscribe(() => void this.tickets.load());
    void this.tickets.load();
  }

  async #fetch() {
    const open: TicketSummary[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#api.tickets({
        status: 'open,awaiting_acceptance',
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
      });
      open.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined && open.length < MOST);
    const closed = await this.#api.tickets({ status: 'closed', limit: CLOSED_SHOWN, total: true });
    return { open, closed: closed.items, people: closed.people, closedTotal: closed.total ?? 0 };
  }
}

@Component({
  selector: 'cb-overview-page',
  imports: [RouterLink, LoadState, TicketTable],
  providers: [OverviewStore],
  template: `<h1>Overview</h1>
    <cb-load-state [of]="store.tickets" what="The overview" />
    @if (store.tickets.value(); as tickets) {
      <p class="lede">
        <b>{{ overview().total }}</b> {{ overview().total === 1 ? 'ticket is' : 'tickets are' }} active,
        <b>{{ overview().priority }}</b> of them priority. You owe <b>{{ overview().owes.customer }}</b>, support owes
        <b>{{ overview().owes.vendor }}</b>, third parties owe <b>{{ overview().owes.third_party }}</b>.
        {{ tickets.closedTotal }} are closed.
      </p>
      <section class="sec">
        <div class="hd"><h2>Active by stage and severity</h2></div>
        <div class="tw" tabindex="0" role="region" aria-label="Active tickets by stage and severity">
          <table>
            <thead>
              <tr>
                <th scope="col">Stage</th>
                @for (column of columns; track column) {
                  <th scope="col" class="n">{{ column }}</th>
                }
                <th scope="col" class="n">All</th>
              </tr>
            </thead>
            <tbody>
              @for (row of overview().rows; track row.stage) {
                <tr>
                  <th scope="row">{{ names[row.stage] }}</th>
                  @for (count of row.counts; track $index; let at = $index) {
                    <td class="n">
                      @if (count > 0 && columns[at] !== 'Task') {
                        <a
                          routerLink="/tickets"
                          [queryParams]="{ status: open, stage: row.stage, severity: columns[at] }"
                          >{{ count }}</a
                        >
                      } @else {
                        <span [class.dim]="count === 0">{{ count }}</span>
                      }
                    </td>
                  }
                  <td class="n">
                    <a routerLink="/tickets" [queryParams]="{ status: open, stage: row.stage }">{{ row.total }}</a>
                  </td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      </section>
      <section class="sec">
        <div class="hd">
          <h2>Last closed</h2>
          <a class="push" routerLink="/tickets" [queryParams]="{ status: 'closed' }">All closed tickets</a>
        </div>
        @if (tickets.closed.length > 0) {
          <cb-ticket-table [tickets]="tickets.closed" [people]="tickets.people" caption="Tickets closed last" />
        } @else {
          <p class="empty">Nothing has been closed yet.</p>
        }
      </section>
    }`,
})
export class OverviewPage {
  protected readonly store = inject(OverviewStore);
  protected readonly overview = this.store.overview;
  protected readonly columns = COLUMNS;
  protected readonly names = STAGE_NAMES;
  protected readonly open = 'open,awaiting_acceptance';
}
