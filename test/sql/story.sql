-- story: twenty lines that work, as an application writes them.
-- a booking page reports what happened; the person is found or made
SELECT contact_id, outcome, matched_by FROM contacts.record_activity('booking', email => 'Ann@Example.org', name => 'Ann Miller',
	source => 'booking-page', source_ref => 'b-1', state => 'scheduled', starts_at => '2030-01-01 10:00+00', ends_at => '2030-01-01 10:30+00');
-- a chatbot meets the same person, and learns more
SELECT contact_id, outcome, matched_by FROM contacts.record_activity('conversation', email => 'ann@example.org', phone => '(415) 555-2671', region => 'US', source => 'bot');
-- from now on the phone finds her, too
SELECT contacts.find_contact(phone => '+14155552671');
-- the booking page says it again: nothing is doubled
SELECT contact_id, outcome FROM contacts.record_activity('booking', email => 'ann@example.org', source => 'booking-page', source_ref => 'b-1', state => 'cancelled');
-- fields of your own
SELECT contacts.define_field('team_size', 'number', label => 'Team size');
SELECT contacts.define_field('plan', 'dropdown', options => ARRAY['Free', 'Pro']);
SELECT contact_id, outcome FROM contacts.upsert_contact(email => 'ann@example.org', company => 'Acme', fields => '{"team_size": "12", "plan": "pro"}', tags => ARRAY['VIP']);
SELECT contact_id, outcome FROM contacts.upsert_contact(email => 'ann@example.org', company => 'Acme', fields => '{"team_size": 12}');
-- many at once, as a driver passes them
SELECT item, contact_id, outcome, error FROM contacts.record_activities('[
	{"kind": "form", "email": "bob@example.org", "name": "Bob"},
	{"kind": "form", "email": "bob(at)example.org"},
	{"kind": "note", "email": "BOB@example.org", "company": "Beta"}]', on_error => 'report');
-- people edit; plain SQL does, too
SELECT contact_id, outcome FROM contacts.update_contact(contacts.find_contact(email => 'bob@example.org'), '{"name": "Robert", "company": null}');
UPDATE contacts.contact SET company = 'Gamma', status = 'qualified' WHERE email = 'bob@example.org';
INSERT INTO contacts.contact (account_id, name, email) VALUES (1, '  Cid   Brown ', 'cid@example.org');
SELECT contacts.set_status(ARRAY[contacts.find_contact(email => 'ann@example.org')], 'sales_qualified');
-- what BI tools see
SELECT name, email, phone, company, status, source, tags, activities FROM contacts.contact_overview WHERE account_id = 1 ORDER BY contact_id;
SELECT kind, title, source, state FROM contacts.timeline WHERE account_id = 1 AND contact_id = 1 ORDER BY at, ref_table, ref_id;
SELECT contact_id, from_status, to_status, source FROM contacts.status_history ORDER BY contact_id, changed_at;
SELECT fields FROM contacts.contact WHERE email = 'Ann@Example.org';
SELECT d -> 'name' AS name, d -> 'tags' AS tags, jsonb_pretty(d -> 'identifiers') AS identifiers FROM contacts.get_contact(1) AS d;
SELECT * FROM contacts.check();
