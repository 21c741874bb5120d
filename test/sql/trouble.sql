-- trouble: errors as a newcomer meets them; each says what is wrong, why, and what to do.
\set SHOW_CONTEXT never
SELECT contacts.record_activity('booking', email => 'ann@example');
SELECT contacts.record_activity('call', phone => '555-2671');
SELECT contacts.record_activity('booking', email => 'ann@example.org', state => 'canceled');
SELECT contacts.record_activity('booking', email => 'ann@example.org', assigned_to => 99);
SELECT contacts.record_activities('[{"kind": "note"}, {"kind": "note", "mail": "ann@example.org"}]');
SELECT contacts.create_contact(email => 'ANN@example.org');
SELECT contacts.update_contact(1, '{"email": "bob@example.org"}');
SELECT contacts.update_contact(1, '{"fields": {"teamsize": 3}}');
SELECT contacts.update_contact(1, '{"fields": {"plan": "Enterprise"}}');
SELECT contacts.update_contact(4711, '{"name": "x"}');
SELECT contacts.upsert_contact(email => 'ann@example.org', timezone => 'Germany');
SELECT contacts.set_status(ARRAY[1], 'customer');
SELECT contacts.define_field('Team size', 'number');
SELECT contacts.define_field('plan', 'dropdown', options => ARRAY['Free']);
UPDATE contacts.contact SET email = 'none of your business' WHERE contact_id = 1;
INSERT INTO contacts.contact (account_id, email) VALUES (1, 'Ann@Example.org');
SET contacts.account_id = 'one';
-- an error within a call, of somebody's own trigger: the session goes on as after any error
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'not today'; END$$;
CREATE TRIGGER refuse BEFORE INSERT ON contacts.contact FOR EACH ROW EXECUTE FUNCTION refuse();
\set VERBOSITY terse
SELECT contacts.upsert_contact(email => 'new@example.org');
\set VERBOSITY default
SELECT 'the next statement works' AS good;
DROP TRIGGER refuse ON contacts.contact;
SELECT outcome FROM contacts.upsert_contact(email => 'new@example.org');
SELECT * FROM contacts.check();
