import { Component, computed, inject } from '@angular/core';
import { ApiClient } from '../api/api-client';
import type { Target } from '../api/types';
import { SessionStore } from '../session/session-store';
import { LoadState } from '../ui/load-state';
import { Loaded } from '../ui/loaded';
import { Sev } from '../ui/sev';
import { targetText } from './target-text';

/** All plans with their services, supported software and targets; the reader's own is marked (R44). */
@Component({
  selector: 'cb-plans-page',
  imports: [LoadState, Sev],
  templateUrl: './plans-page.html',
})
export class PlansPage {
  readonly #api = inject(ApiClient);
  protected readonly session = inject(SessionStore);
  protected readonly catalogue = new Loaded(async () => {
    const [plans, services, products] = await Promise.all([
      this.#api.plans(),
      this.#api.services(),
      this.#api.products(),
    ]);
    return { plans: plans.items, services: services.items, products: products.items };
  });
  /** Plans with names in place of ids. */
  protected readonly plans = computed(() => {
    const { plans = [], services = [], products = [] } = this.catalogue.value() ?? {};
    return plans.map((plan) => ({
      ...plan,
      services: services.filter(({ id }) => plan.services.includes(id)),
      software: products.filter(({ id }) => plan.software.includes(id)),
    }));
  });
  protected readonly own = computed(() => this.plans().find(({ yours }) => yours === true));

  constructor() {
    void this.catalogue.load();
  }

  protected text(target: Target | undefined): string {
    return targetText(target);
  }
}
