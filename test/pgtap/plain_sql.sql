-- plain_sql.sql: invariants hold for writers who know nothing of the functions (R5): plain INSERT,
-- UPDATE, DELETE, upsert and COPY on contacts.contact, also beside triggers and columns of users.
\ir start.psql
BEGIN;
SELECT plan(54);

SELECT contacts.define_field('size', 'number');

-- ---- INSERT -------------------------------------------------------------------------------------

INSERT INTO contacts.contact (account_id, name, email, phone, company, timezone, status, fields)
VALUES (1, '  Ann   B ', ' Ann@Example.org', ' +1 415 555 0150 ', ' Acme  Ltd', 'europe/berlin', 'qualified', '{"size":" 5 "}')
RETURNING contact_id AS a \gset
SELECT is((pg_temp.person(:a::bigint)).name || '|' || (pg_temp.person(:a::bigint)).email || '|' || (pg_temp.person(:a::bigint)).phone || '|' || (pg_temp.person(:a::bigint)).company || '|' ||
	(pg_temp.person(:a::bigint)).timezone || '|' || (pg_temp.person(:a::bigint)).fields, 'Ann B|Ann@Example.org|+1 415 555 0150|Acme Ltd|Europe/Berlin|{"size": 5}',
	'R5: plain INSERT: values are normalized');
SELECT is(pg_temp.keys(:a::bigint), 'email ann@example.org*, phone +14155550150*', 'R5: identifiers are claimed');
SELECT is((SELECT format('%s>%s %s', from_status, to_status, source) FROM contacts.status_change WHERE contact_id = :a::bigint), '>qualified manual', 'R5: history is written');
SELECT is((contacts.record_activity('note', email => 'ann@example.org')).contact_id, :a::bigint, 'R5: the API finds it');
SELECT is((SELECT email FROM contacts.contact WHERE contact_id = (SELECT contact_id FROM contacts.contact ORDER BY contact_id DESC LIMIT 1)), 'Ann@Example.org', 'R5: it is one row');
INSERT INTO contacts.contact (account_id, name, email) VALUES (1, 'Blank', 'n/a') RETURNING contact_id AS b \gset
SELECT is((pg_temp.person(:b::bigint)).email, NULL, 'R10: a placeholder becomes null');
SELECT is(pg_temp.failure(statement), state, 'R5: plain SQL is refused ' || about)
  FROM (VALUES ($$INSERT INTO contacts.contact (account_id, email) VALUES (1, 'bad')$$, '22P02', 'a bad e-mail'),
	($$INSERT INTO contacts.contact (account_id, phone) VALUES (1, '12')$$, '22P02', 'a bad phone'),
	($$INSERT INTO contacts.contact (account_id, timezone) VALUES (1, 'Mars')$$, '22P02', 'a bad time zone'),
	($$INSERT INTO contacts.contact (account_id, fields) VALUES (1, '{"size":"x"}')$$, '22P02', 'a bad field value'),
	($$INSERT INTO contacts.contact (account_id, fields) VALUES (1, '{"nope":1}')$$, '22023', 'an unknown field'),
	($$INSERT INTO contacts.contact (account_id, fields) VALUES (1, '[]')$$, '22023', 'fields that are no object'),
	($$INSERT INTO contacts.contact (account_id, owner_id) VALUES (1, 99)$$, '23503', 'an unknown owner'),
	($$INSERT INTO contacts.contact (account_id, merged_into) VALUES (1, 99999)$$, '22023', 'a redirect, which only a merge makes'),
	($$INSERT INTO contacts.contact (account_id, email) VALUES (1, 'ANN@example.org')$$, '23505', 'a taken e-mail'),
	($$UPDATE contacts.contact SET contact_id = contact_id + 1000 WHERE name = 'Blank'$$, '22023', 'another contact_id'),
	($$UPDATE contacts.contact SET account_id = 2 WHERE name = 'Blank'$$, '22023', 'another account_id')) AS t(statement, state, about);

-- many rows in one statement
INSERT INTO contacts.contact (account_id, email, status) SELECT 1 + n % 3, 'bulk' || n || '@Example.org', CASE WHEN n % 2 = 0 THEN 'qualified'::contacts.contact_status END
  FROM generate_series(1, 300) n;
SELECT is((SELECT count(*)::int FROM contacts.identifier WHERE value LIKE 'bulk%@example.org' AND is_primary), 300, 'R5: INSERT of many rows of several accounts claims all');
SELECT is((SELECT count(*)::int FROM contacts.status_change s JOIN contacts.contact c USING (account_id, contact_id) WHERE c.email LIKE 'bulk%'), 150, 'R5: and writes each history');
SELECT is(pg_temp.failure($$INSERT INTO contacts.contact (account_id, email) VALUES (1, 'one@example.org'), (1, 'two@example.org'), (1, 'One@example.org')$$), '23505', 'R11: twice in one statement');
SELECT is((SELECT count(*)::int FROM contacts.contact WHERE email LIKE 'two@%'), 0, 'R11: then none is written');
SELECT lives_ok($$INSERT INTO contacts.contact (account_id, email) VALUES (4, 'same@example.org'), (5, 'same@example.org')$$, 'R11: once per account is fine');

-- COPY
COPY contacts.contact (account_id, name, email, phone) FROM STDIN;
1	Copy  One	Copy1@Example.org	+1 415 555 0151
1	Copy Two	\N	+1 415 555 0152
1	Copy Three	none	\N
\.
SELECT is((SELECT string_agg(i.value, ' ' ORDER BY i.value) FROM contacts.contact c JOIN contacts.identifier i USING (account_id, contact_id) WHERE c.name LIKE 'Copy%'),
	'+14155550151 +14155550152 copy1@example.org', 'R5: COPY claims identifiers');
SELECT is((SELECT count(*)::int FROM contacts.contact WHERE name LIKE 'Copy%' AND name !~ '  '), 3, 'R5: and normalizes');

-- ---- UPDATE -------------------------------------------------------------------------------------

UPDATE contacts.contact SET email = 'Ann@New.example', company = NULL, status = 'disqualified' WHERE contact_id = :a::bigint;
SELECT is(pg_temp.keys(:a::bigint), 'email ann@new.example*, phone +14155550150*', 'R5: plain UPDATE claims the new, frees the former');
SELECT is((contacts.upsert_contact(email => 'ann@example.org')).outcome, 'created', 'R5: which anybody may take');
SELECT is((SELECT count(*)::int FROM contacts.status_change WHERE contact_id = :a::bigint), 2, 'R24: and its status change is kept');
UPDATE contacts.contact SET updated_at = '2020-01-01' WHERE contact_id = :a::bigint;
UPDATE contacts.contact SET name = 'Ann C' WHERE contact_id = :a::bigint;
SELECT is((pg_temp.person(:a::bigint)).updated_at, now(), 'R5: updated_at follows');
SELECT contacts.archive_field('size');
SELECT lives_ok(format($$UPDATE contacts.contact SET name = 'Ann D' WHERE contact_id = %s$$, :a::bigint), 'R5: what does not change is not checked again');
SELECT contacts.define_field('size', 'number');
UPDATE contacts.contact SET company = 'All' WHERE account_id = 1;
SELECT is((SELECT count(DISTINCT company)::int FROM contacts.contact WHERE account_id = 1), 1, 'R5: UPDATE of all rows');
UPDATE contacts.contact SET email = replace(email, '@Example.org', '@Moved.example') WHERE email LIKE 'bulk%';
SELECT is((SELECT count(*)::int FROM contacts.identifier WHERE value LIKE 'bulk%@moved.example'), 300, 'R5: UPDATE of many e-mails moves all keys');
SELECT is((SELECT count(*)::int FROM contacts.identifier WHERE value LIKE 'bulk%@example.org'), 0, 'R5: and leaves none behind');

-- soft delete and back
UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = :a::bigint;
SELECT is(pg_temp.keys(:a::bigint), NULL, 'R11: only live contacts own identifiers: deleted');
SELECT is(contacts.find_contact(email => 'ann@new.example'), NULL, 'R11: nobody is found');
UPDATE contacts.contact SET deleted_at = NULL WHERE contact_id = :a::bigint;
SELECT is(pg_temp.keys(:a::bigint), 'email ann@new.example*, phone +14155550150*', 'R11: back again, it claims what it shows');

-- upsert of SQL
INSERT INTO contacts.contact (account_id, contact_id, name) VALUES (1, :a::bigint, 'Ann E') ON CONFLICT (account_id, contact_id) DO UPDATE SET name = excluded.name, email = 'E@example.org';
SELECT is((pg_temp.person(:a::bigint)).name || pg_temp.keys(:a::bigint), 'Ann Eemail e@example.org*, phone +14155550150*', 'R5: INSERT … ON CONFLICT DO UPDATE');

-- ---- DELETE -------------------------------------------------------------------------------------

SELECT (contacts.record_activity('call', email => 'e@example.org', phone => '+14155550150')).activity_id AS id \gset
DELETE FROM contacts.contact WHERE contact_id = :a::bigint;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is((SELECT contact_id IS NULL AND recipient_email = 'e@example.org' FROM contacts.activity WHERE activity_id = :id::bigint), true, 'R52: plain DELETE: activities stay, unlinked');
SELECT is((SELECT count(*)::int FROM contacts.identifier WHERE contact_id = :a::bigint), 0, 'R5: identifiers go');
SELECT is((contacts.upsert_contact(email => 'e@example.org')).outcome, 'created', 'R5: and are free');

-- ---- beside what users add ----------------------------------------------------------------------

ALTER TABLE contacts.contact ADD COLUMN shoe_size integer DEFAULT 42, ADD COLUMN loud text GENERATED ALWAYS AS (upper(name)) STORED;
ALTER TABLE contacts.activity ADD COLUMN note text;
SELECT contacts.upsert_contact(email => 'shoe@example.org', name => 'Shoe');
SELECT is((SELECT shoe_size || loud FROM contacts.contact WHERE email = 'shoe@example.org'), '42SHOE', 'R1: columns of users get their defaults');
SELECT contacts.upsert_contact(email => 'shoe@example.org', name => 'Shoo');
SELECT is((SELECT shoe_size || loud FROM contacts.contact WHERE email = 'shoe@example.org'), '42SHOO', 'R1: and stay through updates');
SELECT lives_ok($$SELECT contacts.record_activity('note', email => 'shoe@example.org')$$, 'R1: activities, too');

CREATE FUNCTION pg_temp.echo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.name = 'Leader' THEN
		INSERT INTO contacts.contact (account_id, name, email) VALUES (NEW.account_id, 'Follower', 'Follower@Example.org');
		UPDATE contacts.contact SET status = 'qualified' WHERE name = 'Follower';
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER echo AFTER INSERT ON contacts.contact FOR EACH ROW EXECUTE FUNCTION pg_temp.echo();
SELECT contacts.upsert_contact(email => 'leader@example.org', name => 'Leader');
SELECT is((SELECT pg_temp.keys(contact_id) || ' ' || (SELECT count(*) FROM contacts.status_change s WHERE s.contact_id = c.contact_id) FROM contacts.contact c WHERE name = 'Follower'),
	'email follower@example.org* 1', 'R5: what a user''s AFTER trigger writes within an API call is followed, too');
DROP TRIGGER echo ON contacts.contact;

-- names that a session puts before ours change nothing
CREATE SCHEMA trap;
CREATE FUNCTION trap.equal(bigint, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR trap.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = trap.equal);
CREATE FUNCTION trap.now() RETURNS timestamptz LANGUAGE sql AS $$SELECT 'epoch'::timestamptz$$;
CREATE FUNCTION trap.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'trapped'$$;
CREATE FUNCTION trap.count(anyelement) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 0::bigint';
CREATE DOMAIN trap.text AS varchar(3);
SET LOCAL search_path = trap, pg_catalog, public;
SELECT public.is((contacts.update_contact((SELECT contact_id FROM contacts.contact WHERE email OPERATOR(pg_catalog.=) 'leader@example.org'), '{"name":"Still Leader"}')).outcome, 'updated', 'R82: a hostile search_path: edit');
SELECT public.is((contacts.upsert_contact(email => 'trap@example.org', tags => ARRAY['T', 't'])).outcome, 'created', 'R82: a hostile search_path: upsert');
SELECT public.is((contacts.upsert_contact(email => 'TRAP@example.org')).outcome, 'unchanged', 'R82: a hostile search_path: match');
SELECT public.lives_ok($$SELECT contacts.get_contact(contacts.find_contact(email => 'trap@example.org'))$$, 'R82: a hostile search_path: document');
SELECT public.lives_ok($$SELECT contacts.define_field('trapped', 'text')$$, 'R82: a hostile search_path: fields');
SET LOCAL search_path = public;

-- pg_temp comes before pg_catalog when a type is looked up by a bare name; whoever may make temporary
-- objects could run a cast of theirs with the owner's rights
CREATE TYPE pg_temp.text AS ENUM ('a');
CREATE FUNCTION pg_temp.hijack(pg_temp.text) RETURNS pg_catalog.text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION USING ERRCODE = 'ZZ666'; END$$;
CREATE CAST (pg_temp.text AS pg_catalog.text) WITH FUNCTION pg_temp.hijack(pg_temp.text) AS IMPLICIT;
CREATE TEMP TABLE hijacked AS
SELECT call, pg_temp.failure('SELECT contacts.' || call) AS state FROM unnest(ARRAY['remove_identifier(1, ''email'', ''none@example.org'')', 'find_contact(email => ''leader@example.org'')',
	'upsert_contact(email => ''hijack@example.org'', tags => ''{h}'')', 'record_activity(''note'', email => ''hijack@example.org'', source => ''s'', source_ref => ''h'')',
	'record_activity(''note'', email => ''hijack@example.org'', source => ''s'', source_ref => ''h'', state => ''active'')']::pg_catalog.text[]) AS call;
DROP TYPE pg_temp.text CASCADE;
SELECT is(state::pg_catalog.text, CASE WHEN call LIKE 'remove%' THEN 'P0002' ELSE 'no error' END, 'R82: a temporary type "text" changes nothing: ' || call) FROM hijacked;

SELECT is_empty('SELECT account, problem, ids, detail FROM generate_series(1, 5) account, contacts.check(account)', 'R112: check() finds nothing after all that');
SELECT * FROM finish();
ROLLBACK;
