import { Component, DestroyRef, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { People, TicketSummary } from '../api/types';
import { SessionStore } from '../session/session-store';
import { Keys } from '../shell/keys';
import { Sev } from '../ui/sev';
import { SideSign } from '../ui/side-sign';
import { StageSign } from '../ui/stage-sign';
import { When } from '../ui/when';

/** Tickets as rows; `j`, `k` and `Enter` walk them. */
@Component({
  selector: 'cb-ticket-table',
  imports: [RouterLink, Sev, SideSign, StageSign, When],
  template: `<div class="tw cards" tabindex="0" role="region" [attr.aria-label]="caption()">
    <table>
      <caption class="vh">
        {{
          caption()
        }}
      </caption>
      <thead>
        <tr>
          <th scope="col">Sev</th>
          <th scope="col">Owes reply</th>
          <th scope="col">Ticket</th>
          <th scope="col">{{ session.isStaff() ? 'Company' : 'Requester' }}</th>
          <th scope="col" class="roomy">Service</th>
          <th scope="col" class="desk">Stage</th>
          <th scope="col" class="desk">Accountable</th>
          <th scope="col" class="n">Last entry</th>
        </tr>
      </thead>
      <tbody>
        @for (ticket of tickets(); track ticket.id) {
          <tr [class.sel]="selected() === ticket.number">
            <td><cb-sev [value]="ticket.severity" /></td>
            <td>
              @if (ticket.owes) {
                <cb-side [side]="ticket.owes" [reader]="session.isStaff() ? 'vendor' : 'customer'" company="Customer" />
              } @else {
                <span class="dim">closed</span>
              }
            </td>
            <td class="q-t">
              <span class="tk"
                ><span class="id">{{ ticket.number.slice(3) }}</span
                ><a class="cut" [routerLink]="['/tickets', ticket.number]">{{ ticket.subject ?? 'Erased' }}</a></span
              >
            </td>
            <td class="nw q-c">{{ session.isStaff() ? ticket.company.name : name(ticket.requester) }}</td>
            <td class="nw mid roomy">{{ ticket.service.name }}</td>
            <td class="desk"><cb-stage [stage]="ticket.stage" /></td>
            <td class="nw mid desk">{{ ticket.assignee ? name(ticket.assignee) : 'nobody yet' }}</td>
            <td class="nw dim n q-o"><cb-when [at]="ticket.updatedAt" /></td>
          </tr>
        }
      </tbody>
    </table>
  </div>`,
})
export class TicketTable {
  readonly tickets = input.required<readonly TicketSummary[]>();
  readonly people = input.required<People>();
  readonly caption = input.required<string>();
  protected readonly session = inject(SessionStore);
  protected readonly selected = signal<string | undefined>(undefined);

  constructor() {
    const router = inject(Router);
    const unregister = inject(Keys).register({
      j: () => {
        this.move(1);
      },
      k: () => {
        this.move(-1);
      },
      Enter: () => {
        const number = this.selected();
        if (number !== undefined) void router.navigate(['/tickets', number]);
      },
    });
    inject(DestroyRef).onDestroy(unregister);
  }

  protected name(id: string): string {
    return this.people()[id]?.name ?? 'Erased';
  }

  private move(by: number): void {
    const rows = this.tickets();
    const at = rows.findIndex(({ number }) => number === this.selected());
    this.selected.set(rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.number);
  }
}
