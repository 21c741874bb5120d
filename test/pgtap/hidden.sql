-- hidden.sql: what a member who sees only some contacts can do to, and learn of, the others (R81-R83).
-- Stories of several calls by several roles; then what the member sees, and what the hidden contact's
-- rows are, must be what they were.  Arguments come from the catalogue, so that a new one is tried, too.
\ir start.psql
\o /dev/null
SELECT contacts.current_account();
\o
BEGIN;
SELECT no_plan();
\set prefix hidden_
\ir access_world.psql
SELECT setval(s, 1000) FROM unnest('{contacts.tag_tag_id_seq,contacts.member_member_id_seq}'::regclass[]) s \g /dev/null

-- Does the steps, each 'role: statement' (owner: the superuser), and returns what `ask` says as
-- `role`; nothing of it stays.  A step that is refused is passed over.
CREATE FUNCTION pg_temp.story(role text, steps text[], ask text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	step text; answer text; who text;
BEGIN
	FOREACH step IN ARRAY steps LOOP
		who := split_part(step, ': ', 1);
		IF who <> 'owner' THEN PERFORM set_config('role', current_setting('access.prefix') || who, true); END IF;
		BEGIN
			EXECUTE substr(step, length(who) + 3);
		EXCEPTION WHEN insufficient_privilege OR no_data_found THEN
			NULL;
		END;
		PERFORM set_config('role', 'none', true);
	END LOOP;
	IF role <> 'owner' THEN PERFORM set_config('role', current_setting('access.prefix') || role, true); END IF;
	EXECUTE ask INTO answer;
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = coalesce(answer, '');
EXCEPTION WHEN SQLSTATE 'AC000' THEN
	RETURN SQLERRM;
END $$;
\set seen '$$SELECT string_agg(CASE WHEN contact_id > 1000 THEN ''new'' ELSE contact_id::text END, '' '' ORDER BY contact_id) FROM contacts.contact$$'
-- All that is known of contact 3, which neither own nor team sees: but the activities that are new.
\set rows_of_3 '$$SELECT jsonb_build_array((SELECT to_jsonb(c) FROM contacts.contact c WHERE contact_id = 3), (SELECT jsonb_agg(i ORDER BY kind, value) FROM contacts.identifier i WHERE contact_id = 3), (SELECT jsonb_agg(a ORDER BY activity_id) FROM contacts.activity a WHERE contact_id = 3 AND activity_id <= 1000), (SELECT jsonb_agg(t ORDER BY tag_id) FROM contacts.contact_tag t WHERE contact_id = 3), (SELECT count(*) FROM contacts.status_change WHERE contact_id = 3), (SELECT count(*) FROM contacts.event WHERE contact_id = 3), (SELECT count(*) FROM contacts.audit_log WHERE contact_id = 3 AND table_name <> ''activity''), (SELECT jsonb_agg(d ORDER BY contact_id, other_id) FROM contacts.duplicate d WHERE 3 IN (contact_id, other_id)), (SELECT count(*) FROM contacts.page_view WHERE contact_id = 3))::text$$'

-- ---- R81, R83: nobody is let in -----------------------------------------------------------------

-- %1$s = member who tries, %2$s = a key of contact 3 as an argument, %3$s = as a JSON member
CREATE TEMP TABLE story AS SELECT * FROM (VALUES
	('an unlinked activity of mine gets the key', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 's', source_ref => 'r', assigned_to => %1$s)$$,
		$$me: SELECT contacts.record_activity('x', %2$s, source => 's', source_ref => 'r')$$]),
	('the second report names me, too', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 's', source_ref => 'r', assigned_to => %1$s)$$,
		$$me: SELECT contacts.record_activity('x', %2$s, source => 's', source_ref => 'r', assigned_to => %1$s)$$]),
	('the report comes first, and then my name', ARRAY[
		$$me: SELECT contacts.record_activity('x', %2$s, source => 's', source_ref => 'r')$$,
		$$me: SELECT contacts.record_activity('x', source => 's', source_ref => 'r', assigned_to => %1$s)$$]),
	('late news fill the blank', ARRAY[
		$$me: SELECT contacts.record_activity('x', %2$s, source => 's', source_ref => 'r')$$,
		$$me: SELECT contacts.record_activity('x', source => 's', source_ref => 'r', assigned_to => %1$s, occurred_at => '2001-01-01')$$]),
	('a source without name', ARRAY[
		$$me: SELECT contacts.record_activity('x', source_ref => 'r', assigned_to => %1$s)$$,
		$$me: SELECT contacts.record_activity('x', %2$s, source_ref => 'r')$$]),
	('in one batch', ARRAY[$$me: SELECT contacts.record_activities('[{"kind":"x","source_ref":"r","assigned_to":%1$s},{"kind":"x","source_ref":"r",%3$s}]')$$]),
	('in one batch, the key first', ARRAY[$$me: SELECT contacts.record_activities('[{"kind":"x","source_ref":"r",%3$s},{"kind":"x","source_ref":"r","assigned_to":%1$s}]')$$]),
	('in one batch, with somebody else between', ARRAY[
		$$me: SELECT contacts.record_activities('[{"kind":"x","source_ref":"r",%3$s},{"kind":"x","source_ref":"r","email":"probe.a@a.example","assigned_to":%1$s}]')$$]),
	('in one batch, late', ARRAY[
		$$me: SELECT contacts.record_activities('[{"kind":"x","source_ref":"r",%3$s},{"kind":"x","source_ref":"r","assigned_to":%1$s,"occurred_at":"2001-01-01"}]')$$]),
	('in one batch, onto a stored one', ARRAY[
		$$me: SELECT contacts.record_activity('x', source_ref => 'r', assigned_to => %1$s)$$,
		$$me: SELECT contacts.record_activities('[{"kind":"x","source_ref":"r",%3$s},{"kind":"x","source_ref":"r","assigned_to":%1$s}]')$$]),
	('in one batch with a new person', ARRAY[
		$$me: SELECT contacts.record_activities('[{"kind":"x","email":"new@x.example","source_ref":"q","assigned_to":%1$s},{"kind":"x","source_ref":"r",%3$s},{"kind":"x","source_ref":"r","email":"new@x.example","assigned_to":%1$s}]')$$]),
	('by a plain INSERT before', ARRAY[
		$$me: INSERT INTO contacts.activity (kind, source, source_ref, assigned_to) VALUES ('x', 's', 'r', %1$s)$$,
		$$me: SELECT contacts.record_activity('x', %2$s, source => 's', source_ref => 'r')$$]),
	('by a plain INSERT of the contact', ARRAY[$$me: INSERT INTO contacts.activity (kind, contact_id, assigned_to) VALUES ('x', 3, %1$s)$$]),
	('by a plain UPDATE of the contact', ARRAY[
		$$me: INSERT INTO contacts.activity (kind, title, assigned_to) VALUES ('x', 'mine', %1$s)$$,
		$$me: UPDATE contacts.activity SET contact_id = 3 WHERE title = 'mine'$$]),
	('squatting on what the booking page reports', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 'page', source_ref => 'b-1', assigned_to => %1$s)$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('squatting, and an unrestricted agent reports', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 'page', source_ref => 'b-1', assigned_to => %1$s)$$,
		$$all: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('squatting, and a batch comes', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 'page', source_ref => 'b-1', assigned_to => %1$s)$$,
		$$ingest: SELECT contacts.record_activities('[{"kind":"booking","source":"page","source_ref":"b-1",%3$s}]')$$]),
	('squatting by INSERT', ARRAY[
		$$me: INSERT INTO contacts.activity (kind, source, source_ref, assigned_to) VALUES ('x', 'page', 'b-1', %1$s)$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('squatting by INSERT with a forged reporter', ARRAY[
		$$me: INSERT INTO contacts.activity (kind, source, source_ref, assigned_to, assigned_by, member_id, role_name) VALUES ('x', 'page', 'b-1', %1$s, NULL, NULL, 'postgres')$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('squatting from the future, and the page names its own', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 'page', source_ref => 'b-1', assigned_to => %1$s, occurred_at => '2099-01-01')$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1', assigned_to => 12)$$]),
	('squatting with an activity of the page''s own', ARRAY[
		$$ingest: SELECT contacts.record_activity('x', 'probe.a@a.example', source => 'page', source_ref => 'b-0')$$,
		$$me: UPDATE contacts.activity SET contact_id = NULL, source_ref = 'b-1', assigned_to = %1$s WHERE source_ref = 'b-0'$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('squatting with an activity that was given to me', ARRAY[
		$$ingest: SELECT contacts.record_activity('x', 'probe.a@a.example', source => 'page', source_ref => 'b-0', assigned_to => %1$s)$$,
		$$me: UPDATE contacts.activity SET contact_id = NULL, source_ref = 'b-1' WHERE source_ref = 'b-0'$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('squatting with the mark taken off', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 'page', source_ref => 'b-1', assigned_to => %1$s)$$,
		$$me: UPDATE contacts.activity SET assigned_by = NULL WHERE source_ref = 'b-1'$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('squatting with what a purge leaves', ARRAY[
		$$me: SELECT contacts.record_activity('x', email => 'gone@x.example', source => 'page', source_ref => 'b-1', assigned_to => %1$s)$$,
		$$me: SELECT contacts.purge_contacts(ARRAY[contacts.find_contact('gone@x.example')])$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('an unlinked activity that the system gave me, and I name the person', ARRAY[
		$$ingest: SELECT contacts.record_activity('chat', source => 'bot', source_ref => 'c-1', assigned_to => %1$s)$$,
		$$me: SELECT contacts.record_activity('chat', %2$s, source => 'bot', source_ref => 'c-1')$$]),
	('naming me on the hidden contact''s own activity', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 'calendar', source_ref => 'h', assigned_to => %1$s)$$]),
	('as the owner of the contact', ARRAY[$$me: SELECT contacts.upsert_contact(%2$s, owner_id => %1$s)$$]),
	('as the owner of the contact, by SQL', ARRAY[$$me: UPDATE contacts.contact SET owner_id = %1$s$$]),
	('linking what is mine by hand', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 's', source_ref => 'r', assigned_to => %1$s)$$,
		$$me: SELECT contacts.link_activity((SELECT activity_id FROM contacts.activity WHERE source_ref = 'r'), 3)$$]),
	('squatting, and an administrator links it by hand', ARRAY[
		$$me: SELECT contacts.record_activity('x', source => 'page', source_ref => 'b-1', assigned_to => %1$s)$$,
		$$admin: SELECT contacts.link_activity((SELECT activity_id FROM contacts.activity WHERE source_ref = 'b-1'), 3)$$]),
	('squatting with what I unlink', ARRAY[
		$$ingest: SELECT contacts.record_activity('x', 'probe.a@a.example', source => 'page', source_ref => 'b-1', assigned_to => %1$s)$$,
		$$me: SELECT contacts.unlink_activity((SELECT activity_id FROM contacts.activity WHERE source_ref = 'b-1'))$$,
		$$ingest: SELECT contacts.record_activity('booking', %2$s, source => 'page', source_ref => 'b-1')$$]),
	('cookies that move', ARRAY[$$me: SELECT contacts.record_activity('x', 'probe.a@a.example', visitor => 'cookie-h')$$]))
	AS s (what, steps);
CREATE TEMP TABLE me AS SELECT * FROM (VALUES ('own', 11, '1 4'), ('team', 14, '1 2 4'), ('team', 15, '1 2 4')) AS m (role, member_id, sees);
CREATE TEMP TABLE known AS SELECT * FROM (VALUES
	($$email => 'probe.h@a.example'$$, '"email":"probe.h@a.example"'), ($$phone => '+14155550103'$$, '"phone":"+14155550103"'),
	($$external_id => 'crm:h'$$, '"external_id":"crm:h"'), ($$visitor => 'cookie-h'$$, '"visitor":"cookie-h"'),
	($$email => 'MARKH3@b.example'$$, '"email":"MARKH3@b.example"')) AS k (argument, member);
CREATE TEMP VIEW told AS SELECT m.role, m.sees, format('%s (%s as member %s, %s)', what, m.role, member_id, argument) AS what,
	(SELECT array_agg(replace(replace(replace(regexp_replace(s, '^me:', m.role || ':'), '%1$s', member_id::text), '%2$s', argument), '%3$s', member) ORDER BY n)
	 FROM unnest(steps) WITH ORDINALITY AS u (s, n)) AS steps
FROM story, me m, known;
SELECT is(pg_temp.story(t.role, steps, :seen), t.sees || CASE WHEN t.what ~ '^in one batch with a new' THEN ' new' ELSE '' END, 'R81, R83: nobody lets themselves in: ' || t.what)
FROM told t;
-- The same stories leave the hidden contact as it was, unless an unrestricted one reports.
SELECT is(pg_temp.story('owner', steps, :rows_of_3), pg_temp.story('owner', '{}', :rows_of_3), 'R83: nothing of the hidden contact changes: ' || t.what)
FROM told t WHERE role = 'own';

-- An unlinked activity of others is not shown to whoever knows its reference, nor changed.
SELECT is(pg_temp.story('owner', ARRAY['ingest: SELECT contacts.record_activity(''chat'', source => ''bot'', source_ref => ''c-1'', title => ''MARKH'', assigned_to => ' || coalesce(a, 'NULL') || ')',
	'own: ' || s], $$SELECT concat_ws(' ', title, assigned_to, contact_id, state) FROM contacts.activity WHERE source_ref = 'c-1'$$), concat_ws(' ', 'MARKH', a, 'completed'),
	format('R83: what the session does not see stays as it is (assigned to %s): %s', coalesce(a, 'nobody'), s))
FROM unnest(ARRAY['12', NULL]) a, unnest(ARRAY[
	$$SELECT contacts.record_activity('chat', source => 'bot', source_ref => 'c-1', assigned_to => 11)$$,
	$$SELECT contacts.record_activity('chat', source => 'bot', source_ref => 'c-1', title => 'x', state => 'cancelled')$$,
	$$SELECT contacts.record_activity('chat', email => 'probe.a@a.example', source => 'bot', source_ref => 'c-1')$$,
	$$SELECT contacts.record_activity('chat', email => 'probe.h@a.example', source => 'bot', source_ref => 'c-1')$$,
	$$SELECT contacts.record_activities('[{"kind":"chat","source":"bot","source_ref":"c-1"},{"kind":"chat","source":"bot","source_ref":"c-1","assigned_to":11}]')$$]) s;
SELECT is(pg_temp.try('own', $$SELECT r.contact_id, r.outcome, r.matched_by FROM contacts.record_activity('chat', 'probe.a@a.example', source => 'calendar', source_ref => 'h') r$$),
	'[{"contact_id":null,"outcome":null,"matched_by":null}]', 'R82: and nothing is said of it');

-- What is meant to let a member in does.
SELECT is(pg_temp.story(role, steps, :seen), sees, 'R81: let in: ' || what) FROM (VALUES
	('own', 'the bot gave me the conversation, and learns who it is', '1 3 4', ARRAY[
		$$ingest: SELECT contacts.record_activity('chat', source => 'bot', source_ref => 'c-1', assigned_to => 11)$$,
		$$ingest: SELECT contacts.record_activity('chat', 'probe.h@a.example', source => 'bot', source_ref => 'c-1')$$]),
	('own', 'the page names me', '1 3 4', ARRAY[
		$$own: SELECT contacts.record_activity('x', source => 'page', source_ref => 'b-1', assigned_to => 11)$$,
		$$ingest: SELECT contacts.record_activity('booking', 'probe.h@a.example', source => 'page', source_ref => 'b-1', assigned_to => 11)$$]),
	('own', 'an unrestricted agent gave it to me by SQL', '1 3 4', ARRAY[
		$$own: SELECT contacts.record_activity('x', source => 'page', source_ref => 'b-1', assigned_to => 11)$$,
		$$all: UPDATE contacts.activity SET assigned_to = 12 WHERE source_ref = 'b-1'$$, $$all: UPDATE contacts.activity SET assigned_to = 11 WHERE source_ref = 'b-1'$$,
		$$ingest: SELECT contacts.record_activity('booking', 'probe.h@a.example', source => 'page', source_ref => 'b-1')$$]),
	('own', 'my own report of somebody new', '1 4 new', ARRAY[
		$$own: SELECT contacts.record_activity('x', 'new@x.example', assigned_to => 11)$$]),
	('own', 'the same in two reports', '1 4 new', ARRAY[
		$$own: SELECT contacts.record_activity('x', source_ref => 'r', assigned_to => 11)$$,
		$$own: SELECT contacts.record_activity('x', 'new@x.example', source_ref => 'r')$$])) AS v (role, what, sees, steps);
SELECT is(pg_temp.story('owner', ARRAY[$$own: SELECT contacts.record_activity('x', source => 's', source_ref => 'r', assigned_to => 11)$$,
	r || $$: SELECT contacts.record_activity('x', 'probe.a@a.example', source => 's', source_ref => 'r')$$],
	$$SELECT concat_ws(' ', contact_id, assigned_to) FROM contacts.activity WHERE source_ref = 'r'$$), '1 11', 'R31: the assignee of a contact that they see stays: ' || r)
FROM unnest('{own,ingest,all}'::text[]) r;

-- ---- R83: a hidden contact is linked to, and not changed ----------------------------------------

-- A value that would change contact 3 for each argument; a new argument needs one, or a default here.
CREATE TEMP TABLE value_of AS SELECT * FROM (VALUES
	('email', '"fresh@x.example"'), ('phone', '"+14155559999"'), ('visitor', '"cookie-new"'), ('external_id', '"erp:new"'), ('name', '"New name"'),
	('company', '"New company"'), ('timezone', '"Asia/Tokyo"'), ('fields', '{"hobby":"new"}'), ('status', '"disqualified"'), ('occurred_at', '"2031-01-01T00:00Z"'),
	('source', '"elsewhere"'), ('source_ref', '"ref-9"'), ('title', '"New title"'), ('data', '{"new":1}'), ('state', '"cancelled"'), ('starts_at', '"2031-01-01T00:00Z"'),
	('ends_at', '"2031-01-01T01:00Z"'), ('calendar', '"google"'), ('assigned_to', '11'), ('region', '"US"'), ('on_invalid', '"keep"'), ('owner_id', '11'),
	('tags', '["new tag"]'), ('mode', '"fill"'), ('contact_id', '3'), ('kind', '"other"')) AS v (name, value);
CREATE TEMP VIEW argument AS
SELECT p.proname AS function, a.name, v.value,
	CASE WHEN v.value LIKE '[%' THEN quote_literal(translate(v.value, '[]', '{}')) ELSE quote_literal(v.value::jsonb #>> '{}') END AS literal
FROM pg_proc p CROSS JOIN unnest(p.proargnames) AS a (name) LEFT JOIN value_of v ON v.name = a.name
WHERE p.pronamespace = 'contacts'::regnamespace AND p.proname IN ('record_activity', 'upsert_contact') AND a.name NOT IN ('account_id', 'kind');
SELECT is_empty($$SELECT function, name FROM argument WHERE value IS NULL$$, 'every argument has a value to try');
-- Each one alone, and all of them, by each key of the contact; also against the contact's own activity.
CREATE TEMP VIEW report AS
SELECT format('SELECT contacts.%s(%s)', function, concat_ws(', ', CASE function WHEN 'record_activity' THEN $$kind => 'x'$$ END, k.argument, format('%I => %s', a.name, literal))) AS call
FROM argument a, known k WHERE a.name <> split_part(k.argument, ' ', 1)
UNION ALL
SELECT format('SELECT contacts.%s(%s, %s)', function, CASE function WHEN 'record_activity' THEN $$kind => 'x', $$ ELSE '' END || k.argument,
	string_agg(format('%I => %s', a.name, literal), ', '))
FROM argument a, known k WHERE a.name NOT IN (split_part(k.argument, ' ', 1), 'contact_id') GROUP BY function, k.argument
UNION ALL
SELECT format('SELECT contacts.record_activities(%L)', jsonb_build_array(jsonb_build_object('kind', 'x') || ('{' || k.member || '}')::jsonb || jsonb_build_object(a.name, value::jsonb)))
FROM argument a, known k WHERE function = 'record_activity' AND a.name <> split_part(k.argument, ' ', 1)
UNION ALL
SELECT format('SELECT contacts.record_activity(''meeting'', source => ''calendar'', source_ref => ''h'', %I => %s)', a.name, literal)
FROM argument a WHERE function = 'record_activity' AND a.name NOT IN ('source', 'source_ref', 'email', 'phone', 'visitor', 'external_id')
UNION ALL
SELECT format('SELECT contacts.record_activities(''[{"kind":"meeting","source":"calendar","source_ref":"h",%s:%s}]'')', to_json(a.name), value)
FROM argument a WHERE function = 'record_activity' AND a.name NOT IN ('source', 'source_ref', 'email', 'phone', 'visitor', 'external_id');
SELECT cmp_ok((SELECT count(*)::int FROM report), '>', 200, 'there is something to try');
SELECT is_empty(format($test$SELECT r, call FROM report, unnest('{own,team}'::text[]) r
	WHERE pg_temp.story('owner', ARRAY[r || ': ' || call], %1$L) IS DISTINCT FROM pg_temp.story('owner', '{}', %1$L)$test$, :rows_of_3),
	'R83: no argument of a report of a restricted member changes a hidden contact');
SELECT is_empty(format($test$SELECT r, call, pg_temp.story(r, ARRAY[r || ': ' || call], %1$L) FROM report, (VALUES ('own', '1 4'), ('team', '1 2 4')) AS m (r, sees)
	WHERE pg_temp.story(r, ARRAY[r || ': ' || call], %1$L) !~ ('^' || sees || '( new)*$')$test$, :seen), 'R83: nor lets them in');
SELECT is(pg_temp.story('owner', ARRAY['own: ' || s], $$SELECT count(*)::text FROM contacts.activity WHERE contact_id = 3 AND activity_id > 1000$$), '1', 'R82, R83: the activity is linked: ' || s)
FROM unnest(ARRAY[$$SELECT contacts.record_activity('note', 'probe.h@a.example', name => 'X', status => 'disqualified', phone => '+14155559999')$$,
	$$SELECT contacts.record_activities('[{"kind":"note","external_id":"crm:h","name":"X"}]')$$]) s;
-- Ingest, with or without a member, and unrestricted members bring details as usual.
GRANT hidden_ingest TO CURRENT_USER;
SELECT is(pg_temp.story('owner', ARRAY['owner: SELECT set_config(''contacts.member_id'', ' || quote_literal(m) || ', true)', r || $$: SELECT contacts.record_activity('note', 'probe.h@a.example', name => 'X',
	status => 'disqualified', phone => '+14155559999', source => 'page', assigned_to => 12)$$], $$SELECT concat_ws(' ', name, status, (SELECT count(*) FROM contacts.identifier i WHERE i.contact_id = 3 AND value = '+14155559999'),
	(SELECT count(*) FROM contacts.activity a WHERE contact_id = 3 AND assigned_to = 12 AND source = 'page')) FROM contacts.contact WHERE contact_id = 3$$), 'X disqualified 1 1',
	format('R83: details of %s as member %s', r, m)) FROM (VALUES ('ingest', ''), ('ingest', '11'), ('all', ''), ('admin', ''), ('owner', '')) AS v (r, m);

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
