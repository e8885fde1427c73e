'use strict';
// One short run on every major version: as superuser, as a member of pg_monitor, as a plain role.
const { assert, check } = require('./checks.js');
const { SAMPLE_PATH, collect, lines, rows } = require('./collect.js');
const { MAJORS } = require('./engines.js');
const { Server } = require('./server.js');
const { checkWhole, unread } = require('./shape.js');

/** Something of everything that the queries look at. */
const CONTENT = `
CREATE ROLE ins_collector LOGIN; GRANT pg_monitor TO ins_collector;
CREATE ROLE plain LOGIN; CREATE ROLE app LOGIN;
ALTER ROLE app SET statement_timeout = '5s';
CREATE DATABASE app; CREATE DATABASE "we ird/name'""; DROP";
`;
const TABLES = `
CREATE SCHEMA "odd schema";
CREATE TABLE customers (id serial PRIMARY KEY, name text); CREATE INDEX c1 ON customers (name); CREATE INDEX c2 ON customers (name);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers) WITH (autovacuum_enabled = off);
CREATE TABLE "odd schema"."od'd ""table" (v text);
CREATE MATERIALIZED VIEW mv AS SELECT count(*) FROM orders; CREATE VIEW v AS SELECT 1 AS one;
CREATE TABLE parts (at date) PARTITION BY RANGE (at); CREATE TABLE parts1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE SEQUENCE nearly MAXVALUE 1000; SELECT setval('nearly', 960);
CREATE SEQUENCE down INCREMENT -1 MINVALUE -100 MAXVALUE -1 START -1; SELECT setval('down', -90);
CREATE UNLOGGED TABLE quick (v int);
INSERT INTO customers (name) SELECT 'n' || g FROM generate_series(1, 2000) g; DELETE FROM customers WHERE id % 2 = 0;
CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER other FOREIGN DATA WRAPPER nothing;
CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false);
ANALYZE;`;

const HBA = /^(pg\.hba_rules|pg\.file_settings|pg\.password_kinds) denied 42501$/;

async function superuser(major, server, keepResult) {
  const result = collect(server, [], { env: { PGUSER: 'postgres', PATH: SAMPLE_PATH } });
  await checkWhole(`PostgreSQL ${major} as superuser`, result);
  await check(`PostgreSQL ${major} as superuser: every item is read, the server spends at most 2 s`, () => {
    assert.deepEqual(unread(result), []);
    assert.ok(result.manifest.times.server_ms <= 2000, `${result.manifest.times.server_ms} ms`);
    const [instance] = rows(result, 'postgresql/instance.ndjson');
    assert.equal(Math.floor(instance.server_version_num / 10_000), Number(major));
    assert.equal(instance.acts_as, 'pg_monitor');
    assert.equal(lines(result, 'db.extensions').length, 3);
  });
  await check(`PostgreSQL ${major}: tables, indexes, keys and sequences that need attention are found`, () => {
    const app = rows(result, 'postgresql/databases.ndjson').find(({ datname }) => datname === 'app').oid;
    const inApp = (item) => rows(result, `postgresql/db/${app}/${item}.ndjson`);
    assert.deepEqual(
      inApp('indexes_attention').map(({ issue, index }) => `${issue} ${index}`),
      ['duplicate public.c2'],
    );
    assert.deepEqual(
      inApp('fk_without_index').map((row) => row.table),
      ['public.orders'],
    );
    assert.deepEqual(
      inApp('sequences_attention')
        .map((row) => `${row.sequence} ${row.used_percent}`)
        .sort(),
      ['public.down 89.9', 'public.nearly 96'],
    );
    assert.equal(inApp('relation_totals')[0].autovacuum_disabled, 1);
    assert.ok(inApp('tables_top').some((row) => row.table === 'odd schema.od\'d "table'));
    assert.deepEqual(
      inApp('subscriptions').map(({ name, enabled, worker_running: running }) => [name, enabled, running]),
      [['sub', false, false]],
    );
    assert.equal(inApp('foreign_servers').find(({ wrapper }) => wrapper === 'nothing').servers, 1);
  });
  keepResult(result);
}

async function roles(major, server) {
  const monitor = collect(server, [], { env: { PGUSER: 'ins_collector' } });
  await checkWhole(`PostgreSQL ${major} as a member of pg_monitor`, monitor);
  await check(`PostgreSQL ${major} as a member of pg_monitor: only what needs a superuser is denied`, () => {
    const missing = unread(monitor).filter((line) => line !== 'db.sequences_attention partial no_privilege');
    assert.equal(missing.length, 3, missing.join(', '));
    for (const line of missing) assert.match(line, HBA);
  });
  const plain = collect(server, ['--depth', 'shallow'], { env: { PGUSER: 'plain' } });
  await checkWhole(`PostgreSQL ${major} as a plain role`, plain);
  await check(`PostgreSQL ${major} as a plain role: what it cannot see is marked, never counted as nothing`, () => {
    assert.equal(rows(plain, 'postgresql/instance.ndjson')[0].sees_all_stats, false);
    for (const item of ['pg.connections', 'pg.activity_counts', 'pg.replication', 'pg.ssl'])
      assert.deepEqual(
        lines(plain, item).map(({ status, detail }) => `${status} ${detail}`),
        ['partial hidden_from_role'],
        item,
      );
    assert.equal(lines(plain, 'pg.wal_dir')[0].status, 'denied');
    assert.equal(lines(plain, 'db.tables_top')[0].detail, 'depth');
  });
}

/** `keep(name, result)` is given each whole archive. */
async function versions(keep, majors = MAJORS) {
  for (const major of majors) {
    const server = new Server(`pg${major}`, major);
    server.configure('wal_level = logical\nmax_wal_senders = 5');
    server.start();
    server.sql(CONTENT);
    server.sql(TABLES, 'app');
    await superuser(major, server, (result) => keep(`postgresql-${major}`, result));
    await roles(major, server);
    server.stop();
  }
}

module.exports = { CONTENT, TABLES, versions };
