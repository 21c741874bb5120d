-- plpgsql_check.sql: every PL/pgSQL function of the extension passes plpgsql_check, with warnings
-- about security; remarks about performance are only shown. A trigger function is checked once for each table it serves,
-- with that trigger's transition tables; one that serves none is an offender itself.
\ir start.psql
CREATE EXTENSION IF NOT EXISTS plpgsql_check;
BEGIN;
SELECT plan(3);

CREATE TEMP TABLE target AS
SELECT p.oid::regprocedure AS function, t.tgrelid AS relid, t.tgoldtable AS old, t.tgnewtable AS new,
       p.prorettype = 'trigger'::regtype AS is_trigger
  FROM pg_proc p
  JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
  LEFT JOIN pg_trigger t ON t.tgfoid = p.oid AND NOT t.tgisinternal AND t.tgparentid = 0
 WHERE p.pronamespace = 'contacts'::regnamespace
    OR EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
                  AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'contacts');

SELECT diag('PL/pgSQL functions: ' || count(DISTINCT function)) FROM target;

SELECT is_empty($$ SELECT function FROM target WHERE is_trigger AND relid IS NULL $$,
    'each trigger function serves a table');

CREATE TEMP TABLE finding AS
SELECT t.function::text, c.lineno, c.statement, c.level, c.sqlstate, c.message, c.query
  FROM target t, LATERAL plpgsql_check_function_tb(t.function, relid => coalesce(t.relid, 0),
       oldtable => t.old, newtable => t.new,
       security_warnings => true, performance_warnings => true) c
 WHERE NOT (t.is_trigger AND t.relid IS NULL);

SELECT is_empty($$ SELECT * FROM finding WHERE level = 'error' $$, 'no errors');
-- Their statements are put together from the schema that setup() makes and from what a level may, by %I and %L, or as they stand there;
-- a role is a name that was found in pg_roles, quoted.
DELETE FROM finding WHERE function IN ('contacts.check_rows(bigint)', 'contacts.comment_again()', 'contacts.apply_grants(text,text[],text[])', 'contacts.let_work(oid,boolean)') AND level IN ('security', 'warning extra');
SELECT is_empty($$ SELECT * FROM finding WHERE level NOT IN ('error', 'performance') $$,
    'no warnings');
SELECT diag(function || ': ' || message) FROM finding WHERE level = 'performance';

SELECT * FROM finish();
ROLLBACK;
