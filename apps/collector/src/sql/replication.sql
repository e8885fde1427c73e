-- @item pg.replication
SELECT :h( application_name ):e AS application_name, state, sync_state, sync_priority, sent_lsn::text, replay_lsn::text,
  pg_wal_lsn_diff(here, sent_lsn)::bigint AS sent_lag_bytes,
  pg_wal_lsn_diff(here, replay_lsn)::bigint AS replay_lag_bytes,
  round(extract(epoch FROM write_lag)::numeric, 3) AS write_lag_s,
  round(extract(epoch FROM flush_lag)::numeric, 3) AS flush_lag_s,
  round(extract(epoch FROM replay_lag)::numeric, 3) AS replay_lag_s,
  extract(epoch FROM now() - backend_start)::bigint AS connected_s,
  age(backend_xmin) AS xmin_age
FROM pg_stat_replication,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS here) p
ORDER BY application_name, pid LIMIT 200;

-- @item pg.slots
SELECT :h( slot_name ):e AS slot_name, slot_type, plugin, :h( database ):e AS database, temporary, active,
  age(xmin) AS xmin_age, age(catalog_xmin) AS catalog_xmin_age, restart_lsn::text,
  pg_wal_lsn_diff(here, restart_lsn)::bigint AS retained_bytes,
  -- Columns that not every version has.
  to_jsonb(s) -> 'wal_status' AS wal_status, to_jsonb(s) -> 'safe_wal_size' AS safe_wal_size, to_jsonb(s) -> 'two_phase' AS two_phase,
  to_jsonb(s) -> 'conflicting' AS conflicting, to_jsonb(s) -> 'invalidation_reason' AS invalidation_reason,
  to_jsonb(s) -> 'failover' AS failover, to_jsonb(s) -> 'synced' AS synced,
  extract(epoch FROM now() - (to_jsonb(s) ->> 'inactive_since')::timestamptz)::bigint AS inactive_age_s
FROM pg_replication_slots s,
  (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS here) p
ORDER BY s.slot_name LIMIT 500;

-- @item pg.wal_receiver
SELECT r.status, :h( r.slot_name ):e AS slot_name, r.received_tli,
  CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END AS replay_paused,
  pg_wal_lsn_diff(r.latest_end_lsn, pg_last_wal_receive_lsn())::bigint AS receive_lag_bytes,
  pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::bigint AS replay_lag_bytes,
  extract(epoch FROM now() - r.last_msg_receipt_time)::bigint AS last_message_age_s,
  extract(epoch FROM now() - pg_last_xact_replay_timestamp())::bigint AS last_replay_age_s
FROM (SELECT 1) one LEFT JOIN pg_stat_wal_receiver r ON true
WHERE pg_is_in_recovery();

-- @item pg.archiver
SELECT archived_count, failed_count, last_archived_wal,
  extract(epoch FROM now() - last_archived_time)::bigint AS last_archived_age_s,
  last_failed_wal,
  extract(epoch FROM now() - last_failed_time)::bigint AS last_failed_age_s,
  extract(epoch FROM now() - stats_reset)::bigint AS stats_age_s,
\if :sees_archive_status
  (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready') AS ready_files
\else
  NULL::bigint AS ready_files
\endif
FROM pg_stat_archiver;

-- @item pg.wal_dir
SELECT count(*) AS files, coalesce(sum(size), 0)::bigint AS bytes FROM pg_ls_waldir();

-- @item pg.log_dir
SELECT count(*) AS files, coalesce(sum(size), 0)::bigint AS bytes,
  extract(epoch FROM now() - max(modification))::bigint AS newest_age_s
FROM pg_ls_logdir();
