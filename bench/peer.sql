-- peer.sql: the rules R12-R21 and R30-R32 as a PL/pgSQL developer would write them.
--
-- One function over tables with the same columns, keys and indexes as those of contacts.  It takes
-- the short ways that are open to it: e-mails are lower(btrim()) and a regular expression, phones
-- lose their punctuation and get a country code from a short list, a time zone is tried out, one
-- statement merges the details, and only the making of a new contact runs in a subtransaction.

CALL bench.copy_tables('peer', '{account,member,field,blocked_identifier,contact,identifier,
								 status_change,duplicate,activity,page_view}');

-- E.164, by rules of thumb: a leading + or 00, else the country code of the region.
CREATE FUNCTION peer.clean_phone(phone text, region text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	digits text := regexp_replace(phone, '[^0-9+]', '', 'g');
	country text;
BEGIN
	IF coalesce(digits, '') = '' THEN
		RETURN NULL;
	END IF;
	IF digits LIKE '00%' THEN
		digits := '+' || substr(digits, 3);
	ELSIF digits NOT LIKE '+%' THEN
		country := CASE region WHEN 'US' THEN '1' WHEN 'CA' THEN '1' WHEN 'GB' THEN '44'
							   WHEN 'DE' THEN '49' WHEN 'FR' THEN '33' WHEN 'ES' THEN '34' END;
		digits := '+' || country || ltrim(digits, '0');
	END IF;
	IF digits IS NULL OR digits !~ '^\+[1-9][0-9]{6,14}$' THEN
		RAISE EXCEPTION 'invalid phone: "%"', left(phone, 60) USING ERRCODE = '22P02';
	END IF;
	RETURN digits;
END
$$;

-- Custom fields: known keys, values of their type (R23).
CREATE FUNCTION peer.check_fields(p_account bigint, given jsonb, keep_unknown boolean) RETURNS jsonb
	LANGUAGE plpgsql STABLE AS $$
DECLARE
	result jsonb := '{}';
	item record;
	definition peer.field;
BEGIN
	FOR item IN SELECT * FROM jsonb_each(given) LOOP
		SELECT * INTO definition FROM peer.field f
		WHERE f.account_id = p_account AND f.key = item.key AND f.archived_at IS NULL;
		IF NOT FOUND AND NOT keep_unknown THEN
			RAISE EXCEPTION 'unknown field "%"', item.key USING ERRCODE = '22023';
		END IF;
		CONTINUE WHEN jsonb_typeof(item.value) = 'null' OR item.value = '""';
		CASE definition.type
			WHEN 'number' THEN
				item.value := to_jsonb((item.value #>> '{}')::numeric);
			WHEN 'boolean' THEN
				item.value := to_jsonb((item.value #>> '{}')::boolean);
			WHEN 'date' THEN
				item.value := to_jsonb((item.value #>> '{}')::date);
			WHEN 'dropdown' THEN
				IF (item.value #>> '{}') <> ALL (definition.options) THEN
					RAISE EXCEPTION 'invalid value of field "%"', item.key USING ERRCODE = '22P02';
				END IF;
			ELSE
				NULL;
		END CASE;
		result := result || jsonb_build_object(item.key, item.value);
	END LOOP;
	RETURN result;
END
$$;

CREATE FUNCTION peer.record_activity(
	p_kind text, p_email text = NULL, p_phone text = NULL, p_visitor text = NULL,
	p_external_id text = NULL, p_name text = NULL, p_company text = NULL, p_timezone text = NULL,
	p_fields jsonb = '{}', p_status text = NULL, p_occurred_at timestamptz = now(),
	p_source text = NULL, p_source_ref text = NULL, p_title text = NULL, p_data jsonb = '{}',
	p_state text = 'completed', p_starts_at timestamptz = NULL, p_ends_at timestamptz = NULL,
	p_calendar text = NULL, p_assigned_to bigint = NULL, p_region text = NULL,
	p_account bigint = 1
) RETURNS contacts.recorded
	LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	kinds CONSTANT contacts.identifier_kind[] := '{email,phone,external,visitor}';
	settings peer.account;
	keys text[];                     -- canonical identifiers by kind; null = not given
	owners bigint[];                 -- who has them
	hit record;
	person bigint;
	matched contacts.identifier_kind;
	reviews bigint[];                -- contacts to review beside the one found
	before peer.contact;
	is_late boolean;
	result contacts.recorded;
BEGIN
	SELECT * INTO settings FROM peer.account a WHERE a.account_id = p_account;

	-- Identifiers to canonical form (R10, R19).
	p_email := nullif(btrim(p_email), '');
	p_phone := nullif(btrim(p_phone), '');
	IF p_email IS NOT NULL AND p_email !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' THEN
		RAISE EXCEPTION 'invalid e-mail: "%"', left(p_email, 60) USING ERRCODE = '22P02';
	END IF;
	keys := ARRAY[lower(p_email),
				  peer.clean_phone(p_phone, coalesce(p_region, settings.default_region)),
				  nullif(btrim(p_external_id), ''), nullif(btrim(p_visitor), '')];
	FOR hit IN
		SELECT b.kind FROM peer.blocked_identifier b
		WHERE b.account_id = p_account
		  AND (b.kind, b.value) IN (('email', keys[1]), ('phone', keys[2]), ('external', keys[3]),
									('visitor', keys[4]))
	LOOP
		keys[array_position(kinds, hit.kind)] := NULL;
	END LOOP;

	-- Details (R23, R25).
	p_name := nullif(btrim(regexp_replace(p_name, '\s+', ' ', 'g')), '');
	p_company := nullif(btrim(regexp_replace(p_company, '\s+', ' ', 'g')), '');
	p_timezone := nullif(btrim(p_timezone), '');
	IF p_timezone IS NOT NULL THEN
		PERFORM now() AT TIME ZONE p_timezone;
	END IF;
	IF p_fields <> '{}' THEN
		p_fields := peer.check_fields(p_account, p_fields, settings.unknown_fields = 'keep');
	END IF;

	-- Again and again until nobody else was faster (R18).
	LOOP
		person := NULL;
		matched := NULL;
		reviews := '{}';
		owners := '{}';
		FOR k IN 1 .. 4 LOOP
			CONTINUE WHEN keys[k] IS NULL;
			SELECT c.contact_id, c.email, c.phone,
				   k <> 3 AND keys[3] IS NOT NULL AND EXISTS (
					   SELECT FROM peer.identifier x
					   WHERE x.account_id = p_account AND x.contact_id = c.contact_id
						 AND x.kind = 'external' AND x.value <> keys[3]
						 AND split_part(x.value, ':', 1) = split_part(keys[3], ':', 1)) AS other_id
			INTO hit
			FROM peer.identifier i
			JOIN peer.contact c ON c.account_id = i.account_id AND c.contact_id = i.contact_id
			WHERE i.account_id = p_account AND i.kind = kinds[k] AND i.value = keys[k]
			  AND c.deleted_at IS NULL AND c.merged_into IS NULL
			FOR KEY SHARE OF c;
			CONTINUE WHEN NOT FOUND;
			owners[k] := hit.contact_id;
			CONTINUE WHEN hit.contact_id = person;
			IF person IS NULL AND NOT hit.other_id                                         -- R16
				AND NOT (k = 2 AND keys[1] IS NOT NULL AND (settings.phone_match = 'never'
						 OR settings.phone_match = 'fill' AND hit.email IS NOT NULL))      -- R14
				AND NOT (k = 4 AND (keys[1] IS NOT NULL AND hit.email IS NOT NULL
									OR keys[2] IS NOT NULL AND hit.phone IS NOT NULL)) THEN -- R15
				person := hit.contact_id;
				matched := kinds[k];
			ELSIF k < 4 OR hit.email IS NULL AND hit.phone IS NULL THEN
				reviews := reviews || hit.contact_id;
			END IF;
		END LOOP;

		-- Nothing identifies anybody: the activity stays unlinked (R32).
		EXIT WHEN person IS NULL AND keys = ARRAY[NULL, NULL, NULL, NULL]::text[];

		IF person IS NULL THEN
			BEGIN
				INSERT INTO peer.contact (account_id, name, email, phone, company, timezone, status,
										  source, fields, details_at)
				VALUES (p_account, p_name, p_email, p_phone, p_company, p_timezone,
						p_status::contacts.contact_status, p_source, p_fields, p_occurred_at)
				RETURNING contact_id INTO person;
				INSERT INTO peer.identifier (account_id, kind, value, contact_id, is_primary)
				SELECT p_account, kinds[k], keys[k], person, k <= 2
				FROM generate_series(1, 4) AS k
				WHERE keys[k] IS NOT NULL AND owners[k] IS NULL;
			EXCEPTION WHEN unique_violation THEN
				CONTINUE;
			END;
			IF p_status IS NOT NULL THEN
				INSERT INTO peer.status_change (account_id, contact_id, to_status, changed_at, actor,
												source)
				VALUES (p_account, person, p_status::contacts.contact_status, now(), session_user,
						coalesce(p_source, 'api'));
			END IF;
			result.outcome := 'created';
			EXIT;
		END IF;

		-- Keys that nobody has become the contact's (R17).
		FOR k IN 1 .. 4 LOOP
			IF keys[k] IS NOT NULL AND owners[k] IS NULL THEN
				INSERT INTO peer.identifier (account_id, kind, value, contact_id)
				VALUES (p_account, kinds[k], keys[k], person)
				ON CONFLICT (account_id, kind, value) DO NOTHING;
			END IF;
		END LOOP;

		-- News replace, late news fill blanks, equal values write nothing (R20, R21).
		SELECT * INTO before FROM peer.contact c
		WHERE c.account_id = p_account AND c.contact_id = person;
		is_late := coalesce(p_occurred_at < before.details_at, false);
		UPDATE peer.contact c
		SET name = CASE WHEN is_late THEN coalesce(c.name, p_name) ELSE coalesce(p_name, c.name) END,
			company = CASE WHEN is_late THEN coalesce(c.company, p_company)
						   ELSE coalesce(p_company, c.company) END,
			timezone = CASE WHEN is_late THEN coalesce(c.timezone, p_timezone)
							ELSE coalesce(p_timezone, c.timezone) END,
			email = coalesce(c.email, p_email),
			phone = CASE WHEN owners[2] IS NULL AND NOT is_late THEN coalesce(p_phone, c.phone)
						 ELSE coalesce(c.phone, p_phone) END,
			status = CASE WHEN is_late THEN coalesce(c.status, p_status::contacts.contact_status)
						  ELSE coalesce(p_status::contacts.contact_status, c.status) END,
			fields = CASE WHEN is_late THEN p_fields || c.fields ELSE c.fields || p_fields END,
			details_at = greatest(c.details_at, p_occurred_at),
			updated_at = now()
		WHERE c.account_id = p_account AND c.contact_id = person
		  AND (c.name IS DISTINCT FROM p_name AND p_name IS NOT NULL AND (c.name IS NULL OR NOT is_late)
			OR c.company IS DISTINCT FROM p_company AND p_company IS NOT NULL
			   AND (c.company IS NULL OR NOT is_late)
			OR c.timezone IS DISTINCT FROM p_timezone AND p_timezone IS NOT NULL
			   AND (c.timezone IS NULL OR NOT is_late)
			OR c.email IS NULL AND p_email IS NOT NULL
			OR p_phone IS NOT NULL AND (c.phone IS NULL OR owners[2] IS NULL AND NOT is_late)
			OR c.status::text IS DISTINCT FROM p_status AND p_status IS NOT NULL
			   AND (c.status IS NULL OR NOT is_late)
			OR NOT c.fields @> p_fields);
		IF FOUND AND p_status IS NOT NULL AND p_status IS DISTINCT FROM before.status::text
			AND (before.status IS NULL OR NOT is_late) THEN
			INSERT INTO peer.status_change (account_id, contact_id, from_status, to_status,
											changed_at, actor, source)
			VALUES (p_account, person, before.status, p_status::contacts.contact_status, now(),
					session_user, coalesce(p_source, 'api'));
		END IF;
		result.outcome := 'matched';
		EXIT;
	END LOOP;

	-- A cookie follows the contact, and so do the pages it saw (R15).
	IF keys[4] IS NOT NULL AND person IS NOT NULL THEN
		UPDATE peer.identifier SET contact_id = person
		WHERE account_id = p_account AND kind = 'visitor' AND value = keys[4] AND contact_id <> person;
		UPDATE peer.page_view SET contact_id = person
		WHERE account_id = p_account AND visitor = keys[4] AND contact_id IS NULL;
	END IF;
	IF reviews <> '{}' THEN
		INSERT INTO peer.duplicate (account_id, contact_id, other_id, reasons, score)
		SELECT p_account, least(person, o), greatest(person, o), '{shared identifier}', 1
		FROM unnest(reviews) AS o WHERE o <> person
		ON CONFLICT DO NOTHING;
		result.duplicate_of := reviews[1];
	END IF;

	-- The activity; reported again, it follows the report (R31).
	INSERT INTO peer.activity AS a (account_id, contact_id, kind, source, source_ref, title, state,
			occurred_at, starts_at, ends_at, assigned_to, recipient_email, recipient_phone, calendar,
			data)
	VALUES (p_account, person, p_kind, p_source, p_source_ref, p_title,
			p_state::contacts.activity_state, p_occurred_at, p_starts_at, p_ends_at, p_assigned_to,
			p_email, p_phone, p_calendar, p_data)
	ON CONFLICT (account_id, source, source_ref) WHERE source_ref IS NOT NULL
	DO UPDATE SET state = excluded.state, data = a.data || excluded.data,
			title = coalesce(excluded.title, a.title),
			starts_at = coalesce(excluded.starts_at, a.starts_at),
			ends_at = coalesce(excluded.ends_at, a.ends_at),
			contact_id = coalesce(a.contact_id, excluded.contact_id)
	RETURNING a.activity_id, a.contact_id INTO result.activity_id, result.contact_id;
	result.matched_by := matched;
	RETURN result;
END
$$;
INSERT INTO peer.account (account_id) VALUES (1);
