-- plain_access.sql: what a member who sees only some contacts does by plain SQL (R81): each statement
-- ends alike whether it returns rows or not, names a conflict or not, stands in WITH or not.  ORMs and
-- gateways say RETURNING always.
\ir start.psql
\o /dev/null
SELECT contacts.current_account();
\o
BEGIN;
SELECT no_plan();
\set prefix plain_
\ir access_world.psql
SELECT setval(s, 1000) FROM unnest('{contacts.tag_tag_id_seq,contacts.member_member_id_seq}'::regclass[]) s \g /dev/null

-- What comes of a statement: rows or SQLSTATE.
CREATE FUNCTION pg_temp.outcome(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	rows bigint;
BEGIN
	PERFORM set_config('role', current_setting('access.prefix') || role, true);
	IF statement LIKE 'WITH w AS%' THEN
		EXECUTE statement INTO rows;
	ELSE
		EXECUTE statement;
		GET DIAGNOSTICS rows = ROW_COUNT;
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = rows || ' rows';
EXCEPTION WHEN SQLSTATE 'AC000' THEN
	RETURN SQLERRM;
WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
-- For own: contacts 1 and 4 are seen, 3 is hidden; for team 2 is, too.
CREATE TEMP TABLE statement AS SELECT * FROM (VALUES
	($$INSERT INTO contacts.contact (name) VALUES ('N')$$, '1 rows'), ($$INSERT INTO contacts.contact (name, owner_id) VALUES ('N', NULL)$$, '1 rows'),
	($$INSERT INTO contacts.contact (name, owner_id) VALUES ('N', %s)$$, '1 rows'), ($$INSERT INTO contacts.contact (name, email) SELECT 'N' || n, n || '@n.example' FROM generate_series(1, 3) n$$, '3 rows'),
	($$INSERT INTO contacts.contact DEFAULT VALUES$$, '1 rows'), ($$INSERT INTO contacts.contact (name, owner_id) VALUES ('N', 12)$$, '42501'),
	($$INSERT INTO contacts.contact (account_id, name) VALUES (2, 'N')$$, '42501'),
	($$INSERT INTO contacts.contact (contact_id, name) VALUES (500, 'N') ON CONFLICT DO NOTHING$$, '1 rows'),
	($$INSERT INTO contacts.contact (contact_id, name) VALUES (500, 'N') ON CONFLICT (account_id, contact_id) DO NOTHING$$, '1 rows'),
	($$INSERT INTO contacts.contact (contact_id, name) VALUES (500, 'N') ON CONFLICT (account_id, contact_id) DO UPDATE SET name = excluded.name$$, '1 rows'),
	($$INSERT INTO contacts.contact AS c (contact_id, name) VALUES (1, 'N') ON CONFLICT (account_id, contact_id) DO UPDATE SET name = excluded.name || c.name$$, '1 rows'),
	($$INSERT INTO contacts.contact (contact_id, name) VALUES (3, 'N') ON CONFLICT (account_id, contact_id) DO UPDATE SET name = excluded.name$$, '42501'),
	($$UPDATE contacts.contact SET name = 'N'$$, '2 rows'), ($$UPDATE contacts.contact SET name = 'N' WHERE contact_id = 1$$, '1 rows'),
	($$UPDATE contacts.contact SET name = 'N' WHERE contact_id = 3$$, '0 rows'), ($$UPDATE contacts.contact SET owner_id = 12 WHERE contact_id = 1$$, '1 rows'),
	($$UPDATE contacts.contact SET owner_id = NULL$$, '2 rows'), ($$DELETE FROM contacts.contact WHERE contact_id IN (1, 3)$$, '1 rows'),
	($$INSERT INTO contacts.activity (contact_id, kind) VALUES (1, 'x'), (4, 'x')$$, '2 rows'), ($$INSERT INTO contacts.activity (contact_id, kind, assigned_to) VALUES (1, 'x', 12)$$, '1 rows'),
	($$INSERT INTO contacts.activity (contact_id, kind) VALUES (3, 'x')$$, '42501'), ($$INSERT INTO contacts.activity (contact_id, kind, assigned_to) VALUES (3, 'x', %s)$$, '42501'),
	($$INSERT INTO contacts.activity (kind) VALUES ('x')$$, '1 rows'), ($$INSERT INTO contacts.activity (kind, assigned_to) VALUES ('x', %s)$$, '1 rows'),
	($$INSERT INTO contacts.activity (kind, assigned_to) VALUES ('x', 12)$$, '1 rows'), ($$INSERT INTO contacts.activity (kind, member_id) VALUES ('x', 12)$$, '1 rows'),
	($$INSERT INTO contacts.activity (kind, source, source_ref) VALUES ('x', 's', 'r') ON CONFLICT (account_id, source, source_ref) WHERE source_ref IS NOT NULL DO NOTHING$$, '1 rows'),
	($$INSERT INTO contacts.activity (kind, source, source_ref) VALUES ('x', 'calendar', 'a') ON CONFLICT (account_id, source, source_ref) WHERE source_ref IS NOT NULL DO UPDATE SET title = 'N'$$, '1 rows'),
	($$INSERT INTO contacts.activity (kind, source, source_ref) VALUES ('x', 'calendar', 'h') ON CONFLICT (account_id, source, source_ref) WHERE source_ref IS NOT NULL DO UPDATE SET state = 'cancelled'$$, '42501'),
	($$UPDATE contacts.activity SET title = 'N'$$, '2 rows'), ($$UPDATE contacts.activity SET contact_id = 3$$, '42501'), ($$UPDATE contacts.activity SET contact_id = NULL WHERE activity_id = 1$$, '42501'),
	($$UPDATE contacts.activity SET assigned_to = 12$$, '2 rows'), ($$UPDATE contacts.activity SET state = 'cancelled' WHERE activity_id = 3$$, '0 rows'),
	($$UPDATE contacts.activity SET contact_id = 4 WHERE activity_id = 1$$, '1 rows'), ($$DELETE FROM contacts.activity WHERE activity_id IN (1, 3)$$, '1 rows'),
	($$INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (1, 1) ON CONFLICT DO NOTHING$$, '0 rows'), ($$DELETE FROM contacts.contact_tag$$, '2 rows'),
	($$INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (1, 1) ON CONFLICT (account_id, contact_id, tag_id) DO UPDATE SET created_at = now()$$, '1 rows'),
	($$INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (3, 1)$$, '42501'), ($$UPDATE contacts.contact_tag SET contact_id = 3 WHERE contact_id = 1$$, '42501'),
	($$INSERT INTO contacts.tag (name) VALUES ('N')$$, '42501'), ($$UPDATE contacts.tag SET name = 'N'$$, '42501'), ($$DELETE FROM contacts.member$$, '42501'),
	($$INSERT INTO contacts.identifier (kind, value, contact_id) VALUES ('email', 'n@n.example', 1)$$, '42501'), ($$UPDATE contacts.identifier SET contact_id = 1$$, '42501'),
	($$DELETE FROM contacts.identifier WHERE contact_id = 1$$, '42501'), ($$INSERT INTO contacts.page_view (visitor, url) VALUES ('v', '/')$$, '42501'),
	($$UPDATE contacts.duplicate SET state = 'dismissed'$$, '42501'), ($$INSERT INTO contacts.field (key, type) VALUES ('n', 'text')$$, '42501'),
	($$WITH c AS (INSERT INTO contacts.contact (name) VALUES ('N'), ('M') RETURNING contact_id) INSERT INTO contacts.activity (contact_id, kind) SELECT contact_id, 'x' FROM c$$, '2 rows'),
	($$WITH c AS (INSERT INTO contacts.contact (name) VALUES ('N'), ('M') RETURNING contact_id) INSERT INTO contacts.contact_tag (contact_id, tag_id) SELECT contact_id, 1 FROM c$$, '2 rows'),
	($$WITH c AS (INSERT INTO contacts.contact (contact_id, name) VALUES (3, 'N') ON CONFLICT DO NOTHING RETURNING contact_id) INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (3, 1)$$, '42501'),
	($$WITH c AS (INSERT INTO contacts.contact (contact_id, name) VALUES (3, 'N') ON CONFLICT DO NOTHING RETURNING contact_id) INSERT INTO contacts.activity (contact_id, kind, assigned_to) VALUES (3, 'x', %s)$$, '42501'),
	($$WITH c AS (INSERT INTO contacts.contact (name) VALUES ('N') RETURNING contact_id), a AS (INSERT INTO contacts.activity (contact_id, kind) SELECT contact_id, 'x' FROM c RETURNING contact_id)
	INSERT INTO contacts.contact_tag (contact_id, tag_id) SELECT contact_id, 1 FROM a$$, '1 rows'))
	AS s (statement, outcome);
CREATE TEMP VIEW form AS
SELECT s.*, f.form, m.role, format(replace(f.form, '@', regexp_replace(s.statement, '\s+', ' ', 'g')), m.member_id) AS sql
FROM statement s, (VALUES ('own', 11), ('team', 14)) AS m (role, member_id),
	unnest(ARRAY['@', '@ RETURNING 1', '@ RETURNING *', 'WITH w AS (@ RETURNING *) SELECT count(*) FROM w']) AS f (form)
WHERE NOT (f.form LIKE 'WITH%' AND s.statement LIKE 'WITH%');
-- team sees contact 2, too
SELECT is(pg_temp.outcome(role, sql), CASE WHEN role = 'team' THEN replace(CASE WHEN statement ~ '^(UPDATE contacts.(contact|activity) SET \S+ = \S+|DELETE FROM contacts.contact_tag)$'
	THEN replace(outcome, '2', '3') ELSE outcome END, '43501', '42501') ELSE outcome END, format('R81: %s: %s', role, sql)) FROM form;

-- A row that was made is the member's, as with upsert_contact().
SELECT is(pg_temp.try('own', $$INSERT INTO contacts.contact (name) VALUES ('N')$$, then_ask => $$SELECT owner_id FROM contacts.contact WHERE name = 'N'$$), '11', 'R81: a new contact without owner is the member''s');
SELECT is(pg_temp.try(r, $$INSERT INTO contacts.contact (name) VALUES ('N')$$, then_ask => $$SELECT coalesce(owner_id::text, 'nobody''s') FROM contacts.contact WHERE name = 'N'$$), 'nobody''s',
	'R81: of one who sees all it is nobody''s: ' || r) FROM unnest('{all,admin}'::text[]) r;
-- What a refused or passed over INSERT notes lets nobody in later.
SELECT is(pg_temp.try('own', $try$DO $$ BEGIN
	INSERT INTO contacts.contact (contact_id, name) VALUES (2, 'N'), (3, 'N') ON CONFLICT DO NOTHING;
	BEGIN INSERT INTO contacts.activity (contact_id, kind, assigned_to) VALUES (3, 'let in', 11); EXCEPTION WHEN insufficient_privilege THEN END;
	BEGIN INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (2, 1); EXCEPTION WHEN insufficient_privilege THEN END;
	IF EXISTS (SELECT FROM contacts.activity WHERE contact_id IN (2, 3)) THEN RAISE 'seen'; END IF;
	IF EXISTS (SELECT FROM contacts.contact_tag WHERE contact_id IN (2, 3)) THEN RAISE 'seen'; END IF;
	END $$$try$, then_ask => $$SELECT count(*) FROM contacts.activity WHERE kind = 'let in'$$), '0', 'R81: an id that was tried is not seen');

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
