SELECT count(*) > 50000 AS many FROM pg_class \gset
\set sequence_name :h '( n.nspname || ''.'' || c.relname )' :e
SELECT CASE WHEN EXISTS (SELECT FROM pg_sequence WHERE NOT has_sequence_privilege(session_user, seqrelid, 'SELECT, USAGE')) THEN 'no_privilege'
  ELSE '-' END AS unread,
  EXISTS (SELECT FROM pg_extension WHERE extname = 'bdr') AS pgd \gset
