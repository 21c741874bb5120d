-- setup.sql: what CREATE EXTENSION, setup() and DROP EXTENSION do (R1, R2, R3, R4), in a database of its own making.
\ir start.psql
SELECT no_plan();
BEGIN;

-- ---- R1: here setup() has run -------------------------------------------------------------------

SELECT matches(contacts.version(), '^contacts [0-9]+\.[0-9]+\.[0-9]+, schema [0-9]+, phone metadata .+$', 'R1: version() names library, schema and phone metadata');
SELECT is(contacts.setup(), 'already up to date', 'R1: setup() again does nothing');
SELECT is((SELECT max(version) FROM contacts.schema_version), (SELECT count(*)::int FROM contacts.schema_version), 'R1: schema_version has each step once');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class c JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'contacts' WHERE c.relkind IN ('r', 'v', 'S', 'i')$$, 'R1: no table, view or sequence belongs to the extension');
SELECT is(pg_temp.failure('DROP EXTENSION contacts'), '2BP01', 'R1: DROP EXTENSION is refused while the tables use it');
SELECT is_empty($$SELECT t.oid::regclass FROM pg_class t WHERE t.relnamespace = 'contacts'::regnamespace AND t.relkind = 'r' AND t.relname <> 'schema_version'
	AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = 1 AND a.attname = 'account_id' AND a.attnotnull)$$, 'R2: account_id is the first column of each tenant table');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'contacts'::regnamespace AND p.proname IN ('record_activity', 'record_activities', 'cancel_activity', 'reschedule_activity',
	'upsert_contact', 'create_contact', 'update_contact', 'find_contact', 'resolve_contact', 'get_contact', 'set_status', 'assign_contacts', 'add_identifier', 'remove_identifier', 'set_primary_identifier',
	'define_field', 'archive_field', 'set_account', 'check') AND p.proargnames[p.pronargs] IS DISTINCT FROM 'account_id'$$, 'R3: account_id is the last argument of each function on tenant data');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.pronamespace = 'contacts'::regnamespace AND l.lanname = 'sql' AND p.proretset$$,
	'R4: no set-returning SQL functions');
SELECT is((SELECT string_agg(DISTINCT relname, ' ') FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE c.relname = 'contact' AND tgtype & 1 = 1 AND NOT tgisinternal AND
	(SELECT lanname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.oid = tgfoid) <> 'c'), NULL, 'R5: row triggers of contact are C');
SELECT is((SELECT count(*)::int FROM pg_trigger WHERE tgrelid = 'contacts.contact'::regclass AND NOT tgisinternal AND tgtype & 3 = 1), 0, 'R5: no AFTER ROW triggers');

-- settings of an account
SELECT contacts.set_account(name => 'Acme', default_region => 'US', phone_match => 'fill', unknown_fields => 'keep', timezone => 'europe/berlin', keep_deleted => '30 days', activity_events => true);
SELECT is((SELECT (name, default_region, phone_match, unknown_fields, timezone, keep_deleted, activity_events)::text FROM contacts.account WHERE account_id = 1),
	'(Acme,US,fill,keep,Europe/Berlin,"30 days",t)', 'R3: set_account changes what is given');
SELECT contacts.set_account(name => 'Acme 2');
SELECT is((SELECT (name, default_region, phone_match)::text FROM contacts.account WHERE account_id = 1), '("Acme 2",US,fill)', 'R3: null leaves a setting as it is');
SELECT contacts.set_account(name => 'Third', account_id => 3);
SELECT is((SELECT name FROM contacts.account WHERE account_id = 3), 'Third', 'R3: a new account is made');
SELECT is(pg_temp.failure($$UPDATE contacts.account SET default_region = 'XX'$$), '22023', 'R5: plain SQL cannot set what is no region');
SELECT is(pg_temp.failure($$UPDATE contacts.account SET timezone = 'Mars'$$), '22P02', 'R5: nor what is no time zone');
ROLLBACK;

-- ---- R1: from nothing, in this very session -----------------------------------------------------

DROP SCHEMA contacts CASCADE;
SELECT is((SELECT count(*)::int FROM pg_extension WHERE extname = 'contacts'), 0, 'R1: DROP SCHEMA … CASCADE takes all of it');
CREATE EXTENSION contacts;
SELECT alike(pg_temp.error_of('SELECT contacts.' || call), '55000 | contacts is not set up | % | SELECT contacts.setup();', 'R1: before setup(): ' || split_part(call, '(', 1))
  FROM unnest(ARRAY['record_activity(''note'')', 'record_activities(''[]'')', 'cancel_activity(1)', 'reschedule_activity(1, now())', 'upsert_contact(name => ''x'')', 'create_contact(name => ''x'')',
	'update_contact(1, ''{}'')', 'find_contact()', 'resolve_contact(1)', 'get_contact(1)', 'set_status(''{}'', NULL)', 'assign_contacts(''{}'', NULL)', 'add_identifier(1, ''email'', ''x'')',
	'remove_identifier(1, ''email'', ''x'')', 'set_primary_identifier(1, ''email'', ''x'')', 'define_field(''k'', ''text'')', 'archive_field(''k'')', 'set_account()', 'check()']) AS call;
SELECT matches(contacts.version(), 'schema none', 'R1: version() before setup()');
SELECT is(contacts.normalize_email('A@Example.org'), 'a@example.org', 'R1: the pure functions need no tables');
SELECT matches(contacts.setup(), '^created schema version [0-9]+$', 'R1: setup() says what it did');
SELECT is(contacts.setup(), 'already up to date', 'R1: and may be repeated');
SELECT lives_ok($$SELECT contacts.record_activity('note', email => 'again@example.org', fields => '{}', status => 'qualified')$$, 'R1: the session goes on with the new tables and types');
SELECT lives_ok($$SELECT contacts.define_field('size', 'number')$$, 'R1: fields too');
SELECT is((contacts.upsert_contact(email => 'again@example.org', fields => '{"size":1}', tags => ARRAY['t'])).outcome, 'updated', 'R1: and all kept plans');

BEGIN;
SELECT contacts.setup();
DROP SCHEMA contacts CASCADE;
ROLLBACK;
SELECT lives_ok($$SELECT contacts.record_activity('note', email => 'again@example.org')$$, 'R1: a DROP that is rolled back leaves the session working');

-- Columns and indexes of users are theirs.
ALTER TABLE contacts.contact ADD COLUMN score integer DEFAULT 3;
CREATE INDEX contact_score ON contacts.contact (account_id, score);
SELECT is(contacts.setup(), 'already up to date', 'R1: setup() leaves columns and indexes of users alone');
SELECT is((contacts.upsert_contact(email => 'score@example.org')).outcome, 'created', 'R1: calls work beside them');
SELECT is((SELECT score FROM contacts.contact WHERE email = 'score@example.org'), 3, 'R1: and defaults hold');

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');

-- ---- R1: what was dropped -----------------------------------------------------------------------

-- All parts of a kind that holds no rows at once.
CREATE FUNCTION pg_temp.remade(of_kind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE said text; left_over text; part record;
BEGIN
	FOR part IN SELECT * FROM contacts.schema_parts() p WHERE p.kind = of_kind AND (of_kind <> 'constraint' OR p.definition ~ '^CHECK') LOOP
		EXECUTE CASE of_kind WHEN 'view' THEN format('DROP VIEW IF EXISTS contacts.%I CASCADE', part.name) WHEN 'index' THEN format('DROP INDEX contacts.%I', part.name)
			WHEN 'constraint' THEN format('ALTER TABLE contacts.%I DROP CONSTRAINT %I', part.table_name, part.name)
			WHEN 'row security' THEN format('ALTER TABLE contacts.%I DISABLE ROW LEVEL SECURITY', part.table_name)
			ELSE format('DROP %s %I ON contacts.%I', of_kind, part.name, part.table_name) END;
	END LOOP;
	said := contacts.setup();
	SELECT string_agg(concat_ws(' ', c.problem, c.table_name, c.detail), ', ') INTO left_over FROM contacts.check_schema() c;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = concat_ws('; ', left_over, CASE WHEN said NOT LIKE '%' || of_kind || ' %' THEN said END);
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
WHEN OTHERS THEN RETURN SQLERRM;
END $$;
SELECT is(pg_temp.remade(kind), '', format('R1: setup() makes each %s again', kind)) FROM unnest('{view,index,constraint,trigger,policy,row security}'::text[]) kind;
ALTER TABLE contacts.tag ALTER COLUMN account_id DROP DEFAULT;
SELECT is(contacts.setup(), 'made again: default of tag.account_id', 'R1: and defaults');
DROP EXTENSION contacts CASCADE;
CREATE EXTENSION contacts;
SELECT matches(pg_temp.error_of('SELECT contacts.setup()'), '^55000.*contact\.status', 'R1: what DROP EXTENSION … CASCADE took is named');
SELECT * FROM finish();
