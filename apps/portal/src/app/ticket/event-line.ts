import { Component, computed, inject, input } from '@angular/core';
import { NgTemplateOutlet } from '@angular/common';
import { RouterLink } from '@angular/router';
import type { Entry } from '../api/types';
import { Sev } from '../ui/sev';
import { STAGE_NAMES } from '../ui/stage-sign';
import { known } from './entry-data';
import { FileLink } from './file-link';
import { TicketPeople } from './ticket-people';
import { TicketStore } from './ticket-store';

const CODE_WORDS: Readonly<Record<string, string>> = {
  no_answer: 'no answer',
  duplicate: 'duplicate',
  merged: 'merged',
  not_ours: 'not ours',
};

/** An entry that is one line: a stage, an owner, a severity, a decision, a file. */
@Component({
  selector: 'cb-event-line',
  imports: [NgTemplateOutlet, RouterLink, Sev, FileLink],
  host: { class: 'bd' },
  templateUrl: './event-line.html',
})
export class EventLine {
  readonly entry = input.required<Entry>();
  protected readonly people = inject(TicketPeople);
  readonly #store = inject(TicketStore);
  protected readonly known = computed(() => known(this.entry()));
  protected readonly by = computed(() => this.people.name(this.entry().by));
  protected readonly stages = STAGE_NAMES;
  protected readonly codes = CODE_WORDS;
  protected readonly number = computed(() => this.#store.ticket()?.number ?? '');
  protected readonly remedyEntry = computed(() => {
    const it = this.known();
    const id =
      'workaroundId' in it.data ? it.data.workaroundId : 'resolutionId' in it.data ? it.data.resolutionId : undefined;
    const proposal = this.#store.all().find((entry) => {
      const { kind, data } = known(entry);
      return (
        (kind === 'workaround_proposed' && data.workaroundId === id) ||
        (kind === 'resolution_proposed' && data.resolutionId === id)
      );
    });
    return proposal?.number;
  });
}
