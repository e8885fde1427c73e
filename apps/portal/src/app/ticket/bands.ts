import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { SessionStore } from '../session/session-store';
import { fullTime } from '../ui/time';
import { Markdown } from '../ui/markdown';
import { titled } from './remedy-steps';
import { TicketActions } from './ticket-actions';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

const ENDS: Readonly<Record<string, string>> = {
  accepted: 'The resolution was accepted',
  withdrawn: 'The customer withdrew the ticket',
  closed: 'Support closed the ticket',
};

/** What waits for this reader's decision, how the ticket ended, or which moment is looked at: one band each. */
@Component({
  selector: 'cb-bands',
  imports: [RouterLink, Markdown],
  templateUrl: './bands.html',
})
export class Bands {
  protected readonly store = inject(TicketStore);
  protected readonly actions = inject(TicketActions);
  protected readonly people = inject(TicketPeople);
  protected readonly session = inject(SessionStore);

  protected readonly workaround = computed(() =>
    this.actions.may('workaround_accept') ? this.store.ticket()?.workaround : undefined,
  );
  protected readonly workaroundTitle = computed(() => titled(this.workaround()?.body ?? '').title);
  protected readonly resolution = computed(() =>
    this.actions.may('resolution_accept') ? this.store.ticket()?.resolution : undefined,
  );
  protected readonly handover = computed(() =>
    this.actions.may('handover_accept') ? this.store.ticket()?.handover : undefined,
  );
  protected readonly ended = computed(() => {
    const ticket = this.store.ticket();
    if (ticket?.stage !== 'closed' || ticket.closedAt === undefined || this.store.asOf() !== undefined)
      return undefined;
    return {
      what: `${ENDS[ticket.closing?.kind ?? 'closed'] ?? 'Closed'}, ${this.people.name(ticket.closing?.by)}, ${fullTime(ticket.closedAt)}`,
      reason: ticket.closing?.reason ?? undefined,
      until: ticket.reopenUntil !== undefined && this.actions.may('reopen') ? fullTime(ticket.reopenUntil) : undefined,
    };
  });
  protected readonly asOf = computed(() => {
    const asOf = this.store.asOf();
    return asOf === undefined ? undefined : fullTime(new Date(asOf).toISOString());
  });
}
