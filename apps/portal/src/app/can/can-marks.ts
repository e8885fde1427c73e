import type { CanAction, CanNeed } from '../api/types';
import { type ActionRow, type CanDraft, type EarlierReport, localOf, type NeedRow } from './can-draft';

/** How a line stands to the earlier report, and what it was there. */
export interface LineMark {
  readonly mark: 'new' | 'changed' | 'carried over';
  readonly was?: string;
}
export interface Tally {
  readonly carried: number;
  readonly changed: number;
  readonly added: number;
  readonly leftOut: number;
}

const STATUS_WORDS = { planned: 'planned', in_progress: 'in progress', done: 'done' } as const;
const SIDE_WORDS = { customer: 'customer', vendor: 'support', third_party: 'third party' } as const;

/** `time` writes an ISO time for the reader. */
export function actionMark(
  row: ActionRow,
  earlier: EarlierReport | undefined,
  time: (iso: string) => string,
): LineMark {
  const before = row.from === undefined ? undefined : earlier?.actions[row.from];
  if (!before) return { mark: 'new' };
  const was = [
    ...textWas(row.text, before.text),
    ...(row.status === before.status ? [] : [STATUS_WORDS[before.status]]),
    ...(row.owner === (before.owner ?? '') ? [] : [before.owner ?? 'nobody’s']),
    ...timeWas(row.at, before.eta, time),
  ];
  return changed(was);
}

export function needMark(row: NeedRow, earlier: EarlierReport | undefined, time: (iso: string) => string): LineMark {
  const before = needBefore(row, earlier);
  if (!before) return { mark: 'new' };
  const was = [
    ...textWas(row.text, before.text),
    ...(row.side === before.from ? [] : [`from ${SIDE_WORDS[before.from]}`]),
    ...(row.met ? ['open'] : []),
    ...timeWas(row.at, before.due, time),
  ];
  return changed(was);
}

/** Actions of the earlier report that the draft leaves out, with their line. */
export function actionsLeftOut(
  draft: CanDraft,
  earlier: EarlierReport | undefined,
): readonly { readonly action: CanAction; readonly from: number }[] {
  return (earlier?.actions ?? [])
    .map((action, from) => ({ action, from }))
    .filter(({ from }) => !draft.actions.some((row) => row.from === from));
}

export function needsLeftOut(draft: CanDraft, earlier: EarlierReport | undefined): readonly CanNeed[] {
  return (earlier?.openNeeds ?? []).filter(({ n }) => !draft.needs.some((row) => row.from === n));
}

/** Lines of the draft by how they stand to the earlier report. */
export function tallyOf(draft: CanDraft, earlier: EarlierReport | undefined): Tally {
  const marks = [
    ...draft.actions.map((row) => actionMark(row, earlier, String)),
    ...draft.needs.map((row) => needMark(row, earlier, String)),
  ];
  const changedLines = marks.filter(({ mark }) => mark === 'changed').length;
  const added = marks.filter(({ mark }) => mark === 'new').length;
  return {
    carried: marks.length - added,
    changed: changedLines,
    added,
    leftOut: actionsLeftOut(draft, earlier).length + needsLeftOut(draft, earlier).length,
  };
}

/** True for a need that the earlier report asked of the same side in the same words: it changes nobody's debt (D13). */
export function stoodOpen(row: NeedRow, earlier: EarlierReport | undefined): boolean {
  return (earlier?.openNeeds ?? []).some(({ text, from }) => text === row.text.trim() && from === row.side);
}

function needBefore(row: NeedRow, earlier: EarlierReport | undefined): CanNeed | undefined {
  return row.from === undefined ? undefined : earlier?.openNeeds.find(({ n }) => n === row.from);
}

function changed(was: readonly string[]): LineMark {
  return was.length === 0 ? { mark: 'carried over' } : { mark: 'changed', was: `was ${was.join(', ')}` };
}

function textWas(now: string, before: string | null): readonly string[] {
  return now.trim() === (before ?? '') ? [] : [`“${before ?? 'erased'}”`];
}

function timeWas(local: string, before: string | undefined, time: (iso: string) => string): readonly string[] {
  if (local === localOf(before)) return [];
  return [before === undefined ? 'without a time' : `by ${time(before)}`];
}
