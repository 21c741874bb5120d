-- Rows that come with ids of their own: whatever table they are in, the next id is one that is free (R18).
\ir start.psql
SELECT no_plan();

-- One row at least in each table with an identity column.
SELECT contacts.connect_integration('crm', 'crm') \g /dev/null
INSERT INTO contacts.member (name) VALUES ('Ina');
SELECT FROM contacts.record_activities('[{"kind": "meeting", "email": "a@example.com", "status": "qualified", "visitor": "v", "starts_at": "2099-01-01T10:00Z"},
	{"kind": "note", "email": "b@example.com", "source": "s", "source_ref": "r"}]') \g /dev/null
SELECT contacts.upsert_contact(email => 'a@example.com', tags => '{t}') \g /dev/null
INSERT INTO contacts.page_view (visitor, url) VALUES ('v', 'https://example.com/');
INSERT INTO contacts.reminder (activity_id, due_at, channel) SELECT min(activity_id), now(), 'mail' FROM contacts.activity;
SELECT contacts.merge_contacts(1, '{2}') \g /dev/null

CREATE TEMP VIEW identity_column AS
SELECT c.oid::regclass AS table_name, c.relname, a.attname, format('contacts.%I', c.relname || '_' || a.attname || '_seq') AS sequence,
       (SELECT string_agg(quote_ident(o.attname), ', ' ORDER BY o.attnum) FROM pg_attribute o
        WHERE o.attrelid = c.oid AND o.attnum > 0 AND NOT o.attisdropped AND o.attidentity = '' AND o.attgenerated = '') AS others
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'contacts'::regnamespace AND a.attidentity <> '';
SELECT cmp_ok((SELECT count(*) FROM identity_column), '>=', 12::bigint, 'the catalogue has the tables');

-- A copy of a row of the table; what must differ does. With an id, or with what the column gives.
CREATE FUNCTION pg_temp.copy(t identity_column, id bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE made bigint;
BEGIN
	EXECUTE format('INSERT INTO %1$s (%2$s %3$s) SELECT %4$s %3$s FROM (SELECT (jsonb_populate_record(r, %5$L)).*
	                FROM %1$s r WHERE account_id = 1 LIMIT 1) r RETURNING %6$I',
		t.table_name, CASE WHEN id IS NOT NULL THEN quote_ident(t.attname) || ', ' END, t.others, CASE WHEN id IS NOT NULL THEN id || ', ' END,
		jsonb_build_object('email', null, 'phone', null, 'merged_into', null, 'source', 'copy', 'source_ref', null, 'name', 'N' || random()), t.attname)
	INTO made;
	RETURN made;
END $$;
-- Rows that came with their own ids from where the sequence stands; the next without one; each in a world of its own.
CREATE FUNCTION pg_temp.outcome(t identity_column, own integer, how text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ahead bigint; made bigint; outcome text;
BEGIN
	EXECUTE format('SELECT coalesce(max(%I), 0) + 10 FROM %s', t.attname, t.table_name) INTO ahead;
	PERFORM setval(t.sequence::regclass, ahead, false);
	PERFORM set_config('session_replication_role', how, true);
	FOR i IN 0 .. own - 1 LOOP PERFORM pg_temp.copy(t, ahead + i); END LOOP;
	PERFORM pg_temp.copy(t, ahead + own + 1);
	PERFORM set_config('session_replication_role', 'origin', true);
	made := pg_temp.copy(t, NULL);
	outcome := CASE WHEN made = ahead + own THEN 'free' ELSE made - ahead || ' after the first' END;
	made := pg_temp.copy(t, NULL);
	outcome := outcome || CASE WHEN made = ahead + own + 2 THEN ', free' ELSE ', ' || made - ahead || ' after the first' END;
	outcome := outcome || ', ' || pg_temp.failure(format('SELECT pg_temp.copy(t, %s) FROM identity_column t WHERE relname = %L', made, t.relname));
	RAISE EXCEPTION USING ERRCODE = 'ZZZZZ', MESSAGE = outcome;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.outcome(t, own, how), 'free, free, 23505',
	format('%s: after %s rows with their own ids (as %s) the next is free, and an id that is given stays', t.relname, own, how))
FROM identity_column t, (VALUES (1), (3)) AS o (own), (VALUES ('origin'), ('replica')) AS h (how) ORDER BY t.relname, own, how;

-- The calls: one, a batch, and those that find nothing wrong.
SELECT setval(sequence::regclass, 1, false) FROM identity_column \g /dev/null
SELECT lives_ok($$SELECT FROM contacts.record_activity('note', email => 'c@example.com', status => 'qualified')$$, 'a report');
SELECT setval(sequence::regclass, 1, false) FROM identity_column \g /dev/null
SELECT lives_ok($$SELECT FROM contacts.record_activities('[{"kind": "note", "email": "d@example.com"}, {"kind": "note", "email": "e@example.com"}]')$$, 'a batch');
SELECT is((SELECT count(*) FROM contacts.record_activities('[{"kind": "note", "email": "f@example.com"}, {"kind": "note", "email": "x"}]', on_error => 'report') r
	WHERE r.error IS NULL), 1::bigint, 'a batch that reports its errors loses nothing');
SELECT setval(sequence::regclass, 1, false) FROM identity_column \g /dev/null
SELECT lives_ok($$SELECT contacts.merge_contacts(1, ARRAY(SELECT contact_id FROM contacts.contact WHERE email = 'c@example.com'))$$, 'a merge');
SELECT is_empty('SELECT * FROM contacts.audit_verify()', 'the audit log is whole');

-- Another account's rows are none of this one's.
SELECT setval('contacts.contact_contact_id_seq', 1000, false) \g /dev/null
INSERT INTO contacts.account (account_id, name) VALUES (2, 'other');
INSERT INTO contacts.contact (account_id, contact_id, name) VALUES (2, 1000, 'theirs');
SELECT is((SELECT contact_id FROM contacts.create_contact(name => 'ours')), 1000::bigint, 'ids of another account are free');

SELECT * FROM finish();
