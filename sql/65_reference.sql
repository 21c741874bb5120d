
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
	-- Once, however many foreign keys say the same.
	SELECT DISTINCT ON (k.conrelid::regclass, contact.attname)
		   k.conrelid::regclass, account.attname, contact.attname,
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
	  AND cardinality(k.conkey) = 2
	  -- Of the contacts themselves, what their owner added: the redirect is a merge's own.
	  AND NOT (k.conrelid = k.confrelid AND contact.attname = 'merged_into')
	ORDER BY 1, 3, k.oid;
END
$$;
COMMENT ON FUNCTION contacts.contact_references() IS
	'list what hangs on contacts: each table with a foreign key to contacts.contact, what a merge does to its rows, the columns that name a row (null = none), and the other columns of unique keys that the contact is part of (R42)';

-- A row as it will be, so that whatever the table forbids can be asked before it moves.  Parameters as
-- of merge_statements().
CREATE FUNCTION contacts.moved_value(relation regclass, contact_column name, alias text) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	-- Nobody refers to themselves by a merge, unless the column must say something.
	RETURN (
		SELECT CASE WHEN relation = 'contacts.contact'::regclass AND NOT a.attnotnull
					THEN format('CASE WHEN %s.contact_id OPERATOR(pg_catalog.=) ($3)[1] '
								'AND %1$s.contact_id OPERATOR(pg_catalog.=) ANY ($4) '
								'THEN NULL ELSE ($3)[1] END::%s', alias, t.type)
					ELSE format('($3)[1]::%s', t.type) END
		FROM pg_attribute a
		CROSS JOIN LATERAL (SELECT format_type(a.atttypid, a.atttypmod) AS type) t
		WHERE a.attrelid = relation AND a.attname = contact_column);
END
$$;
COMMENT ON FUNCTION contacts.moved_value(regclass, name, text) IS
	'internal: return what a merge writes into the column that names the contact, as an expression over a row of the table';

CREATE FUNCTION contacts.moved_row(
	relation       regclass,
	contact_column name,
	earlier        name[],
	alias          text
) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	plain text;
	generated text;
BEGIN
	SELECT string_agg(format('%s AS %I', CASE
			   -- Of the duplicate at hand and those before it; in earlier columns, of all of them.
			   WHEN a.attname = contact_column OR a.attname = ANY (earlier)
			   THEN format('CASE WHEN %s.%I OPERATOR(pg_catalog.=) %s THEN %s ELSE %1$s.%2$I END',
						   alias, a.attname,
						   CASE WHEN a.attname = contact_column THEN 'ANY ($2 OPERATOR(pg_catalog.||) $3)'
								ELSE 'ANY ($4)' END,
						   contacts.moved_value(relation, a.attname, alias))
			   ELSE format('%s.%I', alias, a.attname) END, a.attname), ', ' ORDER BY a.attnum)
			   FILTER (WHERE a.attgenerated = ''),
		   string_agg(format(', %s AS %I', pg_get_expr(d.adbin, d.adrelid), a.attname), '')
			   FILTER (WHERE a.attgenerated <> '')
	INTO plain, generated
	FROM pg_attribute a
	LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped;
	RETURN CASE WHEN generated IS NULL THEN format('(SELECT %s)', plain)
				ELSE format('(SELECT b.*%s FROM (SELECT %s) b)', generated, plain) END;
END
$$;
COMMENT ON FUNCTION contacts.moved_row(regclass, name, name[], text) IS
	'internal: return a sub-select of a row of the table as a merge leaves it; earlier columns that name contacts were moved before';

CREATE FUNCTION contacts.movable_condition(
	relation       regclass,
	account_column name,
	contact_column name,
	earlier        name[]
) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	contact_number int2 := (SELECT a.attnum FROM pg_attribute a
							WHERE a.attrelid = relation AND a.attname = contact_column);
	-- Columns that change with the contact.
	changing int2[] := contact_number || ARRAY(
		SELECT a.attnum FROM pg_attribute a
		WHERE a.attrelid = relation AND a.attgenerated <> '' AND NOT a.attisdropped);
	is_self boolean := relation = 'contacts.contact'::regclass;
	moved text := contacts.moved_row(relation, contact_column, earlier, 't');
	-- The rows that the new contact has by then; all others where the key may be like theirs.
	there text := format(
		'(SELECT h.* FROM %s o CROSS JOIN LATERAL %s h WHERE o.%I OPERATOR(pg_catalog.=) $1 AND o.%I OPERATOR(pg_catalog.=) ANY ($3))',
		relation, contacts.moved_row(relation, contact_column, earlier, 'o'),
		account_column, contact_column);
	elsewhere text := replace(there, format('o.%I OPERATOR(pg_catalog.=) ANY ($3))', contact_column),
		format('(o.%1$I OPERATOR(pg_catalog.<>) $2 OR o.%1$I IS NULL))', contact_column));
BEGIN
	RETURN (
		SELECT coalesce(string_agg(rule.condition, ' AND '), 'true') FROM (
			-- Unique keys and exclusion constraints, of columns or expressions, partial or not.
			SELECT format('NOT EXISTS (SELECT FROM (SELECT %1$s FROM %2$s h%4$s) n, (SELECT %1$s FROM %3$s h%4$s) p%5$s)',
						  coalesce(part.keys, '1'), moved,
						  CASE WHEN part.is_by_contact THEN there ELSE elsewhere END,
						  ' WHERE ' || pg_get_expr(i.indpred, i.indrelid), ' WHERE ' || part.meets) AS condition
			FROM pg_index i
			LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype = 'x'
			CROSS JOIN LATERAL (
				SELECT string_agg(format('%s AS k%s', pg_get_indexdef(i.indexrelid, u.place, false), u.place), ', ' ORDER BY u.place) AS keys,
					   string_agg(CASE
						   WHEN i.indnullsnotdistinct
						   THEN format('(n.k%1$s%2$s OPERATOR(%3$I.%4$s) p.k%1$s%2$s OR n.k%1$s IS NULL AND p.k%1$s IS NULL)', u.place, c.clause, s.nspname, o.oprname)
						   ELSE format('n.k%1$s%2$s OPERATOR(%3$I.%4$s) p.k%1$s%2$s', u.place, c.clause, s.nspname, o.oprname) END,
						   ' AND ' ORDER BY u.place)
						   -- Both rows are of one contact then.
						   FILTER (WHERE is_self OR k.oid IS NOT NULL OR i.indkey[u.place - 1] <> contact_number) AS meets,
					   bool_or(i.indkey[u.place - 1] = contact_number AND o.oprname = '=') AS is_by_contact
				FROM generate_series(1, i.indnkeyatts) AS u (place)
				JOIN pg_opclass class ON class.oid = i.indclass[u.place - 1]
				LEFT JOIN pg_amop equal ON equal.amopfamily = class.opcfamily AND equal.amopstrategy = 3
					AND equal.amoplefttype = class.opcintype AND equal.amoprighttype = class.opcintype
				JOIN pg_operator o ON o.oid = coalesce(k.conexclop[u.place], equal.amopopr)
				JOIN pg_namespace s ON s.oid = o.oprnamespace
				CROSS JOIN LATERAL (
					SELECT coalesce((SELECT format(' COLLATE %I.%I', l.nspname, v.collname)
									 FROM pg_collation v JOIN pg_namespace l ON l.oid = v.collnamespace
									 WHERE v.oid = i.indcollation[u.place - 1]), '') AS clause) c) part
			WHERE i.indrelid = relation AND i.indislive AND i.indisready
			  AND (i.indisunique OR k.oid IS NOT NULL)
			  AND (changing && i.indkey::int2[] OR EXISTS (
				   SELECT FROM pg_depend d
				   WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
					 AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation
					 AND d.refobjsubid = ANY (changing)))
			UNION ALL
			-- A check that was never validated may refuse any change of the row.
			SELECT format('(SELECT (%s) IS NOT FALSE FROM %s h)', pg_get_expr(k.conbin, k.conrelid), moved)
			FROM pg_constraint k
			WHERE k.conrelid = relation AND k.contype = 'c' AND 0 < ALL (k.conkey)
			  AND (k.conkey && changing OR NOT k.convalidated)) rule);
END
$$;
COMMENT ON FUNCTION contacts.movable_condition(regclass, name, name, name[]) IS
	'internal: return the condition under which a row may go to another contact: no unique key, exclusion constraint or check of the table forbids it (R42, R43)';

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
			   ELSE r.relation::text || CASE WHEN is_self OR count(*) OVER (PARTITION BY r.relation) > 1
											  THEN '.' || r.contact_column ELSE '' END END,
		   r.rule = 'unite', c.relowner,
		   format('SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE %s) FROM %s t WHERE %s',
				  movable.condition, r.relation, owned.condition),
		   format('WITH moved AS (UPDATE %1$s t SET %2$I = %6$s WHERE %3$s AND %4$s RETURNING %5$s AS key) '
				  'SELECT (SELECT pg_catalog.count(*) FROM %1$s t WHERE %3$s), pg_catalog.count(*), '
				  'pg_catalog.jsonb_agg(m.key) FROM moved m',
				  r.relation, r.contact_column, owned.condition, movable.condition,
				  coalesce('pg_catalog.jsonb_build_array(' || key.columns || ')', 'NULL::jsonb'),
				  contacts.moved_value(r.relation, r.contact_column, 't')),
		   format('WITH given AS (SELECT e.key FROM pg_catalog.jsonb_array_elements($5) AS e (key)), '
				  'moved AS (UPDATE %s t SET %I = ($3)[1] FROM given WHERE (%s%s) AND %s%s RETURNING 1) '
				  'SELECT pg_catalog.count(*) FROM moved',
				  r.relation, r.contact_column, owned.condition,
				  -- The survivor's own reference, which became null.
				  CASE WHEN is_self THEN format(
					  ' OR t.account_id OPERATOR(pg_catalog.=) $1 AND t.contact_id OPERATOR(pg_catalog.=) $2 AND t.%I IS NULL',
					  r.contact_column) END,
				  movable.condition, key.condition),
		   CASE WHEN c.relnamespace = 'contacts'::regnamespace AND NOT a.attnotnull AND NOT is_self THEN
			   format('UPDATE %s t SET %I = NULL WHERE t.%I OPERATOR(pg_catalog.=) $1 AND t.%2$I OPERATOR(pg_catalog.=) ANY ($2)',
					  r.relation, r.contact_column, r.account_column) END
	FROM contacts.contact_references() r
	JOIN pg_class c ON c.oid = r.relation
	JOIN pg_attribute a ON a.attrelid = r.relation AND a.attname = r.contact_column
	CROSS JOIN LATERAL (SELECT r.relation = 'contacts.contact'::regclass AS is_self) self
	CROSS JOIN LATERAL (
		SELECT format('t.%I OPERATOR(pg_catalog.=) $1 AND t.%I OPERATOR(pg_catalog.=) $2',
					  r.account_column, r.contact_column) AS condition) owned
	CROSS JOIN LATERAL (
		SELECT contacts.movable_condition(r.relation, r.account_column, r.contact_column, ARRAY(
			SELECT e.contact_column FROM contacts.contact_references() e
			WHERE e.relation = r.relation AND e.contact_column < r.contact_column)) AS condition) movable
	CROSS JOIN LATERAL (
		SELECT CASE WHEN r.key_columns IS NOT NULL
					THEN coalesce(string_agg(format('t.%I', u.name), ', ' ORDER BY u.place), '') END AS columns,
			   coalesce(string_agg(format(' AND t.%I OPERATOR(pg_catalog.=) (given.key OPERATOR(pg_catalog.->>) %s)::%s',
										  u.name, u.place - 1, u.type), '' ORDER BY u.place), '') AS condition
		FROM unnest(r.key_columns, r.key_types) WITH ORDINALITY AS u (name, type, place)) key
	WHERE r.rule IN ('move', 'unite')
	ORDER BY r.relation::text COLLATE "C", r.contact_column;
END
$$;
COMMENT ON FUNCTION contacts.merge_statements() IS
	'internal: the statements that count, move and give back the rows of each table that hangs on contacts: $1 account, $2 contact that has them, $3 contacts that must not have the same, of which the first gets them, $4 all that are merged (none when rows go back), $5 keys of the rows; and the one that unlinks the rows of purged contacts, $2, where they outlive them';
