-- owner.sql: the tables belong to a role that is no superuser (R1, R80, R82), in a database of its own making.
\ir start.psql
SELECT no_plan();
DROP SCHEMA contacts CASCADE;
CREATE EXTENSION contacts;
CREATE ROLE "owner-test O" LOGIN;
CREATE ROLE owner_test_next LOGIN;
CREATE ROLE owner_test_member LOGIN IN ROLE "owner-test O";
CREATE ROLE owner_test_stranger LOGIN;
CREATE ROLE owner_test_reader LOGIN;
CREATE ROLE owner_test_admin LOGIN;
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;

CREATE FUNCTION test.error_as(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE hint text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	EXECUTE statement;
	RESET ROLE;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(hint, ''));
END $$;
-- Kinds of objects that are not the role's.
CREATE FUNCTION test.not_of(role text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(DISTINCT kind, ' '), '') FROM (
		SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'index' END FROM pg_class
		WHERE relnamespace = 'contacts'::regnamespace AND relkind IN ('r', 'v', 'S', 'i') AND relowner::regrole::text <> role
		UNION ALL SELECT 'function' FROM pg_proc WHERE pronamespace = 'contacts'::regnamespace AND prosecdef AND proowner::regrole::text <> role AND proname <> 'live_sessions') o (kind) $$;

-- ---- R1: who may say so, and how one who may not is told the way --------------------------------------

SELECT is(test.error_as('owner_test_stranger', 'SELECT contacts.setup()'), '42501 | permission denied for schema contacts', 'R80: the schema is nobody''s but those let in');
GRANT USAGE ON SCHEMA contacts TO owner_test_stranger, "owner-test O";
GRANT EXECUTE ON FUNCTION contacts.setup(text) TO owner_test_stranger, "owner-test O";
SELECT is(test.error_as(role, call), format('42501 | permission denied to set up contacts | A superuser calls SELECT contacts.setup(owner => %L);', quote_ident(role)), format('R1: before: %s: %s', role, call))
FROM unnest('{owner_test_stranger,owner-test O}'::text[]) role, unnest(ARRAY['SELECT contacts.setup()', 'SELECT contacts.setup(owner => ''owner_test_next'')']) call;
SELECT is(test.error_as(current_user::text, format('SELECT contacts.setup(owner => %L)', given)), wanted, 'R1: owner => ' || given)
FROM (VALUES ('nobody_at_all', 'P0002 | role nobody_at_all does not exist | Create the role first; the extension makes none.'),
	('owner-test O', '22023 | invalid role: "owner-test O" | Write it as in GRANT, in double quotes where it has other than small letters, digits and _.'),
	('', '22023 | invalid role: "" | Write it as in GRANT, in double quotes where it has other than small letters, digits and _.')) AS c (given, wanted);
SELECT is(to_regclass('contacts.contact'), NULL, 'R1: what is refused makes nothing');

SELECT matches(contacts.setup(owner => '"owner-test O"'), '^created schema version \d+$', 'R1: a superuser names the owner');
SELECT is(test.not_of('"owner-test O"'), '', 'R1: all tables, views, sequences, indexes and functions with the owner''s rights are theirs');
SELECT is(has_schema_privilege('owner-test O', 'contacts', 'CREATE'), false, 'R82: the owner puts nothing in front of the functions that superusers call');
SELECT is(contacts.setup(owner => '"owner-test O"'), 'already up to date', 'R1: again does nothing');
SELECT is(contacts.setup(), 'already up to date', 'R1: the owner stays where none is named');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: healthy');
SELECT is(test.error_as('owner_test_stranger', 'SELECT contacts.setup()'), '42501 | permission denied to set up contacts | A superuser calls SELECT contacts.setup(owner => ''owner_test_stranger'');', 'R1: nobody else sets up');

-- ---- R80: every function works for the owner, and for whom they let in --------------------------------

SET SESSION AUTHORIZATION "owner-test O";
SELECT is(contacts.setup(), 'already up to date', 'R1: the owner calls setup()');
SELECT is(contacts.setup(owner => '"owner-test O"'), 'already up to date', 'R1: and may name themselves');
RESET SESSION AUTHORIZATION;
SELECT is(test.error_as('owner_test_member', 'SELECT contacts.setup()'), 'no error', 'R1: so do members of the owner');
SELECT matches(test.error_as('owner-test O', 'SELECT contacts.setup(owner => ''owner_test_next'')'), '^42501 \| permission denied to set up contacts \| A superuser calls .*owner_test_next', 'R1: only a superuser hands over');

-- A story that calls all there is to call; what was not called is named below.
SET SESSION AUTHORIZATION "owner-test O";
CREATE TEMP TABLE story (place serial, call text);
INSERT INTO story (call) VALUES ('set_account(name => ''Acme'', default_region => ''US'', activity_events => true)'), ('define_field(''size'', ''number'', required => true)'), ('define_field(''old'', ''text'')'), ('archive_field(''old'')'),
	('record_activity(''booking'', email => ''a@owner.example'', phone => ''(415) 555-0171'', source => ''s'', source_ref => ''1'', starts_at => now() + interval ''1 day'', state => ''scheduled'')'),
	('record_activities(''[{"kind":"call","email":"b@owner.example"},{"kind":"call","email":"c@owner.example"},{"kind":"chat"}]'')'),
	('reschedule_activity(1, now() + interval ''2 days'')'), ('cancel_activity(1)'), ('add_note(1, ''x'')'), ('link_activity(4, 1)'), ('unlink_activity(4)'),
	('upsert_contact(email => ''d@owner.example'', name => ''Dee'', tags => ARRAY[''VIP''], fields => ''{"size":3}'')'), ('create_contact(name => ''Eve'', email => ''e@owner.example'')'), ('update_contact(2, ''{"name":"Bob"}'')'),
	('find_contact(email => ''a@owner.example'')'), ('resolve_contact(1)'), ('get_contact(1)'), ('set_status(ARRAY[1], ''qualified'')'), ('assign_contacts(ARRAY[1], NULL)'),
	('add_identifier(1, ''email'', ''a2@owner.example'')'), ('set_primary_identifier(1, ''email'', ''a2@owner.example'')'), ('remove_identifier(1, ''email'', ''a@owner.example'')'),
	('find_duplicates()'), ('merge_preview(1, ARRAY[2])'), ('merge_contacts(1, ARRAY[2])'), ('unmerge(1)'), ('delete_contacts(ARRAY[3])'), ('restore_contacts(ARRAY[3])'), ('purge_contacts(ARRAY[3])'), ('purge_deleted(NULL)'),
	('connect_integration(''crm'', ''crm'')'), ('disconnect_integration(''crm'')'), ('add_reminder(1, now(), ''email'')'), ('take_due_reminders()'), ('ack_reminders(ARRAY[1])'),
	('take_events(''mailer'', 5)'), ('ack_events(''mailer'', ARRAY[1])'), ('event_cloudevent(2)'), ('drop_consumer(''mailer'')'), ('trim_events(''1 day'')'),
	('grant_access(''owner_test_reader'', ''reader'')'), ('grant_access(''owner_test_admin'', ''admin'', account_id => NULL)'), ('check()'), ('audit_verify()'), ('audit_head()'), ('contact_references()'),
	('dismiss_duplicate(1, 2)'), ('version()'), ('setup()');
SELECT is(test.error_as('owner-test O', 'SELECT * FROM contacts.' || call), 'no error', 'R1: the owner calls ' || call) FROM story ORDER BY place;
RESET SESSION AUTHORIZATION;
GRANT SELECT ON story TO PUBLIC;
SELECT is_empty($$SELECT function FROM contacts.help WHERE NOT EXISTS (SELECT FROM story WHERE starts_with(call, function || '(')) AND function NOT IN (
	'normalize_email', 'email_problem', 'normalize_phone', 'phone_problem', 'phone_info', 'current_account', 'current_member', 'event_lease', 'revoke_access', 'contact_made', 'makes_contacts', 'current_region', 'require_retention', 'level_privileges')$$,
	'R1: the story calls every function that reads or writes');
SELECT is(test.error_as('owner_test_reader', 'SELECT count(*) FROM contacts.contact'), 'no error', 'R80: a reader of theirs reads');
SELECT is(test.error_as('owner_test_admin', 'SELECT contacts.grant_access(''owner_test_stranger'', ''agent'')'), 'no error', 'R80: an admin of theirs lets others in');
SELECT is(test.error_as('owner_test_stranger', 'INSERT INTO contacts.contact (email) VALUES (''plain@owner.example'')'), 'no error', 'R80: who write plain SQL');
SELECT is(contacts.take_back_grants(), NULL, 'R80: a step of setup() does nothing by itself');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: healthy');

-- ---- R82: the owner hangs code on the tables, and it never runs as a superuser ------------------------

CREATE TABLE test.ran (as_role text);
GRANT INSERT, SELECT ON test.ran TO PUBLIC;
CREATE FUNCTION test.note_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO test.ran SELECT DISTINCT r FROM unnest(ARRAY[current_user]) r;
	RETURN NULL;
END $$;
CREATE FUNCTION test.join_trap(text, text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO test.ran VALUES (current_user);
	RETURN concat($1, $2);
END $$;
CREATE OPERATOR test.|| (FUNCTION = test.join_trap, LEFTARG = text, RIGHTARG = text);
SET SESSION AUTHORIZATION "owner-test O";
DO $$
DECLARE part record;
BEGIN
	FOR part IN SELECT oid::regclass AS name FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relkind = 'r' LOOP
		EXECUTE format('CREATE TRIGGER zz_note AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION test.note_role()', part.name);
	END LOOP;
	-- What is theirs they may also tell to look elsewhere, and to run with the caller's rights.
	FOR part IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'contacts'::regnamespace AND pg_get_userbyid(proowner) = 'owner-test O' AND proname ~ 'set_up|check_schema|comment_again|take_back|apply_grants|bare_definition' LOOP
		EXECUTE format('ALTER FUNCTION %s SECURITY INVOKER SET search_path = test, pg_catalog', part.name);
	END LOOP;
	UPDATE contacts.access_grant SET level = 'reader' WHERE grantee = 'owner_test_stranger';
	DROP VIEW contacts.help, contacts.timeline;
	DROP TRIGGER assign_id ON contacts.contact;
END $$;
RESET SESSION AUTHORIZATION;
SELECT matches(test.error_as('owner-test O', 'SELECT contacts.setup()'), '^42501 \| permission denied to set up contacts \| A superuser calls SELECT contacts.setup\(owner => ''"owner-test O"''\);', 'R1: what needs CREATE in the schema is a superuser''s to do');
SELECT alike(contacts.setup(), 'made again: %view help%', 'R1: who does it');
SELECT is(has_schema_privilege('owner-test O', 'contacts', 'CREATE'), false, 'R82: and CREATE does not stay');
SELECT contacts.record_activity('call', email => 'a@owner.example', status => 'qualified');
SELECT contacts.upsert_contact(email => 'new@owner.example');
SELECT contacts.grant_access('owner_test_reader', 'agent');
SELECT contacts.setup(owner => 'owner_test_next');
SELECT is((SELECT string_agg(DISTINCT as_role, ' ' ORDER BY as_role) FROM test.ran), 'owner-test O', 'R82: no code of the owner has run with the rights of the superuser who called');
SELECT is(test.not_of('owner_test_next'), '', 'R1: another owner gets all of it');
SELECT is_empty($$SELECT oid::regprocedure, proconfig FROM pg_proc WHERE pronamespace = 'contacts'::regnamespace AND NOT 'search_path=pg_catalog, pg_temp' = ANY (proconfig)$$, 'R82: without what the former one told it');
SELECT is(test.error_as('owner_test_reader', 'SELECT contacts.record_activity(''call'', email => ''b@owner.example'')'), 'no error', 'R80: levels hold under the new owner');
SELECT is(test.error_as('owner_test_next', 'SELECT contacts.revoke_access(''owner_test_reader'')'), 'no error', 'R80: who may take them back');
SELECT matches(test.error_as('owner_test_reader', 'SELECT count(*) FROM contacts.contact'), '^42501', 'R80: and does');
SELECT is_empty($$SELECT * FROM contacts.check() WHERE problem <> 'trigger whose function has no search_path'$$, 'R112: healthy');

-- ---- R112: what belongs to another is told of, and set right ------------------------------------------

ALTER TABLE contacts.tag OWNER TO CURRENT_USER;
ALTER FUNCTION contacts.check(bigint) OWNER TO CURRENT_USER;
SELECT set_eq($$SELECT problem, table_name FROM contacts.check() WHERE problem LIKE '%another owner'$$, $$VALUES ('table of another owner', 'tag'), ('function of another owner', 'function')$$, 'R112: what belongs to another');
SELECT is(test.error_as('owner_test_next', 'SELECT contacts.setup()'), '42501 | permission denied to set up contacts | A superuser calls SELECT contacts.setup(owner => ''owner_test_next'');', 'R1: a superuser sets it right');
SELECT is(contacts.setup(), 'owner is now owner_test_next', 'R1: by setup()');
SELECT is(test.not_of('owner_test_next'), '', 'R1: so that it is the owner''s again');
SELECT is(contacts.setup(), 'already up to date', 'R1: and nothing is left to do');
SELECT is(contacts.setup(owner => current_user), 'owner is now ' || current_user || ', made again: privileges of owner_test_admin, privileges of owner_test_stranger', 'R1: back to a superuser');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p, aclexplode(p.proacl) a WHERE p.pronamespace = 'contacts'::regnamespace AND a.grantee = 'owner_test_next'::regrole
	UNION ALL SELECT NULL FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'contacts' AND a.grantee = 'owner_test_next'::regrole$$, 'R80: nothing is left to a former owner');
DROP SCHEMA contacts CASCADE;
DROP SCHEMA test CASCADE;
DROP OWNED BY "owner-test O", owner_test_next, owner_test_member, owner_test_stranger, owner_test_reader, owner_test_admin;
DROP ROLE owner_test_member, "owner-test O", owner_test_next, owner_test_stranger, owner_test_reader, owner_test_admin;
SELECT * FROM finish();
