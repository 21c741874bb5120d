
-- Making and migrating the tables (R1), and the settings of an account (R3).

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

CREATE FUNCTION contacts.set_account(
	name             text     DEFAULT NULL,
	default_region   text     DEFAULT NULL,
	phone_match      text     DEFAULT NULL,
	unknown_fields   text     DEFAULT NULL,
	timezone         text     DEFAULT NULL,
	keep_deleted     interval DEFAULT NULL,
	activity_events  boolean  DEFAULT NULL,
	duplicate_fields text[]   DEFAULT NULL,
	account_id       bigint   DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.require_right('admin', account_id);
	PERFORM contacts.require_choice('phone_match', phone_match, '{always,fill,never}');
	PERFORM contacts.require_choice('unknown_fields', unknown_fields, '{refuse,keep}');
	IF account_id IS NULL OR account_id <= 0 THEN
		RAISE EXCEPTION 'invalid account_id: %', coalesce(account_id::text, 'null')
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'An account has a positive number.',
				  HINT = 'Leave the argument out to use the setting contacts.account_id.';
	END IF;
	IF pg_catalog.octet_length(name) > 1000 THEN
		RAISE EXCEPTION 'invalid name: too long'
			USING ERRCODE = 'invalid_text_representation',
				  DETAIL = 'The limit is 1000 bytes.', HINT = 'Shorten it.';
	END IF;
	IF keep_deleted <= interval '0' THEN
		RAISE EXCEPTION 'invalid keep_deleted: %', keep_deleted
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'Deleted contacts are kept for a positive time.',
				  HINT = 'For example: interval ''90 days''.';
	END IF;
	IF pg_catalog.array_position(duplicate_fields, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'invalid duplicate_fields: null'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'An element of the array is null.', HINT = 'Give keys of fields only.';
	END IF;
	INSERT INTO contacts.account (account_id) VALUES (account_id)
	ON CONFLICT ON CONSTRAINT account_pkey DO NOTHING;
	UPDATE contacts.account a
	SET name = coalesce(name, a.name),
		default_region = coalesce(default_region, a.default_region),
		phone_match = coalesce(phone_match, a.phone_match),
		unknown_fields = coalesce(unknown_fields, a.unknown_fields),
		timezone = coalesce(timezone, a.timezone),
		keep_deleted = coalesce(keep_deleted, a.keep_deleted),
		activity_events = coalesce(activity_events, a.activity_events),
		duplicate_fields = coalesce(duplicate_fields, a.duplicate_fields)
	WHERE a.account_id = account_id;
END
$$;
COMMENT ON FUNCTION contacts.set_account IS
	'change settings of the account, making it when it is new; null leaves a setting as it is';

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
	'raise 22023 unless the value is null or one of the choices';
