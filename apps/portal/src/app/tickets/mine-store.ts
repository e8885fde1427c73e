import { computed, inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { debounceTime, merge } from 'rxjs';
import { ApiClient } from '../api/api-client';
import type { Side, TicketSummary } from '../api/types';
import { LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { Loaded } from '../ui/loaded';

/** One column of the board. */
export interface Column {
  readonly label: string;
  readonly side: Side | undefined;
  readonly tickets: readonly TicketSummary[];
}

const CLOSED_SHOWN = 10;
const SHOWN = 200;

/** Tickets by who owes the next reply (R89). A ticket moves when somebody answers, never by hand. */
@Injectable()
export class MineStore {
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  readonly board = new Loaded(() => this.#fetch());
  readonly people = computed(() => this.board.value()?.people ?? {});
  readonly columns = computed(() =>
    columnsOf(this.board.value()?.open ?? [], this.board.value()?.closed ?? [], this.#session.isStaff()),
  );

  constructor() {
    const live = inject(LiveStore);
    merge(live.changes, live.reloads)
      .pipe(debounceTime(300), takeUntilDestroyed())
      .subscribe(() => void this.board.load());
    void this.board.load();
  }

  async #fetch() {
    const mine = this.#session.isStaff() ? { assignee: 'me' } : {};
    const [open, closed] = await Promise.all([
      this.#api.tickets({ ...mine, status: 'open,awaiting_acceptance', sort: 'severity', limit: SHOWN }),
      this.#api.tickets({ ...mine, status: 'closed', limit: CLOSED_SHOWN }),
    ]);
    return { open: open.items, closed: closed.items, people: { ...open.people, ...closed.people } };
  }
}

/** The reader's own debts first. */
export function columnsOf(
  open: readonly TicketSummary[],
  closed: readonly TicketSummary[],
  staff: boolean,
): readonly Column[] {
  const owedBy = (side: Side) => open.filter(({ owes }) => owes === side);
  const customer = {
    label: staff ? 'The customer owes a reply' : 'You owe a reply',
    side: 'customer' as const,
    tickets: owedBy('customer'),
  };
  const vendor = {
    label: staff ? 'We owe a reply' : 'Support owes a reply',
    side: 'vendor' as const,
    tickets: owedBy('vendor'),
  };
  return [
    ...(staff ? [vendor, customer] : [customer, vendor]),
    { label: 'A third party owes', side: 'third_party', tickets: owedBy('third_party') },
    { label: 'Recently closed', side: undefined, tickets: closed },
  ];
}
