-- A letter with an accent is one character or two; whoever writes it, and by whatever way, it is the same text (R20, R25).
\ir start.psql
SELECT no_plan();

-- é, Å (its sign of its own), ệ with its marks in another order, the syllables han-geul: one character each, or several.
CREATE TEMP TABLE form (name text, word text);
INSERT INTO form VALUES ('composed', U&'Jos\00e9\00c5\1ec7\d55c\ae00'), ('decomposed', U&'Jose\0301A\030ae\0302\0323\1112\1161\11ab\1100\1173\11af'),
	('half and half', U&'Jose\0301\212b\1eb9\0302\d558\11ab\ae00');
SELECT word AS w FROM form WHERE name = 'composed' \gset
SELECT bool_and(normalize(word, NFC) = :'w') AS ok FROM form \gset
SELECT ok(:'ok', 'the forms are one text');

SELECT FROM contacts.define_field('city', 'text');
SELECT FROM contacts.define_field('size', 'dropdown', options => ARRAY['small', normalize(:'w', NFD)]);
SELECT FROM contacts.define_field('likes', 'multi_select', options => ARRAY[:'w' || ' 2', normalize(:'w', NFD)]);
SELECT is(options, ARRAY['small', :'w'], 'options are kept composed') FROM contacts.field WHERE key = 'size';
SELECT FROM contacts.set_account(unknown_fields => 'keep', activity_events => true);
INSERT INTO contacts.member (name) VALUES ('Ina');

-- All that a write leaves.  Times are set back, since now() stands still here.
CREATE FUNCTION pg_temp.traces() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', (SELECT jsonb_agg(c ORDER BY contact_id) FROM contacts.contact c), (SELECT jsonb_agg(a ORDER BY activity_id) FROM contacts.activity a),
		(SELECT jsonb_agg(i ORDER BY kind, value) FROM contacts.identifier i), (SELECT jsonb_agg(t ORDER BY tag_id) FROM contacts.tag t),
		(SELECT jsonb_agg(t ORDER BY contact_id, tag_id) FROM contacts.contact_tag t), (SELECT count(*) FROM contacts.audit_log),
		(SELECT count(*) FROM contacts.event), (SELECT count(*) FROM contacts.status_change)) $$;

-- Runs a statement with one spelling of {w} and then with another; what `look` shows then, and what the second left.
CREATE FUNCTION pg_temp.twice(statement text, first text, second text, look text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE before text; shown text;
BEGIN
	EXECUTE replace(statement, '{w}', first);
	UPDATE contacts.contact SET updated_at = '2026-01-01Z', details_at = '2026-01-02Z';
	before := pg_temp.traces();
	EXECUTE replace(statement, '{w}', second);
	EXECUTE look INTO shown;
	RAISE EXCEPTION USING ERRCODE = 'ZZZZZ', MESSAGE = concat_ws(', ', shown,
		CASE WHEN pg_temp.traces() <> before THEN 'the second left ' || before || ' -> ' || pg_temp.traces() END);
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;

-- Functions: a call that may be repeated, where its text is seen, and what is seen when the text is :w.
CREATE TEMP TABLE input (what text, statement text, look text, seen text);
INSERT INTO input SELECT 'upsert_contact ' || a, format($$SELECT FROM contacts.upsert_contact(email => 'a@example.com', %I => '{w}')$$, a),
	format('SELECT %I FROM contacts.contact', a), :'w' FROM unnest('{name,company,source}'::text[]) a;
INSERT INTO input SELECT 'record_activity ' || a, format($$SELECT FROM contacts.record_activity('note', email => 'a@example.com', occurred_at => '2026-02-01Z', %s => '{w}')$$,
		CASE a WHEN 'source_ref' THEN a ELSE 'source_ref => ''r'', ' || a END),
	format('SELECT %I FROM contacts.%s', a, CASE WHEN a IN ('name', 'company') THEN 'contact' ELSE 'activity' END), :'w'
FROM unnest('{name,company,source,source_ref,title,calendar}'::text[]) a;
INSERT INTO input SELECT 'record_activities ' || a, format($$SELECT FROM contacts.record_activities('[{"kind": "note", "email": "a@example.com", "occurred_at": "2026-02-01T00:00:00Z", %s"%s": "{w}"}]')$$,
		CASE a WHEN 'source_ref' THEN '' ELSE '"source_ref": "r", ' END, a),
	format('SELECT %I FROM contacts.%s', a, CASE WHEN a IN ('name', 'company') THEN 'contact' ELSE 'activity' END), :'w'
FROM unnest('{name,company,source,source_ref,title,calendar}'::text[]) a;
INSERT INTO input SELECT 'update_contact ' || a, format($$SELECT FROM contacts.update_contact((SELECT contact_id FROM contacts.upsert_contact(email => 'a@example.com')), '{"%s": "{w}"}')$$, a),
	format('SELECT %I FROM contacts.contact', a), :'w' FROM unnest('{name,company}'::text[]) a;
-- Custom fields, also those that nobody defined: values, what they nest, and keys.
INSERT INTO input SELECT c.name || ' fields ' || f.given, format(c.statement, f.given), 'SELECT fields FROM contacts.contact', replace(f.seen, '{w}', :'w')::jsonb::text
FROM (VALUES ('upsert_contact', $$SELECT FROM contacts.upsert_contact(email => 'a@example.com', fields => '%s')$$),
	('record_activity', $$SELECT FROM contacts.record_activity('note', email => 'a@example.com', source_ref => 'r', occurred_at => '2026-02-01Z', fields => '%s')$$),
	('record_activities', $$SELECT FROM contacts.record_activities('[{"kind": "note", "email": "a@example.com", "source_ref": "r", "occurred_at": "2026-02-01T00:00:00Z", "fields": %s}]')$$),
	('update_contact', $$SELECT FROM contacts.update_contact((SELECT contact_id FROM contacts.upsert_contact(email => 'a@example.com')), '{"fields": %s}')$$)) c (name, statement),
	(VALUES ('{"city": " {w} "}', '{"city": "{w}"}'), ('{"size": "{w}"}', '{"size": "{w}"}'), ('{"likes": ["{w}", "{w} 2"]}', '{"likes": ["{w} 2", "{w}"]}'),
		('{"likes": "{w}"}', '{"likes": ["{w}"]}'), ('{"other": "{w}"}', '{"other": "{w}"}'), ('{"{w}": "x", "zz": 1, "a": 2}', '{"{w}": "x", "zz": 1, "a": 2}'),
		('{"other": {"{w}": ["{w}", {"b": "{w}"}]}}', '{"other": {"{w}": ["{w}", {"b": "{w}"}]}}')) f (given, seen);
-- Keys of other systems, and addresses as they were given.
INSERT INTO input VALUES
	('upsert_contact external_id', $$SELECT FROM contacts.upsert_contact(external_id => 'crm:{w}', name => 'A')$$, $$SELECT string_agg(value, ' ') FROM contacts.identifier$$, 'crm:' || :'w'),
	('upsert_contact visitor', $$SELECT FROM contacts.upsert_contact(visitor => '{w}', name => 'A')$$, $$SELECT string_agg(value, ' ') FROM contacts.identifier$$, :'w'),
	('upsert_contact email', $$SELECT FROM contacts.upsert_contact(email => '{w}@example.com')$$, $$SELECT string_agg(value, ' ') FROM contacts.identifier$$, lower(:'w') || '@example.com'),
	('record_activity recipient', $$SELECT FROM contacts.record_activity('note', email => '{w}@example.com', source_ref => 'r', occurred_at => '2026-02-01Z')$$,
		'SELECT recipient_email FROM contacts.activity', :'w' || '@example.com'),
	('add_identifier', $$SELECT contacts.add_identifier((SELECT contact_id FROM contacts.upsert_contact(email => 'a@example.com')), 'external', 'crm:{w}')$$,
		$$SELECT value FROM contacts.identifier WHERE kind = 'external'$$, 'crm:' || :'w'),
	('upsert_contact tags', $$SELECT FROM contacts.upsert_contact(email => 'a@example.com', tags => '{"{w}"}')$$, $$SELECT string_agg(name, ' ') FROM contacts.tag$$, :'w'),
	('set_status source', $$SELECT contacts.set_status(ARRAY[(SELECT contact_id FROM contacts.upsert_contact(email => 'a@example.com'))], 'qualified', '{w}')$$,
		'SELECT source FROM contacts.status_change', :'w'),
	('define_field label', $$SELECT contacts.define_field('x', 'text', label => '{w}')$$, $$SELECT label FROM contacts.field WHERE key = 'x'$$, :'w'),
	('define_field options', $$SELECT contacts.define_field('x', 'dropdown', options => '{"{w}"}')$$, $$SELECT options[1] FROM contacts.field WHERE key = 'x'$$, :'w'),
	('set_account name', $$SELECT contacts.set_account(name => '{w}')$$, 'SELECT name FROM contacts.account', :'w'),
	('take_events', $$SELECT FROM contacts.take_events('{w}')$$, $$SELECT string_agg(consumer, ' ') FROM contacts.event_consumer$$, :'w'),
	('connect_integration', $$SELECT contacts.connect_integration('{w}', 'crm')$$, $$SELECT string_agg(system, ' ') FROM contacts.integration$$, :'w');
SELECT is(pg_temp.twice(i.statement, f.word, s.word, i.look), i.seen, format('R20, R25: %s, %s then %s', i.what, f.name, s.name))
FROM input i, form f, form s WHERE f.name <> s.name ORDER BY i.ctid, f.name, s.name;
SELECT is(pg_temp.twice($$SELECT contacts.add_note((SELECT contact_id FROM contacts.upsert_contact(email => 'a@example.com')), '{w}', '{w}')$$, f.word, f.word,
	$$SELECT DISTINCT title || ' ' || (data ->> 'note') FROM contacts.activity$$) ~ ('^' || :'w' || ' ' || :'w' || ','), true, 'add_note, ' || f.name) FROM form f;

-- Plain SQL: every text column of every table that users may write, from the catalogue.
CREATE TEMP TABLE plain (table_name text, columns text, given text);
INSERT INTO plain VALUES ('account', 'account_id', '9'), ('member', 'access', $$'all'$$), ('field', 'key, type', $$'x', 'text'$$), ('contact', 'fields', $$'{}'$$),
	('identifier', 'contact_id', '77'), ('blocked_identifier', 'account_id', '1'), ('activity', 'kind', $$'note'$$), ('page_view', 'url', $$'/'$$), ('tag', 'name', $$'t'$$),
	('reminder', 'activity_id, due_at', $$(SELECT min(activity_id) FROM contacts.activity), now()$$), ('event_consumer', 'account_id', '1'), ('integration', 'kind', $$'crm'$$);
-- What is not the writer's text, and why.
CREATE TEMP TABLE other (table_name text, column_name text, why text);
INSERT INTO other SELECT t, NULL, 'rows that functions alone write' FROM unnest('{audit_group,audit_log,duplicate,event,event_delivery,freed_identifier,merge,merge_identifier,merge_move,schema_version,status_change,access_grant}'::text[]) t;
INSERT INTO other SELECT split_part(c, '.', 1), split_part(c, '.', 2), 'ASCII only, by its rules' FROM unnest('{account.default_region,account.phone_match,account.unknown_fields,account.timezone,account.duplicate_fields,
	field.key,contact.phone,contact.timezone,integration.kind}'::text[]) c;
INSERT INTO other VALUES ('activity', 'role_name', 'the name of a role'), ('activity', 'actor', 'written by us');
CREATE TEMP VIEW text_column AS SELECT c.relname::text AS table_name, a.attname::text AS column_name, a.atttypid = 'text[]'::regtype AS is_array
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind IN ('r', 'p') AND a.atttypid IN ('text'::regtype, 'text[]'::regtype);
SELECT is_empty($$SELECT table_name, column_name FROM text_column t WHERE NOT EXISTS (SELECT FROM plain p WHERE p.table_name = t.table_name)
	AND NOT EXISTS (SELECT FROM other o WHERE o.table_name = t.table_name AND coalesce(o.column_name, t.column_name) = t.column_name)$$, 'each text column is tried here, or known not to be a text of users');
INSERT INTO contacts.contact (contact_id, name) VALUES (77, 'K');
INSERT INTO contacts.activity (activity_id, kind) VALUES (77, 'k');

CREATE FUNCTION pg_temp.plainly(table_name text, column_name text, is_array boolean, first text, second text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE p plain; seen text; again text; value text := '%L';
BEGIN
	SELECT * INTO p FROM plain WHERE plain.table_name = plainly.table_name;
	IF column_name = 'email' THEN value := '%L || ''@example.com'''; END IF;
	IF is_array THEN value := 'ARRAY[%L]'; p.given := replace(p.given, '''text''', '''dropdown'''); END IF;
	IF table_name IN ('identifier', 'blocked_identifier') THEN p.columns := p.columns || ', kind'; p.given := p.given || ', ''visitor'''; END IF;
	IF table_name = 'page_view' AND column_name <> 'visitor' THEN p.columns := 'visitor, url'; p.given := '''v'', ''/'''; END IF;
	IF column_name = 'reason' THEN p.columns := p.columns || ', value'; p.given := p.given || ', ''v'''; END IF;
	IF table_name = 'reminder' AND column_name <> 'channel' THEN p.columns := p.columns || ', channel'; p.given := p.given || ', ''sms'''; END IF;
	IF ', ' || p.columns || ',' LIKE '%, ' || column_name || ',%' THEN
		p.given := replace(p.given, CASE column_name WHEN 'url' THEN '''/''' ELSE '''' || CASE column_name WHEN 'kind' THEN 'note' ELSE 't' END || '''' END, format(value, first));
	ELSE
		p.columns := p.columns || ', ' || column_name;
		p.given := p.given || ', ' || format(value, first);
	END IF;
	EXECUTE format('INSERT INTO contacts.%I (%s) VALUES (%s) RETURNING %I::text', table_name, p.columns, p.given, column_name) INTO seen;
	EXECUTE format('UPDATE contacts.%1$I SET %2$I = %3$s WHERE %2$I::text = %4$L RETURNING %2$I::text', table_name, column_name, format(value, second), seen) INTO again;
	RAISE EXCEPTION USING ERRCODE = 'ZZZZZ', MESSAGE = concat_ws(' then ', seen, nullif(again, seen), CASE WHEN again IS NULL THEN 'lost' END);
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;
SELECT is(pg_temp.plainly(t.table_name, t.column_name, t.is_array, f.word, s.word),
	CASE WHEN t.is_array THEN ARRAY[:'w']::text WHEN t.column_name = 'email' THEN :'w' || '@example.com' ELSE :'w' END,
	format('R5, R25: plain SQL, %s.%s, %s then %s', t.table_name, t.column_name, f.name, s.name))
FROM text_column t JOIN plain USING (table_name), form f, form s
WHERE f.name <> s.name AND NOT EXISTS (SELECT FROM other o WHERE o.table_name = t.table_name AND coalesce(o.column_name, t.column_name) = t.column_name)
ORDER BY t.table_name, t.column_name, f.name, s.name;

-- Nothing follows from the other form: plain updates of what is told of.
CREATE FUNCTION pg_temp.leaves(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE before text := pg_temp.traces();
BEGIN
	EXECUTE statement;
	IF pg_temp.traces() = before THEN RETURN 'nothing'; END IF;
	RAISE EXCEPTION USING MESSAGE = before || ' -> ' || pg_temp.traces();
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;
SELECT FROM contacts.upsert_contact(email => 'p@example.com', name => :'w', company => :'w', source => :'w', fields => jsonb_build_object('city', :'w', 'size', :'w', 'other', :'w'), tags => ARRAY[:'w']) \g /dev/null
SELECT FROM contacts.record_activity('k', email => 'p@example.com', source => :'w', source_ref => :'w', title => :'w') \g /dev/null
UPDATE contacts.contact SET updated_at = '2026-01-01Z', details_at = '2026-01-02Z';
SELECT is(pg_temp.leaves(format('UPDATE contacts.%s SET %I = %L WHERE %2$I = %L', t, c, f.word, :'w')), 'nothing', format('R20: %s.%s in the form %s', t, c, f.name))
FROM (VALUES ('contact', 'name'), ('contact', 'company'), ('contact', 'source'), ('activity', 'title'), ('activity', 'source_ref'), ('tag', 'name')) v (t, c), form f;
SELECT is(pg_temp.leaves(format($$UPDATE contacts.contact SET fields = fields || jsonb_build_object('city', %1$L, 'size', %1$L, 'other', %1$L) WHERE name = %2$L$$, f.word, :'w')), 'nothing', 'R20: fields, ' || f.name) FROM form f;
SELECT throws_ok(format('INSERT INTO contacts.tag (name) VALUES (%L)', upper(f.word)), '23505', NULL, 'R60: no second tag, ' || f.name) FROM form f;
COPY contacts.tag (name) FROM STDIN;
cafe\xCC\x81
\.
SELECT throws_ok($$INSERT INTO contacts.tag (name) VALUES (U&'CAF\00c9')$$, '23505', NULL, 'R60: COPY writes composed letters, too');
COPY contacts.contact (name, email) FROM STDIN;
Cafe\xCC\x81	cafe\xCC\x81@example.com
\.
SELECT is(name, U&'Caf\00e9', 'R25: COPY of contacts') FROM contacts.contact WHERE contact_id = contacts.find_contact(email => U&'caf\00e9@example.com');

-- What is looked up.
SELECT FROM contacts.upsert_contact(external_id => 'crm:' || :'w', visitor => :'w') \g /dev/null
SELECT FROM contacts.take_events(:'w') \g /dev/null
SELECT contacts.connect_integration(:'w', 'crm') \g /dev/null
SELECT isnt(contacts.find_contact(external_id => 'crm:' || word), NULL, 'R12: found by external id, ' || name) FROM form;
SELECT isnt(contacts.find_contact(visitor => word), NULL, 'R12: found by cookie, ' || name) FROM form;
SELECT is(contacts.ack_events(word, '{1}') >= 0, true, 'R101: the consumer is known, ' || name) FROM form;
SELECT lives_ok(format('SELECT contacts.connect_integration(%L, ''crm''); SELECT contacts.disconnect_integration(%L)', :'w', word), 'disconnected, ' || name) FROM form;
SELECT lives_ok(format('SELECT FROM contacts.take_events(%L); SELECT contacts.drop_consumer(%L)', :'w', word), 'dropped, ' || name) FROM form;
SELECT lives_ok(format('SELECT contacts.add_identifier(77, ''external'', ''x:'' || %L); SELECT contacts.remove_identifier(77, ''external'', ''x:'' || %L)', :'w', word), 'identifier taken away, ' || name) FROM form;
INSERT INTO contacts.blocked_identifier (kind, value) VALUES ('visitor', normalize('nobody' || :'w', NFD));
SELECT is(contacts.find_contact(visitor => 'nobody' || word), NULL, 'R10: blocked, ' || name) FROM form;
SELECT throws_ok(format('INSERT INTO contacts.blocked_identifier (kind, value) VALUES (''visitor'', %L)', 'nobody' || word), '23505', NULL, 'R10: blocked once, ' || name) FROM form;

-- All forms in one call are one text.
SELECT is(string_agg(outcome::text, ' ' ORDER BY item), 'created matched matched', 'R20, R33: one contact in a batch') FROM contacts.record_activities((
	SELECT jsonb_agg(jsonb_build_object('kind', 'batch', 'source', 'batch ' || word, 'source_ref', word, 'occurred_at', '2026-02-01Z', 'external_id', 'batch:' || word, 'name', word, 'company', word,
		'fields', jsonb_build_object('city', word, 'size', word, 'other', word)) ORDER BY name) FROM form));
SELECT is(count(*), 1::bigint, 'R31: one activity in a batch') FROM contacts.activity WHERE kind = 'batch';
SELECT FROM contacts.upsert_contact(name => 'Tagged', tags => (SELECT array_agg('one ' || word) FROM form)) \g /dev/null
SELECT is(string_agg(name, ' '), 'one ' || :'w', 'R60: one tag in a call') FROM contacts.tag WHERE name LIKE 'one %';
SELECT is(pg_temp.failure(format('SELECT contacts.define_field(''twice'', ''dropdown'', options => %L)', (SELECT array_agg(word) FROM form))), '22023', 'R23: one option is given once');
-- Reviewed values of a merge, and who is at work.
INSERT INTO contacts.contact (contact_id, name) VALUES (81, 'A'), (82, 'B'), (83, 'C');
SELECT contacts.merge_contacts(81, '{82}', overrides => jsonb_build_object('name', normalize(:'w', NFD), 'fields', jsonb_build_object('city', normalize(:'w', NFD)))) \g /dev/null
SELECT is(name || ' ' || (fields ->> 'city'), :'w' || ' ' || :'w', 'R42: overrides') FROM contacts.contact WHERE contact_id = 81;
SELECT set_config('contacts.actor', normalize(:'w', NFD), false) \g /dev/null
UPDATE contacts.contact SET name = 'D' WHERE contact_id = 83;
SELECT is(actor, :'w', 'R93: the actor') FROM contacts.audit_log WHERE contact_id = 83 ORDER BY entry_id DESC LIMIT 1;
RESET contacts.actor;

-- Lengths are those of what is kept: 500 letters have 1000 bytes composed, 1500 decomposed.
SELECT is(pg_temp.failure(format(statement, repeat(U&'e\0301', 500 + more), 'l' || more)), expected, format('%s letters too many: %s', more, statement))
FROM (VALUES (0, 'no error'), (1, '22P02')) v (more, expected), (VALUES ('SELECT FROM contacts.upsert_contact(name => %L, external_id => ''crm:%s'')'), ('SELECT FROM contacts.record_activity(''note'', title => %L, source_ref => %L)'),
	('SELECT FROM contacts.set_account(name => %L)'), ('INSERT INTO contacts.contact (name) VALUES (%L)')) s (statement);
SELECT is(pg_temp.failure(format($$SELECT FROM contacts.upsert_contact(name => 'A', fields => '{"city": "%s"}')$$, repeat(U&'e\0301', 5000 + more))), expected, more || ' letters too many in a field')
FROM (VALUES (0, 'no error'), (1, '22P02')) v (more, expected);
SELECT is(pg_temp.failure(format('SELECT contacts.connect_integration(%L, ''crm'')', repeat(U&'e\0301', 31 + more))), expected, more || ' letters too many in a name')
FROM (VALUES (0, 'no error'), (1, '22023')) v (more, expected);
-- JSON data stays as it was given.
SELECT FROM form, LATERAL contacts.record_activity('note', source_ref => 'data ' || form.name, data => jsonb_build_object('a', word)) \g /dev/null
SELECT is(a.data ->> 'a', f.word, 'R30: data stays as given, ' || f.name) FROM contacts.activity a JOIN form f ON a.source_ref = 'data ' || f.name;

SELECT is_empty($$SELECT * FROM contacts.check() WHERE problem ~ 'stored'$$, 'R112: check() finds all as writers leave it');
UPDATE contacts.account SET unknown_fields = 'refuse';
SELECT * FROM finish();
