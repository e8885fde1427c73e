import { Component, computed, inject } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { debounceTime, filter, merge } from 'rxjs';
import { ApiClient } from '../api/api-client';
import { LiveStore } from '../live/live-store';
import { LoadState } from '../ui/load-state';
import { Loaded } from '../ui/loaded';
import { Ticker } from '../ui/ticker';
import { clock, zoneOf } from '../ui/time';

/** All customers, for staff: plan, contacts, time there, account owner. */
@Component({
  selector: 'cb-companies-page',
  imports: [RouterLink, LoadState],
  templateUrl: './companies-page.html',
})
export class CompaniesPage {
  readonly #api = inject(ApiClient);
  readonly #ticker = inject(Ticker);
  protected readonly companies = new Loaded(async () => {
    const [companies, owners] = await Promise.all([this.#api.companies(), this.#api.users({ role: 'account_owner' })]);
    return { items: companies.items, names: new Map(owners.items.map(({ id, name }) => [id, name])) };
  });
  protected readonly rows = computed(() => {
    const now = this.#ticker.now();
    const { items = [], names } = this.companies.value() ?? {};
    return items.map((company) => ({
      ...company,
      time: `${clock(now.toISOString(), company.timeZone)} ${zoneOf(now, company.timeZone)}`,
      zone: company.timeZone.replaceAll('_', ' '),
      owner: company.accountOwner === undefined ? undefined : (names?.get(company.accountOwner) ?? undefined),
      full: company.contacts >= company.contactLimit,
    }));
  });

  constructor() {
    const live = inject(LiveStore);
    merge(live.changes.pipe(filter(({ topic }) => topic === 'user')), live.reloads)
      .pipe(debounceTime(200), takeUntilDestroyed())
      .subscribe(() => void this.companies.load());
    void this.companies.load();
  }
}
