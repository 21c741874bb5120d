-- check.sql: check() names every broken invariant (R112).
-- What setup() makes comes from the catalogue: all of a kind is taken away or changed at once, and
-- each piece has to be named.  Rows are broken one invariant at a time, past triggers and
-- constraints.  After each breach everything is taken back.
\ir start.psql
BEGIN;
SELECT no_plan();

-- ---- a world with a row in each table -------------------------------------------------------------

CREATE ROLE check_test_agent;
CREATE ROLE check_test_dropped;
INSERT INTO contacts.member (name, access) VALUES ('Mia', 'all') RETURNING member_id AS mia \gset
SELECT contacts.grant_access('check_test_agent', 'agent', member_id => :mia), contacts.grant_access('check_test_dropped', 'reader');
SELECT contacts.set_account(default_region => 'US', timezone => 'Europe/Berlin', activity_events => true);
SELECT contacts.define_field('size', 'number'), contacts.define_field('plan', 'dropdown', options => '{small,large}');
SELECT contacts.set_account(duplicate_fields => '{size}');
SELECT count(*) FROM contacts.take_events('crm');
SELECT contacts.connect_integration('hubspot', 'crm');
INSERT INTO contacts.blocked_identifier (kind, value) VALUES ('email', 'test@test.com');
SELECT (contacts.upsert_contact(email => 'ann@example.org', phone => '(415) 555-2671', external_id => 'crm:1', visitor => 'cookie-1', name => 'Ann', company => 'Acme', timezone => 'Europe/Berlin',
	fields => '{"size": 5, "plan": "small"}', status => 'qualified', owner_id => :mia, tags => '{vip}')).contact_id AS ann,
	(contacts.upsert_contact(email => 'bob@example.org', name => 'Bob')).contact_id AS bob,
	(contacts.upsert_contact(email => 'dan@example.org', name => 'Dan')).contact_id AS dan,
	(contacts.upsert_contact(email => 'eve@example.org', name => 'Eve', visitor => 'cookie-2')).contact_id AS eve,
	(contacts.upsert_contact(email => 'fay@example.org', name => 'Fay')).contact_id AS fay,
	(contacts.upsert_contact(email => 'gil@example.org', name => 'Gil', tags => '{vip}')).contact_id AS gil \gset
SELECT contacts.set_status(ARRAY[:ann], 'sales_qualified');
SELECT (contacts.record_activity('booking', email => 'ann@example.org', source => 'page', source_ref => 'r1', state => 'scheduled', starts_at => '2030-01-01 10:00+00', ends_at => '2030-01-01 11:00+00', assigned_to => :mia, calendar => 'google')).activity_id AS booking,
	(contacts.record_activity('note', email => 'gil@example.org', source => 'page', source_ref => 'r2')).activity_id AS note \gset
SELECT contacts.add_reminder(:booking, '2029-12-31', 'email') AS reminder \gset
INSERT INTO contacts.page_view (visitor, contact_id, url) VALUES ('cookie-1', :ann, '/pricing');
INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score) VALUES (:ann, :bob, '{name}', 0.9);
SELECT contacts.merge_contacts(:fay, ARRAY[:gil]) AS merge, contacts.delete_contacts(ARRAY[:eve]) \gset
SET CONSTRAINTS ALL IMMEDIATE;

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() is empty when healthy');
SELECT is_empty('SELECT * FROM contacts.check(77)', 'R112: also for an account without rows');
CREATE FUNCTION pg_temp.without_rows() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE t text; found boolean;
BEGIN
	FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relkind = 'r' LOOP
		EXECUTE format('SELECT NOT EXISTS (SELECT FROM contacts.%I)', t) INTO found;
		IF found THEN RETURN NEXT t; END IF;
	END LOOP;
END $$;
SELECT is_empty('SELECT pg_temp.without_rows()', 'the world has a row in each table');

-- What check() says after a breach: `problem | table | ids | detail`, a line each.
CREATE FUNCTION pg_temp.found(breach text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE breach;
	SET LOCAL session_replication_role = origin;
	SELECT string_agg(concat_ws(' | ', problem, table_name, array_to_string(ids, ','), detail), E'\n') INTO result FROM contacts.check();
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(result, 'nothing');
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	SET LOCAL session_replication_role = origin;
	RETURN SQLERRM;
END $$;

-- ---- what setup() makes ---------------------------------------------------------------------------

CREATE TEMP TABLE part AS
SELECT 'table' AS kind, relname::text AS on_table, relname::text AS name FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relkind = 'r'
UNION ALL SELECT 'view', relname, relname FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relkind = 'v'
UNION ALL SELECT 'row security', relname, relname FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relrowsecurity
UNION ALL SELECT 'column', c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
	WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT 'index', c.relname, x.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
	WHERE c.relnamespace = 'contacts'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
UNION ALL SELECT 'constraint', c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
	WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind = 'r' AND k.contype IN ('p', 'u', 'f', 'c')
UNION ALL SELECT 'trigger', c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
	WHERE c.relnamespace = 'contacts'::regnamespace AND NOT t.tgisinternal
UNION ALL SELECT 'policy', c.relname, p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'contacts'::regnamespace;
SELECT bag_eq('SELECT kind, table_name, name FROM contacts.schema_parts()', 'SELECT kind, on_table, name FROM part', 'R1: schema_parts() lists what setup() made, and nothing else');

-- Breaks each part of a kind by a statement (%1$I table, %2$I part): those that are not named.
CREATE FUNCTION pg_temp.unnamed(kinds text, breach text, problem text, excepted text DEFAULT '') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE statement text; result text[];
BEGIN
	FOR statement IN SELECT format(breach, on_table, name) FROM part WHERE kind = kinds AND on_table || '.' || name !~ nullif(excepted, '') IS NOT FALSE ORDER BY on_table <> 'contact', 1 DESC LOOP
		EXECUTE statement;
	END LOOP;
	WITH said AS MATERIALIZED (SELECT * FROM contacts.check_schema())
	SELECT array_agg(concat_ws('.', p.on_table, p.name)) INTO result FROM part p
	 WHERE p.kind = kinds AND p.on_table || '.' || p.name !~ nullif(excepted, '') IS NOT FALSE
	   AND NOT EXISTS (SELECT FROM said c WHERE c.problem ~ unnamed.problem AND c.table_name = p.on_table AND coalesce(c.detail, 'SELECT') IN (p.name, 'SELECT', 'wide'));
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(array_to_string(result, ' '), '');
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	RETURN QUERY SELECT m FROM string_to_table(nullif(SQLERRM, ''), ' ') m;
END $$;
SELECT is_empty(format('SELECT pg_temp.unnamed(%L, %L, %L, %L)', kind, breach, problem, excepted), format('R112: check() names each %s: %s', kind, breach))
  FROM (VALUES ('view', 'DROP VIEW contacts.%I', 'view is missing', ''),
	('view', 'ALTER VIEW contacts.%I SET (security_invoker = false)', 'owner''s rights', ''),
	('table', 'ALTER TABLE contacts.%I RENAME TO %2$s_away', 'table is missing', ''),
	('table', 'GRANT SELECT ON contacts.%I TO PUBLIC', 'privilege of everybody', ''),
	('table', 'CREATE POLICY wide ON contacts.%I USING (true)', 'policy that is not ours', '') ,
	('column', 'ALTER TABLE contacts.%I RENAME %I TO %2$s_away', 'column is missing', ''),
	('row security', 'ALTER TABLE contacts.%I DISABLE ROW LEVEL SECURITY', 'security is off', ''),
	('policy', 'DROP POLICY %2$I ON contacts.%1$I', 'policy is missing', ''),
	('policy', 'ALTER POLICY %2$I ON contacts.%1$I TO CURRENT_USER', 'policy is not what', ''),
	('policy', 'ALTER POLICY %2$I ON contacts.%1$I USING (account_id > 0)', 'policy is not what', 'member_inserts'),
	('trigger', 'DROP TRIGGER %2$I ON contacts.%1$I', 'trigger is missing', ''),
	('trigger', 'ALTER TABLE contacts.%I DISABLE TRIGGER %I', 'trigger is disabled', ''),
	('trigger', 'ALTER TABLE contacts.%I ENABLE REPLICA TRIGGER %I', 'trigger is disabled', ''),
	('trigger', 'DROP TRIGGER %2$I ON contacts.%1$I; CREATE TRIGGER %2$I BEFORE DELETE ON contacts.%1$I FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', 'trigger is not what', ''),
	('index', 'DROP INDEX contacts.%2$I', 'index is missing', ''),
	('index', 'DROP INDEX contacts.%2$I; CREATE INDEX %2$I ON contacts.%1$I (account_id)', 'index is not what', ''),
	('constraint', 'ALTER TABLE contacts.%I DROP CONSTRAINT IF EXISTS %I CASCADE', 'constraint is missing', '')) AS v (kind, breach, problem, excepted);
SELECT matches(pg_temp.found('ALTER TABLE contacts.activity DISABLE TRIGGER ALL'), 'trigger of a foreign key is disabled \| activity \| activity_contact_exists', 'R112: check() names a foreign key that is switched off');
SELECT matches(pg_temp.found('ALTER TABLE contacts.activity DROP CONSTRAINT activity_contact_exists, ADD CONSTRAINT activity_contact_exists FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact NOT VALID'), 'constraint is not validated \| activity \| activity_contact_exists', 'R112: one that is not validated');
SELECT matches(pg_temp.found('DROP TABLE contacts.reminder'), 'table is missing \| reminder', 'R112: a table that is gone');
SELECT matches(pg_temp.found('ALTER TABLE contacts.audit_log ALTER cause TYPE varchar(100)'), 'column is not what setup\(\) made \| audit_log \| cause', 'R112: a column of another type');
SELECT matches(pg_temp.found('GRANT EXECUTE ON FUNCTION contacts.purge_deleted(interval, bigint) TO PUBLIC'), 'privilege of everybody \| function \| contacts.purge_deleted', 'R80: a function that everybody may call');
SELECT matches(pg_temp.found('DELETE FROM contacts.schema_version'), 'step of setup\(\) is missing \| schema_version \| 1', 'R112: a step of setup() that is not noted');
SELECT matches(pg_temp.found('INSERT INTO contacts.schema_version VALUES (999, ''9'')'), 'this library does not know \| schema_version \| 999', 'R112: one of a newer library');

-- ---- promises of the tables, column by column -----------------------------------------------------

-- Sets each column of the type that matches to the value, in every row: the columns that are not named.
CREATE FUNCTION pg_temp.unnamed_columns(of_type text, names text, value text, problem text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE r record; result text;
BEGIN
	SET LOCAL session_replication_role = replica;
	FOR r IN SELECT * FROM part WHERE kind = 'constraint' ORDER BY on_table <> 'contact' LOOP
		EXECUTE format('ALTER TABLE contacts.%I DROP CONSTRAINT IF EXISTS %I CASCADE', r.on_table, r.name);
	END LOOP;
	FOR r IN SELECT * FROM part WHERE kind = 'index' LOOP
		EXECUTE format('DROP INDEX contacts.%I', r.name);
	END LOOP;
	CREATE TEMP TABLE broken ON COMMIT DROP AS
	SELECT p.on_table, p.name FROM part p JOIN pg_attribute a ON a.attrelid = ('contacts.' || p.on_table)::regclass AND a.attname = p.name
	 WHERE p.kind = 'column' AND p.on_table <> 'schema_version' AND format_type(a.atttypid, NULL) = of_type AND a.attname ~ names AND p.name <> 'account_id'
	   AND (value <> 'NULL' OR a.attnotnull);
	FOR r IN SELECT * FROM broken LOOP
		IF value = 'NULL' THEN
			EXECUTE format('ALTER TABLE contacts.%I ALTER %I DROP IDENTITY IF EXISTS, ALTER %2$I DROP NOT NULL', r.on_table, r.name);
		END IF;
		EXECUTE format('UPDATE contacts.%I SET %I = %s', r.on_table, r.name, value);
	END LOOP;
	SET LOCAL session_replication_role = origin;
	WITH said AS MATERIALIZED (SELECT * FROM contacts.check_rows(1))
	SELECT string_agg(b.on_table || '.' || b.name, ' ') INTO result FROM broken b
	 WHERE NOT EXISTS (SELECT FROM said c WHERE c.problem = unnamed_columns.problem AND c.table_name = b.on_table AND c.detail = b.name);
	IF (SELECT count(*) FROM broken) = 0 THEN result := 'no such column'; END IF;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = coalesce(result, '');
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	SET LOCAL session_replication_role = origin;
	RETURN QUERY SELECT m FROM string_to_table(nullif(SQLERRM, ''), ' ') m;
END $$;
SELECT is_empty(format('SELECT pg_temp.unnamed_columns(%L, %L, %L, %L)', of_type, names, value, problem), format('R112: check() names each %s set to %s', about, value))
  FROM (VALUES ('time', 'timestamp with time zone', '.', '''infinity''', 'time that is not finite'), ('time', 'timestamp with time zone', '.', '''-infinity''', 'time that is not finite'),
	('id', 'bigint', '_id$|^(assigned_to|merged_into|previous_group)$', '0', 'id that is none'), ('id', 'bigint', '_id$|^(assigned_to|merged_into|previous_group)$', '-1', 'id that is none'),
	('text', 'text', '.', 'NULL', 'null where none may be'), ('id', 'bigint', '.', 'NULL', 'null where none may be'), ('time', 'timestamp with time zone', '.', 'NULL', 'null where none may be'),
	('document', 'jsonb', '.', 'NULL', 'null where none may be'), ('switch', 'boolean', '.', 'NULL', 'null where none may be')) AS v (about, of_type, names, value, problem);

-- Each foreign key leads nowhere; each sequence is behind.
CREATE FUNCTION pg_temp.unnamed_references() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE k record;
BEGIN
	FOR k IN SELECT c.conname, c.conrelid::regclass AS relation, a.attname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]
	          WHERE c.connamespace = 'contacts'::regnamespace AND c.contype = 'f' LOOP
		IF pg_temp.found(format('ALTER TABLE contacts.duplicate DROP CONSTRAINT duplicate_in_order; UPDATE %s SET %I = 99999 + %2$I', k.relation, k.attname)) !~ format('(exist) \| %s \| [^\n]*\| %s', split_part(k.relation::text, '.', 2), k.conname) THEN
			RETURN NEXT k.conname;
		END IF;
	END LOOP;
END $$;
-- merged_into, owner and member are set in one row at least
SELECT is_empty('SELECT pg_temp.unnamed_references()', 'R112: check() names each reference that leads nowhere');
SELECT is_empty($$SELECT s.oid::regclass FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype = 'i' JOIN pg_class t ON t.oid = d.refobjid
	WHERE s.relkind = 'S' AND s.relnamespace = 'contacts'::regnamespace AND t.relname <> 'member' -- members mostly come with ids of their own
	AND pg_temp.found(format('SELECT setval(%L, 1, false)', s.oid::regclass)) !~ format('sequence behind its column \| %s \|', t.relname)$$, 'R112: check() names each sequence that is behind its column');
-- Sequences are not taken back.
SELECT setval(s.oid::regclass, 1000) FROM pg_class s WHERE s.relkind = 'S' AND s.relnamespace = 'contacts'::regnamespace;
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: all of it was taken back');

-- ---- rows, one invariant at a time ----------------------------------------------------------------

CREATE TEMP TABLE breach (about text, statement text, finding text);
INSERT INTO breach VALUES
	-- details
	('an id 0', format('UPDATE contacts.contact SET contact_id = 0 WHERE contact_id = %s', :dan), 'id that is none \| contact \| 0 \| contact_id'),
	('an invalid time zone', format('UPDATE contacts.contact SET timezone = ''Mars/Olympus'' WHERE contact_id = %s', :ann), format('detail that is not as it is stored \| contact \| %s \| timezone', :ann)),
	('a time zone in another spelling', format('UPDATE contacts.contact SET timezone = ''europe/berlin'' WHERE contact_id = %s', :ann), format('not as it is stored \| contact \| %s \| timezone', :ann)),
	('a name that is too long', format('UPDATE contacts.contact SET name = repeat(''x'', 2000) WHERE contact_id = %s', :ann), format('not as it is stored \| contact \| %s \| name: invalid name: too long', :ann)),
	('a blank name', format('UPDATE contacts.contact SET name = '' '' WHERE contact_id = %s', :ann), format('not as it is stored \| contact \| %s \| name', :ann)),
	('a name with white space', format('UPDATE contacts.contact SET name = ''Ann  Lee'' WHERE contact_id = %s', :ann), format('not as it is stored \| contact \| %s \| name', :ann)),
	('a blank company', format('UPDATE contacts.contact SET company = E''\t'' WHERE contact_id = %s', :ann), format('not as it is stored \| contact \| %s \| company', :ann)),
	('a source that is too long', format('UPDATE contacts.contact SET source = repeat(''x'', 2000) WHERE contact_id = %s', :ann), format('not as it is stored \| contact \| %s \| source', :ann)),
	('a phone that is none', format('UPDATE contacts.contact SET phone = ''call me'' WHERE contact_id = %s', :bob), format('shown identifier that is none \| contact \| %s \| phone', :bob)),
	('a phone that cannot be', format('UPDATE contacts.contact SET phone = ''+49 1'' WHERE contact_id = %s', :bob), format('shown identifier that is none \| contact \| %s \| phone', :bob)),
	('a phone that is too long', format('UPDATE contacts.contact SET phone = repeat(''1'', 500) WHERE contact_id = %s', :bob), format('shown identifier that is none \| contact \| %s \| phone', :bob)),
	('an e-mail that is none', format('UPDATE contacts.contact SET email = ''bob at home'' WHERE contact_id = %s', :bob), format('primary identifier that the contact does not show \| identifier \| %s \| email', :bob)),
	('an e-mail that is none, without a key', format('UPDATE contacts.contact SET email = ''bob at home'' WHERE contact_id = %1$s; DELETE FROM contacts.identifier WHERE contact_id = %1$s', :bob), format('shown identifier that is none \| contact \| %s \| email', :bob)),
	('an undefined field', format('UPDATE contacts.contact SET fields = ''{"shoe": 42}'' WHERE contact_id = %s', :ann), format('field that nobody defined \| contact \| %s \| shoe', :ann)),
	('a field value of another type', format('UPDATE contacts.contact SET fields = ''{"size": "many"}'' WHERE contact_id = %s', :ann), format('does not fit its definition \| contact \| %s \| size', :ann)),
	('a field value that is not coerced', format('UPDATE contacts.contact SET fields = ''{"size": "5"}'' WHERE contact_id = %s', :ann), format('does not fit its definition \| contact \| %s \| size', :ann)),
	('a field value that is null', format('UPDATE contacts.contact SET fields = ''{"size": null}'' WHERE contact_id = %s', :ann), format('does not fit its definition \| contact \| %s \| size', :ann)),
	('an option that is none', format('UPDATE contacts.contact SET fields = ''{"plan": "huge"}'' WHERE contact_id = %s', :ann), format('does not fit its definition \| contact \| %s \| plan', :ann)),
	('fields that are no object', format('ALTER TABLE contacts.contact DROP CONSTRAINT contact_fields_is_object; UPDATE contacts.contact SET fields = ''[1]'' WHERE contact_id = %s', :ann), format('breaks a check \| contact \| %s \| contact_fields_is_object', :ann)),
	('a definition with a repeated option', 'UPDATE contacts.field SET options = ''{small,small}'' WHERE key = ''plan''', 'options of a field that are blank or repeated \| field \| plan'),
	('a key of a field that is none', 'ALTER TABLE contacts.field DROP CONSTRAINT field_key_is_name; UPDATE contacts.field SET key = ''Size!'' WHERE key = ''size''', 'breaks a check \| field \| .*field_key_is_name'),
	('an owner that is none', format('UPDATE contacts.contact SET owner_id = 999 WHERE contact_id = %s', :ann), 'refers to one that does not exist \| contact \| 999 \| contact_owner_exists'),
	-- status
	('a status without its change', format('UPDATE contacts.contact SET status = ''disqualified'' WHERE contact_id = %s', :ann), format('status without the change that set it \| contact \| %s', :ann)),
	('a change of status that is gone', format('DELETE FROM contacts.status_change WHERE contact_id = %s AND from_status IS NULL', :ann), format('does not go on from the one before \| status_change \| \d+,%s', :ann)),
	('a whole history that is gone', format('DELETE FROM contacts.status_change WHERE contact_id = %s', :ann), format('status without the change that set it \| contact \| %s', :ann)),
	('a change of status from another', format('UPDATE contacts.status_change SET from_status = ''disqualified'' WHERE contact_id = %s AND from_status IS NOT NULL', :ann), format('does not go on from the one before \| status_change \| \d+,%s', :ann)),
	('a change of status to the same', format('INSERT INTO contacts.status_change (contact_id, from_status, to_status, changed_at, actor, source) VALUES (%s, ''sales_qualified'', ''sales_qualified'', now(), ''x'', ''api'')', :ann), format('does not go on from the one before \| status_change \| \d+,%s', :ann)),
	-- identifiers
	('a phone key that is not primary', format('UPDATE contacts.identifier SET is_primary = false WHERE contact_id = %s AND kind = ''phone''', :ann), format('shown identifier that is not the primary one \| contact \| %s \| phone', :ann)),
	('an e-mail key that is not primary', format('UPDATE contacts.identifier SET is_primary = false WHERE contact_id = %s AND kind = ''email''', :ann), format('shown identifier that is not the primary one \| contact \| %s \| email', :ann)),
	('a shown e-mail that nobody has', format('DELETE FROM contacts.identifier WHERE contact_id = %s AND kind = ''email''', :ann), format('shown identifier that nobody has \| contact \| %s \| email', :ann)),
	('a primary key that is not shown', format('UPDATE contacts.contact SET email = NULL WHERE contact_id = %s', :ann), format('primary identifier that the contact does not show \| identifier \| %s \| email', :ann)),
	('another phone than the shown one', format('UPDATE contacts.identifier SET value = ''+14155559999'' WHERE contact_id = %s AND kind = ''phone''', :ann), format('primary identifier that the contact does not show \| identifier \| %s \| phone', :ann)),
	('a primary cookie', format('UPDATE contacts.identifier SET is_primary = true WHERE contact_id = %s AND kind = ''visitor''', :ann), format('primary identifier that the contact does not show \| identifier \| %s \| visitor', :ann)),
	('two primary ones', format('INSERT INTO contacts.identifier (kind, value, contact_id, is_primary) VALUES (''email'', ''x@example.org'', %s, true)', :ann), format('several primary identifiers of one kind \| identifier \| %s \| email', :ann)),
	('an e-mail key not canonical', format('UPDATE contacts.identifier SET value = ''Ann@Example.org'' WHERE contact_id = %s AND kind = ''email''', :ann), format('identifier is not in canonical form \| identifier \| %s \| email', :ann)),
	('a phone key not canonical', format('UPDATE contacts.identifier SET value = ''415 555 2671'' WHERE contact_id = %s AND kind = ''phone''', :ann), format('identifier is not in canonical form \| identifier \| %s \| phone', :ann)),
	('an external id not canonical', format('UPDATE contacts.identifier SET value = ''  crm:1 '' WHERE contact_id = %s AND kind = ''external''', :ann), format('identifier is not in canonical form \| identifier \| %s \| external', :ann)),
	('an external id without a system', format('UPDATE contacts.identifier SET value = ''1'' WHERE contact_id = %s AND kind = ''external''', :ann), format('identifier is not in canonical form \| identifier \| %s \| external', :ann)),
	('a cookie not canonical', format('UPDATE contacts.identifier SET value = '' c '' WHERE contact_id = %s AND kind = ''visitor''', :ann), format('identifier is not in canonical form \| identifier \| %s \| visitor', :ann)),
	('a placeholder as a cookie', format('UPDATE contacts.identifier SET value = ''undefined'' WHERE contact_id = %s AND kind = ''visitor''', :ann), format('identifier is not in canonical form \| identifier \| %s \| visitor', :ann)),
	('an identifier of a deleted contact', format('INSERT INTO contacts.identifier (kind, value, contact_id) VALUES (''visitor'', ''x'', %s)', :eve), format('identifier of a contact that is not live \| identifier \| %s', :eve)),
	('an identifier of a merged contact', format('UPDATE contacts.identifier SET contact_id = %s WHERE contact_id = %s AND NOT is_primary', :gil, :fay), format('identifier of a contact that is not live \| identifier \| %s', :gil)),
	('a key that two contacts have', format('ALTER TABLE contacts.identifier DROP CONSTRAINT identifier_pkey; INSERT INTO contacts.identifier (kind, value, contact_id) VALUES (''email'', ''ann@example.org'', %s)', :bob), 'several rows of one key \| identifier \| identifier_pkey'),
	('notes of a deleted contact that are gone', format('DELETE FROM contacts.freed_identifier WHERE contact_id = %s AND kind = ''email''', :eve), format('identifier of a deleted contact is not noted \| contact \| %s \| email', :eve)),
	('a note not canonical', format('UPDATE contacts.freed_identifier SET value = ''EVE@example.org'' WHERE contact_id = %s AND kind = ''email''', :eve), format('identifier is not in canonical form \| freed_identifier \| %s \| email', :eve)),
	('a note of a live contact', format('UPDATE contacts.freed_identifier SET contact_id = %s', :bob), format('noted identifier of a contact that is not deleted \| freed_identifier \| %s', :bob)),
	('a blocked identifier not canonical', 'UPDATE contacts.blocked_identifier SET value = ''TEST@test.com''', 'identifier is not in canonical form \| blocked_identifier \| .*email'),
	-- merges
	('redirects in a circle of three', format('UPDATE contacts.contact SET merged_into = CASE contact_id WHEN %1$s THEN %2$s WHEN %2$s THEN %3$s ELSE %1$s END WHERE contact_id IN (%1$s, %2$s, %3$s)', :ann, :bob, :dan), format('redirect in a circle \| contact \| %s,%s', :ann, :bob)),
	('a redirect to itself', format('ALTER TABLE contacts.contact DROP CONSTRAINT contact_not_merged_into_itself; UPDATE contacts.contact SET merged_into = contact_id WHERE contact_id = %s', :dan), format('redirect in a circle \| contact \| %1$s,%1$s', :dan)),
	('a redirect without a merge', format('UPDATE contacts.contact SET merged_into = %s WHERE contact_id = %s', :ann, :dan), format('redirect without a merge that stands \| contact \| %s,%s', :dan, :ann)),
	('an undone merge that still redirects', format('UPDATE contacts.merge SET undone_at = now() WHERE merge_id = %s', :merge), format('redirect without a merge that stands \| contact \| %s,%s \| merge %s was undone', :gil, :fay, :merge)),
	('a merge that is gone', 'DELETE FROM contacts.merge', format('redirect without a merge that stands \| contact \| %s,%s', :gil, :fay)),
	('a merge that redirects nobody', format('UPDATE contacts.contact SET merged_into = NULL WHERE contact_id = %s', :gil), format('does not redirect to the survivor \| merge \| %s,%s', :merge, :gil)),
	('a merge of the survivor itself', format('UPDATE contacts.merge SET duplicate_ids = duplicate_ids || primary_id WHERE merge_id = %s', :merge), format('merge of nobody, or of the survivor itself \| merge \| %s', :merge)),
	('a merge of nobody', format('UPDATE contacts.merge SET duplicate_ids = ''{}'' WHERE merge_id = %s', :merge), format('merge of nobody, or of the survivor itself \| merge \| %s', :merge)),
	('a journal that is gone', 'DELETE FROM contacts.merge_move', format('merge whose journal is not whole \| merge \| %s', :merge)),
	('a part of a journal that is gone', 'DELETE FROM contacts.merge_move WHERE move_id = (SELECT min(move_id) FROM contacts.merge_move)', format('merge whose journal is not whole \| merge \| %s', :merge)),
	('a journal about others', format('UPDATE contacts.merge_move SET contact_id = %s', :ann), format('journal that names others than its merge \| merge_move \| \d+,%s', :ann)),
	('a journal that lacks a row', 'UPDATE contacts.merge_move SET row_keys = ''[]'' WHERE table_name = ''contacts.identifier''', 'journal that does not add up \| merge_move'),
	('a merged contact that is marked deleted', format('UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = %s', :gil), format('merged contact that is marked deleted \| contact \| %s', :gil)),
	('an activity of a merged contact', format('UPDATE contacts.activity SET contact_id = %s WHERE activity_id = %s', :gil, :note), format('row of a merged contact \| contacts.activity \| %s', :gil)),
	('a page view of a merged contact', format('UPDATE contacts.page_view SET contact_id = %s', :gil), format('row of a merged contact \| contacts.page_view \| %s', :gil)),
	('an open pair with a merged contact', format('INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score) VALUES (%s, %s, ''{x}'', 1)', :ann, :gil), format('pair to review with a contact that is merged \| duplicate \| %s,%s', :ann, :gil)),
	('a pair marked merged that is two', 'UPDATE contacts.duplicate SET state = ''merged'', decided_at = now()', format('pair marked merged whose contacts are not \| duplicate \| %s,%s', :ann, :bob)),
	('an open pair that was decided', 'UPDATE contacts.duplicate SET decided_at = now()', format('open pair that was decided \| duplicate \| %s,%s', :ann, :bob)),
	('a pair the wrong way round', 'ALTER TABLE contacts.duplicate DROP CONSTRAINT duplicate_in_order; UPDATE contacts.duplicate SET contact_id = other_id, other_id = contact_id', 'breaks a check \| duplicate \| \d+,\d+ \| duplicate_in_order'),
	-- what hangs on contacts
	('a tag on nobody', 'UPDATE contacts.contact_tag SET contact_id = 9999 WHERE contact_id = ' || :ann, 'row of a contact that does not exist \| contact_tag \| 9999'),
	('a tag that is none', 'UPDATE contacts.contact_tag SET tag_id = 9999', 'refers to one that does not exist \| contact_tag \| 9999'),
	('a tag twice', 'DROP INDEX contacts.tag_name; INSERT INTO contacts.tag (name) VALUES (''VIP'')', 'several rows of one key \| tag \| tag_name'),
	('an activity of nobody', format('UPDATE contacts.activity SET contact_id = 9999 WHERE activity_id = %s', :booking), 'row of a contact that does not exist \| activity \| 9999'),
	('an assignee that is none', format('UPDATE contacts.activity SET assigned_to = 9999 WHERE activity_id = %s', :booking), 'refers to one that does not exist \| activity \| 9999 \| activity_assignee_exists'),
	('a reference twice', format('DROP INDEX contacts.activity_source_ref; INSERT INTO contacts.activity (kind, source, source_ref) VALUES (''note'', ''page'', ''r1'')'), 'several rows of one key \| activity \| activity_source_ref'),
	('a blank kind', format('UPDATE contacts.activity SET kind = '' '' WHERE activity_id = %s', :booking), format('label that is not as it is stored \| activity \| %s \| kind', :booking)),
	('a meeting that ends before it starts', format('ALTER TABLE contacts.activity DROP CONSTRAINT activity_ends_after_start; UPDATE contacts.activity SET ends_at = ''2000-01-01'' WHERE activity_id = %s', :booking), format('breaks a check \| activity \| %s \| activity_ends_after_start', :booking)),
	('a reminder of nothing', 'UPDATE contacts.reminder SET activity_id = 9999', 'refers to one that does not exist \| reminder \| 9999'),
	('a reminder taken at no time', 'UPDATE contacts.reminder SET taken_by = 1', format('reminder taken at no time \| reminder \| %s', :reminder)),
	-- events and audit
	('a delivery of nothing', 'UPDATE contacts.event_delivery SET event_id = 9999 WHERE event_id = (SELECT min(event_id) FROM contacts.event_delivery)', 'refers to one that does not exist \| event_delivery \| 9999'),
	('a delivery to nobody', 'UPDATE contacts.event_delivery SET consumer = ''erp''', 'delivery to a consumer that does not exist \| event_delivery'),
	('a delivery about another contact', 'UPDATE contacts.event_delivery SET contact_id = 9999', 'delivery of another contact than its event \| event_delivery'),
	('a delivery taken at no time', 'UPDATE contacts.event_delivery SET attempts = 1, taken_at = NULL', 'delivery taken by nobody, or at no time \| event_delivery'),
	('a chain that goes on from none', 'UPDATE contacts.audit_group SET previous_group = 9999', 'chain of the audit log that goes on from none \| audit_group'),
	('an entry without its chain', 'DELETE FROM contacts.audit_group', 'entry of the audit log without its chain \| audit_log'),
	-- settings and grants
	('a region that is none', 'UPDATE contacts.account SET default_region = ''XX''', 'setting that is not as it is stored \| account \| 1 \| default_region'),
	('a time zone of the account that is none', 'UPDATE contacts.account SET timezone = ''Mars/Olympus''', 'setting that is not as it is stored \| account \| 1 \| timezone'),
	('a mode that is none', 'ALTER TABLE contacts.account DROP CONSTRAINT account_phone_match_known; UPDATE contacts.account SET phone_match = ''sometimes''', 'breaks a check \| account \| .*account_phone_match_known'),
	('a time to keep that is none', 'ALTER TABLE contacts.account DROP CONSTRAINT account_keep_deleted_a_day; UPDATE contacts.account SET keep_deleted = ''0''', 'breaks a check \| account \| .*account_keep_deleted_a_day'),
	('a field to compare that is none', 'UPDATE contacts.account SET duplicate_fields = ''{shoe}''', 'field to compare that nobody defined \| account \| 1 \| shoe'),
	('a grant of a dropped role', 'REVOKE ALL ON ALL TABLES IN SCHEMA contacts FROM check_test_dropped; REVOKE ALL ON ALL FUNCTIONS IN SCHEMA contacts FROM check_test_dropped; REVOKE ALL ON SCHEMA contacts FROM check_test_dropped; DROP ROLE check_test_dropped', 'grant of a role that does not exist \| access_grant'),
	('a privilege that was taken away', 'REVOKE EXECUTE ON FUNCTION contacts.merge_contacts FROM check_test_agent', 'role without a privilege of its level \| access_grant \| check_test_agent: EXECUTE merge_contacts'),
	('a level that is none', 'ALTER TABLE contacts.access_grant DROP CONSTRAINT access_grant_level_known; UPDATE contacts.access_grant SET level = ''king''', 'breaks a check \| access_grant \| .*access_grant_level_known'),
	('a member that is gone', format('DELETE FROM contacts.member WHERE member_id = %s', :mia), 'refers to one that does not exist \| access_grant \| .*access_grant_member_exists');
SELECT matches(pg_temp.found(statement), finding, 'R112: check() names ' || about) FROM breach;
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: all of it was taken back');

-- ---- a healthy world that looks odd ---------------------------------------------------------------

SELECT contacts.set_account(default_region => 'AT');
SELECT is_empty('SELECT * FROM contacts.check()', 'R19: a national number stays what it was when the region of the account changes');

SELECT * FROM finish();
ROLLBACK;
