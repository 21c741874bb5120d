
-- Reminders (R50, R102), held by the lease of sql/75_event.sql.

CREATE FUNCTION contacts.add_reminder(
	activity_id bigint,
	due_at      timestamptz,
	channel     text,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	reminder bigint;
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('edit', account_id);
	channel := contacts.composed(channel);
	PERFORM contacts.require_name('channel', channel);
	IF due_at IS NULL OR NOT pg_catalog.isfinite(due_at) THEN
		RAISE EXCEPTION 'invalid due_at: %', coalesce(due_at::text, 'null')
			USING ERRCODE = CASE WHEN due_at IS NULL THEN 'invalid_parameter_value'
							ELSE 'datetime_field_overflow' END, DETAIL = 'A reminder is due at a time.',
				  HINT = 'Usually some time before starts_at of the activity.';
	END IF;
	PERFORM FROM contacts.activity a
	WHERE a.account_id = account_id AND a.activity_id = activity_id
	  AND (contacts.sees_all(account_id) OR a.assigned_to = ANY (contacts.visible_members(account_id))
		   OR a.contact_id IN (SELECT contacts.visible_contacts(account_id))
		   OR a.contact_id IS NULL AND a.member_id = ANY (contacts.visible_members(account_id)))
	FOR KEY SHARE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'activity % does not exist', coalesce(activity_id::text, 'null')
			USING ERRCODE = 'no_data_found', DETAIL = 'The account has no such activity that you may see.',
				  HINT = 'record_activity() returns the id of an activity.';
	END IF;
	INSERT INTO contacts.reminder AS r (account_id, activity_id, due_at, channel)
	VALUES (account_id, activity_id, due_at, channel)
	RETURNING r.reminder_id INTO reminder;
	RETURN reminder;
END
$$;
COMMENT ON FUNCTION contacts.add_reminder IS
	'plan a message about an activity, for example by email or sms; its recipient is looked up when it is taken (R50, R102)';

CREATE FUNCTION contacts.take_due_reminders(
	max        integer DEFAULT 100,
	account_id bigint  DEFAULT contacts.current_account()
) RETURNS TABLE (reminder_id bigint, activity_id bigint, contact_id bigint, channel text,
				 recipient text, due_at timestamptz, starts_at timestamptz)
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	SET enable_seqscan = off AS $$
#variable_conflict use_variable
DECLARE
	live jsonb;
	stamp timestamptz;
	session timestamptz;
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	PERFORM contacts.require_batch(max);
	live := contacts.live_sessions();
	stamp := pg_catalog.clock_timestamp();
	session := (live ->> pg_catalog.pg_backend_pid()::text)::timestamptz;
	RETURN QUERY
	WITH RECURSIVE chosen AS MATERIALIZED (
		SELECT r.reminder_id FROM contacts.reminder r
		JOIN contacts.activity a ON a.account_id = r.account_id AND a.activity_id = r.activity_id
		WHERE r.account_id = account_id AND r.sent_at IS NULL AND r.due_at <= pg_catalog.now()
		  AND a.state <> 'cancelled'
		  AND (r.taken_at IS NULL
			   OR NOT contacts.is_held(r.taken_at, r.taken_by, r.taken_session, live))
		ORDER BY r.due_at, r.reminder_id LIMIT max
		FOR UPDATE OF r SKIP LOCKED),
	taken AS (
		UPDATE contacts.reminder r
		SET taken_at = stamp, taken_by = pg_catalog.pg_backend_pid(), taken_session = session
		FROM chosen c
		WHERE r.account_id = account_id AND r.reminder_id = c.reminder_id
		RETURNING r.reminder_id, r.activity_id, r.channel, r.due_at,
				  r.channel ~* 'sms|phone|whatsapp|call' AS by_phone),
	-- From the activity's contact along its merges; UNION ends also in a circle.
	person AS (
		SELECT a.activity_id, a.contact_id
		FROM (SELECT DISTINCT t.activity_id FROM taken t) t
		JOIN contacts.activity a ON a.account_id = account_id AND a.activity_id = t.activity_id
		UNION
		SELECT p.activity_id, c.merged_into FROM person p
		JOIN contacts.contact c ON c.account_id = account_id AND c.contact_id = p.contact_id
		WHERE c.merged_into IS NOT NULL)
	SELECT t.reminder_id, t.activity_id, coalesce(c.contact_id, a.contact_id), t.channel,
		   CASE WHEN t.by_phone THEN coalesce(c.phone, a.recipient_phone)
				ELSE coalesce(c.email, a.recipient_email) END,
		   t.due_at, a.starts_at
	FROM taken t
	JOIN contacts.activity a ON a.account_id = account_id AND a.activity_id = t.activity_id
	LEFT JOIN (person p
			   JOIN contacts.contact c ON c.account_id = account_id AND c.contact_id = p.contact_id
					AND c.merged_into IS NULL AND c.deleted_at IS NULL)
		ON p.activity_id = t.activity_id
	ORDER BY t.due_at, t.reminder_id;
END
$$;
COMMENT ON FUNCTION contacts.take_due_reminders IS
	'hand out up to max reminders that are due, not sent and not of a cancelled activity; the recipient is the present phone (channels with sms, phone, whatsapp or call in their name) or e-mail of the contact or of its survivor, else what the activity has, null when neither is known; a reminder not acknowledged within event_lease() comes again, at once when the session ends (R50, R51, R102)';

CREATE FUNCTION contacts.ack_reminders(
	ids        bigint[],
	account_id bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	acknowledged bigint;
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	PERFORM contacts.require_ids('ids', ids);
	-- In order, so that two calls with the same ids do not wait for each other.
	PERFORM FROM contacts.reminder r
	WHERE r.account_id = account_id AND r.reminder_id = ANY (ids) AND r.sent_at IS NULL
	ORDER BY r.reminder_id FOR NO KEY UPDATE;
	UPDATE contacts.reminder r SET sent_at = pg_catalog.clock_timestamp()
	WHERE r.account_id = account_id AND r.reminder_id = ANY (ids) AND r.sent_at IS NULL;
	GET DIAGNOSTICS acknowledged = ROW_COUNT;
	RETURN acknowledged;
END
$$;
COMMENT ON FUNCTION contacts.ack_reminders IS
	'note that reminders were sent; returns how many were not yet, other ids do not count (R102)';
