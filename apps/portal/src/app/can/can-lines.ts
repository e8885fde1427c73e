import { Component, computed, inject, input, output } from '@angular/core';
import type { Side } from '../api/types';
import { Ticker } from '../ui/ticker';
import { clock, shortTime } from '../ui/time';
import {
  type ActionRow,
  actionRow,
  type CanDraft,
  type EarlierReport,
  type NeedRow,
  needRow,
  SIDES,
  sideWord,
} from './can-draft';
import { actionMark, actionsLeftOut, needMark, needsLeftOut } from './can-marks';

const CHIPS = { 'carried over': 'line', changed: 'warn', new: 'info' } as const;

/** The actions and needs of a report, one row each, beside what the earlier report said. */
@Component({
  selector: 'cb-can-lines',
  templateUrl: './can-lines.html',
})
export class CanLines {
  readonly part = input.required<'actions' | 'needs'>();
  readonly draft = input.required<CanDraft>();
  readonly earlier = input<EarlierReport | undefined>();
  readonly owners = input<readonly string[]>([]);
  readonly company = input.required<string>();
  readonly changed = output<CanDraft>();
  readonly #ticker = inject(Ticker);
  protected readonly sides = SIDES;
  protected readonly sideWord = sideWord;

  protected readonly actions = computed(() =>
    this.draft().actions.map((row) => ({ row, ...this.#chip(actionMark(row, this.earlier(), this.#time)) })),
  );
  protected readonly needs = computed(() =>
    this.draft().needs.map((row) => ({ row, ...this.#chip(needMark(row, this.earlier(), this.#time)) })),
  );
  protected readonly goneActions = computed(() => actionsLeftOut(this.draft(), this.earlier()));
  protected readonly goneNeeds = computed(() => needsLeftOut(this.draft(), this.earlier()));

  protected addAction(): void {
    const row: ActionRow = { key: crypto.randomUUID(), text: '', owner: '', status: 'planned', at: '' };
    this.#set({ actions: [...this.draft().actions, row], noActions: false });
    this.#focus(row.key);
  }

  protected addNeed(): void {
    const row: NeedRow = { key: crypto.randomUUID(), text: '', side: 'customer', met: false, at: '' };
    this.#set({ needs: [...this.draft().needs, row], none: this.draft().none.filter((side) => side !== 'customer') });
    this.#focus(row.key);
  }

  protected setAction(key: string, change: Partial<ActionRow>): void {
    this.#set({ actions: this.draft().actions.map((row) => (row.key === key ? { ...row, ...change } : row)) });
  }

  protected setNeed(key: string, change: Partial<NeedRow>): void {
    const needs = this.draft().needs.map((row) => (row.key === key ? { ...row, ...change } : row));
    const asked = new Set(needs.map(({ side }) => side));
    this.#set({ needs, none: this.draft().none.filter((side) => !asked.has(side)) });
  }

  protected removeAction(key: string): void {
    this.#set({ actions: this.draft().actions.filter((row) => row.key !== key) });
  }

  protected removeNeed(key: string): void {
    this.#set({ needs: this.draft().needs.filter((row) => row.key !== key) });
  }

  protected keepAction(from: number): void {
    const action = this.earlier()?.actions[from];
    if (action) this.#set({ actions: [...this.draft().actions, actionRow(action, from)], noActions: false });
  }

  protected keepNeed(n: number): void {
    const need = this.earlier()?.openNeeds.find((one) => one.n === n);
    if (need) this.#set({ needs: [...this.draft().needs, needRow(need)] });
  }

  protected sayNoActions(): void {
    this.#set({ noActions: !this.draft().noActions, actions: [] });
  }

  protected sayNone(side: Side): void {
    const said = this.draft().none.includes(side);
    this.#set({
      none: said ? this.draft().none.filter((one) => one !== side) : [...this.draft().none, side],
      needs: said ? this.draft().needs : this.draft().needs.filter((row) => row.side !== side),
    });
  }

  /** Sides that no row asks anything of: they must say "None". */
  protected readonly silent = computed(() =>
    SIDES.filter((side) => this.draft().needs.every((row) => row.side !== side)),
  );

  protected sideName(side: Side): string {
    return side === 'customer' ? this.company() : side === 'vendor' ? 'Support' : 'Third party';
  }

  /** The owners to choose from; whoever an earlier report named stays among them. */
  protected ownersOf(row: ActionRow): readonly string[] {
    return row.owner && !this.owners().includes(row.owner) ? [row.owner, ...this.owners()] : this.owners();
  }

  protected value(event: Event): string {
    return (event.target as HTMLInputElement | HTMLSelectElement).value;
  }

  protected status(event: Event): Pick<ActionRow, 'status'> {
    return { status: this.value(event) as ActionRow['status'] };
  }

  protected side(event: Event): Pick<NeedRow, 'side'> {
    return { side: this.value(event) as Side };
  }

  readonly #time = (iso: string): string => {
    const short = shortTime(iso, this.#ticker.now());
    return short.includes(':') ? short : `${short} ${clock(iso)}`;
  };

  #chip(mark: ReturnType<typeof actionMark>) {
    return { mark, chip: CHIPS[mark.mark] };
  }

  #set(change: Partial<CanDraft>): void {
    this.changed.emit({ ...this.draft(), ...change });
  }

  #focus(key: string): void {
    setTimeout(() => document.getElementById(`line-${key}`)?.focus());
  }
}
