-- @item pg.instance
SELECT current_setting('server_version_num')::int AS server_version_num,
  current_setting('server_version') AS server_version,
  version() AS version,
  CASE WHEN version() LIKE '%EnterpriseDB Advanced%' OR version() LIKE '%EDB Advanced%' THEN 'epas'
    WHEN version() LIKE '%Postgres Extended%' THEN 'pge' ELSE 'postgresql' END AS flavour,
  s.system_identifier::text AS system_identifier,
  c.timeline_id,
  i.data_page_checksum_version,
  current_setting('block_size')::int AS block_size,
  pg_is_in_recovery() AS in_recovery,
  (SELECT setting::int FROM pg_settings WHERE name = 'port') AS port,
  (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS data_directory,
  to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS server_time,
  extract(epoch FROM now() - pg_postmaster_start_time())::bigint AS uptime_s,
  extract(epoch FROM now() - pg_conf_load_time())::bigint AS config_age_s,
  :h( session_user ):e AS role,
  CASE WHEN current_user = 'pg_monitor' THEN 'pg_monitor' ELSE :h( current_user ):e END AS acts_as,
  (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AS login_is_superuser,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS sees_all_stats,
  pg_has_role(current_user, 'pg_read_all_settings', 'usage') AS sees_all_settings
FROM pg_control_system() s, pg_control_checkpoint() c, pg_control_init() i;

-- @item pg.databases
SELECT d.oid::text AS oid,
  :h( d.datname ):e AS datname,
  pg_encoding_to_char(d.encoding) AS encoding,
  d.datcollate AS collate,
  d.datistemplate AS is_template,
  d.datallowconn AS allows_connections,
  d.datconnlimit,
  age(d.datfrozenxid) AS xid_age,
  mxid_age(d.datminmxid) AS mxid_age,
  CASE WHEN :'sees_all' OR has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid) END AS bytes,
\if :pg15
  d.datcollversion IS DISTINCT FROM pg_database_collation_actual_version(d.oid) AS collation_mismatch,
\endif
  s.numbackends, s.xact_commit, s.xact_rollback, s.blks_read, s.blks_hit, s.temp_files, s.temp_bytes, s.deadlocks, s.conflicts,
  s.checksum_failures,
  extract(epoch FROM now() - s.stats_reset)::bigint AS stats_age_s
FROM pg_database d LEFT JOIN pg_stat_database s ON s.datid = d.oid
ORDER BY d.oid;

-- @item pg.tablespaces
SELECT CASE WHEN spcname IN ('pg_default', 'pg_global') THEN spcname::text ELSE :h( spcname ):e END AS spcname,
  nullif(pg_tablespace_location(oid), '') AS location,
  CASE WHEN :'sees_all' AND spcname NOT IN ('pg_default', 'pg_global') THEN pg_tablespace_size(oid) END AS bytes,
  spcoptions AS options
FROM pg_tablespace ORDER BY oid;
