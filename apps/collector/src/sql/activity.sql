-- @item pg.connections
SELECT count(*) FILTER (WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS client_backends,
  count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,
  count(*) FILTER (WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND backend_start > now() - interval '60 s') AS started_last_60s,
  current_setting('max_connections')::int AS max_connections,
  current_setting('superuser_reserved_connections')::int AS superuser_reserved_connections,
  coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved_connections,
  (SELECT count(*) FROM pg_locks WHERE NOT granted) AS waiting_locks
FROM pg_stat_activity;

-- @item pg.activity_counts
SELECT backend_type, state, wait_event_type, wait_event, count(*) AS sessions,
  max(greatest(extract(epoch FROM now() - xact_start), 0))::bigint AS oldest_xact_age_s,
  max(greatest(extract(epoch FROM now() - query_start), 0)) FILTER (WHERE state = 'active')::bigint AS oldest_query_age_s,
  max(greatest(extract(epoch FROM now() - state_change), 0))::bigint AS oldest_state_age_s,
  max(age(backend_xmin)) AS oldest_xmin_age
FROM pg_stat_activity WHERE pid <> pg_backend_pid()
GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4 LIMIT 200;

-- @item pg.lock_counts
SELECT locktype, mode, granted, count(*) AS locks FROM pg_locks WHERE pid IS DISTINCT FROM pg_backend_pid()
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT 100;

-- @item pg.prepared_xacts
SELECT :h( database ):e AS database, extract(epoch FROM now() - prepared)::bigint AS age_s, age(transaction) AS xid_age
FROM pg_prepared_xacts ORDER BY prepared LIMIT 200;

-- @item pg.ssl
SELECT s.ssl AS tls, s.version, count(*) AS connections
FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid() AND s.ssl IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2;
