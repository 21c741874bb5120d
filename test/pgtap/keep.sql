-- keep.sql: with on_invalid => 'keep' nothing of an activity is ever lost (R19).
\ir start.psql
BEGIN;
SELECT no_plan();
SELECT contacts.define_field('size', 'number'), contacts.define_field('plan', 'dropdown', options => '{free,gold}') \g /dev/null

-- Each argument, as a key of record_activities(), with a value that does not fit, and what is kept.
CREATE TEMP TABLE misfit AS
SELECT row_number() OVER () AS number, v.*
  FROM (VALUES ('email', '"a@@b"', NULL), ('phone', '"12"', NULL), ('external_id', '"crm"', NULL),
	('visitor', to_json(repeat('v', 400))::text, NULL), ('timezone', '"Etc/Unknown"', NULL), ('timezone', '"UTC+2"', NULL),
	('timezone', '"+05:30"', NULL), ('timezone', '"foo"', NULL), ('name', to_json(repeat('x', 1001))::text, NULL),
	('company', to_json(repeat('é', 501))::text, NULL), ('title', to_json(repeat('x', 1001))::text, NULL),
	('source', to_json(repeat('x', 1001))::text, NULL), ('source_ref', to_json(repeat('x', 1001))::text, NULL),
	('calendar', to_json(repeat('x', 1001))::text, NULL), ('kind', to_json(repeat('x', 1001))::text, NULL),
	('status', '"hot"', NULL), ('state', '"maybe"', NULL), ('region', '"XX"', NULL), ('region', '"Germany"', NULL),
	('fields', '{"size": "big"}', NULL), ('fields', '{"nobody": 1}', NULL), ('fields', '{"plan": "silver"}', NULL),
	('fields', '{"size": 3, "plan": ["gold"], "other": {"a": [1]}}', '{"plan": ["gold"], "other": {"a": [1]}}'),
	('assigned_to', '4711', NULL)) AS v (name, given, kept);
-- Those that only JSON can have: of another type.
CREATE TEMP TABLE mistyped AS
SELECT row_number() OVER () AS number, v.*
  FROM (VALUES ('email', '["a@b.co"]'), ('phone', '{"a": 1}'), ('timezone', 'true'), ('fields', '[1]'),
	('fields', '"size=3"'), ('data', '["x"]'), ('data', '"text"'), ('starts_at', '"soon"'),
	('occurred_at', '"yesterday noon"'), ('assigned_to', '"Ann"'), ('assigned_to', '-1'),
	('title', '{"de": "Hallo"}')) AS v (name, given);

CREATE FUNCTION pg_temp.item(name text, given text, number bigint, keep boolean) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('kind', 'chat', 'external_id', 'test:' || number, 'data', '{"own": 1}'::jsonb)
		|| CASE WHEN keep THEN '{"on_invalid": "keep"}' ELSE '{}' END::jsonb || jsonb_build_object(name, given::jsonb)
$$;
-- What is kept of an item: data.invalid.
CREATE FUNCTION pg_temp.kept(item jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE id bigint;
BEGIN
	SELECT r.activity_id INTO id FROM contacts.record_activities(jsonb_build_array(item)) r;
	RETURN (SELECT a.data -> 'invalid' FROM contacts.activity a WHERE a.activity_id = id);
END $$;
-- The same by record_activity().
CREATE FUNCTION pg_temp.kept_alone(name text, given text, number bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE id bigint;
BEGIN
	EXECUTE format('SELECT activity_id FROM contacts.record_activity(%s on_invalid => ''keep'', external_id => %L, %I => %L)',
		CASE WHEN name = 'kind' THEN '' ELSE 'kind => ''chat'',' END, 'alone:' || number, name, given::jsonb #>> '{}') INTO id;
	RETURN (SELECT a.data -> 'invalid' FROM contacts.activity a WHERE a.activity_id = id);
END $$;

SELECT isnt(pg_temp.failure(format('SELECT contacts.record_activities(%L)', jsonb_build_array(pg_temp.item(name, given, number, false)))),
	'no error', format('R19: refused: %s %s', name, left(given, 40)))
  FROM (SELECT name, given, number FROM misfit UNION ALL SELECT name, given, number FROM mistyped) m;
SELECT is(pg_temp.kept(pg_temp.item(name, given, number, true)), jsonb_build_object(name, coalesce(kept, given)::jsonb),
	format('R19: kept: %s %s', name, left(given, 40))) FROM misfit;
SELECT is(pg_temp.kept(pg_temp.item(name, given, 100 + number, true)), jsonb_build_object(name, given::jsonb),
	format('R19: kept: %s of another type: %s', name, left(given, 40))) FROM mistyped;
SELECT is(pg_temp.kept_alone(name, given, number), jsonb_build_object(name, coalesce(kept, given)::jsonb),
	format('R19: kept by record_activity: %s %s', name, left(given, 40))) FROM misfit WHERE name NOT IN ('external_id');

-- All at once, beside what fits.
SELECT is(pg_temp.kept('{"kind": "form", "email": "ann@example.com", "phone": "1", "timezone": "Mars", "status": "x",
	"fields": {"size": 7, "plan": 1}, "data": {"a": 1}, "on_invalid": "keep", "name": "Ann",
	"starts_at": "2026-01-02", "ends_at": "2026-01-01T00:00:00Z"}') - 'ends_at',
	'{"phone": "1", "timezone": "Mars", "status": "x", "fields": {"plan": 1}}', 'R19: all of them are kept');
SELECT row_eq($$SELECT name, timezone, status, fields FROM contacts.contact WHERE email = 'ann@example.com'$$,
	ROW('Ann'::text, NULL::text, NULL::contacts.contact_status, '{"size": 7}'::jsonb), 'R19: what fits is taken');
SELECT is(a.data -> 'a', '1', 'R19: the data stay') FROM contacts.activity a WHERE a.data -> 'invalid' ? 'ends_at';
SELECT is((SELECT count(*)::int FROM contacts.activity), 2 * (SELECT count(*)::int FROM misfit) - 1
	+ (SELECT count(*)::int FROM mistyped) + 1, 'R19: no activity is lost');
SELECT is(pg_temp.failure($$SELECT contacts.record_activities('[{"kind": "x", "emial": "a@b.co", "on_invalid": "keep"}]')$$), '22023', 'a key that no argument has is a mistake of the program');
SELECT is_empty('SELECT * FROM contacts.check()', 'check() is empty');

SELECT * FROM finish();
ROLLBACK;
