import type { CanAction, CanNeed, NewCanReport, Audience, Side, Target } from '../api/types';
import { wordCount } from './word-diff';

/** A report as it was filed before, with its needs that are still open. */
export interface EarlierReport {
  readonly id: string;
  readonly entry: string;
  readonly sequence: number;
  readonly at: string;
  readonly by: string;
  readonly conditions: string | null;
  readonly impact?: string | null;
  readonly since?: string;
  readonly actions: readonly CanAction[];
  readonly openNeeds: readonly CanNeed[];
  readonly nextReportDue?: string;
}
/** `at` is local time as a field of type datetime-local has it, `from` the line of the earlier report. */
export interface ActionRow {
  readonly key: string;
  readonly text: string;
  readonly owner: string;
  readonly status: CanAction['status'];
  readonly at: string;
  readonly from?: number;
}
export interface NeedRow {
  readonly key: string;
  readonly text: string;
  readonly side: Side;
  readonly met: boolean;
  readonly at: string;
  readonly from?: number;
}
export type DueChoice = 'half' | 'full' | 'other' | 'none';
export interface CanDraft {
  /** Id of the report it carries over. */
  readonly base?: string;
  readonly conditions: string;
  readonly impact: string;
  readonly since: string;
  readonly actions: readonly ActionRow[];
  readonly noActions: boolean;
  readonly needs: readonly NeedRow[];
  /** Sides of which is said that nothing is needed. */
  readonly none: readonly Side[];
  readonly due: DueChoice;
  readonly dueAt: string;
}

export const SIDES: readonly Side[] = ['customer', 'vendor', 'third_party'];
export const ADVISED_WORDS = 80;

/** The draft of the next report: open lines carried over, done ones left out. */
export function carryOver(earlier: EarlierReport | undefined, due: DueChoice): CanDraft {
  const actions = earlier?.actions ?? [];
  return {
    ...(earlier && { base: earlier.id }),
    conditions: earlier?.conditions ?? '',
    impact: earlier?.impact ?? '',
    since: localOf(earlier?.since),
    actions: actions.flatMap((action, from) => (action.status === 'done' ? [] : [actionRow(action, from)])),
    noActions: false,
    needs: earlier?.openNeeds.map(needRow) ?? [],
    none: [],
    due,
    dueAt: '',
  };
}

export function actionRow(action: CanAction, from: number): ActionRow {
  const { text, owner, status, eta } = action;
  return { key: `before-${from}`, text: text ?? '', owner: owner ?? '', status, at: localOf(eta), from };
}

export function needRow(need: CanNeed): NeedRow {
  const { n, text, from, due } = need;
  return { key: `before-${n}`, text: text ?? '', side: from, met: false, at: localOf(due), from: n };
}

/** The report as it is sent at `now`, without lines that say nothing. */
export function reportOf(draft: CanDraft, audience: Audience, update: Target | undefined, now: Date): NewCanReport {
  const nextReportDue = dueOf(draft, update, now);
  return {
    audience,
    conditions: draft.conditions.trim(),
    ...(draft.impact.trim() && { impact: draft.impact.trim() }),
    ...(draft.since && { since: isoOf(draft.since) }),
    actions: draft.actions
      .filter(({ text }) => text.trim())
      .map(({ text, owner, status, at }) => ({
        text: text.trim(),
        ...(owner && { owner }),
        status,
        ...(at && { eta: isoOf(at) }),
      })),
    needs: draft.needs
      .filter(({ text, met }) => text.trim() && !met)
      .map(({ text, side, at }) => ({ text: text.trim(), from: side, ...(at && { due: isoOf(at) }) })),
    ...(nextReportDue !== undefined && { nextReportDue }),
  };
}

/** What keeps the report from being sent, in words; empty when nothing does. */
export function missingFrom(draft: CanDraft): readonly string[] {
  const missing: string[] = [];
  if (!draft.conditions.trim()) missing.push('Say the facts under Conditions.');
  if (!draft.noActions && !draft.actions.some(({ text }) => text.trim()))
    missing.push('Name an action, or say “None”.');
  const silent = SIDES.filter(
    (side) => !draft.none.includes(side) && !draft.needs.some((need) => need.side === side && need.text.trim()),
  );
  if (silent.length > 0) missing.push(`Name a need from ${silent.map(sideWord).join(', ')}, or say “None”.`);
  if (draft.due === 'other' && !draft.dueAt) missing.push('Choose when the next report is due.');
  return missing;
}

/** Minutes until the next report, for the two offers: half of and all that the plan allows between updates. */
export function dueMinutes(update: Target | undefined): { readonly half: number; readonly full: number } {
  return update?.unit === 'clock_hours'
    ? { half: update.value * 30, full: update.value * 60 }
    : { half: 4 * 60, full: 24 * 60 };
}

/** When the next report is due, or undefined for "not promised". */
export function dueOf(draft: CanDraft, update: Target | undefined, now: Date): string | undefined {
  if (draft.due === 'none') return undefined;
  if (draft.due === 'other') return draft.dueAt ? isoOf(draft.dueAt) : undefined;
  const rounded = new Date(now);
  rounded.setSeconds(0, 0);
  return new Date(rounded.getTime() + dueMinutes(update)[draft.due] * 60_000).toISOString();
}

export function wordsOf(draft: CanDraft): number {
  const lines = [...draft.actions, ...draft.needs.filter(({ met }) => !met)].map(({ text }) => text);
  return wordCount([draft.conditions, draft.impact, ...lines]);
}

export function sideWord(side: Side): string {
  return side === 'customer' ? 'the customer' : side === 'vendor' ? 'support' : 'third parties';
}

/** `2026-11-20T09:54` in the reader's zone; empty for no time. */
export function localOf(iso: string | undefined): string {
  if (iso === undefined) return '';
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export function isoOf(local: string): string {
  return new Date(local).toISOString();
}
