import type { Collection } from '../format/collection';
import { items } from '../format/items';
import { bundledReference, type Reference } from '../reference/reference';
import { Facts } from '../rules/facts';
import type { Rule } from '../rules/rule';
import { makeReport, type Report, type ReportFinding } from '../report/report';

/** One thing that differs; null where it is absent. */
export interface Change {
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Where the new value comes from, such as "configuration file". */
  readonly source?: string;
  /** True when the value counts only after a restart of the server. */
  readonly needsRestart?: boolean;
}

export interface CollectionDiff {
  readonly before: Report['collection'];
  readonly after: Report['collection'];
  /** False when the two come from different clusters, such as a primary and an unrelated server. */
  readonly sameCluster: boolean | null;
  readonly versions: readonly Change[];
  readonly settings: readonly Change[];
  readonly extensions: readonly Change[];
  readonly hbaRules: readonly Change[];
  readonly roles: readonly Change[];
  readonly packages: readonly Change[];
  readonly findings: readonly Change[];
}

/** What changed between two collections of one server, or what differs between two servers. Pure. */
export function diffCollections(
  before: Collection,
  after: Collection,
  rules: readonly Rule[],
  reference: Reference = bundledReference,
): CollectionDiff {
  const [a, b] = [new Facts(before), new Facts(after)];
  const reports = [makeReport(before, { rules, reference }), makeReport(after, { rules, reference })] as const;
  const [idA, idB] = [a, b].map((facts) => facts.one(items.pg.instance)?.system_identifier ?? null);
  return {
    before: reports[0].collection,
    after: reports[1].collection,
    sameCluster: idA == null || idB == null ? null : idA === idB,
    versions: changes(versions(a), versions(b)),
    settings: settingChanges(a, b),
    extensions: changes(extensions(a), extensions(b)),
    hbaRules: bothHave(a, b, items.pg.hbaRules.name) ? changes(hbaRules(a), hbaRules(b)) : [],
    roles: changes(roles(a), roles(b)),
    packages: changes(pairs(a, 'packages'), pairs(b, 'packages')),
    findings: changes(results(reports[0].findings), results(reports[1].findings)),
  };
}

/** An unread item is no removed item: without both sides nothing is said. */
const bothHave = (a: Facts, b: Facts, name: string): boolean =>
  [a, b].every(({ collection }) => (collection.parts[name] ?? []).some(({ status }) => status === 'ok'));

function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly Change[] {
  if (before.size === 0 || after.size === 0) return [];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((what) => {
    const [old, recent] = [before.get(what) ?? null, after.get(what) ?? null];
    return old === recent ? [] : [{ what, before: old, after: recent }];
  });
}

type SettingRow = NonNullable<ReturnType<Facts['setting']>>;

const valueOf = (row: SettingRow): string =>
  row.withheld === true
    ? row.is_set === true
      ? '(set, withheld)'
      : '(not set)'
    : `${row.setting ?? ''}${row.unit === null ? '' : ` ${row.unit}`}`;

function settingChanges(a: Facts, b: Facts): readonly Change[] {
  const rows = new Map(b.rows(items.pg.settings).map((row) => [row.name, row]));
  const before = new Map(a.rows(items.pg.settings).map((row) => [row.name, valueOf(row)]));
  const after = new Map([...rows].map(([name, row]) => [name, valueOf(row)]));
  const plain = changes(before, after).map((change) => {
    const row = rows.get(change.what);
    if (!row) return change;
    return {
      ...change,
      ...(row.source === null ? {} : { source: row.source }),
      needsRestart: row.context === 'postmaster',
    };
  });
  // A value that waits for a restart still shows the old value: the change is the waiting.
  const waiting = [...rows.values()]
    .filter((row) => row.pending_restart === true && a.setting(row.name)?.pending_restart !== true)
    .map((row) => ({
      what: row.name,
      before: 'in force',
      after: 'changed in the files, waits for a restart',
      needsRestart: true,
    }));
  return [...plain, ...waiting];
}

function versions(facts: Facts): ReadonlyMap<string, string> {
  const instance = facts.one(items.pg.instance);
  const found: [string, string | number | boolean | null | undefined][] = [
    ['server_version', instance?.server_version ?? instance?.server_version_num],
    ['flavour', instance?.flavour],
    ['standby', instance?.in_recovery],
    [
      'operating system',
      [facts.value(items.host.osRelease, 'ID'), facts.value(items.host.osRelease, 'VERSION_ID')]
        .filter((part) => part !== null)
        .join(' '),
    ],
    ['kernel', facts.value(items.host.uname, 'kernel_release')],
    ['barman', facts.one(items.barman.version)?.text],
  ];
  return new Map(
    found.flatMap(([name, value]) => (value == null || value === '' ? [] : [[name, String(value)] as const])),
  );
}

const extensions = (facts: Facts): ReadonlyMap<string, string> =>
  new Map(
    facts
      .rows(items.pg.extensions)
      .map((row) => [`${facts.databaseOf(items.pg.extensions, row)}: ${row.name}`, row.version ?? 'unknown']),
  );

/** Rules have no names: a rule is its own text, so a changed one shows as removed and added. */
const hbaRules = (facts: Facts): ReadonlyMap<string, string> =>
  new Map(
    facts
      .rows(items.pg.hbaRules)
      .map((row) => [
        [
          row.type,
          (row.database ?? []).join(','),
          (row.user_name ?? []).join(','),
          row.address ?? '',
          row.netmask ?? '',
          row.auth_method,
        ]
          .filter((part) => part !== null && part !== '')
          .join(' '),
        'present',
      ]),
  );

function roles(facts: Facts): ReadonlyMap<string, string> {
  const rows = facts.rows(items.pg.roles);
  if (rows.length === 0) return new Map();
  const count = (test: (row: (typeof rows)[number]) => boolean) =>
    String(rows.filter(test).reduce((sum, row) => sum + row.roles, 0));
  return new Map([
    ['roles', count(() => true)],
    ['roles that may log in', count((row) => row.rolcanlogin === true)],
    ['superusers', count((row) => row.rolsuper === true)],
  ]);
}

const pairs = (facts: Facts, name: 'packages'): ReadonlyMap<string, string> =>
  new Map(facts.rows(items.host[name]).map(({ key, value }) => [key, value ?? '']));

const results = (findings: readonly ReportFinding[]): ReadonlyMap<string, string> =>
  new Map(
    findings.map((finding) => [
      finding.rule,
      `${finding.outcome}${finding.severity === undefined ? '' : ` ${finding.severity}`}`,
    ]),
  );

/** The sections of a diff with their titles, in order. */
export const diffSections = (
  diff: CollectionDiff,
): readonly (readonly [title: string, changes: readonly Change[]])[] => [
  ['Versions', diff.versions],
  ['Settings', diff.settings],
  ['Extensions', diff.extensions],
  ['Rules of pg_hba.conf', diff.hbaRules],
  ['Roles', diff.roles],
  ['Packages', diff.packages],
  ['Findings', diff.findings],
];
