import { ApplicationRef, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Entry } from '../api/types';
import { When } from '../ui/when';
import { dayOf } from '../ui/time';
import { CanEntry } from './can-entry';
import { isMessage } from './entry-data';
import { EventLine } from './event-line';
import { folded, subjectsOf } from './folds';
import { MessageEntry } from './message-entry';
import { RemedyEntry } from './remedy-entry';
import { TicketStore } from './ticket-store';

interface Row {
  readonly entry: Entry;
  /** The whole run that this row stands for, when it is folded. */
  readonly run?: readonly Entry[];
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
      @if (row.run; as run) {
        <li class="en ev folded">
          <div class="g">
            <span aria-hidden="true">{{ row.entry.number }}–{{ run.at(-1)?.number }}</span>
            <cb-when [at]="row.entry.at" as="clock" />
          </div>
          <div class="bd">
            <i class="i i-dots" aria-hidden="true"></i>
            <button class="lnk" type="button" aria-expanded="false" (click)="unfold(run)">
              {{ run.length }} changes<span class="vh"
                >, entries {{ row.entry.number }} to {{ run.at(-1)?.number }}</span
              >
            </button>
            <span class="dim">{{ subjects(run) }}</span>
          </div>
        </li>
      } @else {
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
    }
  </ol>`,
  host: { '(window:beforeprint)': 'unfoldAll()' },
})
export class TimelineList {
  readonly #store = inject(TicketStore);
  protected readonly message = isMessage;

  protected readonly rows = computed(() => {
    const unread = this.#store.firstUnread();
    const fresh = this.#store.fresh();
    const unfolded = this.#store.unfolded();
    const keep = ({ id, number }: Entry) => fresh.has(id) || id === unread || unfolded.has(number);
    let day = dayOf(new Date().toISOString());
    return folded(this.#store.entries(), keep).map(([entry, ...more]): Row => {
      const own = dayOf(entry.at);
      const row = {
        entry,
        look: `${lookOf(entry)}${fresh.has(entry.id) ? ' fresh' : ''}`,
        unread: entry.id === unread,
        ...(more.length > 0 && { run: [entry, ...more] }),
        ...(own !== day && { day: own }),
      };
      day = own;
      return row;
    });
  });
  protected readonly subjects = subjectsOf;
  readonly #application = inject(ApplicationRef);

  protected unfold(run: readonly Entry[]): void {
    this.#store.unfold(run.map(({ number }) => number));
  }

  /** Paper has nothing to press: the record is printed whole. */
  protected unfoldAll(): void {
    this.unfold(this.#store.entries());
    this.#application.tick();
  }
}

function lookOf(entry: Entry): string {
  if (!isMessage(entry)) return entry.audience === 'internal' ? 'ev int' : 'ev';
  if (entry.kind === 'can_report') return entry.audience === 'internal' ? 'msg can no' : 'msg can';
  if (entry.kind === 'workaround_proposed') return 'msg wk';
  if (entry.kind === 'resolution_proposed') return 'msg wk res';
  if (entry.audience === 'internal') return 'msg no';
  return entry.side === 'customer' ? 'msg cu' : 'msg ve';
}
