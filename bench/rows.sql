-- rows.sql: what is timed.  bench.<row>_<side>(run): runs 0, 6, 12 and 18 warm up; units is what it
-- worked through.

-- ---- normalize_email, normalize_phone: one call per row of a table, many times over ----

CREATE UNLOGGED TABLE bench.text_input AS
SELECT email, phone_key AS e164, local_form AS domestic, region
FROM bench.person ORDER BY id LIMIT 20000;
ANALYZE bench.text_input;

DO $do$
DECLARE
	side record;
BEGIN
	FOR side IN SELECT * FROM (VALUES
		('email_noop', 'bench.noop(email)'),
		('email_ours', 'contacts.normalize_email(email)'),
		('email_raw', 'lower(btrim(email))'),
		('email_raw_c', 'lower(btrim(email COLLATE "C"))'),
		('e164_noop', 'bench.noop(e164)'),
		('e164_ours', 'contacts.normalize_phone(e164, region)'),
		('national_noop', 'bench.noop(domestic)'),
		('national_ours', 'contacts.normalize_phone(domestic, region)')) AS v (name, call)
	LOOP
		EXECUTE format($sql$
			CREATE PROCEDURE bench.%I(run int, INOUT units bigint) LANGUAGE plpgsql AS $$
			DECLARE
				rounds CONSTANT int := CASE run WHEN 0 THEN 1 ELSE 10 END;
			BEGIN
				FOR i IN 1 .. rounds LOOP
					PERFORM count(%s) FROM bench.text_input;
				END LOOP;
				SELECT rounds * count(*) INTO units FROM bench.text_input;
			END $$ $sql$, side.name, side.call);
	END LOOP;
END
$do$;

-- The audit log and the events of new contacts and keys, as raw writes them: one row each, built
-- by hand; salts, digests and hashes are constants.  raw_bare leaves them out, and so does raw as
-- long as the tables do not exist.
CREATE FUNCTION bench.with_history() RETURNS boolean
	LANGUAGE sql STABLE RETURN to_regclass('raw.audit_log') IS NOT NULL;
CREATE FUNCTION bench.contact_change(name text, email text, phone text, company text, source text)
	RETURNS jsonb LANGUAGE sql STABLE
	RETURN jsonb_build_object('name', jsonb_build_object('new', name),
		'email', jsonb_build_object('new', email), 'phone', jsonb_build_object('new', phone),
		'company', jsonb_build_object('new', company), 'source', jsonb_build_object('new', source),
		'created_at', jsonb_build_object('new', now()), 'updated_at', jsonb_build_object('new', now()),
		'details_at', jsonb_build_object('new', now()));
CREATE FUNCTION bench.key_change(kind text, value text)
	RETURNS jsonb LANGUAGE sql STABLE
	RETURN jsonb_build_object('kind', jsonb_build_object('new', kind),
		'value', jsonb_build_object('new', value), 'created_at', jsonb_build_object('new', now()),
		'is_primary', jsonb_build_object('new', true));
CREATE FUNCTION bench.company_change(old text, new text)
	RETURNS jsonb LANGUAGE sql STABLE
	RETURN jsonb_build_object('company', jsonb_build_object('old', old, 'new', new));

-- Head and tail of an INSERT into the audit log around "contact, table, action, changes".
CREATE FUNCTION bench.audit_columns() RETURNS text LANGUAGE sql IMMUTABLE
	RETURN 'INSERT INTO raw.audit_log (account_id, at, actor, role_name, cause, group_id, position,
		salt, digest, hash, contact_id, table_name, action, changes) ';
CREATE FUNCTION bench.audit_values() RETURNS text LANGUAGE sql IMMUTABLE
	RETURN format($$1, now(), 'bench', 'bench', 'record_activity', 1, 1, %L::bytea, %2$L::bytea,
		%2$L::bytea, $$, '\x' || repeat('01', 16), '\x' || repeat('02', 32));
CREATE FUNCTION bench.event_columns() RETURNS text LANGUAGE sql IMMUTABLE
	RETURN 'INSERT INTO raw.event (account_id, contact_id, kind, cause, actor, payload) ';

-- ---- record_activity, one after the other in one transaction ----

-- The same loop around one statement per side; r is the report.
CREATE PROCEDURE bench.make_loop(name text, input text, body text)
	LANGUAGE plpgsql AS $do$
BEGIN
	EXECUTE format($sql$
		CREATE PROCEDURE bench.%I(of_run int, INOUT units bigint) LANGUAGE plpgsql AS $$
		DECLARE
			r record;
			result contacts.recorded;
			id bigint;
		BEGIN
			units := 0;
			FOR r IN SELECT * FROM bench.%I i WHERE i.run = of_run ORDER BY i.n LOOP
				%s
				units := units + 1;
			END LOOP;
		END $$ $sql$, name, input, body);
END
$do$;

DO $do$
DECLARE
	input text;
	insert_contact CONSTANT text := $$
		INSERT INTO raw.contact (account_id, name, email, phone, company, source, details_at)
		VALUES (1, r.name, r.email, r.phone, r.company, r.source, now())
		RETURNING contact_id INTO id;
		INSERT INTO raw.identifier (account_id, kind, value, contact_id, is_primary)
		VALUES (1, 'email', r.email_key, id, true), (1, 'phone', r.phone_key, id, true);
	$$;
	insert_activity CONSTANT text := $$
		INSERT INTO raw.activity (account_id, contact_id, kind, source, source_ref, title,
								  occurred_at, recipient_email, recipient_phone, data)
		VALUES (1, id, r.kind, r.source, r.source_ref, r.title, now(), r.email, r.phone, r.data);
	$$;
	insert_history text := format($$
		%1$s VALUES
			(%2$s id, 'contact', 'insert',
			 bench.contact_change(r.name, r.email, r.phone, r.company, r.source)),
			(%2$s id, 'identifier', 'insert', bench.key_change('email', r.email_key)),
			(%2$s id, 'identifier', 'insert', bench.key_change('phone', r.phone_key));
		%3$s VALUES (1, id, 'contact.created', 'record_activity', 'bench',
			jsonb_build_object('contact_id', id, 'changes',
				bench.contact_change(r.name, r.email, r.phone, r.company, r.source)));
	$$, bench.audit_columns(), bench.audit_values(), bench.event_columns());
BEGIN
	IF NOT bench.with_history() THEN
		insert_history := '';
	END IF;
	FOREACH input IN ARRAY ARRAY['known', 'new'] LOOP
		CALL bench.make_loop(input || '_ours', input, $$
			result := contacts.record_activity(kind => r.kind, email => r.email, phone => r.phone,
				name => r.name, company => r.company, source => r.source,
				source_ref => r.source_ref, title => r.title, data => r.data, region => r.region);
		$$);
		CALL bench.make_loop(input || '_peer', input, $$
			result := peer.record_activity(p_kind => r.kind, p_email => r.email, p_phone => r.phone,
				p_name => r.name, p_company => r.company, p_source => r.source,
				p_source_ref => r.source_ref, p_title => r.title, p_data => r.data,
				p_region => r.region);
		$$);
	END LOOP;
	CALL bench.make_loop('known_raw', 'known', 'id := r.person;' || insert_activity);
	CALL bench.make_loop('new_raw', 'new', insert_contact || insert_history || insert_activity);
	CALL bench.make_loop('new_raw_bare', 'new', insert_contact || insert_activity);
END
$do$;

-- ---- record_activities: one call, half new, half known ----

CREATE PROCEDURE bench.batch_ours(of_run int, INOUT units bigint)
	LANGUAGE plpgsql AS $$
BEGIN
	SELECT count(*) INTO units
	FROM contacts.record_activities((SELECT items FROM bench.batch b WHERE b.run = of_run));
END
$$;

-- One statement: rows get their ids, then go into the three tables.  Also from the array that
-- record_activities gets, which then has to be taken apart (raw_json).
DO $do$
DECLARE
	source record;
	plain CONSTANT text := 'SELECT i.* FROM bench.item i WHERE i.run = of_run';
	history text := format($$, entries AS (
		%s SELECT %s contact_id, e.table_name, 'insert', e.changes
		   FROM item CROSS JOIN LATERAL (VALUES
			('contact', bench.contact_change(name, email, phone, company, source)),
			('identifier', bench.key_change('email', email_key)),
			('identifier', bench.key_change('phone', phone_key))) AS e (table_name, changes)
		   WHERE is_new),
		events AS (
		%s SELECT 1, contact_id, 'contact.created', 'record_activities', 'bench',
			jsonb_build_object('contact_id', contact_id, 'changes',
				bench.contact_change(name, email, phone, company, source))
		   FROM item WHERE is_new)$$,
		bench.audit_columns(), bench.audit_values(), bench.event_columns());
BEGIN
	IF NOT bench.with_history() THEN
		history := '';
	END IF;
	FOR source IN SELECT * FROM (VALUES
		('batch_raw', plain, history),
		('batch_raw_bare', plain, ''),
		('batch_raw_json', $$
			SELECT i.place, i.is_new, i.person, i.email_key, i.phone_key, j.*
			FROM bench.batch b
			CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(b.items) AS (kind text, email text,
				phone text, region text, name text, company text, source text, source_ref text,
				title text, data jsonb)) WITH ORDINALITY AS j
			JOIN bench.item i ON i.run = of_run AND i.place = j.ordinality
			WHERE b.run = of_run$$, history)) AS v (name, input, history)
	LOOP
		EXECUTE format($sql$
			CREATE PROCEDURE bench.%I(of_run int, INOUT units bigint) LANGUAGE plpgsql AS $$
			BEGIN
				WITH item AS MATERIALIZED (
					SELECT i.*, CASE WHEN i.is_new THEN nextval('raw.contact_contact_id_seq')
									 ELSE i.person END AS contact_id
					FROM (%s) i ORDER BY i.place),
				contacts AS (
					INSERT INTO raw.contact (account_id, contact_id, name, email, phone, company,
											 source, details_at)
					SELECT 1, contact_id, name, email, phone, company, source, now()
					FROM item WHERE is_new),
				identifiers AS (
					INSERT INTO raw.identifier (account_id, kind, value, contact_id, is_primary)
					SELECT 1, k.kind, k.value, contact_id, true
					FROM item CROSS JOIN LATERAL (VALUES
						('email'::contacts.identifier_kind, email_key COLLATE "C"),
						('phone', phone_key)) AS k (kind, value)
					WHERE is_new ORDER BY k.kind, k.value)%s
				INSERT INTO raw.activity (account_id, contact_id, kind, source, source_ref, title,
										  occurred_at, recipient_email, recipient_phone, data)
				SELECT 1, contact_id, kind, source, source_ref, title, now(), email, phone, data
				FROM item;
				GET DIAGNOSTICS units = ROW_COUNT;
			END $$ $sql$, source.name, source.input, source.history);
	END LOOP;
END
$do$;

-- ---- the first page of contact_overview, the timeline of one contact: 100 pages each ----

CREATE PROCEDURE bench.make_pages(name text, query text)
	LANGUAGE plpgsql AS $do$
BEGIN
	EXECUTE format($sql$
		CREATE PROCEDURE bench.%I(of_run int, INOUT units bigint) LANGUAGE plpgsql AS $$
		DECLARE
			one bigint;
		BEGIN
			units := 0;
			FOR one IN SELECT k.person FROM bench.known k WHERE k.run = greatest(of_run, 1)
					   ORDER BY k.n LIMIT CASE of_run WHEN 0 THEN 10 ELSE 100 END
			LOOP
				PERFORM * FROM (%s) page;
				units := units + 1;
			END LOOP;
		END $$ $sql$, name, query);
	EXECUTE format('CREATE FUNCTION bench.%I() RETURNS text LANGUAGE sql RETURN %L', name || '_query',
				   replace(query, 'one', '7'));
END
$do$;

CALL bench.make_pages('overview_ours',
	'SELECT * FROM contacts.contact_overview WHERE account_id = 1 ORDER BY contact_id LIMIT 50');
CALL bench.make_pages('overview_raw', $$
	WITH page AS (
		SELECT * FROM contacts.contact
		WHERE account_id = 1 AND deleted_at IS NULL AND merged_into IS NULL
		ORDER BY contact_id LIMIT 50)
	SELECT p.*, m.name AS owner,
		   (SELECT string_agg(t.name, ', ' ORDER BY lower(t.name))
			FROM contacts.contact_tag ct JOIN contacts.tag t USING (account_id, tag_id)
			WHERE ct.account_id = 1 AND ct.contact_id = p.contact_id) AS tags,
		   a.*, (SELECT count(*) FROM contacts.page_view v
				 WHERE v.account_id = 1 AND v.contact_id = p.contact_id) AS page_views
	FROM page p
	LEFT JOIN contacts.member m ON m.account_id = 1 AND m.member_id = p.owner_id
	CROSS JOIN LATERAL (
		SELECT min(occurred_at) AS first_at, max(occurred_at) AS last_at, count(*) AS activities
		FROM contacts.activity a WHERE a.account_id = 1 AND a.contact_id = p.contact_id) a
	ORDER BY p.contact_id$$);
CALL bench.make_pages('timeline_ours',
	'SELECT * FROM contacts.timeline WHERE account_id = 1 AND contact_id = one ORDER BY at DESC LIMIT 50');
CALL bench.make_pages('timeline_raw', $$
	SELECT * FROM (
		(SELECT occurred_at AS at, kind, title, source, state::text, assigned_to, 'activity',
				activity_id
		 FROM contacts.activity WHERE account_id = 1 AND contact_id = one
		 ORDER BY occurred_at DESC LIMIT 50)
		UNION ALL
		(SELECT viewed_at, 'page_view', coalesce(title, url), url, NULL, NULL, 'page_view',
				page_view_id
		 FROM contacts.page_view WHERE account_id = 1 AND contact_id = one
		 ORDER BY viewed_at DESC LIMIT 50)
		UNION ALL
		(SELECT changed_at, 'status', to_status::text, source, NULL, member_id, 'status',
				status_change_id
		 FROM contacts.status_change WHERE account_id = 1 AND contact_id = one
		 ORDER BY changed_at DESC LIMIT 50)) h
	WHERE EXISTS (SELECT FROM contacts.contact
				  WHERE account_id = 1 AND contact_id = one AND deleted_at IS NULL)
	ORDER BY at DESC LIMIT 50$$);
-- Tables that a query reads from end to end, of those that grow.
CREATE FUNCTION bench.sequential_scans(query text) RETURNS text
	LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN (SELECT string_agg(DISTINCT n ->> 'Relation Name', ', ')
			FROM jsonb_path_query(plan, 'strict $.**? (@."Node Type" == "Seq Scan")') AS n
			WHERE n ->> 'Relation Name' NOT IN ('member', 'tag'));
END
$$;

-- ---- what the triggers cost: a new company for many contacts ----

DO $do$
DECLARE
	new_company CONSTANT text := $$
		UPDATE %s.contact c SET company = p.company || ' ' || of_run
		FROM bench.person p
		WHERE c.account_id = 1 AND c.contact_id = p.id AND p.id <= CASE of_run %% 6
			  WHEN 0 THEN 100 ELSE least(bench.size(), 100000) END$$;
	bare CONSTANT text := format(new_company, 'raw');
	with_history CONSTANT text := format($$
		WITH old AS (SELECT contact_id, company FROM raw.contact WHERE account_id = 1),
		new AS (%s RETURNING c.contact_id, c.company AS new),
		entries AS (
			%s SELECT %s contact_id, 'contact', 'update', bench.company_change(company, new)
			   FROM new JOIN old USING (contact_id))
		%s SELECT 1, contact_id, 'contact.updated', 'sql', 'bench', jsonb_build_object('contact_id',
				contact_id, 'changes', bench.company_change(company, new))
		   FROM new JOIN old USING (contact_id)$$,
		bare, bench.audit_columns(), bench.audit_values(), bench.event_columns());
	side record;
BEGIN
	FOR side IN SELECT * FROM (VALUES
		('trigger_ours', format(new_company, 'contacts')),
		('trigger_raw', CASE WHEN bench.with_history() THEN with_history ELSE bare END),
		('trigger_raw_bare', bare)) AS v (name, statement)
	LOOP
		EXECUTE format($sql$
			CREATE PROCEDURE bench.%I(of_run int, INOUT units bigint) LANGUAGE plpgsql AS $$
			BEGIN
				%s;
				GET DIAGNOSTICS units = ROW_COUNT;
			END $$ $sql$, side.name, side.statement);
	END LOOP;
END
$do$;
