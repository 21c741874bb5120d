-- linking.sql: whose an activity is, said by hand (R35): contact_id in reports, link_activity(),
-- unlink_activity(), add_note().
\ir start.psql
\o /dev/null
SELECT contacts.current_account();
\o
BEGIN;
SELECT no_plan();
\set prefix linking_
\ir access_world.psql
SELECT setval(s, 1000) FROM unnest('{contacts.tag_tag_id_seq,contacts.member_member_id_seq}'::regclass[]) s \g /dev/null
-- 5 is merged into 1, 6 deleted; 2 has its own story above.
INSERT INTO contacts.contact (contact_id, name, email, owner_id) VALUES (5, 'Merged', 'm5@x.example', 11), (6, 'Deleted', 'd6@x.example', 11), (7, 'Bare', NULL, 11);
SELECT contacts.merge_contacts(1, '{5}'), contacts.delete_contacts('{6}') \g /dev/null

-- ---- contact_id in a report ---------------------------------------------------------------------

CREATE TEMP TABLE report AS SELECT * FROM (VALUES
	('alone', '{"contact_id":1}', '1 matched - -', 1), ('as text', '{"contact_id":"7"}', '7 matched - -', 7), ('merged', '{"contact_id":5}', '1 matched - -', 1),
	('against an e-mail', '{"contact_id":1,"email":"probe.h@a.example"}', '1 matched - 3', 1), ('against a phone', '{"contact_id":7,"phone":"+14155550103"}', '7 matched - 3', 7),
	('against an external id', '{"contact_id":7,"external_id":"crm:h"}', '7 matched - 3', 7), ('against a cookie', '{"contact_id":7,"visitor":"cookie-h"}', '7 matched - 3', 7),
	('with its own e-mail', '{"contact_id":1,"email":"probe.a@a.example"}', '1 matched - -', 1), ('with a new e-mail', '{"contact_id":7,"email":"new7@x.example","name":"Named"}', '7 matched - -', 7),
	('with another id of the system', '{"contact_id":1,"external_id":"crm:second"}', '1 matched - -', 1),
	('null', '{"contact_id":null,"email":"probe.a@a.example"}', '1 matched email -', 1),
	('unknown', '{"contact_id":99}', 'P0002 contact 99 does not exist', NULL), ('deleted', '{"contact_id":6}', 'P0002 contact 6 does not exist', NULL),
	('of another account', '{"contact_id":101}', 'P0002 contact 101 does not exist', NULL)) AS r (what, item, result, contact_id);
CREATE FUNCTION pg_temp.single(item jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	call text; r record;
BEGIN
	SELECT string_agg(format('%I => %L', key, value #>> '{}'), ', ') INTO call FROM jsonb_each(item);
	EXECUTE format('SELECT * FROM contacts.record_activity(''note'', title => ''linked'', %s)', call) INTO r;
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = concat_ws(' ', r.contact_id, r.outcome, coalesce(r.matched_by::text, '-'), coalesce(r.duplicate_of::text, '-'))
		|| '|' || coalesce((SELECT string_agg(coalesce(contact_id::text, '-'), ' ') FROM contacts.activity WHERE title = 'linked'), 'none')
		|| '|' || (SELECT string_agg(concat_ws(' ', kind, value, contact_id), ', ' ORDER BY kind, value) FROM contacts.identifier WHERE contact_id IN (1, 3, 7))
		|| '|' || (SELECT string_agg(concat_ws(' ', contact_id, other_id, state), ', ' ORDER BY contact_id, other_id) FROM contacts.duplicate);
EXCEPTION WHEN SQLSTATE 'AC000' THEN RETURN SQLERRM;
WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$;
CREATE FUNCTION pg_temp.batch(item jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r record;
BEGIN
	SELECT * INTO r FROM contacts.record_activities(jsonb_build_array(item || '{"kind":"note","title":"linked"}'));
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = concat_ws(' ', r.contact_id, r.outcome, coalesce(r.matched_by::text, '-'), coalesce(r.duplicate_of::text, '-'))
		|| '|' || coalesce((SELECT string_agg(coalesce(contact_id::text, '-'), ' ') FROM contacts.activity WHERE title = 'linked'), 'none')
		|| '|' || (SELECT string_agg(concat_ws(' ', kind, value, contact_id), ', ' ORDER BY kind, value) FROM contacts.identifier WHERE contact_id IN (1, 3, 7))
		|| '|' || (SELECT string_agg(concat_ws(' ', contact_id, other_id, state), ', ' ORDER BY contact_id, other_id) FROM contacts.duplicate);
EXCEPTION WHEN SQLSTATE 'AC000' THEN RETURN SQLERRM;
WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$;
SELECT is(split_part(pg_temp.single(item::jsonb), '|', 1), result, 'R35: contact_id ' || what) FROM report;
SELECT is(split_part(pg_temp.single(item::jsonb), '|', 2), contact_id::text, 'R35: it is its activity: ' || what) FROM report WHERE contact_id IS NOT NULL;
SELECT is(pg_temp.batch(item::jsonb), pg_temp.single(item::jsonb), 'R33, R35: a batch says and does the same: ' || what) FROM report;
SELECT is(pg_temp.failure(format('SELECT contacts.record_activity(''note'', contact_id => %s)', id)), 'P0002', 'R35: no contact has the id ' || id) FROM unnest('{0,-1}'::bigint[]) id;
SELECT is(pg_temp.failure(format('SELECT contacts.record_activities(''[{"kind":"note","contact_id":%s}]'')', id)), '22P02', 'R35: nor in a batch: ' || id) FROM unnest('{0,"\"x\"",1.5}'::text[]) id;
SELECT is((SELECT string_agg(concat_ws(' ', item, contact_id, left(error, 25)), ', ' ORDER BY item) FROM contacts.record_activities('[{"kind":"note","contact_id":7},
	{"kind":"note","contact_id":99},{"kind":"note","contact_id":7,"email":"b7@x.example"},{"kind":"note","email":"b7@x.example"}]', on_error => 'report')),
	'1 7, 2 contact 99 does not exist, 3 7, 4 7', 'R33, R35: a batch goes on behind an unknown contact, and sees what came before');
SELECT is((SELECT string_agg(concat_ws(' ', kind, value, contact_id), ', ') FROM contacts.identifier WHERE value IN ('b7@x.example', 'probe.h@a.example')),
	'email probe.h@a.example 3, email b7@x.example 7', 'R35: identifiers that nobody owns become its own, others stay') WHERE true;
SELECT is((pg_temp.person(7)).email, 'b7@x.example', 'R35: and a blank e-mail is shown');
-- R31: a repeat does not move it, an unlinked one becomes linked.
SELECT (contacts.record_activity('call', source => 's', source_ref => 'u')).activity_id AS u \gset
SELECT is((contacts.record_activity('call', source => 's', source_ref => 'u', contact_id => 7)).contact_id, 7::bigint, 'R31, R35: an unlinked activity becomes linked');
SELECT is((contacts.record_activity('call', source => 's', source_ref => 'u', contact_id => 1)).contact_id, 7::bigint, 'R31, R35: a linked one stays');
-- R41, R81: people name those whom they see, ingest whom it likes.
SELECT is(left(pg_temp.try(r, s), 5), 'P0002', format('R35, R81: a hidden contact does not exist: %s: %s', r, s)) FROM unnest('{own,team}'::text[]) r, unnest(ARRAY[
	$$SELECT contacts.record_activity('x', contact_id => 3)$$, $$SELECT contacts.record_activity('x', email => 'probe.h@a.example', contact_id => 3)$$,
	$$SELECT contacts.record_activities('[{"kind":"x","contact_id":3}]')$$, $$SELECT contacts.add_note(3, 'x')$$, $$SELECT contacts.link_activity(1, 3)$$,
	$$SELECT contacts.link_activity(3, 1)$$, $$SELECT contacts.unlink_activity(3)$$]) s;
SELECT is(replace(pg_temp.try('own', replace(s, '@', '3')), '3', '999'), replace(pg_temp.try('own', replace(s, '@', '999')), '3', '999'), 'R41: as if it were unknown: ' || s) FROM unnest(ARRAY[
	$$SELECT contacts.record_activity('x', contact_id => @)$$, $$SELECT contacts.add_note(@, 'x')$$, $$SELECT contacts.link_activity(1, @)$$, $$SELECT contacts.unlink_activity(@)$$]) s;
SELECT is(pg_temp.try('own', $$SELECT r.contact_id, r.duplicate_of FROM contacts.record_activity('x', email => 'probe.h@a.example', contact_id => 1) r$$), '[{"contact_id":1,"duplicate_of":null}]',
	'R41: the hidden owner of an identifier is not named');
SELECT is(pg_temp.try('ingest', $$SELECT r.contact_id FROM contacts.record_activity('x', contact_id => 3) r$$), '[{"contact_id":3}]', 'R35: ingest names any contact');

-- ---- link_activity, unlink_activity -------------------------------------------------------------

SELECT contacts.set_account(activity_events => true) \g /dev/null
CREATE FUNCTION pg_temp.after(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	event bigint := (SELECT coalesce(max(event_id), 0) FROM contacts.event); entry bigint := (SELECT coalesce(max(entry_id), 0) FROM contacts.audit_log);
BEGIN
	EXECUTE 'SELECT contacts.' || call;
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = (SELECT coalesce(contact_id::text, 'nobody') FROM contacts.activity WHERE activity_id = 1)
		|| '|' || coalesce((SELECT string_agg(concat_ws(' ', e.kind, e.contact_id), ', ' ORDER BY event_id) FROM contacts.event e WHERE event_id > event), '')
		|| '|' || coalesce((SELECT string_agg(concat_ws(' ', table_name, action, cause), ', ' ORDER BY entry_id) FROM contacts.audit_log WHERE entry_id > entry), '');
EXCEPTION WHEN SQLSTATE 'AC000' THEN RETURN SQLERRM;
WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$;
SELECT is(pg_temp.after(call), result, 'R35, R93, R100: ' || call) FROM (VALUES
	('link_activity(1, 7)', '7|activity.unlinked 1, activity.linked 7|activity update link_activity'), ('link_activity(1, 1)', '1||'), ('link_activity(1, 5)', '1||'),
	('link_activity(contact_id => 3, activity_id => 1)', '3|activity.unlinked 1, activity.linked 3|activity update link_activity'),
	('unlink_activity(1)', 'nobody|activity.unlinked 1|activity update unlink_activity'),
	('link_activity(1, 6)', 'P0002 contact 6 does not exist'), ('link_activity(1, 99)', 'P0002 contact 99 does not exist'), ('link_activity(1, 101)', 'P0002 contact 101 does not exist'),
	('link_activity(99, 1)', 'P0002 activity 99 does not exist'), ('unlink_activity(99)', 'P0002 activity 99 does not exist'), ('unlink_activity(101)', 'P0002 activity 101 does not exist'),
	('link_activity(NULL, 1)', '22023 invalid activity_id: null'), ('link_activity(1, NULL)', '22023 invalid contact_id: null'), ('unlink_activity(NULL)', '22023 invalid activity_id: null'))
	AS v (call, result);
SELECT contacts.unlink_activity(1) \g /dev/null
SELECT is(pg_temp.after('unlink_activity(1)'), 'nobody||', 'R20, R35: unlinked twice is once');
SELECT is(pg_temp.after('link_activity(1, 5)'), '1|activity.linked 1|activity update link_activity', 'R35, R44: a merged contact''s goes to the survivor');
SELECT is(pg_temp.try('own', s, then_ask => $$SELECT concat_ws(' ', contact_id, assigned_to) FROM contacts.activity WHERE activity_id = 4$$), w, 'R35: of what they see: ' || s)
FROM (VALUES ('SELECT contacts.link_activity(4, 7)', '7 11'), ('SELECT contacts.unlink_activity(4)', '11')) AS v (s, w);
SELECT matches(pg_temp.try(r, 'SELECT contacts.' || c), '^42501', format('R80: not of level %s: %s', r, c)) FROM unnest('{reader,ingest,admin2}'::text[]) r,
	unnest('{"link_activity(1, 7, 1)","unlink_activity(1, 1)","add_note(1, ''x'', account_id => 1)"}'::text[]) c;

-- ---- add_note -----------------------------------------------------------------------------------

SELECT contacts.add_note(5, ' Call back on Monday ', title => 'To do') AS note \gset
SELECT is((SELECT concat_ws('|', contact_id, kind, title, state, data) FROM contacts.activity WHERE activity_id = :note), '1|note|To do|completed|{"note": " Call back on Monday "}',
	'R35, R44: a note is an activity of the contact, or of its survivor');
SELECT is(pg_temp.error_of('SELECT contacts.add_note(' || a || ')'), e, 'R35: add_note(' || a || ')') FROM (VALUES
	('1, '' ''', '22023 | invalid note: blank | A note has a text. | Give what is to be remembered about the contact.'),
	('1, NULL', '22023 | invalid note: null | The argument must not be null. | Give a value for note.'), ('NULL, ''x''', '22023 | invalid contact_id: null | The argument must not be null. | Give a value for contact_id.'))
	AS v (a, e);
SELECT is(pg_temp.failure('SELECT contacts.add_note(' || id || ', ''x'')'), 'P0002', 'R35: no note of contact ' || id) FROM unnest('{0,-1,6,99,101}'::bigint[]) id;
-- Who reported it (R93).
SELECT is(pg_temp.try('own', $$SELECT contacts.add_note(1, 'by own') FROM set_config('contacts.actor', 'desk', true)$$, then_ask =>
	$$SELECT concat_ws(' ', member_id, actor, role_name) FROM contacts.activity WHERE data ->> 'note' = 'by own'$$), '11 desk linking_own', 'R93: an activity says who reported it');

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
