-- A number is an interval of seconds: no time to keep something is shorter than a day (R51, R52, R101).
\ir start.psql
SELECT no_plan();
CREATE TEMP VIEW retention AS
SELECT p.oid::regproc AS function, a.name FROM pg_proc p, unnest(p.proargnames, p.proargtypes::oid[]) AS a (name, type)
WHERE p.pronamespace = 'contacts'::regnamespace AND a.type = 'interval'::regtype AND p.proname NOT LIKE 'require%';
SELECT cmp_ok((SELECT count(*) FROM retention), '>=', 3::bigint, 'the catalogue has the functions');
SELECT alike(pg_temp.error_of(format('SELECT %s(%I => %L)', function, name, age)), format('22023 | invalid %s: %% | %%less than a day%% | %%interval ''30 days''%%', name),
	format('%s(%s => %L) is refused', function, name, age)) FROM retention, unnest('{30,1,-1 day,23:59:59,-30}'::text[]) age;
SELECT is(pg_temp.failure(format('SELECT %s(%I => %L)', function, name, age)), 'no error', format('%s(%s => %L) is taken', function, name, age))
FROM retention, unnest('{1 day,24:00,30 days,P1M,1 year}'::text[]) age;
SELECT is(pg_temp.failure('SELECT contacts.purge_deleted(''0'')'), 'no error', 'nothing kept is no slip: zero is taken where something is thrown away now');
SELECT is(pg_temp.failure('UPDATE contacts.account SET keep_deleted = ''30'''), '23514', 'plain SQL is refused, too');
SELECT * FROM finish();
