-- install: from CREATE EXTENSION (which the test program has run) to tables that work.
SELECT extname, nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'contacts';
-- a call too early says what to do
SELECT contacts.record_activity('note', email => 'ann@example.org');
SELECT regexp_replace(contacts.setup(), '[0-9]+', 'N') AS setup;
SELECT contacts.setup();
-- what there is for applications and BI tools
SELECT column_name, data_type, column_default FROM information_schema.columns
 WHERE table_schema = 'contacts' AND table_name = 'contact'
   AND column_name IN ('account_id', 'contact_id', 'name', 'email', 'phone', 'company', 'timezone', 'status', 'owner_id', 'source', 'fields',
                       'created_at', 'updated_at', 'details_at', 'deleted_at', 'merged_into', 'anonymized_at') ORDER BY ordinal_position;
SELECT c.relname AS view, obj_description(c.oid) AS meaning
  FROM pg_class c WHERE relnamespace = 'contacts'::regnamespace AND relkind = 'v'
   AND relname IN ('activity_stream', 'contact_overview', 'status_history', 'timeline') ORDER BY 1;
-- the tables are the user's: the extension cannot go from under them
\set VERBOSITY terse
DROP EXTENSION contacts;
\set VERBOSITY default
SELECT * FROM contacts.check();
