-- merge_rules.sql: whatever a table of the user's own forbids, the preview of a merge tells exactly as
-- the merge does it (R42, R43).
\ir start.psql
BEGIN;
SELECT plan(70);

CREATE SCHEMA shop;
CREATE FUNCTION shop.short(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT left($1, 1) $$;
CREATE COLLATION shop.caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
-- $1, $2: values of the survivor's row and of the duplicate's.
CREATE TEMP TABLE rule (nr int GENERATED ALWAYS AS IDENTITY, rule text, survivor text, duplicate text, fits boolean);
INSERT INTO rule (rule, survivor, duplicate, fits) VALUES
	('UNIQUE (account_id, contact_id, label)', $$'a', 1$$, $$'a', 2$$, false), ('UNIQUE (account_id, contact_id, label)', $$'a', 1$$, $$'b', 1$$, true),
	('UNIQUE (account_id, contact_id, label)', $$NULL, 1$$, $$NULL, 1$$, true), ('UNIQUE NULLS NOT DISTINCT (account_id, contact_id, label)', $$NULL, 1$$, $$NULL, 1$$, false),
	('UNIQUE (account_id, contact_id) INCLUDE (label)', $$'a', 1$$, $$'b', 1$$, false), ('UNIQUE (account_id, contact_id, n) DEFERRABLE INITIALLY DEFERRED', $$'a', 1$$, $$'b', 1$$, false),
	('EXCLUDE (account_id WITH =, contact_id WITH =, label WITH =)', $$'a', 1$$, $$'a', 1$$, false), ('EXCLUDE (account_id WITH =, contact_id WITH =, label WITH =) WHERE (n > 1)', $$'a', 1$$, $$'a', 2$$, true),
	('EXCLUDE USING spgist (int8range(contact_id, contact_id + n) WITH &&)', $$'a', 1$$, $$'b', 1$$, false),
	('EXCLUDE USING gist (int8range(contact_id, contact_id, ''[]'') WITH =, int4range(n, n + 5) WITH &&)', $$'a', 1$$, $$'a', 3$$, false),
	('EXCLUDE USING gist (int8range(contact_id, contact_id, ''[]'') WITH =, int4range(n, n + 5) WITH &&)', $$'a', 1$$, $$'a', 9$$, true),
	('CHECK (contact_id <> n)', $$'a', 0$$, $$'a', :survivor$$, false), ('CHECK (contact_id <> n)', $$'a', 0$$, $$'a', -1$$, true),
	('CHECK (contact_id <> n OR label IS NULL)', $$'a', 0$$, $$NULL, :survivor$$, true), ('CHECK (contact_id <> coalesce(n, 0)) NOT VALID', $$'a', 0$$, $$'a', :survivor$$, false);
-- Indexes
INSERT INTO rule (rule, survivor, duplicate, fits) VALUES
	('(account_id, contact_id) WHERE label = ''main''', $$'main', 1$$, $$'main', 1$$, false), ('(account_id, contact_id) WHERE label = ''main''', $$'main', 1$$, $$'b', 1$$, true),
	('(account_id, contact_id) WHERE label = ''main''', $$'b', 1$$, $$'main', 1$$, true), ('(account_id, contact_id, lower(label))', $$'A', 1$$, $$'a', 1$$, false),
	('(account_id, contact_id, lower(label))', $$'A', 1$$, $$'b', 1$$, true), ('((contact_id || label))', $$'a', 1$$, $$'a', 1$$, false),
	('((contact_id || label))', $$'a', 1$$, $$'b', 1$$, true), ('(contact_id, shop.short(label))', $$'ab', 1$$, $$'ac', 1$$, false), ('(contact_id, (n % 10)) WHERE n > 0', $$'a', 3$$, $$'b', 13$$, false),
	('(contact_id, (n % 10)) WHERE n > 0', $$'a', -3$$, $$'b', -3$$, true), ('(contact_id, label COLLATE shop.caseless)', $$'A', 1$$, $$'a', 1$$, false),
	('(contact_id, label text_pattern_ops)', $$'a', 1$$, $$'a', 1$$, false), ('(label) WHERE contact_id IS NULL', $$'a', 1$$, $$'a', 1$$, true), ('(twice)', $$'a', 1$$, $$'b', 1$$, false), ('(twice, label)', $$'a', 1$$, $$'b', 1$$, true);

-- What comes of a merge, of a preview: each undone.
CREATE FUNCTION pg_temp.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		EXECUTE statement;
		SET CONSTRAINTS ALL IMMEDIATE;
		RAISE SQLSTATE 'UNDO0';
	EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
		RETURN 'fits';
	END;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE TEMP TABLE found (nr int, rule text, fits boolean, preview text, merge text, count bigint, moved bigint);
DO $$
DECLARE
	r record;
	survivor bigint := (contacts.create_contact(name => 'survivor')).contact_id;
	duplicate bigint := (contacts.create_contact(name => 'duplicate')).contact_id;
	call text := format('(%s, ARRAY[%s])', survivor, duplicate);
BEGIN
	FOR r IN SELECT * FROM rule ORDER BY nr LOOP
		CREATE TABLE shop.thing (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id bigint NOT NULL DEFAULT 1, contact_id bigint NOT NULL, label text, n bigint,
			twice bigint GENERATED ALWAYS AS (contact_id * 2) STORED,
			FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact, FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact);
		IF r.rule LIKE '(%' THEN
			EXECUTE 'CREATE UNIQUE INDEX ON shop.thing ' || r.rule;
		END IF;
		EXECUTE format('INSERT INTO shop.thing (contact_id, label, n) VALUES (%s, %s), (%s, %s)', survivor, r.survivor, duplicate, replace(r.duplicate, ':survivor', survivor::text));
		IF r.rule NOT LIKE '(%' THEN
			EXECUTE 'ALTER TABLE shop.thing ADD ' || replace(r.rule, 'int4range(n, n', 'int4range(n::int, n::int');
		END IF;
		INSERT INTO found VALUES (r.nr, r.rule, r.fits, pg_temp.outcome('SELECT count(*) FROM contacts.merge_preview' || call), pg_temp.outcome('SELECT contacts.merge_contacts' || call));
		DROP TABLE shop.thing;
	END LOOP;
END $$;
SELECT is(merge, CASE WHEN fits THEN 'fits' ELSE '55000 contacts cannot be merged: rows of shop.thing collide' END, 'R42: the merge: ' || nr || ' ' || rule) FROM found ORDER BY nr;
SELECT is(preview, merge, 'R43: the preview tells it: ' || nr || ' ' || rule) FROM found ORDER BY nr;

-- ---- two columns that name contacts ---------------------------------------------------------------------

CREATE TABLE shop.introduced (account_id bigint NOT NULL DEFAULT 1, by_id bigint, whom_id bigint, CHECK (by_id <> whom_id), UNIQUE (account_id, by_id, whom_id),
	FOREIGN KEY (account_id, by_id) REFERENCES contacts.contact, FOREIGN KEY (account_id, whom_id) REFERENCES contacts.contact);
SELECT (contacts.create_contact(name => 'one')).contact_id AS one, (contacts.create_contact(name => 'two')).contact_id AS two, (contacts.create_contact(name => 'three')).contact_id AS three, (contacts.create_contact(name => 'four')).contact_id AS four \gset
CREATE FUNCTION pg_temp.both(call text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(DISTINCT left(pg_temp.outcome('SELECT ' || f || call), 5), ' / ') FROM unnest('{contacts.merge_contacts,count(*) FROM contacts.merge_preview}'::text[]) f $$;
INSERT INTO shop.introduced (by_id, whom_id) VALUES (:two, :three);
SELECT is(pg_temp.both(format('(%s, ARRAY[%s])', :one, :two)), 'fits', 'R43: a pair of two contacts, one of them merged');
SELECT is(pg_temp.both(format('(%s, ARRAY[%s, %s])', :one, :two, :three)), '55000', 'R43: both merged: against the check, which neither column says alone');
SELECT is(pg_temp.both(format('(%s, ARRAY[%s])', :two, :three)), '55000', 'R43: one into the other');
TRUNCATE shop.introduced;
INSERT INTO shop.introduced (by_id, whom_id) VALUES (:two, :four), (:one, :three), (:three, :four);
SELECT is(pg_temp.both(format('(%s, ARRAY[%s, %s])', :one, :two, :three)), '55000', 'R43: two duplicates collide with each other');
ALTER TABLE shop.introduced DROP CONSTRAINT introduced_check, DROP CONSTRAINT introduced_account_id_by_id_whom_id_key;
CREATE UNIQUE INDEX ON shop.introduced (least(by_id, whom_id), greatest(by_id, whom_id));
TRUNCATE shop.introduced;
INSERT INTO shop.introduced (by_id, whom_id) VALUES (:two, :four), (:four, :one);
SELECT is(pg_temp.both(format('(%s, ARRAY[%s])', :one, :two)), '55000', 'R43: an unordered pair is met in its other order');
DROP TABLE shop.introduced;

-- ---- equal foreign keys, unmerge ------------------------------------------------------------------------

CREATE TABLE shop.thing (id int PRIMARY KEY, account_id bigint NOT NULL DEFAULT 1, contact_id bigint NOT NULL, label text,
	FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact, FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact ON DELETE CASCADE);
CREATE UNIQUE INDEX ON shop.thing (contact_id, lower(label));
INSERT INTO shop.thing VALUES (1, 1, :two, 'A'), (2, 1, :two, 'B');
SELECT results_eq(format($$SELECT field, result FROM contacts.merge_preview(%s, ARRAY[%s]) WHERE field LIKE 'moves.shop%%'$$, :one, :two), $$VALUES ('moves.shop.thing', '2'::jsonb)$$, 'R43: a table with two equal foreign keys counts once');
SELECT contacts.merge_contacts(:one, ARRAY[:two]) AS merge \gset
SELECT is((SELECT sum(row_count) FROM contacts.merge_move WHERE merge_id = :merge AND table_name = 'shop.thing'), 2::numeric, 'R42: and moves once');
INSERT INTO shop.thing VALUES (3, 1, :one, 'C');
SELECT is((SELECT kept FROM contacts.unmerge(:merge)), '{}', 'R45: its rows go back');
SELECT is((SELECT string_agg(id || ' ' || contact_id, ', ' ORDER BY id) FROM shop.thing), format('1 %s, 2 %s, 3 %s', :two, :two, :one), 'R45: what came later stays');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
