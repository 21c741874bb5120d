
-- Events: who takes them and who is done (R100, R101).
--
-- What is handed out is held by a lease: it comes again when nobody acknowledges it in time, and at
-- once when the session that took it is gone.
-- Order of locks: table contacts.event, row of the consumer, rows of contacts.event, deliveries.

CREATE FUNCTION contacts.event_lease() RETURNS interval
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN interval '60 seconds';
END
$$;
COMMENT ON FUNCTION contacts.event_lease() IS
	'return how long a session may hold an event or a reminder before others get it (R101)';

-- With the rights of whoever made the extension, also where another role owns the tables: others are
-- not told when a session began.
CREATE FUNCTION contacts.live_sessions() RETURNS jsonb
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	seen_at timestamptz := pg_catalog.clock_timestamp();
	sessions jsonb;
BEGIN
	PERFORM contacts.use_trusted_path();
	-- Else a transaction keeps the list that it read first.
	PERFORM pg_catalog.pg_stat_clear_snapshot();
	SELECT pg_catalog.jsonb_object_agg(a.pid::text, a.backend_start) INTO sessions
	FROM pg_catalog.pg_stat_get_activity(NULL) a;
	RETURN sessions OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object('seen_at', seen_at);
END
$$;
COMMENT ON FUNCTION contacts.live_sessions() IS
	'internal: return the sessions of the server: when each began (null = hidden) by its process id, and under seen_at the time of looking';

CREATE FUNCTION contacts.is_held(
	taken_at      timestamptz,
	taken_by      integer,
	taken_session timestamptz,
	live          jsonb
) RETURNS boolean
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	seen_at timestamptz := (live ->> 'seen_at')::timestamptz;
BEGIN
	IF taken_at IS NULL OR taken_at <= seen_at - contacts.event_lease() THEN
		RETURN false;
	END IF;
	-- A session that came after the list was read is not in it.
	RETURN taken_at >= seen_at OR (live ? taken_by::text
		AND ((live ->> taken_by::text)::timestamptz = taken_session) IS NOT FALSE);
END
$$;
COMMENT ON FUNCTION contacts.is_held(timestamptz, integer, timestamptz, jsonb) IS
	'internal: return whether what was taken is still held: its lease runs and its session is among live_sessions()';

CREATE FUNCTION contacts.enter_consumer(consumer text, account_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.use_trusted_path();
	IF EXISTS (SELECT FROM contacts.event_consumer c
			   WHERE c.account_id = account_id AND c.consumer = consumer) THEN
		-- Before any row is locked, so that drop_consumer() does not meet it half-way.
		LOCK TABLE contacts.event IN ROW EXCLUSIVE MODE;
		RETURN;
	END IF;
	IF pg_catalog.current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
		RAISE EXCEPTION 'consumer "%" cannot be registered in this transaction', consumer
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Its isolation level hides events that others have just committed.',
				  HINT = 'Call take_events() the first time in a READ COMMITTED transaction.';
	END IF;
	-- Waits for the writers in flight; those that come later read the list of consumers again.
	LOCK TABLE contacts.event IN SHARE ROW EXCLUSIVE MODE;
	INSERT INTO contacts.event_consumer (account_id, consumer) VALUES (account_id, consumer)
	ON CONFLICT ON CONSTRAINT event_consumer_pkey DO NOTHING;
	IF FOUND THEN
		INSERT INTO contacts.event_delivery (account_id, consumer, event_id, contact_id)
		SELECT e.account_id, consumer, e.event_id, e.contact_id
		FROM contacts.event e WHERE e.account_id = account_id
		ON CONFLICT ON CONSTRAINT event_delivery_pkey DO NOTHING;
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.enter_consumer(text, bigint) IS
	'internal: register a consumer of events unless it is known: it waits for all events that are there and that come';

CREATE FUNCTION contacts.lock_consumer(consumer text, account_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.use_trusted_path();
	PERFORM FROM contacts.event_consumer c
	WHERE c.account_id = account_id AND c.consumer = consumer FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'consumer "%" does not exist', consumer
			USING ERRCODE = 'no_data_found', DETAIL = 'No consumer of the account has this name.',
				  HINT = 'The first call of take_events() registers a consumer.';
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.lock_consumer(text, bigint) IS
	'internal: let the workers of a consumer pass one by one until the transaction ends; P0002 when there is no such consumer';

-- An event comes after all earlier ones of each contact that it is about.  Most are about one; a merge
-- and its end are about their duplicates, too, so these stand in the line of several contacts.
-- Whoever goes through the events in order needs to look at the next earlier one in each line only:
-- either it has just been handed out in the same portion, or what is behind it waits.
CREATE FUNCTION contacts.is_behind(
	consumer   text,
	event_id   bigint,
	contacts   bigint[],
	first_id   bigint,
	stamp      timestamptz,
	account_id bigint
) RETURNS boolean
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	RETURN EXISTS (
		SELECT FROM pg_catalog.unnest(contacts) AS line (contact_id)
		WHERE (
			-- Along the index of contacts, and past the entries of what was acknowledged once.
			SELECT NOT (f.taken_at IS NOT DISTINCT FROM stamp
						AND f.taken_by = pg_catalog.pg_backend_pid())
			FROM contacts.event_delivery f
			WHERE f.account_id = account_id AND f.consumer = consumer AND f.contact_id IS NOT NULL
			  AND (f.contact_id, f.event_id) >= (line.contact_id, first_id)
			  AND (f.contact_id, f.event_id) < (line.contact_id, event_id)
			ORDER BY f.contact_id DESC, f.event_id DESC LIMIT 1)
		OR EXISTS (
			-- By the index of duplicates alone: of a CASE the planner thinks nothing.
			SELECT FROM contacts.event e
			WHERE e.kind IN ('contact.merged', 'contact.unmerged')
			  AND e.payload -> 'duplicate_ids' @> pg_catalog.to_jsonb(line.contact_id)
			  AND CASE WHEN e.account_id = account_id AND e.event_id >= first_id
							AND e.event_id < event_id THEN true END
			  AND (SELECT NOT (f.taken_at IS NOT DISTINCT FROM stamp
							   AND f.taken_by = pg_catalog.pg_backend_pid())
				   FROM contacts.event_delivery f
				   WHERE f.account_id = account_id AND f.consumer = consumer
					 AND f.event_id = e.event_id)));
END
$$;
COMMENT ON FUNCTION contacts.is_behind(text, bigint, bigint[], bigint, timestamptz, bigint) IS
	'internal: return whether an earlier event of one of the contacts waits for the consumer and is not handed out under the same stamp (R101)';

CREATE FUNCTION contacts.take_events(
	consumer   text,
	max        integer DEFAULT 100,
	account_id bigint  DEFAULT contacts.current_account()
) RETURNS TABLE (event_id bigint, contact_id bigint, kind text, occurred_at timestamptz,
				 cause text, actor text, payload jsonb, attempts integer)
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	-- Statistics do not follow a queue: always along the indexes, until there are enough.
	SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = on SET jit = off AS $$
#variable_conflict use_variable
DECLARE
	live jsonb;
	stamp timestamptz;
	first_id bigint;
	waiting record;
	about bigint[];
	given integer := 0;
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	consumer := contacts.composed(consumer);
	PERFORM contacts.require_name('consumer', consumer);
	PERFORM contacts.require_batch(max);
	PERFORM contacts.enter_consumer(consumer, account_id);
	PERFORM contacts.lock_consumer(consumer, account_id);
	live := contacts.live_sessions();
	stamp := pg_catalog.clock_timestamp();
	SELECT d.event_id INTO first_id FROM contacts.event_delivery d
	WHERE d.account_id = account_id AND d.consumer = consumer
	ORDER BY d.event_id LIMIT 1;
	-- One by one, since only the whole primary key is sure to be looked up by its index.
	FOR waiting IN
		SELECT d.event_id FROM contacts.event_delivery d
		WHERE d.account_id = account_id AND d.consumer = consumer AND d.event_id >= first_id
		  AND (d.taken_at IS NULL
			   OR NOT contacts.is_held(d.taken_at, d.taken_by, d.taken_session, live))
		ORDER BY d.event_id
	LOOP
		event_id := waiting.event_id;
		SELECT e.contact_id, e.kind, e.occurred_at, e.cause, e.actor, e.payload
		INTO contact_id, kind, occurred_at, cause, actor, payload
		FROM contacts.event e WHERE e.account_id = account_id AND e.event_id = event_id;
		about := ARRAY[contact_id];
		IF kind IN ('contact.merged', 'contact.unmerged') THEN
			about := about || ARRAY(
				SELECT i.id::bigint
				FROM pg_catalog.jsonb_path_query(payload, '$.duplicate_ids[*]') AS i (id));
		END IF;
		CONTINUE WHEN contacts.is_behind(consumer, event_id, about, first_id, stamp, account_id);
		UPDATE contacts.event_delivery d
		SET taken_at = stamp, taken_by = pg_catalog.pg_backend_pid(),
			taken_session = (live ->> pg_catalog.pg_backend_pid()::text)::timestamptz,
			attempts = d.attempts + 1
		WHERE d.account_id = account_id AND d.consumer = consumer AND d.event_id = event_id
		RETURNING d.attempts INTO attempts;
		RETURN NEXT;
		given := given + 1;
		EXIT WHEN given = max;
	END LOOP;
END
$$;
COMMENT ON FUNCTION contacts.take_events IS
	'hand out up to max events that the consumer has neither acknowledged nor handed to another worker, per contact in order, a merge and its end in the order of all their contacts; what is not acknowledged within event_lease() comes again, at once when the session ends; the first call registers the consumer for all events kept and to come, and waits for writers; call it in a short transaction of its own, since other workers of the consumer wait for its end (R101)';

CREATE FUNCTION contacts.ack_events(
	consumer   text,
	event_ids  bigint[],
	account_id bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_variable
DECLARE
	one bigint;
	acknowledged bigint := 0;
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	consumer := contacts.composed(consumer);
	PERFORM contacts.require_name('consumer', consumer);
	PERFORM contacts.require_ids('event_ids', event_ids);
	LOCK TABLE contacts.event IN ROW EXCLUSIVE MODE;
	PERFORM contacts.lock_consumer(consumer, account_id);
	FOR one IN SELECT DISTINCT i.id FROM pg_catalog.unnest(event_ids) i (id) ORDER BY i.id LOOP
		-- Of two consumers that acknowledge it at once, the second sees that it was the last.
		PERFORM FROM contacts.event e
		WHERE e.account_id = account_id AND e.event_id = one FOR UPDATE;
		DELETE FROM contacts.event_delivery d
		WHERE d.account_id = account_id AND d.consumer = consumer AND d.event_id = one;
		CONTINUE WHEN NOT FOUND;
		acknowledged := acknowledged + 1;
		DELETE FROM contacts.event e
		WHERE e.account_id = account_id AND e.event_id = one
		  AND NOT EXISTS (SELECT FROM contacts.event_delivery d
						  WHERE d.account_id = account_id AND d.event_id = one);
	END LOOP;
	RETURN acknowledged;
END
$$;
COMMENT ON FUNCTION contacts.ack_events IS
	'acknowledge events: the consumer never gets them again, and those that no consumer waits for are removed; returns how many it was waiting for, other ids do not count (R101)';

CREATE FUNCTION contacts.drop_consumer(
	consumer   text,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	consumer := contacts.composed(consumer);
	PERFORM contacts.require_name('consumer', consumer);
	LOCK TABLE contacts.event IN SHARE ROW EXCLUSIVE MODE;
	PERFORM contacts.lock_consumer(consumer, account_id);
	DELETE FROM contacts.event_consumer c
	WHERE c.account_id = account_id AND c.consumer = consumer;
	DELETE FROM contacts.event_delivery d
	WHERE d.account_id = account_id AND d.consumer = consumer;
END
$$;
COMMENT ON FUNCTION contacts.drop_consumer IS
	'forget a consumer of events; waits for writers; what nobody else waits for goes with trim_events() (R101)';

CREATE FUNCTION contacts.trim_events(
	older_than interval DEFAULT '30 days',
	account_id bigint   DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	trimmed bigint;
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	PERFORM contacts.require_retention('older_than', older_than, true);
	LOCK TABLE contacts.event IN ROW EXCLUSIVE MODE;
	-- Left by a writer that had a consumer in mind which was just dropped.
	DELETE FROM contacts.event_delivery d
	WHERE d.account_id = account_id
	  AND NOT EXISTS (SELECT FROM contacts.event_consumer c
					  WHERE c.account_id = d.account_id AND c.consumer = d.consumer);
	DELETE FROM contacts.event e
	WHERE e.account_id = account_id AND e.occurred_at < pg_catalog.now() - older_than
	  AND NOT EXISTS (SELECT FROM contacts.event_delivery d
					  WHERE d.account_id = e.account_id AND d.event_id = e.event_id);
	GET DIAGNOSTICS trimmed = ROW_COUNT;
	RETURN trimmed;
END
$$;
COMMENT ON FUNCTION contacts.trim_events IS
	'remove old events that no consumer waits for, and return how many; needed where events are kept without consumers (R101)';

CREATE FUNCTION contacts.event_cloudevent(
	event_id   bigint,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS jsonb
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	event record;
BEGIN
	account_id := contacts.require_right('read', account_id);
	SELECT e.* INTO event FROM contacts.event e
	WHERE e.account_id = account_id AND e.event_id = event_id
	  AND (contacts.sees_all(account_id) OR e.contact_id IN (SELECT contacts.visible_contacts(account_id)));
	IF NOT FOUND THEN
		RAISE EXCEPTION 'event % does not exist', coalesce(event_id::text, 'null')
			USING ERRCODE = 'no_data_found',
				  DETAIL = 'The account has no such event that you may see, or no longer.',
				  HINT = 'SELECT event_id FROM contacts.event;';
	END IF;
	RETURN pg_catalog.jsonb_build_object(
		'specversion', '1.0',
		'id', event.event_id::text,
		'source', '/contacts/accounts/' || event.account_id,
		'type', 'contacts.' || event.kind,
		'time', pg_catalog.to_char(event.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
		'datacontenttype', 'application/json',
		'data', event.payload || pg_catalog.jsonb_build_object('contact_id', event.contact_id,
			'cause', event.cause, 'actor', event.actor, 'version', event.version))
		|| CASE WHEN event.contact_id IS NULL THEN '{}'
				ELSE pg_catalog.jsonb_build_object('subject', 'contact/' || event.contact_id) END;
END
$$;
COMMENT ON FUNCTION contacts.event_cloudevent IS
	'return an event as a CloudEvents 1.0 document (R100)';
