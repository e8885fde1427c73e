import { items } from '../../format/items';
import { fail, info, notEvaluated, pass, rule, threshold } from '../rule';

const { hbaRules, passwordKinds, settings, ssl, roles, publicSchemaAcl } = items.pg;

interface HbaRow {
  readonly type: string | null;
  readonly address: string | null;
  readonly auth_method: string | null;
}

const isRemote = (row: HbaRow): boolean => {
  if (row.type?.startsWith('host') !== true) return false;
  const address = (row.address ?? '').toLowerCase();
  return !(
    address.startsWith('127.') ||
    address === '::1' ||
    address.startsWith('::1/') ||
    address === 'localhost' ||
    address === 'samehost'
  );
};

const lines = (rows: readonly { readonly line_number: number | null }[]): readonly string[] =>
  rows.map((row) => `line ${row.line_number ?? '?'}`);

const trust = rule({
  id: 'pg.hba.trust',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [hbaRules] },
  thresholds: {},
  outcomes: ['pass', 'fail:critical', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts.rows(hbaRules);
    const hits = rows.filter((row) => isRemote(row) && row.auth_method === 'trust');
    if (hits.length === 0) return pass({ rules: rows.length });
    return fail(
      'critical',
      { rules: lines(hits) },
      hits.slice(0, 5).map((row) => facts.evidence(hbaRules, row, 'auth_method')),
    );
  },
});

const cleartext = rule({
  id: 'pg.hba.cleartext',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [hbaRules] },
  thresholds: {},
  outcomes: ['pass', 'info', 'fail:high', 'not_evaluated'],
  run: ({ facts }) => {
    const rows = facts.rows(hbaRules);
    const clear = rows.filter(
      (row) => row.auth_method === 'password' && (row.type === 'host' || row.type === 'hostnossl'),
    );
    if (clear.length > 0)
      return fail(
        'high',
        { rules: lines(clear) },
        clear.slice(0, 5).map((row) => facts.evidence(hbaRules, row, 'auth_method')),
      );
    const md5 = rows.filter((row) => row.auth_method === 'md5');
    if (md5.length === 0) return pass({ rules: rows.length });
    return info(
      { rules: lines(md5) },
      md5.slice(0, 5).map((row) => facts.evidence(hbaRules, row, 'auth_method')),
    );
  },
});

const md5 = rule({
  id: 'pg.password.md5',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [passwordKinds] },
  thresholds: { warning_roles: threshold(0, 'count', 'warning above this number of roles') },
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const hits = facts.rows(passwordKinds).filter((row) => row.kind === 'md5');
    const count = hits.reduce((sum, row) => sum + row.roles, 0);
    if (count <= limits.warning_roles) return pass({ roles: count });
    return fail(
      'warning',
      { roles: count },
      hits.map((row) => facts.evidence(passwordKinds, row, 'roles')),
    );
  },
});

const LOCAL = new Set(['localhost', '127.0.0.1', '::1', '']);

const tls = rule({
  id: 'pg.tls.off',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [settings], optional: [ssl] },
  thresholds: {},
  outcomes: ['pass', 'fail:high', 'not_evaluated'],
  run: ({ facts }) => {
    const enabled = facts.settingText('ssl');
    const listen = facts.settingText('listen_addresses');
    if (enabled === null || listen === null) return notEvaluated('ssl or listen_addresses was not collected.');
    const remote = listen.split(',').some((address) => !LOCAL.has(address.trim()));
    const found = { ssl: enabled, listen_addresses: listen };
    const evidence = facts.settingEvidence('ssl', 'listen_addresses');
    return enabled === 'off' && remote ? fail('high', found, evidence) : pass(found, evidence);
  },
});

const superusers = rule({
  id: 'pg.superusers',
  version: 1,
  target: 'postgresql',
  kind: 'semi_automated',
  needs: { all: [roles] },
  thresholds: { warning_roles: threshold(3, 'count', 'warning above this number of superusers who may log in') },
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts, limits }) => {
    const rows = facts.rows(roles).filter((row) => row.rolsuper === true && row.rolcanlogin === true);
    const count = rows.reduce((sum, row) => sum + row.roles, 0);
    const evidence = rows.map((row) => facts.evidence(roles, row, 'roles'));
    return count > limits.warning_roles
      ? fail('warning', { superusers: count }, evidence)
      : pass({ superusers: count }, evidence);
  },
});

const publicCreate = rule({
  id: 'pg.public.create',
  version: 1,
  target: 'postgresql',
  kind: 'automated',
  needs: { all: [publicSchemaAcl] },
  thresholds: {},
  outcomes: ['pass', 'fail:warning', 'not_evaluated'],
  run: ({ facts }) => {
    const hits = facts.rows(publicSchemaAcl).filter((row) => row.public_can_create);
    if (hits.length === 0) return pass({ databases: 0 });
    const names = hits.map((row) => facts.databaseOf(publicSchemaAcl, row));
    const evidence = hits.slice(0, 5).map((row) => facts.evidence(publicSchemaAcl, row, 'public_can_create'));
    return fail('warning', { databases: hits.length, names }, evidence);
  },
});

export const securityRules = [trust, cleartext, md5, tls, superusers, publicCreate] as const;
