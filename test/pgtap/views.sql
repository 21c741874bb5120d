-- views.sql: the views of applications and BI tools: contact_overview, timeline, activity_stream,
-- status_history, and what check() finds (R110, R112).
\ir start.psql
BEGIN;
SELECT plan(44);

-- ---- R110: columns ------------------------------------------------------------------------------

SELECT columns_are('contacts', 'contact_overview', ARRAY['account_id', 'contact_id', 'name', 'email', 'phone', 'company', 'timezone', 'status', 'owner', 'source', 'tags',
	'first_activity_at', 'last_activity_at', 'activities', 'page_views', 'created_at', 'updated_at'], 'R110: columns of contact_overview');
SELECT columns_are('contacts', 'timeline', ARRAY['account_id', 'contact_id', 'at', 'kind', 'title', 'source', 'state', 'assigned_to', 'ref_table', 'ref_id'], 'R110: columns of timeline');
SELECT is_empty($$SELECT c.oid::regclass, a.attname, format_type(a.atttypid, NULL) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind = 'v' AND c.relname <> 'event_outbox' AND (a.atttypid IN ('json'::regtype, 'jsonb'::regtype, 'record'::regtype)
	OR format_type(a.atttypid, NULL) LIKE '%[]')$$, 'R110: plain columns: no json, no arrays');
SELECT is_empty($$SELECT c.oid::regclass, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind = 'v' AND col_description(c.oid, a.attnum) IS NULL$$, 'R110: each column has a comment');

-- ---- given one person with a history ------------------------------------------------------------

INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 7, 'Mia');
SELECT (contacts.upsert_contact(email => 'Ann@Example.org', phone => '+14155550181', name => 'Ann', company => 'Acme', timezone => 'Europe/Berlin', owner_id => 7,
	tags => ARRAY['b', 'A', 'VIP'], source => 'import')).contact_id AS a,
       (contacts.upsert_contact(email => 'bob@example.org', name => 'Bob')).contact_id AS b,
       (contacts.upsert_contact(email => 'gone@example.org')).contact_id AS c \gset
SELECT (contacts.record_activity('booking', email => 'ann@example.org', title => 'Demo', source => 'page', occurred_at => '2026-01-05 10:00+00', state => 'no_show', assigned_to => 7,
	starts_at => '2026-01-06 10:00+00', ends_at => '2026-01-06 11:00+00', calendar => 'google')).activity_id AS m1,
       (contacts.record_activity('note', email => 'ann@example.org', occurred_at => '2026-01-01 10:00+00')).activity_id AS m2,
       (contacts.record_activity('call', email => 'gone@example.org')).activity_id AS d,
       (contacts.record_activity('chat')).activity_id AS n \gset
INSERT INTO contacts.page_view (account_id, visitor, contact_id, url, title, seconds, viewed_at) VALUES (1, 'v', :a::bigint, '/pricing', NULL, 14, '2026-01-02 10:00+00'),
	(1, 'v', :a::bigint, '/', 'Home', 25, '2026-01-03 10:00+00'), (1, 'w', NULL, '/', 'Home', 1, now());
SET LOCAL contacts.actor = 'app';
SET LOCAL contacts.member_id = '7';
SELECT contacts.set_status(ARRAY[:a::bigint], 'qualified', 'bot');
RESET contacts.actor;
RESET contacts.member_id;
UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = :c::bigint;

-- ---- contact_overview ---------------------------------------------------------------------------

SELECT results_eq($$SELECT name, email, phone, company, timezone, status::text, owner, source, tags, first_activity_at, last_activity_at, activities, page_views FROM contacts.contact_overview WHERE name = 'Ann'$$,
	$$VALUES ('Ann', 'Ann@Example.org', '+14155550181', 'Acme', 'Europe/Berlin', 'qualified', 'Mia', 'import', 'A, b, VIP', '2026-01-01 10:00+00'::timestamptz, '2026-01-05 10:00+00'::timestamptz, 2::bigint, 2::bigint)$$,
	'R110: contact_overview: one row is one contact with its tags and the extent of its history');
SELECT results_eq($$SELECT name, tags, first_activity_at, last_activity_at, activities, page_views FROM contacts.contact_overview WHERE name = 'Bob'$$,
	$$VALUES ('Bob', NULL::text, NULL::timestamptz, NULL::timestamptz, 0::bigint, 0::bigint)$$, 'R110: a contact without history is there, with zero counts');
SELECT is((SELECT count(*)::int FROM contacts.contact_overview), 2, 'R110: deleted contacts are not');
SELECT is((SELECT count(*)::int FROM contacts.contact_overview WHERE account_id = 1), 2, 'R110: tags and activities multiply no rows');

-- ---- timeline -----------------------------------------------------------------------------------

SELECT results_eq(format($$SELECT at, kind, title, source COLLATE "default", state, assigned_to, ref_table FROM contacts.timeline WHERE account_id = 1 AND contact_id = %s AND at < '2026-02-01' ORDER BY at$$, :a::bigint),
	$$VALUES ('2026-01-01 10:00+00'::timestamptz, 'note', NULL::text, NULL::text, 'completed', NULL::bigint, 'activity'), ('2026-01-02 10:00+00', 'page_view', '/pricing', '/pricing', NULL, NULL, 'page_view'),
	('2026-01-03 10:00+00', 'page_view', 'Home', '/', NULL, NULL, 'page_view'), ('2026-01-05 10:00+00', 'booking', 'Demo', 'page', 'no_show', 7, 'activity')$$,
	'R110: timeline: activities and page views in one list');
SELECT results_eq(format($$SELECT kind, title, source COLLATE "default", assigned_to FROM contacts.timeline WHERE contact_id = %s AND ref_table = 'status_change'$$, :a::bigint),
	$$VALUES ('status', 'qualified', 'bot', 7::bigint)$$, 'R110: and status changes');
SELECT is_empty($$SELECT t.ref_table, t.ref_id FROM contacts.timeline t WHERE t.ref_table = 'activity' AND NOT EXISTS (SELECT FROM contacts.activity a WHERE a.account_id = t.account_id AND a.activity_id = t.ref_id)$$,
	'R110: ref_table and ref_id lead to the row');
SELECT contacts.set_status(ARRAY[:a::bigint], NULL, 'bot');
SELECT isnt((SELECT string_agg(title, ',') FROM contacts.timeline WHERE contact_id = :a::bigint AND kind = 'status' AND title <> 'qualified'), NULL, 'R110: a status taken away has a title too');
SELECT is((SELECT count(*)::int FROM contacts.timeline WHERE contact_id = :c::bigint), 0, 'R51: the history of a deleted contact is not accessible through the timeline');

SELECT lives_ok($$SELECT source, count(*) FROM contacts.timeline WHERE source = 'page' GROUP BY source ORDER BY source$$, 'R110: a view can be filtered, grouped and sorted by its columns: timeline.source');
SELECT is_empty($$SELECT c.oid::regclass, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind = 'v' AND a.atttypid = 'text'::regtype AND a.attcollation = 0$$, 'R110: each text column has a collation');

-- ---- activity_stream ----------------------------------------------------------------------------

SELECT results_eq(format($$SELECT kind, source COLLATE "default", title, state::text, starts_at, ends_at, contact_name, contact_email, contact_company, assigned_name, recipient_email, calendar FROM contacts.activity_stream WHERE activity_id = %s$$, :m1::bigint),
	$$VALUES ('booking', 'page', 'Demo', 'no_show', '2026-01-06 10:00+00'::timestamptz, '2026-01-06 11:00+00'::timestamptz, 'Ann', 'Ann@Example.org', 'Acme', 'Mia', 'ann@example.org', 'google')$$,
	'R110: activity_stream: one row is one activity with contact and member');
SELECT is((SELECT count(*)::int FROM contacts.activity_stream), 4, 'R110: each activity once, linked or not');
SELECT is((SELECT contact_name IS NULL AND contact_email IS NULL AND kind = 'call' FROM contacts.activity_stream WHERE activity_id = :d::bigint), true, 'R51: activities of a deleted contact stay for reporting, without access to it');

-- ---- status_history -----------------------------------------------------------------------------

SELECT results_eq(format($$SELECT from_status::text, to_status::text, member_id, member_name, actor, source FROM contacts.status_history WHERE contact_id = %s ORDER BY to_status$$, :a::bigint),
	format($$VALUES (NULL, 'qualified', 7::bigint, 'Mia', 'app', 'bot'), ('qualified', NULL, NULL, NULL, '%s', 'bot')$$, current_user), 'R110: status_history: one row is one change');

-- ---- R112: what check() finds -------------------------------------------------------------------

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() is empty when healthy');
SELECT is_empty('SELECT * FROM contacts.check(77)', 'R112: also for an account without rows');
CREATE FUNCTION pg_temp.found(breach text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	SET LOCAL session_replication_role = replica; -- past the triggers
	EXECUTE breach;
	SET LOCAL session_replication_role = origin;
	SELECT string_agg(DISTINCT problem, '; ' ORDER BY problem) INTO result FROM contacts.check();
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(result, 'nothing');
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	SET LOCAL session_replication_role = origin;
	RETURN SQLERRM;
END $$;
SELECT isnt(pg_temp.found(format(breach, :a::bigint, :b::bigint, :c::bigint)), 'nothing', 'R112: check() finds ' || about)
  FROM (VALUES ('an identifier of a deleted contact', 'INSERT INTO contacts.identifier (account_id, kind, value, contact_id) VALUES (1, ''visitor'', ''x'', %3$s)'),
	('one not in canonical form', 'UPDATE contacts.identifier SET value = upper(value) WHERE contact_id = %1$s AND kind = ''email'''),
	('two primary ones of a kind', 'INSERT INTO contacts.identifier (account_id, kind, value, contact_id, is_primary) VALUES (1, ''email'', ''x@example.org'', %1$s, true)'),
	('a primary one that is not shown', 'UPDATE contacts.contact SET email = NULL WHERE contact_id = %1$s'),
	('a shown phone that is not the primary one', 'UPDATE contacts.identifier SET value = ''+14155559999'' WHERE contact_id = %1$s AND kind = ''phone'''),
	('an identifier shown but not primary', 'UPDATE contacts.identifier SET is_primary = false WHERE contact_id = %1$s'),
	('redirects in a circle of two', 'UPDATE contacts.contact SET merged_into = CASE contact_id WHEN %1$s THEN %2$s ELSE %1$s END WHERE contact_id IN (%1$s, %2$s)'),
	('redirects in a circle of three', 'UPDATE contacts.contact SET merged_into = CASE contact_id WHEN %1$s THEN %2$s WHEN %2$s THEN %3$s ELSE %1$s END, deleted_at = NULL WHERE contact_id IN (%1$s, %2$s, %3$s)'),
	('a redirect to nobody', 'UPDATE contacts.contact SET merged_into = 99999 WHERE contact_id = %2$s'),
	('an activity of a merged contact', 'UPDATE contacts.contact SET merged_into = %2$s WHERE contact_id = %1$s'),
	('an activity of nobody', 'UPDATE contacts.activity SET contact_id = 99999 WHERE contact_id = %1$s'),
	('an identifier of nobody', 'UPDATE contacts.identifier SET contact_id = 99999 WHERE contact_id = %1$s'),
	('a page view of nobody', 'UPDATE contacts.page_view SET contact_id = 99999 WHERE contact_id = %1$s'),
	('a status without its change', 'UPDATE contacts.contact SET status = ''disqualified'' WHERE contact_id = %1$s'),
	('an open pair with a merged contact', 'INSERT INTO contacts.duplicate (account_id, contact_id, other_id, reasons, score) VALUES (1, %1$s, %2$s, ''{x}'', 1); UPDATE contacts.contact SET merged_into = %1$s WHERE contact_id = %2$s'),
	('a merge that redirects nobody', 'INSERT INTO contacts.merge (account_id, primary_id, duplicate_ids, prefer) VALUES (1, %1$s, ARRAY[%2$s], ''primary'')'),
	('a noted identifier of a live contact', 'INSERT INTO contacts.freed_identifier (account_id, contact_id, kind, value, is_primary, created_at) VALUES (1, %1$s, ''email'', ''x@example.org'', false, now())'),
	('a field value that does not fit', 'INSERT INTO contacts.field (account_id, key, type) VALUES (1, ''size'', ''number''); UPDATE contacts.contact SET fields = ''{"size":"x"}'' WHERE contact_id = %1$s')) AS t(about, breach);
SELECT (contacts.create_contact(name => 'Dan')).contact_id AS dan, (contacts.create_contact(name => 'Eve')).contact_id AS eve \gset
CREATE FUNCTION pg_temp.circle(redirects text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE format('UPDATE contacts.contact c SET merged_into = r.target FROM (VALUES %s) r (id, target) WHERE c.contact_id = r.id', redirects);
	SET LOCAL session_replication_role = origin;
	SELECT string_agg(array_to_string(ids, '>'), ' ' ORDER BY ids) INTO result FROM contacts.check() WHERE problem = 'redirect in a circle';
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(result, 'none');
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	SET LOCAL session_replication_role = origin;
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.circle(format('(%1$s, %2$s), (%2$s, %1$s)', :a::bigint, :b::bigint)), format('%s>%s %s>%s', :a::bigint, :b::bigint, :b::bigint, :a::bigint), 'R112: check() names the redirects of a circle of two');
SELECT is(pg_temp.circle(format('(%1$s, %2$s), (%2$s, %3$s), (%3$s, %1$s)', :a::bigint, :b::bigint, :dan::bigint)),
	format('%1$s>%2$s %2$s>%3$s %3$s>%1$s', :a::bigint, :b::bigint, :dan::bigint), 'R112: of three');
SELECT is(pg_temp.circle(format('(%1$s, %2$s), (%2$s, %3$s), (%3$s, %4$s), (%4$s, %2$s)', :a::bigint, :b::bigint, :dan::bigint, :eve::bigint)),
	format('%1$s>%2$s %2$s>%3$s %3$s>%4$s %4$s>%2$s', :a::bigint, :b::bigint, :dan::bigint, :eve::bigint), 'R112: and those that lead into one, which end nowhere either');
SELECT is(pg_temp.circle(format('(%1$s, %2$s), (%2$s, %3$s), (%3$s, %4$s)', :a::bigint, :b::bigint, :dan::bigint, :eve::bigint)), 'none', 'R112: a chain of redirects is none');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: all of it was taken back');

SELECT * FROM finish();
ROLLBACK;
