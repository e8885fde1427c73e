import { Component, computed, input } from '@angular/core';
import type { NewCanReport, Side } from '../api/types';
import { Markdown } from '../ui/markdown';
import { clock, fullTime, zoneOf } from '../ui/time';
import { SIDES } from './can-draft';
import { wordDiff } from './word-diff';

const STATUS_WORDS = { planned: 'planned', in_progress: 'in progress', done: 'done' } as const;

/** A CAN report as its readers will see it, in their time zone. */
@Component({
  selector: 'cb-can-preview',
  imports: [Markdown],
  templateUrl: './can-preview.html',
})
export class CanPreview {
  readonly report = input.required<NewCanReport>();
  readonly sequence = input.required<number>();
  /** Number that the entry will most likely get. */
  readonly entry = input.required<string>();
  readonly by = input.required<string>();
  readonly company = input.required<string>();
  /** IANA zone of the reader; absent for one's own. */
  readonly timeZone = input<string | undefined>();
  /** The conditions of the earlier report, where changes are to be marked. */
  readonly before = input<string | undefined>();
  /** Marks of actions and needs, in the order of the report. */
  readonly marks = input<{ readonly actions: readonly string[]; readonly needs: readonly string[] } | undefined>();
  /** Where nothing stands, whether "none" was said: of actions, and of needs by side. */
  readonly noActions = input.required<boolean>();
  readonly none = input.required<readonly Side[]>();
  protected readonly internal = computed(() => this.report().audience === 'internal');
  protected readonly statusWords = STATUS_WORDS;

  protected readonly parts = computed(() => {
    const before = this.before();
    if (before === undefined || before === this.report().conditions) return undefined;
    return wordDiff(plain(before), plain(this.report().conditions)).filter(({ kind }) => kind !== 'del');
  });
  protected readonly silent = computed(() => {
    const sides = SIDES.filter((side) => this.report().needs.every(({ from }) => from !== side));
    const said = sides.filter((side) => this.none().includes(side));
    const unsaid = sides.filter((side) => !this.none().includes(side));
    return [
      { sides: said.map((side) => this.side(side)).join(', '), word: 'none' },
      { sides: unsaid.map((side) => this.side(side)).join(', '), word: 'not said yet' },
    ].filter(({ sides: names }) => names !== '');
  });

  protected side(side: Side): string {
    return side === 'customer' ? this.company() : side === 'vendor' ? 'Support' : 'Third parties';
  }

  /** The time of day, with the date where it is not today. */
  protected time(iso: string): string {
    const zone = this.timeZone();
    const [day] = fullTime(iso, zone).split(',');
    const [today] = fullTime(new Date().toISOString(), zone).split(',');
    return day === today ? clock(iso, zone) : `${day?.replace(/ \d{4}$/, '') ?? ''}, ${clock(iso, zone)}`;
  }

  protected timeWithZone(iso: string): string {
    return `${this.time(iso)} ${zoneOf(new Date(iso), this.timeZone())}`;
  }

  protected action({ status, owner, eta }: NewCanReport['actions'][number]): string {
    const state = status ?? 'planned';
    const when = eta === undefined ? [] : [`${state === 'done' ? '' : 'by '}${this.time(eta)}`];
    return [STATUS_WORDS[state], ...(owner ? [owner] : []), ...when].join(', ');
  }

  protected mark(list: readonly string[] | undefined, index: number): string {
    const mark = list?.[index] ?? '';
    return mark === 'carried over' ? '' : mark;
  }
}

/** Markdown code signs would stand in the way of the words. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
