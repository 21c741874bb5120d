-- limits.sql: what has a limit keeps it, by whatever number of calls and by every door.
\ir start.psql
BEGIN;
SELECT plan(22);
SELECT contacts.set_account(unknown_fields => 'keep');

-- ---- fields of a contact (R23) ----------------------------------------------------------------

CREATE FUNCTION pg_temp.fields(low int, high int) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_object_agg('k' || i, i) FROM generate_series(low, high) i $$;
CREATE FUNCTION pg_temp.fields_of(id bigint) RETURNS bigint LANGUAGE sql AS
$$ SELECT count(*) FROM contacts.contact c, jsonb_object_keys(c.fields) WHERE contact_id = id $$;
SELECT contact_id AS a FROM contacts.upsert_contact(email => 'a@example.com', fields => pg_temp.fields(1, 400)) \gset
SELECT contact_id AS b FROM contacts.upsert_contact(email => 'b@example.com', fields => pg_temp.fields(301, 600)) \gset
CREATE TEMP TABLE door (name text, call text);
INSERT INTO door VALUES
	('upsert_contact', $$ SELECT contacts.upsert_contact(email => 'a@example.com', fields => %s) $$),
	('record_activity', $$ SELECT contacts.record_activity('form', email => 'a@example.com', fields => %s) $$),
	('record_activities', $$ SELECT contacts.record_activities(jsonb_build_array(jsonb_build_object(
		'kind', 'form', 'email', 'a@example.com', 'fields', %s))) $$),
	('update_contact', $$ SELECT contacts.update_contact(1, jsonb_build_object('fields', %s)) $$),
	('UPDATE', $$ UPDATE contacts.contact SET fields = fields || %s WHERE contact_id = 1 $$),
	('INSERT', $$ INSERT INTO contacts.contact (fields) VALUES (pg_temp.fields(1, 400) || %s) $$);
SELECT is(:a, 1, 'the contact of the calls');
SELECT is_empty($$ SELECT name, pg_temp.failure(format(call, 'pg_temp.fields(401, 501)')) FROM door
                    WHERE pg_temp.failure(format(call, 'pg_temp.fields(401, 501)')) <> '22023' $$,
                'R23: a 501st field is refused by each door');
SELECT is(pg_temp.fields_of(:a), 400::bigint, 'and none of them is stored');
SELECT is(pg_temp.failure('SELECT contacts.merge_contacts(1, ARRAY[2])'), '22023',
          'a merge that would make more is refused');
SELECT is((SELECT string_agg(concat_ws(' ', item, outcome, split_part(error, ':', 1)), ', ' ORDER BY item)
             FROM contacts.record_activities((SELECT jsonb_agg(jsonb_build_object('kind', 'form', 'email', e,
                      'phone', '+1415200000' || i, 'fields', f) ORDER BY i)
                 FROM (VALUES (1, 'a@example.com', pg_temp.fields(401, 450)),
                              (2, 'a@example.com', pg_temp.fields(451, 501)),
                              (3, 'c@example.com', pg_temp.fields(1, 1))) v (i, e, f)), 'report')),
          '1 matched, 2 invalid fields, 3 created', 'in a batch that reports, the item says so');
SELECT is(pg_temp.keys(:a), 'email a@example.com*, phone +14152000001*', 'and nothing of it stays');
SELECT lives_ok(format(call, 'pg_temp.fields(451, 500)'), name || ' takes the 500th')
  FROM door WHERE name <> 'INSERT';
SELECT lives_ok($$ UPDATE contacts.contact SET fields = fields || '{"k1": "other"}' WHERE contact_id = 1 $$,
                'a full contact is edited as any other');

-- ---- data of an activity -----------------------------------------------------------------------

CREATE FUNCTION pg_temp.data(key text, size int) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object(key, repeat('x', size)) $$;
SELECT is(pg_temp.failure($$ SELECT contacts.record_activity('form', data => pg_temp.data('k', 1000001)) $$),
          '54000', 'data of more than a million bytes are refused');
SELECT lives_ok($$ SELECT contacts.record_activity('form', source_ref => 'd', data => pg_temp.data('a', 600000)) $$,
                'fewer are not');
SELECT is(pg_temp.failure($$ SELECT contacts.record_activity('form', source_ref => 'd', data => pg_temp.data('b', 600000)) $$),
          '54000', 'what its reports say together counts');
SELECT lives_ok($$ SELECT contacts.record_activity('form', source_ref => 'd', data => pg_temp.data('a', 500000)) $$,
                'what replaces something does not add to it');

-- ---- the setting contacts.actor (R93) ------------------------------------------------------------

SELECT is(pg_temp.failure(format('SET LOCAL contacts.actor = %L', repeat('é', 201))), '22001', 'an actor has 200 characters');
SELECT lives_ok(format('SET LOCAL contacts.actor = %L', repeat('é', 200)), 'at most');

-- ---- a duplicate that somebody marked deleted (R45) ----------------------------------------------

SELECT contact_id AS d FROM contacts.upsert_contact(email => 'd@example.com') \gset
SELECT contact_id AS e FROM contacts.upsert_contact(email => 'e@example.com') \gset
SELECT contacts.merge_contacts(:d, ARRAY[:e]) AS merge \gset
SET session_replication_role = replica; -- plain SQL is refused
UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = :e;
RESET session_replication_role;
SELECT lives_ok(format('SELECT contacts.unmerge(%s)', :merge), 'R45: its merge can be undone');
SELECT is(concat_ws(' ', (pg_temp.person(:e)).deleted_at, pg_temp.keys(:e)), 'email e@example.com*', 'and it is back');
SELECT is_empty('SELECT * FROM contacts.check()', 'all invariants hold');

-- ---- memory of a long transaction ----------------------------------------------------------------

DO $$ BEGIN FOR i IN 1..200 LOOP PERFORM contacts.record_activity('form', email => 'm' || i || '@example.com'); END LOOP; END $$;
SELECT cmp_ok((SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'CurTransactionContext'), '<', 50::bigint,
              'the calls of a long transaction leave no memory of their own');
SELECT * FROM finish();
ROLLBACK;
