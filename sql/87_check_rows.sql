
-- Whether the rows keep what their tables promise, also where a promise was dropped, or rows came
-- in past it: a part of check() (R112).  The promises are those of contacts.schema_parts().

CREATE FUNCTION contacts.check_rows(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
	test record;
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
	FOR test IN
		WITH part AS MATERIALIZED (
			SELECT p.* FROM contacts.schema_parts() p WHERE p.table_name <> 'schema_version'
		), named AS (
			-- What names a row: the numbers of its primary key, else its contact.
			SELECT p.table_name, coalesce(string_agg(format('t.%I', c.name), ', ' ORDER BY strpos(p.definition, c.name))
					FILTER (WHERE c.name <> 'account_id' AND strpos(p.definition, c.name) > 0),
				string_agg('t.contact_id', ', ') FILTER (WHERE c.name = 'contact_id')) AS ids
			FROM part p
			LEFT JOIN part c ON c.table_name = p.table_name AND c.kind = 'column' AND c.definition ~ '^bigint\M(?!\[)'
			WHERE p.name = p.table_name || '_pkey'
			GROUP BY p.table_name
		), rule AS (
			SELECT p.table_name, format('(%s) IS FALSE', substring(p.definition, '^CHECK\s*\((.*)\)$')) AS breach,
				   'row that breaks a check' AS problem, p.name AS detail
			FROM part p WHERE p.kind = 'constraint' AND p.definition ~ '^CHECK'
			UNION ALL
			SELECT p.table_name, format('t.%I IS NULL', p.name), 'null where none may be', p.name
			FROM part p WHERE p.kind = 'column' AND p.definition ~ 'NOT NULL|AS IDENTITY'
			UNION ALL
			SELECT p.table_name, format('NOT isfinite(t.%I)', p.name), 'time that is not finite', p.name
			FROM part p WHERE p.kind = 'column' AND p.definition ~ '^timestamptz'
			UNION ALL
			SELECT p.table_name, format('t.%I <= 0', p.name), 'id that is none', p.name
			FROM part p
			WHERE p.kind = 'column' AND p.definition ~ '^bigint\M(?!\[)'
			  AND p.name ~ '_id$|^(assigned_to|merged_into|previous_group)$'
		)
		SELECT r.table_name, format(
			'SELECT b.problem, %L, %s, b.detail FROM contacts.%I t
			 CROSS JOIN LATERAL (VALUES %s) AS b (is_broken, problem, detail)
			 WHERE t.account_id = $1 AND b.is_broken', r.table_name,
			coalesce(format('ARRAY[%s]::bigint[]', n.ids), 'NULL::bigint[]'), r.table_name,
			string_agg(format('(%s, %L, %L)', r.breach, r.problem, r.detail), ', ')) AS query
		FROM rule r JOIN named n ON n.table_name = r.table_name
		GROUP BY r.table_name, n.ids
		UNION ALL
		-- Rows that a foreign key leads nowhere.
		SELECT p.table_name, format(
			'SELECT %1$L, %2$L, ARRAY[t.%4$I]::bigint[], %3$L FROM contacts.%2$I t
			 WHERE t.account_id = $1 AND t.%4$I IS NOT NULL
			   AND NOT EXISTS (SELECT FROM contacts.%5$I o WHERE o.account_id = $1 AND o.%6$I = t.%4$I)',
			CASE WHEN k.part[2] = 'contact' THEN 'row of a contact that does not exist'
				 ELSE 'row that refers to one that does not exist' END,
			p.table_name, p.name, k.part[1], k.part[2], k.part[3])
		FROM part p
		CROSS JOIN regexp_match(p.definition, '^FOREIGN KEY \(account_id, (\w+)\)\s+REFERENCES contacts\.(\w+) \(account_id, (\w+)\)') AS k (part)
		WHERE p.kind = 'constraint' AND p.definition ~ '^FOREIGN KEY'
		UNION ALL
		-- Keys that are there twice.
		SELECT p.table_name, format(
			'SELECT ''several rows of one key'', %1$L, NULL::bigint[], %2$L FROM contacts.%1$I t
			 WHERE t.account_id = $1%3$s GROUP BY %4$s HAVING count(*) > 1', p.table_name, p.name,
			coalesce(' AND ' || k.part[2], ''), k.part[1])
		FROM part p
		CROSS JOIN regexp_match(p.definition, '(?:^PRIMARY KEY|^CREATE UNIQUE INDEX .*? ON contacts\.\w+)\s*\((.*?)\)(?:\s+NULLS NOT DISTINCT)?(?:\s+WHERE (.*))?$') AS k (part)
		WHERE p.kind IN ('constraint', 'index') AND p.definition ~ '^PRIMARY KEY|^CREATE UNIQUE INDEX'
		UNION ALL
		-- An id that one of the next hundred inserts would get is taken: it is skipped, and yet a sign of
		-- rows that came with ids of their own.  Members mostly do.
		SELECT p.table_name, format(
			'SELECT ''sequence behind its column'', %1$L, ARRAY[max(t.%2$I)], %3$L FROM contacts.%1$I t
			 WHERE t.account_id = $1
			   AND t.%2$I BETWEEN coalesce(pg_sequence_last_value(%4$s), 0) + 1
						 AND coalesce(pg_sequence_last_value(%4$s), 0) + 100
			 HAVING count(*) > 0', p.table_name, p.name, s.sequence, s.sequence::regclass::oid)
		FROM part p
		CROSS JOIN pg_get_serial_sequence('contacts.' || p.table_name, p.name) AS s (sequence)
		WHERE p.kind = 'column' AND p.definition ~ 'AS IDENTITY' AND s.sequence IS NOT NULL
		  AND p.table_name <> 'member'
		ORDER BY 1, 2
	LOOP
		RETURN QUERY EXECUTE test.query USING account_id;
	END LOOP;
END
$$;
COMMENT ON FUNCTION contacts.check_rows(bigint) IS
	'internal: list rows that break what their table promises: checks, nulls, times, ids, references, keys, sequences; part of check() (R112)';
