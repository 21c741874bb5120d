-- activities.sql: recording, repeating, batching, cancelling and moving activities (R30-R33).
\ir start.psql
BEGIN;
SELECT plan(52);

CREATE FUNCTION pg_temp.activity(id bigint) RETURNS contacts.activity LANGUAGE sql AS
$$ SELECT a FROM contacts.activity a WHERE account_id = 1 AND activity_id = id $$;
INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 7, 'Mia'), (1, 8, 'Max');

-- ---- R30: what an activity has ------------------------------------------------------------------

SELECT * FROM contacts.record_activity(' booking ', email => 'Ann@Example.org', phone => '+1 415 555 0130', name => 'Ann',
	occurred_at => '2026-01-01 09:00+00', source => 'booking-page', source_ref => 'b-1', title => 'Demo', data => '{"room":1}',
	state => 'scheduled', starts_at => '2026-02-01 10:00+00', ends_at => '2026-02-01 10:30+00', calendar => 'google', assigned_to => 7) \gset r_
SELECT is(pg_temp.activity(:r_activity_id::bigint), ROW(1, :r_activity_id::bigint, :r_contact_id::bigint, 'booking', 'booking-page', 'b-1', 'Demo',
	'scheduled', '2026-01-01 09:00+00', '2026-02-01 10:00+00', '2026-02-01 10:30+00', 7, 'Ann@Example.org', '+1 415 555 0130', 'google',
	'{"room":1}', '2026-01-01 09:00+00', now(), NULL, NULL, current_user, NULL)::contacts.activity, 'R30: kind, source, title, times, state, member, recipients as given, calendar, data');
SELECT * FROM contacts.record_activity('note') \gset n_
SELECT is(pg_temp.activity(:n_activity_id::bigint), ROW(1, :n_activity_id::bigint, NULL, 'note', NULL, NULL, NULL, 'completed', now(), NULL, NULL, NULL,
	NULL, NULL, NULL, '{}', now(), now(), NULL, NULL, current_user, NULL)::contacts.activity, 'R30: the kind is enough; it is completed, now');
SELECT is((pg_temp.activity((contacts.record_activity('note', state => s)).activity_id)).state::text, s, 'R30: state ' || s)
  FROM unnest(ARRAY['scheduled', 'active', 'completed', 'cancelled', 'no_show']) AS s;
SELECT is((pg_temp.activity((contacts.record_activity('note', occurred_at => NULL, data => NULL, state => NULL)).activity_id)).occurred_at,
	now(), 'R30: null stands for the default');
SELECT is((pg_temp.person(:r_contact_id::bigint)).source, 'booking-page', 'R30: the first source is the contact''s');

-- ---- R32: no identifier -------------------------------------------------------------------------

SELECT is((SELECT contact_id IS NULL AND outcome IS NULL AND matched_by IS NULL AND duplicate_of IS NULL AND activity_id IS NOT NULL
	FROM contacts.record_activity('chat', name => 'Somebody', company => 'Acme')), true, 'R32: a name identifies nobody; the activity is kept');
SELECT is((SELECT count(*)::int FROM contacts.contact WHERE name = 'Somebody'), 0, 'R32: and no contact made');
SELECT contacts.record_activity('call', email => 'ann@example.org', assigned_to => m) FROM unnest(ARRAY[7, 8]) AS m;
SELECT is((SELECT count(DISTINCT assigned_to)::int FROM contacts.timeline WHERE contact_id = :r_contact_id::bigint), 2,
	'R32: activities of every member''s work show on the contact');

-- ---- R31: idempotency ---------------------------------------------------------------------------

SELECT count(*) AS activities FROM contacts.activity \gset
SELECT * FROM contacts.record_activity('booking', email => 'ann@example.org', source => 'booking-page', source_ref => 'b-1',
	state => 'cancelled', title => 'Demo 2', starts_at => '2026-02-02 10:00+00', ends_at => '2026-02-02 11:00+00', data => '{"why":"ill"}',
	company => 'Acme') \gset again_
SELECT is(:'again_activity_id'::text, :'r_activity_id', 'R31: the same source and source_ref is the same activity');
SELECT is((SELECT count(*) FROM contacts.activity), :activities::bigint, 'R31: it is there once');
SELECT is((pg_temp.activity(:r_activity_id::bigint)).state || '|' || (pg_temp.activity(:r_activity_id::bigint)).title || '|' || (pg_temp.activity(:r_activity_id::bigint)).starts_at
	|| '|' || (pg_temp.activity(:r_activity_id::bigint)).ends_at || '|' || (pg_temp.activity(:r_activity_id::bigint)).data,
	'cancelled|Demo 2|2026-02-02 10:00:00+00|2026-02-02 11:00:00+00|{"why": "ill", "room": 1}', 'R31: state, times and data are updated');
SELECT is((pg_temp.person(:r_contact_id::bigint)).company, 'Acme', 'R31: a repeat brings details as usual');
SELECT is((pg_temp.activity(:r_activity_id::bigint)).occurred_at, '2026-01-01 09:00+00'::timestamptz, 'R31: it happened when it happened');
SELECT ctid::text || xmin AS before FROM contacts.activity WHERE activity_id = :r_activity_id::bigint \gset
SELECT contacts.record_activity('booking', email => 'Ann@Example.org', source => 'booking-page', source_ref => 'b-1', state => 'cancelled');
SELECT contacts.record_activity('booking', email => 'Ann@Example.org', source => 'booking-page', source_ref => 'b-1', state => 'cancelled');
SELECT ctid::text AS place FROM contacts.activity WHERE activity_id = :r_activity_id::bigint \gset
SELECT contacts.record_activity('booking', email => 'Ann@Example.org', source => 'booking-page', source_ref => 'b-1', state => 'cancelled');
SELECT is((SELECT ctid::text FROM contacts.activity WHERE activity_id = :r_activity_id::bigint), :'place', 'R20, R31: an equal repeat writes nothing');
SELECT isnt((contacts.record_activity('booking', source => 'other', source_ref => 'b-1')).activity_id, :r_activity_id::bigint,
	'R31: the same reference of another source is another activity');
SELECT isnt((contacts.record_activity('booking', source => 'booking-page', source_ref => 'b-2')).activity_id, :r_activity_id::bigint,
	'R31: so is another reference');
SELECT is((contacts.record_activity('x', source_ref => 'no-source')).activity_id, (contacts.record_activity('x', source_ref => 'no-source')).activity_id,
	'R31: a reference without source is a key, too');
SELECT isnt((contacts.record_activity('x', source => 's')).activity_id, (contacts.record_activity('x', source => 's')).activity_id,
	'R31: a source without reference is none');
SELECT isnt((contacts.record_activity('booking', source => 'booking-page', source_ref => 'b-1', account_id => 2)).activity_id, :r_activity_id::bigint,
	'R31: each account has its own references');
SELECT isnt((contacts.record_activity('x', source => 's', source_ref => blank)).activity_id, (contacts.record_activity('x', source => 's', source_ref => blank)).activity_id,
	'R31: a blank reference is none: ' || to_json(blank)) FROM unnest(ARRAY['', ' ']) AS blank;
-- not to another contact; unlinked ones may become linked
SELECT (contacts.upsert_contact(email => 'bob@example.org')).contact_id AS b \gset
SELECT * FROM contacts.record_activity('booking', email => 'bob@example.org', name => 'Bob', source => 'booking-page', source_ref => 'b-1') \gset moved_
SELECT is(:'moved_contact_id'::text, :'r_contact_id', 'R31: a repeat does not move the activity to another contact');
SELECT is((pg_temp.activity(:r_activity_id::bigint)).contact_id, :r_contact_id::bigint, 'R31: in the table either');
SELECT is((pg_temp.person(:b::bigint)).name, 'Bob', 'R31: details go to whom the identifiers name');
SELECT (contacts.record_activity('chat', source => 'bot', source_ref => 'c-1')).activity_id AS c \gset
SELECT is((contacts.record_activity('chat', email => 'bob@example.org', source => 'bot', source_ref => 'c-1')).contact_id, :b::bigint,
	'R31: an unlinked one becomes linked');
SELECT is((pg_temp.activity(:c::bigint)).contact_id, :b::bigint, 'R31: in the table, too');
SELECT is((contacts.record_activity('chat', source => 'bot', source_ref => 'c-1')).contact_id, :b::bigint, 'R31: a repeat without identifier keeps the link');
-- times move together
SELECT contacts.record_activity('booking', source => 'cal', source_ref => 'e-1', state => 'scheduled', starts_at => '2026-03-01 10:00+00', ends_at => '2026-03-01 10:30+00');
SELECT is(pg_temp.failure($$SELECT contacts.record_activity('booking', source => 'cal', source_ref => 'e-1', state => 'scheduled',
	starts_at => '2026-03-02 10:00+00')$$), 'no error', 'R31: a repeat with a later start only is no error');
SELECT is(pg_temp.failure($$SELECT contacts.record_activities('[{"kind":"booking","source":"cal","source_ref":"e-1","ends_at":"2026-01-01T00:00Z"},
	{"kind":"note"}]', 'report')$$), 'no error', 'R33: a repeat whose times do not fit the stored ones spoils only its own item');

-- ---- R33: batches -------------------------------------------------------------------------------

CREATE TEMP TABLE story AS SELECT '[
 {"kind":"booking","email":"p1@example.org","name":"P1","source":"s","source_ref":"1"},
 {"kind":"call","phone":"+14155550331"},
 {"kind":"note","email":"P1@example.org","phone":"+14155550332","company":"Acme"},
 {"kind":"form","phone":"+14155550332","name":"P one"},
 {"kind":"form","email":"p2@example.org","phone":"+14155550331"},
 {"kind":"form","email":"p1@example.org","phone":"+14155550331"},
 {"kind":"chat","visitor":"vc"},
 {"kind":"chat","visitor":"vc","email":"p3@example.org"},
 {"kind":"chat","visitor":"vc","email":"p4@example.org"},
 {"kind":"sync","external_id":"crm:1","email":"p4@example.org"},
 {"kind":"sync","external_id":"crm:2","email":"p4@example.org"},
 {"kind":"note"},
 {"kind":"booking","email":"p1@example.org","source":"s","source_ref":"1","state":"cancelled","data":{"a":1}},
 {"kind":"note","email":"p2@example.org","name":"Old","occurred_at":"2020-01-01T00:00:00Z","status":"qualified"},
 {"kind":"note","email":"p2@example.org","name":"New","occurred_at":"2021-01-01T00:00:00Z","status":"disqualified"},
 {"kind":"note","email":"p2@example.org","name":"Older","occurred_at":"2019-01-01T00:00:00Z","timezone":"asia/tokyo"}
]'::jsonb AS items;

-- Ids told apart by order of appearance, so that two runs can be compared.
CREATE FUNCTION pg_temp.told(result contacts.recorded[]) RETURNS text[] LANGUAGE sql AS $$
WITH r AS (SELECT n, (u).* FROM unnest(result) WITH ORDINALITY AS x(a, c, o, m, d, n), LATERAL (SELECT a, c, o, m, d) u),
     first_a AS (SELECT a, dense_rank() OVER (ORDER BY min(n)) AS k FROM r GROUP BY a),
     first_c AS (SELECT c, dense_rank() OVER (ORDER BY min(n)) AS k FROM r WHERE c IS NOT NULL GROUP BY c)
SELECT array_agg(format('activity %s contact %s %s by %s pair %s', fa.k, coalesce(fc.k::text, '-'), coalesce(o::text, '-'),
	coalesce(m::text, '-'), coalesce(fd.k::text, '-')) ORDER BY n)
FROM r JOIN first_a fa USING (a) LEFT JOIN first_c fc USING (c) LEFT JOIN first_c fd ON fd.c = r.d $$;
CREATE FUNCTION pg_temp.state_of(account bigint) RETURNS TABLE (line text) LANGUAGE sql AS $$
WITH p AS (SELECT *, dense_rank() OVER (ORDER BY contact_id) AS k FROM contacts.contact WHERE account_id = account)
SELECT format('contact %s %s', k, to_jsonb(p) - '{account_id,contact_id,k}'::text[]) FROM p
UNION ALL SELECT format('key %s %s %s %s', i.kind, i.value, p.k, is_primary) FROM contacts.identifier i JOIN p USING (account_id, contact_id)
UNION ALL SELECT format('change %s %s %s %s', p.k, from_status, to_status, s.source) FROM contacts.status_change s JOIN p USING (account_id, contact_id)
UNION ALL SELECT format('pair %s %s %s', p.k, q.k, reasons) FROM contacts.duplicate d JOIN p USING (account_id, contact_id)
	JOIN p q ON q.account_id = d.account_id AND q.contact_id = d.other_id
UNION ALL SELECT format('activity %s %s', p.k, to_jsonb(a) - '{account_id,contact_id,activity_id}'::text[]) FROM contacts.activity a
	LEFT JOIN p USING (account_id, contact_id) WHERE a.account_id = account $$;
CREATE FUNCTION pg_temp.one_by_one(items jsonb, account bigint) RETURNS contacts.recorded[] LANGUAGE plpgsql AS $$
DECLARE result contacts.recorded[]; i jsonb; r contacts.recorded;
BEGIN
	FOR i IN SELECT jsonb_array_elements(items) LOOP
		r := contacts.record_activity(i->>'kind', email => i->>'email', phone => i->>'phone', visitor => i->>'visitor',
			external_id => i->>'external_id', name => i->>'name', company => i->>'company', timezone => i->>'timezone',
			status => i->>'status', occurred_at => coalesce((i->>'occurred_at')::timestamptz, now()), source => i->>'source',
			source_ref => i->>'source_ref', state => coalesce(i->>'state', 'completed'), data => coalesce(i->'data', '{}'), account_id => account);
		result := result || r;
	END LOOP;
	RETURN result;
END $$;
SELECT is(batch, single, 'R33: a batch gives the result of the same calls one by one')
  FROM story,
       LATERAL (SELECT pg_temp.told(array_agg(ROW(activity_id, contact_id, outcome, matched_by, duplicate_of)::contacts.recorded ORDER BY item)) AS batch
                  FROM contacts.record_activities(items, account_id => 31)) b,
       LATERAL (SELECT pg_temp.told(pg_temp.one_by_one(items, 32)) AS single) s;
SELECT set_eq('SELECT * FROM pg_temp.state_of(31)', 'SELECT * FROM pg_temp.state_of(32)', 'R33: and leaves the same rows');
SELECT is((SELECT array_agg(item ORDER BY item) FROM story, contacts.record_activities(items, account_id => 33)), (SELECT array_agg(n) FROM generate_series(1, 16) n),
	'R33: items count from 1, in order');
SELECT is_empty('SELECT account, problem FROM unnest(ARRAY[31, 32, 33]) account, contacts.check(account)', 'R112: check() after batches');
SELECT is_empty($$SELECT * FROM contacts.record_activities('[]')$$, 'R33: an empty batch');

SELECT count(*) AS activities FROM contacts.activity \gset
SELECT throws_ok($$SELECT contacts.record_activities('[{"kind":"a","email":"bat@example.org"},{"kind":"b","phone":"12"}]')$$, '22P02',
	'invalid phone number: "12"', 'R33: stop raises at the first bad item');
SELECT is((SELECT count(*) FROM contacts.activity), :activities::bigint, 'R33: and writes nothing');
SELECT results_eq($$SELECT item, activity_id IS NULL, contact_id IS NULL, error IS NULL FROM contacts.record_activities(
	'[{"kind":"a","email":"bat@example.org"},{"kind":"b","phone":"12"},{"nope":1},7,{"kind":"c","email":"BAT@example.org"},{"kind":"d","assigned_to":99}]', 'report')$$,
	$$VALUES (1, false, false, true), (2, true, true, false), (3, true, true, false), (4, true, true, false), (5, false, false, true), (6, true, true, false)$$,
	'R33: report skips bad items and says why');
SELECT is((SELECT count(*) FROM contacts.activity), :activities::bigint + 2, 'R33: the good ones are written');
SELECT matches((SELECT error FROM contacts.record_activities('[{"kind":"b","phone":"12"}]', 'report')), '^invalid phone number: "12": .+', 'R33: the error is told with its reason');

-- ---- cancel and reschedule ----------------------------------------------------------------------

SELECT (contacts.record_activity('booking', state => 'scheduled', starts_at => '2026-02-01 10:00+00', ends_at => '2026-02-01 10:45+00')).activity_id AS m1,
       (contacts.record_activity('booking', state => 'completed')).activity_id AS m2 \gset
SELECT contacts.reschedule_activity(:m1::bigint, '2026-02-03 12:00+00');
SELECT is((pg_temp.activity(:m1::bigint)).starts_at::text || (pg_temp.activity(:m1::bigint)).ends_at, '2026-02-03 12:00:00+002026-02-03 12:45:00+00',
	'R30: a moved activity keeps its length');
SELECT contacts.reschedule_activity(:m1::bigint, '2026-02-03 12:00+00', '2026-02-03 14:00+00');
SELECT is((pg_temp.activity(:m1::bigint)).ends_at, '2026-02-03 14:00+00'::timestamptz, 'R30: or gets the end given');
SELECT contacts.cancel_activity(:m1::bigint);
SELECT is((pg_temp.activity(:m1::bigint)).state, 'cancelled', 'R30: cancelled');
SELECT lives_ok(format('SELECT contacts.cancel_activity(%s)', :m1::bigint), 'R30: twice is the same as once');
SELECT contacts.reschedule_activity(:m1::bigint, '2026-02-04 12:00+00');
SELECT is((pg_temp.activity(:m1::bigint)).state, 'scheduled', 'R30: a cancelled one can be scheduled again');
SELECT is(pg_temp.failure(format('SELECT contacts.cancel_activity(%s)', :m2::bigint)), '55000', 'R30: what is completed cannot be cancelled');
SELECT is(pg_temp.failure(format('SELECT contacts.reschedule_activity(%s, now())', :m2::bigint)), '55000', 'R30: nor moved');
SELECT is(pg_temp.failure(format('SELECT contacts.cancel_activity(%s, account_id => 2)', :m1::bigint)), 'P0002', 'R3: another account has no such activity');

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
