import type { Collection } from '../format/collection';
import type { ManifestItem } from '../format/manifest';
import { describeStatus } from '../rules/engine';
import type { Rule } from '../rules/rule';
import { textOf } from '../rules/texts/texts';
import { plain } from './words';

/** One line about an item of the manifest. */
export const manifestLine = ({ item, path, status, detail }: ManifestItem): string =>
  `${plain(item).padEnd(26)}${status.padEnd(9)}${plain(path ?? '-')}${detail === null ? '' : `  (${plain(detail)})`}\n`;

/** Why an item cannot be shown, in a sentence. */
export function whyNotShown({ manifest }: Collection, item: string): string {
  const line = manifest.items.find((candidate) => candidate.item === item || candidate.path === item);
  if (!line) return `The collection holds no item or file "${plain(item)}".`;
  return `The collection holds nothing for "${plain(item)}": ${describeStatus(line)}.`;
}

/** A rule with its words, as data. */
export function describeRule(rule: Rule): object {
  const { id, version, target, kind, outcomes, thresholds, needs } = rule;
  const text = textOf(id);
  return {
    id,
    version,
    title: text.title,
    target,
    kind,
    urgent: rule.urgent === true,
    why: text.why,
    outcomes,
    thresholds,
    needs: {
      all: (needs.all ?? []).map(({ name }) => name),
      any: (needs.any ?? []).map(({ name }) => name),
      optional: (needs.optional ?? []).map(({ name }) => name),
      seesOtherSessions: needs.sees === 'all_stats',
    },
    remedy: text.remedy,
    sources: text.sources,
  };
}
