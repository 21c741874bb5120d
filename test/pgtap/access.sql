-- access.sql: grants, pins, what members see, and what errors say of hidden contacts (R41, R80-R82).
-- What needs sessions of their own (log-ins, search paths) is in test/property/attacks.py.
\ir start.psql
\o /dev/null
SELECT contacts.current_account();
\o
BEGIN;
SELECT no_plan();
\set prefix access_
\ir access_world.psql

CREATE FUNCTION pg_temp.ids(role text, account bigint DEFAULT 1) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce((SELECT string_agg(e ->> 'contact_id', ' ' ORDER BY (e ->> 'contact_id')::int) FROM json_array_elements(
		NULLIF(pg_temp.try(role, 'SELECT contact_id FROM contacts.contact', account), '')::json) e), '') $$;

-- ---- R81: whom members see ----------------------------------------------------------------------

SELECT is(pg_temp.ids(r), w, 'R81: ' || r || ' sees ' || w) FROM (VALUES ('own', '1 4'), ('team', '1 2 4'), ('all', '1 2 3 4'),
	('reader', '1 2 3 4'), ('admin', '1 2 3 4')) AS v (r, w);
SELECT is(pg_temp.ids(r, 2), '101 102', 'R81: in account 2 ' || r) FROM unnest('{reader2,all2,admin2}'::text[]) r;
SELECT is(pg_temp.ids('own2', 2), '101', 'R81: in account 2 own2');
UPDATE contacts.contact SET owner_id = 12 WHERE account_id = 1 AND contact_id = 1;
SELECT is(pg_temp.ids('own'), '4', 'R81: a contact given away is gone at once');
UPDATE contacts.contact SET owner_id = 11 WHERE account_id = 1 AND contact_id = 1;
UPDATE contacts.activity SET assigned_to = 12 WHERE account_id = 1 AND activity_id = 4;
SELECT is(pg_temp.ids('own'), '1', 'R81: so is one whose activity was given away');
UPDATE contacts.activity SET assigned_to = 11 WHERE account_id = 1 AND activity_id = 4;
UPDATE contacts.member SET team = NULL WHERE account_id = 1;
SELECT is(pg_temp.ids('team'), '', 'R81: without a team a team member sees their own');
UPDATE contacts.member SET team = 'red' WHERE account_id = 1 AND member_id IN (11, 14, 15);
UPDATE contacts.member SET access = 'all' WHERE account_id = 1 AND member_id = 11;
SELECT is(pg_temp.ids('own'), '1 2 3 4', 'R81: their row says what a member sees');
UPDATE contacts.member SET access = 'own' WHERE account_id = 1 AND member_id = 11;
SET contacts.member_id = 999;
SELECT is(pg_temp.ids('reader'), '', 'R81: a member who does not exist sees nothing');
RESET contacts.member_id;
SELECT is(pg_temp.try('own', 'SELECT contacts.current_member() AS m'), '[{"m":11}]', 'R81: the member of the grant');
-- A member is of one account: the one of the call, whatever account the setting names.
SELECT contacts.grant_access(pg_temp.role_of('own')::text, 'agent', 21, account_id => 2) \g /dev/null
SELECT matches(pg_temp.try('own', 'SELECT contacts.get_contact(3, 1)', 2), '^P0002', 'R81: the setting of another account does not widen what a member sees');
SELECT matches(pg_temp.try('own', 'SELECT contacts.get_contact(102, 2)', 1), '^P0002', 'R81: nor the other way round (get_contact)');
SELECT matches(pg_temp.try('own', 'SELECT contacts.get_contact(101, 2)', 1), 'MARKB', 'R81: what a member may see there they see');
SELECT is(pg_temp.try('own', 'SELECT contacts.find_contact(''probe.b@a.example'', account_id => 2) AS c', 1), '[{"c":101}]', 'R81: and finds');
SELECT matches(pg_temp.try('own', format('SELECT contacts.event_cloudevent(%s, 2)', event_id), 1), '^P0002', 'R81: nor event_cloudevent')
FROM contacts.event WHERE contact_id = 102;
SELECT alike(pg_temp.try('own', format('SELECT contacts.event_cloudevent(%s, 2)', event_id), 1), '%MARKB%', 'R81: which gives what they may see')
FROM contacts.event WHERE contact_id = 101;
SELECT alike(pg_temp.try('own', 'SELECT contacts.add_reminder(101, now(), ''email'', 2) > 0 AS done', 1), '[{"done":true}]',
	'R81: a reminder of their own activity in the account of the call');
SELECT contacts.revoke_access(pg_temp.role_of('own')::text, 2) \g /dev/null

-- ---- R41: what is said of hidden contacts -------------------------------------------------------

CREATE TEMP TABLE collision AS SELECT s AS statement, pg_temp.try('own', s) AS answer FROM unnest(ARRAY[
	$$INSERT INTO contacts.contact (name, email, owner_id) VALUES ('x', 'Probe.H@A.example', 11)$$,
	$$INSERT INTO contacts.contact (name, phone, owner_id) VALUES ('x', '+1 415 555 0103', 11)$$,
	$$INSERT INTO contacts.contact (name, email, owner_id) VALUES ('x', 'fresh@a.example', 11), ('y', 'probe.h@a.example', 11)$$,
	$$UPDATE contacts.contact SET email = 'probe.h@a.example' WHERE contact_id = 1$$,
	$$UPDATE contacts.contact SET phone = '+14155550103' WHERE contact_id = 1$$,
	$$SELECT contacts.create_contact('probe.h@a.example', owner_id => 11)$$, $$SELECT contacts.create_contact(phone => '+14155550103')$$,
	$$SELECT contacts.create_contact(external_id => 'crm:h')$$, $$SELECT contacts.create_contact(visitor => 'cookie-h')$$,
	$$SELECT contacts.create_contact('fresh@a.example', '+14155550103')$$,
	$$SELECT contacts.upsert_contact('probe.h@a.example', name => 'x')$$, $$SELECT contacts.upsert_contact(phone => '+14155550103')$$,
	$$SELECT contacts.upsert_contact(external_id => 'crm:h')$$, $$SELECT contacts.upsert_contact('probe.h@a.example', mode => 'skip')$$,
	$$SELECT contacts.upsert_contact('probe.h@a.example', mode => 'fill')$$,
	$$SELECT contacts.update_contact(1, '{"email": "probe.h@a.example"}')$$, $$SELECT contacts.update_contact(1, '{"phone": "+14155550103"}')$$,
	$$SELECT contacts.add_identifier(1, 'email', 'probe.h@a.example')$$, $$SELECT contacts.add_identifier(1, 'phone', '+14155550103')$$,
	$$SELECT contacts.add_identifier(1, 'external', 'crm:h')$$, $$SELECT contacts.add_identifier(1, 'visitor', 'cookie-h')$$]) s;
SELECT matches(answer, '^42501 \| cannot save contact \| ', 'R41: ' || statement) FROM collision;
SELECT unalike(answer, '%MARK%', 'R41: names nothing hidden: ' || statement) FROM collision;
SELECT doesnt_match(split_part(answer, 'SQL statement', 1), '\y3\y', 'R41: nor its id: ' || statement) FROM collision;
SELECT is((SELECT count(DISTINCT split_part(answer, ' | ', 3) || split_part(answer, ' | ', 4))::int FROM collision), 1, 'R41: one and the same detail and hint');
SELECT matches(pg_temp.try('all', s), '^23505 .*3', 'R40: who sees the contact is told: ' || s) FROM unnest(ARRAY[
	$$INSERT INTO contacts.contact (name, email, owner_id) VALUES ('x', 'probe.h@a.example', 11)$$,
	$$SELECT contacts.create_contact('probe.h@a.example')$$, $$SELECT contacts.add_identifier(1, 'email', 'probe.h@a.example')$$]) s;
-- An identifier of the other account is nobody's here.
SELECT doesnt_match(pg_temp.try('own', s), '^[0-9A-Z]{5} ', 'R11: accounts do not meet: ' || s) FROM unnest(ARRAY[
	$$SELECT (contacts.create_contact('probe.b@a.example', owner_id => 11)).outcome$$, $$SELECT contacts.add_identifier(1, 'phone', '+14155550105')$$,
	$$INSERT INTO contacts.contact (name, email, owner_id) VALUES ('x', 'probe.b@a.example', 11)$$]) s;

-- A hidden thing and one that is not there give the same answer but for the id.
SELECT is(regexp_replace(pg_temp.try('own', format(s, 3)), '\y3\y', '#'), replace(pg_temp.try('own', format(s, 9999999)), '9999999', '#'),
	'R41: as if it did not exist: ' || s) FROM unnest(ARRAY[
	'SELECT contacts.get_contact(%s)', 'SELECT contacts.resolve_contact(%s)', 'SELECT contacts.set_status(''{%s}'', ''disqualified'')',
	'SELECT contacts.assign_contacts(''{%s}'', 11)', 'SELECT contacts.update_contact(%s, ''{"name":"x"}'')',
	'SELECT contacts.update_contact(%s, ''{"email":"probe.h@a.example"}'')',
	'SELECT contacts.add_identifier(%s, ''email'', ''probe.h@a.example'')', 'SELECT contacts.remove_identifier(%s, ''email'', ''probe.h@a.example'')',
	'SELECT contacts.set_primary_identifier(%s, ''email'', ''probe.h@a.example'')', 'SELECT contacts.cancel_activity(%s)',
	'SELECT contacts.reschedule_activity(%s, ''2031-01-01'')', 'SELECT contacts.add_reminder(%s, now(), ''email'')',
	'UPDATE contacts.contact SET name = ''x'' WHERE contact_id = %s', 'DELETE FROM contacts.contact WHERE contact_id = %s',
	'UPDATE contacts.activity SET title = ''x'' WHERE activity_id = %s', 'DELETE FROM contacts.activity WHERE activity_id = %s',
	'DELETE FROM contacts.contact_tag WHERE contact_id = %s', 'SELECT count(*) FROM contacts.timeline WHERE contact_id = %s']) s;
SELECT is(pg_temp.try('own', format(s, h)), pg_temp.try('own', format(s, 'unknown@a.example')), 'R41: a hidden key is like an unknown one: ' || s)
FROM unnest(ARRAY['SELECT contacts.find_contact(%L)', 'SELECT contacts.remove_identifier(1, ''email'', %L)',
	'SELECT contacts.set_primary_identifier(1, ''email'', %L)']) s, unnest(ARRAY['probe.h@a.example']) h;
SELECT is(pg_temp.try('own', format('SELECT contacts.event_cloudevent(%s)', event_id)), replace(pg_temp.try('own', 'SELECT contacts.event_cloudevent(9999999)'),
	'9999999', event_id::text), 'R41: a hidden contact''s event is as if it did not exist') FROM contacts.event WHERE contact_id = 3;

-- Reports are linked, and say nothing of the contact (R82).
SELECT is(pg_temp.try('own', s), w, 'R82: nothing is said of a hidden contact: ' || s) FROM (VALUES
	($$SELECT r.contact_id, r.outcome, r.matched_by, r.duplicate_of FROM contacts.record_activity('x', 'probe.h@a.example') r$$,
		'[{"contact_id":null,"outcome":null,"matched_by":null,"duplicate_of":null}]'),
	($$SELECT r.contact_id, r.duplicate_of FROM contacts.record_activity('x', 'probe.a@a.example', '+14155550103') r$$,
		'[{"contact_id":1,"duplicate_of":null}]'),
	($$SELECT r.contact_id, r.outcome, r.matched_by, r.error FROM contacts.record_activities('[{"kind":"x","phone":"+14155550103"}]') r$$,
		'[{"contact_id":null,"outcome":null,"matched_by":null,"error":null}]'),
	($$SELECT r.contact_id, r.matched_by FROM contacts.record_activity('x', source => 'calendar', source_ref => 'h') r$$,
		'[{"contact_id":null,"matched_by":null}]'),
	($$SELECT r.contact_id IS DISTINCT FROM 3 AS silent FROM contacts.record_activity('x', 'probe.a@a.example', source => 'calendar', source_ref => 'h') r$$,
		'[{"silent":true}]'),
	($$SELECT r.contact_id, r.matched_by FROM contacts.record_activities('[{"kind":"x","source":"calendar","source_ref":"h"}]') r$$,
		'[{"contact_id":null,"matched_by":null}]'),
	($$SELECT r.duplicate_of FROM contacts.upsert_contact('probe.a@a.example', '+14155550103') r$$, '[{"duplicate_of":null}]'),
	($$SELECT r.duplicate_of FROM contacts.upsert_contact('probe.h@a.example', owner_id => 11, mode => 'create') r$$, '[{"duplicate_of":null}]'))
	AS v (s, w);
SELECT is(pg_temp.try('own', $$SELECT contacts.record_activity('linked', 'probe.h@a.example')$$, then_ask =>
	$$SELECT contact_id FROM contacts.activity WHERE kind = 'linked'$$), '3', 'R82: the system links');
SELECT is(pg_temp.try('ingest', $$SELECT (contacts.record_activity('linked', 'probe.h@a.example', name => 'MARKH new')).activity_id > 0 AS x$$), '[{"x":true}]',
	'R80: ingest reports');
-- Nobody lets themselves in by an activity of their own on a hidden contact.
SELECT is(pg_temp.sees_after('own', s), '1 4', 'R81: nobody lets themselves in: ' || s) FROM unnest(ARRAY[
	'INSERT INTO contacts.activity (contact_id, kind, assigned_to) VALUES (3, ''x'', 11)',
	'UPDATE contacts.activity SET contact_id = 3 WHERE activity_id = 4',
	'UPDATE contacts.activity SET assigned_to = 11', 'UPDATE contacts.contact SET owner_id = 11', 'SELECT contacts.assign_contacts(''{3}'', 11)',
	'SELECT contacts.record_activity(''x'', ''probe.h@a.example'', assigned_to => 11)',
	'SELECT contacts.record_activities(''[{"kind":"x","email":"probe.h@a.example","assigned_to":11}]'')',
	'SELECT contacts.record_activity(''x'', source => ''calendar'', source_ref => ''h'', assigned_to => 11)',
	'SELECT contacts.upsert_contact(''probe.h@a.example'', owner_id => 11)']) s;
SELECT is(pg_temp.try('own', s), '1', 'R81: a member may write what they see: ' || s) FROM unnest(ARRAY[
	'INSERT INTO contacts.activity (contact_id, kind, assigned_to) VALUES (1, ''x'', 11)', 'INSERT INTO contacts.activity (kind, assigned_to) VALUES (''x'', 11)',
	'UPDATE contacts.activity SET title = ''x'' WHERE activity_id = 4', 'UPDATE contacts.contact SET name = ''x'' WHERE contact_id = 4',
	'INSERT INTO contacts.contact (name, owner_id) VALUES (''x'', 11)', 'INSERT INTO contacts.contact (name) VALUES (''x'')']) s;
SELECT matches(pg_temp.try('own', s), '^42501', 'R81: not what they would not see: ' || s) FROM unnest(ARRAY[
	'INSERT INTO contacts.contact (name, owner_id) VALUES (''x'', 12)',
	'INSERT INTO contacts.activity (contact_id, kind) VALUES (3, ''x'')', 'INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (3, 1)',
	'INSERT INTO contacts.contact (contact_id, name, owner_id) VALUES (3, ''x'', 11) ON CONFLICT (account_id, contact_id) DO UPDATE SET owner_id = 11']) s;
-- Redirects lead no further than one may see.
SELECT matches(pg_temp.try('own', 'SELECT contacts.merge_contacts(1, ''{3}'')'), '^42501', 'R41: merging needs access to every contact involved');
-- What a cheap function in a WHERE clause gets to see.
CREATE TEMP TABLE seen (value text);
CREATE FUNCTION pg_temp.spy(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN
	IF value ~* 'MARK[BHT]' THEN RAISE EXCEPTION 'seen %', value; END IF; RETURN true; END $$;
SELECT unalike(pg_temp.try('own', format('SELECT * FROM contacts.%I x WHERE pg_temp.spy(x::text)', v)), '%seen%', 'R81: policies come before a cheap function: ' || v)
FROM unnest('{contact,identifier,activity,contact_overview,timeline,activity_stream,status_history,missing_required}'::text[]) v;

-- ---- R80: granting and revoking -----------------------------------------------------------------

CREATE FUNCTION pg_temp.privileges(role regrole) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(name, ' ') FROM (
		SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'contacts'::regnamespace AND has_function_privilege(role, oid, 'EXECUTE')
		UNION ALL SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relkind IN ('r', 'p', 'v')
			AND has_table_privilege(role, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
		UNION ALL SELECT 'schema' WHERE has_schema_privilege(role, 'contacts', 'USAGE, CREATE')) p (name) $$;
SELECT is(pg_temp.privileges(pg_temp.role_of('none')), NULL, 'R80: nobody has anything before a grant');
SELECT is((SELECT string_agg(l, ' ') FROM (SELECT l, contacts.grant_access(pg_temp.role_of('none')::text, l)::text, contacts.revoke_access(pg_temp.role_of('none')::text)::text,
	pg_temp.privileges(pg_temp.role_of('none')) AS left_over FROM unnest('{reader,ingest,agent,admin}'::text[]) l) x WHERE left_over IS NOT NULL), NULL,
	'R80: revoke_access() takes everything away');
SELECT matches(pg_temp.try('none', 'SELECT contacts.current_account()'), '^42501', 'R80: also from a session that had it');
SELECT matches(pg_temp.try('admin', $$SELECT contacts.revoke_access('access_none')$$), '^P0002', 'R80: there is nothing to revoke');
SELECT is(pg_temp.try('admin', $$SELECT contacts.grant_access('access_none', 'reader')$$, then_ask => $$SELECT pg_temp.ids('none')$$), '1 2 3 4', 'R80: an admin grants');
SELECT is(pg_temp.try('admin', $$SELECT contacts.grant_access('access_own', 'ingest')$$, then_ask => $$SELECT left(pg_temp.try('own', 'TABLE contacts.contact'), 5)$$),
	'42501', 'R80: a lower level takes away what it does not have');
SELECT matches(pg_temp.try(r, s), '^42501', format('R80: %s may not: %s', r, s)) FROM unnest('{ingest,reader,all,own,admin2}'::text[]) r,
	unnest(ARRAY[$$SELECT contacts.grant_access('access_none', 'reader', account_id => 1)$$, $$SELECT contacts.revoke_access('access_own', 1)$$]) s;
SELECT matches(pg_temp.try('admin', s), '^42501', 'R80: an admin of one account may not: ' || s) FROM unnest(ARRAY[
	$$SELECT contacts.grant_access('access_none', 'reader', account_id => 2)$$, $$SELECT contacts.revoke_access('access_own2', 2)$$,
	$$SELECT contacts.grant_access('access_none', 'reader', account_id => NULL)$$, $$SELECT contacts.revoke_access('access_own', NULL)$$,
	$$INSERT INTO contacts.access_grant (account_id, grantee, level) VALUES (1, 'access_none', 'admin')$$,
	$$UPDATE contacts.access_grant SET account_id = 0$$, $$DELETE FROM contacts.access_grant$$]) s;
SELECT matches(pg_temp.try('admin', s), w, 'R80: bad arguments: ' || s) FROM (VALUES
	($$SELECT contacts.grant_access('access_none', 'owner')$$, '^22023'), ($$SELECT contacts.grant_access('access_none', 'agent', 99)$$, '^P0002'),
	($$SELECT contacts.grant_access('access_none', 'agent', 21)$$, '^P0002'), ($$SELECT contacts.grant_access(NULL, 'agent')$$, '^22023'),
	($$SELECT contacts.grant_access('"0"', 'agent')$$, '^P0002'), ($$SELECT contacts.grant_access('no_such_role', 'agent')$$, '^P0002')) AS v (s, w);

-- Two accounts, two levels.
SELECT contacts.grant_access(pg_temp.role_of('none')::text, 'reader'), contacts.grant_access(pg_temp.role_of('none')::text, 'agent', account_id => 2) \g /dev/null
SELECT is(pg_temp.ids('none', 1) || '|' || pg_temp.ids('none', 2), '1 2 3 4|101 102', 'R80: grants in two accounts: reads both');
SELECT matches(pg_temp.try('none', 'SELECT contacts.create_contact(''n@x.example'')'), '^42501', 'R80: does not write where it is a reader');
SELECT matches(pg_temp.try('none', 'UPDATE contacts.contact SET name = ''x'''), '^0$', 'R80: nor by plain SQL');
SELECT matches(pg_temp.try('none', 'UPDATE contacts.contact SET name = ''x''', 2), '^2$', 'R80: but where it is an agent');
SELECT alike(pg_temp.try('none', 'SELECT (contacts.create_contact(''n@x.example'', account_id => 2)).outcome'), '%created%', 'R80: also by argument');
SELECT is(pg_temp.try('admin', $$SELECT contacts.revoke_access('access_none')$$, then_ask => $$SELECT pg_temp.ids('none', 1) || '|' || pg_temp.ids('none', 2)$$),
	'|101 102', 'R80: the admin of one account revokes there, and the other grant stays');
SELECT is(pg_temp.try('admin', $$SELECT contacts.grant_access('access_none', 'agent')$$, then_ask => $$SELECT pg_temp.ids('none', 1) || '|' || pg_temp.ids('none', 2)$$),
	'1 2 3 4|101 102', 'R80: likewise with a new level');
SELECT contacts.revoke_access(pg_temp.role_of('none')::text) \g /dev/null
SELECT is(pg_temp.ids('none', 1) || '|' || pg_temp.ids('none', 2), '|101 102', 'R80: revoked in one account, the other level stays');
SELECT matches(pg_temp.try('none', 'SELECT contacts.get_contact(1)'), '^42501', 'R80: and holds there only');
SELECT contacts.revoke_access(pg_temp.role_of('none')::text, 2) \g /dev/null
SELECT is(pg_temp.privileges(pg_temp.role_of('none')), NULL, 'R80: nothing is left after the last one');

-- An admin of one account has no power over roles of others, nor over the owner.
SELECT is(pg_temp.try('admin', s, then_ask => $$SELECT pg_temp.try('own2', 'SELECT contacts.current_account() AS a, contacts.current_member() AS m', 2)$$),
	'[{"a":2,"m":21}]', 'R81: no admin binds a role of another account to theirs: ' || s) FROM unnest(ARRAY[
	$$SELECT 1 WHERE pg_temp.quietly('SELECT contacts.grant_access(''access_own2'', ''agent'', 11, true)')$$,
	$$SELECT 1 WHERE pg_temp.quietly('SELECT contacts.grant_access(''access_own2'', ''agent'', 11)')$$]) s;
SELECT matches(pg_temp.try('admin', format('SELECT contacts.grant_access(%L, ''reader'')', relowner::regrole)), '^(42501|22023)', 'R80: nor do they touch the owner''s privileges')
FROM pg_class WHERE oid = 'contacts.contact'::regclass;

-- Roles that are members of granted roles inherit, others do not.
CREATE ROLE access_heir IN ROLE access_reader;
CREATE ROLE access_guest NOINHERIT IN ROLE access_reader;
SELECT is(pg_temp.ids('heir'), '1 2 3 4', 'R80: members of a granted role have its level');
SELECT matches(pg_temp.try('guest', 'TABLE contacts.contact'), '^42501', 'R80: not those who do not inherit');
REVOKE access_reader FROM access_heir;
SELECT matches(pg_temp.try('heir', 'TABLE contacts.contact'), '^42501', 'R80: nor those who were members');
GRANT access_own TO access_heir;
SELECT is(pg_temp.ids('heir'), '1 4', 'R81: the member of the role counts for its members');
SELECT is(pg_temp.try('heir', 'SELECT contacts.current_member() AS m'), '[{"m":11}]', 'R81: and is the one at work');

-- Members with grants.
SELECT matches(pg_temp.try('admin', 'DELETE FROM contacts.member WHERE member_id = 14'), '^23503', 'R81: a member with a grant stays');
SELECT contacts.grant_access(pg_temp.role_of('none')::text, 'reader', account_id => NULL) \g /dev/null
SELECT is(pg_temp.ids('none', 1) || '|' || pg_temp.ids('none', 2) || '|' || pg_temp.ids('none', 3), '1 2 3 4|101 102|', 'R80: the owner grants every account');
SELECT matches(pg_temp.try('admin', $$SELECT contacts.revoke_access('access_none', NULL)$$), '^42501', 'R80: and only the owner takes that away');
SELECT unalike(pg_temp.try('admin', 'TABLE contacts.access_grant'), '%access_none%', 'R81: admins see the grants of their account only');
SELECT contacts.revoke_access(pg_temp.role_of('none')::text, NULL) \g /dev/null
SELECT is(pg_temp.privileges(pg_temp.role_of('none')), NULL, 'R80: nothing is left of it');

-- ---- R81: pinned --------------------------------------------------------------------------------

SELECT contacts.grant_access(pg_temp.role_of('none')::text, 'agent', 11, true), contacts.grant_access(pg_temp.role_of('none')::text, 'admin', account_id => 2) \g /dev/null
CREATE FUNCTION pg_temp.tries(statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text; BEGIN
	PERFORM set_config('role', 'access_none', true);
	FOREACH s IN ARRAY statements LOOP EXECUTE s; END LOOP;
	SELECT contacts.current_account() || ' ' || contacts.current_member() || ' ' || string_agg(contact_id::text, ' ' ORDER BY contact_id) INTO s FROM contacts.contact;
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = s;
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$;
SELECT is(pg_temp.tries(s), '1 11 1 4', 'R81: pinned in spite of ' || s::text) FROM (VALUES (ARRAY['SET contacts.account_id = 2', 'SET contacts.member_id = 13']),
	(ARRAY['SET LOCAL contacts.account_id = 2', 'SET LOCAL contacts.member_id = 13']), (ARRAY['SET contacts.member_id = 21']),
	(ARRAY['SELECT set_config(''contacts.account_id'', ''2'', false), set_config(''contacts.member_id'', ''13'', true)']),
	(ARRAY['UPDATE pg_catalog.pg_settings SET setting = ''2'' WHERE name = ''contacts.account_id'''])) AS v (s);
SELECT matches(pg_temp.try('none', s, 2), '^42501', 'R81: pinned in spite of an argument: ' || s) FROM unnest(ARRAY['SELECT contacts.get_contact(101, 2)',
	'SELECT contacts.record_activity(''x'', account_id => 2)', 'SELECT contacts.set_account(name => ''x'', account_id => 2)',
	'SELECT contacts.take_events(''c'', account_id => 2)']) s;
SELECT is(pg_temp.try('none', 'SELECT contacts.record_activity(''pinned'')', 2, $$SELECT string_agg(account_id::text, ' ') FROM contacts.activity WHERE kind = 'pinned'$$),
	'1', 'R81: what a pinned role reports is its account''s');
SELECT matches(pg_temp.try('admin', $$SELECT contacts.grant_access('access_heir', 'agent', NULL, true, NULL)$$), '^(42501|22023)', 'R81: nobody is pinned to every account');

-- ---- R80: a level that is none ------------------------------------------------------------------

ALTER TABLE contacts.access_grant DROP CONSTRAINT access_grant_level_known;
SELECT is(pg_temp.ids('all'), '1 2 3 4', 'R80: an agent sees contacts');
UPDATE contacts.access_grant SET level = l FROM (VALUES ('all', 'auditor'), ('team', 'administrator'), ('reader', 'read'), ('admin', '')) AS v (r, l)
WHERE grantee = pg_temp.role_of(r)::text AND account_id = 1;
SELECT is(pg_temp.ids(r), '', 'R80: an unknown level is no right: ' || r) FROM unnest('{all,team,reader,admin}'::text[]) r;
SELECT matches(pg_temp.try('all', 'SELECT contacts.upsert_contact(email => ''x@example.com'')'), '^42501', 'R80: nor to write');

SELECT * FROM finish();
ROLLBACK;
