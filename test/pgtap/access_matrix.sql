-- access_matrix.sql: each function, table and view x each kind of role x two accounts (R80-R82).
-- Allowed is what the list below says; everything else ends with 42501, tables without rows.
-- No answer and no error carries a marker of what the role may not see.
\ir start.psql
\o /dev/null
SELECT contacts.current_account();
\o
BEGIN;
SELECT no_plan();
\set prefix matrix_
\ir access_world.psql
-- 5 and 105 are merged into 1 and 101, 6 and 106 deleted, 7 and 107 can be merged.
INSERT INTO contacts.contact (account_id, contact_id, name, email, owner_id)
SELECT n, id, marker, marker || id || '@a.example', owner_id
FROM (VALUES (1, 5, 'MARKA', 11), (2, 105, 'MARKB', 21)) AS m (n, first_id, marker, owner_id), generate_series(first_id, first_id + 2) id;
SELECT contacts.merge_contacts(a, ARRAY[b], account_id => n), contacts.delete_contacts(ARRAY[b + 1], n)
FROM (VALUES (1, 1, 5), (2, 101, 105)) AS m (n, a, b);

CREATE TEMP TABLE kind AS SELECT * FROM (VALUES
	('none', NULL, 0, ''), ('ingest', 'ingest', 1, 'MARKA|MARKT|MARKH|MARKB'), ('reader', 'reader', 1, 'MARKB'),
	('all', 'agent', 1, 'MARKB'), ('team', 'agent', 1, 'MARKH|MARKB'), ('own', 'agent', 1, 'MARKT|MARKH|MARKB'),
	('admin', 'admin', 1, 'MARKB'), ('ingest2', 'ingest', 2, 'MARKB|MARKA|MARKT|MARKH'), ('reader2', 'reader', 2, 'MARKA|MARKT|MARKH'),
	('all2', 'agent', 2, 'MARKA|MARKT|MARKH'), ('team2', 'agent', 2, 'MARKA|MARKT|MARKH'),
	('own2', 'agent', 2, 'MARKA|MARKT|MARKH'), ('admin2', 'admin', 2, 'MARKA|MARKT|MARKH'))
	AS k (role, level, account_id, hidden);
UPDATE kind SET hidden = 'MARKA|MARKT|MARKH|MARKB' WHERE role = 'none';

-- ---- functions: one call of each that does something, %1$s = contact, %2$s = account ------------

CREATE TEMP TABLE call AS SELECT * FROM (VALUES
	('record_activity', 'report', $$SELECT (contacts.record_activity('x', email => 'new@x.example', account_id => %2$s)).contact_id IS NULL AS x$$),
	('record_activities', 'report', $$SELECT outcome FROM contacts.record_activities('[{"kind":"x"}]', account_id => %2$s)$$),
	('find_contact', 'read', $$SELECT contacts.find_contact('probe.h@a.example', account_id => %2$s)$$),
	('resolve_contact', 'read', $$SELECT contacts.resolve_contact(%1$s, %2$s)$$),
	('get_contact', 'read', $$SELECT contacts.get_contact(%1$s, %2$s)$$),
	('event_cloudevent', 'read', $$SELECT contacts.event_cloudevent((SELECT min(event_id) FROM pg_temp.event_of WHERE account_id = %2$s), %2$s)$$),
	('cancel_activity', 'edit', $$SELECT contacts.cancel_activity(%1$s, %2$s)$$),
	('reschedule_activity', 'edit', $$SELECT contacts.reschedule_activity(%1$s, '2031-01-01', account_id => %2$s)$$),
	('link_activity', 'edit', $$SELECT contacts.link_activity(%1$s, %1$s, %2$s)$$),
	('unlink_activity', 'edit', $$SELECT contacts.unlink_activity(%1$s, %2$s)$$),
	('add_note', 'edit', $$SELECT contacts.add_note(%1$s, 'x', account_id => %2$s) IS NULL AS x$$),
	('makes_contacts', 'any', $$SELECT contacts.makes_contacts()$$),
	('contact_made', 'any', $$SELECT contacts.contact_made(1)$$),
	('upsert_contact', 'edit', $$SELECT (contacts.upsert_contact('new@x.example', account_id => %2$s)).outcome$$),
	('create_contact', 'edit', $$SELECT (contacts.create_contact('new@x.example', account_id => %2$s)).outcome$$),
	('update_contact', 'edit', $$SELECT (contacts.update_contact(%1$s, '{"name":"x"}', account_id => %2$s)).outcome$$),
	('set_status', 'edit', $$SELECT contacts.set_status('{%1$s}', 'disqualified', account_id => %2$s)$$),
	('assign_contacts', 'edit', $$SELECT contacts.assign_contacts('{%1$s}', NULL, %2$s)$$),
	('add_identifier', 'edit', $$SELECT contacts.add_identifier(%1$s, 'email', 'new@x.example', account_id => %2$s)$$),
	('remove_identifier', 'edit', $$SELECT contacts.remove_identifier(%1$s, 'email', 'new@x.example', %2$s)$$),
	('set_primary_identifier', 'edit', $$SELECT contacts.set_primary_identifier(%1$s, 'email', 'new@x.example', %2$s)$$),
	('merge_preview', 'read', $$SELECT field FROM contacts.merge_preview(%1$s, ARRAY[CASE %2$s WHEN 1 THEN 7 ELSE 107 END], account_id => %2$s)$$),
	('merge_contacts', 'edit', $$SELECT contacts.merge_contacts(%1$s, ARRAY[CASE %2$s WHEN 1 THEN 7 ELSE 107 END], account_id => %2$s)$$),
	('unmerge', 'edit', $$SELECT contacts.unmerge((SELECT merge_id FROM pg_temp.merge_of WHERE account_id = %2$s), %2$s)$$),
	('delete_contacts', 'edit', $$SELECT contacts.delete_contacts('{%1$s}', %2$s)$$),
	('restore_contacts', 'edit', $$SELECT contacts.restore_contacts(ARRAY[CASE %2$s WHEN 1 THEN 6 ELSE 106 END], %2$s)$$),
	('purge_contacts', 'edit', $$SELECT contacts.purge_contacts('{%1$s}', %2$s)$$),
	('add_reminder', 'edit', $$SELECT contacts.add_reminder(%1$s, now(), 'email', %2$s) IS NULL AS x$$),
	('find_duplicates', 'edit', $$SELECT * FROM contacts.find_duplicates(account_id => %2$s)$$),
	('dismiss_duplicate', 'edit', $$SELECT contacts.dismiss_duplicate(%1$s, CASE %2$s WHEN 1 THEN 4 ELSE 102 END, %2$s)$$),
	('match_keys', 'see edit', $$SELECT contacts.match_keys(1, 'A', NULL, NULL)$$),
	('set_account', 'admin', $$SELECT contacts.set_account(name => 'x', account_id => %2$s)$$),
	('check', 'admin', $$SELECT * FROM contacts.check(%2$s)$$),
	('define_field', 'admin', $$SELECT contacts.define_field('size', 'text', account_id => %2$s)$$),
	('archive_field', 'admin', $$SELECT contacts.archive_field('hobby', %2$s)$$),
	('grant_access', 'admin', $$SELECT contacts.grant_access('matrix_none', 'reader', account_id => %2$s)$$),
	('revoke_access', 'admin', $$SELECT contacts.revoke_access(('matrix_own' || CASE %2$s WHEN 2 THEN '2' ELSE '' END), %2$s)$$),
	('audit_verify', 'admin', $$SELECT * FROM contacts.audit_verify(account_id => %2$s)$$),
	('audit_head', 'admin', $$SELECT contacts.audit_head(%2$s)$$),
	('take_events', 'admin', $$SELECT * FROM contacts.take_events('new', account_id => %2$s)$$),
	('ack_events', 'admin', $$SELECT contacts.ack_events(CASE %2$s WHEN 1 THEN 'Account' ELSE 'MARKB' END, '{1}', %2$s)$$),
	('drop_consumer', 'admin', $$SELECT contacts.drop_consumer(CASE %2$s WHEN 1 THEN 'Account' ELSE 'MARKB' END, %2$s)$$),
	('trim_events', 'admin', $$SELECT contacts.trim_events(account_id => %2$s)$$),
	('take_due_reminders', 'admin', $$SELECT * FROM contacts.take_due_reminders(account_id => %2$s)$$),
	('ack_reminders', 'admin', $$SELECT contacts.ack_reminders('{1}', %2$s)$$),
	('connect_integration', 'admin', $$SELECT contacts.connect_integration('x', 'crm', %2$s)$$),
	('disconnect_integration', 'admin', $$SELECT contacts.disconnect_integration('x', %2$s)$$),
	('purge_deleted', 'admin', $$SELECT contacts.purge_deleted(account_id => %2$s)$$),
	('contact_references', 'see admin', $$SELECT * FROM contacts.contact_references()$$),
	('reference_rule', 'see admin', $$SELECT contacts.reference_rule('contacts.activity')$$),
	('level_privileges', 'see admin', $$SELECT * FROM contacts.level_privileges('reader')$$),
	('event_lease', 'see admin', $$SELECT contacts.event_lease()$$),
	('coerce_field_value', 'see admin', $$SELECT contacts.coerce_field_value('a', 'text', NULL, '"x"')$$),
	('normalize_email', 'any', $$SELECT contacts.normalize_email('A@b.example')$$),
	('email_problem', 'any', $$SELECT contacts.email_problem('x')$$),
	('normalize_phone', 'any', $$SELECT contacts.normalize_phone('+14155550199', NULL)$$),
	('phone_problem', 'any', $$SELECT contacts.phone_problem('x', NULL)$$),
	('phone_info', 'any', $$SELECT contacts.phone_info('x', NULL)$$),
	('current_account', 'any', $$SELECT contacts.current_account()$$),
	('current_member', 'any', $$SELECT contacts.current_member()$$),
	('current_region', 'any', $$SELECT contacts.current_region()$$),
	('version', 'any', $$SELECT contacts.version()$$),
	('library_version', 'any', $$SELECT contacts.library_version()$$),
	('phone_data_version', 'any', $$SELECT contacts.phone_data_version()$$),
	('allowed_account', 'any', $$SELECT contacts.allowed_account('read')$$),
	('require_setup', 'any', $$SELECT contacts.require_setup()$$),
	('require_label', 'any', $$SELECT contacts.require_label('x', 'email', 'contacts.identifier_kind')$$),
	('require_choice', 'any', $$SELECT contacts.require_choice('x', 'a', '{a}')$$),
	('require_right', 'own', $$SELECT contacts.require_right('report', %2$s)$$),
	('sees_all', 'any', $$SELECT contacts.sees_all()$$),
	('visible_members', 'any', $$SELECT contacts.visible_members()$$),
	('visible_contacts', 'any', $$SELECT count(*) FROM contacts.visible_contacts()$$)) AS c (name, needs, statement);
CREATE TEMP TABLE event_of AS SELECT account_id, event_id FROM contacts.event WHERE contact_id IN (1, 101);
CREATE TEMP TABLE merge_of AS SELECT account_id, merge_id FROM contacts.merge;
GRANT SELECT ON event_of, merge_of TO PUBLIC;

CREATE FUNCTION pg_temp.has(level text, needs text) RETURNS boolean LANGUAGE sql AS $$
	SELECT coalesce(CASE needs WHEN 'report' THEN level IN ('ingest', 'agent', 'admin') WHEN 'read' THEN level <> 'ingest'
		WHEN 'edit' THEN level IN ('agent', 'admin') WHEN 'admin' THEN level = 'admin'
		WHEN 'see admin' THEN level = 'admin' WHEN 'see edit' THEN level IN ('agent', 'admin') ELSE true END, false) $$;
-- Where a call may be refused or not, this says which: its account is the argument, not the setting.
CREATE TEMP TABLE answer AS
SELECT c.name, k.role, k.level, k.hidden, a AS account,
	k.level IS NOT NULL AND pg_temp.has(k.level, c.needs) AND (c.needs IN ('any', 'see admin', 'see edit') OR a = k.account_id) AS allowed,
	pg_temp.try(k.role, format(c.statement, CASE a WHEN 1 THEN 1 ELSE 101 END, a), setting) AS answer
FROM call c, kind k, unnest(ARRAY[1, 2]) a, unnest(ARRAY[1, 2]) setting
WHERE c.needs <> 'own';

SELECT is((SELECT string_agg(format('%s/%s: %s', role, account, left(answer, 150)), E'\n') FROM answer a
	WHERE a.name = c.name AND allowed IS DISTINCT FROM (answer !~ '^42501')), NULL, 'R80: who may call ' || name || '()')
FROM call c WHERE needs <> 'own' ORDER BY name;
SELECT is((SELECT string_agg(format('%s/%s: %s', role, account, left(answer, 300)), E'\n') FROM answer a
	WHERE a.name = c.name AND answer ~* hidden), NULL, 'R81: nothing hidden in the answers of ' || name || '()')
FROM call c WHERE needs <> 'own' ORDER BY name;
SELECT is((SELECT string_agg(DISTINCT format('%s %s', name, left(answer, 200)), E'\n') FROM answer WHERE answer ~ '^(XX|57|08)'), NULL,
	'no answer is an internal error');
SELECT is((SELECT string_agg(format('%s %s %s: %s', name, role, account, left(answer, 100)), E'\n') FROM answer
	WHERE allowed AND answer ~ '^(22|42|P0001)' ), NULL, 'the calls above are good ones');

SELECT is((SELECT string_agg(p.proname, ' ') FROM pg_proc p WHERE p.pronamespace = 'contacts'::regnamespace
	AND p.prorettype <> 'trigger'::regtype AND NOT EXISTS (SELECT FROM call c WHERE c.name = p.proname)
	AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname ~ '^matrix_' AND has_function_privilege(r.oid, p.oid, 'EXECUTE'))),
	NULL, 'each function that a level may call is in the list above');
SELECT is((SELECT string_agg(format('%s.%s', l, p.object_name), ' ') FROM unnest('{ingest,reader,agent,admin}'::text[]) l,
	contacts.level_privileges(l) p WHERE p.object_kind = 'function' AND NOT EXISTS (
	SELECT FROM call c WHERE c.name = p.object_name AND pg_temp.has(l, c.needs))), NULL, 'R80: level_privileges() grants no more than that');
SELECT is((SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p WHERE p.pronamespace = 'contacts'::regnamespace
	AND p.prorettype = 'trigger'::regtype AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname ~ '^matrix_'
	AND has_function_privilege(r.oid, p.oid, 'EXECUTE'))), NULL, 'R80: nobody may put the trigger functions on a table of their own');

-- The functions for policies answer for the session, and only where it has a right.
SELECT is(pg_temp.try('own', 'SELECT 1 FROM contacts.require_right(''edit'', 1)'), '[{"?column?":1}]', 'require_right() lets a right pass');
SELECT matches(pg_temp.try('own', 'SELECT contacts.require_right(''edit'', 2)'), '^42501', 'require_right() refuses another account');
SELECT matches(pg_temp.try('reader', 'SELECT contacts.require_right(''edit'', 1)'), '^42501', 'require_right() refuses a missing right');
SELECT is(pg_temp.try(r, 'SELECT contacts.allowed_account(''read'') AS a', 2), '[{"a":null}]', 'allowed_account() is null elsewhere: ' || r)
FROM unnest('{ingest,reader,all,own,admin}'::text[]) r;
SELECT set_config('contacts.member_id', '21', true) \g /dev/null
SELECT is(pg_temp.try(r, 'SELECT * FROM contacts.visible_contacts()', 2), '', 'R81: visible_contacts() gives no ids of another account: ' || r)
FROM unnest('{ingest,reader,all,own,admin}'::text[]) r;
SELECT is(pg_temp.try(r, 'SELECT count(*) FROM contacts.visible_contacts() v', 2), '[{"count":0}]', 'R81: nor their number: ' || r)
FROM unnest('{ingest,own}'::text[]) r;
SELECT set_config('contacts.member_id', '24', true) \g /dev/null
SELECT unalike(pg_temp.try(r, 'SELECT contacts.visible_members() AS m', 2), '%21%', 'R81: visible_members() gives no team of another account: ' || r)
FROM unnest('{ingest,own}'::text[]) r;
SELECT set_config('contacts.member_id', '', true) \g /dev/null

-- ---- tables and views ---------------------------------------------------------------------------

CREATE TEMP TABLE relation AS
SELECT c.relname AS name, c.oid, CASE
	WHEN c.relname IN ('blocked_identifier', 'access_grant', 'audit_log', 'audit_group', 'event', 'event_outbox', 'merge_move', 'freed_identifier',
		'event_consumer', 'event_delivery', 'integration') THEN 'admin' ELSE 'read' END AS needs,
	c.relname IN ('schema_version', 'help') AS for_all, c.relkind IN ('v', 'm') AS is_view,
	(SELECT attname FROM pg_attribute a WHERE attrelid = c.oid AND attnum = 1) AS first_column
FROM pg_class c WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm');
CREATE TEMP TABLE sight AS
SELECT r.name, r.for_all, k.*, setting, pg_temp.has(k.level, r.needs) AS allowed,
	pg_temp.try(k.role, format('SELECT * FROM contacts.%I', r.name), setting) AS rows
FROM relation r, kind k, unnest(ARRAY[1, 2]) setting;

SELECT is((SELECT string_agg(format('%s: %s', role, left(rows, 100)), E'\n') FROM sight s
	WHERE s.name = r.name AND allowed IS DISTINCT FROM (rows !~ '^42501')), NULL, 'R80: who may read ' || name) FROM relation r ORDER BY name;
SELECT is((SELECT string_agg(format('%s: %s', role, left(rows, 300)), E'\n') FROM sight s
	WHERE s.name = r.name AND rows ~* hidden), NULL, 'R81: nothing hidden in ' || name) FROM relation r ORDER BY name;
SELECT is((SELECT string_agg(format('%s: %s', role, left(rows, 300)), E'\n') FROM sight s
	WHERE s.name = r.name AND allowed AND NOT for_all AND setting <> account_id AND rows <> ''), NULL,
	'R81: no rows while the setting names another account: ' || name) FROM relation r ORDER BY name;
SELECT is((SELECT string_agg(format('%s', role), ' ') FROM sight s
	WHERE s.name = r.name AND allowed AND setting = account_id AND rows = ''
	AND NOT (name = 'reminder' AND role ~ '^(own|team)')
	AND NOT (account_id = 2 AND name ~ 'duplicate|status|page_view|contact_tag' AND level = 'agent' AND role ~ '^(own|team)2')), NULL,
	'R81: who may read ' || name || ' finds rows') FROM relation r ORDER BY name;
SELECT is((SELECT string_agg(format('%s %s', role, s.name), ', ') FROM sight s, unnest(string_to_array(marks, ' ')) m
	WHERE s.role = v.role AND setting = account_id AND s.name IN ('contact', 'identifier', 'activity', 'page_view', 'contact_overview', 'timeline',
		'activity_stream') AND rows !~* m), NULL, format('R81: %s sees %s in every table and view', v.role, marks))
FROM (VALUES ('own', 'MARKA'), ('team', 'MARKA MARKT'), ('all', 'MARKA MARKT MARKH'), ('reader', 'MARKA MARKT MARKH'),
	('admin', 'MARKA MARKT MARKH'), ('own2', 'MARKB'), ('all2', 'MARKB')) AS v (role, marks);

-- Writing: what may not be written is refused, or finds no row.
CREATE TEMP TABLE writing AS
SELECT r.name, k.*, verb, pg_temp.try(k.role, format(CASE verb WHEN 'UPDATE' THEN 'UPDATE contacts.%I SET %I = %2$I'
	WHEN 'DELETE' THEN 'DELETE FROM contacts.%I' WHEN 'TRUNCATE' THEN 'TRUNCATE contacts.%I CASCADE' ELSE 'INSERT INTO contacts.%I SELECT * FROM contacts.%1$I LIMIT 1' END, r.name, first_column), 1) AS answer
FROM relation r, kind k, unnest('{INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) verb
WHERE k.role !~ '2' AND NOT is_view;
SELECT is((SELECT string_agg(format('%s %s: %s', role, verb, left(answer, 80)), E'\n') FROM writing w WHERE w.name = r.name
	AND answer !~ '^42501' AND NOT (verb <> 'TRUNCATE' AND (
		(level IN ('agent', 'admin') AND name IN ('contact', 'contact_tag', 'activity'))
		OR (level = 'admin' AND name IN ('member', 'tag', 'duplicate', 'blocked_identifier'))))), NULL,
	'R80: who may write ' || name) FROM relation r WHERE NOT is_view ORDER BY name;
SELECT is((SELECT string_agg(DISTINCT name, ' ') FROM relation r, pg_roles u WHERE is_view AND u.rolname ~ '^matrix_'
	AND has_table_privilege(u.oid, r.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')), NULL, 'R80: nobody writes through a view');
SELECT is((SELECT string_agg(DISTINCT c.relname, ' ') FROM pg_class c, pg_roles u WHERE c.relnamespace = 'contacts'::regnamespace
	AND u.rolname ~ '^matrix_' AND c.relkind = 'S' AND has_sequence_privilege(u.oid, c.oid, 'USAGE, SELECT, UPDATE')), NULL,
	'R80: nobody reads the counters');

-- Another account's rows can be neither written nor changed into.
SELECT matches(pg_temp.try(r, s), '^(42501|0$|22023)', format('R81: %s: %s', r, s)) FROM unnest('{own,all,admin}'::text[]) r, unnest(ARRAY[
	'INSERT INTO contacts.contact (account_id, name, owner_id) VALUES (2, ''x'', 21)', 'UPDATE contacts.contact SET account_id = 2',
	'UPDATE contacts.contact SET name = ''x'' WHERE account_id = 2', 'DELETE FROM contacts.contact WHERE account_id = 2',
	'INSERT INTO contacts.activity (account_id, kind, contact_id) VALUES (2, ''x'', 101)',
	'UPDATE contacts.activity SET account_id = 2, contact_id = NULL, assigned_to = NULL',
	'INSERT INTO contacts.contact_tag (account_id, contact_id, tag_id) VALUES (2, 102, 101)']) s;
SELECT matches(pg_temp.try('admin', s), '^42501', 'R81: admin: ' || s) FROM unnest(ARRAY[
	'INSERT INTO contacts.member (account_id, name) VALUES (2, ''x'')', 'INSERT INTO contacts.tag (account_id, name) VALUES (2, ''x'')',
	'INSERT INTO contacts.blocked_identifier (account_id, kind, value) VALUES (2, ''email'', ''x@x.example'')',
	'INSERT INTO contacts.duplicate (account_id, contact_id, other_id, reasons, score) VALUES (2, 101, 103, ''{}'', 1)']) s;

-- ---- plans --------------------------------------------------------------------------------------

ANALYZE contacts.contact, contacts.identifier, contacts.activity, contacts.page_view;
SELECT unalike(pg_temp.try('own', 'SELECT * FROM pg_stats WHERE schemaname = ''contacts'''), '%MARK%', 'R81: no values in pg_stats');
CREATE TEMP TABLE plan AS SELECT name, pg_temp.try('own', format('EXPLAIN (VERBOSE, COSTS) SELECT * FROM contacts.%I', name)) AS lines
FROM relation WHERE needs = 'read' AND NOT for_all;
SELECT unalike(lines, '%MARK%', 'R81: EXPLAIN shows nothing of ' || name) FROM plan;
SELECT unalike((SELECT string_agg(l, E'\n') FROM regexp_split_to_table(lines, E'\n') l WHERE l ~ '^\s*(Filter|Index Cond|Join Filter|Recheck Cond):'),
	'%contacts.%(%', 'R81: the policies of ' || name || ' are asked once per query') FROM plan;
INSERT INTO contacts.contact (account_id, name, owner_id) SELECT 1, 'MARKA many', 11 FROM generate_series(1, 500);
SET LOCAL track_functions = 'all';
SELECT pg_temp.try('own', 'SELECT count(*) FROM contacts.contact', then_ask => $$SELECT sum(calls) FROM pg_stat_xact_user_functions
	WHERE schemaname = 'contacts'$$) AS calls \gset
SELECT cmp_ok(:'calls'::int, '<=', 12, 'R81: reading 500 contacts calls a few functions, not one per row');

SELECT * FROM finish();
ROLLBACK;
