-- What changes nothing leaves no trace, by plain SQL as by the functions (R20): each column, each table that is told of.
\ir start.psql
SELECT no_plan();

SELECT contacts.define_field('size', 'number') \g /dev/null
INSERT INTO contacts.member (name) VALUES ('Ina');
INSERT INTO contacts.member (name) VALUES ('Jo');
SELECT FROM contacts.upsert_contact(email => 'Ann@example.com', phone => '+1 415 555 0150', name => 'Ann', company => 'Acme', timezone => 'Europe/Berlin',
	status => 'qualified', fields => '{"size": 5}', owner_id => 1, source => 's', tags => '{t}') \g /dev/null
SELECT FROM contacts.record_activity('note', email => 'ann@example.com', title => 'T', source => 's', source_ref => 'r', data => '{"a": 1}') \g /dev/null
ALTER TABLE contacts.contact ADD COLUMN shoe_size integer DEFAULT 40;

-- All that a write leaves: the times of the contact, and how much was written of it.
CREATE FUNCTION pg_temp.traces() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', (SELECT string_agg(updated_at || ' ' || details_at, ' ') FROM contacts.contact), (SELECT count(*) FROM contacts.audit_log),
		(SELECT count(*) FROM contacts.event), (SELECT count(*) FROM contacts.status_change), (SELECT string_agg(value || created_at, ' ') FROM contacts.identifier)) $$;
UPDATE contacts.contact SET updated_at = '2026-01-01Z', details_at = '2026-01-02Z' \g /dev/null
SELECT pg_temp.traces() AS before \gset
CREATE FUNCTION pg_temp.leaves(statement text, before text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	IF pg_temp.traces() = before THEN RETURN 'nothing'; END IF;
	RAISE EXCEPTION USING MESSAGE = before || ' -> ' || pg_temp.traces();
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;
SELECT is(pg_temp.leaves(format('UPDATE contacts.%s SET %2$I = %2$I', t, attname), :'before'), 'nothing', format('R20: %s.%s set to itself', t, attname))
FROM unnest('{contact,activity,identifier,contact_tag}'::text[]) t, pg_attribute a
WHERE attrelid = format('contacts.%I', t)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY t, attnum;
SELECT is(pg_temp.leaves(statement, :'before'), 'nothing', 'R20: ' || statement)
FROM unnest(ARRAY[$$UPDATE contacts.contact SET name = '  Ann '$$, $$UPDATE contacts.contact SET company = ' Acme', name = 'Ann '$$,
	$$UPDATE contacts.contact SET timezone = 'europe/berlin'$$, $$UPDATE contacts.contact SET fields = '{"size": " 5 "}'$$,
	$$UPDATE contacts.contact SET fields = fields || '{"size": 5}'$$]) statement;

SELECT isnt(pg_temp.leaves(statement, :'before'), 'nothing', 'what changes something is seen: ' || statement)
FROM unnest(ARRAY[$$UPDATE contacts.contact SET name = 'Anna'$$, $$UPDATE contacts.contact SET shoe_size = 41$$, $$UPDATE contacts.contact SET owner_id = 2$$,
	$$UPDATE contacts.activity SET title = 'U'$$]) statement;

SELECT * FROM finish();
