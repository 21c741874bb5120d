
-- Checks that the PL/pgSQL functions share.

CREATE FUNCTION contacts.require_setup() RETURNS void
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'contacts_require_setup';
COMMENT ON FUNCTION contacts.require_setup() IS 'raise 55000 unless setup() has been run';

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
	'raise 22023 unless the text is a label of the enum type';

CREATE FUNCTION contacts.library_version() RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_library_version';
COMMENT ON FUNCTION contacts.library_version() IS 'return the version of the C library';

CREATE FUNCTION contacts.phone_data_version() RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_phone_plan_version';
COMMENT ON FUNCTION contacts.phone_data_version() IS
	'return the version of the numbering plans that phones are judged by';

CREATE FUNCTION contacts.set_cause(name text) RETURNS void
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'contacts_set_cause';
COMMENT ON FUNCTION contacts.set_cause(text) IS
	'internal: a function names itself as the cause of the changes that follow, null when it is done';
