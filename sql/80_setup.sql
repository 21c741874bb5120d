
-- Making and migrating the tables (R1); the versions in use.  Who owns them: 79_owner.sql.

-- It first asks who is to own the tables, and whether the caller may say so.  The rest is done with
-- the rights of that owner: whoever owns tables can hang code on them, which would run with the
-- rights of the superuser who sets up.
CREATE FUNCTION contacts.setup(owner text DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	holder oid;
	new_owner oid;
	moved boolean := false;
	said text;
BEGIN
	IF NOT pg_catalog.has_function_privilege('contacts.require_may_set_up(text)', 'EXECUTE') THEN
		RAISE EXCEPTION 'permission denied to set up contacts'
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'Only a superuser makes a role the owner of the tables and functions.',
				  HINT = pg_catalog.format('A superuser calls SELECT contacts.setup(owner => %L);',
										   pg_catalog.quote_ident(current_user));
	END IF;
	PERFORM contacts.require_may_set_up(owner);
	PERFORM contacts.use_trusted_path();
	-- One set-up at a time; the second finds nothing left to do.
	PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('contacts.setup'));
	holder := contacts.owner_of_tables();
	IF owner IS NOT NULL THEN
		new_owner := (SELECT r.oid FROM pg_catalog.pg_roles r
					  WHERE r.rolname OPERATOR(pg_catalog.=) contacts.role_named(owner)::name);
	ELSE
		new_owner := coalesce(holder, current_user::regrole);
	END IF;
	IF (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) current_user) THEN
		moved := contacts.hand_over(holder, new_owner);
	END IF;
	BEGIN
		said := contacts.run_as(new_owner, 'set_up_tables');
	EXCEPTION WHEN insufficient_privilege THEN
		said := contacts.set_up_with_create(new_owner, SQLERRM);
	END;
	IF moved AND holder IS NOT NULL THEN
		said := pg_catalog.format('owner is now %s%s', new_owner::regrole,
			CASE WHEN said OPERATOR(pg_catalog.<>) 'already up to date' THEN ', ' OPERATOR(pg_catalog.||) said END);
	END IF;
	RETURN said;
END
$$;
COMMENT ON FUNCTION contacts.setup(text) IS
	'create the tables, triggers and views, or bring those of an older version up to date; says what it did; may be repeated; a superuser may name the role that is to own the tables (R1)';

CREATE FUNCTION contacts.set_up_tables() RETURNS text
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	before integer := 0;
	last integer;
BEGIN
	PERFORM contacts.use_trusted_path();
	IF pg_catalog.to_regclass('contacts.schema_version') IS NOT NULL THEN
		SELECT coalesce(pg_catalog.max(v.version), 0) INTO before FROM contacts.schema_version v;
	END IF;
	last := before;
	WHILE contacts.schema_step(last + 1) IS NOT NULL LOOP
		last := last + 1;
	END LOOP;
	IF last = before THEN
		RETURN contacts.set_up_again();
	END IF;
	IF before = 0 THEN
		-- The picture of a fresh install: what later steps bring to older databases is in it.
		EXECUTE contacts.schema_step(1);
	ELSE
		FOR step IN before + 1 .. last LOOP
			EXECUTE contacts.schema_step(step);
		END LOOP;
	END IF;
	INSERT INTO contacts.schema_version (version, library)
	SELECT step, contacts.library_version() FROM pg_catalog.generate_series(before + 1, last) step;
	RETURN CASE WHEN before = 0 THEN pg_catalog.format('created schema version %s', last)
				ELSE pg_catalog.format('migrated schema version %s to %s', before, last) END;
END
$$;
COMMENT ON FUNCTION contacts.set_up_tables() IS
	'internal: make the tables, or bring them up to date, with the rights of their owner; part of setup()';

-- What was dropped and can be made again is made again; what held rows is told of.
CREATE FUNCTION contacts.set_up_again() RETURNS text
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	lost text;
	part record;
	made text[] := '{}'::text[];
BEGIN
	PERFORM contacts.use_trusted_path();
	SELECT string_agg(concat_ws('.', s.table_name, nullif(s.detail, s.table_name)), ', ')
	INTO lost FROM contacts.check_schema() s
	WHERE s.problem = 'column is missing'
	   OR (s.problem = 'table is missing' AND s.table_name <> 'schema_version');
	IF lost IS NOT NULL THEN
		RAISE EXCEPTION 'tables of contacts are not whole'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Gone are %s, as after DROP EXTENSION contacts CASCADE.', lost),
				  HINT = 'Restore them from a backup; to begin anew, DROP SCHEMA contacts CASCADE and CREATE EXTENSION contacts.';
	END IF;
	FOR part IN
		SELECT p.* FROM contacts.schema_parts() WITH ORDINALITY p (kind, table_name, name, definition, place)
		JOIN contacts.check_schema() s ON s.table_name = p.table_name AND (
			(s.problem = p.kind || ' is missing' AND s.detail = p.name)
			OR (p.kind = 'row security' AND s.problem = 'row-level security is off'))
		WHERE p.kind IN ('view', 'index', 'trigger', 'policy', 'row security', 'constraint')
		-- In the order of the statements: a view may need another one.
		ORDER BY p.kind = 'view', p.kind = 'index', p.kind = 'constraint' AND p.definition ~ '^FOREIGN', p.place
	LOOP
		EXECUTE CASE part.kind WHEN 'constraint'
			THEN format('ALTER TABLE contacts.%I ADD CONSTRAINT %I %s', part.table_name, part.name, part.definition)
			ELSE part.definition END;
		made := made || format('%s %s', part.kind, part.name);
	END LOOP;
	-- Their comments, and what a column takes where nothing is given.
	IF made <> '{}' THEN
		PERFORM contacts.comment_again();
	END IF;
	FOR part IN
		SELECT p.table_name, p.name, substring(p.definition, 'DEFAULT contacts\.(\w+)\(\)') AS given
		FROM contacts.schema_parts() p
		JOIN pg_attribute a ON a.attrelid = format('contacts.%I', p.table_name)::regclass
			AND a.attname = p.name AND NOT a.atthasdef
		WHERE p.kind = 'column' AND p.definition ~ 'DEFAULT contacts\.\w+\(\)'
	LOOP
		EXECUTE format('ALTER TABLE contacts.%I ALTER COLUMN %I SET DEFAULT contacts.%I()',
					   part.table_name, part.name, part.given);
		made := made || format('default of %s.%s', part.table_name, part.name);
	END LOOP;
	FOR part IN SELECT DISTINCT m.grantee FROM contacts.missing_privileges() m ORDER BY 1 LOOP
		PERFORM contacts.apply_grants(part.grantee, '{}');
		made := made || format('privileges of %s', quote_ident(part.grantee));
	END LOOP;
	RETURN CASE WHEN made = '{}' THEN 'already up to date'
				ELSE 'made again: ' || array_to_string(made, ', ') END;
END
$$;
COMMENT ON FUNCTION contacts.set_up_again() IS
	'internal: make views, triggers, policies, indexes, constraints, defaults and privileges that are gone again, and say which; raise 55000 when tables or columns are gone; part of setup()';

CREATE FUNCTION contacts.comment_again() RETURNS void
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	statement text;
BEGIN
	PERFORM contacts.use_trusted_path();
	FOR statement IN
		SELECT btrim(s.text, E'\n ') FROM regexp_split_to_table(
			regexp_replace(contacts.schema_step(1), '^\s*--.*$', '', 'gn'), ';\s*\n') AS s (text)
		WHERE btrim(s.text, E'\n ') ~ '^COMMENT ON '
	LOOP
		EXECUTE statement;
	END LOOP;
END
$$;
COMMENT ON FUNCTION contacts.comment_again() IS
	'internal: write the comments of the tables, views and what hangs on them; part of setup()';

CREATE FUNCTION contacts.library_version() RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_library_version';
COMMENT ON FUNCTION contacts.library_version() IS 'internal: return the version of the C library';

CREATE FUNCTION contacts.phone_data_version() RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_phone_data_version';
COMMENT ON FUNCTION contacts.phone_data_version() IS
	'internal: return the version of the numbering plans that phones are judged by';

CREATE FUNCTION contacts.version() RETURNS text
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	schema_version text := 'none';
BEGIN
	IF pg_catalog.to_regclass('contacts.schema_version') IS NOT NULL THEN
		SELECT pg_catalog.max(v.version)::text INTO schema_version FROM contacts.schema_version v;
	END IF;
	RETURN pg_catalog.format('contacts %s, schema %s, phone metadata %s',
		contacts.library_version(), schema_version, contacts.phone_data_version());
END
$$;
COMMENT ON FUNCTION contacts.version() IS
	'return the versions of the library, of the schema (none before setup()) and of the phone metadata';
