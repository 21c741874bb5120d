
-- Whether merges, their journals and redirects, and pairs to review agree: a part of check() (R112).

CREATE FUNCTION contacts.check_merges(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	reference record;
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
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

	-- What the owner of the contacts may not read, a merge writes as its owner (R42), and nobody checks.
	FOR reference IN SELECT r.* FROM contacts.contact_references() r WHERE r.rule = 'move'
		AND pg_catalog.has_schema_privilege((SELECT t.relnamespace FROM pg_catalog.pg_class t WHERE t.oid = r.relation), 'USAGE')
		AND pg_catalog.has_table_privilege(r.relation, 'SELECT') LOOP
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
	SELECT 'redirect without a merge that stands', 'contact', ARRAY[c.contact_id, c.merged_into],
		   (SELECT pg_catalog.format('merge %s was undone', pg_catalog.max(m.merge_id))
			FROM contacts.merge m
			WHERE m.account_id = account_id AND c.contact_id = ANY (m.duplicate_ids)
			  AND m.primary_id = c.merged_into
			HAVING pg_catalog.count(*) > 0)
	FROM contacts.contact c
	WHERE c.account_id = account_id AND c.merged_into IS NOT NULL
	  AND NOT EXISTS (SELECT FROM contacts.merge m
					  WHERE m.account_id = account_id AND c.contact_id = ANY (m.duplicate_ids)
						AND m.primary_id = c.merged_into AND m.undone_at IS NULL);

	RETURN QUERY
	SELECT 'merge of nobody, or of the survivor itself', 'merge', ARRAY[m.merge_id], NULL::text
	FROM contacts.merge m
	WHERE m.account_id = account_id
	  AND (pg_catalog.cardinality(m.duplicate_ids) = 0 OR m.primary_id = ANY (m.duplicate_ids)
		OR pg_catalog.array_position(m.duplicate_ids, NULL) IS NOT NULL
		OR (SELECT pg_catalog.count(DISTINCT d) FROM pg_catalog.unnest(m.duplicate_ids) d)
		   < pg_catalog.cardinality(m.duplicate_ids));

	-- A purge takes the notes about whom it removes.
	RETURN QUERY
	SELECT 'merge whose journal is not whole', 'merge', ARRAY[m.merge_id],
		   pg_catalog.format('%s rows instead of %s', j.count, m.journal_rows)
	FROM contacts.merge m
	CROSS JOIN LATERAL (SELECT pg_catalog.count(*) FROM contacts.merge_move o
						WHERE o.account_id = account_id AND o.merge_id = m.merge_id) j
	WHERE m.account_id = account_id AND m.undone_at IS NULL AND j.count <> m.journal_rows
	  AND (SELECT pg_catalog.count(*) FROM contacts.contact c
		   WHERE c.account_id = account_id AND c.contact_id = ANY (m.duplicate_ids))
		  = pg_catalog.cardinality(m.duplicate_ids);

	RETURN QUERY
	SELECT 'journal that names others than its merge', 'merge_move', ARRAY[o.move_id, o.contact_id],
		   o.table_name
	FROM contacts.merge_move o
	JOIN contacts.merge m ON m.account_id = o.account_id AND m.merge_id = o.merge_id
	WHERE o.account_id = account_id AND o.contact_id <> m.primary_id
	  AND o.contact_id <> ALL (m.duplicate_ids);

	RETURN QUERY
	SELECT 'journal that does not add up', 'merge_move', ARRAY[o.move_id], o.table_name
	FROM contacts.merge_move o
	WHERE o.account_id = account_id AND o.row_keys IS NOT NULL
	  AND CASE WHEN pg_catalog.jsonb_typeof(o.row_keys) = 'array'
			   THEN pg_catalog.jsonb_array_length(o.row_keys) <> o.row_count ELSE true END;

	RETURN QUERY
	SELECT 'pair to review with a contact that is merged', 'duplicate',
		   ARRAY[d.contact_id, d.other_id], d.state
	FROM contacts.duplicate d
	JOIN contacts.contact c ON c.account_id = d.account_id
		AND c.contact_id IN (d.contact_id, d.other_id)
	WHERE d.account_id = account_id AND d.state = 'open' AND c.merged_into IS NOT NULL;

	RETURN QUERY
	SELECT 'pair marked merged whose contacts are not', 'duplicate',
		   ARRAY[d.contact_id, d.other_id], NULL::text
	FROM contacts.duplicate d
	WHERE d.account_id = account_id AND d.state = 'merged'
	  AND NOT EXISTS (SELECT FROM contacts.contact c
					  WHERE c.account_id = account_id AND c.contact_id IN (d.contact_id, d.other_id)
						AND c.merged_into IS NOT NULL);

	RETURN QUERY
	SELECT 'open pair that was decided', 'duplicate',
		   ARRAY[d.contact_id, d.other_id], d.state
	FROM contacts.duplicate d
	WHERE d.account_id = account_id AND d.state = 'open' AND d.decided_at IS NOT NULL;
END
$$;
COMMENT ON FUNCTION contacts.check_merges(bigint) IS
	'internal: list redirects, merges, journals and pairs to review that contradict each other; part of check() (R112)';
