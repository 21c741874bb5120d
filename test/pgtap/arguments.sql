-- The arguments of the reporting calls: the table in C has the names and positions of pg_proc (R30, R33, R71).
\ir start.psql
SELECT plan(7);

SELECT is(substring(pg_temp.error_of($$SELECT contacts.record_activities('[{"nonsense": 1}]')$$) FROM 'Allowed are: (.*)\.$'),
	(SELECT string_agg(n, ', ' ORDER BY i) FROM pg_proc p, unnest(p.proargnames) WITH ORDINALITY AS u (n, i)
	 WHERE p.oid = 'contacts.record_activity'::regproc),
	'record_activities takes the arguments of record_activity as keys, in their order');

INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 7, 'Ina');
SELECT contacts.define_field('size', 'number') \g /dev/null
-- Each argument has a value of its own, so that two that change places are seen.
SELECT FROM contacts.record_activity(kind => 'k1', email => 'e1@example.com', phone => '030 23125001', visitor => 'v1',
	external_id => 'x:1', name => 'n1', company => 'c1', timezone => 'Europe/Berlin', fields => '{"size": 1}', status => 'qualified',
	occurred_at => '2026-01-02Z', source => 's1', source_ref => 'r1', title => 't1', data => '{"d": 1}', state => 'scheduled',
	starts_at => '2026-02-03Z', ends_at => '2026-02-04Z', calendar => 'google', assigned_to => 7, region => 'DE', on_invalid => 'keep') \g /dev/null
SELECT FROM contacts.record_activities('[{"kind": "k1", "email": "e2@example.com", "phone": "030 23125002", "visitor": "v2",
	"external_id": "x:2", "name": "n1", "company": "c1", "timezone": "Europe/Berlin", "fields": {"size": 1}, "status": "qualified",
	"occurred_at": "2026-01-02Z", "source": "s1", "source_ref": "r2", "title": "t1", "data": {"d": 1}, "state": "scheduled",
	"starts_at": "2026-02-03Z", "ends_at": "2026-02-04Z", "calendar": "google", "assigned_to": 7, "region": "DE", "on_invalid": "keep"}]') \g /dev/null
CREATE FUNCTION pg_temp.activity(ref text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('|', kind, source, title, state, occurred_at AT TIME ZONE 'UTC', starts_at AT TIME ZONE 'UTC', ends_at AT TIME ZONE 'UTC',
		assigned_to, recipient_email ~ '^e', recipient_phone ~ '^030', calendar, data)
	FROM contacts.activity WHERE source_ref = ref $$;
CREATE FUNCTION pg_temp.details(id bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('|', email ~ '^e', phone ~ '^.4930', name, company, timezone, status, owner_id, source, fields,
		(SELECT string_agg(kind || ':' || left(value, 1), ' ' ORDER BY kind) FROM contacts.identifier WHERE contact_id = id),
		(SELECT string_agg(t.name, ' ' ORDER BY t.name) FROM contacts.contact_tag c JOIN contacts.tag t USING (tag_id) WHERE c.contact_id = id))
	FROM contacts.contact WHERE contact_id = id $$;
SELECT is(pg_temp.activity('r1'), 'k1|s1|t1|scheduled|2026-01-02 00:00:00|2026-02-03 00:00:00|2026-02-04 00:00:00|7|t|t|google|{"d": 1}',
	'each argument of record_activity is where it belongs');
SELECT is(pg_temp.details(1), 't|t|n1|c1|Europe/Berlin|qualified|s1|{"size": 1}|email:e phone:+ external:x visitor:v', 'those about the person, too');
SELECT is(pg_temp.activity('r2'), pg_temp.activity('r1'), 'record_activities reads the same');
SELECT is(pg_temp.details(2), pg_temp.details(1), 'about the person, too');

SELECT FROM contacts.upsert_contact(email => 'e3@example.com', phone => '030 23125003', visitor => 'v3', external_id => 'x:3', name => 'n1', company => 'c1',
	timezone => 'Europe/Berlin', fields => '{"size": 1}', status => 'qualified', owner_id => 7, tags => '{t1,t2}', mode => 'fill', source => 's1', region => 'DE') \g /dev/null
SELECT FROM contacts.create_contact(email => 'e4@example.com', phone => '030 23125004', visitor => 'v4', external_id => 'x:4', name => 'n1', company => 'c1',
	timezone => 'Europe/Berlin', fields => '{"size": 1}', status => 'qualified', owner_id => 7, tags => '{t1,t2}', source => 's1', region => 'DE') \g /dev/null
SELECT is(pg_temp.details(3), 't|t|n1|c1|Europe/Berlin|qualified|7|s1|{"size": 1}|email:e phone:+ external:x visitor:v|t1 t2',
	'each argument of upsert_contact is where it belongs');
SELECT is(pg_temp.details(4), pg_temp.details(3), 'and of create_contact');

SELECT * FROM finish();
