import { Component, computed, inject, input } from '@angular/core';
import type { Entry } from '../api/types';
import { Avatar } from '../ui/avatar';
import { Markdown } from '../ui/markdown';
import { SEVERITY_NAMES } from '../ui/sev';
import { CopyLink } from './copy-link';
import { known } from './entry-data';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

/** What somebody wrote: the opening, a reply, an internal note, an offered handover. */
@Component({
  selector: 'cb-message-entry',
  imports: [Avatar, Markdown, CopyLink],
  host: { class: 'bd' },
  template: `<div class="who">
      <cb-avatar [person]="author()" /><b>{{ people.name(entry().by) }}</b>
      @if (entry().audience === 'internal') {
        <span class="tag"
          ><i class="i i-lock" aria-hidden="true"></i>INTERNAL NOTE: never shown or sent to the customer</span
        >
      } @else {
        <span class="chip" [class.c]="entry().side === 'customer'" [class.v]="entry().side === 'vendor'">{{
          entry().side === 'customer' ? 'Customer' : 'Support'
        }}</span>
        <span class="dim">{{ did() }}</span>
      }
      <span class="push"><cb-copy-link [number]="entry().number" /></span>
    </div>
    <div class="tx">
      @if (handover(); as to) {
        <p class="b">Offers this ticket to {{ people.name(to) }}.</p>
      }
      <cb-markdown [text]="body()" />
      @if (extras().length) {
        <dl class="kv extras">
          @for (extra of extras(); track extra.label) {
            <dt>{{ extra.label }}</dt>
            <dd><cb-markdown [text]="extra.text" /></dd>
          }
        </dl>
      }
    </div>`,
})
export class MessageEntry {
  readonly entry = input.required<Entry>();
  protected readonly people = inject(TicketPeople);
  readonly #store = inject(TicketStore);
  protected readonly author = computed(() => this.#store.person(this.entry().by));
  readonly #known = computed(() => known(this.entry()));

  protected readonly did = computed(() => {
    const it = this.#known();
    if (it.kind !== 'opened') return 'replied';
    const { severity, followUpOf } = it.data;
    const as =
      severity === undefined ? 'opened this task' : `opened this ticket as ${severity} ${SEVERITY_NAMES[severity]}`;
    return followUpOf === undefined ? as : `${as}, following ${followUpOf.number}`;
  });

  protected readonly body = computed(() => {
    const it = this.#known();
    switch (it.kind) {
      case 'opened':
        return it.data.description;
      case 'reply':
      case 'note':
        return it.data.body;
      case 'handover_offered':
        return it.data.note;
      default:
        return '';
    }
  });

  protected readonly handover = computed(() => {
    const it = this.#known();
    return it.kind === 'handover_offered' ? it.data.to : undefined;
  });

  protected readonly extras = computed(() => {
    const it = this.#known();
    if (it.kind !== 'opened') return [];
    const { environment, impact, stepsTaken } = it.data;
    return [
      { label: 'Environment', text: environment },
      { label: 'Impact', text: impact },
      { label: 'Steps taken', text: stepsTaken },
    ].filter(({ text }) => text !== undefined);
  });
}
