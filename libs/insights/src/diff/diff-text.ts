import { plain, timeText } from '../report/words';
import { diffSections, type Change, type CollectionDiff } from './diff';

/** A diff for a terminal. */
export function diffText(diff: CollectionDiff): string {
  const sections = diffSections(diff).filter(([, changes]) => changes.length > 0);
  return `${[
    `Before: ${plain(diff.before.host)}, ${timeText(diff.before.takenAt)}`,
    `After:  ${plain(diff.after.host)}, ${timeText(diff.after.takenAt)}`,
    ...(diff.sameCluster === false ? ['The two collections come from different clusters.'] : []),
    ...(sections.length === 0 ? ['Nothing that is compared has changed.'] : []),
    ...sections.map(([title, changes]) => `\n${title} (${changes.length})\n${changes.map(line).join('\n')}`),
  ].join('\n')}\n`;
}

function line({ what, before, after, source, needsRestart }: Change): string {
  const notes = [
    ...(source === undefined ? [] : [`from ${source}`]),
    ...(needsRestart === true ? ['needs a restart'] : []),
  ];
  const change =
    before === null ? `added, ${after ?? ''}` : after === null ? `removed, was ${before}` : `${before} -> ${after}`;
  return `  ${plain(what)}: ${plain(change)}${notes.length === 0 ? '' : ` (${plain(notes.join(', '))})`}`;
}
