
-- Trigger functions: what holds for every writer (R5), and the audit log (R93).  They run with the
-- owner's rights: whoever may write contacts.contact need not be allowed to write what follows from
-- it.

CREATE FUNCTION contacts.contact_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_contact_check';
COMMENT ON FUNCTION contacts.contact_check() IS
	'check and normalize a row of contacts.contact before it is written (R5, R10, R23, R25)';

CREATE FUNCTION contacts.contact_changed() RETURNS trigger
	LANGUAGE c SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_contact_changed';
COMMENT ON FUNCTION contacts.contact_changed() IS
	'write what follows from changed rows of contacts.contact: identifiers, status history (R5, R11, R24)';

CREATE FUNCTION contacts.identifier_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_identifier_check';
COMMENT ON FUNCTION contacts.identifier_check() IS
	'normalize an identifier before it is written (R10)';

CREATE FUNCTION contacts.identifier_released() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	-- A plan that was made while the tables were small would read all of them later.
	SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
	free contacts.identifier[];
BEGIN
	PERFORM contacts.use_trusted_path();
	free := ARRAY(
		SELECT (r.account_id, r.kind, r.value, r.contact_id, true, r.created_at)::contacts.identifier
		FROM old_rows r
		WHERE r.kind IN ('email', 'phone')
		  AND NOT EXISTS (SELECT FROM contacts.identifier i
						  WHERE i.account_id = r.account_id AND i.kind = r.kind AND i.value = r.value)
		  AND NOT EXISTS (SELECT FROM contacts.freed_identifier f
						  WHERE f.account_id = r.account_id AND f.kind = r.kind AND f.value = r.value)
		  AND NOT EXISTS (SELECT FROM contacts.blocked_identifier b
						  WHERE b.account_id = r.account_id AND b.kind = r.kind AND b.value = r.value));
	IF cardinality(free) = 0 THEN
		RETURN NULL;
	END IF;
	-- Each look into the index would read all that is pending in it.
	PERFORM gin_clean_pending_list('contacts.contact_match');
	INSERT INTO contacts.identifier (account_id, kind, value, contact_id, is_primary)
	SELECT r.account_id, r.kind, r.value, next.contact_id, true
	FROM unnest(free) r
	CROSS JOIN LATERAL (
		SELECT c.contact_id
		FROM contacts.contact c
		-- + 0: by the keys, not by the account
		WHERE c.account_id + 0 = r.account_id AND c.contact_id <> r.contact_id
		  AND c.deleted_at IS NULL AND c.merged_into IS NULL
		  AND contacts.match_keys(c.account_id, c.name, c.email, c.phone) @> contacts.match_keys(
				r.account_id, NULL, CASE r.kind WHEN 'email' THEN r.value END,
				CASE r.kind WHEN 'phone' THEN r.value END)
		  AND contacts.shows_key(r.kind::text, c.email, c.phone, r.value)
		  AND NOT EXISTS (SELECT FROM contacts.identifier i
						  WHERE i.account_id = c.account_id AND i.contact_id = c.contact_id
							AND i.kind = r.kind AND i.is_primary)
		-- the one that the statement at work has just written comes before those that wait
		ORDER BY c.updated_at DESC, c.contact_id LIMIT 1
		FOR KEY SHARE OF c SKIP LOCKED) next
	ORDER BY r.account_id, r.kind, r.value
	ON CONFLICT (account_id, kind, value) DO NOTHING;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION contacts.identifier_released() IS
	'give an identifier that became free, and is not noted of a deleted contact, to the contact that shows it, where it was somebody else''s until now (R11, R51)';

CREATE FUNCTION contacts.account_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_account_check';
COMMENT ON FUNCTION contacts.account_check() IS 'check the region and time zone of an account';

CREATE FUNCTION contacts.activity_stamp() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_activity_stamp';
COMMENT ON FUNCTION contacts.activity_stamp() IS
	'note who reports an activity, and which member that sees only some contacts named its assignee (R83, R93)';

CREATE FUNCTION contacts.values_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_values_check';
COMMENT ON FUNCTION contacts.values_check() IS
	'refuse ids below 1 (23514) and infinite times (22008), and compose the letters of texts (R25), in the columns that the trigger is for';

CREATE FUNCTION contacts.reference_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_reference_check';
COMMENT ON FUNCTION contacts.reference_check() IS
	'send a row that is written for a merged contact to its survivor, refuse one for a deleted contact; arguments: the columns that refer to contacts (R44, R51)';

CREATE FUNCTION contacts.assign_id() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_assign_id';
COMMENT ON FUNCTION contacts.assign_id() IS
	'give a new row the next id that is free, where rows came with ids of their own and the sequence lags behind';

CREATE FUNCTION contacts.assign_account() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_assign_account';
COMMENT ON FUNCTION contacts.assign_account() IS
	'put a new row without account into the one at work: programs that bind every column bind null (R3)';

CREATE FUNCTION contacts.settings_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_settings_changed';
COMMENT ON FUNCTION contacts.settings_changed() IS
	'make every session read the settings, fields and blocked identifiers of accounts again';

CREATE FUNCTION contacts.audit_changes() RETURNS trigger
	LANGUAGE c SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_audit_changes';
COMMENT ON FUNCTION contacts.audit_changes() IS
	'write changes of a table that hangs on contacts to the audit log; arguments: name of the table, columns that name a row (R93)';

CREATE FUNCTION contacts.audit_seal() RETURNS trigger
	LANGUAGE c SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_audit_seal';
COMMENT ON FUNCTION contacts.audit_seal() IS
	'write the end of the transaction''s chain of the audit log (R93)';
