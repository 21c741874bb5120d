-- merged_ids.sql: plain SQL keeps what only functions may set, and the id of a merged contact means
-- its survivor for whoever writes (R5, R44, R51).
-- Tables and columns come from the catalogue: one that is new is tried, too.
\ir start.psql
BEGIN;
SELECT no_plan();

SELECT (contacts.upsert_contact(email => 'ann@example.org', name => 'Ann')).contact_id AS ann,
	(contacts.upsert_contact(email => 'bob@example.org', name => 'Bob')).contact_id AS bob,
	(contacts.upsert_contact(email => 'cid@example.org', name => 'Cid')).contact_id AS cid,
	(contacts.upsert_contact(email => 'dan@example.org', name => 'Dan')).contact_id AS dan,
	(contacts.upsert_contact(email => 'eve@example.org', name => 'Eve')).contact_id AS eve \gset
-- Cid is Bob's, Bob is Ann's: a chain.
SELECT contacts.merge_contacts(:bob, ARRAY[:cid]), contacts.merge_contacts(:ann, ARRAY[:bob]), contacts.delete_contacts(ARRAY[:eve]);
INSERT INTO contacts.tag (name) VALUES ('vip') RETURNING tag_id AS tag \gset

-- A row for each table that refers to contacts, and the columns that do; rows that a merge leaves
-- where they are (rule stay) are written by functions only.
CREATE TEMP TABLE refers (relation regclass, of_contact name, statement text);
INSERT INTO refers VALUES
	('contacts.activity', 'contact_id', 'INSERT INTO contacts.activity (contact_id, kind) VALUES (%s, ''note'') RETURNING contact_id'),
	('contacts.page_view', 'contact_id', 'INSERT INTO contacts.page_view (contact_id, visitor, url) VALUES (%s, ''v'', ''/'') RETURNING contact_id'),
	('contacts.contact_tag', 'contact_id', format('INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (%%s, %s) RETURNING contact_id', :tag)),
	('contacts.identifier', 'contact_id', 'INSERT INTO contacts.identifier (contact_id, kind, value) VALUES (%s, ''email'', ''x@example.org'') RETURNING contact_id'),
	('contacts.duplicate', 'contact_id', format('INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score) VALUES (%%s, %s, ''{x}'', 1) RETURNING contact_id', :dan)),
	('contacts.duplicate', 'other_id', format('INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score) VALUES (least(%%1$s, %s), greatest(%%1$s, %1$s), ''{x}'', 1) RETURNING contact_id', :dan));
SELECT bag_eq($$SELECT relation, contact_column FROM contacts.contact_references() WHERE rule <> 'stay'$$, 'SELECT relation, of_contact FROM refers', 'R44: the test knows each table of ours that refers to contacts');

CREATE FUNCTION pg_temp.lands(statement text, id bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE landed bigint;
BEGIN
	EXECUTE format(statement, id) INTO landed;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = landed;
EXCEPTION WHEN OTHERS THEN
	SET CONSTRAINTS ALL DEFERRED;
	RETURN CASE SQLSTATE WHEN 'ZZ000' THEN SQLERRM ELSE SQLSTATE END;
END $$;
SELECT is(pg_temp.lands(statement, :ann), :'ann', format('R44: INSERT of %s for a live contact stays there: %s', relation, of_contact)) FROM refers;
SELECT is(pg_temp.lands(statement, :bob), :'ann', format('R44: for a merged one it goes to the survivor: %s', relation)) FROM refers;
SELECT is(pg_temp.lands(statement, :cid), :'ann', format('R44: along a chain of redirects: %s', relation)) FROM refers;
SELECT is(pg_temp.lands(statement, :eve), 'P0002', format('R51: for a deleted one it is refused: %s', relation)) FROM refers;
SELECT is(pg_temp.lands(statement, 99999), '23503', format('for nobody the foreign key refuses it: %s', relation)) FROM refers WHERE of_contact = 'contact_id' AND relation <> 'contacts.duplicate'::regclass;

-- UPDATE of the column, to a merged and to a deleted contact.
INSERT INTO contacts.activity (contact_id, kind) VALUES (:dan, 'note') RETURNING activity_id AS note \gset
INSERT INTO contacts.page_view (contact_id, visitor, url) VALUES (:dan, 'v', '/');
INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (:dan, :tag);
SELECT is(pg_temp.lands(format('UPDATE %s SET %I = %%s WHERE contact_id = %s AND %3$s <> 0 RETURNING contact_id', relation, of_contact, :dan), :cid), :'ann', format('R44: UPDATE of %s goes to the survivor', relation)) FROM refers WHERE relation NOT IN ('contacts.duplicate'::regclass, 'contacts.identifier'::regclass);
SELECT is(pg_temp.lands(format('UPDATE %s SET %I = %%s WHERE contact_id = %s RETURNING contact_id', relation, of_contact, :dan), :eve), 'P0002', format('R51: UPDATE of %s to a deleted contact is refused', relation)) FROM refers WHERE relation <> 'contacts.duplicate'::regclass;
SELECT is(pg_temp.failure(format('INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score) VALUES (%s, %s, ''{x}'', 1)', :ann, :cid)), '22023', 'R44: a contact and what was merged into it are no pair');
INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (:bob, :tag);
INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (:ann, :tag), (:cid, :tag) ON CONFLICT DO NOTHING;
SELECT is((SELECT count(*)::int FROM contacts.contact_tag WHERE contact_id = :ann), 1, 'R44: ON CONFLICT sees the survivor''s rows');
COPY contacts.activity (contact_id, kind) FROM stdin;
2	note
3	note
\.
SELECT is_empty($$SELECT FROM contacts.activity a JOIN contacts.contact c USING (account_id, contact_id) WHERE c.merged_into IS NOT NULL$$, 'R44: COPY, too');

-- What is told of somebody deleted before stays to be edited.
INSERT INTO contacts.activity (contact_id, kind) VALUES (:dan, 'call') RETURNING activity_id AS call \gset
SELECT contacts.delete_contacts(ARRAY[:dan]);
SELECT lives_ok(format('UPDATE contacts.activity SET title = ''T'', contact_id = contact_id WHERE activity_id = %s', :call), 'R51: activities of a deleted contact can be changed');
SELECT contacts.restore_contacts(ARRAY[:dan]);

-- ---- the row of a merged contact ------------------------------------------------------------------

SELECT is(pg_temp.error_of(format('UPDATE contacts.contact SET %s WHERE contact_id = %s', change, :cid)),
	format('55000 | contact %s was merged | Its details are those of contact %s now. | Write to that contact, or leave merged ones out: merged_into IS NULL.', :cid, :bob), 'R44: a merged contact takes no ' || change)
  FROM (VALUES ('name = ''X'''), ('email = ''y@example.org'''), ('email = NULL'), ('phone = ''+14155552671'''), ('company = ''X'''), ('timezone = ''UTC'''), ('status = ''qualified'''), ('fields = ''{"a": 1}'''), ('deleted_at = now()')) AS v (change);
SELECT lives_ok(format('UPDATE contacts.contact SET name = name, owner_id = NULL, updated_at = now() WHERE contact_id = %s', :cid), 'R44: what says nothing new, and its owner, may be written');
SELECT lives_ok('ALTER TABLE contacts.contact ADD COLUMN shoe integer; UPDATE contacts.contact SET shoe = 42', 'R44: columns of the user, too');
SELECT contacts.set_account(unknown_fields => 'keep');
INSERT INTO contacts.contact (name, fields) VALUES ('Fay', '{"size": "5"}') RETURNING contact_id AS fay \gset
SELECT contacts.merge_contacts(:ann, ARRAY[:fay]) AS last \gset
SELECT lives_ok('SELECT contacts.define_field(''size'', ''number'')', 'R23: a definition reaches the values of merged contacts');
SELECT is((SELECT fields -> 'size' FROM contacts.contact WHERE contact_id = :fay), '5', 'R23: they are coerced');
SELECT lives_ok(format('SELECT contacts.unmerge(%s)', :last), 'R45: and the merge can be undone');

-- ---- what only functions set ----------------------------------------------------------------------

SELECT is(pg_temp.failure(statement), sqlstate, 'R44: refused: ' || statement)
  FROM (VALUES (format('INSERT INTO contacts.contact (name, merged_into) VALUES (''X'', %s)', :ann), '22023'), ('INSERT INTO contacts.contact (name, merged_into) VALUES (''X'', 99999)', '22023'),
	(format('UPDATE contacts.contact SET merged_into = %s WHERE contact_id = %s', :ann, :dan), '22023'), (format('UPDATE contacts.contact SET merged_into = NULL WHERE contact_id = %s', :cid), '22023'),
	(format('UPDATE contacts.contact SET contact_id = 0 WHERE contact_id = %s', :dan), '22023')) AS v (statement, sqlstate);
-- No id is 0 or below, which means none inside; 0 for the account of a grant means every account.
CREATE TEMP VIEW id AS
SELECT c.oid::regclass AS relation, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind = 'r' AND (a.attname = 'account_id' OR a.attidentity <> '');
CREATE FUNCTION pg_temp.refuses(relation regclass, attname text, value bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE rule text; refused boolean;
BEGIN
	FOR rule IN SELECT pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k WHERE k.conrelid = relation AND k.contype = 'c' LOOP
		EXECUTE format('SELECT (%s) IS FALSE FROM jsonb_populate_record(NULL::%s, %L)', rule, relation, jsonb_build_object('account_id', 1) || jsonb_build_object(attname, value)) INTO refused;
		IF refused THEN RETURN true; END IF;
	END LOOP;
	RETURN value <= 0 AND EXISTS (
		SELECT FROM pg_trigger t, pg_attribute c
		 WHERE t.tgrelid = relation AND t.tgfoid = 'contacts.values_check'::regproc AND t.tgenabled = 'O'
		   AND t.tgtype & 23 = 23  -- BEFORE INSERT OR UPDATE FOR EACH ROW
		   AND c.attrelid = t.tgrelid AND c.attname = $2 AND c.attnum = ANY (t.tgattr));
END $$;
SELECT cmp_ok((SELECT count(*)::int FROM id), '>', 30, 'the catalogue lists ids');
SELECT is_empty('SELECT relation, attname FROM id WHERE NOT pg_temp.refuses(relation, attname, -1)', 'a CHECK, or the trigger that looks at each row, refuses negative ids');
SELECT is_empty($$SELECT relation, attname FROM id WHERE NOT pg_temp.refuses(relation, attname, 0) AND (relation::text, attname) <> ('contacts.access_grant', 'account_id')$$, 'and 0');
SELECT is_empty('SELECT relation, attname FROM id WHERE pg_temp.refuses(relation, attname, 1)', 'and no other');
SELECT contacts.set_status(ARRAY[:ann], 'qualified') \gset
SELECT set_eq($$SELECT DISTINCT pg_temp.failure(format('UPDATE %s SET %I = 0', i.relation, i.attname))
	FROM id i JOIN pg_trigger t ON t.tgrelid = i.relation AND t.tgfoid = 'contacts.values_check'::regproc
	JOIN pg_attribute a ON a.attrelid = i.relation AND a.attname = i.attname AND a.attnum = ANY (t.tgattr)$$, ARRAY['22023', '23514'], 'by the trigger: an UPDATE');
SELECT is(pg_temp.failure('INSERT INTO contacts.member (member_id, access) VALUES (0, ''own'')'), '23514', 'R81: there is no member 0, who would see everything');
SELECT is(pg_temp.failure('INSERT INTO contacts.access_grant (grantee, level, member_id, pinned) SELECT oid, ''agent'', 0, true FROM pg_roles WHERE rolname = current_user'), '23503', 'R81: no grant names them');

-- ---- deleted contacts: what they show by plain SQL ------------------------------------------------

INSERT INTO contacts.contact (name, email, deleted_at) VALUES ('Gil', 'gil@example.org', now()) RETURNING contact_id AS gil \gset
UPDATE contacts.contact SET email = 'eve2@example.org' WHERE contact_id = :eve;
UPDATE contacts.contact SET email = 'dan2@example.org', deleted_at = now() WHERE contact_id = :dan;
SELECT is((SELECT string_agg(value, ' ' ORDER BY value) FROM contacts.freed_identifier WHERE is_primary), 'dan2@example.org eve2@example.org gil@example.org', 'R51: what a deleted contact is made to show is noted');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: so that all is in order');
SELECT contacts.restore_contacts(ARRAY[:gil, :eve, :dan]);
SELECT is((SELECT string_agg(value, ' ' ORDER BY value) FROM contacts.identifier WHERE is_primary AND contact_id IN (:gil, :eve, :dan)), 'dan2@example.org eve2@example.org gil@example.org', 'R51: and claimed when it is restored');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');

SELECT * FROM finish();
ROLLBACK;
