-- audit.sql: what the audit log says of a change, and who may touch it (R93).
-- That replaying it gives the rows is the matter of test/property/audit_replay.py; that the chain
-- finds what was tampered with, of audit_chain.py.
\ir start.psql
BEGIN;
SELECT plan(52);

CREATE TEMP TABLE mark AS SELECT 0::bigint AS entry_id;
-- Entries since the last look: `table action cause`, several as `… ×2`.
CREATE FUNCTION pg_temp.news() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	SELECT string_agg(t, ', ' ORDER BY t) INTO found
	  FROM (SELECT concat_ws(' ', table_name, action, cause, CASE WHEN count(*) > 1 THEN '×' || count(*) END)
			  FROM contacts.audit_log WHERE entry_id > (SELECT entry_id FROM mark)
			 GROUP BY table_name, action, cause) AS v (t);
	UPDATE mark SET entry_id = (SELECT coalesce(max(entry_id), 0) FROM contacts.audit_log);
	RETURN coalesce(found, 'nothing');
END $$;
CREATE FUNCTION pg_temp.last(name text DEFAULT 'contact') RETURNS contacts.audit_log LANGUAGE sql AS
$$ SELECT l FROM contacts.audit_log l WHERE table_name = name ORDER BY entry_id DESC LIMIT 1 $$;
CREATE ROLE audit_test_admin;
CREATE ROLE audit_test_agent;
CREATE ROLE audit_test_reader;
INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 501, 'M1'), (1, 502, 'M2');
SELECT contacts.grant_access('audit_test_admin', 'admin'), contacts.grant_access('audit_test_agent', 'agent', member_id => 502), contacts.grant_access('audit_test_reader', 'reader');

-- ---- what is written, and what not ----------------------------------------------------------------

SELECT contacts.record_activity('form', email => 'ann@example.org', name => 'Ann');
SELECT is(pg_temp.news(), 'contact insert record_activity, identifier insert record_activity', 'R93: a new person');
SELECT contact_id AS ann FROM contacts.contact WHERE email = 'ann@example.org' \gset
SELECT contacts.record_activity('form', email => 'Ann@example.org', title => 'again', data => '{"a": 1}');
SELECT contacts.record_activity('note', email => 'ann@example.org', name => 'Ann', occurred_at => now() - interval '1 day');
SELECT count(*) FROM contacts.record_activities('[{"kind": "note", "email": "ann@example.org"}, {"kind": "note"}]');
SELECT is(pg_temp.news(), 'nothing', 'R93: a mere activity of a known contact writes nothing');
SELECT contacts.record_activity('form', email => 'ann@example.org', company => 'Acme');
SELECT is(pg_temp.news(), 'contact update record_activity', 'R93: news do');
SELECT is((SELECT (pg_temp.last()).changes - 'updated_at' - 'details_at'), '{"company": {"old": null, "new": "Acme"}}', 'R93: with old and new value, and nothing else');
SELECT contacts.update_contact(:ann, '{"company": "Acme"}');
UPDATE contacts.contact SET company = 'Acme', fields = fields WHERE contact_id = :ann;
UPDATE contacts.identifier SET is_primary = is_primary;
SELECT is(pg_temp.news(), 'nothing', 'R93: an equal value writes nothing');
SELECT contacts.record_activity('form', email => 'ann@example.org', source => 's', source_ref => '1', state => 'scheduled', starts_at => now() + interval '1 day');
SELECT is(pg_temp.news(), 'nothing', 'R93: nor does a booking');
SELECT contacts.record_activity('form', email => 'ann@example.org', source => 's', source_ref => '1', state => 'cancelled');
SELECT is(pg_temp.news(), 'activity update record_activity', 'R93: a changed activity does');
SELECT contacts.upsert_contact(email => 'ann@example.org', tags => '{vip}'), contacts.upsert_contact(email => 'ann@example.org', tags => '{vip}');
SELECT is(pg_temp.news(), 'contact_tag insert upsert_contact', 'R93: a tag, once');
SELECT contacts.update_contact(:ann, '{"email": "ann2@example.org"}');
SELECT is(pg_temp.news(), 'contact update update_contact, identifier delete update_contact, identifier insert update_contact', 'R93: an e-mail and its key');
SELECT contacts.add_identifier(:ann, 'email', 'ann3@example.org');
SELECT pg_temp.news();
SELECT contacts.set_primary_identifier(:ann, 'email', 'ann3@example.org');
SELECT is(pg_temp.news(), 'contact update set_primary_identifier, identifier update set_primary_identifier ×2', 'R93: set_primary_identifier');

-- ---- an entry says which row it is about ----------------------------------------------------------

SELECT is((SELECT (pg_temp.last('identifier')).changes ?& '{kind,value}'), true, 'R93: an updated identifier is named');
UPDATE contacts.activity SET title = 'T' WHERE contact_id = :ann AND source_ref = '1';
SELECT is((SELECT (pg_temp.last('activity')).changes ? 'activity_id'), true, 'R93: an updated activity is named');
DELETE FROM contacts.activity WHERE contact_id = :ann AND source_ref = '1';
SELECT is((SELECT (pg_temp.last('activity')).changes ? 'activity_id'), true, 'R93: a deleted activity is named');
SELECT pg_temp.news();
UPDATE contacts.contact_tag SET created_at = created_at - interval '1 day' WHERE contact_id = :ann;
SELECT is(pg_temp.news(), 'contact_tag update sql', 'R93: UPDATE of contact_tag is written');
INSERT INTO contacts.tag (account_id, name) VALUES (1, 'other') RETURNING tag_id AS other \gset
UPDATE contacts.contact_tag SET tag_id = :other WHERE contact_id = :ann;
SELECT is((SELECT (pg_temp.last('contact_tag')).changes #>> '{tag_id,new}'), :'other', 'R93: with the tag');
SELECT pg_temp.news();
DELETE FROM contacts.tag WHERE tag_id = :other;
SELECT is(pg_temp.news(), 'contact_tag delete sql', 'R93: a deleted tag takes its rows');

-- ---- who, why, when -------------------------------------------------------------------------------

CREATE FUNCTION pg_temp.by() RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws(' ', coalesce(member_id::text, '-'), actor, role_name, cause, CASE WHEN at = now() THEN 'now' END) FROM pg_temp.last() $$;
UPDATE contacts.contact SET company = 'B' WHERE contact_id = :ann;
SELECT is(pg_temp.by(), format('- %s %s sql now', current_user, current_user), 'R93: plain SQL: the role is the actor');
SET LOCAL contacts.actor = 'app 7';
SET LOCAL contacts.member_id = 501;
UPDATE contacts.contact SET company = 'C' WHERE contact_id = :ann;
SELECT is(pg_temp.by(), format('501 app 7 %s sql now', current_user), 'R93: the settings name actor and member');
SELECT contacts.set_status(ARRAY[:ann]::bigint[], 'qualified');
SELECT is(pg_temp.by(), format('501 app 7 %s set_status now', current_user), 'R93: a function is the cause');
SELECT contacts.assign_contacts(ARRAY[:ann]::bigint[], 501);
SELECT is(pg_temp.by(), format('501 app 7 %s assign_contacts now', current_user), 'R93: assign_contacts');
UPDATE contacts.contact SET company = 'D' WHERE contact_id = :ann;
SELECT is(pg_temp.by(), format('501 app 7 %s sql now', current_user), 'R93: plain SQL behind a function');
RESET contacts.member_id;
RESET contacts.actor;
SET LOCAL ROLE audit_test_agent;
SELECT contacts.update_contact(:ann, '{"company": "E"}');
RESET ROLE;
SELECT is(pg_temp.by(), '502 audit_test_agent audit_test_agent update_contact now', 'R93: the role that called, not the owner; the member that it works for');
SET LOCAL ROLE audit_test_agent;
SET LOCAL contacts.actor = 'bot';
UPDATE contacts.contact SET company = 'F' WHERE contact_id = :ann;
RESET ROLE;
SELECT is(pg_temp.by(), '502 bot audit_test_agent sql now', 'R93: plain SQL of an agent');
RESET contacts.actor;
CREATE FUNCTION pg_temp.both(id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM contacts.update_contact(id, '{"company": "G"}');
	UPDATE contacts.contact SET company = 'H' WHERE contact_id = id;
END $$;
SELECT pg_temp.both(:ann);
SELECT is((pg_temp.last()).cause, 'sql', 'R93: a function of the application is no cause');

-- A call that fails is not the cause of what comes after it.
SAVEPOINT s;
\set ON_ERROR_STOP off
\set VERBOSITY terse
SELECT contacts.update_contact(:ann, '{"email": "bad"}');
ROLLBACK TO s;
\set ON_ERROR_STOP on
UPDATE contacts.contact SET company = 'I' WHERE contact_id = :ann;
SELECT is((pg_temp.last()).cause, 'sql', 'R93: a failed call is not the cause of a later statement');
SELECT contacts.upsert_contact(email => 'ann3@example.org', company => 'J');
SELECT is((pg_temp.last()).cause, 'upsert_contact', 'R93: nor of a later call');
SELECT is(pg_temp.failure(format('SELECT contacts.set_status(ARRAY[%s], ''nope'')', :ann)), '22023', 'a call that fails within a function');
UPDATE contacts.contact SET company = 'K' WHERE contact_id = :ann;
SELECT is((pg_temp.last()).cause, 'sql', 'R93: a failed call that was caught is not the cause either');
SELECT * FROM contacts.record_activities('[{"kind": "form", "email": "bad"}, {"kind": "form", "email": "ann3@example.org", "company": "L"}]', on_error => 'report');
SELECT is((pg_temp.last()).cause, 'record_activities', 'R93: a bad item leaves the cause of the others');
SELECT contacts.set_account(unknown_fields => 'keep');
UPDATE contacts.contact SET fields = '{"size": "5"}' WHERE contact_id = :ann;
SELECT contacts.define_field('size', 'number');
SELECT is((SELECT (pg_temp.last()).changes -> 'fields.size'), '{"old": "5", "new": 5}', 'R93: define_field changes values');
SELECT is((pg_temp.last()).cause, 'define_field', 'R93: and is their cause');
SELECT is(pg_temp.news() IS NOT NULL, true, 'a look at all of it');

-- ---- columns and triggers of users ----------------------------------------------------------------

ALTER TABLE contacts.contact ADD COLUMN born date, ADD COLUMN shoes numeric, ADD COLUMN langs text[], ADD COLUMN seen timestamp;
SET LOCAL datestyle = 'German';
UPDATE contacts.contact SET born = '1999-12-31', shoes = 42.50, langs = '{de,en}', seen = '1999-12-31 12:00' WHERE contact_id = :ann;
SELECT is((SELECT jsonb_object_agg(key, value -> 'new') FROM pg_temp.last() l, jsonb_each(l.changes) WHERE key IN ('born', 'shoes', 'langs', 'seen')),
	(SELECT jsonb_build_object('born', born, 'shoes', shoes, 'langs', langs, 'seen', seen) FROM contacts.contact WHERE contact_id = :ann), 'R93: columns of users are written as to_jsonb() has them, whatever the DateStyle');
SET LOCAL datestyle = 'ISO';

-- ---- removal --------------------------------------------------------------------------------------

SELECT pg_temp.news();
DELETE FROM contacts.contact WHERE contact_id = :ann;
SELECT is(pg_temp.news(), 'activity update sql ×6, contact delete sql, identifier delete sql ×2', 'R93: a removed contact and what hung on it');
SELECT is((SELECT (pg_temp.last()).changes #>> '{name,old}'), 'Ann', 'R93: its old values stay in the log');
SELECT is((SELECT bool_or(change ->> 'new' IS NOT NULL) FROM pg_temp.last() l, jsonb_each(l.changes) AS c (key, change)), false, 'R93: there are no new ones');

-- ---- who may touch it -----------------------------------------------------------------------------

SELECT is_empty('SELECT * FROM contacts.audit_verify()', 'R93: intact, also what this transaction has written');
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL ROLE audit_test_admin;
SELECT is((SELECT count(*) > 20 FROM contacts.audit_log), true, 'R93: an admin reads the log');
SELECT is_empty('SELECT * FROM contacts.audit_verify()', 'R93: and verifies it');
SELECT is(pg_temp.failure(statement), '42501', 'R93: append-only: ' || statement)
  FROM (VALUES ('UPDATE contacts.audit_log SET actor = ''x'''), ('DELETE FROM contacts.audit_log'), ('TRUNCATE contacts.audit_log'), ('DELETE FROM contacts.audit_group'),
	('INSERT INTO contacts.audit_log SELECT * FROM contacts.audit_log LIMIT 1'), ('SELECT contacts.audit_seal()'), ('ALTER TABLE contacts.audit_log DISABLE TRIGGER ALL')) AS v (statement);
SET LOCAL ROLE audit_test_agent;
SELECT is(pg_temp.failure('SELECT FROM contacts.audit_log'), '42501', 'R93: an agent does not read it');
SET LOCAL ROLE audit_test_reader;
SELECT is(pg_temp.failure('SELECT contacts.audit_verify()'), '42501', 'R93: a reader does not verify it');
RESET ROLE;

-- ---- erasing values -------------------------------------------------------------------------------

SELECT (contacts.upsert_contact(email => 'bob@example.org', name => 'Bob')).contact_id AS bob \gset
UPDATE contacts.audit_log SET changes = NULL, salt = NULL WHERE contact_id = :bob;
SELECT isnt_empty('SELECT * FROM contacts.audit_verify()', 'R92: values that are gone without an erasure are found');
UPDATE contacts.contact SET anonymized_at = now() WHERE contact_id = :bob;
SELECT is_empty('SELECT * FROM contacts.audit_verify()', 'R92: erased values leave the chain intact');
DELETE FROM contacts.contact WHERE contact_id = :bob;
SELECT is_empty('SELECT * FROM contacts.audit_verify()', 'R92: also when the contact was purged after that');
UPDATE contacts.audit_log SET changes = '{}' WHERE entry_id = (SELECT min(entry_id) FROM contacts.audit_log);
SELECT isnt_empty('SELECT * FROM contacts.audit_verify()', 'R93: others in their place do not');

SELECT * FROM finish();
ROLLBACK;
