import { Component, computed, inject } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { TicketSummary } from '../api/types';
import { SessionStore } from '../session/session-store';
import { LoadState } from '../ui/load-state';
import { Sev } from '../ui/sev';
import { SideSign } from '../ui/side-sign';
import { StageSign } from '../ui/stage-sign';
import { Ticker } from '../ui/ticker';
import { fullTime } from '../ui/time';
import { When } from '../ui/when';
import { HomeStore } from './home-store';

/** From here on an ending service is pointed out. */
const ENDS_SOON_DAYS = 60;

interface Ask {
  readonly icon: string;
  readonly title: string;
  readonly verb: string;
}
const ASKS: Readonly<Record<string, Ask>> = {
  workaround_proposed: { icon: 'i-bandage', title: 'Decide on a workaround', verb: 'Decide' },
  resolution_proposed: { icon: 'i-circle-check', title: 'Accept or reject the resolution', verb: 'Review' },
  need_open: { icon: 'i-list-check', title: 'Support needs something from you', verb: 'Answer' },
};
const REPLY: Ask = { icon: 'i-arrow-back-up', title: 'Support waits for your reply', verb: 'Reply' };

/** A customer's first page: what waits for them, what is open, what they have bought. */
@Component({
  selector: 'cb-home-page',
  imports: [RouterLink, LoadState, Sev, SideSign, StageSign, When],
  providers: [HomeStore],
  templateUrl: './home-page.html',
})
export class HomePage {
  protected readonly store = inject(HomeStore);
  protected readonly session = inject(SessionStore);
  readonly #ticker = inject(Ticker);
  protected readonly company = computed(() => this.session.me()?.company);
  protected readonly services = computed(() => {
    const now = this.#ticker.now().getTime();
    return (this.session.me()?.services ?? []).map(({ id, name, until, plan }) => {
      const days = Math.ceil((Date.parse(until) - now) / 86_400_000);
      return { id, name, until, plan, ...(days <= ENDS_SOON_DAYS && { days }) };
    });
  });

  constructor() {
    if (this.session.isStaff()) void inject(Router).navigateByUrl('/queue', { replaceUrl: true });
    else void this.store.tickets.load();
  }

  protected askOf({ owesReason }: TicketSummary): Ask {
    return ASKS[owesReason ?? ''] ?? REPLY;
  }

  /** Until when the ticket can be reopened; absent once that has passed. */
  protected reopenUntil(number: string): string | undefined {
    const until = this.store.reopenUntil()[number];
    return until !== undefined && Date.parse(until) > this.#ticker.now().getTime() ? fullTime(until) : undefined;
  }

  protected day(iso: string): string {
    return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(iso));
  }
}
