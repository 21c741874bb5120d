-- events.sql: events and who takes them, reminders, integrations (R50, R51, R100-R102).
-- Several sessions at once are the matter of test/property/events.py.
\ir start.psql
BEGIN;
SELECT plan(88);

CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || CASE WHEN detail = '' THEN ' without detail' ELSE '' END
		|| CASE WHEN hint = '' THEN ' without hint' ELSE '' END;
END $$;
-- What a call hands out, as `event:attempts`.
CREATE FUNCTION pg_temp.take(consumer text, max integer DEFAULT 100, account bigint DEFAULT 71)
	RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(event_id || ':' || attempts, ' '), '')
     FROM contacts.take_events(consumer, max, account) $$;
CREATE FUNCTION pg_temp.waiting(name text) RETURNS bigint[] LANGUAGE sql AS
$$ SELECT array_agg(event_id ORDER BY event_id) FROM contacts.event_delivery
    WHERE account_id = 71 AND consumer = name $$;
-- An event with its deliveries, as the triggers of contacts.contact write them.
CREATE FUNCTION pg_temp.tell(id bigint, contact bigint) RETURNS void LANGUAGE sql AS $$
	INSERT INTO contacts.event (account_id, event_id, contact_id, kind, actor, payload)
	VALUES (71, id, contact, 'contact.updated', 'test', '{"changes": {"name": {"old": "A", "new": "B"}}}');
	INSERT INTO contacts.event_delivery (account_id, consumer, event_id, contact_id)
	SELECT 71, consumer, id, contact FROM contacts.event_consumer WHERE account_id = 71;
$$;

-- ---- R101: taking and acknowledging ---------------------------------------------------------------

SELECT pg_temp.tell(id, contact) FROM (VALUES (1, 10), (2, 20), (3, 10), (4, NULL), (5, NULL)) v (id, contact);
SELECT is(pg_temp.take('mailer', 2), '1:1 2:1', 'R101: the first call registers, and gives what is there');
SELECT is(pg_temp.waiting('mailer'), '{1,2,3,4,5}', 'R101: a new consumer waits for every event kept');
SELECT is(pg_temp.take('mailer', 2), '4:1 5:1', 'R101: an event waits while an earlier one of its contact is in hand; those without contact do not');
SELECT is(pg_temp.take('mailer'), '', 'R101: what is in hand is not handed out');
SELECT is(pg_temp.take('archive', 1), '1:1', 'R101: each consumer has its own');
SELECT is(contacts.ack_events('mailer', '{1,1,4,99}', 71), 2::bigint, 'R101: ids that it does not wait for do not count');
SELECT is(pg_temp.take('mailer'), '3:1', 'R101: then the next of the contact comes');
SELECT is(contacts.ack_events('mailer', '{1,4}', 71), 0::bigint, 'R101: again is nothing');
SELECT is((SELECT array_agg(event_id ORDER BY event_id) FROM contacts.event WHERE account_id = 71), '{1,2,3,4,5}', 'R101: an event stays while another consumer waits for it');
SELECT is(contacts.ack_events('archive', '{1,2,4}', 71), 3::bigint, 'R101: events can be acknowledged unseen');
SELECT is((SELECT array_agg(event_id ORDER BY event_id) FROM contacts.event WHERE account_id = 71), '{2,3,5}', 'R101: what all acknowledged is trimmed');
SELECT pg_temp.tell(6, 20);
SELECT is(pg_temp.waiting('mailer') || pg_temp.waiting('archive'), '{2,3,5,6,3,5,6}', 'R101: a new event is for all consumers');

-- Some time passes, a session ends.
UPDATE contacts.event_delivery SET taken_at = taken_at - contacts.event_lease() - interval '1 s'
 WHERE account_id = 71 AND consumer = 'mailer' AND event_id = 2;
SELECT is(pg_temp.take('mailer'), '2:2 6:1', 'R101: an event held too long comes again, with its followers');
UPDATE contacts.event_delivery SET taken_session = taken_session - interval '1 s' WHERE account_id = 71 AND consumer = 'mailer' AND event_id = 3;
SELECT is(pg_temp.take('mailer'), '3:2', 'R101: another session with the same process id does not hold it');
UPDATE contacts.event_delivery SET taken_by = 0 WHERE account_id = 71 AND consumer = 'mailer' AND contact_id = 20;
SELECT is(pg_temp.take('mailer', 1), '2:3', 'R101: an event of a session that is gone comes again at once');
SELECT is(pg_temp.take('mailer'), '', 'R101: but not past the one in hand');
UPDATE contacts.event_delivery SET taken_session = NULL WHERE account_id = 71;
SELECT is(pg_temp.take('mailer'), '', 'R101: a session that began at an unknown time counts as present');
SELECT is((SELECT count(*) FROM contacts.event_delivery WHERE account_id = 71 AND taken_by = pg_backend_pid()), 3::bigint, 'R101: the holder is noted');
SELECT results_eq($$SELECT contact_id, kind, actor, cause, payload FROM contacts.take_events('archive', 1, 71)$$,
	$$VALUES (10::bigint, 'contact.updated', 'test', NULL::text, '{"changes": {"name": {"old": "A", "new": "B"}}}'::jsonb)$$, 'R101: the event itself');
SELECT is(pg_temp.take('mailer', account => 72), '', 'R3: another account has its own consumers and events');

SELECT lives_ok($$SELECT contacts.drop_consumer('archive', 71)$$, 'R101: a consumer can be dropped');
SELECT is(pg_temp.waiting('archive'), NULL, 'R101: then it waits for nothing');
SELECT is(contacts.ack_events('mailer', '{2,3,5,6}', 71), 4::bigint, 'R101: all done');
SELECT is((SELECT count(*) FROM contacts.event WHERE account_id = 71), 0::bigint, 'R101: nothing is left');
SELECT contacts.drop_consumer('mailer', 71);
SELECT pg_temp.tell(7, 10), pg_temp.tell(8, 10);
UPDATE contacts.event SET occurred_at = now() - interval '31 days' WHERE account_id = 71 AND event_id = 7;
SELECT is(contacts.trim_events(account_id => 71), 1::bigint, 'R101: without consumers, events go by age');
SELECT is(pg_temp.take('late'), '8:1', 'R101: what is kept is for consumers that come later');
SELECT is(contacts.trim_events('0 s', 71), 0::bigint, 'R101: no event goes that somebody waits for');
INSERT INTO contacts.event_delivery (account_id, consumer, event_id) VALUES (71, 'nobody', 8);
SELECT contacts.trim_events(account_id => 71);
SELECT is(pg_temp.waiting('nobody'), NULL, 'R101: nothing waits for a consumer that is gone');

SELECT is(pg_temp.refusal(statement), state, statement) FROM (VALUES
	($$SELECT contacts.take_events('')$$, '22023'), ($$SELECT contacts.take_events(E' \t')$$, '22023'), ($$SELECT contacts.take_events(NULL)$$, '22023'),
	($$SELECT contacts.take_events(repeat('x', 64))$$, '22023'), ($$SELECT contacts.take_events('x', 0)$$, '22023'), ($$SELECT contacts.take_events('x', 10001)$$, '22023'),
	($$SELECT contacts.take_events('x', NULL)$$, '22023'), ($$SELECT contacts.ack_events('nobody', '{1}')$$, 'P0002'), ($$SELECT contacts.ack_events('x', NULL)$$, '22023'),
	($$SELECT contacts.drop_consumer('nobody')$$, 'P0002'), ($$SELECT contacts.trim_events('-1 day')$$, '22023'), ($$SELECT contacts.trim_events(NULL)$$, '22023'),
	($$SELECT contacts.event_cloudevent(-1)$$, 'P0002'), ($$SELECT contacts.event_cloudevent(NULL)$$, 'P0002'),
	($$SELECT contacts.event_cloudevent(8)$$, 'P0002')) v (statement, state);

-- ---- R100: shapes of an event -----------------------------------------------------------------------

UPDATE contacts.event SET occurred_at = '2026-01-02 03:04:05.678+02', cause = 'update_contact' WHERE account_id = 71 AND event_id = 8;
SELECT is(contacts.event_cloudevent(8, 71), '{"specversion": "1.0", "id": "8", "source": "/contacts/accounts/71", "type": "contacts.contact.updated", "subject": "contact/10",
	"time": "2026-01-02T01:04:05.678000Z", "datacontenttype": "application/json", "data": {"changes": {"name": {"old": "A", "new": "B"}}, "contact_id": 10,
	"cause": "update_contact", "actor": "test", "version": 1}}', 'R100: CloudEvents 1.0');
SELECT pg_temp.tell(9, NULL);
SELECT ok(NOT contacts.event_cloudevent(9, 71) ? 'subject', 'R100: an event about no contact has no subject');
INSERT INTO contacts.member (account_id, member_id, access) VALUES (71, 5, 'own');
INSERT INTO contacts.contact (account_id, contact_id, owner_id) VALUES (71, 10, 5), (71, 11, NULL);
SELECT max(event_id) AS hidden FROM contacts.event WHERE account_id = 71 AND contact_id = 11 \gset
SELECT activity_id AS hers FROM contacts.record_activity('call', assigned_to => 5, account_id => 71) \gset
SELECT activity_id AS nobodys FROM contacts.record_activity('call', account_id => 71) \gset
SET LOCAL contacts.account_id = 71;
SET LOCAL contacts.member_id = 5;
SELECT is(contacts.event_cloudevent(8) ->> 'id', '8', 'R81: a member reads events of contacts that are visible');
SELECT is(pg_temp.refusal(format('SELECT contacts.event_cloudevent(%s)', :hidden)), 'P0002', 'R81: and no others');
SELECT lives_ok(format('SELECT contacts.add_reminder(%s, now(), ''email'')', :hers), 'R81: and reminds of activities that are visible');
SELECT is(pg_temp.refusal(format('SELECT contacts.add_reminder(%s, now(), ''email'')', :nobodys)), 'P0002', 'R81: and of no others');
RESET contacts.member_id;
DELETE FROM contacts.contact WHERE account_id = 71;
DELETE FROM contacts.event WHERE account_id = 71 AND event_id > 9 OR account_id = 71 AND kind <> 'contact.updated';
SET LOCAL timezone = 'UTC';
SELECT results_eq($$SELECT id, aggregatetype, aggregateid, type, payload FROM contacts.event_outbox WHERE account_id = 71 ORDER BY id$$,
	$$VALUES (8::bigint, 'contact', '10', 'contact.updated', '{"event_id": 8, "account_id": 71, "contact_id": 10, "kind": "contact.updated", "occurred_at": "2026-01-02T01:04:05.678+00:00",
		"cause": "update_contact", "actor": "test", "version": 1, "changes": {"name": {"old": "A", "new": "B"}}}'::jsonb),
	(9, 'contact', '', 'contact.updated', (SELECT to_jsonb(e) - 'payload' || e.payload FROM contacts.event e WHERE account_id = 71 AND event_id = 9))$$, 'R100: the columns of an outbox');

-- ---- R100: changes raise events ------------------------------------------------------------------------

CREATE FUNCTION pg_temp.told(account bigint, contact bigint DEFAULT NULL) RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg(kind ORDER BY event_id) FROM contacts.event
    WHERE account_id = account AND contact_id = coalesce(contact, contact_id) $$;
SET LOCAL contacts.account_id = 73;
SET LOCAL contacts.actor = 'robot';
SELECT is(pg_temp.take('crm', account => 73), '', 'R101: a consumer may come before the first event');
SELECT (contacts.record_activity('form', email => 'ann@example.org', name => 'Ann')).contact_id AS ann \gset
SELECT contacts.update_contact(:ann, '{"name": "Anna"}');
SELECT contacts.update_contact(:ann, '{"name": "Anna"}');
SELECT contacts.set_status(ARRAY[:ann], 'qualified');
UPDATE contacts.contact SET deleted_at = now() WHERE account_id = 73 AND contact_id = :ann;
UPDATE contacts.contact SET deleted_at = NULL WHERE account_id = 73 AND contact_id = :ann;
SELECT is(pg_temp.told(73), '{contact.created,contact.updated,contact.status_changed,contact.deleted,contact.restored}', 'R100: one event per change, none for an equal value');
SELECT is((SELECT array_agg(event_id) FROM contacts.take_events('crm')), (SELECT array_agg(event_id ORDER BY event_id) FROM contacts.event WHERE account_id = 73),
	'R101: written events are for the consumer');
SELECT is((SELECT payload -> 'changes' -> 'name' FROM contacts.event WHERE account_id = 73 AND kind = 'contact.updated'), '{"old": "Ann", "new": "Anna"}', 'R100: old and new value');
SELECT is((SELECT DISTINCT actor FROM contacts.event WHERE account_id = 73), 'robot', 'R100: the actor');

-- R50: integrations
SELECT contacts.connect_integration('hubspot', 'crm'), contacts.connect_integration('zapier', 'crm'), contacts.connect_integration('zapier', 'workflow'), contacts.connect_integration('old', 'crm');
SELECT contacts.disconnect_integration('old');
SELECT results_eq('SELECT system COLLATE "default", kind FROM contacts.integration WHERE account_id = 73 ORDER BY 1', $$VALUES ('hubspot', 'crm'), ('zapier', 'workflow')$$, 'R50: connected systems');
DELETE FROM contacts.event WHERE account_id = 73;
SELECT contacts.update_contact(:ann, '{"email": "anna@example.org"}');
SELECT contacts.update_contact(:ann, '{"company": "Acme"}');
SELECT results_eq($$SELECT kind, payload ->> 'system', payload -> 'changes' -> 'email' FROM contacts.event WHERE account_id = 73 AND kind = 'integration.update' ORDER BY event_id$$,
	$$VALUES ('integration.update', 'hubspot', '{"old": "ann@example.org", "new": "anna@example.org"}'::jsonb), ('integration.update', 'zapier', '{"old": "ann@example.org", "new": "anna@example.org"}')$$,
	'R50: one event per connected system, only for e-mail and phone');
SELECT is(pg_temp.refusal(statement), state, statement) FROM (VALUES
	($$SELECT contacts.connect_integration('', 'crm')$$, '22023'), ($$SELECT contacts.connect_integration('x', 'fax')$$, '22023'), ($$SELECT contacts.connect_integration('x', NULL)$$, '22023'),
	($$SELECT contacts.connect_integration(NULL, 'crm')$$, '22023'), ($$SELECT contacts.disconnect_integration('old')$$, 'P0002'), ($$SELECT contacts.disconnect_integration(NULL)$$, 'P0002')) v (statement, state);

-- ---- R102: reminders ---------------------------------------------------------------------------------

SET LOCAL contacts.account_id = 74;
CREATE FUNCTION pg_temp.due() RETURNS SETOF text LANGUAGE sql AS
$$ SELECT concat_ws(' ', c.name, r.channel, r.recipient) FROM contacts.take_due_reminders() r
     LEFT JOIN contacts.contact c ON c.account_id = 74 AND c.contact_id = r.contact_id $$;
CREATE FUNCTION pg_temp.later() RETURNS void LANGUAGE sql AS     -- as if nobody had taken them
$$ UPDATE contacts.reminder SET taken_at = taken_at - interval '1 day' WHERE account_id = 74 $$;
SELECT contact_id AS bob, activity_id AS meeting FROM contacts.record_activity('booking', email => 'bob@example.org', phone => '+14155550131', name => 'Bob',
	state => 'scheduled', starts_at => now() + interval '1 day') \gset
SELECT contacts.add_reminder(:meeting, now() - interval '3 min', 'email') AS mail, contacts.add_reminder(:meeting, now() - interval '2 min', 'SMS') AS sms,
       contacts.add_reminder(:meeting, now() + interval '1 hour', 'email') AS early \gset
SELECT results_eq('SELECT * FROM contacts.take_due_reminders(1)', format($$SELECT %s::bigint, %s::bigint, %s::bigint, 'email', 'bob@example.org', now() - interval '3 min', now() + interval '1 day'$$, :mail, :meeting, :bob),
	'R102: what is due, the earliest first');
SELECT is(ARRAY(SELECT pg_temp.due()), '{"Bob SMS +14155550131"}', 'R102: the phone for text messages; nothing twice');
SELECT is(ARRAY(SELECT pg_temp.due()), '{}', 'R102: what is in hand is not handed out');
UPDATE contacts.reminder SET taken_by = 0 WHERE account_id = 74 AND reminder_id = :sms;
SELECT is(ARRAY(SELECT pg_temp.due()), '{"Bob SMS +14155550131"}', 'R102: a session that is gone holds nothing');
SELECT pg_temp.later();
SELECT contacts.update_contact(:bob, '{"email": "robert@example.org", "phone": "+14155550132"}');
SELECT is(ARRAY(SELECT pg_temp.due()), '{"Bob email robert@example.org","Bob SMS +14155550132"}', 'R50: the recipient as it is when taken');
SELECT is(contacts.ack_reminders(ARRAY[:sms, :sms, 99999999]), 1::bigint, 'R102: acknowledged');
SELECT is(contacts.ack_reminders(ARRAY[:sms]), 0::bigint, 'R102: once');
SELECT pg_temp.later();
SELECT is(ARRAY(SELECT pg_temp.due()), '{"Bob email robert@example.org"}', 'R102: an acknowledged one does not come again, others do');
SELECT pg_temp.later();
SELECT contacts.cancel_activity(:meeting);
SELECT is(ARRAY(SELECT pg_temp.due()), '{}', 'R102: none for what is cancelled');
SELECT contacts.reschedule_activity(:meeting, now() + interval '2 days');
-- Merged into Eve, who is merged into Zoe.
SELECT (contacts.upsert_contact(email => 'eve@example.org', name => 'Eve')).contact_id AS eve, (contacts.upsert_contact(email => 'zoe@example.org', name => 'Zoe')).contact_id AS zoe \gset
SELECT contacts.merge_contacts(:eve, ARRAY[:bob]) AS first_merge, contacts.merge_contacts(:zoe, ARRAY[:eve]) AS merge \gset
SELECT is(ARRAY(SELECT pg_temp.due()), '{"Zoe email zoe@example.org"}', 'R44, R102: the survivor is reminded');
SELECT pg_temp.later();
SELECT contacts.unmerge(:merge), contacts.unmerge(:first_merge);
SELECT contacts.delete_contacts(ARRAY[:bob]);
SELECT is(ARRAY(SELECT pg_temp.due()), '{"Bob email robert@example.org"}', 'R51: reminders of a deleted contact go on, to the recipient of the activity');
SELECT pg_temp.later();
DELETE FROM contacts.contact WHERE account_id = 74 AND contact_id = :bob;
SELECT is(ARRAY(SELECT pg_temp.due()), '{"email robert@example.org"}', 'R52: also of one that is purged');
SELECT pg_temp.later();
SELECT is_empty('SELECT * FROM contacts.take_due_reminders(account_id => 75)', 'R3: another account has none');
DELETE FROM contacts.activity WHERE account_id = 74 AND activity_id = :meeting;
SELECT is((SELECT count(*) FROM contacts.reminder WHERE account_id = 74), 0::bigint, 'R102: reminders go with their activity');
SELECT activity_id AS call FROM contacts.record_activity('call', state => 'scheduled') \gset
SELECT contacts.add_reminder(:call, now(), 'email');
SELECT is((SELECT recipient FROM contacts.take_due_reminders()), NULL, 'R32, R102: nobody known, no recipient');
SELECT is(pg_temp.refusal(format(statement, :call)), state, statement) FROM (VALUES
	('SELECT contacts.add_reminder(-1, now(), ''email'')', 'P0002'), ('SELECT contacts.add_reminder(NULL, now(), ''email'')', 'P0002'), ('SELECT contacts.add_reminder(%s, NULL, ''email'')', '22023'),
	('SELECT contacts.add_reminder(%s, ''infinity'', ''email'')', '22008'), ('SELECT contacts.add_reminder(%s, now(), '' '')', '22023'), ('SELECT contacts.add_reminder(%s, now(), NULL)', '22023'),
	('SELECT contacts.add_reminder(%s, now(), ''email'', 75)', 'P0002'), ('SELECT contacts.take_due_reminders(0)', '22023'), ('SELECT contacts.ack_reminders(NULL)', '22023')) v (statement, state);

SELECT is_empty('SELECT account, problem FROM unnest(ARRAY[71, 73, 74]) account, contacts.check(account)', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
