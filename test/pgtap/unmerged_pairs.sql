-- unmerged_pairs.sql: whoever comes back while others have an identifier of theirs is put up for
-- review with each of these, restored and unmerged alike (R45, R46, R51).
\ir start.psql
BEGIN;
SELECT plan(17);

CREATE FUNCTION pg_temp.make(nr text) RETURNS bigint LANGUAGE sql AS
$$ SELECT (contacts.create_contact(email => nr || '@example.org', phone => '+1415555' || nr, external_id => 'crm:' || nr, visitor => 'v' || nr)).contact_id $$;
-- Takes the identifier of a kind from its owner, whoever that is, and gives it to a new contact.
CREATE FUNCTION pg_temp.take_over(nr text, wanted contacts.identifier_kind) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	key text := CASE wanted WHEN 'email' THEN nr || '@example.org' WHEN 'phone' THEN '+1415555' || nr WHEN 'external' THEN 'crm:' || nr ELSE 'v' || nr END;
	taker bigint := (contacts.create_contact(name => 'taker')).contact_id;
BEGIN
	DELETE FROM contacts.identifier i WHERE account_id = 1 AND i.kind = wanted AND i.value = key;
	INSERT INTO contacts.identifier (kind, value, contact_id) VALUES (wanted, key, taker);
	RETURN taker;
END $$;
CREATE FUNCTION pg_temp.pairs(id bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(CASE WHEN contact_id = id THEN other_id ELSE contact_id END || ' ' || array_to_string(reasons, '+') || ' ' || state, ', ' ORDER BY contact_id + other_id)
     FROM contacts.duplicate WHERE account_id = 1 AND id IN (contact_id, other_id) $$;

-- Each kind, both ways back: the same pairs for the same reasons.
CREATE TEMP TABLE way (kind contacts.identifier_kind, nr text, come_back text, pair text, expected text);
DO $$
DECLARE
	kind contacts.identifier_kind;
	number int := 1000;
	survivor bigint; duplicate bigint; taker bigint; merge bigint;
BEGIN
	FOREACH kind IN ARRAY enum_range(NULL::contacts.identifier_kind) LOOP
		number := number + 1;
		duplicate := pg_temp.make(number::text);
		PERFORM contacts.delete_contacts(ARRAY[duplicate]);
		taker := pg_temp.take_over(number::text, kind);
		PERFORM contacts.restore_contacts(ARRAY[duplicate]);
		INSERT INTO way VALUES (kind, number, 'restore', replace(pg_temp.pairs(duplicate), taker::text, 'taker'));
		number := number + 1;
		survivor := (contacts.create_contact(email => 's' || number || '@example.org')).contact_id;
		duplicate := pg_temp.make(number::text);
		merge := contacts.merge_contacts(survivor, ARRAY[duplicate]);
		taker := pg_temp.take_over(number::text, kind);
		PERFORM contacts.unmerge(merge);
		INSERT INTO way VALUES (kind, number, 'unmerge', replace(pg_temp.pairs(duplicate), taker::text, 'taker'));
	END LOOP;
END $$;
SELECT isnt(pair, NULL, 'R51: ' || come_back || ': a pair for ' || kind) FROM way ORDER BY kind, come_back;
SELECT is(count(DISTINCT pair), 1::bigint, 'R45: of the same reason for ' || kind) FROM way GROUP BY kind ORDER BY kind;

-- Several duplicates, several takers; nobody else.
SELECT pg_temp.make('2001') AS one, pg_temp.make('2002') AS two, pg_temp.make('2003') AS three \gset
SELECT contacts.merge_contacts(:one, ARRAY[:two, :three]) AS merge \gset
SELECT pg_temp.take_over('2002', 'email') AS mail, pg_temp.take_over('2002', 'phone') AS phone, pg_temp.take_over('2003', 'phone') AS third \gset
SELECT contacts.unmerge(:merge);
SELECT is(ARRAY[pg_temp.pairs(:two), pg_temp.pairs(:three), pg_temp.pairs(:one)], ARRAY[format('%s e-mail belongs to the other contact open, %s phone belongs to the other contact open', :mail, :phone), format('%s phone belongs to the other contact open', :third), NULL],
	'R45: each duplicate with whoever has an identifier of it');

-- The survivor shows again what it showed before, and that is somebody else's.
SELECT pg_temp.make('3001') AS one, pg_temp.make('3002') AS two \gset
SELECT contacts.merge_contacts(:one, ARRAY[:two], overrides => '{"email": "3002@example.org"}') AS merge \gset
SELECT pg_temp.take_over('3001', 'email') AS taker \gset
SELECT contacts.unmerge(:merge);
SELECT is((SELECT email FROM contacts.contact WHERE contact_id = :one) || ' ' || pg_temp.pairs(:one), format('3001@example.org %s e-mail belongs to the other contact open', :taker), 'R45: the survivor, too');

-- What was decided stays decided; nothing taken, no pair.
SELECT pg_temp.make('4001') AS one, pg_temp.make('4002') AS two \gset
SELECT contacts.merge_contacts(:one, ARRAY[:two]) AS merge \gset
SELECT contacts.unmerge(:merge);
SELECT is(pg_temp.pairs(:two), NULL, 'R45: nothing taken, no pair');
SELECT (contacts.create_contact(name => 'other')).contact_id AS other \gset
INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score, state, decided_at) VALUES (:two, :other, '{x}', 1, 'dismissed', now());
SELECT contacts.merge_contacts(:one, ARRAY[:two]) AS merge \gset
DELETE FROM contacts.identifier WHERE account_id = 1 AND value = '4002@example.org';
SELECT contacts.add_identifier(:other, 'email', '4002@example.org');
SELECT contacts.unmerge(:merge);
SELECT is((SELECT state FROM contacts.duplicate WHERE (contact_id, other_id) = (:two, :other)), 'dismissed', 'R46: a dismissed pair stays dismissed');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
