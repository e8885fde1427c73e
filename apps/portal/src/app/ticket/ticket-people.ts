import { inject, Injectable } from '@angular/core';
import type { Side } from '../api/types';
import { TicketStore } from './ticket-store';

/** Names on the ticket page. */
@Injectable()
export class TicketPeople {
  readonly #store = inject(TicketStore);

  name(id: string | undefined): string {
    if (id?.startsWith('system') === true) return 'Casebook';
    const person = this.#store.person(id);
    if (!person) return 'Somebody';
    return person.name ?? 'Erased person';
  }

  /** First name, for places that say much in one line. */
  first(id: string | undefined): string {
    return this.name(id).split(' ')[0] ?? '';
  }

  /** The customer's company in short: its first word. */
  company(): string {
    return this.#store.ticket()?.company.name.split(' ')[0] ?? 'Customer';
  }

  side(side: Side): string {
    if (side === 'customer') return this.company();
    return side === 'vendor' ? 'Support' : 'Third party';
  }
}
