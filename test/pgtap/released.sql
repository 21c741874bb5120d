-- released.sql: what a contact shows and somebody else had becomes its own as soon as it is free (R11, R51): after
-- each way to give up an identifier, and of each kind that is shown.
\ir start.psql
BEGIN;
SELECT no_plan();
SET CONSTRAINTS ALL IMMEDIATE;

-- Two contacts that show the same: `waiting` came back when `taker` had its identifiers.
CREATE FUNCTION pg_temp.pair(OUT waiting bigint, OUT taker bigint) LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM contacts.contact;
	waiting := (contacts.upsert_contact(email => 'Ann@example.org', phone => '+49 30 901820', name => 'Ann')).contact_id;
	PERFORM contacts.delete_contacts(ARRAY[waiting]);
	taker := (contacts.upsert_contact(email => 'ann@example.org', phone => '+4930901820', name => 'Bob')).contact_id;
	PERFORM contacts.restore_contacts(ARRAY[waiting]);
END $$;
-- Who is found by both after `giving` it up, and what check() says.
CREATE FUNCTION pg_temp.after(giving text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	w bigint;
	t bigint;
BEGIN
	SELECT waiting, taker INTO w, t FROM pg_temp.pair();
	EXECUTE replace(replace(giving, ':taker', t::text), ':waiting', w::text);
	RETURN (SELECT string_agg(CASE f.id WHEN w THEN 'waiting' WHEN t THEN 'taker' ELSE coalesce(f.id::text, 'nobody') END, ' ')
			FROM (VALUES (contacts.find_contact(email => 'ann@example.org')), (contacts.find_contact(phone => '+4930901820'))) AS f (id))
		|| coalesce((SELECT ', ' || string_agg(problem, ', ') FROM contacts.check()), '');
END $$;

SELECT is(pg_temp.after('SELECT'), 'taker taker', 'R51: what others have by now stays there');
SELECT is(pg_temp.after(noting), 'nobody nobody', 'R51: the deleted contact may come back for it: ' || noting)
FROM unnest(ARRAY['SELECT contacts.delete_contacts(ARRAY[:taker])',
	'UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = :taker']) AS n (noting);
SELECT is(pg_temp.after('SELECT contacts.delete_contacts(ARRAY[:taker]); SELECT contacts.restore_contacts(ARRAY[:taker])'),
	'taker taker', 'R51: and does');
SELECT is(pg_temp.after(giving), 'waiting waiting', 'R51: free again by ' || giving)
FROM unnest(ARRAY[
	'SELECT contacts.purge_contacts(ARRAY[:taker])',
	'SELECT contacts.delete_contacts(ARRAY[:taker]); SELECT contacts.purge_contacts(ARRAY[:taker])',
	'UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = :taker; UPDATE contacts.contact SET email = NULL, phone = NULL WHERE contact_id = :taker',
	'DELETE FROM contacts.contact WHERE contact_id = :taker',
	'SELECT contacts.update_contact(:taker, ''{"email": "bob@example.org", "phone": "+493090182001"}'')',
	'SELECT contacts.update_contact(:taker, ''{"email": null, "phone": null}'')',
	'UPDATE contacts.contact SET email = NULL, phone = NULL WHERE contact_id = :taker',
	'UPDATE contacts.contact SET email = ''bob@example.org'', phone = ''+493090182001'' WHERE contact_id = :taker',
	'SELECT contacts.remove_identifier(:taker, ''email'', ''ann@example.org''), contacts.remove_identifier(:taker, ''phone'', ''+4930901820'')',
	'SELECT contacts.merge_contacts(:waiting, ARRAY[:taker])']) AS g (giving);
SELECT is(pg_temp.after('SELECT contacts.unmerge(contacts.merge_contacts(:waiting, ARRAY[:taker]))'), 'taker taker',
	'R45: unmerged, each has what it had');

-- Further identifiers are shown by nobody.
SELECT waiting, taker FROM pg_temp.pair() \gset
SELECT contacts.add_identifier(:taker, 'email', 'other@example.org') \gset
SELECT contacts.remove_identifier(:taker, 'email', 'other@example.org') \gset
SELECT is(contacts.find_contact(email => 'other@example.org'), NULL, 'a further identifier goes to nobody');

-- Contacts that exchange what they show in one statement, and one that waits.
SELECT waiting, taker FROM pg_temp.pair() \gset
SELECT (contacts.upsert_contact(email => 'cid@example.org')).contact_id AS cid \gset
SET LOCAL session_replication_role = replica;
UPDATE contacts.contact SET updated_at = now() - interval '1 day' WHERE contact_id = :waiting;
SET LOCAL session_replication_role = origin;
UPDATE contacts.contact SET email = CASE contact_id WHEN :taker THEN 'cid@example.org' ELSE 'ann@example.org' END
WHERE contact_id IN (:taker, :cid);
SELECT is((SELECT i.contact_id FROM contacts.identifier i WHERE i.value = 'cid@example.org'), :taker::bigint, 'exchanged: the taker has the other''s');
SELECT is_empty('SELECT * FROM contacts.check()', 'exchanged beside one that waits: check() is empty');

-- Not the one who gives it up, not a deleted or merged one, not another account, not what is blocked.
SELECT waiting, taker FROM pg_temp.pair() \gset
SELECT contacts.delete_contacts(ARRAY[:waiting]) \gset
SELECT contacts.purge_contacts(ARRAY[:taker]) \gset
SELECT is(contacts.find_contact(email => 'ann@example.org'), NULL, 'R51: a deleted contact gets nothing');
SELECT waiting, taker FROM pg_temp.pair() \gset
INSERT INTO contacts.blocked_identifier (kind, value) VALUES ('email', 'ann@example.org');
SELECT contacts.purge_contacts(ARRAY[:taker]) \gset
SELECT is((SELECT count(*) FROM contacts.identifier WHERE value = 'ann@example.org'), 0::bigint, 'R10: what is blocked goes to nobody');
DELETE FROM contacts.blocked_identifier;
SELECT waiting, taker FROM pg_temp.pair() \gset
SELECT (contacts.upsert_contact(email => 'ann@example.org', account_id => 7)).contact_id AS elsewhere \gset
SELECT contacts.purge_contacts(ARRAY[:elsewhere], 7) \gset
SELECT is(contacts.find_contact(email => 'ann@example.org'), :taker::bigint, 'another account''s is another one');
SELECT is(contacts.find_contact(email => 'ann@example.org', account_id => 7), NULL, 'and free in that account');
SELECT contacts.purge_contacts(ARRAY[:taker]) \gset
SELECT is((contacts.upsert_contact(email => 'ann@example.org', name => 'Dan')).contact_id, :waiting::bigint, 'R12: a report finds whom it went to');
SELECT * FROM finish();
ROLLBACK;
