'use strict';
// Distinct secrets, planted everywhere that a PostgreSQL or Barman server can hold one.
const { randomBytes } = require('crypto');
const { appendFileSync, writeFileSync } = require('fs');
const path = require('path');

/** Secrets by the place they are planted in; each is one word of letters and digits, so that no escaping hides it. */
class Canaries {
  constructor() {
    this.secrets = new Map();
  }

  /** A new secret for a place; the same one when the place has one. */
  of(place) {
    if (!this.secrets.has(place)) this.secrets.set(place, `canary${randomBytes(9).toString('hex')}`);
    return this.secrets.get(place);
  }

  /** Notes a secret that the server itself made, such as the hash of a password. */
  add(place, secret) {
    this.secrets.set(place, secret);
  }

  /** Places whose secret the bytes hold: as it is, in hexadecimal, or in base64 at any offset. */
  foundIn(bytes) {
    const holds = (secret) =>
      bytes.includes(secret) ||
      bytes.includes(Buffer.from(secret).toString('hex')) ||
      [0, 1, 2].some((offset) =>
        bytes.includes(
          Buffer.from(' '.repeat(offset) + secret)
            .toString('base64')
            .slice(4, -4),
        ),
      );
    return [...this.secrets].filter(([, secret]) => holds(secret)).map(([place]) => place);
  }
}

/** postgresql.conf and pg_hba.conf, before the start. */
function plantFiles(server, canaries) {
  const c = (place) => canaries.of(place);
  server.configure(`
# ${c('comment in postgresql.conf')}
shared_preload_libraries = 'pg_stat_statements'
wal_level = logical
max_prepared_transactions = 5
logging_collector = on
log_statement = all
log_line_prefix = '%m ${c('log_line_prefix')} '
archive_mode = on
archive_command = 'test -n ${c('archive_command')}'
restore_command = 'cp /archive/${c('restore_command')}/%f %p'
archive_cleanup_command = 'echo ${c('archive_cleanup_command')}'
recovery_end_command = 'echo ${c('recovery_end_command')}'
ssl_passphrase_command = 'echo ${c('ssl_passphrase_command')}'
primary_conninfo = 'host=other user=repl password=${c('primary_conninfo of a primary')}'
cluster_name = '${c('cluster_name')}'
bonjour_name = '${c('bonjour_name')}'
krb_server_keyfile = '/${c('krb_server_keyfile')}'
search_path = 'public, ${c('search_path')}'
app.secret = '${c('setting of an application')}'`);
  appendFileSync(
    path.join(server.data, 'pg_hba.conf'),
    `# ${c('comment in pg_hba.conf')}
host all ldapuser 10.0.0.1/32 ldap ldapserver=ldap.example.net ldapbasedn="dc=${c('ldapbasedn in pg_hba.conf')}" ldapbinddn="cn=x" ldapbindpasswd=${c('ldapbindpasswd in pg_hba.conf')} ldapsearchattribute=uid
host all radiususer 10.0.0.2/32 radius radiusservers="127.0.0.1" radiussecrets="${c('radiussecrets in pg_hba.conf')}"
`,
  );
  appendFileSync(path.join(server.data, 'pg_ident.conf'), `map1 ${c('pg_ident.conf')} postgres\n`);
}

/** Lines that the server refuses, added when it runs: its error messages quote them. */
function plantErrors(server, canaries) {
  appendFileSync(
    path.join(server.data, 'pg_hba.conf'),
    `host all all 10.0.0.3/32 ${canaries.of('broken line in pg_hba.conf')}\n`,
  );
  appendFileSync(
    path.join(server.data, 'postgresql.conf'),
    `\nwork_mem = 4MB ${canaries.of('broken line in postgresql.conf')}\n`,
  );
}

/** Catalogue and contents of the database app. */
function plantSql(server, canaries) {
  const c = (place) => canaries.of(place);
  server.sql(`
SET password_encryption = 'scram-sha-256'; CREATE ROLE alice LOGIN PASSWORD '${c('password of a role')}';
SET password_encryption = 'md5'; CREATE ROLE bob LOGIN PASSWORD '${c('old password of a role')}';
ALTER ROLE alice SET app.token = '${c('setting of a role')}';
ALTER DATABASE app SET app.token = '${c('setting of a database')}';
COMMENT ON ROLE bob IS '${c('comment on a role')}'; COMMENT ON DATABASE app IS '${c('comment on a database')}';
CREATE EXTENSION pg_stat_statements;`);
  const [scram, md5] = server
    .sql("SELECT rolpassword FROM pg_authid WHERE rolname IN ('alice', 'bob') ORDER BY rolname")
    .split('\n');
  canaries.add('SCRAM hash', scram.split('$').at(-1));
  canaries.add('MD5 hash', md5.slice(3));
  server.sql(
    `
CREATE TABLE secrets (id int PRIMARY KEY, v text DEFAULT '${c('column default')}', "${c('name of a column')}" int,
  CHECK (v <> '${c('check constraint')}'));
INSERT INTO secrets VALUES (1, '${c('row of a table')}', 1), (2, '${c('row of a table')}', 2), (3, '${c('row of a table')}', 3);
ANALYZE secrets;
COMMENT ON TABLE secrets IS '${c('comment on a table')}'; COMMENT ON COLUMN secrets.v IS '${c('comment on a column')}';
CREATE INDEX i1 ON secrets ((v || '${c('expression of an index')}')); CREATE INDEX i2 ON secrets (id) WHERE v = '${c('predicate of an index')}';
CREATE INDEX i3 ON secrets (id) WHERE v = '${c('predicate of an index')}';
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN /* ${c('body of a function')} */ RETURN NEW; END $f$;
CREATE TRIGGER t BEFORE INSERT ON secrets FOR EACH ROW EXECUTE FUNCTION f('${c('argument of a trigger')}');
CREATE VIEW view1 AS SELECT '${c('definition of a view')}'::text AS v;
CREATE MATERIALIZED VIEW view2 AS SELECT '${c('row of a materialized view')}'::text AS v;
CREATE RULE r AS ON UPDATE TO secrets WHERE OLD.v = '${c('rule')}' DO INSTEAD NOTHING;
CREATE POLICY p ON secrets USING (v <> '${c('row security policy')}');
CREATE DOMAIN d AS text DEFAULT '${c('default of a domain')}';
CREATE TYPE e AS ENUM ('${c('label of an enum')}');
CREATE TABLE parts (v text) PARTITION BY LIST (v); CREATE TABLE part1 PARTITION OF parts FOR VALUES IN ('${c('bound of a partition')}');
CREATE SEQUENCE s1 MAXVALUE 100; SELECT setval('s1', 90); COMMENT ON SEQUENCE s1 IS '${c('comment on a sequence')}';
CREATE PUBLICATION pub FOR TABLE secrets WHERE (v <> '${c('filter of a publication')}');
CREATE FOREIGN DATA WRAPPER w OPTIONS (key '${c('option of a wrapper')}');
CREATE SERVER other FOREIGN DATA WRAPPER w OPTIONS (host '${c('option of a foreign server')}');
CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (password '${c('password of a user mapping')}');
CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere password=${c('connection string of a subscription')}' PUBLICATION p
  WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false);
SELECT lo_from_bytea(0, '${c('large object')}'::bytea);
BEGIN; INSERT INTO secrets VALUES (9); PREPARE TRANSACTION '${c('name of a prepared transaction')}';`,
    'app',
  );
}

/** Home directory of the user that collects. Answers its environment. */
function plantHome(home, canaries) {
  const c = (place) => canaries.of(place);
  const write = (name, text) => writeFileSync(path.join(home, name), text, { mode: 0o644 });
  write('.pgpass', `*:*:*:*:${c('.pgpass')}\n`);
  write('.psqlrc', `\\echo ${c('.psqlrc')}\n\\set PROMPT1 x\n`);
  write('.psql_history', `SELECT '${c('.psql_history')}';\n`);
  write('.bash_history', `psql password=${c('.bash_history')}\n`);
  write('.pg_service.conf', `[other]\npassword=${c('.pg_service.conf')}\n`);
  write('.netrc', `machine x password ${c('.netrc')}\n`);
  return {
    HOME: home,
    PGPASSWORD: c('environment of the collector (PGPASSWORD)'),
    APP_SECRET: c('environment of the collector'),
  };
}

module.exports = { Canaries, plantErrors, plantFiles, plantHome, plantSql };
