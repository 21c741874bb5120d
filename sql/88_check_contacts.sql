
-- Whether contacts, their identifiers, fields and status are as the functions and triggers leave
-- them: a part of check() (R112).

CREATE FUNCTION contacts.stored_problem(what text, value text) RETURNS text
	LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'contacts_stored_problem';
COMMENT ON FUNCTION contacts.stored_problem(text, text) IS
	'internal: say why a stored value (name, company, timezone, region, label, "email identifier" …) is not what a writer would have left, null when it is (R112)';

CREATE FUNCTION contacts.shown_key(kind text, shown text, region text)
	RETURNS text
	LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF kind = 'email' THEN
		RETURN CASE WHEN contacts.email_problem(shown) IS NULL THEN contacts.normalize_email(shown) END;
	END IF;
	RETURN (SELECT p.e164 || coalesce(';ext=' || p.extension, '')
			FROM contacts.phone_info(shown, region) p
			WHERE p.valid AND contacts.stored_problem('phone identifier',
				p.e164 || coalesce(';ext=' || p.extension, '')) IS NULL);
END
$$;
COMMENT ON FUNCTION contacts.shown_key(text, text, text) IS
	'internal: return the key that a shown e-mail or phone reads as, null when it is none';

CREATE FUNCTION contacts.shows_key(kind text, email text, phone text, key text)
	RETURNS boolean
	LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN CASE kind
		WHEN 'email' THEN contacts.shown_key('email', email, NULL) = key
		-- A phone was read under the region of the number that it is.
		WHEN 'phone' THEN contacts.shown_key('phone', phone, (contacts.phone_info(key, NULL)).region) = key
		ELSE false END IS TRUE;
END
$$;
COMMENT ON FUNCTION contacts.shows_key(text, text, text, text) IS
	'internal: tell whether what a contact shows reads as this key';

CREATE FUNCTION contacts.check_contacts(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	settings contacts.account;
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
	SELECT * INTO settings FROM contacts.account a WHERE a.account_id = account_id;
	RETURN QUERY
	SELECT 'detail that is not as it is stored', 'contact', ARRAY[c.contact_id],
		   d.name || ': ' || contacts.stored_problem(d.form, d.value)
	FROM contacts.contact c
	CROSS JOIN LATERAL (VALUES ('name', 'name', c.name), ('company', 'company', c.company),
		('timezone', 'timezone', c.timezone), ('source', 'label', c.source)) AS d (name, form, value)
	WHERE c.account_id = account_id AND contacts.stored_problem(d.form, d.value) IS NOT NULL;

	RETURN QUERY
	SELECT 'merged contact that is marked deleted', 'contact', ARRAY[c.contact_id], NULL::text
	FROM contacts.contact c
	WHERE c.account_id = account_id AND c.merged_into IS NOT NULL AND c.deleted_at IS NOT NULL;

	RETURN QUERY
	SELECT 'label that is not as it is stored', 'activity', ARRAY[a.activity_id], l.name
	FROM contacts.activity a
	CROSS JOIN LATERAL (VALUES ('kind', a.kind), ('source', a.source), ('source_ref', a.source_ref))
		AS l (name, value)
	WHERE a.account_id = account_id AND contacts.stored_problem('label', l.value) IS NOT NULL;

	RETURN QUERY
	SELECT 'field value that does not fit its definition', 'contact', ARRAY[c.contact_id], f.key
	FROM contacts.field f
	JOIN contacts.contact c ON c.account_id = f.account_id AND c.fields ? f.key
	WHERE f.account_id = account_id AND f.archived_at IS NULL
	  AND contacts.coerce_field_value(f.key, f.type::text, f.options, nullif(c.fields -> f.key, 'null'))
		  IS DISTINCT FROM c.fields -> f.key;

	RETURN QUERY
	SELECT 'field that nobody defined', 'contact', ARRAY[c.contact_id], k.key
	FROM contacts.contact c CROSS JOIN LATERAL pg_catalog.jsonb_object_keys(c.fields) AS k (key)
	WHERE c.account_id = account_id AND settings.has_kept_unknown IS NOT TRUE
	  AND pg_catalog.jsonb_typeof(c.fields) = 'object'
	  AND NOT EXISTS (SELECT FROM contacts.field f
					  WHERE f.account_id = account_id AND f.key = k.key);

	RETURN QUERY
	SELECT 'status without the change that set it', 'contact', ARRAY[c.contact_id], c.status::text
	FROM contacts.contact c
	LEFT JOIN LATERAL (
		SELECT s.to_status FROM contacts.status_change s
		WHERE s.account_id = c.account_id AND s.contact_id = c.contact_id
		ORDER BY s.status_change_id DESC LIMIT 1) last ON true
	WHERE c.account_id = account_id AND c.status IS DISTINCT FROM last.to_status;

	RETURN QUERY
	SELECT 'status change that does not go on from the one before', 'status_change',
		   ARRAY[s.status_change_id, s.contact_id], s.from_status::text
	FROM (
		SELECT h.*, pg_catalog.lag(h.to_status) OVER (PARTITION BY h.contact_id ORDER BY h.status_change_id) AS before
		FROM contacts.status_change h WHERE h.account_id = account_id) s
	WHERE s.from_status IS DISTINCT FROM s.before OR s.from_status IS NOT DISTINCT FROM s.to_status;
END
$$;
COMMENT ON FUNCTION contacts.check_contacts(bigint) IS
	'internal: list details, fields and statuses that no writer would have left; part of check() (R112)';

CREATE FUNCTION contacts.check_identifiers(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (problem text, table_name text, ids bigint[], detail text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
	RETURN QUERY
	SELECT 'identifier of a contact that is not live', 'identifier', ARRAY[i.contact_id],
		   i.kind::text
	FROM contacts.identifier i
	JOIN contacts.contact c ON c.account_id = i.account_id AND c.contact_id = i.contact_id
	WHERE i.account_id = account_id AND (c.deleted_at IS NOT NULL OR c.merged_into IS NOT NULL);

	RETURN QUERY
	SELECT 'noted identifier of a contact that is not deleted', 'freed_identifier',
		   ARRAY[f.contact_id], f.kind::text
	FROM contacts.freed_identifier f
	JOIN contacts.contact c ON c.account_id = f.account_id AND c.contact_id = f.contact_id
	WHERE f.account_id = account_id AND c.deleted_at IS NULL;

	RETURN QUERY
	SELECT 'identifier is not in canonical form', i.found_in, ARRAY[i.contact_id], i.kind::text
	FROM (SELECT 'identifier' AS found_in, n.contact_id, n.kind, n.value
		  FROM contacts.identifier n WHERE n.account_id = account_id
		  UNION ALL SELECT 'freed_identifier', f.contact_id, f.kind, f.value
		  FROM contacts.freed_identifier f WHERE f.account_id = account_id
		  UNION ALL SELECT 'blocked_identifier', NULL, b.kind, b.value
		  FROM contacts.blocked_identifier b WHERE b.account_id = account_id) i
	WHERE contacts.stored_problem(i.kind::text || ' identifier', i.value) IS NOT NULL;

	RETURN QUERY
	SELECT 'several primary identifiers of one kind', 'identifier', ARRAY[i.contact_id], i.kind::text
	FROM contacts.identifier i
	WHERE i.account_id = account_id AND i.is_primary
	GROUP BY i.contact_id, i.kind HAVING pg_catalog.count(*) > 1;

	RETURN QUERY
	SELECT 'primary identifier that the contact does not show', 'identifier', ARRAY[i.contact_id],
		   i.kind::text
	FROM contacts.identifier i
	JOIN contacts.contact c ON c.account_id = i.account_id AND c.contact_id = i.contact_id
	WHERE i.account_id = account_id AND i.is_primary
	  AND NOT contacts.shows_key(i.kind::text, c.email, c.phone, i.value);

	-- What a contact shows is its own primary key, or somebody else's: one who has it, one who had
	-- it until they were deleted, nobody's because many share it.  A phone was read under the region
	-- of the contact's own number, unless it reads as somebody else's, too.
	RETURN QUERY
	SELECT CASE WHEN c.deleted_at IS NOT NULL THEN 'identifier of a deleted contact is not noted'
				WHEN s.key IS NULL THEN 'shown identifier that is none'
				WHEN o.contact_id = c.contact_id THEN 'shown identifier that is not the primary one'
				ELSE 'shown identifier that nobody has' END, 'contact', ARRAY[c.contact_id], s.kind::text
	FROM contacts.contact c
	CROSS JOIN LATERAL (
		SELECT 'email'::contacts.identifier_kind AS kind, c.email AS shown,
			   contacts.shown_key('email', c.email, NULL) AS key, true AS is_bad
		UNION ALL
		SELECT 'phone', c.phone, coalesce(contacts.shown_key('phone', c.phone, NULL),
				(SELECT i.value FROM contacts.identifier i
				 WHERE i.account_id = c.account_id AND i.contact_id = c.contact_id AND i.kind = 'phone'
				   AND contacts.shows_key('phone', NULL, c.phone, i.value)
				   AND NOT EXISTS (
						SELECT FROM (SELECT o.contact_id, o.value FROM contacts.identifier o
									 WHERE o.account_id = c.account_id AND o.kind = 'phone'
									 UNION ALL SELECT f.contact_id, f.value FROM contacts.freed_identifier f
									 WHERE f.account_id = c.account_id AND f.kind = 'phone') other
						WHERE other.contact_id <> c.contact_id
						  -- most are not worth a closer look
						  AND pg_catalog.strpos(pg_catalog.regexp_replace(c.phone, '\D', '', 'g'),
								pg_catalog.right(pg_catalog.split_part(other.value, ';', 1), 6)) > 0
						  AND contacts.shows_key('phone', NULL, c.phone, other.value))
				 LIMIT 1)),
			   c.phone ~ '^\+' AND contacts.phone_problem(c.phone, NULL) IS NOT NULL
			   OR pg_catalog.length(pg_catalog.regexp_replace(c.phone, '\D', '', 'g')) NOT BETWEEN 3 AND 30
			   OR pg_catalog.octet_length(c.phone) > 256) s
	LEFT JOIN contacts.identifier o ON o.account_id = account_id AND o.kind = s.kind AND o.value = s.key
	WHERE c.account_id = account_id AND c.merged_into IS NULL AND s.shown IS NOT NULL
	  AND NOT EXISTS (SELECT FROM contacts.identifier p
					  WHERE p.account_id = account_id AND p.contact_id = c.contact_id
						AND p.kind = s.kind AND p.is_primary)
	  AND CASE WHEN s.key IS NULL THEN s.is_bad
			   WHEN o.contact_id IS NOT NULL THEN o.contact_id = c.contact_id
			   ELSE NOT EXISTS (SELECT FROM contacts.freed_identifier f
								WHERE f.account_id = account_id AND f.kind = s.kind AND f.value = s.key)
				AND NOT EXISTS (SELECT FROM contacts.blocked_identifier b
								WHERE b.account_id = account_id AND b.kind = s.kind AND b.value = s.key) END;
END
$$;
COMMENT ON FUNCTION contacts.check_identifiers(bigint) IS
	'internal: list identifiers that are not canonical, not shown, shown and nobody''s, or not noted of a deleted contact; part of check() (R112)';
