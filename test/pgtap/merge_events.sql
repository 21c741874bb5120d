-- merge_events.sql: a merge and its end stand in the order of all their contacts; what a purge tells
-- (R44, R52, R100, R101).  Workers are imitated: what one has in hand is marked as another session's.
\ir start.psql
BEGIN;
SELECT plan(25);
SET LOCAL contacts.account_id = 91;

-- An event of a contact, a merge of it when others are named, with a delivery for the consumer.
CREATE FUNCTION pg_temp.tell(id bigint, contact bigint, others bigint[] DEFAULT NULL, what text DEFAULT 'contact.merged') RETURNS void LANGUAGE sql AS $$
	INSERT INTO contacts.event (account_id, event_id, contact_id, kind, payload)
	VALUES (91, id, contact, CASE WHEN others IS NULL THEN 'contact.updated' ELSE what END,
		CASE WHEN others IS NULL THEN '{}' ELSE jsonb_build_object('duplicate_ids', others) END);
	INSERT INTO contacts.event_delivery (account_id, consumer, event_id, contact_id) VALUES (91, 'w', id, contact);
$$;
-- What the present worker gets; it is another one's from then on.
CREATE FUNCTION pg_temp.take(max integer DEFAULT 100) RETURNS text LANGUAGE plpgsql AS $$
DECLARE got text;
BEGIN
	SELECT string_agg(event_id::text, ' ') INTO got FROM contacts.take_events('w', max);
	RETURN coalesce(got, '');
END $$;
CREATE FUNCTION pg_temp.done(VARIADIC ids bigint[]) RETURNS bigint LANGUAGE sql AS $$ SELECT contacts.ack_events('w', ids) $$;
CREATE FUNCTION pg_temp.afresh() RETURNS void LANGUAGE sql AS $$ DELETE FROM contacts.event WHERE account_id = 91 $$;
SELECT contacts.take_events('w');

SELECT pg_temp.tell(1, 20), pg_temp.tell(2, 10), pg_temp.tell(3, 10, '{20}'), pg_temp.tell(4, 10), pg_temp.tell(5, 30);
SELECT is(pg_temp.take(1), '1', 'R101: the duplicate''s event is in hand');
SELECT is(pg_temp.take(), '2 5', 'R101: then the merge waits, and what comes after it on the survivor');
SELECT pg_temp.done(2, 5);
SELECT is(pg_temp.take(), '', 'R101: also when all else of the survivor is done');
SELECT pg_temp.done(1);
SELECT is(pg_temp.take(), '3 4', 'R101: the merge comes when the duplicate''s events are done');
SELECT pg_temp.afresh(), pg_temp.tell(1, 20), pg_temp.tell(2, 10, '{20}'), pg_temp.tell(3, 10);
SELECT is(pg_temp.take(), '1 2 3', 'R101: in one portion, in order');
SELECT pg_temp.afresh(), pg_temp.tell(1, 20), pg_temp.tell(2, 10), pg_temp.tell(3, 10, '{20}'), pg_temp.tell(4, 10);
SELECT is(pg_temp.take(2), '1 2', 'R101: a portion ends before the merge');
SELECT pg_temp.done(2);
SELECT is(pg_temp.take(), '', 'R101: it waits for both');

-- The end of a merge: later events of the duplicates stay behind it, so do those of the survivor.
SELECT pg_temp.afresh(), pg_temp.tell(1, 10, '{20,21}', 'contact.unmerged'), pg_temp.tell(2, 20), pg_temp.tell(3, 21), pg_temp.tell(4, 10), pg_temp.tell(5, 22);
SELECT is(pg_temp.take(1), '1', 'R101: the end of a merge is in hand');
SELECT is(pg_temp.take(), '5', 'R101: then events of its contacts wait');
SELECT pg_temp.done(1, 5);
SELECT is(pg_temp.take(), '2 3 4', 'R101: until it is done');

-- What waits makes others wait: two merges in a row, a merge of a merge.
SELECT pg_temp.afresh(), pg_temp.tell(1, 30), pg_temp.tell(2, 20, '{30}'), pg_temp.tell(3, 10, '{20}'), pg_temp.tell(4, 10), pg_temp.tell(5, 20), pg_temp.tell(6, 40, '{41}');
SELECT is(pg_temp.take(1), '1', 'R101: the first event of a chain is in hand');
SELECT is(pg_temp.take(), '6', 'R101: all of the chain waits');
SELECT pg_temp.done(1);
SELECT is(pg_temp.take(1), '2', 'R101: then one by one');
SELECT is(pg_temp.take(), '', 'R101: nothing overtakes');
SELECT pg_temp.done(2);
SELECT is(pg_temp.take(), '3 4 5', 'R101: to its end');

-- Another consumer, another account with the same ids: nothing of theirs counts.
SELECT pg_temp.afresh(), pg_temp.tell(1, 20), pg_temp.tell(2, 10, '{20}');
INSERT INTO contacts.event (account_id, event_id, contact_id, kind, payload) VALUES (92, 1, 20, 'contact.merged', '{"duplicate_ids": [10, 20]}');
INSERT INTO contacts.event_delivery (account_id, consumer, event_id, contact_id) VALUES (92, 'w', 1, 20), (91, 'x', 1, 20);
SELECT is(pg_temp.take(), '1 2', 'R3: of its own account only');
DELETE FROM contacts.event WHERE account_id = 92;
DELETE FROM contacts.event_delivery WHERE account_id = 91 AND consumer = 'x';

-- The real thing: two merges and their ends, taken one by one by workers that acknowledge late.
SELECT pg_temp.afresh();
SELECT (contacts.create_contact(email => 'a@example.org')).contact_id AS ann, (contacts.create_contact(email => 'b@example.org')).contact_id AS bea \gset
SELECT contacts.update_contact(:bea, '{"name": "Bea"}');
SELECT contacts.merge_contacts(:ann, ARRAY[:bea]) AS merge \gset
SELECT contacts.unmerge(:merge);
SELECT contacts.update_contact(:bea, '{"name": "Beate"}');
CREATE TEMP TABLE portion AS SELECT 0 AS nr, 0::bigint AS event_id, ''::text AS kind WHERE false;
DO $$ BEGIN FOR n IN 1..20 LOOP
	INSERT INTO portion SELECT n, t.event_id, t.kind FROM contacts.take_events('w', 1) t;
	IF n % 2 = 0 THEN PERFORM contacts.ack_events('w', ARRAY(SELECT event_id FROM portion)); END IF;
END LOOP; END $$;
SELECT is((SELECT array_agg(p.kind ORDER BY nr) FROM portion p),
	'{contact.created,contact.created,contact.updated,contact.updated,contact.merged,contact.updated,contact.unmerged,contact.updated}', 'R101: the order of what happened');
SELECT is((SELECT count(*) FROM contacts.event WHERE account_id = 91), 0::bigint, 'R101: nothing is left waiting');

-- ---- R52: a purge tells, whatever the contact was before ----------------------------------------------

CREATE TEMP TABLE purge AS SELECT state, (contacts.create_contact(email => state || '@example.org', name => state)).contact_id AS id
	FROM unnest('{live,deleted,aged,plain,survivor,duplicate}'::text[]) state;
SELECT contacts.merge_contacts((SELECT id FROM purge WHERE state = 'survivor'), ARRAY(SELECT id FROM purge WHERE state = 'duplicate'));
SELECT contacts.delete_contacts(ARRAY(SELECT id FROM purge WHERE state IN ('deleted', 'aged', 'plain')));
DELETE FROM contacts.event WHERE account_id = 91;
UPDATE contacts.contact SET deleted_at = now() - interval '100 days' WHERE account_id = 91 AND contact_id = (SELECT id FROM purge WHERE state = 'aged');
DELETE FROM contacts.event WHERE account_id = 91;
SELECT contacts.purge_contacts(ARRAY(SELECT id FROM purge WHERE state IN ('live', 'deleted', 'survivor')));
SELECT contacts.purge_deleted();
DELETE FROM contacts.contact WHERE account_id = 91 AND contact_id = (SELECT id FROM purge WHERE state = 'plain');
SELECT is(e.told, 'contact.deleted ' || state, 'R52: a purge tells of a contact: ' || state)
  FROM purge p CROSS JOIN LATERAL (SELECT string_agg(concat_ws(' ', kind, payload #>> '{changes,name,old}'), ',') AS told
	FROM contacts.event e WHERE account_id = 91 AND contact_id = p.id AND payload -> 'purged' = 'true') e ORDER BY id;
SELECT is_empty($$SELECT * FROM contacts.event WHERE account_id = 91 AND (kind <> 'contact.deleted' OR payload #> '{changes,name}' ? 'new')$$, 'R51: and nothing else');
SELECT * FROM finish();
ROLLBACK;
