
-- Whether the tables are still what setup() made: the first part of check() (R112).  What is there
-- comes from the catalogs, what should be there from contacts.schema_parts().

CREATE FUNCTION contacts.bare_definition(definition text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	-- Without casts, names of sub-selects' columns, schemas, brackets, white space and what is
	-- understood: so a statement and what the server makes of it read alike.
	RETURN regexp_replace(regexp_replace(regexp_replace(definition,
		' AS \w+\)|::(\w+\.)?\w+(\[\])?|\m(contacts|pg_catalog)\.|\mUSING btree\M', '', 'g'),
		'INSERT OR DELETE OR UPDATE', 'INSERT OR UPDATE OR DELETE'), '[\s()]', '', 'g');
END
$$;
COMMENT ON FUNCTION contacts.bare_definition(text) IS
	'internal: return a definition without what the server writes differently from a person';

CREATE FUNCTION contacts.check_schema()
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH part AS MATERIALIZED (
		SELECT p.kind, p.table_name, p.name, p.definition, c.oid AS relation, c.relkind
		FROM contacts.schema_parts() p
		LEFT JOIN pg_class c ON c.relname = p.table_name
			AND c.relnamespace = 'contacts'::regnamespace AND c.relkind IN ('r', 'p', 'v')
	), finding AS (
		SELECT p.kind || ' is missing' AS problem, p.table_name, p.name AS detail
		FROM part p WHERE p.kind IN ('table', 'view') AND p.relation IS NULL
		UNION ALL
		SELECT CASE WHEN a.attname IS NULL THEN 'column is missing'
					ELSE 'column is not what setup() made' END, p.table_name, p.name
		FROM part p
		LEFT JOIN pg_attribute a ON a.attrelid = p.relation AND a.attname = p.name
			AND a.attnum > 0 AND NOT a.attisdropped
		WHERE p.kind = 'column' AND p.relation IS NOT NULL
		  AND (a.attname IS NULL
			OR a.atttypid IS DISTINCT FROM
			   to_regtype(substring(p.definition, '^(?:contacts\.)?\w+(?:\[\])?'))::oid
			OR (a.attidentity <> '') <> (p.definition ~ 'AS IDENTITY')
			OR (p.definition ~ 'NOT NULL' AND NOT a.attnotnull))
		UNION ALL
		SELECT CASE WHEN k.oid IS NULL THEN 'constraint is missing'
					WHEN NOT k.convalidated THEN 'constraint is not validated'
					ELSE 'constraint is not what setup() made' END, p.table_name, p.name
		FROM part p
		LEFT JOIN pg_constraint k ON k.conrelid = p.relation AND k.conname = p.name
		WHERE p.kind = 'constraint' AND p.relation IS NOT NULL
		  AND (k.oid IS NULL OR NOT k.convalidated OR k.contype::text <> lower(left(p.definition, 1))
			OR (k.contype <> 'c' AND contacts.bare_definition(pg_get_constraintdef(k.oid))
				<> contacts.bare_definition(p.definition)))
		UNION ALL
		SELECT CASE WHEN i.indexrelid IS NULL THEN 'index is missing'
					WHEN NOT (i.indisvalid AND i.indisready) THEN 'index is not valid'
					ELSE 'index is not what setup() made' END, p.table_name, p.name
		FROM part p
		LEFT JOIN pg_class c ON c.relname = p.name AND c.relnamespace = 'contacts'::regnamespace
		LEFT JOIN pg_index i ON i.indexrelid = c.oid AND i.indrelid = p.relation
		WHERE p.kind = 'index' AND p.relation IS NOT NULL
		  AND (i.indexrelid IS NULL OR NOT i.indisvalid OR NOT i.indisready
			OR contacts.bare_definition(pg_get_indexdef(i.indexrelid))
			   <> contacts.bare_definition(p.definition))
		UNION ALL
		SELECT CASE WHEN t.oid IS NULL THEN 'trigger is missing'
					WHEN t.tgenabled IN ('D', 'R') THEN 'trigger is disabled'
					ELSE 'trigger is not what setup() made' END, p.table_name, p.name
		FROM part p
		LEFT JOIN pg_trigger t ON t.tgrelid = p.relation AND t.tgname = p.name AND NOT t.tgisinternal
		WHERE p.kind = 'trigger' AND p.relation IS NOT NULL
		  AND (t.oid IS NULL OR t.tgenabled IN ('D', 'R')
			OR contacts.bare_definition(pg_get_triggerdef(t.oid)) <> contacts.bare_definition(p.definition))
		UNION ALL
		SELECT CASE WHEN l.oid IS NULL THEN 'policy is missing' ELSE 'policy is not what setup() made' END,
			   p.table_name, p.name
		FROM part p
		LEFT JOIN pg_policy l ON l.polrelid = p.relation AND l.polname = p.name
		WHERE p.kind = 'policy' AND p.relation IS NOT NULL
		  AND (l.oid IS NULL OR NOT l.polpermissive OR l.polroles <> '{0}'
			OR contacts.bare_definition(concat('CREATE POLICY ', l.polname, ' ON ', p.table_name,
				CASE l.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT'
							  WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' END,
				' USING ' || pg_get_expr(l.polqual, l.polrelid),
				' WITH CHECK ' || pg_get_expr(l.polwithcheck, l.polrelid)))
			   <> contacts.bare_definition(p.definition))
		UNION ALL
		SELECT 'row-level security is off', p.table_name, NULL
		FROM part p JOIN pg_class c ON c.oid = p.relation
		WHERE p.kind = 'row security' AND NOT c.relrowsecurity
		UNION ALL
		-- A policy of others gives more than ours do, unless it is restrictive.
		SELECT 'policy that is not ours', p.table_name, l.polname::text
		FROM part p JOIN pg_policy l ON l.polrelid = p.relation
		WHERE p.kind = 'table' AND l.polpermissive
		  AND NOT EXISTS (SELECT FROM part o WHERE o.kind = 'policy' AND o.relation = l.polrelid
						  AND o.name = l.polname)
		UNION ALL
		SELECT 'view runs with its owner''s rights', p.table_name, NULL
		FROM part p JOIN pg_class c ON c.oid = p.relation
		WHERE p.kind = 'view'
		  AND coalesce(array_to_string(c.reloptions, ','), '') !~ 'security_invoker=(true|on|1|yes)'
		UNION ALL
		SELECT 'trigger of a foreign key is disabled', p.table_name, k.conname::text
		FROM part p
		JOIN pg_trigger t ON t.tgrelid = p.relation AND t.tgisinternal AND t.tgenabled IN ('D', 'R')
		JOIN pg_constraint k ON k.oid = t.tgconstraint
		WHERE p.kind = 'table'
		UNION ALL
		-- What it names without a schema is looked for in the trusted schemas, then in pg_temp (R82).
		SELECT 'trigger whose function has no search_path', p.table_name,
			   t.tgname || ' calls ' || t.tgfoid::regprocedure
		FROM part p
		JOIN pg_trigger t ON t.tgrelid = p.relation AND NOT t.tgisinternal
		JOIN pg_proc f ON f.oid = t.tgfoid AND f.pronamespace <> 'contacts'::regnamespace
		JOIN pg_language l ON l.oid = f.prolang AND l.lanname NOT IN ('c', 'internal')
		WHERE p.kind = 'table' AND NOT EXISTS (
			SELECT FROM unnest(f.proconfig) s (setting) WHERE s.setting LIKE 'search\_path=%')
		UNION ALL
		SELECT p.kind || ' of another owner', p.table_name, c.relowner::regrole::text
		FROM part p JOIN pg_class c ON c.oid = p.relation
		WHERE p.kind IN ('table', 'view') AND c.relowner <> contacts.owner_of_tables()
		UNION ALL
		-- With the rights of another role it would run what the owner hangs on the tables (R82).
		SELECT 'function of another owner', 'function', f::regprocedure::text
		FROM unnest(contacts.misplaced_functions(contacts.owner_of_tables())) f
		UNION ALL
		SELECT 'privilege of everybody', p.table_name, a.privilege_type
		FROM part p JOIN pg_class c ON c.oid = p.relation CROSS JOIN aclexplode(c.relacl) a
		WHERE p.kind IN ('table', 'view') AND a.grantee = 0
		UNION ALL
		SELECT 'privilege of everybody', 'function', f.oid::regprocedure::text
		FROM pg_proc f CROSS JOIN aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
		WHERE f.pronamespace = 'contacts'::regnamespace AND a.grantee = 0
	)
	SELECT DISTINCT f.problem, f.table_name, NULL::bigint[], f.detail FROM finding f
	ORDER BY f.problem, f.table_name, f.detail;

	IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass('contacts.schema_version')
			   AND a.attname = 'version') THEN
		RETURN QUERY
		SELECT 'step of setup() is missing', 'schema_version', NULL::bigint[], s.step::text
		FROM generate_series(1, 1000) s (step)
		WHERE contacts.schema_step(s.step) IS NOT NULL
		  AND NOT EXISTS (SELECT FROM contacts.schema_version v WHERE v.version = s.step)
		UNION ALL
		SELECT 'step of setup() that this library does not know', 'schema_version', NULL, v.version::text
		FROM contacts.schema_version v WHERE contacts.schema_step(v.version) IS NULL;
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.check_schema() IS
	'internal: list what setup() made and is no longer there, or no longer so; part of check() (R112)';
