
-- The audit log (R93): sql/40_trigger.sql names what writes it, src/store/audit.c what is hashed.
--
-- A chain proves itself: whoever changes, removes or inserts an entry must change each hash behind
-- it and the chain's row.  The owner of the tables can do that, and drop the end of a chain, or the
-- whole; only a head that was kept elsewhere tells then.

CREATE FUNCTION contacts.close_audit() RETURNS void
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'contacts_close_audit';
COMMENT ON FUNCTION contacts.close_audit() IS
	'internal: write the end of the transaction''s chain of the audit log now, not when it commits (R93)';

CREATE FUNCTION contacts.audit_head(account_id bigint DEFAULT contacts.current_account())
	RETURNS jsonb
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	PERFORM contacts.close_audit();
	-- A chain that another goes on from is part of that one's hashes.
	RETURN (
		SELECT pg_catalog.jsonb_build_object('account_id', account_id, 'at', pg_catalog.now(), 'chains',
			coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('chain', g.group_id,
				'entries', g.entries, 'hash', pg_catalog.encode(g.head, 'hex')) ORDER BY g.group_id), '[]'))
		FROM contacts.audit_group g
		WHERE g.account_id = account_id AND g.entries > 0
		  AND NOT EXISTS (SELECT FROM contacts.audit_group n
						  WHERE n.account_id = account_id AND n.previous_group = g.group_id
							AND n.entries > 0));
END
$$;
COMMENT ON FUNCTION contacts.audit_head(bigint) IS
	'return the ends of the account''s audit log, to be kept where the owner of the tables cannot write; audit_verify() compares the log with them (R93)';

CREATE FUNCTION contacts.audit_verify(
	head       jsonb  DEFAULT NULL,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS TABLE (entry bigint, problem text)
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	IF pg_catalog.jsonb_typeof(head -> 'chains') IS DISTINCT FROM 'array' AND head IS NOT NULL
		OR (head ->> 'account_id') <> account_id::text THEN
		RAISE EXCEPTION 'invalid head of the audit log'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = pg_catalog.format('It is none that audit_head() gave for account %s.', account_id),
				  HINT = 'Give the whole result of contacts.audit_head(), and its account_id.';
	END IF;
	PERFORM contacts.close_audit();
	RETURN QUERY SELECT * FROM contacts.audit_problems(account_id);
	RETURN QUERY
	SELECT l.entry_id, pg_catalog.format('chain %s does not have entry %s of the head any more, or another one',
										 h.chain ->> 'chain', h.chain ->> 'entries')
	FROM pg_catalog.jsonb_array_elements(head -> 'chains') AS h (chain)
	LEFT JOIN contacts.audit_log l ON l.account_id = account_id
		AND l.group_id::text = h.chain ->> 'chain' AND l.position::text = h.chain ->> 'entries'
	WHERE pg_catalog.encode(l.hash, 'hex') IS DISTINCT FROM h.chain ->> 'hash';
END
$$;
COMMENT ON FUNCTION contacts.audit_verify(jsonb, bigint) IS
	'list changed, missing and inserted entries of the account''s audit log, and where it differs from a head that audit_head() gave; empty when intact (R93)';

CREATE FUNCTION contacts.audit_problems(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (entry bigint, problem text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
	RETURN QUERY
	WITH chained AS (
		SELECT l.*, pg_catalog.row_number() OVER chain AS place,
			   pg_catalog.lag(l.hash) OVER chain AS hash_before
		FROM contacts.audit_log l WHERE l.account_id = account_id
		WINDOW chain AS (PARTITION BY l.group_id ORDER BY l.position, l.entry_id)
	), judged AS (
		SELECT c.entry_id, c.contact_id, c.place, c.position, c.changes, c.salt, c.digest, c.hash,
			   g.group_id,
			   pg_catalog.sha256(coalesce(c.hash_before, before.head, '\x00'::bytea)
				|| pg_catalog.convert_to(pg_catalog.format('%s|%s|%s|%s|%s|%s|%s|%s|%s|%s:%s|%s:%s|%s:%s|%s',
					c.account_id, c.entry_id, c.group_id, c.position,
					(extract(epoch FROM c.at) * 1000000)::bigint, c.table_name, c.action,
					coalesce(c.contact_id::text, '-'), coalesce(c.member_id::text, '-'),
					pg_catalog.octet_length(c.actor), c.actor,
					pg_catalog.octet_length(c.role_name), c.role_name,
					pg_catalog.octet_length(c.cause), c.cause, coalesce(c.cause_id::text, '-')),
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
				WHEN j.hash IS DISTINCT FROM j.expected THEN 'the entry or the one before it was changed'
				WHEN j.changes IS NULL AND j.salt IS NULL
					THEN 'its changes are gone, and its contact was not erased'
				ELSE 'its changes were changed' END
	FROM judged j
	WHERE j.group_id IS NULL OR j.place <> j.position OR j.hash IS DISTINCT FROM j.expected
	   OR CASE WHEN j.changes IS NULL AND j.salt IS NULL
			   THEN NOT contacts.is_erased(j.contact_id, account_id)
			   ELSE j.digest IS DISTINCT FROM pg_catalog.sha256(
				j.salt || pg_catalog.convert_to(j.changes::text, pg_catalog.getdatabaseencoding())) END;

	RETURN QUERY
	SELECT last.entry_id, CASE
		WHEN g.entries <> coalesce(last.position, 0) THEN 'entries at the end of its chain are missing or inserted'
		ELSE 'the last entry of its chain was changed' END
	FROM contacts.audit_group g
	LEFT JOIN (
		SELECT DISTINCT ON (l.group_id) l.group_id, l.entry_id, l.position, l.hash
		FROM contacts.audit_log l WHERE l.account_id = account_id
		ORDER BY l.group_id, l.position DESC, l.entry_id DESC) last
		ON last.group_id = g.group_id
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
COMMENT ON FUNCTION contacts.audit_problems(bigint) IS
	'internal: list what the chains of the account''s audit log tell against each other; the part of audit_verify() that needs no head (R93)';

CREATE FUNCTION contacts.is_erased(
	contact_id bigint,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS boolean
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
	-- One that was purged after it was erased is told by the log itself.
	RETURN EXISTS (SELECT FROM contacts.contact c
				   WHERE c.account_id = account_id AND c.contact_id = contact_id
					 AND c.anonymized_at IS NOT NULL)
		OR EXISTS (SELECT FROM contacts.audit_log l
				   WHERE l.account_id = account_id AND l.contact_id = contact_id
					 AND l.table_name = 'contact' AND l.changes ? 'anonymized_at');
END
$$;
COMMENT ON FUNCTION contacts.is_erased(bigint, bigint) IS
	'internal: whether the personal data of a contact were erased, so that entries of the audit log about it may lack their changes (R92)';
