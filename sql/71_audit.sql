
-- The audit log (R93): sql/40_trigger.sql names what writes it.

CREATE FUNCTION contacts.audit_verify(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (entry bigint, problem text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.require_right('admin', account_id);
	RETURN QUERY
	WITH chained AS (
		SELECT l.*, pg_catalog.row_number() OVER chain AS place,
			   pg_catalog.lag(l.hash) OVER chain AS hash_before
		FROM contacts.audit_log l WHERE l.account_id = account_id
		WINDOW chain AS (PARTITION BY l.group_id ORDER BY l.position, l.entry_id)
	), judged AS (
		SELECT c.entry_id, c.place, c.position, c.changes, c.salt, c.digest, c.hash, g.group_id,
			   pg_catalog.sha256(coalesce(c.hash_before, before.head, '\x00'::bytea)
				|| pg_catalog.convert_to(pg_catalog.format('%s|%s|%s|%s|%s|%s|%s|%s|%s|%s:%s|%s:%s|%s:%s|%s',
					c.account_id, c.entry_id, c.group_id, c.position,
					(extract(epoch FROM c.at) * 1000000)::bigint, c.table_name, c.action,
					coalesce(c.contact_id, 0), coalesce(c.member_id, 0),
					pg_catalog.octet_length(c.actor), c.actor,
					pg_catalog.octet_length(c.role_name), c.role_name,
					pg_catalog.octet_length(c.cause), c.cause, coalesce(c.cause_id, 0)),
					pg_catalog.getdatabaseencoding())
				|| c.digest) AS expected
		FROM chained c
		LEFT JOIN contacts.audit_group g
			ON g.account_id = c.account_id AND g.group_id = c.group_id
		LEFT JOIN LATERAL (
			SELECT coalesce((SELECT p.head FROM contacts.audit_group p
							 WHERE p.account_id = g.account_id AND p.group_id = g.previous_group),
							pg_catalog.decode(pg_catalog.repeat('00', 32), 'hex')) AS head) before
			ON true
	)
	SELECT j.entry_id,
		   CASE WHEN j.group_id IS NULL THEN 'its chain is missing'
				WHEN j.place <> j.position THEN 'an entry before it is missing or inserted'
				WHEN j.hash <> j.expected THEN 'the entry or the one before it was changed'
				ELSE 'its changes were changed' END
	FROM judged j
	WHERE j.group_id IS NULL OR j.place <> j.position OR j.hash <> j.expected
	   OR (j.changes IS NOT NULL AND (j.salt IS NULL OR j.digest <> pg_catalog.sha256(
			j.salt || pg_catalog.convert_to(j.changes::text, pg_catalog.getdatabaseencoding()))));

	RETURN QUERY
	SELECT last.entry_id, CASE
		WHEN g.entries <> coalesce(last.position, 0) THEN 'entries at the end of its chain are missing or inserted'
		ELSE 'the last entry of its chain was changed' END
	FROM contacts.audit_group g
	LEFT JOIN LATERAL (
		SELECT l.entry_id, l.position, l.hash FROM contacts.audit_log l
		WHERE l.account_id = g.account_id AND l.group_id = g.group_id
		ORDER BY l.position DESC, l.entry_id DESC LIMIT 1) last ON true
	WHERE g.account_id = account_id
	  AND (g.entries <> coalesce(last.position, 0)
		OR (g.entries > 0 AND g.head IS DISTINCT FROM last.hash));

	RETURN QUERY
	SELECT NULL::bigint, pg_catalog.format('the chain %s that chain %s goes on from is missing',
										   g.previous_group, g.group_id)
	FROM contacts.audit_group g
	WHERE g.account_id = account_id AND g.previous_group IS NOT NULL
	  AND NOT EXISTS (SELECT FROM contacts.audit_group p
					  WHERE p.account_id = g.account_id AND p.group_id = g.previous_group);
END
$$;
COMMENT ON FUNCTION contacts.audit_verify(bigint) IS
	'list changed, missing and inserted entries of the account''s audit log; empty when intact (R93)';
