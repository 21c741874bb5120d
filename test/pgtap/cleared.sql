-- An e-mail or phone that is cleared makes room for the oldest other one that the contact has: none that finds it is out of sight (R11, R22, R50).
\ir start.psql
SELECT no_plan();

SELECT FROM contacts.connect_integration('crm', 'crm');
CREATE TEMP TABLE way (name text, statement text);
INSERT INTO way VALUES ('update_contact', $$SELECT FROM contacts.update_contact(%s, '{"%s": null}')$$), ('update_contact, blank', $$SELECT FROM contacts.update_contact(%s, '{"%s": " "}')$$),
	('update_contact with merge', $$SELECT FROM contacts.update_contact(%s, '{"%s": null}', on_duplicate => 'merge')$$), ('plain SQL', 'UPDATE contacts.contact SET %2$s = NULL WHERE contact_id = %1$s'),
	('plain SQL, blank', $$UPDATE contacts.contact SET %2$s = '' WHERE contact_id = %1$s$$), ('remove_identifier', $$SELECT contacts.remove_identifier(%1$s, '%2$s', (SELECT value FROM contacts.identifier WHERE contact_id = %1$s AND kind = '%2$s' AND is_primary))$$);
CREATE TEMP TABLE given (kind text, keys text[]);
INSERT INTO given VALUES ('email', '{a%s@example.com,z%s@example.com,b%s@example.com}'), ('phone', '{+1415555260%s,+1415555269%s,+1415555263%s}');

-- Clears three times: what is shown and owned after each.
CREATE FUNCTION pg_temp.cleared(statement text, what text, given text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE id bigint; states text := '';
BEGIN
	EXECUTE format('SELECT contact_id FROM contacts.upsert_contact(name => ''A'', %I => $1)', what) INTO id USING given[1];
	PERFORM contacts.record_activity('meeting', contact_id => id, state => 'scheduled', starts_at => now() + interval '1 day', calendar => 'google', email => CASE what WHEN 'email' THEN given[1] END, phone => CASE what WHEN 'phone' THEN given[1] END);
	FOR n IN 2..3 LOOP
		PERFORM contacts.add_identifier(id, what, given[n]);
		UPDATE contacts.identifier SET created_at = now() + n * interval '1 second' WHERE value = given[n];
	END LOOP;
	FOR n IN 1..3 LOOP
		EXECUTE format(statement, id, what);
		states := states || (SELECT concat_ws(' ', coalesce(to_jsonb(c) ->> what, 'none'), 'of', pg_temp.keys(id)) || '; ' FROM contacts.contact c WHERE contact_id = id);
	END LOOP;
	states := states || (SELECT CASE what WHEN 'email' THEN recipient_email ELSE recipient_phone END FROM contacts.activity WHERE contact_id = id);
	RETURN replace(states, '+', '');
END $$;
SELECT is(pg_temp.cleared(w.statement, g.kind, k.keys), replace(format('%1$s of %2$s %3$s, %2$s %1$s*; %3$s of %2$s %3$s*; none of; %3$s', k.keys[2], g.kind, k.keys[3]), '+', ''),
	format('R11: %s, cleared by %s', g.kind, w.name))
FROM way w CROSS JOIN given g CROSS JOIN LATERAL (SELECT array_agg(format(k, (SELECT count(*) FROM way o WHERE o.name < w.name)) ORDER BY place) FROM unnest(g.keys) WITH ORDINALITY u (k, place)) k (keys)
ORDER BY g.kind, w.name;

-- An edit is one change, and told once.
SELECT FROM contacts.upsert_contact(email => 'one@example.com', phone => '+14155552671', name => 'One') \g /dev/null
SELECT contacts.find_contact(email => 'one@example.com') AS one \gset
SELECT contacts.add_identifier(:one, 'email', 'two@example.com') \g /dev/null
DELETE FROM contacts.event;
SELECT is((contacts.update_contact(:one, '{"email": null}')).outcome::text, 'updated', 'R22: cleared');
SELECT is(string_agg(concat_ws(' ', kind, payload #>> '{changes,email,old}', payload #>> '{changes,email,new}'), ', ' ORDER BY kind),
	'contact.updated one@example.com two@example.com, integration.update one@example.com two@example.com', 'R50: one event each, with the old and the new address')
FROM contacts.event WHERE contact_id = :one;
SELECT is((contacts.update_contact(:one, '{"company": "Acme"}')).outcome::text, 'updated', 'R22: what is not named stays');
SELECT is(email, 'two@example.com', 'R22: and is shown') FROM contacts.contact WHERE contact_id = :one;
SELECT is((contacts.update_contact(:one, '{"email": null, "phone": null}')).outcome::text, 'updated', 'R22: the last ones');
SELECT is(email || phone, NULL, 'R22: nothing is left to show') FROM contacts.contact WHERE contact_id = :one;
SELECT is(pg_temp.keys(:one), NULL, 'R11: nor to find') ;
-- What finds nobody is cleared like the rest.
SELECT FROM contacts.update_contact(:one, '{"phone": "+18005550199"}') \g /dev/null
SELECT contacts.add_identifier(:one, 'phone', '+14155552672', make_primary => false) \g /dev/null
SELECT FROM contacts.update_contact(:one, '{"phone": null}') \g /dev/null
SELECT is(phone, '+14155552672', 'R11: behind a number that finds nobody') FROM contacts.contact WHERE contact_id = :one;

-- Many in one statement, some with nothing left, and deleted ones.
SELECT FROM generate_series(1, 6) n, LATERAL contacts.upsert_contact(email => format('many%s@example.com', n), name => 'Many ' || n, company => 'Many') \g /dev/null
SELECT contacts.add_identifier(contacts.find_contact(email => format('many%s@example.com', n)), 'email', format('more%s@example.com', n)) FROM generate_series(1, 6, 2) n \g /dev/null
SELECT contacts.delete_contacts(array_agg(contacts.find_contact(email => format('many%s@example.com', n)))) FROM generate_series(5, 6) n \g /dev/null
UPDATE contacts.contact SET email = NULL WHERE company = 'Many';
SELECT is(string_agg(name || ' ' || coalesce(email, 'none'), ', ' ORDER BY name), 'Many 1 more1@example.com, Many 2 none, Many 3 more3@example.com, Many 4 none, Many 5 none, Many 6 none', 'R5: many at once')
FROM contacts.contact WHERE company = 'Many';
SELECT contacts.restore_contacts(array_agg(contact_id)) FROM contacts.contact WHERE company = 'Many' AND deleted_at IS NOT NULL \g /dev/null
SELECT is_empty($$SELECT * FROM contacts.check()$$, 'R112: nothing is broken');
SELECT * FROM finish();
