-- lifecycle.sql: deleting contacts, bringing them back, removing them for good (R44, R51, R52).
\ir start.psql
BEGIN;
SELECT plan(53);

CREATE FUNCTION pg_temp.row_of(id bigint) RETURNS text LANGUAGE sql AS
$$ SELECT (to_jsonb(c) - 'updated_at')::text FROM contacts.contact c WHERE account_id = 1 AND contact_id = id $$;
SELECT contacts.connect_integration('hubspot', 'crm');
SELECT contacts.take_events('crm', 1);
-- Every kind of thing that can hang on a contact.
SELECT (contacts.create_contact(email => 'Ann@example.org', phone => '+1 415 555 0140', external_id => 'crm:1', visitor => 'v1', name => 'Ann', tags => ARRAY['VIP'], status => 'qualified')).contact_id AS ann \gset
SELECT contacts.add_identifier(:ann, 'email', 'ann@home.example');
SELECT activity_id AS past FROM contacts.record_activity('booking', email => 'ann@example.org', title => 'past') \gset
SELECT activity_id AS future FROM contacts.record_activity('booking', email => 'ann@example.org', title => 'future', state => 'scheduled', starts_at => now() + interval '1 day') \gset
SELECT contacts.add_reminder(:future, now() - interval '1 minute', 'email') AS reminder \gset
INSERT INTO contacts.page_view (visitor, contact_id, url) VALUES ('v1', :ann, '/pricing');
SELECT pg_temp.row_of(:ann) AS row, pg_temp.keys(:ann) AS keys, max(event_id) AS event FROM contacts.event \gset

-- ---- R51: deleted -------------------------------------------------------------------------------

SELECT is(contacts.delete_contacts(ARRAY[:ann]), 1::bigint, 'R51: delete_contacts says how many');
SELECT is((SELECT deleted_at FROM contacts.contact WHERE contact_id = :ann), now(), 'R51: the record is there, marked as deleted');
SELECT is((SELECT count(*)::int FROM contacts.contact_overview WHERE contact_id = :ann), 0, 'R51: it disappears from lists');
SELECT is((SELECT count(*)::int FROM contacts.timeline WHERE contact_id = :ann), 0, 'R51: and from the timeline');
SELECT alike(pg_temp.error_of(format('SELECT contacts.get_contact(%s)', :ann)), 'P0002%', 'R51: it cannot be read any more');
SELECT is(contacts.resolve_contact(:ann), NULL, 'R51: nor resolved');
SELECT is(pg_temp.keys(:ann), NULL, 'R51: its identifiers become free');
SELECT is(contacts.find_contact(email => 'ann@example.org', phone => '+14155550140', external_id => 'crm:1', visitor => 'v1'), NULL, 'R51: none of them finds it');
SELECT is((SELECT string_agg(title, ' ' ORDER BY title) FROM contacts.activity WHERE contact_id = :ann), 'future past', 'R51: all past and future activities are retained');
SELECT results_eq('SELECT title, contact_name, contact_email, recipient_email FROM contacts.activity_stream ORDER BY title', $$VALUES ('future', NULL, NULL, 'ann@example.org'), ('past', NULL, NULL, 'ann@example.org')$$, 'R51: for reporting, without access to the contact');
SELECT results_eq('SELECT reminder_id, recipient FROM contacts.take_due_reminders()', format('VALUES (%s::bigint, ''ann@example.org'')', :reminder), 'R51: existing reminders continue to be sent');
SELECT is((SELECT string_agg(kind, ' ') FROM contacts.event WHERE event_id > :event), 'contact.deleted', 'R51: deleting is an independent action: no connected CRM is told to change or delete anything');
SELECT alike(pg_temp.error_of(format('SELECT contacts.%s', call)), 'P0002%', 'R51: a deleted contact does not exist for ' || call)
  FROM (VALUES (format('update_contact(%s, ''{}'')', :ann)), (format('delete_contacts(ARRAY[%s])', :ann)), (format('set_status(ARRAY[%s], NULL)', :ann)), (format('add_identifier(%s, ''email'', ''x@example.org'')', :ann))) AS t(call);
SELECT alike(pg_temp.error_of(format('SELECT contacts.merge_contacts(%s, ARRAY[%s])', :ann, (SELECT (contacts.create_contact(name => 'Other')).contact_id))), 'P0002%', 'R51: nor can it be merged');

-- ---- R51: restored ------------------------------------------------------------------------------

SELECT is(contacts.restore_contacts(ARRAY[:ann]), 1::bigint, 'R51: restore_contacts says how many');
SELECT is(pg_temp.row_of(:ann), :'row', 'R51: the record is as before');
SELECT is(pg_temp.keys(:ann), :'keys', 'R51: with all its identifiers');
SELECT is((SELECT count(*)::int FROM contacts.freed_identifier), 0, 'R51: nothing else is left');
SELECT is((contacts.record_activity('note', visitor => 'v1')).contact_id, :ann::bigint, 'R51: they find it again');
SELECT is((SELECT activities || tags FROM contacts.contact_overview WHERE contact_id = :ann), '3VIP', 'R51: with activities and tags');
SELECT alike(pg_temp.error_of(format('SELECT contacts.restore_contacts(ARRAY[%s])', :ann)), '55000 | contact % is not deleted | %', 'R51: a live contact is not restored');
SELECT alike(pg_temp.error_of('SELECT contacts.restore_contacts(ARRAY[99999])'), 'P0002%', 'R51: nor an unknown one');
UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = :ann;
UPDATE contacts.contact SET deleted_at = NULL WHERE contact_id = :ann;
SELECT is(pg_temp.keys(:ann), :'keys', 'R5: the same by plain SQL');

-- identifiers that somebody else has by now
SELECT contacts.delete_contacts(ARRAY[:ann]);
SELECT (contacts.create_contact(email => 'ann@example.org', name => 'New Ann')).contact_id AS taker, (contacts.create_contact(external_id => 'crm:1', name => 'CRM')).contact_id AS other \gset
SELECT contacts.restore_contacts(ARRAY[:ann]);
SELECT is(pg_temp.keys(:ann) || ' / ' || pg_temp.keys(:taker), 'email ann@home.example, phone +14155550140*, visitor v1 / email ann@example.org*', 'R51: an identifier taken meanwhile stays with its new owner');
SELECT results_eq('SELECT contact_id, other_id, reasons, state FROM contacts.duplicate ORDER BY other_id', format($$VALUES (%1$s::bigint, %2$s::bigint, '{e-mail belongs to the other contact}'::text[], 'open'), (%1$s, %3$s, '{external id belongs to the other contact}', 'open')$$, :ann, :taker, :other), 'R51: and becomes a duplicate to review');
SELECT is((SELECT email FROM contacts.contact WHERE contact_id = :ann), 'Ann@example.org', 'R51: the contact shows it all the same');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: that is in order');
SELECT contacts.merge_contacts(:taker, ARRAY[:ann]) AS merge \gset
SELECT is(pg_temp.keys(:taker), 'email ann@example.org*, email ann@home.example, phone +14155550140*, visitor v1', 'R51: a merge resolves it');

-- shown differently meanwhile, and restored together
SELECT contacts.unmerge(:merge);
SELECT contacts.delete_contacts(ARRAY[:ann, :taker]);
UPDATE contacts.contact SET email = 'ann@new.example' WHERE contact_id = :ann;
SELECT is(contacts.restore_contacts(ARRAY[:taker, :ann, :ann]), 2::bigint, 'R64: restore_contacts takes many, each once');
SELECT is(pg_temp.keys(:ann), 'email ann@home.example, email ann@new.example*, phone +14155550140*, visitor v1', 'R51: an e-mail edited while it was deleted is claimed');

-- ---- R44: merged contacts -----------------------------------------------------------------------

SELECT contacts.merge_contacts(:taker, ARRAY[:ann]) AS merge \gset
SELECT is(contacts.delete_contacts(ARRAY[:ann, :taker]), 1::bigint, 'R44: delete_contacts follows a redirect to the survivor');
SELECT is((SELECT deleted_at FROM contacts.contact WHERE contact_id = :taker), now(), 'R44: which is deleted');
SELECT is(contacts.restore_contacts(ARRAY[:ann]), 1::bigint, 'R44: restore_contacts too');
SELECT is(contacts.resolve_contact(:ann), :taker::bigint, 'R44: and the redirect is as before');

-- ---- R52: removed -------------------------------------------------------------------------------

SELECT is(contacts.purge_contacts(ARRAY[:ann]), 1::bigint, 'R52: purge_contacts says how many, by the id of a merged one, too');
SELECT is((SELECT count(*)::int FROM contacts.contact WHERE contact_id IN (:ann, :taker)), 0, 'R52: the record is gone, with what was merged into it');
SELECT results_eq('SELECT title, recipient_email FROM contacts.activity WHERE contact_id IS NULL AND title IS NOT NULL ORDER BY title', $$VALUES ('future', 'ann@example.org'), ('past', 'ann@example.org')$$, 'R52: its activities remain without contact, with their recipients');
SELECT is((SELECT count(*)::int FROM contacts.page_view WHERE contact_id IS NULL), 1, 'R52: so do page views');
SELECT is((SELECT count(*)::int FROM contacts.identifier WHERE contact_id IN (:ann, :taker)) + (SELECT count(*)::int FROM contacts.merge) + (SELECT count(*)::int FROM contacts.merge_move) + (SELECT count(*)::int FROM contacts.contact_tag), 0, 'R52: all else that hung on it is gone');
SELECT alike(pg_temp.error_of(format('SELECT contacts.%s(ARRAY[%s])', f, :ann)), 'P0002%', 'R52: then it does not exist for ' || f) FROM unnest('{restore_contacts,purge_contacts,delete_contacts}'::text[]) f;
SELECT count(contacts.create_contact(name => 'P' || n)) FROM generate_series(1, 1500) n;
SELECT array_agg(contact_id) AS many FROM contacts.contact WHERE name LIKE 'P%' \gset
SELECT is(contacts.delete_contacts(:'many'), 1500::bigint, 'R64: delete_contacts takes many');
UPDATE contacts.contact SET deleted_at = now() - interval '91 days' WHERE name LIKE 'P1%';
SELECT is(contacts.purge_deleted(), (SELECT count(*) FROM generate_series(1, 1500) n WHERE n::text LIKE '1%'), 'R52: purge_deleted removes what was deleted 90 days ago');
SELECT is(contacts.purge_deleted(), 0::bigint, 'R52: nothing else');
SELECT contacts.set_account(keep_deleted => '10 days');
UPDATE contacts.contact SET deleted_at = now() - interval '11 days' WHERE name LIKE 'P2%';
SELECT is(contacts.purge_deleted(NULL), (SELECT count(*) FROM generate_series(1, 1500) n WHERE n::text LIKE '2%'), 'R52: null = what the account keeps');
SELECT is(contacts.purge_deleted('0'), (SELECT count(*) FROM generate_series(1, 1500) n WHERE n::text !~ '^[12]'), 'R52: in portions, all of them');
SELECT alike(pg_temp.error_of('SELECT contacts.purge_deleted(''-1 day'')'), '22023 | invalid older_than%', 'R52: not what is deleted in future');
SELECT is((SELECT string_agg(name, ' ' ORDER BY name) FROM contacts.contact), 'CRM Other', 'R52: live contacts stay');

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
