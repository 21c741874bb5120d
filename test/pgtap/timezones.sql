-- timezones.sql: which time zones a contact may have (R25).
\ir start.psql
BEGIN;
SELECT plan(104);

-- What a new contact stores of a time zone, or the state of the error.
CREATE TEMP SEQUENCE person;
CREATE FUNCTION pg_temp.stored(zone text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE id bigint; result text;
BEGIN
	id := (contacts.upsert_contact(email => 'person' || nextval('person') || '@example.org',
		timezone => zone)).contact_id;
	SELECT c.timezone INTO result FROM contacts.contact c WHERE c.contact_id = id;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

CREATE TEMP TABLE zone AS
SELECT name, pg_temp.stored(name) AS as_is, pg_temp.stored(lower(name)) AS lower_case,
       pg_temp.stored(' ' || upper(name) || E'\t') AS upper_case,
       name ~ '^(posix|right)/' OR name IN ('Factory', 'posixrules', 'localtime') AS no_zone
  FROM pg_timezone_names;

SELECT cmp_ok((SELECT count(*)::int FROM zone WHERE NOT no_zone), '>', 400, 'the server knows zones');
SELECT is_empty('SELECT name, as_is FROM zone WHERE NOT no_zone AND as_is IS DISTINCT FROM name',
	'R25: each name that PostgreSQL knows is taken');
SELECT is_empty('SELECT name, lower_case FROM zone
	WHERE NOT no_zone AND lower_case IS DISTINCT FROM name',
	'R25: each name in lower case gets its spelling');
SELECT is_empty('SELECT name, upper_case FROM zone
	WHERE NOT no_zone AND upper_case IS DISTINCT FROM name',
	'R25: each name in capitals and with space around gets its spelling');
SELECT is_empty($$SELECT name, as_is FROM zone WHERE no_zone AND as_is <> '22P02'$$,
	'R25: posix/, right/, Factory, localtime and posixrules are refused');

SELECT is(pg_temp.stored(name), '22P02', format('R25: refused: %s', left(name, 40)))
  FROM unnest(ARRAY['foo+3', 'XYZ5', 'UTC+2', 'GMT+1', 'GMT+5', 'EST5', 'CET-1CEST', '<+03>-3',
	'CET-1CEST,M3.5.0,M10.5.0/3', '+5:30', '+05:30', '-5', '+2', '+15:00', '-13:00', '+02:0', '+02:',
	'+02:000', '+1e', 'Etc/Unknown', '02:00', '+', '-', '-05:00:00', 'UTC+02:00', '5', 'Etc/GMT+13', 'Etc/GMT-15', 'Etc/GMT+99',
	'Etc/GMT+00', 'Etc/GMT+01', 'Etc/GMT++1', 'Etc/GMT+1 2', 'America/New_York5', 'posix/UTC',
	'posix/Europe/Paris', 'right/UTC', 'right/Europe/Paris', 'Factory', 'posixrules', 'localtime',
	'Europe', 'America/', 'America/Argentina', 'America/Argentina/', '/', '/UTC', '../UTC',
	'America/../UTC', './UTC', 'Europe//Paris', 'Europe/Paris/', 'Europe/Par', 'Europe/ Paris',
	'Europe/Paris,M3', 'New York', 'Éurope/Paris', 'zone.tab', 'zone1970.tab', 'tzdata.zi', 'US',
	'leapseconds', 'PDT', 'CEST', 'W. Europe Summer Time', repeat('A', 300),
	'America/' || repeat('x', 300)]) AS name;

SELECT is(pg_temp.stored(given), wanted, 'R25: taken: ' || given)
  FROM (VALUES ('Z', 'UTC'), (' z ', 'UTC'), ('+00:00', 'UTC'), ('-00:00', 'UTC'), ('+0000', 'UTC'),
	('-05', 'Etc/GMT+5'), ('−05:00', 'Etc/GMT+5'), ('W. Europe Standard Time', 'Europe/Berlin'),
	('eastern standard time', 'America/New_York'), ('India Standard Time', 'Asia/Calcutta'),
	('UTC-11', 'Etc/GMT+11'), ('UTC', 'UTC'), (' Tokyo Standard Time', 'Asia/Tokyo')) AS v (given, wanted);
SELECT is_empty($$SELECT given, pg_temp.stored(given) FROM (
	SELECT (CASE WHEN h < 0 THEN '-' ELSE '+' END) || lpad(abs(h)::text, 2, '0') || m AS given,
	       CASE WHEN h = 0 THEN 'UTC' ELSE 'Etc/GMT' || CASE WHEN h < 0 THEN '+' ELSE '-' END || abs(h) END
	       AS wanted
	  FROM generate_series(-12, 14) h, unnest(ARRAY['', '00', ':00']) m) o
	WHERE pg_temp.stored(given) IS DISTINCT FROM wanted$$, 'R25: each offset of whole hours has a zone');

-- Other names of the same zone.
CREATE FUNCTION pg_temp.news(zone text, other text) RETURNS text LANGUAGE sql AS $$
	SELECT contacts.upsert_contact(email => 'alias@example.org', timezone => zone);
	SELECT (contacts.upsert_contact(email => 'alias@example.org', timezone => other)).outcome::text
$$;
SELECT is(pg_temp.news(zone, other), 'unchanged', format('R20: %s and %s are one zone', zone, other))
  FROM (VALUES ('Asia/Calcutta', 'Asia/Kolkata'), ('Asia/Kolkata', 'Asia/Calcutta'),
	('UTC', 'Etc/UTC'), ('Z', 'Zulu'), ('Europe/Kiev', 'Europe/Kyiv'), ('US/Eastern', 'America/New_York'),
	('Asia/Saigon', 'Asia/Ho_Chi_Minh'), ('America/Buenos_Aires', 'America/Argentina/Buenos_Aires'))
	AS v (zone, other);
SELECT is(pg_temp.news(zone, other), 'updated', format('R20: %s and %s are two', zone, other))
  FROM (VALUES ('Europe/Oslo', 'Europe/Berlin'), ('UTC', 'Europe/London')) AS v (zone, other);

SELECT is(pg_temp.stored(' '), NULL, 'R20: a blank zone is none');
SELECT is(pg_temp.stored('Etc/GMT-14'), 'Etc/GMT-14', 'R25: numbered zones are names');
SELECT throws_ok($$SELECT contacts.upsert_contact(email => 'x@example.org', timezone => 'foo+3')$$,
	'22P02', 'invalid time zone: "foo+3"', 'R25: the message quotes the name');
DO $$BEGIN
	PERFORM contacts.upsert_contact(email => 'edit@example.org', timezone => 'europe/paris');
END$$;
SELECT lives_ok($$UPDATE contacts.contact SET timezone = 'asia/tokyo'
	WHERE email = 'edit@example.org'$$, 'R25: plain UPDATE takes a zone');
SELECT is(timezone, 'Asia/Tokyo', 'R25: in its spelling')
  FROM contacts.contact WHERE email = 'edit@example.org';
SELECT throws_ok($$UPDATE contacts.contact SET timezone = 'XYZ5' WHERE email = 'edit@example.org'$$,
	'22P02', 'invalid time zone: "XYZ5"', 'R25: plain UPDATE refuses what is no zone');
DO $$BEGIN
	PERFORM contacts.upsert_contact(email => 'edit@example.org', timezone => '');
END$$;
SELECT is(timezone, 'Asia/Tokyo', 'R20: a blank zone never clears')
  FROM contacts.contact WHERE email = 'edit@example.org';
DO $$BEGIN
	PERFORM contacts.update_contact(contact_id, '{"timezone":null}')
	   FROM contacts.contact WHERE email = 'edit@example.org';
END$$;
SELECT is(timezone, NULL, 'R22: null in an edit clears')
  FROM contacts.contact WHERE email = 'edit@example.org';

SELECT * FROM finish();
ROLLBACK;
