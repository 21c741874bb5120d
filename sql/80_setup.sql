
-- Making and migrating the tables (R1); the versions in use.

CREATE FUNCTION contacts.setup() RETURNS text
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	before integer := 0;
	last integer;
BEGIN
	-- One set-up at a time; the second finds nothing left to do.
	PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('contacts.setup'));
	IF pg_catalog.to_regclass('contacts.schema_version') IS NOT NULL THEN
		SELECT coalesce(pg_catalog.max(v.version), 0) INTO before FROM contacts.schema_version v;
	END IF;
	last := before;
	WHILE contacts.schema_step(last + 1) IS NOT NULL LOOP
		last := last + 1;
	END LOOP;
	IF last = before THEN
		RETURN 'already up to date';
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
COMMENT ON FUNCTION contacts.setup() IS
	'create the tables, triggers and views, or bring those of an older version up to date; says what it did; may be repeated (R1)';

CREATE FUNCTION contacts.library_version() RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_library_version';
COMMENT ON FUNCTION contacts.library_version() IS 'return the version of the C library';

CREATE FUNCTION contacts.phone_data_version() RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_phone_data_version';
COMMENT ON FUNCTION contacts.phone_data_version() IS
	'return the version of the numbering plans that phones are judged by';

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
