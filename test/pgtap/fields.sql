-- fields.sql: typed custom fields, what they take and which value wins (R20-R23).
-- Values go in through the public functions and through plain UPDATE.
\ir start.psql
BEGIN;
SELECT plan(160);

SELECT contacts.define_field('remark', 'text');
SELECT contacts.define_field('team_size', 'number');
SELECT contacts.define_field('team_lead', 'text');
SELECT contacts.define_field('born', 'date');
SELECT contacts.define_field('vip', 'boolean');
SELECT contacts.define_field('size', 'dropdown', options => ARRAY['Small', 'Medium', 'Größe', 'a', 'A']);
SELECT contacts.define_field('colors', 'multi_select', options => ARRAY['red', 'Green', 'blue']);

CREATE TEMP SEQUENCE person;

-- Error as one text: state, message, and detail and hint where asked for.
CREATE FUNCTION pg_temp.refusal(statement text, more boolean DEFAULT false) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN state || ': ' || message || CASE WHEN more THEN '|' || detail || '|' || hint ELSE '' END;
END $$;

-- What a new contact stores of these fields.
CREATE FUNCTION pg_temp.stored(fields jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE id bigint; result text;
BEGIN
	id := (contacts.upsert_contact(email => 'person' || nextval('person') || '@example.org',
		fields => stored.fields)).contact_id;
	SELECT c.fields::text INTO result FROM contacts.contact c WHERE c.contact_id = id;
	RETURN result;
END $$;

CREATE FUNCTION pg_temp.fields_of(id bigint) RETURNS text LANGUAGE sql AS
$$ SELECT fields::text FROM contacts.contact WHERE contact_id = id $$;

-- ---- R23: what each type makes of a value -----------------------------------------------------

SELECT is(pg_temp.stored(given::jsonb), wanted, 'R23: ' || about)
  FROM (VALUES
	('text is trimmed, not squeezed', '{"remark":"  hi  there "}', '{"remark": "hi  there"}'),
	('text keeps its case', '{"remark":"McDONALD"}', '{"remark": "McDONALD"}'),
	('invisible characters at the edges go', E'{"remark":"\u00a0\u3000x\ufeff"}', '{"remark": "x"}'),
	('text takes a number as its text', '{"remark":1.50}', '{"remark": "1.50"}'),
	('text takes a boolean as its text', '{"remark":true}', '{"remark": "true"}'),
	('null is left out', '{"remark":null}', '{}'),
	('empty text is left out', '{"remark":""}', '{}'),
	('white space is left out', E'{"remark":" \\t\\n "}', '{}'),
	('number', '{"team_size":42}', '{"team_size": 42}'),
	('number keeps its decimals', '{"team_size":1.50}', '{"team_size": 1.50}'),
	('number from text', '{"team_size":" 42 "}', '{"team_size": 42}'),
	('number from text with exponent', '{"team_size":"-1.5e3"}', '{"team_size": -1500}'),
	('number from text without whole part', '{"team_size":"+.5"}', '{"team_size": 0.5}'),
	('number from text without decimals', '{"team_size":"5."}', '{"team_size": 5}'),
	('number of 300 digits', '{"team_size":"' || repeat('9', 300) || '"}',
		'{"team_size": ' || repeat('9', 300) || '}'),
	('number left empty', '{"team_size":" "}', '{}'),
	('date', '{"born":"2024-02-29"}', '{"born": "2024-02-29"}'),
	('date of a leap century', '{"born":"2000-02-29"}', '{"born": "2000-02-29"}'),
	('first year', '{"born":"0001-01-01"}', '{"born": "0001-01-01"}'),
	('last year', '{"born":"9999-12-31"}', '{"born": "9999-12-31"}'),
	('date of a timestamp in UTC', '{"born":" 2024-01-31T10:00:00Z "}', '{"born": "2024-01-31"}'),
	('date of a timestamp with offset', '{"born":"2024-01-31 23:30:00.123+02:00"}',
		'{"born": "2024-01-31"}'),
	('date of a timestamp as PostgreSQL prints it', '{"born":"2024-01-31 10:00:00+02"}',
		'{"born": "2024-01-31"}'),
	('date of a timestamp without seconds', '{"born":"2024-01-31T10:00"}', '{"born": "2024-01-31"}'),
	('true', '{"vip":true}', '{"vip": true}'),
	('false is a value, not a blank', '{"vip":false}', '{"vip": false}'),
	('TRUE', '{"vip":"TRUE"}', '{"vip": true}'),
	('Yes', '{"vip":"Yes"}', '{"vip": true}'),
	('on', '{"vip":" on "}', '{"vip": true}'),
	('y', '{"vip":"y"}', '{"vip": true}'),
	('T', '{"vip":"T"}', '{"vip": true}'),
	('1', '{"vip":1}', '{"vip": true}'),
	('"1"', '{"vip":"1"}', '{"vip": true}'),
	('False', '{"vip":"False"}', '{"vip": false}'),
	('no', '{"vip":"no"}', '{"vip": false}'),
	('OFF', '{"vip":"OFF"}', '{"vip": false}'),
	('n', '{"vip":"n"}', '{"vip": false}'),
	('f', '{"vip":"f"}', '{"vip": false}'),
	('0 is false', '{"vip":0}', '{"vip": false}'),
	('"0" is false', '{"vip":"0"}', '{"vip": false}'),
	('option', '{"size":"Small"}', '{"size": "Small"}'),
	('option in other case gets its spelling', '{"size":" mEDIUM "}', '{"size": "Medium"}'),
	('option in other case beyond ASCII', '{"size":"GRÖßE"}', '{"size": "Größe"}'),
	('exact option before one in other case', '{"size":"A"}', '{"size": "A"}'),
	('choices in the order of the definition', '{"colors":["blue","red"]}',
		'{"colors": ["red", "blue"]}'),
	('choices once each', '{"colors":["RED","red","red"]}', '{"colors": ["red"]}'),
	('one text is one choice', '{"colors":"green"}', '{"colors": ["Green"]}'),
	('blank choices count for nothing', '{"colors":[null,"","red"]}', '{"colors": ["red"]}'),
	('no choice is left out', '{"colors":[]}', '{}'),
	('only blank choices are left out', '{"colors":[""]}', '{}'),
	('no fields', '{}', '{}'),
	('several fields at once', '{"vip":"yes","remark":"x ","team_size":"7"}',
		'{"vip": true, "remark": "x", "team_size": 7}')
  ) AS cases(about, given, wanted);

SELECT is(pg_temp.refusal(format('SELECT pg_temp.stored(%L)', given)),
          format('22P02: invalid value for field "%s": "%s"', field, quoted), 'R23: refused: ' || about)
  FROM (VALUES
	('array for a text', 'remark', '{"remark":[1]}', '[1]'),
	('object for a text', 'remark', '{"remark":{"a":1}}', '{"a": 1}'),
	('empty array for a text', 'remark', '{"remark":[]}', '[]'),
	('text of 10001 bytes', 'remark', '{"remark":"' || repeat('x', 10001) || '"}',
		repeat('x', 57) || '...'),
	('no number', 'team_size', '{"team_size":"abc"}', 'abc'),
	('separators of thousands', 'team_size', '{"team_size":"1,000"}', '1,000'),
	('underscores in a number', 'team_size', '{"team_size":"1_000"}', '1_000'),
	('hexadecimal', 'team_size', '{"team_size":"0x1F"}', '0x1F'),
	('not a number', 'team_size', '{"team_size":"NaN"}', 'NaN'),
	('infinity', 'team_size', '{"team_size":"Infinity"}', 'Infinity'),
	('two numbers', 'team_size', '{"team_size":"5 6"}', '5 6'),
	('sign apart', 'team_size', '{"team_size":"- 5"}', '- 5'),
	('point alone', 'team_size', '{"team_size":"."}', '.'),
	('exponent without digits', 'team_size', '{"team_size":"1e"}', '1e'),
	('exponent of a sign only', 'team_size', '{"team_size":"1e+"}', '1e+'),
	('exponent out of reach', 'team_size', '{"team_size":"1e99999999"}', '1e99999999'),
	('number of 301 digits', 'team_size', '{"team_size":' || repeat('9', 301) || '}',
		repeat('9', 57) || '...'),
	('number of few bytes but many digits', 'team_size', '{"team_size":1e100000}',
		'1' || repeat('0', 56) || '...'),
	('too many decimals', 'team_size', '{"team_size":1e-400}', '0.' || repeat('0', 55) || '...'),
	('boolean for a number', 'team_size', '{"team_size":true}', 'true'),
	('array for a number', 'team_size', '{"team_size":[5]}', '[5]'),
	('day that a year lacks', 'born', '{"born":"2023-02-29"}', '2023-02-29'),
	('day that a century lacks', 'born', '{"born":"1900-02-29"}', '1900-02-29'),
	('day 31 of April', 'born', '{"born":"2024-04-31"}', '2024-04-31'),
	('month 13', 'born', '{"born":"2024-13-01"}', '2024-13-01'),
	('day 0', 'born', '{"born":"2024-10-00"}', '2024-10-00'),
	('year 0', 'born', '{"born":"0000-01-01"}', '0000-01-01'),
	('year of five digits', 'born', '{"born":"10000-01-01"}', '10000-01-01'),
	('date of another order', 'born', '{"born":"31.01.2024"}', '31.01.2024'),
	('date without leading zeros', 'born', '{"born":"2024-1-5"}', '2024-1-5'),
	('word for a date', 'born', '{"born":"today"}', 'today'),
	('hour 25', 'born', '{"born":"2024-01-31T25:00"}', '2024-01-31T25:00'),
	('timestamp cut off', 'born', '{"born":"2024-01-31T10:"}', '2024-01-31T10:'),
	('number for a date', 'born', '{"born":20240131}', '20240131'),
	('number 2 for a boolean', 'vip', '{"vip":2}', '2'),
	('word for a boolean', 'vip', '{"vip":"maybe"}', 'maybe'),
	('part of a boolean', 'vip', '{"vip":"tr"}', 'tr'),
	('array for a boolean', 'vip', '{"vip":[true]}', '[true]'),
	('no option', 'size', '{"size":"Huge"}', 'Huge'),
	('number for an option', 'size', '{"size":5}', '5'),
	('array for a dropdown', 'size', '{"size":["Small"]}', '["Small"]'),
	('no choice, quoted alone', 'colors', '{"colors":["red","pink"]}', 'pink'),
	('array within choices', 'colors', '{"colors":[["red"]]}', '["red"]'),
	('object for choices', 'colors', '{"colors":{"red":true}}', '{"red": true}')
  ) AS cases(about, field, given, quoted);

SELECT matches(pg_temp.refusal(format('SELECT pg_temp.stored(%L)', given), true), wanted,
               'R23: ' || about)
  FROM (VALUES
	('a misfit is told the type', '{"team_size":"abc"}', '\|The field is of type number\.\|Give a number'),
	('a misfit of a date is told the form', '{"born":"x"}', '\|Give a date as YYYY-MM-DD\.$'),
	('an impossible date is told apart', '{"born":"2023-02-29"}', 'the calendar has no such day'),
	('a misfit of a dropdown is told the options', '{"size":"x"}',
		'Choose one of "Small", "Medium", "Größe", "a", "A"\.$'),
	('control characters are not quoted', E'{"size":"a\\nb"}', '"a\?b"'),
	('an unknown key is refused', '{"zzz":1}',
		'^22023: invalid field key "zzz"\|The account defines no field with this key\.\|Define it'),
	('even when it is null', '{"zzz":null}', '^22023: invalid field key "zzz"'),
	('a mistyped key is told the near ones', '{"teamsize":1}', 'Did you mean "team_size"'),
	('a key of other case is told', '{"Team Size":1}', 'Did you mean "team_size"'),
	('the beginning of keys names them', '{"team":1}',
		'Did you mean "team_lead" or "team_size"\?'),
	('the empty key is refused', '{"":1}', '^22023: invalid field key ""')
  ) AS cases(about, given, wanted);

SELECT contacts.define_field('shade', 'dropdown', options => ARRAY['Dark', 'DARK']);
SELECT matches(pg_temp.refusal($$SELECT pg_temp.stored('{"shade":"dark"}')$$, true),
	'^22P02: .*more than one of its options differs', 'R23: an ambiguous option is not guessed');
SELECT matches(pg_temp.refusal($$SELECT pg_temp.stored('[]')$$), '^22023: invalid fields',
	'R23: an array is no object of fields');
SELECT matches(pg_temp.refusal($$SELECT pg_temp.stored((SELECT jsonb_object_agg('k' || i, 1)
	FROM generate_series(1, 501) i))$$), '^22023: invalid fields', 'R23: 501 keys are too many');

-- ---- R20: which value wins when a contact is reported again -----------------------------------

CREATE FUNCTION pg_temp.again(fields jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result contacts.upserted;
BEGIN
	result := contacts.upsert_contact(email => 'again@example.org', fields => again.fields);
	RETURN result.outcome || ' ' || pg_temp.fields_of(result.contact_id);
END $$;

SELECT is(pg_temp.again('{"remark":"x","team_size":5,"colors":["red"]}'),
	'created {"colors": ["red"], "remark": "x", "team_size": 5}', 'R20: first values are stored');
SELECT is(pg_temp.again('{"team_size":6}'),
	'updated {"colors": ["red"], "remark": "x", "team_size": 6}', 'R20: a new value replaces');
SELECT is(pg_temp.again('{"vip":true}'),
	'updated {"vip": true, "colors": ["red"], "remark": "x", "team_size": 6}',
	'R20: a new key is added');
SELECT is(pg_temp.again('{"team_size":null,"remark":" ","colors":[]}'),
	'unchanged {"vip": true, "colors": ["red"], "remark": "x", "team_size": 6}',
	'R20: blanks never clear');
SELECT is(pg_temp.again('{"colors":["blue"]}'),
	'updated {"vip": true, "colors": ["blue"], "remark": "x", "team_size": 6}',
	'R20: choices replace as a whole');

-- Rows of a table, none as long as the schema lacks it.
CREATE FUNCTION pg_temp.rows_of(name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint := 0;
BEGIN
	IF to_regclass(name) IS NOT NULL THEN
		EXECUTE format('SELECT count(*) FROM %s', name) INTO result;
	END IF;
	RETURN result;
END $$;

CREATE TEMP TABLE before AS
SELECT c.ctid AS place, c.contact_id, pg_temp.rows_of('contacts.audit_log') AS audits,
       pg_temp.rows_of('contacts.event') AS events
  FROM contacts.contact c WHERE c.email = 'again@example.org';
SELECT is(pg_temp.again('{"team_size":" 6.0 ","vip":"yes","colors":["BLUE"]}'),
	'unchanged {"vip": true, "colors": ["blue"], "remark": "x", "team_size": 6}',
	'R20: equal values change nothing');
SELECT is(c.ctid, b.place, 'R20: equal values write no row version')
  FROM contacts.contact c JOIN before b USING (contact_id);
SELECT is(pg_temp.rows_of('contacts.audit_log'), audits, 'R20: equal values write no audit')
  FROM before;
SELECT is(pg_temp.rows_of('contacts.event'), events, 'R20: equal values raise no event')
  FROM before;

-- ---- R21: late news ---------------------------------------------------------------------------

SELECT is((contacts.record_activity('note', email => 'again@example.org',
	fields => '{"remark":"old news","born":"2000-01-01"}',
	occurred_at => now() - interval '1 year')).contact_id, contact_id, 'R21: late news arrive')
  FROM before;
SELECT is(pg_temp.fields_of(contact_id),
	'{"vip": true, "born": "2000-01-01", "colors": ["blue"], "remark": "x", "team_size": 6}',
	'R21: late news fill blanks only') FROM before;

-- ---- R22: edits -------------------------------------------------------------------------------

CREATE FUNCTION pg_temp.edited(changes jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE id bigint := (SELECT contact_id FROM before);
BEGIN
	PERFORM contacts.update_contact(id, changes);
	RETURN pg_temp.fields_of(id);
END $$;

CREATE FUNCTION pg_temp.written(fields jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE id bigint := (SELECT contact_id FROM before);
BEGIN
	UPDATE contacts.contact c SET fields = written.fields WHERE c.contact_id = id;
	RETURN pg_temp.fields_of(id);
END $$;

SELECT is(pg_temp.edited('{"fields":{"remark":null,"team_size":" 7"}}'),
	'{"vip": true, "born": "2000-01-01", "colors": ["blue"], "team_size": 7}',
	'R22: in an edit null clears and absent keys stay');
SELECT is(pg_temp.edited('{"fields":{"vip":"","colors":[]}}'),
	'{"born": "2000-01-01", "team_size": 7}', 'R22: in an edit an empty text or array clears');
SELECT is(pg_temp.edited('{"name":"Ann"}'), '{"born": "2000-01-01", "team_size": 7}',
	'R22: an edit without fields keeps them');
SELECT is(pg_temp.written('{"vip":"no"}'),
	'{"vip": false}', 'R22, R23: plain UPDATE coerces and replaces the column, as SQL does');
SELECT is(pg_temp.written('{"vip":null,"born":"2000-01-01","team_size":"7"}'),
	'{"born": "2000-01-01", "team_size": 7}', 'R22: null within it is a key without value');
SELECT is(pg_temp.refusal($$SELECT pg_temp.written('{"born":"soon"}')$$),
	'22P02: invalid value for field "born": "soon"', 'R23: plain UPDATE refuses a misfit');
SELECT is(pg_temp.refusal($$SELECT pg_temp.written('{"zzz":1}')$$),
	'22023: invalid field key "zzz"', 'R23: plain UPDATE refuses an unknown key');
SELECT is(pg_temp.refusal($$INSERT INTO contacts.contact (account_id, fields)
	VALUES (contacts.current_account(), '{"zzz":1}')$$),
	'22023: invalid field key "zzz"', 'R23: plain INSERT refuses an unknown key');
SELECT is(pg_temp.refusal($$SELECT contacts.update_contact((SELECT contact_id FROM before),
	'{"fields":{"size":"Huge"}}')$$), '22P02: invalid value for field "size": "Huge"',
	'R23: an edit refuses a misfit');
SELECT is(pg_temp.refusal($$SELECT contacts.record_activity('note', email => 'a@example.org',
	fields => '{"size":"Huge"}')$$), '22P02: invalid value for field "size": "Huge"',
	'R23: an activity refuses a misfit');

-- ---- R23: definitions that change -------------------------------------------------------------

SELECT is(pg_temp.refusal($$SELECT contacts.define_field('size', 'dropdown',
	options => ARRAY['Small', 'Medium', 'Größe', 'a', 'A', 'Huge'])$$), 'no error',
	'R23: options may be added');
SELECT is(pg_temp.stored('{"size":"huge"}'), '{"size": "Huge"}', 'R23: an added option counts at once');
SELECT matches(pg_temp.refusal($$SELECT contacts.define_field('size', 'dropdown',
	options => ARRAY['Small'])$$), '^22P02: ', 'R23: an option in use cannot go');
SELECT matches(pg_temp.refusal($$SELECT contacts.define_field('remark', 'date')$$), '^22P02: ',
	'R23: a type that values do not fit is refused');
SELECT matches(pg_temp.refusal($$SELECT contacts.define_field('lonely', 'dropdown')$$), '^22023: ',
	'R23: a dropdown without options is refused');

SELECT is(pg_temp.edited('{"fields":{"team_lead":"Bo"}}'),
	'{"born": "2000-01-01", "team_lead": "Bo", "team_size": 7}', 'R23: a field is filled');
SELECT is(pg_temp.refusal($$SELECT contacts.archive_field('team_lead')$$), 'no error',
	'R23: and archived');
SELECT is(pg_temp.edited('{"fields":{"vip":true}}'),
	'{"vip": true, "born": "2000-01-01", "team_lead": "Bo", "team_size": 7}',
	'R23: archiving keeps the data');
SELECT is(pg_temp.refusal(format('SELECT pg_temp.written(%L)',
	(SELECT fields || '{"vip":false}' FROM contacts.contact JOIN before USING (contact_id)))),
	'no error', 'R23: archived data do not block a plain UPDATE of other keys');
SELECT matches(pg_temp.refusal($$SELECT pg_temp.stored('{"team_lead":"Al"}')$$, true),
	'^22023: invalid field key "team_lead"\|The field is archived\.\|',
	'R23: an archived field takes no new value');
SELECT alike(pg_temp.refusal($$SELECT pg_temp.stored('{"team_lea":"Al"}')$$, true),
	'%Did you mean "team_size"?%', 'R23: hints leave out archived fields');
SELECT is(pg_temp.refusal($$SELECT contacts.define_field('team_lead', 'text')$$), 'no error',
	'R23: an archived field can be defined again');
SELECT is(pg_temp.stored('{"team_lead":"Al"}'), '{"team_lead": "Al"}', 'R23: and takes values');

-- ---- R23: unknown_fields keep -----------------------------------------------------------------

SELECT contacts.set_account(unknown_fields => 'keep');
SELECT is(pg_temp.stored('{"zzz":{"b":[1.50,null]},"yy":" x ","team_size":"5"}'),
	'{"yy": " x ", "zzz": {"b": [1.50, null]}, "team_size": 5}',
	'R23: unknown keys are kept as they are, known ones coerced');
SELECT is(pg_temp.stored('{"zzz":null,"yy":"  "}'), '{}', 'R23: blank unknown keys are left out');
SELECT is(pg_temp.refusal($$SELECT pg_temp.stored('{"team_size":"x"}')$$),
	'22P02: invalid value for field "team_size": "x"', 'R23: known keys stay strict');
SELECT is(length(pg_temp.stored(jsonb_build_object('zzz', repeat('x', 10000)))), 10011,
	'R23: an unknown value of 10000 bytes is kept');
SELECT matches(pg_temp.refusal($$SELECT pg_temp.stored(jsonb_build_object('zzz',
	repeat('x', 10001)))$$, true), '^22P02: .*10000 bytes', 'R23: one of 10001 bytes is refused');
SELECT is(pg_temp.stored('{"z":[[[[[[[1]]]]]]]}'), '{"z": [[[[[[[1]]]]]]]}', 'R23: depth 8 is kept');
SELECT is(pg_temp.stored('{"z":[[1],[2],[3],[4],[5],[6],[7],[8],[9]]}'),
	'{"z": [[1], [2], [3], [4], [5], [6], [7], [8], [9]]}', 'R23: neighbours are not depth');
SELECT matches(pg_temp.refusal($$SELECT pg_temp.stored('{"z":[[[[[[[[1]]]]]]]]}')$$, true),
	'^22P02: .*8 deep', 'R23: depth 9 is refused');
SELECT is(pg_temp.stored(jsonb_build_object(repeat('k', 63), 1)),
	'{"' || repeat('k', 63) || '": 1}', 'R23: a key of 63 bytes is kept');
SELECT matches(pg_temp.refusal($$SELECT pg_temp.stored(jsonb_build_object(repeat('k', 64), 1))$$, true),
	'^22023: .*63 bytes', 'R23: a key of 64 bytes is refused');
SELECT matches(pg_temp.refusal($$SELECT pg_temp.stored('{"":1}')$$, true), '^22023: .*1 to 63 bytes',
	'R23: the empty key is refused even then');

SELECT is(pg_temp.written('{"zzz":[1]}') ~ '"zzz": \[1\]', true, 'R23: a contact keeps an unknown key');
SELECT contacts.set_account(unknown_fields => 'refuse');
SELECT is(pg_temp.refusal(format('SELECT pg_temp.written(%L)',
	(SELECT fields || '{"vip":true}' FROM contacts.contact JOIN before USING (contact_id)))),
	'no error', 'R23: kept keys do not block a plain UPDATE once unknown ones are refused');
SELECT is(pg_temp.refusal($$SELECT pg_temp.written('{"zzz":[2]}')$$),
	'22023: invalid field key "zzz"', 'R23: but cannot change any more');
SELECT is(pg_temp.written('{"zzz":null}') ~ 'zzz', false, 'R22, R23: and can be cleared');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');

SELECT * FROM finish();
ROLLBACK;
