-- @item db.extensions
SELECT e.extname AS name, e.extversion AS version, a.default_version, :h( n.nspname ):e AS schema
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace LEFT JOIN pg_available_extensions a ON a.name = e.extname
ORDER BY e.extname;

-- @item db.relation_totals
SELECT count(*) FILTER (WHERE relkind = 'r') AS tables,
  count(*) FILTER (WHERE relkind = 'p') AS partitioned_tables,
  count(*) FILTER (WHERE relkind = 'f') AS foreign_tables,
  count(*) FILTER (WHERE relkind IN ('i', 'I')) AS indexes,
  count(*) FILTER (WHERE relkind = 'v') AS views,
  count(*) FILTER (WHERE relkind = 'm') AS materialized_views,
  count(*) FILTER (WHERE relkind = 'S') AS sequences,
  count(*) FILTER (WHERE relkind = 't') AS toast_tables,
  count(*) FILTER (WHERE relkind = 'r' AND relpersistence = 'u') AS unlogged,
  count(*) FILTER (WHERE relkind IN ('r', 'm') AND EXISTS (SELECT FROM unnest(reloptions) o
    WHERE o ~* '^autovacuum_enabled=(f|fa|fal|fals|false|n|no|of|off|0)$')) AS autovacuum_disabled,
  coalesce(sum(relpages::bigint), 0)::bigint * current_setting('block_size')::bigint AS estimated_bytes,
  sum(pg_stat_get_live_tuples(c.oid)) FILTER (WHERE relkind IN ('r', 'm', 't'))::bigint AS live_rows,
  sum(pg_stat_get_dead_tuples(c.oid)) FILTER (WHERE relkind IN ('r', 'm', 't'))::bigint AS dead_rows,
  count(*) FILTER (WHERE relkind = 'r' AND pg_stat_get_last_vacuum_time(c.oid) IS NULL
    AND pg_stat_get_last_autovacuum_time(c.oid) IS NULL) AS never_vacuumed,
  count(*) FILTER (WHERE relkind = 'r' AND pg_stat_get_last_analyze_time(c.oid) IS NULL
    AND pg_stat_get_last_autoanalyze_time(c.oid) IS NULL) AS never_analyzed
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relpersistence <> 't';

-- @item db.public_schema_acl
SELECT has_schema_privilege('public', oid, 'CREATE') AS public_can_create FROM pg_namespace WHERE nspname = 'public';

-- @item db.subscriptions
SELECT :h( s.subname ):e AS name, s.subenabled AS enabled,
  EXISTS (SELECT FROM pg_stat_subscription w WHERE w.subname = s.subname AND w.pid IS NOT NULL AND w.relid IS NULL) AS worker_running,
  (SELECT min(extract(epoch FROM now() - w.last_msg_receipt_time))::bigint FROM pg_stat_subscription w WHERE w.subname = s.subname) AS last_message_age_s,
  (SELECT count(*) FROM pg_subscription_rel r JOIN pg_stat_subscription w ON w.subid = r.srsubid AND w.relid IS NULL
    WHERE w.subname = s.subname AND r.srsubstate <> 'r') AS tables_not_ready,
\if :pg15
  (SELECT sum(apply_error_count)::bigint FROM pg_stat_subscription_stats e WHERE e.subname = s.subname) AS apply_errors,
  (SELECT sum(sync_error_count)::bigint FROM pg_stat_subscription_stats e WHERE e.subname = s.subname) AS sync_errors
\else
  NULL::bigint AS apply_errors, NULL::bigint AS sync_errors
\endif
FROM pg_subscription s
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY s.subname LIMIT 200;

-- @item db.foreign_servers
SELECT w.fdwname AS wrapper, count(DISTINCT s.oid) AS servers, count(u.umid) AS user_mappings
FROM pg_foreign_data_wrapper w LEFT JOIN pg_foreign_server s ON s.srvfdw = w.oid LEFT JOIN pg_user_mappings u ON u.srvid = s.oid
GROUP BY 1 ORDER BY 1;
