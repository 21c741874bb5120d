-- Kept plans: made as if tables were large, and nothing of that stays (R4).
\ir start.psql
SELECT plan(4);

CREATE FUNCTION pg_temp.estimated(statement text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN ' || statement LOOP
		RETURN substring(line FROM 'rows=(\d+)')::integer;
	END LOOP;
END $$;

SELECT FROM contacts.upsert_contact(email => 'ann@example.com') \g /dev/null
SELECT contacts.get_contact(1) \g /dev/null
CREATE TEMPORARY TABLE few AS SELECT 1 AS one;
ANALYZE few;
SET enable_seqscan = off;
SELECT is(pg_temp.estimated('SELECT * FROM few'), 1, 'other plans of the session know how small a table is');

-- A plan that cannot be made: a column that it reads is away.
ALTER TABLE contacts.contact RENAME COLUMN company TO firm;
SELECT is(pg_temp.failure('SELECT contacts.get_contact(1)'), '42703', 'a kept plan fails while a column is away');
SELECT is(pg_temp.estimated('SELECT * FROM few'), 1, 'other plans know it after that failure, too');
ALTER TABLE contacts.contact RENAME COLUMN firm TO company;
SELECT is(contacts.get_contact(1) ->> 'email', 'ann@example.com', 'the kept plan is made again when the column is back');

SELECT * FROM finish();
