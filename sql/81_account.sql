
-- The settings of an account (R3, R14, R19, R23, R46, R51, R100).

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
DECLARE
	unknown_key text;
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	PERFORM contacts.require_choice('phone_match', phone_match, '{always,fill,never}');
	PERFORM contacts.require_choice('unknown_fields', unknown_fields, '{refuse,keep}');
	name := contacts.composed(name);
	IF pg_catalog.octet_length(name) > 1000 THEN
		RAISE EXCEPTION 'invalid name: too long'
			USING ERRCODE = 'invalid_text_representation',
				  DETAIL = 'The limit is 1000 bytes.', HINT = 'Shorten it.';
	END IF;
	PERFORM contacts.require_form('region', default_region);
	PERFORM contacts.require_form('timezone', timezone);
	IF keep_deleted IS NOT NULL THEN
		PERFORM contacts.require_retention('keep_deleted', keep_deleted, false);
	END IF;
	IF pg_catalog.array_position(duplicate_fields, NULL) IS NOT NULL THEN
		RAISE EXCEPTION 'invalid duplicate_fields: null'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'An element of the array is null.', HINT = 'Give keys of fields only.';
	END IF;
	SELECT k.key INTO unknown_key FROM pg_catalog.unnest(duplicate_fields) AS k (key)
	WHERE NOT EXISTS (SELECT FROM contacts.field f WHERE f.account_id = account_id AND f.key = k.key);
	IF FOUND THEN
		RAISE EXCEPTION 'invalid duplicate_fields: "%"', pg_catalog.left(unknown_key, 60)
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'The account has no field with this key.',
				  HINT = 'Define it with contacts.define_field() first.';
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
	'change settings of the account, making it when it is new; null leaves a setting as it is, a default_region of ZZ or blank takes it away';
