import { Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { SessionStore } from '../session/session-store';
import { Avatar } from '../ui/avatar';
import { LoadState } from '../ui/load-state';
import { Sev } from '../ui/sev';
import { STAGE_NAMES } from '../ui/stage-sign';
import { When } from '../ui/when';
import { MineStore } from './mine-store';

@Component({
  selector: 'cb-mine-page',
  imports: [RouterLink, Avatar, LoadState, Sev, When],
  providers: [MineStore],
  template: `<div class="ph">
      <div>
        <h1>My tickets</h1>
        <p class="lede">Sorted by who owes the next reply. A ticket moves when someone answers, never by hand.</p>
      </div>
      @if (session.isCustomer()) {
        <div class="acts">
          <a class="btn pri" routerLink="/tickets/new"
            ><i class="i i-square-plus" aria-hidden="true"></i>Create a new ticket</a
          >
        </div>
      }
    </div>
    <cb-load-state [of]="store.board" what="Your tickets" />
    @if (store.board.value()) {
      <div class="kan">
        @for (column of store.columns(); track column.label; let at = $index) {
          <section [attr.aria-labelledby]="'column-' + at">
            <h2
              class="kh"
              [id]="'column-' + at"
              [class.c]="column.side === 'customer'"
              [class.v]="column.side === 'vendor'"
            >
              <span
                class="side"
                [class.c]="column.side === 'customer'"
                [class.v]="column.side === 'vendor'"
                [class.t]="column.side === 'third_party' || !column.side"
                >{{ column.label }}</span
              >
              <span class="dim">{{ column.tickets.length }}</span>
            </h2>
            <ul>
              @for (ticket of column.tickets; track ticket.id) {
                <li class="kc">
                  <div class="row s12">
                    <cb-sev [value]="ticket.severity" /><span class="mono dim">{{ ticket.number }}</span>
                    <span class="push nw mid"><cb-when [at]="ticket.owesSince ?? ticket.updatedAt" as="ago" /></span>
                  </div>
                  <a class="quiet b" [routerLink]="['/tickets', ticket.number]">{{ ticket.subject ?? 'Erased' }}</a>
                  <div class="row s12 dim">
                    @if (ticket.assignee) {
                      <cb-avatar [person]="store.people()[ticket.assignee]" />
                      {{ store.people()[ticket.assignee]?.name ?? 'Erased' }}
                    } @else {
                      Nobody yet
                    }
                    <span class="push">{{ session.isStaff() ? ticket.company.name : stageNames[ticket.stage] }}</span>
                  </div>
                </li>
              } @empty {
                <li class="dim s13">Nothing</li>
              }
            </ul>
          </section>
        }
      </div>
    }`,
})
export class MinePage {
  protected readonly store = inject(MineStore);
  protected readonly session = inject(SessionStore);
  protected readonly stageNames = STAGE_NAMES;
}
