
-- Refusals that functions share: each returns when all is well, and raises the error otherwise,
-- before anything is written (R82).

CREATE FUNCTION contacts.require_setup() RETURNS void
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'contacts_require_setup';
COMMENT ON FUNCTION contacts.require_setup() IS 'internal: raise 55000 unless setup() has been run';

CREATE FUNCTION contacts.require_right(wanted text, account_id bigint) RETURNS bigint
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'contacts_require_right';
COMMENT ON FUNCTION contacts.require_right(text, bigint) IS
	'internal: return the account, the one at work for null; raise 42501 unless the role at work has the right in it, 55000 before setup()';

CREATE FUNCTION contacts.role_named(role text) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	parts text[];
BEGIN
	BEGIN
		parts := pg_catalog.parse_ident(role);
	EXCEPTION WHEN invalid_parameter_value THEN
		parts := NULL;
	END;
	IF pg_catalog.cardinality(parts) = 1 THEN
		RETURN parts[1];
	END IF;
	RAISE EXCEPTION 'invalid role: %', coalesce('"' || pg_catalog.left(role, 60) || '"', 'null')
		USING ERRCODE = 'invalid_parameter_value',
			  DETAIL = 'It is not the name of a role.',
			  HINT = 'Write it as in GRANT, in double quotes where it has other than small letters, digits and _.';
END
$$;
COMMENT ON FUNCTION contacts.role_named(text) IS
	'internal: return the name of a role that is written as in GRANT, whether it exists or not; raise 22023 when it is no name';

CREATE FUNCTION contacts.require_may_grant(role regrole, account_id bigint, pin boolean)
	RETURNS void
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	IF role IS NULL THEN
		RAISE EXCEPTION 'role does not exist'
			USING ERRCODE = 'no_data_found', DETAIL = 'There is no database role of this name.',
				  HINT = 'Create the role first; the extension makes none.';
	END IF;
	IF pg_catalog.pg_has_role(role, (SELECT c.relowner FROM pg_catalog.pg_class c
									 WHERE c.oid = 'contacts.contact'::regclass), 'USAGE') THEN
		RAISE EXCEPTION 'invalid role: %', role
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'The role owns the tables, or is a superuser, and may do everything.',
				  HINT = 'Use a role of its own for each application.';
	END IF;
	IF contacts.is_owner() THEN
		RETURN;
	END IF;
	-- An administrator of one account must not reach into another one through a role.
	IF account_id IS NULL OR pin OR (
		EXISTS (SELECT FROM contacts.access_grant g
				JOIN pg_catalog.pg_roles r ON r.rolname = g.grantee
				WHERE g.account_id <> account_id AND pg_catalog.pg_has_role(role, r.oid, 'MEMBER'))
		AND NOT EXISTS (SELECT FROM contacts.access_grant g
						JOIN pg_catalog.pg_roles r ON r.rolname = g.grantee
						WHERE g.account_id = account_id AND r.oid = role)) THEN
		RAISE EXCEPTION 'permission denied to grant access to role %', role
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'Pins, all accounts, and roles that work elsewhere too are for the owner of the tables.',
				  HINT = 'Ask the owner of the tables.';
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.require_may_grant(regrole, bigint, boolean) IS
	'internal: raise an error unless the role at work may give this role access';

CREATE FUNCTION contacts.require_label(what text, label text, enum regtype) RETURNS void
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	allowed text;
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_enum e WHERE e.enumtypid = enum AND e.enumlabel = label) THEN
		RETURN;
	END IF;
	SELECT pg_catalog.string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) INTO allowed
	FROM pg_catalog.pg_enum e WHERE e.enumtypid = enum;
	RAISE EXCEPTION 'invalid %: %', what, coalesce('"' || pg_catalog.left(label, 60) || '"', 'null')
		USING ERRCODE = 'invalid_parameter_value',
			  DETAIL = 'The value is none of the type''s labels.',
			  HINT = pg_catalog.format('Allowed are: %s.', allowed);
END
$$;
COMMENT ON FUNCTION contacts.require_label(text, text, regtype) IS
	'internal: raise 22023 unless the text is a label of the enum type';

CREATE FUNCTION contacts.require_choice(what text, value text, choices text[]) RETURNS void
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF value IS NULL OR value = ANY (choices) THEN
		RETURN;
	END IF;
	RAISE EXCEPTION 'invalid %: "%"', what, pg_catalog.left(value, 60)
		USING ERRCODE = 'invalid_parameter_value',
			  DETAIL = 'The value is not known.',
			  HINT = pg_catalog.format('Allowed are: %s.', pg_catalog.array_to_string(choices, ', '));
END
$$;
COMMENT ON FUNCTION contacts.require_choice(text, text, text[]) IS
	'internal: raise 22023 unless the value is null or one of the choices';

CREATE FUNCTION contacts.require_form(what text, value text) RETURNS void
	LANGUAGE c IMMUTABLE AS 'MODULE_PATHNAME', 'contacts_require_form';
COMMENT ON FUNCTION contacts.require_form(text, text) IS
	'internal: raise what a writer would say of a value (name, timezone, region …); null passes';

CREATE FUNCTION contacts.require_name(what text, name text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF name ~ '\S' AND pg_catalog.octet_length(name) <= 63 THEN
		RETURN;
	END IF;
	RAISE EXCEPTION 'invalid %: %', what, coalesce('"' || pg_catalog.left(name, 15) || '"', 'null')
		USING ERRCODE = 'invalid_parameter_value',
			  DETAIL = 'A name has 1 to 63 bytes and is not blank.',
			  HINT = 'For example: mailer.';
END
$$;
COMMENT ON FUNCTION contacts.require_name(text, text) IS
	'internal: raise 22023 unless the text is a name: not blank, at most 63 bytes';

CREATE FUNCTION contacts.require_retention(what text, age interval, or_none boolean) RETURNS void
	LANGUAGE c IMMUTABLE AS 'MODULE_PATHNAME', 'contacts_require_retention';
COMMENT ON FUNCTION contacts.require_retention(text, interval, boolean) IS
	'raise 22023 unless something is kept that long: a day at least, or not at all where that is allowed';

CREATE FUNCTION contacts.require_batch(max integer) RETURNS void
	LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF max BETWEEN 1 AND 10000 THEN
		RETURN;
	END IF;
	RAISE EXCEPTION 'invalid max: %', coalesce(max::text, 'null')
		USING ERRCODE = 'invalid_parameter_value',
			  DETAIL = 'One call hands out 1 to 10000.',
			  HINT = 'Leave the argument out to use its default.';
END
$$;
COMMENT ON FUNCTION contacts.require_batch(integer) IS 'internal: raise 22023 unless 1 to 10000';

CREATE FUNCTION contacts.require_ids(what text, ids bigint[]) RETURNS void
	LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF ids IS NULL THEN
		RAISE EXCEPTION 'invalid %: null', what
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'The argument must not be null.',
				  HINT = 'Give an array of the ids that were handed out.';
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.require_ids(text, bigint[]) IS 'internal: raise 22023 when the array is null';
