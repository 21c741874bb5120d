
-- Invariants, one branch each (R112).  Every one holds after every committed transaction.

CREATE FUNCTION contacts.check(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	reference record;
BEGIN
	PERFORM contacts.require_right('admin', account_id);
	RETURN QUERY
	SELECT 'identifier of a contact that is not live', 'identifier', ARRAY[i.contact_id],
		   i.kind::text
	FROM contacts.identifier i
	JOIN contacts.contact c ON c.account_id = i.account_id AND c.contact_id = i.contact_id
	WHERE i.account_id = account_id AND (c.deleted_at IS NOT NULL OR c.merged_into IS NOT NULL);

	RETURN QUERY
	SELECT 'identifier is not in canonical form', 'identifier', ARRAY[i.contact_id], i.kind::text
	FROM contacts.identifier i
	WHERE i.account_id = account_id
	  AND ((i.kind = 'email' AND (contacts.email_problem(i.value) IS NOT NULL
								  OR contacts.normalize_email(i.value) IS DISTINCT FROM i.value))
		OR (i.kind = 'phone' AND (contacts.phone_problem(i.value, NULL) IS NOT NULL
								  OR contacts.normalize_phone(i.value, NULL) IS DISTINCT FROM i.value)));

	RETURN QUERY
	SELECT 'several primary identifiers of one kind', 'identifier', ARRAY[i.contact_id], i.kind::text
	FROM contacts.identifier i
	WHERE i.account_id = account_id AND i.is_primary
	GROUP BY i.contact_id, i.kind HAVING pg_catalog.count(*) > 1;

	RETURN QUERY
	SELECT 'primary identifier that the contact does not show', 'identifier', ARRAY[i.contact_id],
		   i.kind::text
	FROM contacts.identifier i
	JOIN contacts.contact c ON c.account_id = i.account_id AND c.contact_id = i.contact_id
	LEFT JOIN contacts.account s ON s.account_id = i.account_id,
	LATERAL (SELECT p.valid, p.e164 || coalesce(';ext=' || p.extension, '') AS key
			 FROM contacts.phone_info(coalesce(c.phone, ''), s.default_region) p) f
	WHERE i.account_id = account_id AND i.is_primary
	  AND ((i.kind = 'email' AND (c.email IS NULL OR contacts.email_problem(c.email) IS NOT NULL
								  OR contacts.normalize_email(c.email) IS DISTINCT FROM i.value))
		OR (i.kind = 'phone' AND (c.phone IS NULL OR (f.valid AND f.key <> i.value)))
		OR i.kind IN ('external', 'visitor'));

	RETURN QUERY
	SELECT 'shown identifier that is not the primary one', 'identifier', ARRAY[c.contact_id],
		   i.kind::text
	FROM contacts.contact c
	JOIN contacts.identifier i ON i.account_id = c.account_id AND i.contact_id = c.contact_id
		AND i.kind = 'email' AND NOT i.is_primary
	WHERE c.account_id = account_id AND c.email IS NOT NULL
	  AND CASE WHEN contacts.email_problem(c.email) IS NULL
			   THEN i.value = contacts.normalize_email(c.email) END;

	RETURN QUERY
	SELECT 'row of a contact that does not exist', o.table_name, ARRAY[o.contact_id], NULL::text
	FROM (SELECT 'activity' AS table_name, a.contact_id FROM contacts.activity a
		  WHERE a.account_id = account_id
		  UNION SELECT 'page_view', p.contact_id FROM contacts.page_view p
		  WHERE p.account_id = account_id
		  UNION SELECT 'identifier', i.contact_id FROM contacts.identifier i
		  WHERE i.account_id = account_id) o
	WHERE o.contact_id IS NOT NULL
	  AND NOT EXISTS (SELECT FROM contacts.contact c
					  WHERE c.account_id = account_id AND c.contact_id = o.contact_id);

	RETURN QUERY
	SELECT 'field value that does not fit its definition', 'contact', ARRAY[c.contact_id], f.key
	FROM contacts.field f
	JOIN contacts.contact c ON c.account_id = f.account_id AND c.fields ? f.key
	WHERE f.account_id = account_id AND f.archived_at IS NULL
	  AND contacts.coerce_field_value(f.key, f.type::text, f.options, c.fields -> f.key) IS NULL;

	-- From the ends of all chains of redirects backwards: whoever is not met has no end, being in a
	-- circle or on the way into one (R44).
	RETURN QUERY
	WITH RECURSIVE ending AS (
		SELECT c.contact_id FROM contacts.contact c
		WHERE c.account_id = account_id AND c.merged_into IS NOT NULL
		  AND NOT EXISTS (SELECT FROM contacts.contact s
						  WHERE s.account_id = account_id AND s.contact_id = c.merged_into
							AND s.merged_into IS NOT NULL)
		UNION ALL
		SELECT c.contact_id FROM ending e
		JOIN contacts.contact c ON c.account_id = account_id AND c.merged_into = e.contact_id)
	SELECT 'redirect in a circle', 'contact', ARRAY[c.contact_id, c.merged_into], NULL::text
	FROM contacts.contact c
	WHERE c.account_id = account_id AND c.merged_into IS NOT NULL
	  AND NOT EXISTS (SELECT FROM ending e WHERE e.contact_id = c.contact_id);

	FOR reference IN SELECT r.* FROM contacts.contact_references() r WHERE r.rule = 'move' LOOP
		RETURN QUERY EXECUTE pg_catalog.format(
			'SELECT %3$L, %4$L, ARRAY[t.%2$I::bigint], NULL::text FROM %1$s t
			 JOIN contacts.contact c ON c.account_id = t.%5$I AND c.contact_id = t.%2$I
			 WHERE c.account_id = $1 AND c.merged_into IS NOT NULL',
			reference.relation, reference.contact_column, 'row of a merged contact',
			reference.relation::text, reference.account_column) USING account_id;
	END LOOP;

	RETURN QUERY
	SELECT 'merge whose duplicate does not redirect to the survivor', 'merge',
		   ARRAY[m.merge_id, c.contact_id], NULL::text
	FROM contacts.merge m
	JOIN contacts.contact c ON c.account_id = m.account_id AND c.contact_id = ANY (m.duplicate_ids)
	WHERE m.account_id = account_id AND m.undone_at IS NULL
	  AND c.merged_into IS DISTINCT FROM m.primary_id;

	RETURN QUERY
	SELECT 'noted identifier of a contact that is not deleted', 'freed_identifier',
		   ARRAY[f.contact_id], f.kind::text
	FROM contacts.freed_identifier f
	JOIN contacts.contact c ON c.account_id = f.account_id AND c.contact_id = f.contact_id
	WHERE f.account_id = account_id AND c.deleted_at IS NULL;

	RETURN QUERY
	SELECT 'status without the change that set it', 'contact', ARRAY[c.contact_id], c.status::text
	FROM contacts.contact c
	LEFT JOIN LATERAL (
		SELECT s.to_status FROM contacts.status_change s
		WHERE s.account_id = c.account_id AND s.contact_id = c.contact_id
		ORDER BY s.status_change_id DESC LIMIT 1) last ON true
	WHERE c.account_id = account_id AND c.status IS DISTINCT FROM last.to_status;

	RETURN QUERY
	SELECT 'pair to review with a contact that is not live', 'duplicate',
		   ARRAY[d.contact_id, d.other_id], d.state
	FROM contacts.duplicate d
	JOIN contacts.contact c ON c.account_id = d.account_id
		AND c.contact_id IN (d.contact_id, d.other_id)
	WHERE d.account_id = account_id AND d.state = 'open' AND c.merged_into IS NOT NULL;

	RETURN QUERY
	SELECT 'foreign key without its row', k.conrelid::regclass::text, NULL::bigint[],
		   k.conname::text || ' is not validated'
	FROM pg_catalog.pg_constraint k
	WHERE k.connamespace = 'contacts'::regnamespace AND k.contype = 'f' AND NOT k.convalidated;
END
$$;
COMMENT ON FUNCTION contacts.check(bigint) IS
	'list violated invariants of the account; empty when healthy (R112)';
