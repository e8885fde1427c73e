import type { Collection } from '../format/collection';
import { bundledReference } from '../reference/reference';
import { compareVersions, isAffected, versionOf } from '../reference/versions';
import { buildCollection } from '../testing/build-collection';
import { evaluate } from './engine';
import { checkOverrides } from './overrides';
import { ruleById } from '../testing/fixtures/fixture';
import { allRules } from './rules';
import { rule } from './rule';

const one = (collection: Collection, id: string, overrides = {}) =>
  evaluate(collection, [ruleById(id)], bundledReference, overrides)[0]!.outcome;

/** A collection whose per-database item has a second database in the given state. */
function withSecondDatabase(item: string, status: 'ok' | 'denied', detail: string | null): Collection {
  const collection = buildCollection();
  const [first] = collection.parts[item]!;
  const second = {
    ...first!,
    oid: '20000',
    path: first!.path.replace('16384', '20000'),
    status,
    detail,
    rows: [],
    lines: [],
  };
  return { ...collection, parts: { ...collection.parts, [item]: [first!, second] } };
}

describe('the engine', () => {
  it('gives the same answers every time and leaves the collection alone', () => {
    const collection = buildCollection();
    const before = JSON.stringify(collection);
    const [first, second] = [1, 2].map(() => JSON.stringify(evaluate(collection, allRules, bundledReference)));
    expect(first).toBe(second);
    expect(JSON.stringify(collection)).toBe(before);
  });

  it('answers "error" for a rule that throws, and goes on', () => {
    const broken = rule({
      id: 'broken',
      version: 1,
      target: 'collection',
      kind: 'automated',
      needs: {},
      thresholds: {},
      outcomes: ['pass'],
      run: () => {
        throw new Error('out of luck');
      },
    });
    const answers = evaluate(buildCollection(), [broken, ruleById('pg.fsync')], bundledReference);
    expect(answers.map(({ outcome }) => outcome.outcome)).toEqual(['error', 'pass']);
    expect(answers[0]!.outcome).toMatchObject({ reason: 'The rule stopped: out of luck' });
  });

  it('does not pass when one of several databases could not be read', () => {
    expect(one(withSecondDatabase('db.public_schema_acl', 'ok', null), 'pg.public.create').outcome).toBe('pass');
    expect(one(withSecondDatabase('db.public_schema_acl', 'denied', 'connect'), 'pg.public.create')).toMatchObject({
      outcome: 'not_evaluated',
      reason: expect.stringContaining('for 1 of 2 databases: permission denied (connect)') as string,
    });
  });

  it('does not pass when there were more databases than the collector reads', () => {
    const collection = buildCollection();
    const line = {
      item: 'db.databases',
      path: null,
      status: 'skipped',
      detail: 'more_than_50',
      bytes: null,
      sha256: null,
      truncated: true,
    } as const;
    const items = [...collection.manifest.items, line];
    const more = { ...collection, manifest: { ...collection.manifest, items } };
    expect(one(more, 'pg.index.invalid').outcome).toBe('not_evaluated');
    expect(one(more, 'pg.fsync').outcome).toBe('pass');
  });

  it('does not pass on an item that was read in part, but does when only foreign columns are hidden', () => {
    expect(
      one(buildCollection({ unread: { 'pg.databases': ['partial', 'timeout'] } }), 'pg.xid.wraparound').outcome,
    ).toBe('not_evaluated');
    expect(
      one(buildCollection({ unread: { 'pg.databases': ['partial', 'hidden_from_role'] } }), 'pg.xid.wraparound')
        .outcome,
    ).toBe('pass');
  });

  it('still fails on an item that was read in part', () => {
    const old = { rows: { 'pg.databases': [{ xid_age: 1_700_000_000 }] } };
    expect(
      one(buildCollection({ ...old, unread: { 'pg.databases': ['partial', 'timeout'] } }), 'pg.xid.wraparound').outcome,
    ).toBe('fail');
  });

  it('says why an item was skipped', () => {
    const skipped = buildCollection({ unread: { 'db.tables_top': ['skipped', 'depth'] } });
    expect(one(skipped, 'pg.dead_rows')).toMatchObject({ reason: 'db.tables_top: not collected at this depth.' });
  });

  it('names the grant that helps', () => {
    const denied = buildCollection({
      unread: { 'pg.hba_rules': ['denied', '42501'] },
      rows: { 'pg.instance': [{ role: 'odd "role"' }] },
    });
    expect(one(denied, 'pg.hba.trust')).toMatchObject({
      remedy: expect.stringContaining('TO "odd ""role""";') as string,
    });
  });

  it('names the oldest tables of a database in danger of wraparound', () => {
    const rows = {
      'pg.databases': [{ xid_age: 1_700_000_000 }],
      'db.freeze_top': [
        { table: 'public.a', xid_age: 5 },
        { table: 'public.b', xid_age: 1_700_000_000 },
      ],
    };
    expect(one(buildCollection({ rows }), 'pg.xid.wraparound')).toMatchObject({
      found: { tables: ['public.b (1,700,000,000)', 'public.a (5)'] },
    });
  });

  it('points at file, line and column', () => {
    const collection = buildCollection({ rows: { 'pg.slots': [{}, { slot_name: 'b', wal_status: 'lost' }] } });
    expect(one(collection, 'pg.slot.lost')).toMatchObject({
      evidence: [{ file: 'postgresql/slots.ndjson', line: 2, column: 'wal_status' }],
    });
  });
});

describe('thresholds', () => {
  const clients = buildCollection({ rows: { 'pg.connections': [{ client_backends: 60 }] } });

  it('can be overridden per rule', () => {
    expect(one(clients, 'pg.connections.used').outcome).toBe('pass');
    expect(one(clients, 'pg.connections.used', { 'pg.connections.used': { warning_percent: 50 } })).toMatchObject({
      outcome: 'fail',
      severity: 'warning',
    });
    expect(one(clients, 'pg.connections.used', { 'pg.connections.max': { warning_connections: 1 } }).outcome).toBe(
      'pass',
    );
  });

  it.each([
    [[], 'must be an object'],
    [{ 'pg.nothing': {} }, 'no rule "pg.nothing"'],
    [{ 'pg.connections.used': 90 }, 'must be an object'],
    [{ 'pg.connections.used': { toString: 1 } }, 'no threshold "toString"'],
    [{ 'pg.connections.used': { critical_percent: '90' } }, 'must be a number'],
  ])('are refused when wrong: %j', (json, sentence) => {
    expect(() => checkOverrides(json, allRules)).toThrow(sentence);
  });
});

describe('versions', () => {
  it('are read from server_version_num, old and new', () => {
    expect([150018, 180006, 90624, 100023].map(versionOf)).toEqual([
      { major: '15', minor: 18 },
      { major: '18', minor: 6 },
      { major: '9.6', minor: 24 },
      { major: '10', minor: 23 },
    ]);
  });

  it('are compared by number, not as text', () => {
    expect(compareVersions('15.9', '15.18')).toBeLessThan(0);
    expect(compareVersions('9.6.24', '10')).toBeLessThan(0);
    expect(compareVersions('18', '18.0')).toBe(0);
  });

  it('are affected inside a range, up to the fix; 0 stands for every older major', () => {
    const ranges = [
      { from: '18', before: '18.5' },
      { from: '0', before: '14.24' },
    ];
    expect(
      ['18.4', '18.5', '18.6', '15.3', '14.23', '14.24', '9.6.24'].map((text) => {
        const parts = text.split('.');
        return isAffected({ major: parts.slice(0, -1).join('.'), minor: Number(parts.at(-1)) }, ranges);
      }),
    ).toEqual([true, false, false, false, true, false, true]);
  });
});

describe('reference data', () => {
  it('names a source for every value', () => {
    const { releases, epas, cves, os } = bundledReference;
    for (const file of [releases, epas])
      for (const release of file.releases)
        for (const value of [release.latestMinor, release.firstRelease, release.finalRelease])
          if (value) expect(Object.keys(file.sources)).toContain(value.source);
    for (const cve of cves.cves) expect(Object.keys(cves.sources)).toContain(cve.source);
    for (const system of os.systems) expect(Object.keys(os.sources)).toContain(system.end.source);
  });

  it('takes vulnerability numbers of four and more digits', () => {
    expect(bundledReference.cves.cves.map(({ id }) => id)).toContain('CVE-2026-116303');
    for (const { id } of bundledReference.cves.cves) expect(id).toMatch(/^CVE-\d{4}-\d{4,}$/);
  });
});
