-- hints.sql: what errors say fits what was done: the hint names an action that helps, and the context shows the
-- caller's statements, not ours.
\ir start.psql
BEGIN;
SELECT no_plan();

INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 7, 'Mia'), (2, 9, 'Other');
SELECT contacts.set_account(name => 'Hints'), contacts.define_field('team_size', 'number'), contacts.define_field('industry', 'text') \g /dev/null
INSERT INTO contacts.contact (contact_id, name, email, phone, fields) VALUES (1, 'Ann', 'ann@example.com', '+14155550101', '{"team_size": 4}'), (2, 'Bob', 'bob@example.com', NULL, '{}');
SELECT contacts.create_contact(email => 'gone@example.com'), contacts.delete_contacts('{3}') \g /dev/null
INSERT INTO contacts.activity (activity_id, contact_id, kind, state, starts_at) VALUES (1, 1, 'meeting', 'scheduled', '2030-01-01');

-- ---- message, detail, hint ----------------------------------------------------------------------

CREATE TEMP TABLE complaint (call text, error text);
-- what names a member: the id is looked for among the members
INSERT INTO complaint SELECT call, format('P0002 | member %s does not exist | The account has no such member. | Insert the member into contacts.member first, or leave it out.', id)
FROM unnest('{99,9,0}'::int[]) id, unnest(ARRAY[
	$$SELECT contacts.upsert_contact(email => 'new@example.com', owner_id => #)$$, $$SELECT contacts.create_contact(email => 'new@example.com', owner_id => #)$$,
	$$SELECT contacts.record_activity('note', assigned_to => #)$$, $$SELECT contacts.assign_contacts('{1}', #)$$]) given, replace(given, '#', id::text) call;
INSERT INTO complaint SELECT replace(given, '#', id::text), format('P0002 | member %s does not exist | %sThe account has no such member. | Insert the member into contacts.member first, or leave it out.', id, item)
FROM unnest('{99,9}'::int[]) id, (VALUES
	($$SELECT contacts.update_contact(1, '{"owner_id": #}')$$, ''),
	($$SELECT * FROM contacts.record_activities('[{"kind": "note", "assigned_to": #}]')$$, 'Item 1 of the activities. ')) g (given, item);
-- what names something else
INSERT INTO complaint VALUES
	($$SELECT contacts.get_contact(99)$$, 'P0002 | contact 99 does not exist | The account has no such contact. | Check the id and the setting contacts.account_id.'),
	($$SELECT contacts.cancel_activity(99)$$, 'P0002 | activity 99 does not exist | The account has no such activity. | Check the id and the setting contacts.account_id.'),
	($$SELECT contacts.unmerge(99)$$, 'P0002 | merge 99 does not exist | The account has no such merge. | Check the id and the setting contacts.account_id.');
-- an identifier that is not there
INSERT INTO complaint SELECT format('SELECT contacts.remove_identifier(1, %L, %L)', kind, value),
	format('P0002 | %s does not exist on the contact | Contact 1 has no such identifier. | There is nothing to remove; contacts.identifier lists what the contact has.', noun)
FROM (VALUES ('email', 'none@example.com', 'e-mail address'), ('email', 'bob@example.com', 'e-mail address'), ('phone', '+14155550199', 'phone number'),
	('external', 'crm:1', 'external id'), ('visitor', 'v-1', 'visitor cookie')) v (kind, value, noun);
INSERT INTO complaint SELECT format('SELECT contacts.set_primary_identifier(1, %L, %L)', kind, value),
	format('P0002 | %s does not exist on the contact | Contact 1 has no such identifier. | Add it with contacts.add_identifier() first.', noun)
FROM (VALUES ('email', 'none@example.com', 'e-mail address'), ('phone', '+14155550199', 'phone number')) v (kind, value, noun);
-- keys that belong elsewhere
INSERT INTO complaint VALUES
	($$SELECT contacts.update_contact(1, '{"team_size": 4}')$$, '22023 | invalid key: "team_size" | It is the key of a custom field. | Put it under fields: {"fields": {"team_size": ...}}.'),
	($$SELECT contacts.update_contact(1, '{"name": "Ann", "industry": null}')$$, '22023 | invalid key: "industry" | It is the key of a custom field. | Put it under fields: {"fields": {"industry": ...}}.'),
	($$SELECT contacts.update_contact(1, '{"nope": 4}')$$, '22023 | invalid key: "nope" | The object takes no such key. | Allowed are: name, email, phone, company, timezone, status, owner_id, fields.'),
	($$SELECT * FROM contacts.record_activities('[{"kind": "note", "team_size": 4}]')$$, '22023 | invalid key: "team_size" | Item 1 of the activities. It is the key of a custom field. | Put it under fields: {"fields": {"team_size": ...}}.'),
	($$SELECT contacts.merge_contacts(1, '{2}', overrides => '{"team_size": 4}')$$, '22023 | invalid key: "team_size" | It is the key of a custom field. | Put it under fields: {"fields": {"team_size": ...}}.'),
	($$SELECT * FROM contacts.merge_preview(1, '{2}', overrides => '{"team_size": 4}')$$, '22023 | invalid key: "team_size" | It is the key of a custom field. | Put it under fields: {"fields": {"team_size": ...}}.');
-- regions
INSERT INTO complaint VALUES
	($$SELECT contacts.upsert_contact(email => 'new@example.com', region => 'XX')$$, '22023 | invalid region: "XX" | The numbering plans know no such region. | Give an ISO 3166 code of two letters, such as US, or ZZ when none is known.'),
	($$SELECT contacts.set_account(default_region => 'XX')$$, '22023 | invalid region: "XX" | The numbering plans know no such region. | Give an ISO 3166 code of two letters, such as US, or ZZ when none is known.');
SELECT is(pg_temp.error_of(call), error, call) FROM complaint;

-- An account of its own has its own fields.
SELECT matches(pg_temp.error_of($$SELECT contacts.update_contact(1, '{"team_size": 4}', account_id => 2)$$), 'P0002', 'another account');
SELECT set_config('contacts.account_id', '2', true) \g /dev/null
INSERT INTO contacts.contact (contact_id, name) VALUES (50, 'Two');
SELECT matches(pg_temp.error_of($$SELECT contacts.update_contact(50, '{"team_size": 4}')$$), 'The object takes no such key', 'what is a field elsewhere is none here');
SELECT set_config('contacts.account_id', '1', true) \g /dev/null
-- What hints name exists: functions, tables, settings.
CREATE TEMP TABLE hinted AS SELECT DISTINCT m[1] AS name FROM complaint, regexp_matches(split_part(error, ' | ', 4), '\mcontacts\.(\w+)', 'g') m;
SELECT is_empty($$ SELECT name FROM hinted WHERE to_regclass('contacts.' || name) IS NULL
	AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'contacts'::regnamespace AND p.proname = hinted.name)
	AND NOT EXISTS (SELECT FROM pg_settings s WHERE s.name = 'contacts.' || hinted.name) $$, 'what hints name exists');

-- ---- the context --------------------------------------------------------------------------------

-- Each line of the context that is not the caller's: its own statement, and this function's.
CREATE FUNCTION pg_temp.context_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE context text;
BEGIN
	EXECUTE statement;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
	RETURN regexp_replace(replace(context, statement, '@'), '(SQL statement "@"\n)?PL/pgSQL function pg_temp_\d+.context_of.*$', '');
END $$;
CREATE FUNCTION pg_temp.shows_sql(context text) RETURNS boolean LANGUAGE sql AS $$
	SELECT EXISTS (SELECT FROM regexp_split_to_table(context, '\n') l (line)
		WHERE octet_length(line) > 110 AND line !~ '^PL/pgSQL function ' OR line ~ '\m(INSERT INTO|UPDATE|DELETE FROM|FROM|WHERE|JOIN|VALUES|ON CONFLICT)\M') $$;

CREATE TEMP TABLE failing AS SELECT DISTINCT call FROM complaint;
INSERT INTO failing VALUES
	($$SELECT contacts.create_contact(email => 'ann@example.com')$$), ($$INSERT INTO contacts.contact (email) VALUES ('ann@example.com')$$),
	($$INSERT INTO contacts.contact (email) VALUES ('x')$$), ($$INSERT INTO contacts.contact (email) VALUES ('a@example.com'), ('a@example.com')$$),
	($$UPDATE contacts.contact SET phone = '12' WHERE contact_id = 1$$), ($$UPDATE contacts.contact SET email = 'ann@example.com' WHERE contact_id = 2$$),
	($$UPDATE contacts.account SET default_region = 'XX'$$), ($$INSERT INTO contacts.activity (contact_id, kind) VALUES (3, 'note')$$),
	($$SELECT contacts.add_identifier(2, 'email', 'ann@example.com')$$), ($$SELECT contacts.update_contact(2, '{"email": "ann@example.com"}')$$),
	($$SELECT contacts.set_account(timezone => 'Mars')$$), ($$SELECT contacts.set_account(name => repeat('x', 2000))$$),
	($$SELECT contacts.set_account(phone_match => 'x')$$), ($$SELECT contacts.set_account(account_id => -1)$$),
	($$SELECT contacts.set_account(keep_deleted => '1 hour')$$), ($$SELECT contacts.set_account(duplicate_fields => '{nope}')$$),
	($$SELECT contacts.define_field('x y', 'text')$$), ($$SELECT contacts.define_field('n', 'dropdown')$$), ($$SELECT contacts.define_field('team_size', 'boolean')$$),
	($$SELECT contacts.archive_field('nope')$$), ($$SELECT contacts.grant_access('nobody here', 'reader')$$), ($$SELECT contacts.grant_access('nobody_here', 'reader')$$),
	($$SELECT contacts.grant_access('pg_monitor', 'king')$$), ($$SELECT contacts.grant_access('pg_monitor', 'reader', 99)$$), ($$SELECT contacts.revoke_access('nobody_here')$$),
	($$SELECT * FROM contacts.take_events('')$$), ($$SELECT * FROM contacts.take_events('c', 0)$$), ($$SELECT contacts.ack_events('nobody', '{1}')$$),
	($$SELECT contacts.drop_consumer('nobody')$$), ($$SELECT contacts.trim_events('-1 day')$$), ($$SELECT contacts.event_cloudevent(99)$$),
	($$SELECT contacts.add_reminder(99, now(), 'email')$$), ($$SELECT contacts.add_reminder(1, 'infinity', 'email')$$), ($$SELECT contacts.add_reminder(1, now(), '')$$),
	($$SELECT * FROM contacts.take_due_reminders(0)$$), ($$SELECT contacts.ack_reminders(NULL)$$), ($$SELECT contacts.connect_integration('', 'crm')$$),
	($$SELECT contacts.connect_integration('x', 'y')$$), ($$SELECT contacts.disconnect_integration('nobody')$$), ($$SELECT * FROM contacts.audit_verify('{}')$$),
	($$SELECT contacts.merge_contacts(1, '{1}')$$), ($$SELECT contacts.merge_contacts(1, '{3}')$$), ($$SELECT contacts.restore_contacts('{1}')$$),
	($$SELECT contacts.purge_deleted('1 hour')$$), ($$SELECT contacts.set_status('{1}', 'x')$$), ($$SELECT contacts.reschedule_activity(1, 'infinity')$$);
SELECT isnt(pg_temp.context_of(call), NULL, 'this fails: ' || call) FROM failing;
SELECT ok(NOT pg_temp.shows_sql(context), 'no SQL of ours: ' || call) || CASE WHEN pg_temp.shows_sql(context) THEN E'\n# ' || replace(context, E'\n', E'\n# ') ELSE '' END
FROM failing, pg_temp.context_of(call) context;

-- What goes wrong below, in a trigger of somebody's own: the trigger is shown, and that we were on the way.
CREATE FUNCTION public.trap() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN RAISE 'trap of %', tg_table_name; END $$;
CREATE TEMP TABLE written AS SELECT * FROM (VALUES
	('contact', $$SELECT contacts.upsert_contact(email => 'new@example.com')$$), ('identifier', $$SELECT contacts.upsert_contact(email => 'new@example.com')$$),
	('identifier', $$INSERT INTO contacts.contact (email) VALUES ('new@example.com')$$), ('contact', $$SELECT contacts.update_contact(1, '{"company": "Acme"}')$$),
	('status_change', $$UPDATE contacts.contact SET status = 'qualified' WHERE contact_id = 1$$), ('status_change', $$SELECT contacts.set_status('{1}', 'qualified')$$),
	('event', $$SELECT contacts.upsert_contact(email => 'new@example.com')$$), ('activity', $$SELECT contacts.record_activity('note', email => 'ann@example.com')$$),
	('audit_log', $$SELECT contacts.upsert_contact(email => 'new@example.com')$$), ('merge', $$SELECT contacts.merge_contacts(1, '{2}')$$),
	('identifier', $$SELECT contacts.merge_contacts(1, '{2}')$$), ('contact', $$SELECT contacts.delete_contacts('{1}')$$), ('activity', $$SELECT contacts.cancel_activity(1)$$),
	('activity', $$SELECT contacts.merge_contacts(2, '{1}')$$), ('activity', $$SELECT contacts.purge_contacts('{1}')$$), ('contact', $$SELECT contacts.purge_contacts('{2}')$$),
	('identifier', $$SELECT contacts.remove_identifier(1, 'email', 'ann@example.com')$$), ('tag', $$SELECT contacts.upsert_contact(email => 'new@example.com', tags => '{x}')$$),
	('contact_tag', $$SELECT contacts.upsert_contact(email => 'new@example.com', tags => '{x}')$$), ('duplicate', $$SELECT contacts.dismiss_duplicate(1, 2)$$),
	('freed_identifier', $$SELECT contacts.restore_contacts('{3}')$$), ('freed_identifier', $$SELECT contacts.delete_contacts('{1}')$$)) w (table_name, call);
CREATE FUNCTION pg_temp.trapped(table_name text, call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER zz_trap BEFORE INSERT OR UPDATE OR DELETE ON contacts.%I FOR EACH ROW EXECUTE FUNCTION public.trap()', table_name);
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = coalesce(pg_temp.context_of(call), 'no error');
EXCEPTION WHEN SQLSTATE 'AC000' THEN
	RETURN SQLERRM;
END $$;
SELECT outcome FROM written, pg_temp.trapped(table_name, call) context, unnest(ARRAY[
	matches(context, '^PL/pgSQL function (public.)?trap\(\) line 1 at RAISE\n', 'the trigger is shown: ' || table_name || ', ' || call),
	ok(NOT pg_temp.shows_sql(context), 'and no SQL of ours: ' || table_name || ', ' || call) || CASE WHEN pg_temp.shows_sql(context) THEN E'\n# ' || replace(context, E'\n', E'\n# ') ELSE '' END,
	matches(context, 'statement of the extension contacts', 'but that it is ours: ' || table_name || ', ' || call)]) outcome;
-- What the caller said stays, also below our call.
CREATE FUNCTION public.asks() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM contacts.get_contact(99) FROM pg_catalog.generate_series(1, 1);
	RETURN NULL;
END $$;
CREATE TRIGGER asks AFTER INSERT ON contacts.contact FOR EACH ROW EXECUTE FUNCTION public.asks();
SELECT matches(context, 'SQL statement "SELECT contacts.get_contact\(99\) FROM pg_catalog.*\nPL/pgSQL function (public.)?asks\(\) line 3 at PERFORM', 'statements of a caller are shown: ' || call)
FROM unnest(ARRAY[$$INSERT INTO contacts.contact (name) VALUES ('x')$$, $$SELECT contacts.upsert_contact(name => 'x')$$]) call, pg_temp.context_of(call) context;
SELECT is((regexp_match(context, 'PL/pgSQL function (public.)?asks\(\) line 3 at PERFORM\n(.*)$'))[2], 'statement of the extension contacts' || E'\n', 'with one short line for ours')
FROM pg_temp.context_of($$SELECT contacts.upsert_contact(name => 'x')$$) context;

SELECT * FROM finish();
ROLLBACK;
