
-- Invariants (R112): every one holds after every committed transaction.  Each part of check() is a
-- function in a file of its own.

CREATE FUNCTION contacts.check(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	is_whole boolean := true;
BEGIN
	account_id := contacts.require_right('admin', account_id);
	FOR problem, table_name, ids, detail IN SELECT * FROM contacts.check_schema() LOOP
		is_whole := is_whole AND problem !~ '^(table|column) is';
		RETURN NEXT;
	END LOOP;
	-- Where a table or column is gone, what the others hold cannot be told.
	IF NOT is_whole THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT * FROM contacts.check_rows(account_id);
	RETURN QUERY SELECT * FROM contacts.check_settings(account_id);
	RETURN QUERY SELECT * FROM contacts.check_contacts(account_id);
	RETURN QUERY SELECT * FROM contacts.check_identifiers(account_id);
	RETURN QUERY SELECT * FROM contacts.check_merges(account_id);
	RETURN QUERY SELECT * FROM contacts.check_messages(account_id);
END
$$;
COMMENT ON FUNCTION contacts.check(bigint) IS
	'list violated invariants of the account, and what setup() made and is gone; empty when healthy (R112)';

CREATE FUNCTION contacts.check_settings(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
	RETURN QUERY
	SELECT 'setting that is not as it is stored', 'account', ARRAY[a.account_id], s.name
	FROM contacts.account a
	CROSS JOIN LATERAL (VALUES ('default_region', 'region', a.default_region),
		('timezone', 'timezone', a.timezone)) AS s (name, form, value)
	WHERE a.account_id = account_id AND contacts.stored_problem(s.form, s.value) IS NOT NULL;

	RETURN QUERY
	SELECT 'field to compare that nobody defined', 'account', ARRAY[a.account_id], k.key
	FROM contacts.account a CROSS JOIN LATERAL pg_catalog.unnest(a.duplicate_fields) AS k (key)
	WHERE a.account_id = account_id
	  AND NOT EXISTS (SELECT FROM contacts.field f WHERE f.account_id = account_id AND f.key = k.key);

	RETURN QUERY
	SELECT 'options of a field that are blank or repeated', 'field', NULL::bigint[], f.key
	FROM contacts.field f
	WHERE f.account_id = account_id
	  AND EXISTS (SELECT FROM pg_catalog.unnest(f.options) o GROUP BY o
				  HAVING pg_catalog.count(*) > 1 OR o IS NULL OR pg_catalog.btrim(o) = '');

	RETURN QUERY
	SELECT 'grant of a role that does not exist', 'access_grant', NULL::bigint[], g.grantee
	FROM contacts.access_grant g
	WHERE g.account_id IN (account_id, 0)
	  AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = g.grantee);

	RETURN QUERY
	SELECT 'role without a privilege of its level', 'access_grant', NULL::bigint[],
		   pg_catalog.format('%s: %s', m.grantee, m.privilege)
	FROM contacts.missing_privileges() m
	WHERE m.account_id IN (account_id, 0);
END
$$;
COMMENT ON FUNCTION contacts.check_settings(bigint) IS
	'internal: list settings, fields and grants that no function would have left; part of check() (R112)';

CREATE FUNCTION contacts.check_messages(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
	RETURN QUERY
	SELECT 'delivery to a consumer that does not exist', 'event_delivery', ARRAY[d.event_id], d.consumer
	FROM contacts.event_delivery d
	WHERE d.account_id = account_id
	  AND NOT EXISTS (SELECT FROM contacts.event_consumer c
					  WHERE c.account_id = account_id AND c.consumer = d.consumer);

	RETURN QUERY
	SELECT 'delivery of another contact than its event', 'event_delivery',
		   ARRAY[d.event_id, d.contact_id], d.consumer
	FROM contacts.event_delivery d
	JOIN contacts.event e ON e.account_id = d.account_id AND e.event_id = d.event_id
	WHERE d.account_id = account_id AND d.contact_id IS DISTINCT FROM e.contact_id;

	RETURN QUERY
	SELECT 'delivery taken by nobody, or at no time', 'event_delivery', ARRAY[d.event_id], d.consumer
	FROM contacts.event_delivery d
	WHERE d.account_id = account_id
	  AND (d.attempts < 0 OR (d.attempts = 0) <> (d.taken_at IS NULL)
		OR (d.taken_at IS NULL AND (d.taken_by IS NOT NULL OR d.taken_session IS NOT NULL)));

	RETURN QUERY
	SELECT 'reminder taken at no time', 'reminder', ARRAY[r.reminder_id], NULL::text
	FROM contacts.reminder r
	WHERE r.account_id = account_id AND r.taken_at IS NULL
	  AND (r.taken_by IS NOT NULL OR r.taken_session IS NOT NULL);

	RETURN QUERY
	SELECT 'chain of the audit log that goes on from none', 'audit_group', ARRAY[g.group_id],
		   g.previous_group::text
	FROM contacts.audit_group g
	WHERE g.account_id = account_id AND g.previous_group IS NOT NULL
	  AND NOT EXISTS (SELECT FROM contacts.audit_group p
					  WHERE p.account_id = account_id AND p.group_id = g.previous_group);

	RETURN QUERY
	SELECT 'entry of the audit log without its chain', 'audit_log', ARRAY[l.entry_id], NULL::text
	FROM contacts.audit_log l
	WHERE l.account_id = account_id
	  AND NOT EXISTS (SELECT FROM contacts.audit_group g
					  WHERE g.account_id = account_id AND g.group_id = l.group_id);
END
$$;
COMMENT ON FUNCTION contacts.check_messages(bigint) IS
	'internal: list deliveries, reminders and chains of the audit log that hang in the air; part of check() (R112)';
