import { items } from '../format/items';
import { describeStatus } from './engine';
import type { Facts } from './facts';
import { info, notApplicable, pass, rule } from './rule';

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
    const unread = lines
      .filter(({ status }) => UNREAD.has(status))
      .map(({ item, status, detail }) => `${item}: ${describeStatus({ status, detail })}`);
    const broken = Object.entries(facts.collection.parts).flatMap(([item, parts]) =>
      parts.flatMap((part) => (part.status === 'invalid' ? [`${item}: ${describeStatus(part)}`] : [])),
    );
    const missing = [...new Set([...unread, ...broken])];
    const found = { items: lines.length, missing: missing.length };
    return missing.length === 0 ? pass(found) : info({ ...found, names: missing });
  },
});

/** Compares collections: a server whose system identifier no Barman collection of the same report knows. */
const orphan = rule({
  id: 'barman.systemid.orphan',
  version: 1,
  target: 'fleet',
  kind: 'semi_automated',
  needs: {},
  thresholds: {},
  outcomes: ['pass', 'info', 'not_applicable'],
  run: ({ facts, others }) => {
    const row = facts.one(items.pg.instance);
    const identifier = row?.system_identifier ?? null;
    const barmans = others.filter((other) => other.has(items.barman.servers));
    if (row === null || identifier === null) return notApplicable('The collection names no system identifier.');
    if (barmans.length === 0) return notApplicable('The report holds no Barman collection to compare with.');
    const known = new Set(barmans.flatMap(systemIdentifiers));
    const found = { system_identifier: identifier, known: known.size };
    const evidence = [facts.evidence(items.pg.instance, row, 'system_identifier')];
    return known.has(identifier) ? pass(found, evidence) : info(found, evidence);
  },
});

const systemIdentifiers = (barman: Facts): readonly string[] =>
  barman
    .rows(items.barman.servers)
    .flatMap(({ key, value }) => (/systemid$/.test(key) && /^\d+$/.test(value ?? '') ? [value ?? ''] : []));

export const wholeRules = [access, orphan] as const;
