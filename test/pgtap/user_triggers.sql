-- Triggers of one's own on contacts.contact run before the identifiers of the row are claimed (R5): a report from there
-- says so, whoever inserts and whatever is called, and what concerns somebody else works.
\ir start.psql
SELECT no_plan();
CREATE TABLE public.called (call text);
CREATE FUNCTION public.report() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF new.name IS DISTINCT FROM 'friend' THEN
		EXECUTE format((SELECT call FROM called), new.email, new.phone);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER report AFTER INSERT ON contacts.contact FOR EACH ROW EXECUTE FUNCTION public.report();
CREATE FUNCTION pg_temp.outcome(insertion text, calls text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE outcome text;
BEGIN
	DELETE FROM called;
	INSERT INTO called VALUES (calls);
	outcome := pg_temp.error_of(insertion);
	RETURN regexp_replace(outcome, ' \| A trigger.*events', ' … events');
END $$;
CREATE TEMP TABLE insertion AS SELECT * FROM unnest(ARRAY[
	$$INSERT INTO contacts.contact (email) VALUES ('a@example.com')$$,
	$$INSERT INTO contacts.contact (email, phone) VALUES ('a@example.com', NULL), ('b@example.com', '+1 415 555 0150')$$,
	$$SELECT contacts.upsert_contact(email => 'a@example.com')$$, $$SELECT contacts.create_contact(email => 'a@example.com')$$,
	$$SELECT contacts.record_activity('note', email => 'a@example.com')$$,
	$$SELECT * FROM contacts.record_activities('[{"kind": "note", "email": "b@example.com"}, {"kind": "note", "email": "a@example.com"}]')$$]) insertion;
SELECT matches(pg_temp.outcome(insertion, call), '^55000 \| the contact''s identifiers are not claimed yet', insertion || ' with ' || call)
FROM insertion, unnest(ARRAY['SELECT contacts.record_activity(''note'', email => %1$L)', 'SELECT contacts.upsert_contact(email => %1$L, phone => %2$L)',
	'SELECT * FROM contacts.record_activities(jsonb_build_array(jsonb_build_object(''kind'', ''note'', ''email'', %1$L)))']) call;
SELECT is((SELECT count(*)::int FROM contacts.contact), 0, 'nothing is written');
SELECT is(pg_temp.outcome(insertion, 'SELECT contacts.upsert_contact(email => ''friend@example.com'', name => ''friend'')'), 'no error', insertion || ' may report somebody else')
FROM insertion WHERE insertion LIKE 'INSERT%a@%NULL%' OR insertion LIKE '%upsert%';
DROP TRIGGER report ON contacts.contact;
DELETE FROM contacts.contact;
CREATE CONSTRAINT TRIGGER report AFTER INSERT ON contacts.contact DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.report();
SELECT is(pg_temp.outcome(insertion || '; SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; DELETE FROM contacts.contact', 'SELECT contacts.record_activity(''note'', email => %1$L)'), 'no error',
	'a deferred constraint trigger may: ' || insertion) FROM insertion;
SELECT is_empty('SELECT * FROM contacts.check()', 'check() finds nothing');
SELECT * FROM finish();
