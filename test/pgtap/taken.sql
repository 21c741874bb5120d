-- taken.sql: what an error 23505 tells machines: the constraint and the column, through every path
-- that gives a contact a key of another one (R11, R40); nothing of it when that one is hidden (R41).
\ir start.psql
BEGIN;
SELECT no_plan();
\set prefix taken_
\ir access_world.psql
-- That world has flaws of its own, which are not the matter here.
CREATE TEMP TABLE flaw AS SELECT * FROM contacts.check();

-- The fields of the error that a statement raises, as a role of access_world.psql or as the owner.
CREATE FUNCTION pg_temp.fields(statement text, role text DEFAULT NULL, OUT state text, OUT names text, OUT detail text,
	OUT whole text) LANGUAGE plpgsql AS $$
DECLARE s text; t text; c text; k text; m text; h text; x text;
BEGIN
	IF role IS NOT NULL THEN
		EXECUTE format('SET ROLE %s', pg_temp.role_of(role));
	END IF;
	EXECUTE statement;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000'; -- takes back what should have failed
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	RESET ROLE;
	state := 'none';
WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, s = SCHEMA_NAME, t = TABLE_NAME, c = COLUMN_NAME,
		k = CONSTRAINT_NAME, m = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT;
	RESET ROLE;
	names := btrim(concat_ws(' ', s, t, c, k));
	whole := concat_ws(' ', m, detail, h);
END $$;

-- @V is a key of contact 3, hidden from member 11; contact 1 is theirs.
CREATE TEMP TABLE kind (kind text, given text, copied text, shown boolean);
INSERT INTO kind VALUES ('email', 'Probe.H@a.example', 'probe.h@A.EXAMPLE', true), ('phone', '+1 415 555 0103', '+14155550103', true),
	('external_id', 'crm:h', 'crm:h', false), ('visitor', 'cookie-h', 'cookie-h', false);
CREATE TEMP TABLE path AS
SELECT p.path, k.kind, p.restricted, replace(replace(p.statement, '@K', k.kind), '@V', CASE WHEN p.copied THEN k.copied ELSE k.given END) AS statement
FROM kind k, (VALUES
	('create_contact', false, true, 'SELECT contacts.create_contact(name => ''x'', owner_id => 11, @K => ''@V'')', false),
	('create_contact, and a free one', false, true, 'SELECT contacts.create_contact(@K => ''@V'', owner_id => 11, company => ''y'')', false),
	('add_identifier', false, true, 'SELECT contacts.add_identifier(1, replace(''@K'', ''_id'', ''''), ''@V'')', false),
	('add_identifier, primary', true, true, 'SELECT contacts.add_identifier(1, ''@K'', ''@V'', true)', false),
	('update_contact', true, true, 'SELECT contacts.update_contact(1, ''{"@K":"@V"}'')', false),
	('update_contact with more', true, true, 'SELECT contacts.update_contact(1, ''{"name":"N","@K":"@V"}'')', false),
	('INSERT', true, true, 'INSERT INTO contacts.contact (name, owner_id, @K) VALUES (''x'', 11, ''@V'')', false),
	('INSERT of several', true, true, 'INSERT INTO contacts.contact (owner_id, @K) VALUES (11, NULL), (11, ''@V''), (11, NULL)', false),
	('INSERT … SELECT', true, false, 'INSERT INTO contacts.contact (@K) SELECT @K FROM contacts.contact WHERE contact_id = 3', false),
	('UPDATE', true, true, 'UPDATE contacts.contact SET @K = ''@V'' WHERE contact_id = 1', false),
	('UPDATE of both details', true, true, 'UPDATE contacts.contact SET company = ''x'', @K = ''@V'' WHERE contact_id = 1', false),
	('MERGE', true, false, 'MERGE INTO contacts.contact c USING (SELECT 1::bigint AS id) s ON c.account_id = 1 AND c.contact_id = s.id
		WHEN MATCHED THEN UPDATE SET @K = ''@V''', false),
	('a CTE', true, false, 'WITH w AS (INSERT INTO contacts.contact (@K) VALUES (''@V'')) SELECT 1', false),
	('COPY', true, false, 'COPY contacts.contact (name, @K) FROM PROGRAM ''printf "x\\t@V\\n"''', true),
	('merge_contacts with a reviewed value', true, false, 'SELECT contacts.merge_contacts(1, ARRAY[4], overrides => ''{"@K":"@V"}'')', false))
	AS p (path, shown_only, restricted, statement, copied)
WHERE k.shown OR NOT p.shown_only;

SELECT is(f.state || ' ' || f.names, format('23505 contacts contact %s identifier_pkey', p.kind), format('R11: %s names what is taken: %s', p.path, p.kind))
FROM path p, pg_temp.fields(p.statement) f;
SELECT is(f.detail, 'It belongs to contact 3.', format('R40: %s names the owner: %s', p.path, p.kind))
FROM path p, pg_temp.fields(p.statement) f;
SELECT is(f.state || ' ' || f.names, '42501 ', format('R41: %s of a hidden one names nothing: %s', p.path, p.kind))
FROM path p, pg_temp.fields(p.statement, 'own') f WHERE p.restricted;
SELECT is(count(*)::int, 36, 'R11: all paths were tried') FROM path;

-- ---- given twice in one statement: the value, no id that nobody will ever see -------------------

CREATE TEMP TABLE twice (path text, kind text, statement text, detail text);
INSERT INTO twice VALUES
('INSERT', 'email', $$INSERT INTO contacts.contact (email) VALUES ('aa1@x.example'), ('aa2@x.example'), ('aa1@x.example')$$, '"aa1@x.example" is given twice in this statement.'),
('INSERT, phone', 'phone', $$INSERT INTO contacts.contact (phone) VALUES ('+14155550188'), ('+14155550188')$$, '"+14155550188" is given twice in this statement.'),
('INSERT, both', 'email', $$INSERT INTO contacts.contact (email, phone) VALUES ('aa1@x.example', '+14155550188'), ('aa1@x.example', '+14155550188')$$, '"aa1@x.example" is given twice in this statement.'),
('INSERT with RETURNING', 'email', $$INSERT INTO contacts.contact (email) VALUES ('aa1@x.example'), ('aa1@x.example') RETURNING contact_id$$, '"aa1@x.example" is given twice in this statement.'),
('COPY', 'email', $$COPY contacts.contact (name, email) FROM PROGRAM 'printf "a\\taa1@x.example\\nb\\taa2@x.example\\nc\\taa1@x.example\\n"'$$, '"aa1@x.example" is given twice in this statement.'),
('UPDATE', 'email', $$UPDATE contacts.contact SET email = 'aa1@x.example' WHERE contact_id IN (1, 2)$$, '"aa1@x.example" is given twice in this statement.'),
('UPDATE, phone', 'phone', $$UPDATE contacts.contact SET phone = '+14155550188' WHERE contact_id IN (1, 2, 3)$$, '"+14155550188" is given twice in this statement.'),
('CTE: two INSERTs', 'email', $$WITH w AS (INSERT INTO contacts.contact (email) VALUES ('aa1@x.example')) INSERT INTO contacts.contact (email) VALUES ('aa1@x.example')$$, '"aa1@x.example" is given twice in this statement.'),
('CTE: INSERT and UPDATE', 'email', $$WITH w AS (INSERT INTO contacts.contact (email) VALUES ('aa1@x.example')) UPDATE contacts.contact SET email = 'aa1@x.example' WHERE contact_id = 1$$, '"aa1@x.example" is given twice in this statement.'),
('MERGE', 'email', $$MERGE INTO contacts.contact c USING (VALUES (1), (9999)) s (id) ON c.account_id = 1 AND c.contact_id = s.id
	WHEN MATCHED THEN UPDATE SET email = 'aa1@x.example' WHEN NOT MATCHED THEN INSERT (email) VALUES ('aa1@x.example')$$, '"aa1@x.example" is given twice in this statement.'),
('a function that inserts', 'email', $$DO 'BEGIN INSERT INTO contacts.contact (email) VALUES (''aa1@x.example''), (''aa1@x.example''); END'$$, '"aa1@x.example" is given twice in this statement.'),
('a long one', 'email', $$INSERT INTO contacts.contact (email) SELECT repeat('a', 60) || '@x.example' FROM generate_series(1, 2)$$, '"' || repeat('a', 57) || '..." is given twice in this statement.'),
('12 000 rows', 'email', $$INSERT INTO contacts.contact (email) SELECT 'n' || n % 11999 || '@x.example' FROM generate_series(1, 12000) n$$, '"n1@x.example" is given twice in this statement.');
SELECT is(f.state || ' ' || f.names, format('23505 contacts contact %s identifier_pkey', t.kind), format('R11: twice in one statement: %s', t.path))
FROM twice t, pg_temp.fields(t.statement) f;
SELECT is(f.detail, t.detail, format('R11: and the value is said: %s', t.path)) FROM twice t, pg_temp.fields(t.statement) f;
SELECT ok(f.whole !~ 'contact [0-9]', format('R11: and no id: %s', t.path)) FROM twice t, pg_temp.fields(t.statement) f;
-- Both spellings, since people look for them in what they sent; which one comes first is open.
SELECT matches(f.detail, '^"(AA1@x.example|aa1@X.example)" is given twice in this statement, the other time as "(AA1@x.example|aa1@X.example)"\.$', 'R11: in two spellings: e-mail')
FROM pg_temp.fields($$INSERT INTO contacts.contact (email) VALUES ('AA1@x.example'), ('aa1@X.example')$$) f;
SELECT matches(f.detail, '^"(\+1 415 555 0188|\+14155550188)" is given twice in this statement, the other time as "(\+1 415 555 0188|\+14155550188)"\.$', 'R11: in two spellings: phone')
FROM pg_temp.fields($$INSERT INTO contacts.contact (phone) VALUES ('+1 415 555 0188'), ('+14155550188')$$) f;

-- What was there before the statement is the other contact's, whatever the statement does to it.
CREATE FUNCTION pg_temp.earlier() RETURNS text LANGUAGE plpgsql AS $$
DECLARE id bigint;
BEGIN
	INSERT INTO contacts.contact (contact_id, email) VALUES (5000, 'earlier@x.example');
	INSERT INTO contacts.contact (contact_id, name) VALUES (5001, 'later');
	RETURN (pg_temp.fields($q$UPDATE contacts.contact SET email = 'earlier@x.example' WHERE contact_id = 5001$q$)).detail || ' '
		|| (pg_temp.fields($q$SELECT contacts.add_identifier(5001, 'email', 'earlier@x.example')$q$)).detail;
END $$;
SELECT is(pg_temp.earlier(), 'It belongs to contact 5000. It belongs to contact 5000.', 'R40: an earlier statement of the transaction gave it');
SELECT is(f.detail, 'It belongs to contact 3.', 'R40: its owner is written, too, ' || what)
FROM (VALUES ('another column', $$UPDATE contacts.contact SET name = 'N', email = CASE contact_id WHEN 1 THEN 'probe.h@a.example' ELSE email END WHERE contact_id IN (1, 3)$$),
	('another spelling', $$UPDATE contacts.contact SET email = 'PROBE.h@a.example' WHERE contact_id IN (1, 3)$$)) v (what, statement), pg_temp.fields(v.statement) f;
SELECT is((SELECT string_agg(c::text, ' ') FROM (SELECT * FROM contacts.check() EXCEPT SELECT * FROM flaw) c), NULL, 'R112: nothing is broken that was not before');

SELECT finish();
ROLLBACK;
