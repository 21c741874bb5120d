-- propagation.sql: what follows from an edited e-mail or phone (R50), events and notifications (R100).
-- The sentences of "Impact of Editing a Contact", one section each.  Who takes events is the matter
-- of events.sql.
\ir start.psql
CREATE EXTENSION IF NOT EXISTS dblink;
BEGIN;
SELECT plan(68);

-- Recipients of a contact's activities, in order of their titles: `title=e-mail/phone`.
CREATE FUNCTION pg_temp.recipients(id bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('%s=%s/%s', title, recipient_email, recipient_phone), ' ' ORDER BY title)
     FROM contacts.activity WHERE account_id = 1 AND contact_id = id AND title IS NOT NULL $$;
-- Kinds of the events since the last look, with what they are about.
CREATE TEMP TABLE seen (event_id bigint);
CREATE FUNCTION pg_temp.news() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	WITH fresh AS (INSERT INTO seen SELECT event_id FROM contacts.event e
				   WHERE NOT EXISTS (SELECT FROM seen s WHERE s.event_id = e.event_id)
				   RETURNING event_id)
	SELECT coalesce(string_agg(concat_ws(' ', e.kind, e.payload ->> 'system', a.title), ', '
							   ORDER BY e.kind, e.payload ->> 'system', a.title), 'nothing')
	  INTO found
	  FROM fresh f JOIN contacts.event e USING (event_id)
	  LEFT JOIN contacts.activity a ON a.account_id = e.account_id
								   AND a.activity_id = (e.payload ->> 'activity_id')::bigint;
	RETURN found;
END $$;
CREATE FUNCTION pg_temp.plan_for(id bigint, title text, state text, days integer, calendar text)
	RETURNS bigint LANGUAGE sql AS
$$ INSERT INTO contacts.activity (account_id, contact_id, kind, title, state, starts_at, calendar,
								  recipient_email, recipient_phone)
   SELECT 1, contact_id, 'booking', title, state::contacts.activity_state,
		  now() + make_interval(days => days), calendar, email, phone
   FROM contacts.contact WHERE account_id = 1 AND contact_id = id RETURNING activity_id $$;

INSERT INTO contacts.contact (account_id, name, email, phone) VALUES (1, 'Ann', 'ann@example.org', '+14155550101') RETURNING contact_id AS ann \gset
INSERT INTO contacts.contact (account_id, name, email, phone) VALUES (1, 'Bob', 'bob@example.org', '+14155550199') RETURNING contact_id AS bob \gset
SELECT pg_temp.plan_for(:ann, 'google', 'scheduled', 3, 'google') AS google \gset
SELECT pg_temp.plan_for(:ann, 'exchange', 'scheduled', 4, 'Exchange'), pg_temp.plan_for(:ann, 'ical', 'scheduled', 4, 'icloud'),
	pg_temp.plan_for(:ann, 'none', 'scheduled', 5, NULL), pg_temp.plan_for(:ann, 'past', 'scheduled', -1, 'google'),
	pg_temp.plan_for(:ann, 'off', 'cancelled', 3, 'google'), pg_temp.plan_for(:ann, 'over', 'completed', 3, 'exchange'),
	pg_temp.plan_for(:ann, 'shy', 'no_show', 3, 'google'), pg_temp.plan_for(:bob, 'bob', 'scheduled', 3, 'google');
SELECT pg_temp.news();

-- ---- upcoming notifications go to the updated e-mail or phone --------------------------------------

SELECT contacts.update_contact(:ann, '{"email": "Ann2@Example.org"}');
SELECT is(pg_temp.recipients(:ann), 'exchange=Ann2@Example.org/+14155550101 google=Ann2@Example.org/+14155550101 ical=Ann2@Example.org/+14155550101 none=Ann2@Example.org/+14155550101 '
	'off=ann@example.org/+14155550101 over=ann@example.org/+14155550101 past=ann@example.org/+14155550101 shy=ann@example.org/+14155550101',
	'R50: update_contact, e-mail: planned activities follow; past, cancelled, completed and missed ones do not');
SELECT is(pg_temp.news(), 'calendar.update exchange, calendar.update google, contact.updated', 'R50: calendars of google and exchange hear of it, others do not');
SELECT contacts.update_contact(:ann, '{"phone": "+1 415 555 0102"}');
SELECT is(pg_temp.recipients(:ann), 'exchange=Ann2@Example.org/+1 415 555 0102 google=Ann2@Example.org/+1 415 555 0102 ical=Ann2@Example.org/+1 415 555 0102 none=Ann2@Example.org/+1 415 555 0102 '
	'off=ann@example.org/+14155550101 over=ann@example.org/+14155550101 past=ann@example.org/+14155550101 shy=ann@example.org/+14155550101',
	'R50: update_contact, phone');
SELECT is(pg_temp.recipients(:bob), 'bob=bob@example.org/+14155550199', 'R50: other contacts keep theirs');
SELECT is(pg_temp.news(), 'calendar.update exchange, calendar.update google, contact.updated', 'R50: one event per meeting');

UPDATE contacts.contact SET email = 'ann3@example.org' WHERE account_id = 1 AND contact_id = :ann;
SELECT alike(pg_temp.recipients(:ann), 'exchange=ann3@example.org/%google=ann3@example.org/%off=ann@example.org/%', 'R50: plain UPDATE, e-mail');
UPDATE contacts.contact SET phone = '+14155550103' WHERE account_id = 1 AND contact_id = :ann;
SELECT alike(pg_temp.recipients(:ann), 'exchange=ann3@example.org/+14155550103 google=%/+14155550103 %off=ann@example.org/+14155550101 %', 'R50: plain UPDATE, phone');
SELECT pg_temp.news();
UPDATE contacts.contact SET email = 'ann4@example.org', phone = '+14155550104' WHERE account_id = 1 AND contact_id = :ann;
SELECT alike(pg_temp.recipients(:ann), 'exchange=ann4@example.org/+14155550104 google=ann4@example.org/+14155550104 %', 'R50: both at once');
SELECT is(pg_temp.news(), 'calendar.update exchange, calendar.update google, contact.updated', 'R50: both at once: still one event per meeting');
UPDATE contacts.contact SET email = contact_id || '@many.example' WHERE account_id = 1 AND contact_id IN (:ann, :bob);
SELECT is(pg_temp.recipients(:bob), format('bob=%s@many.example/+14155550199', :bob), 'R50: many contacts in one statement, each its own');
SELECT is(pg_temp.news(), 'calendar.update bob, calendar.update exchange, calendar.update google, contact.updated, contact.updated', 'R50: with their events');

SELECT contacts.add_identifier(:ann, 'email', 'ann5@example.org');
SELECT contacts.add_identifier(:ann, 'phone', '+14155550105');
SELECT is(pg_temp.news(), 'nothing', 'R50: a further key is no news for anybody');
SELECT contacts.set_primary_identifier(:ann, 'email', 'ann5@example.org');
SELECT contacts.set_primary_identifier(:ann, 'phone', '+14155550105');
SELECT alike(pg_temp.recipients(:ann), 'exchange=ann5@example.org/+14155550105 google=ann5@example.org/+14155550105 %', 'R50: set_primary_identifier');
SELECT is(pg_temp.news(), 'calendar.update exchange, calendar.update exchange, calendar.update google, calendar.update google, contact.updated, contact.updated', 'R50: each of the two calls');
SELECT contacts.remove_identifier(:ann, 'email', 'ann5@example.org');
SELECT is(split_part(pg_temp.recipients(:ann), ' ', 1), format('exchange=%s@many.example/+14155550105', :ann), 'R50: remove_identifier: the next e-mail takes its place');
SELECT contacts.add_identifier(:ann, 'email', 'ann6@example.org', make_primary => true);
SELECT alike(pg_temp.recipients(:ann), 'exchange=ann6@example.org/+14155550105 %', 'R50: add_identifier as the primary one');

INSERT INTO contacts.contact (account_id, email) VALUES (1, 'cleo@example.org') RETURNING contact_id AS cleo \gset
SELECT pg_temp.plan_for(:cleo, 'demo', 'scheduled', 3, 'google');
SELECT pg_temp.news();
SELECT contacts.record_activity('form', email => 'cleo@example.org', phone => '+1 415 555 0120');
SELECT is(pg_temp.recipients(:cleo), 'demo=cleo@example.org/+1 415 555 0120', 'R50: news by record_activity: a first phone');
SELECT is(pg_temp.news(), 'calendar.update demo, contact.updated', 'R50: with its event');
SELECT contacts.record_activity('form', email => 'cleo@example.org', phone => '+1 415 555 0121');
SELECT is(pg_temp.recipients(:cleo), (SELECT 'demo=cleo@example.org/' || phone FROM contacts.contact WHERE account_id = 1 AND contact_id = :cleo), 'R50: another phone: recipients are what the contact shows');
SELECT contacts.upsert_contact(email => 'cleo@example.org', phone => '+1 415 555 0122');
SELECT is(pg_temp.recipients(:cleo), (SELECT 'demo=cleo@example.org/' || phone FROM contacts.contact WHERE account_id = 1 AND contact_id = :cleo), 'R50: upsert_contact likewise');
SELECT * FROM contacts.record_activities('[{"kind": "form", "phone": "+14155550123", "email": "dora@example.org"}, {"kind": "form", "email": "cleo@example.org", "phone": "+14155550124"}]');
SELECT is(pg_temp.recipients(:cleo), (SELECT 'demo=cleo@example.org/' || phone FROM contacts.contact WHERE account_id = 1 AND contact_id = :cleo), 'R50: record_activities likewise');
SELECT pg_temp.news();
SELECT contacts.update_contact(:cleo, '{"company": "Acme", "name": "Cleo"}');
SELECT is(pg_temp.news(), 'contact.updated', 'R50: other details do not reach calendars');

-- Reminders.
SELECT contacts.add_reminder(:google, now() - interval '1 min', 'email') AS r1, contacts.add_reminder(:google, now() - interval '1 min', 'sms') AS r2;
SELECT contacts.update_contact(:ann, '{"email": "ann7@example.org", "phone": "+14155550107"}');
SELECT results_eq('SELECT channel, recipient FROM contacts.take_due_reminders() ORDER BY 1', $$VALUES ('email', 'ann7@example.org'), ('sms', '+14155550107')$$, 'R50: reminders go to who it is when they are taken');
SELECT contacts.add_reminder(:google, now() - interval '1 min', 'email');
UPDATE contacts.contact SET email = 'ann8@example.org' WHERE account_id = 1 AND contact_id = :ann;
SELECT is((SELECT recipient FROM contacts.take_due_reminders()), 'ann8@example.org', 'R50: after a plain UPDATE too');
SELECT pg_temp.news();

-- ---- connected CRMs and workflows stay in sync -----------------------------------------------------

SELECT contacts.connect_integration('hubspot', 'crm'), contacts.connect_integration('zapier', 'workflow'), contacts.connect_integration('caldav', 'calendar');
SELECT contacts.update_contact(:bob, '{"email": "bob2@example.org"}');
SELECT is(pg_temp.news(), 'calendar.update bob, contact.updated, integration.update hubspot, integration.update zapier', 'R50: one event per crm and workflow, none for a calendar');
SELECT results_eq($$SELECT payload ->> 'system', payload -> 'changes' -> 'email' FROM contacts.event WHERE kind = 'integration.update' ORDER BY 1$$,
	format($$VALUES ('hubspot', '{"old": "%s@many.example", "new": "bob2@example.org"}'::jsonb), ('zapier', '{"old": "%s@many.example", "new": "bob2@example.org"}')$$, :bob, :bob), 'R50: with old and new value');
SELECT contacts.update_contact(:bob, '{"email": "bob3@example.org", "phone": "+14155550198"}');
SELECT is((SELECT string_agg(payload ->> 'system', ' ' ORDER BY 1) FROM contacts.event WHERE kind = 'integration.update' AND payload -> 'changes' -> 'phone' ->> 'new' = '+14155550198'), 'hubspot zapier', 'R50: both at once are one event per system');
SELECT pg_temp.news();
UPDATE contacts.contact SET company = 'Acme' WHERE account_id = 1 AND contact_id = :bob;
SELECT is(pg_temp.news(), 'contact.updated', 'R50: other details do not reach integrations');
UPDATE contacts.contact SET email = 'BOB3@example.org' WHERE account_id = 1 AND contact_id = :bob;
SELECT is(pg_temp.recipients(:bob), 'bob=BOB3@example.org/+14155550198', 'R50: another spelling is shown, so it is sent');
SELECT pg_temp.news();
UPDATE contacts.contact SET email = NULL WHERE account_id = 1 AND contact_id = :bob;
SELECT is(pg_temp.news(), 'contact.updated, integration.update hubspot, integration.update zapier', 'R50: a removed e-mail reaches integrations');
SELECT is(pg_temp.recipients(:bob), 'bob=BOB3@example.org/+14155550198', 'R50: planned activities keep their last recipient');
INSERT INTO contacts.contact (account_id, email) VALUES (1, 'new@example.org');
SELECT is(pg_temp.news(), 'contact.created', 'R50: a new contact is no change');
INSERT INTO contacts.contact (account_id, email) VALUES (2, 'elsewhere@example.org');
UPDATE contacts.contact SET email = 'elsewhere2@example.org' WHERE account_id = 2;
SELECT is(pg_temp.news(), 'contact.created, contact.updated', 'R3: integrations of another account do not hear of it');
SELECT contacts.disconnect_integration('hubspot');
UPDATE contacts.contact SET email = 'bob4@example.org' WHERE account_id = 1 AND contact_id = :bob;
SELECT is(pg_temp.news(), 'calendar.update bob, contact.updated, integration.update zapier', 'R50: a disconnected system hears nothing');
UPDATE contacts.contact SET deleted_at = now() WHERE account_id = 1 AND contact_id = :bob;
SELECT is(pg_temp.news(), 'contact.deleted', 'R51: no event tells a CRM to delete anything');
UPDATE contacts.contact SET email = 'gone@example.org' WHERE account_id = 1 AND contact_id = :bob;
SELECT is(pg_temp.recipients(:bob), 'bob=bob4@example.org/+14155550198', 'R51: a deleted contact reaches nobody');
SELECT pg_temp.news();

-- ---- in the same transaction ----------------------------------------------------------------------

SAVEPOINT before;
UPDATE contacts.contact SET email = 'never@example.org' WHERE account_id = 1 AND contact_id = :ann;
SELECT alike(pg_temp.recipients(:ann), 'exchange=never@example.org/%', 'R50: at once');
ROLLBACK TO before;
SELECT alike(pg_temp.recipients(:ann), 'exchange=ann8@example.org/%', 'R50: rolled back with the edit');
SELECT is(pg_temp.news(), 'nothing', 'R50: and so are its events');

-- ---- R100: events ---------------------------------------------------------------------------------

SET LOCAL contacts.actor = 'app 7';
INSERT INTO contacts.contact (account_id, name, email, status) VALUES (1, 'Eve', 'eve@example.org', 'qualified') RETURNING contact_id AS eve \gset
SELECT is((SELECT format('%s %s %s %s %s', kind, cause, actor, version, occurred_at = now()) FROM contacts.event WHERE contact_id = :eve), 'contact.created sql app 7 1 t', 'R100: created: kind, cause, actor, version, time');
SELECT is((SELECT payload #>> '{changes,name,new}' || ' ' || (payload #>> '{changes,status,new}') FROM contacts.event WHERE contact_id = :eve), 'Eve qualified', 'R100: with its values');
SELECT pg_temp.news();
SELECT contacts.set_status(ARRAY[:eve]::bigint[], 'disqualified');
SELECT is(pg_temp.news(), 'contact.status_changed', 'R100: status_changed');
SELECT is((SELECT format('%s %s', cause, payload #> '{changes,status}') FROM contacts.event WHERE contact_id = :eve ORDER BY event_id DESC LIMIT 1), 'set_status {"new": "disqualified", "old": "qualified"}', 'R100: with old, new and cause');
SELECT contacts.update_contact(:eve, '{"status": "qualified", "company": "Acme"}');
SELECT is(pg_temp.news(), 'contact.status_changed, contact.updated', 'R100: status and details: both');
SELECT contacts.update_contact(:eve, '{"company": "Acme"}');
SELECT is(pg_temp.news(), 'nothing', 'R20: an equal value is no event');
UPDATE contacts.contact SET company = 'Acme' WHERE account_id = 1 AND contact_id = :eve;
SELECT is(pg_temp.news(), 'nothing', 'R20: nor by plain SQL');
SELECT contacts.define_field('size', 'number');
SELECT contacts.update_contact(:eve, '{"fields": {"size": 5}}');
SELECT is((SELECT payload #> '{changes,fields.size}' FROM contacts.event WHERE contact_id = :eve ORDER BY event_id DESC LIMIT 1), '{"new": 5, "old": null}', 'R100: a custom field');
SELECT pg_temp.news();
UPDATE contacts.contact SET deleted_at = now() WHERE account_id = 1 AND contact_id = :eve;
SELECT is(pg_temp.news(), 'contact.deleted', 'R100: deleted');
UPDATE contacts.contact SET deleted_at = NULL WHERE account_id = 1 AND contact_id = :eve;
SELECT is(pg_temp.news(), 'contact.restored', 'R100: restored');
DELETE FROM contacts.contact WHERE account_id = 1 AND contact_id = :eve;
SELECT is(pg_temp.news(), 'contact.deleted', 'R100: removed for good');
SELECT contacts.record_activity('form', email => 'fred@example.org');
SELECT is((SELECT format('%s %s', kind, cause) FROM contacts.event ORDER BY event_id DESC LIMIT 1), 'contact.created record_activity', 'R100: by record_activity');
SELECT pg_temp.news();
SELECT contacts.record_activity('form', email => 'fred@example.org');
SELECT is(pg_temp.news(), 'nothing', 'R100: a mere activity is no event');
SELECT contacts.set_account(activity_events => true);
SELECT contacts.record_activity('form', email => 'fred@example.org', title => 'heard');
SELECT is(pg_temp.news(), 'activity.recorded heard', 'R100: unless the account wants it');
SELECT contacts.record_activity('form', email => 'gina@example.org', title => 'both');
SELECT is(pg_temp.news(), 'activity.recorded both, contact.created', 'R100: beside those of the contact');
SELECT contacts.record_activity('form', title => 'nobody');
SELECT is(pg_temp.news(), 'activity.recorded nobody', 'R100: of nobody known too');
SELECT count(*) FROM contacts.record_activities('[{"kind": "form", "email": "fred@example.org", "title": "b1"}, {"kind": "form", "email": "fred@example.org", "title": "b2"}]');
SELECT is(pg_temp.news(), 'activity.recorded b1, activity.recorded b2', 'R100: batches');
SELECT contacts.record_activity('form', email => 'other@example.org', account_id => 2);
SELECT is(pg_temp.news(), 'contact.created', 'R100: not in an account that has it off');
SELECT contacts.set_account(activity_events => false);
SELECT contacts.record_activity('form', email => 'fred@example.org');
SELECT is(pg_temp.news(), 'nothing', 'R100: off again');
SELECT is((SELECT count(*) FROM contacts.event WHERE actor IS NULL OR cause IS NULL OR version <> 1 OR NOT payload ? 'contact_id'), 0::bigint, 'R100: every event names actor, cause, version and contact');
SELECT is((SELECT count(*) FROM contacts.event WHERE kind IN ('calendar.update', 'contact.updated', 'integration.update') AND coalesce(payload -> 'changes' ->> 'email', payload -> 'changes' ->> 'phone', payload -> 'changes' ->> 'company', payload -> 'changes' ->> 'name', payload -> 'changes' ->> 'fields.size') IS NULL), 0::bigint, 'R100: every change says what changed, calendar.update too');
SELECT is((SELECT count(*) FROM contacts.event WHERE kind IN ('contact.updated', 'contact.status_changed') AND (payload -> 'changes') ?| '{account_id,contact_id}'), 0::bigint, 'R100: and only that');

-- ---- R100: NOTIFY, by two other sessions ----------------------------------------------------------

SELECT dblink_connect(name, format('host=%s port=%s dbname=%s user=%s', split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database(), current_user)) FROM unnest('{ear,mouth}'::text[]) name;
CREATE FUNCTION pg_temp.says(VARIADIC statements text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	FOREACH statement IN ARRAY statements LOOP
		PERFORM dblink_exec('mouth', statement);
	END LOOP;
	PERFORM * FROM dblink('ear', 'SELECT 1') AS t (one integer);
	RETURN (SELECT count(*) FROM dblink_get_notify('ear') WHERE notify_name = 'contacts_event');
END $$;
SELECT dblink_exec('ear', 'LISTEN contacts_event');
SELECT is(pg_temp.says($$INSERT INTO contacts.contact (account_id, name) VALUES (80, 'A')$$), 0::bigint, 'R100: contacts.notify is off: nothing');
SELECT is(pg_temp.says('SET contacts.notify = on', $$INSERT INTO contacts.contact (account_id, name) VALUES (80, 'B')$$), 1::bigint, 'R100: on: one');
SELECT is(pg_temp.says('BEGIN', $$INSERT INTO contacts.contact (account_id, name) SELECT 80, 'C' FROM generate_series(1, 50)$$, 'SAVEPOINT s', $$UPDATE contacts.contact SET name = 'D' WHERE account_id = 80$$, 'RELEASE s', $$UPDATE contacts.contact SET company = 'D' WHERE account_id = 80$$, 'COMMIT'), 1::bigint, 'R100: one per transaction');
SELECT is(pg_temp.says('BEGIN', $$UPDATE contacts.contact SET name = 'E' WHERE account_id = 80$$, 'ROLLBACK'), 0::bigint, 'R100: none of a transaction that is rolled back');
SELECT is(pg_temp.says($$UPDATE contacts.contact SET name = 'D' WHERE account_id = 80$$), 0::bigint, 'R100: none without an event');
SELECT dblink_disconnect('ear'), dblink_disconnect('mouth');

SELECT is_empty('SELECT * FROM contacts.check()', 'check() is empty');
SELECT is_empty('SELECT * FROM contacts.audit_verify()', 'audit_verify() is empty');
SELECT * FROM finish();
ROLLBACK;
