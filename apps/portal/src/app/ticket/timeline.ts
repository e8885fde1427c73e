import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Entry } from '../api/types';
import { When } from '../ui/when';
import { dayOf } from '../ui/time';
import { CanEntry } from './can-entry';
import { isMessage } from './entry-data';
import { EventLine } from './event-line';
import { MessageEntry } from './message-entry';
import { RemedyEntry } from './remedy-entry';
import { TicketStore } from './ticket-store';

interface Row {
  readonly entry: Entry;
  readonly look: string;
  /** The day, where it differs from the entry before. */
  readonly day?: string;
  readonly unread: boolean;
}

/** The numbered record of the ticket, oldest first. */
@Component({
  selector: 'cb-timeline',
  imports: [RouterLink, When, MessageEntry, CanEntry, RemedyEntry, EventLine],
  template: `<ol class="tl">
    @for (row of rows(); track row.entry.id) {
      @if (row.day) {
        <li class="day" [attr.aria-label]="row.day">{{ row.day }}</li>
      }
      @if (row.unread) {
        <li class="new-mark" id="new">New since your last visit</li>
      }
      <li class="en {{ row.look }}">
        <div class="g">
          <a
            routerLink="."
            [fragment]="'e' + row.entry.number"
            [id]="'e' + row.entry.number"
            [attr.aria-label]="'Entry ' + row.entry.number + (row.entry.audience === 'internal' ? ', internal' : '')"
            >{{ row.entry.number }}</a
          >
          <cb-when [at]="row.entry.at" as="clock" />
        </div>
        @switch (row.entry.kind) {
          @case ('can_report') {
            <cb-can-entry [entry]="row.entry" />
          }
          @case ('workaround_proposed') {
            <cb-remedy-entry [entry]="row.entry" />
          }
          @case ('resolution_proposed') {
            <cb-remedy-entry [entry]="row.entry" />
          }
          @default {
            @if (message(row.entry)) {
              <cb-message-entry [entry]="row.entry" />
            } @else {
              <cb-event-line [entry]="row.entry" />
            }
          }
        }
      </li>
    }
  </ol>`,
})
export class TimelineList {
  readonly #store = inject(TicketStore);
  protected readonly message = isMessage;

  protected readonly rows = computed(() => {
    const unread = this.#store.firstUnread();
    const fresh = this.#store.fresh();
    let day = dayOf(new Date().toISOString());
    return this.#store.entries().map((entry): Row => {
      const own = dayOf(entry.at);
      const row = {
        entry,
        look: `${lookOf(entry)}${fresh.has(entry.id) ? ' fresh' : ''}`,
        unread: entry.id === unread,
        ...(own !== day && { day: own }),
      };
      day = own;
      return row;
    });
  });
}

function lookOf(entry: Entry): string {
  if (!isMessage(entry)) return entry.audience === 'internal' ? 'ev int' : 'ev';
  if (entry.kind === 'can_report') return entry.audience === 'internal' ? 'msg can no' : 'msg can';
  if (entry.kind === 'workaround_proposed') return 'msg wk';
  if (entry.kind === 'resolution_proposed') return 'msg wk res';
  if (entry.audience === 'internal') return 'msg no';
  return entry.side === 'customer' ? 'msg cu' : 'msg ve';
}
