-- times.sql: no time is stored that a dump could not bring back, and none that has no place on a
-- calendar: infinite times and sums out of range are refused, by every door (22008; plain SQL by a
-- CHECK, 23514). The lists come from the catalogue.
\ir start.psql
BEGIN;
SELECT plan(23);

-- ---- plain SQL: every column ------------------------------------------------------------------

-- Each column with a time, of each table, and the infinities; evaluated by the table's own CHECKs,
-- with nulls in all other columns, so that no row has to be made up; or for which the
-- trigger is that looks at each row, which is then tried on the rows that there are.
CREATE TEMP VIEW moment AS
SELECT c.oid AS rel, c.relname, a.attname, i.value
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped,
       (VALUES ('infinity'), ('-infinity')) i (value)
 WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind IN ('r', 'p')
   AND a.atttypid = 'timestamptz'::regtype;
CREATE FUNCTION pg_temp.refuses(rel oid, attname text, value text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	rule text;
	refused boolean;
BEGIN
	FOR rule IN SELECT pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k
	             WHERE k.conrelid = rel AND k.contype = 'c' LOOP
		EXECUTE format('SELECT (%s) IS FALSE FROM jsonb_populate_record(NULL::%s, %L)', rule,
					   rel::regclass, jsonb_build_object(attname, value)) INTO refused;
		IF refused THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN value ~ 'infinity' AND EXISTS (
		SELECT FROM pg_trigger t, pg_attribute c
		 WHERE t.tgrelid = rel AND t.tgfoid = 'contacts.values_check'::regproc AND t.tgenabled = 'O'
		   AND t.tgtype & 23 = 23  -- BEFORE INSERT OR UPDATE FOR EACH ROW
		   AND c.attrelid = t.tgrelid AND c.attname = $2 AND c.attnum = ANY (t.tgattr));
END $$;
SELECT cmp_ok((SELECT count(*) FROM moment), '>=', 60::bigint, 'the catalogue lists columns with a time');
SELECT is_empty($$ SELECT relname, attname, value FROM moment
                    WHERE NOT pg_temp.refuses(rel, attname, value) ORDER BY 1, 2, 3 $$,
                'a CHECK of the table, or its trigger, refuses infinity and -infinity in each of them');
SELECT contacts.record_activity('call', email => 'tried@example.com', status => 'qualified') \gset
SET CONSTRAINTS ALL IMMEDIATE;
SELECT set_eq($$ SELECT DISTINCT pg_temp.failure(format('UPDATE contacts.%I SET %I = %L', m.relname, m.attname, m.value))
                   FROM moment m JOIN pg_trigger t ON t.tgrelid = m.rel AND t.tgfoid = 'contacts.values_check'::regproc
                   JOIN pg_attribute a ON a.attrelid = m.rel AND a.attname = m.attname AND a.attnum = ANY (t.tgattr) $$,
              ARRAY['22008'], 'the trigger refuses an UPDATE with 22008');
SELECT set_eq($$ SELECT DISTINCT pg_temp.failure(format('INSERT INTO contacts.%1$I SELECT (jsonb_populate_record(r, %2$L)).* FROM contacts.%1$I r',
                   m.relname, jsonb_build_object(m.attname, m.value)))
                   FROM moment m JOIN pg_trigger t ON t.tgrelid = m.rel AND t.tgfoid = 'contacts.values_check'::regproc
                   JOIN pg_attribute a ON a.attrelid = m.rel AND a.attname = m.attname AND a.attnum = ANY (t.tgattr) $$,
              ARRAY['22008'], 'and an INSERT');
SELECT is_empty($$ SELECT relname, attname FROM moment WHERE pg_temp.refuses(rel, attname, '294276-12-31')
                      OR pg_temp.refuses(rel, attname, '4713-01-01 BC') $$,
                'and no finite time');

-- ---- functions: every argument, every key ------------------------------------------------------

SELECT contacts.record_activity('call', email => 'a@example.com', source => 's', source_ref => 'r') \gset
CREATE TEMP VIEW door AS             -- an argument with a time, in a call that gives nothing else wrong
SELECT p.oid::regprocedure::text AS signature, (p.proargnames)[given.at] AS name,
       format('SELECT contacts.%I(%s)', p.proname, string_agg(
           CASE WHEN other.at = given.at THEN '%L::timestamptz'
                WHEN other.type = 'timestamptz'::regtype THEN 'now()'
                WHEN other.type = 'bigint'::regtype THEN '1' ELSE quote_literal('email') END, ', '
           ORDER BY other.at)) AS call
  FROM pg_proc p,
       LATERAL unnest(p.proargtypes::oid[]) WITH ORDINALITY AS given (type, at),
       LATERAL unnest(p.proargtypes::oid[]) WITH ORDINALITY AS other (type, at)
 WHERE p.pronamespace = 'contacts'::regnamespace AND given.type = 'timestamptz'::regtype
   AND NOT EXISTS (SELECT FROM unnest(p.proargtypes::oid[]) t
                    WHERE t NOT IN ('timestamptz'::regtype, 'bigint'::regtype, 'text'::regtype))
 GROUP BY p.oid, p.proname, p.proargnames, given.at;
SELECT cmp_ok((SELECT count(*) FROM door), '>=', 3::bigint, 'the catalogue lists functions with a time');
SELECT is_empty($$ SELECT signature, name, value, pg_temp.failure(format(call, value)) AS came
                     FROM door, (VALUES ('infinity'), ('-infinity')) i (value)
                    WHERE pg_temp.failure(format(call, value)) <> '22008' $$,
                'functions with a time refuse infinite ones with 22008');

CREATE TEMP VIEW said AS             -- the times of a report, as arguments and as keys of a batch
SELECT k.name, v.value
  FROM (VALUES ('occurred_at'), ('starts_at'), ('ends_at')) k (name),
       (VALUES ('infinity'), ('-infinity')) v (value);
SELECT is_empty($$ SELECT name, value FROM said WHERE pg_temp.failure(format(
                       'SELECT contacts.record_activity(''note'', %s => %L)', name, value)) <> '22008' $$,
                'record_activity refuses infinite times');
SELECT is_empty($$ SELECT name, value FROM (SELECT name, value FROM said
                           UNION ALL SELECT name, '294277-01-02' FROM said) s
                    WHERE pg_temp.failure(format('SELECT contacts.record_activities(%L)',
                       jsonb_build_array(jsonb_build_object('kind', 'note', name, value)))) <> '22008' $$,
                'record_activities too, and those out of range');
SELECT is((SELECT string_agg(concat_ws(' ', item, activity_id IS NOT NULL, split_part(error, ':', 1)), ', ' ORDER BY item)
             FROM contacts.record_activities('[{"kind": "note", "starts_at": "infinity"},
                                               {"kind": "note", "starts_at": "2026-01-01"}]', 'report')),
          '1 f invalid starts_at, 2 t', 'in a batch that reports, the item says so');
SELECT is(pg_temp.failure(format('SELECT contacts.reschedule_activity(1, now(), %L)', v)), '22008',
          'reschedule_activity refuses ' || v) FROM (VALUES ('infinity'), ('-infinity')) i (v);

-- ---- sums ---------------------------------------------------------------------------------------

-- A moved activity keeps its length; each pair of a length and a new start whose sum has no place.
CREATE TEMP TABLE moved (n int, starts_at timestamptz, ends_at timestamptz, new_start timestamptz);
INSERT INTO moved VALUES
	(1, '294276-12-25', '294276-12-30', '294276-12-28'),
	(2, '2026-01-01', '294276-12-30', '2026-01-03'),
	(3, '4713-01-01 BC', '294276-12-30', '4712-01-01 BC'),
	(4, '4713-01-01 BC', '294276-12-30', '294276-12-30');
SELECT is_empty($$ SELECT n FROM moved WHERE pg_temp.failure(format(
	'SELECT contacts.record_activity(''call'', source => ''sum'', source_ref => %1$L, starts_at => %2$L, ends_at => %3$L);
	 SELECT contacts.record_activity(''call'', source => ''sum'', source_ref => %1$L, starts_at => %4$L)',
	 n, starts_at, ends_at, new_start)) <> '22008' $$, 'a repeat whose end would be out of range is refused');
SELECT is_empty($$ SELECT n FROM moved WHERE pg_temp.failure(format(
	'SELECT contacts.record_activity(''call'', state => ''scheduled'', source => ''sum'', source_ref => %1$L, starts_at => %2$L, ends_at => %3$L);
	 SELECT contacts.reschedule_activity(max(activity_id), %4$L) FROM contacts.activity WHERE source = ''sum''',
	 n, starts_at, ends_at, new_start)) <> '22008' $$, 'and a moved activity');
SELECT is_empty($$ SELECT n FROM moved WHERE pg_temp.failure(format('SELECT contacts.record_activities(%L)',
	jsonb_build_array(jsonb_build_object('kind', 'call', 'source', 'sum', 'source_ref', 'b', 'starts_at', starts_at, 'ends_at', ends_at),
					  jsonb_build_object('kind', 'call', 'source', 'sum', 'source_ref', 'b', 'starts_at', new_start)))) <> '22008' $$,
	'also where both stand in one batch');
SELECT is((SELECT string_agg(concat_ws(' ', item, outcome, split_part(error, ':', 1)), ', ' ORDER BY item)
             FROM contacts.record_activities((
	SELECT jsonb_agg(jsonb_build_object('kind', 'call', 'email', 'sum@example.com', 'source', 'sum', 'source_ref', 'c',
		'starts_at', s, 'ends_at', e, 'name', s) ORDER BY i)
	  FROM (VALUES (1, '294276-12-25', '294276-12-30'), (2, '294276-12-28', NULL), (3, '2026-01-01', '2026-01-02')) v (i, s, e)),
	'report')), '1 created, 2 invalid ends_at, 3 matched', 'in a batch that reports, the item is passed over');
SELECT is((SELECT name || ' ' || (SELECT count(*) FROM contacts.activity WHERE source_ref = 'c')
             FROM contacts.contact WHERE email = 'sum@example.com'), '2026-01-01 1', 'and the others are written');
SELECT contacts.record_activity('call', source => 'sum', source_ref => 'd', starts_at => '294276-12-25', ends_at => '294276-12-30') \gset
SELECT is((SELECT string_agg(concat_ws(' ', item, outcome, split_part(error, ':', 1)), ', ' ORDER BY item)
             FROM contacts.record_activities((
	SELECT jsonb_agg(jsonb_build_object('kind', 'call', 'email', 'late' || i || '@example.com', 'name', 'N' || i,
		'source', 'sum', 'source_ref', r, 'starts_at', '294276-12-29') ORDER BY i)
	  FROM (VALUES (1, 'd'), (2, 'e')) v (i, r)), 'report')),
	'1 invalid ends_at, 2 created', 'likewise against what is stored');
SELECT is_empty($$ SELECT email FROM contacts.contact WHERE email = 'late1@example.com' $$,
                'and nothing of the item stays');
SELECT is((SELECT count(*) FROM contacts.activity WHERE ends_at::text::timestamptz IS DISTINCT FROM ends_at), 0::bigint,
          'every stored time can be read back');
SELECT is(pg_temp.failure($$ SELECT contacts.purge_deleted(interval '178000000 years') $$), '22008',
          'a period too long for the calendar is out of range');
SELECT is(pg_temp.failure($$ SELECT contacts.trim_events(interval '178000000 years') $$), '22008', 'for events, too');
SELECT is_empty($$ SELECT * FROM contacts.check() $$, 'all invariants hold');

SELECT * FROM finish();
ROLLBACK;
