
-- Custom fields (R23).

CREATE FUNCTION contacts.coerce_field_value(key text, type text, options text[], value jsonb)
	RETURNS jsonb
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_coerce_field_value';
COMMENT ON FUNCTION contacts.coerce_field_value IS
	'internal: return a field value as the type stores it, null when it does not fit';

CREATE FUNCTION contacts.define_field(
	key        text,
	type       text,
	label      text    DEFAULT NULL,
	options    text[]  DEFAULT NULL,
	required   boolean DEFAULT NULL,
	account_id bigint  DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	has_options boolean := type IN ('dropdown', 'multi_select');
	broken bigint;
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	IF key IS NULL OR key !~ '^[a-z][a-z0-9_]{0,62}$' THEN
		RAISE EXCEPTION 'invalid field key: %', coalesce('"' || pg_catalog.left(key, 60) || '"', 'null')
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'A key has lower-case letters, digits and underscores, and begins with a letter.',
				  HINT = 'For example: team_size. The label can be any text.';
	END IF;
	IF key IN ('name', 'email', 'phone', 'company', 'timezone', 'status', 'owner_id', 'source',
			   'created_at', 'updated_at', 'last_activity_at') THEN
		RAISE EXCEPTION 'invalid field key: "%"', key
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'Every contact has this detail already; filters know it by this name.',
				  HINT = 'Choose another key.';
	END IF;
	PERFORM contacts.require_label('field type', type, 'contacts.field_type');
	IF options IS NOT NULL THEN
		options := ARRAY(SELECT contacts.composed(o.option)
						 FROM pg_catalog.unnest(options) WITH ORDINALITY AS o (option, place) ORDER BY o.place);
	END IF;
	IF has_options <> (options IS NOT NULL) OR pg_catalog.cardinality(options) = 0
		OR pg_catalog.array_position(options, NULL) IS NOT NULL
		OR EXISTS (SELECT FROM pg_catalog.unnest(options) o GROUP BY o HAVING pg_catalog.count(*) > 1
				   OR pg_catalog.btrim(o) = '') THEN
		RAISE EXCEPTION 'invalid options of field "%"', key
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'A dropdown or multi_select has a list of different, non-blank options, other types have none.',
				  HINT = 'For example: options => ARRAY[''small'', ''large''].';
	END IF;
	LOCK TABLE contacts.field IN SHARE ROW EXCLUSIVE MODE;
	IF EXISTS (SELECT FROM contacts.field f WHERE f.account_id = account_id AND f.key = key
			   AND (f.type <> type::contacts.field_type OR NOT f.options <@ options)) THEN
		-- Another type, or fewer options: nobody writes a value between the check and the end.
		LOCK TABLE contacts.contact IN SHARE ROW EXCLUSIVE MODE;
	END IF;
	SELECT pg_catalog.count(*) INTO broken FROM contacts.contact c
	WHERE c.account_id = account_id AND c.fields ? key
	  AND contacts.coerce_field_value(key, type, options, c.fields -> key) IS NULL;
	IF broken > 0 THEN
		RAISE EXCEPTION 'invalid change of field "%": stored values do not fit', key
			USING ERRCODE = 'invalid_text_representation',
				  DETAIL = pg_catalog.format('Contacts with a value that is none of the new definition: %s.', broken),
				  HINT = 'Change these values first, or keep the options and the type.';
	END IF;
	INSERT INTO contacts.field AS f (account_id, key, type, label, options, required)
	VALUES (account_id, key, type::contacts.field_type, label, options, coalesce(required, false))
	ON CONFLICT ON CONSTRAINT field_pkey DO UPDATE
		SET type = excluded.type, label = coalesce(excluded.label, f.label),
			options = excluded.options, required = coalesce(required, f.required),
			archived_at = NULL;
	PERFORM contacts.set_cause('define_field');
	UPDATE contacts.contact c
	SET fields = pg_catalog.jsonb_set(c.fields, ARRAY[key],
									  contacts.coerce_field_value(key, type, options, c.fields -> key))
	WHERE c.account_id = account_id AND c.fields ? key
	  AND contacts.coerce_field_value(key, type, options, c.fields -> key) <> c.fields -> key;
	PERFORM contacts.set_cause(NULL);
END
$$;
COMMENT ON FUNCTION contacts.define_field IS
	'define a custom field, or widen it: new options, label; bring an archived one back; a null label or required stays as it is; a change that stored values do not fit is refused with 22P02 and their count (R23)';

CREATE FUNCTION contacts.archive_field(
	key        text,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	IF key IS NULL THEN
		RAISE EXCEPTION 'invalid field key: null'
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'The argument must not be null.',
				  HINT = 'SELECT key FROM contacts.field;';
	END IF;
	UPDATE contacts.field f SET archived_at = coalesce(f.archived_at, pg_catalog.now())
	WHERE f.account_id = account_id AND f.key = key;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'field "%" does not exist', pg_catalog.left(key, 60)
			USING ERRCODE = 'no_data_found', DETAIL = 'The account defines no field with this key.',
				  HINT = 'SELECT key FROM contacts.field;';
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.archive_field IS
	'archive a custom field: its data stay, new values are refused (R23)';
