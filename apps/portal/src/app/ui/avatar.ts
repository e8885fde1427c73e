import { Component, computed, input } from '@angular/core';
import type { Person } from '../api/types';

/** Initials of a person: round and plum for customers, square and teal for the vendor. */
@Component({
  selector: 'cb-avatar',
  template:
    '<span class="av" [class.c]="side() === \'customer\'" [class.v]="side() === \'vendor\'" aria-hidden="true">{{ letters() }}</span>',
})
export class Avatar {
  readonly person = input<Person | undefined>();
  protected readonly side = computed(() => this.person()?.side ?? 'vendor');
  protected readonly letters = computed(() => initials(this.person()?.name));
}

export function initials(name: string | null | undefined): string {
  const words = (name ?? '').split(/\s+/).filter((word) => word !== '');
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => word?.charAt(0).toUpperCase() ?? '').join('') || '–';
}
