\timing on
\set reached false
SELECT true AS reached \gset
\if :reached
\echo @connected host=:HOST
\echo @port :PORT
\else
\quit
\endif
-- Guards of this session, set after the connection is made: options given at connect would show up in the report
-- as if the server had them. Nothing can be written, no query or lock wait lasts.
SET default_transaction_read_only = on;
SET statement_timeout = '20s';
SET lock_timeout = '2s';
SET search_path = pg_catalog, pg_temp;
SET client_encoding = 'UTF8';
SET client_min_messages = error;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET extra_float_digits = 0;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
\set version false
SELECT current_setting('server_version_num')::int / 10000 AS version,
  current_setting('server_version_num')::int >= 130000 AS pg13,
  current_setting('server_version_num')::int >= 140000 AS pg14,
  current_setting('server_version_num')::int >= 150000 AS pg15,
  current_setting('server_version_num')::int >= 160000 AS pg16,
  current_setting('server_version_num')::int >= 170000 AS pg17,
  pg_has_role(current_user, 'pg_monitor', 'member') AS may_monitor \gset
-- The least rights that do: pg_monitor cannot read a table of yours, whoever logged in.
\if :may_monitor
SET ROLE pg_monitor;
\endif
\set hidden -
SELECT CASE WHEN pg_has_role(current_user, 'pg_read_all_stats', 'usage') THEN '-' ELSE 'hidden_from_role' END AS hidden,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS sees_all \gset
