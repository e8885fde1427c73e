-- @item pg.bgwriter
SELECT to_jsonb(s) -> 'checkpoints_timed' AS checkpoints_timed, to_jsonb(s) -> 'checkpoints_req' AS checkpoints_req,
  to_jsonb(s) -> 'checkpoint_write_time' AS checkpoint_write_time, to_jsonb(s) -> 'checkpoint_sync_time' AS checkpoint_sync_time,
  to_jsonb(s) -> 'buffers_checkpoint' AS buffers_checkpoint, buffers_clean, maxwritten_clean,
  to_jsonb(s) -> 'buffers_backend' AS buffers_backend, to_jsonb(s) -> 'buffers_backend_fsync' AS buffers_backend_fsync, buffers_alloc,
  extract(epoch FROM now() - stats_reset)::bigint AS stats_age_s
FROM pg_stat_bgwriter s;

-- @item pg.checkpointer
SELECT num_timed, num_requested, to_jsonb(s) -> 'num_done' AS num_done, restartpoints_timed, restartpoints_req, restartpoints_done,
  write_time, sync_time, buffers_written, to_jsonb(s) -> 'slru_written' AS slru_written,
  extract(epoch FROM now() - stats_reset)::bigint AS stats_age_s
FROM pg_stat_checkpointer s;

-- @item pg.wal
SELECT wal_records, wal_fpi, wal_bytes, wal_buffers_full, to_jsonb(s) -> 'wal_write' AS wal_write, to_jsonb(s) -> 'wal_sync' AS wal_sync,
  to_jsonb(s) -> 'wal_write_time' AS wal_write_time, to_jsonb(s) -> 'wal_sync_time' AS wal_sync_time,
  extract(epoch FROM now() - stats_reset)::bigint AS stats_age_s
FROM pg_stat_wal s;

-- @item pg.slru
SELECT name, blks_zeroed, blks_hit, blks_read, blks_written, blks_exists, flushes, truncates,
  extract(epoch FROM now() - stats_reset)::bigint AS stats_age_s
FROM pg_stat_slru ORDER BY name;

-- @item pg.io
SELECT backend_type, object, context, reads, to_jsonb(s) -> 'read_bytes' AS read_bytes, read_time,
  writes, to_jsonb(s) -> 'write_bytes' AS write_bytes, write_time, writebacks, extends, to_jsonb(s) -> 'extend_bytes' AS extend_bytes,
  hits, evictions, reuses, fsyncs, fsync_time
FROM pg_stat_io s
WHERE coalesce(reads, 0) + coalesce(writes, 0) + coalesce(extends, 0) + coalesce(hits, 0) + coalesce(fsyncs, 0) > 0
ORDER BY 1, 2, 3;
