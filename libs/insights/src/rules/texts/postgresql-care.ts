import { manual, source, type RuleText } from './rule-text';

const hba = manual('auth-pg-hba-conf', 'The pg_hba.conf File');
const passwords = manual('auth-password', 'Password Authentication');
const cis = source('CIS PostgreSQL Benchmark');

/** Configuration, security, objects, Advanced Server, Postgres Distributed. */
export const careTexts: Readonly<Record<string, RuleText>> = {
  'pg.restart.pending': {
    title: 'Settings await a restart',
    why: 'A changed setting that needs a restart is not in force; the next unplanned restart changes behaviour.',
    says: { pass: 'No setting waits for a restart.', fail: '{settings} settings wait for a restart: {names|list}.' },
    remedy: ['Plan a restart, or take the change back.'],
    sources: [manual('view-pg-settings', 'pg_settings')],
  },
  'pg.config.errors': {
    title: 'Errors in configuration files',
    why: 'With an error in its files the server ignores a reload and may not start again.',
    says: { pass: 'The configuration files have no errors.', fail: '{errors} errors: {where|list}.' },
    remedy: ['Correct the file, reload, and look at pg_file_settings again.'],
    sources: [manual('view-pg-file-settings', 'pg_file_settings')],
  },
  'pg.logging.basic': {
    title: 'Basic logging',
    why: 'Without checkpoint and lock wait messages the log cannot explain a slow hour afterwards.',
    says: { pass: 'log_checkpoints and log_lock_waits are on.', info: 'Off: {off|list}.' },
    remedy: ['Set log_checkpoints = on and log_lock_waits = on, then reload.'],
    sources: [manual('runtime-config-logging', 'Error Reporting and Logging')],
  },
  'pg.hba.trust': {
    title: 'Remote trust',
    why: 'With the method trust anyone who reaches the port becomes any role, without a password.',
    says: {
      pass: 'None of {rules} rules trusts a remote address.',
      fail: 'Rules that trust remote addresses: {rules|list}.',
    },
    remedy: ['Replace trust by scram-sha-256 in pg_hba.conf and reload.'],
    sources: [hba, cis],
  },
  'pg.hba.cleartext': {
    title: 'Cleartext passwords',
    why: 'The method password sends the password in clear text unless the connection is encrypted; md5 is deprecated.',
    says: {
      pass: 'No rule asks for passwords in clear text.',
      info: 'Rules that still use md5: {rules|list}.',
      fail: 'Rules that ask for passwords in clear text: {rules|list}.',
    },
    remedy: ['Use scram-sha-256, and hostssl instead of host.'],
    sources: [hba, passwords],
  },
  'pg.password.md5': {
    title: 'MD5 passwords',
    why: 'Passwords stored as MD5 can be used as they are and broken fast; support for them will be removed.',
    says: { pass: 'No role has an MD5 password.', fail: '{roles} roles have an MD5 password.' },
    remedy: [
      'Set password_encryption = scram-sha-256 and let each role set its password again.',
      'Check first that all drivers support SCRAM.',
    ],
    sources: [passwords, manual('release-18', 'Release Notes 18')],
  },
  'pg.tls.off': {
    title: 'TLS disabled',
    why: 'Without TLS passwords and data cross the network in the clear.',
    says: {
      pass: 'ssl is {ssl}, listen_addresses is {listen_addresses}.',
      fail: 'ssl is off and the server listens on {listen_addresses}.',
    },
    remedy: ['Install a certificate, set ssl = on, reload, and use hostssl rules.'],
    sources: [manual('ssl-tcp', 'Secure TCP/IP Connections with SSL')],
  },
  'pg.superusers': {
    title: 'Many superusers',
    why: 'Each superuser who may log in can read and change everything, and step out to the operating system.',
    says: { pass: '{superusers} superusers may log in.', fail: '{superusers} superusers may log in.' },
    remedy: [
      'Give applications and people ordinary roles with the predefined roles they need (pg_monitor, pg_read_all_data, …).',
    ],
    sources: [manual('predefined-roles', 'Predefined Roles'), cis],
  },
  'pg.public.create': {
    title: 'Open public schema',
    why: 'Where everyone may create objects in the schema public, one role can make another run its code.',
    says: {
      pass: 'PUBLIC may not create in the schema public.',
      fail: 'PUBLIC may create in the schema public of {names|list}.',
    },
    remedy: ['REVOKE CREATE ON SCHEMA public FROM PUBLIC; and grant it to those who need it.'],
    sources: [manual('ddl-schemas', 'Schemas, Usage Patterns')],
  },
  'pg.index.invalid': {
    title: 'Invalid indexes',
    why: 'An index whose concurrent build failed is maintained on every write but never used.',
    says: { pass: 'No index is invalid.', fail: '{indexes} invalid indexes, {bytes|bytes}: {names|list}.' },
    remedy: ['REINDEX INDEX CONCURRENTLY, or DROP INDEX CONCURRENTLY.'],
    sources: [manual('sql-reindex', 'REINDEX'), source('postgres-checkup H001')],
  },
  'pg.index.duplicate': {
    title: 'Duplicate indexes',
    why: 'Two indexes with the same definition cost writes and space twice.',
    says: { pass: 'No index has a duplicate.', info: '{indexes} duplicate indexes, {bytes|bytes}: {names|list}.' },
    remedy: ['Drop one of each pair with DROP INDEX CONCURRENTLY; keep the one that a constraint needs.'],
    sources: [source('postgres-checkup H004')],
  },
  'pg.index.unused': {
    title: 'Unused indexes',
    why: 'An index nobody reads still costs every write and every vacuum.',
    says: { pass: 'No large index is unused.', info: '{indexes} unused indexes, {bytes|bytes}: {names|list}.' },
    remedy: ['Check that standbys do not use them either and that a rare job does not; then drop them.'],
    sources: [source('postgres-checkup H002')],
  },
  'pg.fk.unindexed': {
    title: 'Unindexed foreign keys',
    why: 'Deleting or changing a referenced row scans the whole referencing table when no index covers the key.',
    says: {
      pass: 'Every foreign key of a large table has an index.',
      info: '{constraints} foreign keys without index: {names|list}.',
    },
    remedy: ['CREATE INDEX CONCURRENTLY on the referencing columns, if referenced rows are ever deleted.'],
    sources: [source('postgres-checkup H003')],
  },
  'pg.sequence.full': {
    title: 'Sequence exhaustion',
    why: 'When a sequence reaches its end every insert fails.',
    says: {
      pass: 'No sequence is close to its end (most used {most_percent} %).',
      fail: '{sequences} sequences are close to their end: {names|list}.',
    },
    remedy: ['Change the column and its sequence to bigint; plan it, as the table is rewritten.'],
    sources: [source('postgres-checkup L003'), source('check_postgres, sequence')],
  },
  'pg.extension.outdated': {
    title: 'Extension behind its package',
    why: 'After a package update the extension inside the database stays at the old version until it is updated there.',
    says: {
      pass: 'All extensions are at the version of their packages.',
      info: '{extensions} extensions are behind: {names|list}.',
    },
    remedy: ['ALTER EXTENSION … UPDATE; in each database, after reading its release notes.'],
    sources: [manual('sql-alterextension', 'ALTER EXTENSION')],
  },
  'epas.version.minor': {
    title: 'Advanced Server minor release',
    why: 'Minor releases of Advanced Server carry the fixes of PostgreSQL and its own.',
    says: {
      pass: '{installed} is the newest minor release known on {releases_as_of}.',
      fail: '{installed} is installed; {latest} is known.',
    },
    remedy: ['Install the packages of the newest minor release and restart the server.'],
    sources: [
      source(
        'EDB Postgres Advanced Server release notes',
        'https://www.enterprisedb.com/docs/epas/latest/epas_rel_notes/',
      ),
    ],
  },
  'epas.audit': {
    title: 'Advanced Server auditing',
    why: 'Where auditing is required, edb_audit must not be none.',
    says: { pass: 'edb_audit is {edb_audit}.', info: 'edb_audit is {edb_audit}.' },
    remedy: ['If auditing is required: set edb_audit to csv, xml or json and reload.'],
    sources: [
      source(
        'EDB Postgres Advanced Server: audit logging',
        'https://www.enterprisedb.com/docs/epas/latest/epas_security_guide/',
      ),
    ],
  },
  'pgd.raft': {
    title: 'Raft consensus',
    why: 'Without consensus global locks, sequences and DDL stop in the whole group.',
    says: { pass: 'Consensus is OK ({groups} groups).', fail: 'Consensus: {status|list}.' },
    remedy: ['Check that more than half of the nodes are up and reach each other.'],
    sources: [
      source('EDB Postgres Distributed: monitoring', 'https://www.enterprisedb.com/docs/pgd/latest/monitoring/sql/'),
    ],
  },
  'pgd.versions': {
    title: 'Mixed Postgres Distributed versions',
    why: 'Nodes of different versions are meant for the time of an upgrade only.',
    says: { pass: 'All nodes run the same version.', fail: 'Versions: {status|list}.' },
    remedy: ['Finish the upgrade on the remaining nodes.'],
    sources: [
      source('EDB Postgres Distributed: monitoring', 'https://www.enterprisedb.com/docs/pgd/latest/monitoring/sql/'),
    ],
  },
  'pgd.slots': {
    title: 'Postgres Distributed slots',
    why: 'A slot of the group that is not served keeps WAL; the node behind it may be down.',
    says: { pass: 'All slots of the group are served.', fail: 'Slots: {status|list}.' },
    remedy: ['Look at the node on the other side; part it from the group if it will not come back.'],
    sources: [
      source('EDB Postgres Distributed: monitoring', 'https://www.enterprisedb.com/docs/pgd/latest/monitoring/sql/'),
    ],
  },
};
