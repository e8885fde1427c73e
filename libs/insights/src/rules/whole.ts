import { items } from '../format/items';
import { statusText } from './engine';
import { Facts } from './facts';
import { info, notApplicable, pass, rule, type Outcome } from './rule';

const UNREAD = new Set(['denied', 'timeout', 'error']);

const access = rule({
  id: 'collection.access',
  version: 1,
  target: 'collection',
  kind: 'automated',
  needs: {},
  thresholds: {},
  outcomes: ['pass', 'info'],
  run: ({ facts }) => {
    const lines = facts.collection.manifest.items;
    const unread = lines.filter(({ status }) => UNREAD.has(status)).map(({ item, status, detail }) => `${item}: ${statusText({ status, detail })}`);
    const broken = Object.entries(facts.collection.parts).flatMap(([item, parts]) =>
      parts.flatMap((part) => (part.status === 'invalid' ? [`${item}: ${statusText(part)}`] : [])),
    );
    const missing = [...new Set([...unread, ...broken])];
    const found = { items: lines.length, missing: missing.length };
    return missing.length === 0 ? pass(found) : info({ ...found, names: missing });
  },
});

/**
 * Looks at several collections at once: a server whose system identifier no Barman collection knows. Run over one
 * collection alone it does not apply.
 */
const orphan = rule({
  id: 'barman.systemid.orphan',
  version: 1,
  target: 'fleet',
  kind: 'semi_automated',
  needs: {},
  thresholds: {},
  outcomes: ['pass', 'info', 'not_applicable'],
  run: () => notApplicable('This test compares several collections; give a Barman collection together with those of its servers.'),
});

/** The fleet test for one collection among others; null when it does not change the single answer. */
export function orphanOutcome(facts: Facts, others: readonly Facts[]): Outcome | null {
  const row = facts.one(items.pg.instance);
  const identifier = row?.system_identifier ?? null;
  const barmans = others.filter((other) => other.has(items.barman.servers));
  if (row === null || identifier === null || barmans.length === 0) return null;
  const known = new Set(
    barmans.flatMap((barman) =>
      barman.rows(items.barman.servers).flatMap(({ key, value }) => (/system_?id/.test(key) && value !== null ? [value] : [])),
    ),
  );
  const found = { system_identifier: identifier, known: known.size };
  const evidence = [facts.evidence(items.pg.instance, row, 'system_identifier')];
  return known.has(identifier) ? pass(found, evidence) : info(found, evidence);
}

export const wholeRules = [access, orphan] as const;
