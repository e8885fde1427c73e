import { allRules } from '../rules/rules';
import { buildCollection, type Given } from '../testing/build-collection';
import { diffCollections } from './diff';
import { diffText } from './diff-text';

const diff = (before: Given, after: Given) =>
  diffCollections(buildCollection(before), buildCollection(after), allRules);

describe('a diff', () => {
  it('says that nothing changed', () => {
    const same = diff({}, {});
    expect(Object.values(same).flatMap((part: unknown) => (Array.isArray(part) ? (part as unknown[]) : []))).toEqual(
      [],
    );
    expect(diffText(same)).toContain('Nothing that is compared has changed.');
  });

  it('names changed settings with source and need of a restart', () => {
    const { settings, findings } = diff(
      {},
      {
        settings: {
          autovacuum: 'off',
          shared_buffers: { setting: '1048576', unit: '8kB', context: 'postmaster', source: 'configuration file' },
          log_lock_waits: null,
        },
      },
    );
    expect(settings).toEqual([
      { what: 'autovacuum', before: 'on', after: 'off', source: 'configuration file', needsRestart: false },
      { what: 'log_lock_waits', before: 'on', after: null },
      {
        what: 'shared_buffers',
        before: '524288 8kB',
        after: '1048576 8kB',
        source: 'configuration file',
        needsRestart: true,
      },
    ]);
    expect(findings.map(({ what, before, after }) => [what, before, after])).toContainEqual([
      'pg.autovacuum.enabled',
      'pass',
      'fail critical',
    ]);
  });

  it('shows a change that waits for a restart although the value in force is the same', () => {
    const { settings } = diff({}, { settings: { max_connections: { setting: '103', pending_restart: true } } });
    expect(settings).toEqual([expect.objectContaining({ what: 'max_connections', needsRestart: true })]);
  });

  it('compares a withheld setting by whether it is set, never by value', () => {
    const { settings } = diff(
      { settings: { primary_conninfo: { withheld: true, is_set: false } } },
      { settings: { primary_conninfo: { withheld: true, is_set: true } } },
    );
    expect(settings).toEqual([expect.objectContaining({ before: '(not set)', after: '(set, withheld)' })]);
  });

  it('names versions, extensions and rules of pg_hba.conf', () => {
    const changed = diff(
      { rows: { 'pg.instance': [{ server_version: '17.11' }], 'pg.hba_rules': [{}] } },
      {
        rows: {
          'pg.instance': [{ server_version: '17.12' }],
          'pg.hba_rules': [{ auth_method: 'trust' }],
          'db.extensions': [{ version: '1.1' }],
        },
      },
    );
    expect(changed.versions).toEqual([{ what: 'server_version', before: '17.11', after: '17.12' }]);
    expect(changed.extensions).toEqual([{ what: 'orders: plpgsql', before: '1.0', after: '1.1' }]);
    expect(changed.hbaRules).toHaveLength(2);
  });

  it('takes an unread item for unread, not for removed', () => {
    expect(
      diff({}, { unread: { 'pg.hba_rules': ['denied', '42501'], 'pg.settings': ['denied', '42501'] } }),
    ).toMatchObject({ hbaRules: [], settings: [] });
  });

  it('says when the two come from different clusters', () => {
    const other = diff({}, { rows: { 'pg.instance': [{ system_identifier: '1' }] } });
    expect(other.sameCluster).toBe(false);
    expect(diffText(other)).toContain('different clusters');
  });
});
