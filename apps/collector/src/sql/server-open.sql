\set sees_archive_status false
SELECT has_function_privilege('pg_ls_archive_statusdir()', 'execute') AS sees_archive_status \gset
