-- @item pg.pgd_raft
SELECT :h( to_jsonb(r) ->> 'node_group_name' ):e AS node_group_name, status, CASE WHEN NOT :'anonymise' THEN message END AS message FROM bdr.monitor_group_raft() r;

-- @item pg.pgd_versions
SELECT :h( to_jsonb(r) ->> 'node_group_name' ):e AS node_group_name, status, CASE WHEN NOT :'anonymise' THEN message END AS message FROM bdr.monitor_group_versions() r;

-- @item pg.pgd_slots
SELECT :h( to_jsonb(r) ->> 'node_group_name' ):e AS node_group_name, status, CASE WHEN NOT :'anonymise' THEN message END AS message FROM bdr.monitor_local_replslots() r;

-- @item pg.pgd_nodes
SELECT :h( node_name ):e AS node_name, :h( to_jsonb(r) ->> 'node_group_name' ):e AS node_group_name,
  to_jsonb(r) ->> 'peer_state_name' AS peer_state_name, to_jsonb(r) ->> 'peer_target_state_name' AS peer_target_state_name,
  to_jsonb(r) ->> 'node_kind_name' AS node_kind_name
FROM bdr.node_summary r ORDER BY node_name LIMIT 200;
