
-- Who owns the tables, and with them the functions that work on them (R1, R82).  A function that
-- runs with its owner's rights must be the tables' owner's: who owns a table can hang a trigger on
-- it, and would get the rights of a superuser where the function is a superuser's.  What a
-- superuser runs themselves in setup() stays theirs, and names everything in full.

CREATE FUNCTION contacts.run_as(owner oid, step text) RETURNS text
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'contacts_run_as';
COMMENT ON FUNCTION contacts.run_as(oid, text) IS
	'internal: call set_up_tables() or take_back_grants() with the rights of a role that the caller could become; part of setup()';

CREATE FUNCTION contacts.is_run_as() RETURNS boolean
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'contacts_is_run_as';
COMMENT ON FUNCTION contacts.is_run_as() IS
	'internal: tell whether it runs within run_as(): steps of setup() do nothing by themselves';

CREATE FUNCTION contacts.owner_of_tables() RETURNS oid
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'contacts_owner_of_tables';
COMMENT ON FUNCTION contacts.owner_of_tables() IS 'internal: return the role that owns the tables, null before setup()';

CREATE FUNCTION contacts.kept_functions() RETURNS text[]
	LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY['setup', 'run_as', 'owner_of_tables', 'kept_functions', 'misplaced_functions',
				 'require_may_set_up', 'hand_over', 'hand_over_relations', 'let_work', 'set_up_with_create',
				 'role_named', 'use_trusted_path', 'schema_step', 'live_sessions'];
END
$$;
COMMENT ON FUNCTION contacts.kept_functions() IS
	'internal: list the functions that stay with the role that made the extension, whoever owns the tables';

CREATE FUNCTION contacts.misplaced_functions(new_owner oid) RETURNS oid[]
	LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	RETURN ARRAY(
		SELECT f.oid FROM pg_catalog.pg_proc f
		JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::regclass
			AND d.objid OPERATOR(pg_catalog.=) f.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'
		WHERE f.pronamespace OPERATOR(pg_catalog.=) 'contacts'::regnamespace
		  AND f.proowner OPERATOR(pg_catalog.<>) new_owner
		  AND f.proname::text OPERATOR(pg_catalog.<>) ALL (contacts.kept_functions()));
END
$$;
COMMENT ON FUNCTION contacts.misplaced_functions(oid) IS
	'internal: list the functions of the extension that the owner of the tables should own and does not';

CREATE FUNCTION contacts.require_may_set_up(owner text) RETURNS void
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	holder oid := contacts.owner_of_tables();
	named oid;
BEGIN
	IF owner IS NOT NULL THEN
		named := (SELECT r.oid FROM pg_catalog.pg_roles r
				  WHERE r.rolname OPERATOR(pg_catalog.=) contacts.role_named(owner)::name);
		IF named IS NULL THEN
			RAISE EXCEPTION 'role % does not exist', pg_catalog.quote_ident(contacts.role_named(owner))
				USING ERRCODE = 'no_data_found', DETAIL = 'There is no database role of this name.',
					  HINT = 'Create the role first; the extension makes none.';
		END IF;
	END IF;
	IF (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) current_user) THEN
		RETURN;
	END IF;
	IF holder IS NOT NULL AND pg_catalog.pg_has_role(holder, 'USAGE')
		AND coalesce(named, holder) OPERATOR(pg_catalog.=) holder
		AND contacts.misplaced_functions(holder) OPERATOR(pg_catalog.=) '{}'::oid[] THEN
		RETURN;
	END IF;
	RAISE EXCEPTION 'permission denied to set up contacts'
		USING ERRCODE = 'insufficient_privilege',
			  DETAIL = 'Only a superuser makes a role the owner of the tables and functions.',
			  HINT = pg_catalog.format('A superuser calls SELECT contacts.setup(owner => %L);',
					coalesce(named, CASE WHEN holder IS NULL OR NOT pg_catalog.pg_has_role(holder, 'USAGE')
										 THEN current_user::regrole::oid ELSE holder END)::regrole);
END
$$;
COMMENT ON FUNCTION contacts.require_may_set_up(text) IS
	'internal: raise 42501 unless the caller may set up with this owner of the tables, P0002 when there is no such role';

-- Whoever was the owner takes back what they granted to levels; the new owner grants it anew.
CREATE FUNCTION contacts.hand_over(holder oid, new_owner oid) RETURNS boolean
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	moved boolean := false;
	function record;
BEGIN
	PERFORM contacts.use_trusted_path();
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) new_owner) THEN
		RETURN false;
	END IF;
	IF holder OPERATOR(pg_catalog.<>) new_owner THEN
		PERFORM contacts.hand_over(holder, holder);
		PERFORM contacts.run_as(holder, 'take_back_grants');
	END IF;
	FOR function IN
		SELECT f.oid::regprocedure AS name, NOT l.lanpltrusted AS is_c, f.proconfig AS settings
		FROM pg_catalog.unnest(contacts.misplaced_functions(new_owner)) m (id)
		JOIN pg_catalog.pg_proc f ON f.oid OPERATOR(pg_catalog.=) m.id
		JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) f.prolang
	LOOP
		EXECUTE pg_catalog.format('ALTER FUNCTION %s OWNER TO %s', function.name, new_owner::regrole);
		-- Whoever owned it could have it look for names elsewhere.
		IF function.is_c THEN
			EXECUTE pg_catalog.format('ALTER FUNCTION %s RESET ALL', function.name);
		ELSIF ('search_path=pg_catalog, pg_temp' OPERATOR(pg_catalog.=) ANY (function.settings)) IS NOT TRUE THEN
			EXECUTE pg_catalog.format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', function.name);
		END IF;
		moved := true;
	END LOOP;
	IF holder IS NOT NULL THEN
		moved := contacts.hand_over_relations(holder, new_owner) OR moved;
	END IF;
	PERFORM contacts.let_work(new_owner, true);
	IF holder OPERATOR(pg_catalog.<>) new_owner THEN
		PERFORM contacts.let_work(holder, false);
	END IF;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION contacts.hand_over(oid, oid) IS
	'internal: make a role the owner of the tables and of the functions that work on them, and say whether it was not; part of setup()';

CREATE FUNCTION contacts.hand_over_relations(holder oid, new_owner oid) RETURNS boolean
	LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	moved boolean := false;
	relation record;
BEGIN
	PERFORM contacts.use_trusted_path();
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) new_owner) THEN
		RETURN false;
	END IF;
	-- Those that setup() makes, and what else the owner has in the schema, whose names are not ours.
	FOR relation IN
		SELECT c.relname, c.relkind FROM pg_catalog.pg_class c
		WHERE c.relnamespace OPERATOR(pg_catalog.=) 'contacts'::regnamespace
		  AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m}'::"char"[])
		  AND c.relowner OPERATOR(pg_catalog.<>) new_owner
		  AND (c.relowner OPERATOR(pg_catalog.=) holder
			OR contacts.schema_step(1) OPERATOR(pg_catalog.~) pg_catalog.format(
				'CREATE (TABLE|VIEW) contacts\.%s\M', c.relname))
	LOOP
		EXECUTE pg_catalog.format('ALTER TABLE contacts.%I OWNER TO %s', relation.relname, new_owner::regrole);
		moved := true;
	END LOOP;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION contacts.hand_over_relations(oid, oid) IS
	'internal: make a role the owner of the tables and views, and say whether it was not; part of setup()';

-- What an owner who is no superuser needs besides: to name the schema and let others name it, to use
-- the types, to call the functions that are not theirs.
CREATE FUNCTION contacts.let_work(role oid, may_work boolean) RETURNS void
	LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	statement text;
BEGIN
	PERFORM contacts.use_trusted_path();
	IF (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) role) IS NOT FALSE THEN
		RETURN;
	END IF;
	FOR statement IN
		SELECT pg_catalog.format('%s ON %s %s', o.privilege, o.kind, o.name)
		FROM (SELECT 'USAGE', 'SCHEMA', 'contacts',
					 pg_catalog.has_schema_privilege(role, 'contacts', 'USAGE WITH GRANT OPTION')
			  UNION ALL
			  SELECT 'USAGE', 'TYPE', t.oid::regtype::text, pg_catalog.has_type_privilege(role, t.oid, 'USAGE')
			  FROM pg_catalog.pg_type t
			  JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::regclass
				  AND d.objid OPERATOR(pg_catalog.=) t.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'
			  WHERE t.typnamespace OPERATOR(pg_catalog.=) 'contacts'::regnamespace
				AND t.typelem OPERATOR(pg_catalog.=) 0
			  UNION ALL
			  SELECT 'EXECUTE', 'FUNCTION', f.oid::regprocedure::text,
					 pg_catalog.has_function_privilege(role, f.oid, 'EXECUTE')
			  FROM pg_catalog.pg_proc f
			  WHERE f.pronamespace OPERATOR(pg_catalog.=) 'contacts'::regnamespace
				AND f.proname::text OPERATOR(pg_catalog.=) ANY (contacts.kept_functions())
			 ) AS o (privilege, kind, name, is_granted)
		WHERE o.is_granted OPERATOR(pg_catalog.<>) may_work
	LOOP
		IF NOT may_work THEN
			EXECUTE pg_catalog.format('REVOKE %s FROM %s CASCADE', statement, role::regrole);
		ELSIF statement OPERATOR(pg_catalog.~) ' SCHEMA ' THEN
			EXECUTE pg_catalog.format('GRANT %s TO %s WITH GRANT OPTION', statement, role::regrole);
		ELSE
			EXECUTE pg_catalog.format('GRANT %s TO %s', statement, role::regrole);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION contacts.let_work(oid, boolean) IS
	'internal: give the owner of the tables what they need of schema, types and functions, or take it away; part of setup()';

-- The owner makes names in the schema during setup() only: who may always do so could put functions
-- of theirs before ours, which superusers call.
CREATE FUNCTION contacts.set_up_with_create(owner oid, problem text) RETURNS text
	LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	said text;
BEGIN
	PERFORM contacts.use_trusted_path();
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid OPERATOR(pg_catalog.=) owner) THEN
		RETURN NULL;
	END IF;
	IF NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) current_user) THEN
		RAISE EXCEPTION 'permission denied to set up contacts'
			USING ERRCODE = 'insufficient_privilege', DETAIL = pg_catalog.format('The server says: %s.', problem),
				  HINT = pg_catalog.format('A superuser calls SELECT contacts.setup(owner => %L);', owner::regrole);
	END IF;
	EXECUTE pg_catalog.format('GRANT CREATE ON SCHEMA contacts TO %s', owner::regrole);
	said := contacts.run_as(owner, 'set_up_tables');
	EXECUTE pg_catalog.format('REVOKE CREATE ON SCHEMA contacts FROM %s', owner::regrole);
	RETURN said;
END
$$;
COMMENT ON FUNCTION contacts.set_up_with_create(oid, text) IS
	'internal: set up for an owner who may make nothing in the schema, raise 42501 unless a superuser asks; part of setup()';
