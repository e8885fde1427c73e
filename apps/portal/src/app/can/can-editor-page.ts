import { Component, computed, effect, inject, Injector, input, linkedSignal, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { Router, RouterLink } from '@angular/router';
import { problemOf } from '../api/problem';
import type { Audience, Problem } from '../api/types';
import { LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { draft, type Draft } from '../ui/draft';
import { ProblemNote } from '../ui/problem-note';
import { Sev } from '../ui/sev';
import { SideSign } from '../ui/side-sign';
import { StageSign } from '../ui/stage-sign';
import { Ticker } from '../ui/ticker';
import { clock, zoneOf } from '../ui/time';
import { Toasts } from '../ui/toasts';
import { When } from '../ui/when';
import { ADVISED_WORDS, type CanDraft, carryOver, missingFrom, reportOf, wordsOf } from './can-draft';
import { CanDue } from './can-due';
import { CanEditorStore } from './can-editor-store';
import { CanLines } from './can-lines';
import { actionMark, needMark, stoodOpen, tallyOf } from './can-marks';
import { CanPreview } from './can-preview';
import { shortened, wordDiff } from './word-diff';

/** Writes the next CAN report of a ticket (S5), beside what its readers will see. */
@Component({
  selector: 'cb-can-editor-page',
  imports: [RouterLink, Sev, SideSign, StageSign, When, ProblemNote, CanLines, CanDue, CanPreview],
  providers: [CanEditorStore],
  templateUrl: './can-editor-page.html',
})
export class CanEditorPage {
  readonly number = input.required<string>();
  protected readonly store = inject(CanEditorStore);
  protected readonly live = inject(LiveStore);
  readonly #session = inject(SessionStore);
  readonly #router = inject(Router);
  readonly #toasts = inject(Toasts);
  readonly #ticker = inject(Ticker);
  readonly #injector = inject(Injector);
  readonly #drafts = signal<Readonly<Record<Audience, Draft<CanDraft>>> | undefined>(undefined);

  protected readonly advised = ADVISED_WORDS;
  protected readonly audience = signal<Audience>('customer');
  protected readonly internal = computed(() => this.audience() === 'internal');
  protected readonly earlier = computed(() => this.store.reports()[this.audience()]);
  protected readonly sequence = computed(() => (this.earlier()?.sequence ?? 0) + 1);
  protected readonly draft = computed(() => this.#drafts()?.[this.audience()].value());
  protected readonly marking = signal(true);
  /** The preview's zone: theirs, or one's own. */
  protected readonly theirs = linkedSignal(() => !this.internal());
  protected readonly timeZone = computed(() => (this.theirs() ? this.store.ticket()?.company.timeZone : undefined));
  protected readonly zones = computed(() => {
    const now = this.#ticker.now();
    return { own: zoneOf(now), theirs: zoneOf(now, this.store.ticket()?.company.timeZone) };
  });
  protected readonly report = computed(() => {
    const written = this.draft();
    return written && reportOf(written, this.audience(), this.store.update(), this.#ticker.now());
  });
  protected readonly words = computed(() => {
    const written = this.draft();
    return written ? wordsOf(written) : 0;
  });
  protected readonly diff = computed(() => {
    const before = this.earlier()?.conditions;
    const now = this.draft()?.conditions.trim();
    if (!before || now === undefined || now === before) return undefined;
    return shortened(wordDiff(before.replaceAll('`', ''), now.replaceAll('`', '')));
  });
  protected readonly tally = computed(() => {
    const written = this.draft();
    return written && tallyOf(written, this.earlier());
  });
  protected readonly marks = computed(() => {
    const written = this.draft();
    if (!written || !this.marking() || !this.earlier()) return undefined;
    return {
      actions: written.actions
        .filter(({ text }) => text.trim())
        .map((row) => actionMark(row, this.earlier(), String).mark),
      needs: written.needs
        .filter(({ text, met }) => text.trim() && !met)
        .map((row) => needMark(row, this.earlier(), String).mark),
    };
  });
  /** Somebody filed a report after this draft was begun. */
  protected readonly overtaken = computed(() => {
    const written = this.draft();
    const earlier = this.earlier();
    return written && earlier && written.base !== earlier.id ? earlier : undefined;
  });
  protected readonly missing = computed(() => {
    const written = this.draft();
    return written ? missingFrom(written) : [];
  });
  protected readonly newNeeds = computed(
    () =>
      this.draft()?.needs.filter(
        (row) => row.side === 'customer' && row.text.trim() && !row.met && !stoodOpen(row, this.earlier()),
      ).length ?? 0,
  );
  protected readonly freshUntil = computed(() =>
    clock(new Date(this.#ticker.now().getTime() + 3_600_000).toISOString()),
  );
  protected readonly entryNumber = computed(() => {
    const entries = this.store.ticket()?.entries ?? 0;
    return this.internal() ? `${entries}…` : String(entries + 1);
  });
  protected readonly me = computed(() => this.#session.me()?.name ?? '');
  protected readonly asked = signal(false);
  protected readonly busy = signal(false);
  protected readonly failure = signal<Problem | undefined>(undefined);

  constructor() {
    const title = inject(Title);
    effect(() => {
      title.setTitle(`CAN report, ${this.number()} · Casebook`);
      void this.#open(this.number());
    });
  }

  protected change(change: Partial<CanDraft>): void {
    this.#drafts()?.[this.audience()].value.update((before) => ({ ...before, ...change }));
  }

  protected carryOverAgain(): void {
    this.#drafts()?.[this.audience()].value.set(this.#empty(this.audience()));
  }

  /** Takes the newer report as the one to compare with, and keeps what was written. */
  protected keepMine(): void {
    const earlier = this.earlier();
    const written = this.draft();
    if (!earlier || !written) return;
    const isKnown = ({ from }: { readonly from?: number }) => from === undefined;
    this.change({
      base: earlier.id,
      actions: written.actions.map((row) => (isKnown(row) ? row : withoutFrom(row))),
      needs: written.needs.filter(({ met }) => !met).map((row) => (isKnown(row) ? row : withoutFrom(row))),
    });
  }

  protected async send(): Promise<void> {
    const drafts = this.#drafts();
    const written = this.draft();
    if (!drafts || !written || this.busy()) return;
    this.asked.set(true);
    if (this.missing().length > 0 || this.overtaken() || this.live.connection() === 'offline') return;
    const audience = this.audience();
    this.busy.set(true);
    this.failure.set(undefined);
    try {
      const met = written.needs.flatMap(({ met: isMet, from }) => (isMet && from !== undefined ? [from] : []));
      const report = reportOf(written, audience, this.store.update(), this.#pressedAt(written));
      const { entry } = await this.store.send(report, met);
      drafts[audience].clear();
      this.#toasts.show(audience === 'internal' ? 'Internal report added' : `CAN report ${this.sequence()} sent`);
      await this.#router.navigate(['/tickets', this.number()], entry === undefined ? {} : { fragment: `e${entry}` });
    } catch (error) {
      this.failure.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  /** The first press fixes "in 1 h" to a time, so that a resend is the same report. */
  #pressedAt(written: CanDraft): Date {
    const text = JSON.stringify(written);
    if (this.#pressed?.text !== text) this.#pressed = { text, at: new Date() };
    return this.#pressed.at;
  }
  #pressed: { readonly text: string; readonly at: Date } | undefined;

  async #open(number: string): Promise<void> {
    this.#drafts.set(undefined);
    await this.store.open(number);
    if (this.store.state() !== 'ready') return;
    // By reader: who signs in next on this device must not find it.
    const me = this.#session.me()?.id ?? '';
    const opened = (audience: Audience) =>
      draft(`can.${me}.${number}.${audience}`, this.#empty(audience), this.#injector);
    this.#drafts.set({ customer: opened('customer'), internal: opened('internal') });
  }

  #empty(audience: Audience): CanDraft {
    return carryOver(this.store.reports()[audience], audience === 'internal' ? 'none' : 'full');
  }

  protected text(event: Event): string {
    return (event.target as HTMLInputElement | HTMLTextAreaElement).value;
  }
}

function withoutFrom<T extends { readonly from?: number }>(row: T): Omit<T, 'from'> {
  const { from: _, ...rest } = row;
  return rest;
}
