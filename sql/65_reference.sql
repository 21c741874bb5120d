
-- What hangs on a contact.  The one list of it: merging, undoing a merge and check() go by it.
-- It is read from the catalogs, so that a table of the user's own that refers to contacts.contact
-- is treated like ours.

CREATE FUNCTION contacts.reference_rule(relation regclass) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN CASE
		-- Keys and pairs have ways of their own (src/store).
		WHEN relation IN ('contacts.identifier'::regclass, 'contacts.duplicate'::regclass) THEN 'special'
		-- What one record went through stays its own.
		WHEN relation IN ('contacts.status_change'::regclass, 'contacts.merge'::regclass,
						  'contacts.merge_move'::regclass, 'contacts.freed_identifier'::regclass) THEN 'stay'
		-- What the survivor has already stays behind.
		WHEN relation = 'contacts.contact_tag'::regclass THEN 'unite'
		ELSE 'move'
	END;
END
$$;
COMMENT ON FUNCTION contacts.reference_rule(regclass) IS
	'internal: return what a merge does to the rows of a table that refers to contacts: move (all of them, or the merge is refused), unite (those that the survivor has already stay behind), stay, special';

CREATE FUNCTION contacts.contact_references()
	RETURNS TABLE (relation regclass, account_column name, contact_column name, rule text,
				   key_columns name[], key_types text[], unique_keys jsonb)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY
	SELECT k.conrelid::regclass, account.attname, contact.attname,
		   contacts.reference_rule(k.conrelid::regclass), named.columns, named.types, taken.keys
	FROM pg_constraint k
	JOIN pg_attribute target ON target.attrelid = k.confrelid AND target.attname = 'account_id'
	JOIN pg_attribute account ON account.attrelid = k.conrelid
		AND account.attnum = k.conkey[array_position(k.confkey, target.attnum)]
	JOIN pg_attribute contact ON contact.attrelid = k.conrelid
		AND contact.attnum = ANY (k.conkey) AND contact.attnum <> account.attnum
	LEFT JOIN LATERAL (
		-- The columns of the primary key that name a row; null when there is none.
		SELECT coalesce(array_agg(a.attname ORDER BY u.place) FILTER (WHERE a.attnum IS NOT NULL), '{}') AS columns,
			   coalesce(array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY u.place)
						FILTER (WHERE a.attnum IS NOT NULL), '{}') AS types
		FROM pg_index i
		CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS u (attnum, place)
		LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.attnum
			AND a.attnum NOT IN (account.attnum, contact.attnum)
		WHERE i.indrelid = k.conrelid AND i.indisprimary
		HAVING count(*) > 0) named ON true
	CROSS JOIN LATERAL (
		-- The other columns of each unique key that the contact is part of.
		SELECT coalesce(jsonb_agg(unique_key.columns), '[]') AS keys
		FROM pg_index i
		CROSS JOIN LATERAL (
			SELECT coalesce(jsonb_agg(a.attname ORDER BY a.attnum), '[]') AS columns
			FROM pg_attribute a
			WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
			  AND a.attnum NOT IN (account.attnum, contact.attnum)) unique_key
		WHERE i.indrelid = k.conrelid AND i.indisunique AND i.indexprs IS NULL
		  AND i.indpred IS NULL AND contact.attnum = ANY (i.indkey)) taken
	WHERE k.contype = 'f' AND k.confrelid = 'contacts.contact'::regclass AND k.conparentid = 0
	  AND k.conrelid <> k.confrelid AND cardinality(k.conkey) = 2
	ORDER BY 1, 3;
END
$$;
COMMENT ON FUNCTION contacts.contact_references() IS
	'list what hangs on contacts: each table with a foreign key to contacts.contact, what a merge does to its rows, the columns that name a row (null = none), and the other columns of unique keys that the contact is part of (R42)';

CREATE FUNCTION contacts.merge_statements()
	RETURNS TABLE (table_name text, column_name text, label text, is_united boolean,
				   table_owner oid, count_rows text, move_rows text, return_rows text,
				   unlink_rows text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY
	SELECT r.relation::text, r.contact_column::text,
		   CASE r.relation::text WHEN 'contacts.activity' THEN 'activities'
			   WHEN 'contacts.page_view' THEN 'page_views' WHEN 'contacts.contact_tag' THEN 'tags'
			   ELSE r.relation::text || CASE WHEN count(*) OVER (PARTITION BY r.relation) > 1
											  THEN '.' || r.contact_column ELSE '' END END,
		   r.rule = 'unite', c.relowner,
		   format('SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE %s) FROM %s t WHERE %s',
				  movable.condition, r.relation, owned.condition),
		   format('WITH moved AS (UPDATE %1$s t SET %2$I = $4 WHERE %3$s AND %4$s RETURNING %5$s AS key) '
				  'SELECT (SELECT pg_catalog.count(*) FROM %1$s t WHERE %3$s), pg_catalog.count(*), '
				  'pg_catalog.jsonb_agg(m.key) FROM moved m',
				  r.relation, r.contact_column, owned.condition, movable.condition,
				  coalesce('pg_catalog.jsonb_build_array(' || key.columns || ')', 'NULL::jsonb')),
		   format('WITH given AS (SELECT e.key FROM pg_catalog.jsonb_array_elements($5) AS e (key)), '
				  'moved AS (UPDATE %s t SET %I = $4 FROM given WHERE %s AND %s%s RETURNING 1) '
				  'SELECT pg_catalog.count(*) FROM moved',
				  r.relation, r.contact_column, owned.condition, movable.condition, key.condition),
		   CASE WHEN c.relnamespace = 'contacts'::regnamespace AND NOT a.attnotnull THEN
			   format('UPDATE %s t SET %I = NULL WHERE t.%I OPERATOR(pg_catalog.=) $1 AND t.%2$I OPERATOR(pg_catalog.=) ANY ($2)',
					  r.relation, r.contact_column, r.account_column) END
	FROM contacts.contact_references() r
	JOIN pg_class c ON c.oid = r.relation
	JOIN pg_attribute a ON a.attrelid = r.relation AND a.attname = r.contact_column
	CROSS JOIN LATERAL (
		SELECT format('t.%I OPERATOR(pg_catalog.=) $1 AND t.%I OPERATOR(pg_catalog.=) $2',
					  r.account_column, r.contact_column) AS condition) owned
	CROSS JOIN LATERAL (
		SELECT coalesce(string_agg(format(
				'NOT EXISTS (SELECT FROM %s o WHERE o.%I OPERATOR(pg_catalog.=) $1 AND o.%I OPERATOR(pg_catalog.=) ANY ($3)%s)',
				r.relation, r.account_column, r.contact_column,
				(SELECT string_agg(format(' AND o.%1$I OPERATOR(pg_catalog.=) t.%1$I', u.name), '')
				 FROM jsonb_array_elements_text(taken.columns) AS u (name))), ' AND '), 'true') AS condition
		FROM jsonb_array_elements(r.unique_keys) AS taken (columns)) movable
	CROSS JOIN LATERAL (
		SELECT CASE WHEN r.key_columns IS NOT NULL
					THEN coalesce(string_agg(format('t.%I', u.name), ', ' ORDER BY u.place), '') END AS columns,
			   coalesce(string_agg(format(' AND t.%I OPERATOR(pg_catalog.=) (given.key OPERATOR(pg_catalog.->>) %s)::%s',
										  u.name, u.place - 1, u.type), '' ORDER BY u.place), '') AS condition
		FROM unnest(r.key_columns, r.key_types) WITH ORDINALITY AS u (name, type, place)) key
	WHERE r.rule IN ('move', 'unite')
	ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION contacts.merge_statements() IS
	'internal: the statements that count, move and give back the rows of each table that hangs on contacts: $1 account, $2 contact that has them, $3 contacts that must not have the same, $4 contact that gets them, $5 keys of the rows; and the one that unlinks the rows of purged contacts, $2, where they outlive them';
