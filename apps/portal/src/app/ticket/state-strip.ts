import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { SessionStore } from '../session/session-store';
import { Avatar } from '../ui/avatar';
import { STAGE_NAMES, STAGES } from '../ui/stage-sign';
import { Ticker } from '../ui/ticker';
import { exactTime, span, zoneOf } from '../ui/time';
import { plainText } from '../ui/markdown';
import { SideSign } from '../ui/side-sign';
import { TicketActions } from './ticket-actions';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

const REASONS: Readonly<Record<string, string>> = {
  opened: 'first response',
  customer_wrote: 'answer the customer',
  need_met: 'go on: the need was met',
  vendor_replied: 'answer the reply',
  workaround_proposed: 'decide on the workaround',
  resolution_proposed: 'accept or reject the resolution',
  need_open: 'a need of the CAN report',
  reopened: 'the ticket was reopened',
};

/** Stage, debt, next promised report, accountable person; below it the last CAN report in one line. */
@Component({
  selector: 'cb-state-strip',
  imports: [Avatar, SideSign, RouterLink],
  templateUrl: './state-strip.html',
})
export class StateStrip {
  protected readonly store = inject(TicketStore);
  protected readonly people = inject(TicketPeople);
  protected readonly actions = inject(TicketActions);
  protected readonly session = inject(SessionStore);
  readonly #ticker = inject(Ticker);
  protected readonly stages = STAGES;
  protected readonly names = STAGE_NAMES;

  protected readonly position = computed(() =>
    STAGES.indexOf(this.store.past()?.stage ?? this.store.ticket()?.stage ?? 'triage'),
  );
  protected readonly assignee = computed(() => {
    const past = this.store.past();
    return past ? past.assignee : this.store.ticket()?.assignee;
  });
  protected readonly company = computed(() => {
    const name = this.store.ticket()?.company.name ?? '';
    return this.session.isCustomer() ? `You, ${name}` : name;
  });
  protected readonly debt = computed(() => {
    const ticket = this.store.ticket();
    if (ticket?.owesSince === undefined) return '';
    const reason = REASONS[ticket.owesReason ?? ''];
    return `since ${exactTime(ticket.owesSince, this.#now())} (${this.#ago(ticket.owesSince)})${reason === undefined ? '' : `: ${reason}`}`;
  });
  protected readonly report = computed(() => {
    const due = this.store.ticket()?.lastCan?.nextReportDue;
    if (due === undefined) return undefined;
    const left = Date.parse(due) - this.#now().getTime();
    return {
      late: left < 0,
      text: left < 0 ? `late by ${span(-left)}` : `in ${span(left)}`,
      at: `${exactTime(due, this.#now())} ${zoneOf(new Date(due))}`,
    };
  });
  protected readonly handover = computed(() => {
    const offered = this.store.ticket()?.handover;
    return offered && `Handover offered to ${this.people.name(offered.to)}`;
  });
  protected readonly canTime = computed(() => exactTime(this.store.ticket()?.lastCan?.at ?? '', this.#now()));
  protected readonly needs = computed(() => {
    const open = this.store.ticket()?.lastCan?.openNeeds ?? [];
    const sides = (['customer', 'vendor', 'third_party'] as const).map((side) => {
      const own = open.filter(({ from }) => from === side);
      const due = own
        .map((need) => need.due)
        .filter((at) => at !== undefined)
        .sort()[0];
      return { side, count: own.length, due: due === undefined ? '' : `, due ${exactTime(due, this.#now())}` };
    });
    return sides.filter(({ count }) => count > 0);
  });
  protected readonly closed = computed(() => {
    const at = this.store.ticket()?.closedAt;
    return at === undefined ? undefined : `${exactTime(at, this.#now())} ${zoneOf(new Date(at))}`;
  });
  protected readonly conditions = computed(() => {
    const text = this.store.ticket()?.lastCan?.conditions;
    return text === null || text === undefined ? 'Erased' : plainText(text);
  });

  #now(): Date {
    return this.#ticker.now();
  }

  #ago(at: string): string {
    return span(this.#now().getTime() - Date.parse(at));
  }
}
