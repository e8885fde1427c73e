-- Not part of the archive: directories whose file systems matter, and the databases to visit.
\o ../state/paths
SELECT 'data_directory' || chr(9) || setting FROM pg_settings WHERE name = 'data_directory'
UNION ALL SELECT 'pg_wal' || chr(9) || setting || '/pg_wal' FROM pg_settings WHERE name = 'data_directory'
UNION ALL SELECT 'tablespace' || chr(9) || pg_tablespace_location(oid) FROM pg_tablespace WHERE pg_tablespace_location(oid) <> '';
\o ../state/databases
SELECT oid || ' ' || CASE WHEN has_database_privilege(session_user, oid, 'CONNECT') THEN 't' ELSE 'f' END
  FROM pg_database WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2
  ORDER BY CASE WHEN :'sees_all' OR has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) END DESC NULLS LAST, oid LIMIT 51;
\o
