-- @item db.tables_top
-- Sizes are taken without waiting: where somebody holds or wants an exclusive lock, the catalogue's estimate is used.
WITH busy AS MATERIALIZED (
  SELECT DISTINCT relation FROM pg_locks WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND database = :dboid
), sizes AS MATERIALIZED (
  SELECT c.oid, b.relation IS NOT NULL OR :'many' AS guess,
    CASE WHEN b.relation IS NOT NULL OR :'many' THEN c.relpages::bigint * current_setting('block_size')::bigint
      ELSE pg_relation_size(c.oid) END AS bytes
  FROM pg_class c LEFT JOIN busy b ON b.relation = c.oid
  WHERE c.relkind IN ('r', 'm', 'i', 't') AND c.relpersistence <> 't' AND c.relnamespace <> 'pg_catalog'::regnamespace
), index_sizes AS (
  SELECT x.indrelid, count(*) AS indexes, sum(z.bytes)::bigint AS bytes, bool_or(z.guess) AS guess
  FROM pg_index x JOIN sizes z ON z.oid = x.indexrelid GROUP BY 1
), tables AS (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relfrozenxid, c.reloptions, z.bytes AS heap, t.bytes AS toast,
    coalesce(i.bytes, 0) AS index_bytes, coalesce(i.indexes, 0) AS indexes,
    z.guess OR coalesce(t.guess, false) OR coalesce(i.guess, false) AS guess,
    z.bytes + coalesce(t.bytes, 0) + coalesce(i.bytes, 0) AS total, s.*
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname <> 'information_schema'
    JOIN sizes z ON z.oid = c.oid AND c.relkind IN ('r', 'm')
    LEFT JOIN sizes t ON t.oid = c.reltoastrelid
    LEFT JOIN index_sizes i ON i.indrelid = c.oid
    LEFT JOIN (SELECT relid, n_live_tup, n_dead_tup, n_mod_since_analyze, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del, seq_scan,
      seq_tup_read, idx_scan, last_vacuum, last_autovacuum, last_analyze, last_autoanalyze FROM pg_stat_all_tables) s ON s.relid = c.oid
), ranked AS (
  SELECT *, row_number() OVER (ORDER BY total DESC NULLS LAST, oid) AS by_size,
    row_number() OVER (ORDER BY n_dead_tup DESC NULLS LAST, oid) AS by_dead
  FROM tables
)
SELECT :h( nspname || '.' || relname ):e AS "table", CASE relkind WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind,
  total AS bytes, index_bytes, toast AS toast_bytes, guess AS size_is_estimate, indexes,
  n_live_tup AS live_rows, n_dead_tup AS dead_rows, n_mod_since_analyze AS changed_since_analyze,
  n_tup_ins AS inserted, n_tup_upd AS updated, n_tup_hot_upd AS hot_updated, n_tup_del AS deleted,
  seq_scan AS seq_scans, seq_tup_read AS seq_rows, idx_scan AS index_scans,
  CASE WHEN relfrozenxid <> '0' THEN age(relfrozenxid) END AS xid_age,
  EXISTS (SELECT FROM unnest(reloptions) o WHERE o ~* '^autovacuum_enabled=(f|fa|fal|fals|false|n|no|of|off|0)$') AS autovacuum_disabled,
  extract(epoch FROM now() - last_vacuum)::bigint AS last_vacuum_age_s,
  extract(epoch FROM now() - last_autovacuum)::bigint AS last_autovacuum_age_s,
  extract(epoch FROM now() - last_analyze)::bigint AS last_analyze_age_s,
  extract(epoch FROM now() - last_autoanalyze)::bigint AS last_autoanalyze_age_s
FROM ranked WHERE by_size <= 180 OR by_dead <= 20
ORDER BY by_size;

-- @item db.freeze_top
SELECT :h( n.nspname || '.' || c.relname ):e AS "table",
  CASE c.relkind WHEN 'm' THEN 'materialized view' WHEN 't' THEN 'toast' ELSE 'table' END AS kind,
  age(c.relfrozenxid) AS xid_age, mxid_age(c.relminmxid) AS mxid_age,
  c.relpages::bigint * current_setting('block_size')::bigint AS estimated_bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 't') AND c.relfrozenxid <> '0' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY age(c.relfrozenxid) DESC, c.relpages DESC, c.oid LIMIT 50;

-- @item db.sequences_attention
-- Reading a sequence keeps a small lock until the statement ends, so a few hundred are read at a time, narrow types first.
SELECT format($q$SELECT row_to_json(t) FROM (
SELECT %s AS sequence, format_type(seqtypid, NULL) AS data_type, round(used * 100, 1) AS used_percent, seqcycle AS cycles
FROM (SELECT q.*, CASE WHEN seqmax > seqmin THEN
    CASE WHEN seqincrement > 0 THEN pg_sequence_last_value(seqrelid)::numeric - seqmin ELSE seqmax - pg_sequence_last_value(seqrelid)::numeric END
      / (seqmax::numeric - seqmin) END AS used
  FROM pg_sequence q WHERE seqrelid = ANY (%L::oid[])) q
  JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE used > 0.5 ORDER BY used DESC LIMIT 200) t$q$, :'sequence_name', array_agg(seqrelid))
FROM (SELECT seqrelid, row_number() OVER (ORDER BY abs(seqmax), seqrelid) - 1 AS place FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid
  WHERE c.relpersistence <> 't' AND has_sequence_privilege(seqrelid, 'SELECT, USAGE')) s
WHERE place < 5000 GROUP BY place / 250 ORDER BY place / 250
\gexec
