-- duplicates.sql: finding contacts that may be the same person, and deciding on pairs (R46).
\ir start.psql
CREATE EXTENSION IF NOT EXISTS dblink;
BEGIN;
SELECT plan(98);

CREATE FUNCTION pg_temp.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN format('%s %s%s%s', SQLSTATE, SQLERRM, CASE detail WHEN '' THEN ', no detail' END, CASE hint WHEN '' THEN ', no hint' END);
END $$;
CREATE FUNCTION pg_temp.pair(one bigint, other bigint, account bigint DEFAULT 1) RETURNS text LANGUAGE sql AS $$
	SELECT array_to_string(reasons, ', ') FROM contacts.find_duplicates(account_id => account)
	WHERE contact_id = least(one, other) AND other_id = greatest(one, other) $$;
CREATE FUNCTION pg_temp.state(one bigint, other bigint) RETURNS text LANGUAGE sql AS $$
	SELECT state FROM contacts.duplicate WHERE account_id = 1 AND contact_id = least(one, other) AND other_id = greatest(one, other) $$;

-- Strangers, so that names have frequencies; then pairs that are the same person, and some that are not.
-- Written past the triggers: two contacts may show one phone, though only one of them owns it.
SET LOCAL session_replication_role = replica;
INSERT INTO contacts.contact (account_id, contact_id, name, company, email, phone)
SELECT 1, 3000 + i, (ARRAY['Anna','Peter','Maria','Paul','Julia','Simon','Laura','Martin','Nina','Oscar'])[1 + i % 10] || ' '
	|| (ARRAY['Miller','Fischer','Weber','Becker','Hoffman','Schulz','Koch','Richter','Klein','Wolf','Neumann','Schwarz','Braun'])[1 + i % 13],
	'Company ' || md5((i % 97)::text), format('someone%s@mail%s.example', md5(i::text), i % 89), '+1415' || (2000000 + i)
FROM generate_series(1, 500) i;
INSERT INTO contacts.contact (account_id, contact_id, name, company, email, phone) VALUES
	(1, 1001, 'Gwendolyn Abernathy', 'Nightingale Optics', 'gwen.a@gmail.com', NULL),
	(1, 1002, 'Gwendolyn Abernahty', 'Nightingale Optics Ltd', NULL, NULL),
	(1, 1003, 'Bartholomew Quigley', 'Rostrum Foods', NULL, NULL), (1, 1004, 'Quigley, Bartholomew', 'Rostrum Foods', NULL, NULL),
	(1, 1005, 'Anna Miller', 'Sundial', 'j.ohn.doe+news@gmail.com', NULL), (1, 1006, 'Anna Miller', NULL, 'johndoe@googlemail.com', NULL),
	(1, 1007, 'Peter Koch', 'Old Harbour', 'pk@oldharbour.example', '+1 617 910 8101'), (1, 1008, 'Peter Koch', 'New Bridge', 'peter@newbridge.example', '(617) 910-8101'),
	(1, 1009, 'Laura Wolf', 'Same House', NULL, '617 910 8202'), (1, 1010, 'Martin Wolf', 'Same House', NULL, '+16179108202'),
	(1, 1011, 'Nina Braun', NULL, 'info@one.example', NULL), (1, 1012, 'Oscar Klein', NULL, 'info@two.example', NULL),
	(1, 1013, 'Peter Weber', NULL, NULL, '+1 617 910 8303 ext. 12'), (1, 1014, 'Peter Weber', NULL, NULL, '617-910-8303 x34');
SET LOCAL session_replication_role = origin;
SELECT setval('contacts.contact_contact_id_seq', 9000) \gset
INSERT INTO contacts.identifier (account_id, kind, value, contact_id, is_primary) VALUES (1, 'phone', '+16179108101', 1007, true);

-- ---- what is found, and why -----------------------------------------------------------------------

SELECT is(pg_temp.pair(1001, 1002), 'similar name, same company', 'R46: a slip in the name, the same company');
SELECT is(pg_temp.pair(1003, 1004), 'names swapped, same company', 'R46: swapped names');
SELECT is(pg_temp.pair(1005, 1006), 'same e-mail at the provider, same name', 'R46: one mailbox, spelled in two ways');
SELECT is(pg_temp.pair(1007, 1008), 'same phone, same name', 'R46: a new company and e-mail, the same phone');
SELECT is(pg_temp.pair(1013, 1014), 'same phone, same name', 'R46: another extension');
SELECT is(pg_temp.pair(1009, 1010), NULL, 'R46: a family with one phone is no pair');
SELECT is(pg_temp.pair(1011, 1012), NULL, 'R46: info@ is nobody''s address');
SELECT is((SELECT count(*)::int FROM contacts.find_duplicates()), 5, 'R46: strangers with common names are no pairs');
SELECT is_empty($$SELECT * FROM contacts.find_duplicates() WHERE contact_id >= other_id OR score < 0.8 OR score > 1$$, 'R46: each pair once, the lower id first, scores between min_score and 1');
SELECT results_eq('SELECT contact_id, other_id FROM contacts.find_duplicates()',
	'SELECT contact_id, other_id FROM contacts.find_duplicates() ORDER BY score DESC, contact_id, other_id', 'R46: the best first');
SELECT is((SELECT count(*)::int FROM contacts.find_duplicates(max_pairs => 2)), 2, 'R46: max_pairs');
SELECT results_eq('SELECT contact_id FROM contacts.find_duplicates(max_pairs => 2)', 'SELECT contact_id FROM contacts.find_duplicates() LIMIT 2', 'R46: max_pairs keeps the best');

-- ---- what is kept ---------------------------------------------------------------------------------

SELECT results_eq('SELECT contact_id, other_id, score, reasons FROM contacts.duplicate WHERE state = ''open'' ORDER BY 1, 2',
	'SELECT * FROM contacts.find_duplicates() ORDER BY 1, 2', 'R46: pairs are kept as they are returned');
CREATE TEMP TABLE before AS SELECT ctid AS place, * FROM contacts.duplicate;
SELECT count(*) AS ignored FROM contacts.find_duplicates() \gset
SELECT results_eq('SELECT ctid AS place, * FROM contacts.duplicate ORDER BY 2, 3, 4', 'SELECT * FROM before ORDER BY 2, 3, 4', 'R46: equal pairs are not written again');
UPDATE contacts.duplicate SET score = 1, reasons = '{phone of another contact}' WHERE contact_id = 1007;
SELECT results_eq('SELECT score, reasons FROM contacts.find_duplicates() WHERE contact_id = 1007',
	$$VALUES (1::real, '{phone of another contact,same phone,same name}'::text[])$$, 'R46: the higher score and the reasons of both stay');
SELECT is((SELECT reasons FROM contacts.duplicate WHERE contact_id = 1007), '{phone of another contact,same phone,same name}', 'R46: and are kept');
SELECT * FROM contacts.upsert_contact(email => 'third@newbridge.example', phone => '+16179108101', name => 'Somebody Else', mode => 'create') \gset conflict_
SELECT ok(EXISTS (SELECT FROM contacts.find_duplicates() WHERE other_id = :conflict_contact_id AND score = 1), 'R46: pairs recorded as conflicts come back too');
SELECT is_empty('SELECT * FROM contacts.find_duplicates(contact_id => 1009)', 'R46: nothing like this one');
SELECT results_eq('SELECT other_id, reasons[1] FROM contacts.find_duplicates(contact_id => 1003)', $$VALUES (1004::bigint, 'names swapped'::text)$$, 'R46: pairs of one contact');
SELECT results_eq('SELECT contact_id, other_id FROM contacts.find_duplicates(contact_id => 1006)', 'VALUES (1005::bigint, 1006::bigint)', 'R46: from the other side too');

-- ---- decided pairs --------------------------------------------------------------------------------

SELECT contacts.dismiss_duplicate(1004, 1003) \gset
SELECT is(pg_temp.state(1003, 1004), 'dismissed', 'R46: dismiss, in either order');
SELECT ok((SELECT decided_at IS NOT NULL FROM contacts.duplicate WHERE contact_id = 1003), 'R46: with its time');
SELECT is(pg_temp.pair(1003, 1004), NULL, 'R46: a dismissed pair is not found again');
SELECT is_empty('SELECT * FROM contacts.find_duplicates(contact_id => 1003)', 'R46: nor for the contact');
SELECT is(pg_temp.state(1003, 1004), 'dismissed', 'R46: and stays dismissed');
SELECT contacts.dismiss_duplicate(3001, 3002) \gset
SELECT is(pg_temp.state(3001, 3002), 'dismissed', 'R46: an unknown pair can be dismissed');
UPDATE contacts.duplicate SET state = 'merged' WHERE contact_id = 1001;
SELECT contacts.dismiss_duplicate(1001, 1002) \gset
SELECT is(pg_temp.state(1001, 1002), 'merged', 'R46: a merged pair stays merged');
SELECT is(pg_temp.pair(1001, 1002), NULL, 'R46: and is not found again');
UPDATE contacts.duplicate SET state = 'open' WHERE contact_id = 1001;

UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = 1002;
SELECT is(pg_temp.pair(1001, 1002), NULL, 'R46: deleted contacts are left out');
SELECT is_empty('SELECT * FROM contacts.find_duplicates(contact_id => 1001)', 'R46: in a search for one too');
SELECT is(pg_temp.refusal('SELECT contacts.find_duplicates(contact_id => 1002)'), 'P0002 contact 1002 does not exist', 'R46: a deleted contact is not there');
UPDATE contacts.contact SET deleted_at = NULL WHERE contact_id = 1002;
SELECT contacts.merge_contacts(1009, '{1010}') AS merge \gset
SELECT is_empty('SELECT * FROM contacts.find_duplicates(contact_id => 1010)', 'R44: the id of a merged contact finds its survivor''s pairs');
SELECT is(pg_temp.refusal('SELECT contacts.dismiss_duplicate(1009, 1010)'), '22023 invalid other_id: the same contact', 'R44: survivor and merged one are no pair');
SELECT contacts.unmerge(:merge);

-- ---- bad arguments --------------------------------------------------------------------------------

SELECT is(pg_temp.refusal('SELECT contacts.' || call), expected, 'contract: ' || call) FROM (VALUES
	('find_duplicates(NULL)', '22023 invalid min_score: null'), ('find_duplicates(-0.1)', '22023 invalid min_score: -0.1'),
	('find_duplicates(1.5)', '22023 invalid min_score: 1.5'), ('find_duplicates(''NaN'')', '22023 invalid min_score: nan'),
	('find_duplicates(max_pairs => NULL)', '22023 invalid max_pairs: null'), ('find_duplicates(max_pairs => 0)', '22023 invalid max_pairs: 0'),
	('find_duplicates(contact_id => 999999)', 'P0002 contact 999999 does not exist'), ('find_duplicates(contact_id => -1)', 'P0002 contact -1 does not exist'),
	('find_duplicates(account_id => 0)', '22023 invalid account_id: 0'), ('dismiss_duplicate(NULL, 3001)', '22023 invalid contact_id: null'),
	('dismiss_duplicate(3001, NULL)', '22023 invalid other_id: null'), ('dismiss_duplicate(3001, 3001)', '22023 invalid other_id: the same contact'),
	('dismiss_duplicate(3001, 999999)', 'P0002 contact 999999 does not exist'), ('dismiss_duplicate(3001, 3002, 0)', '22023 invalid account_id: 0'),
	('set_account(duplicate_fields => ''{a,NULL}'')', '22023 invalid duplicate_fields: null')) AS bad (call, expected);
SELECT lives_ok('SELECT contacts.find_duplicates(max_pairs => 2147483647)', 'R46: max_pairs has a limit of its own');
SELECT is_empty('SELECT * FROM contacts.find_duplicates(account_id => 77)', 'R46: an account without contacts');

-- ---- fields ---------------------------------------------------------------------------------------

\o /dev/null
SELECT contacts.define_field(k, t, account_id => 5) FROM (VALUES ('street', 'text'), ('born', 'date'), ('size', 'number')) AS f (k, t);
\o
SELECT contacts.define_field('plan', 'dropdown', options => '{a,b}', account_id => 5) \gset
SELECT contacts.set_account(unknown_fields => 'keep', account_id => 5) \gset
INSERT INTO contacts.contact (account_id, contact_id, name, fields)
SELECT 5, 5000 + i, 'Person ' || md5((i % 20)::text), jsonb_build_object('street', md5(i::text) || ' road', 'born', date '1950-01-01' + i * 37, 'size', i % 7, 'plan', 'a', 'other', 'x')
FROM generate_series(1, 300) i;
INSERT INTO contacts.contact (account_id, contact_id, name, fields) VALUES
	(5, 5401, 'Henrietta Lacey', '{"street": "12 Pudding Lane", "born": "1961-04-23"}'), (5, 5402, 'Henriette Lacey', '{"street": "12 Puding Lane", "born": "1961-04-23"}'),
	(5, 5403, NULL, '{"street": "98 Elsewhere Alley", "born": "1971-05-02"}'), (5, 5404, NULL, '{"street": "98 Elsewhere Alley", "born": "1971-05-02"}');
SELECT is(pg_temp.pair(5401, 5402, 5), 'similar name, same born, similar street', 'R46: fields count, alike ones in part');
SELECT is(pg_temp.pair(5403, 5404, 5), 'same born, same street', 'R46: fields alone can be enough');
DELETE FROM contacts.duplicate WHERE account_id = 5;
SELECT contacts.set_account(duplicate_fields => '{}', account_id => 5) \gset
SELECT is(pg_temp.pair(5403, 5404, 5), NULL, 'R46: no field, when the account names none');
SELECT contacts.set_account(duplicate_fields => '{street,plan}', account_id => 5) \gset
SELECT is(pg_temp.pair(5401, 5402, 5), 'similar name, similar street', 'R46: the fields that the account names');
SELECT contacts.set_account(name => 'Five', account_id => 5) \gset
SELECT is((SELECT duplicate_fields FROM contacts.account WHERE account_id = 5), '{street,plan}', 'R46: null leaves the setting as it is');

-- ---- keys and their index -------------------------------------------------------------------------

SELECT ok(contacts.match_keys(1, 'Ann Lee', NULL, NULL) && contacts.match_keys(1, 'Lee, Ann', NULL, NULL), 'R46: swapped names share keys');
SELECT ok(NOT contacts.match_keys(1, 'Ann Lee', 'a@b.example', '+14155550101') && contacts.match_keys(2, 'Ann Lee', 'a@b.example', '+14155550101'), 'R46: accounts share none');
SELECT is(contacts.match_keys(NULL, NULL, NULL, NULL), '{}', 'R46: nothing given, no keys');
SELECT ok(contacts.match_keys(1, 'Jonathan ' || n, NULL, NULL) && contacts.match_keys(1, 'Jonathan Carpenter', NULL, NULL), 'R46: a slip leaves a key: ' || n)
FROM unnest('{Carpenetr,Crpenter,Karpenter,Carpentex,Carppenter,Acrpenter}'::text[]) n;
SELECT matches(pg_get_indexdef('contacts.contact_match'::regclass), 'gin .*match_keys.*deleted_at IS NULL', 'R46: the keys have an index of live contacts');
COMMIT;

-- The search for one contact reads the index and no more, however many contacts there are.
INSERT INTO contacts.contact (account_id, name) SELECT 9, md5(i::text) || ' ' || md5((-i)::text) FROM generate_series(1, 20000) i;
ANALYZE contacts.contact;
SELECT dblink_connect('other', format('host=%s port=%s dbname=%s user=%s', split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database(), current_user));
SELECT min(contact_id) AS first FROM contacts.contact WHERE account_id = 9 \gset
SELECT count(*) AS ignored FROM dblink('other', format('SELECT contact_id FROM contacts.find_duplicates(contact_id => %s, account_id => 9)', :first)) AS t (id bigint) \gset
SELECT ok(pages < 450, format('R46: a search for one contact of 20000 reads few pages: %s', pages)) FROM
	(SELECT (substring(string_agg(line, ' ') FROM 'shared hit=([0-9]+)'))::int AS pages
	 FROM dblink('other', format('EXPLAIN (ANALYZE, BUFFERS, COSTS off) SELECT * FROM contacts.find_duplicates(contact_id => %s, account_id => 9)', :first)) AS t (line text)
	 WHERE line ~ 'Buffers') AS b;

-- ---- cancellation ---------------------------------------------------------------------------------

CREATE FUNCTION pg_temp.is_cancelled(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN false;
EXCEPTION WHEN query_canceled THEN
	RETURN true;
END $$;
SELECT lives_ok($$SELECT dblink_exec('other', 'SET statement_timeout = ''30ms''')$$, 'a timeout');
SELECT clock_timestamp() AS started \gset
SELECT ok(pg_temp.is_cancelled($$SELECT * FROM dblink('other', 'SELECT count(*) FROM contacts.find_duplicates(account_id => 9)') AS t (n bigint)$$), 'R46: a run is cancelled');
SELECT cmp_ok(clock_timestamp() - :'started'::timestamptz, '<', interval '1 second', 'R46: within a second');
SELECT is((SELECT count(*)::int FROM contacts.duplicate WHERE account_id = 9), 0, 'R46: and leaves nothing behind');
SELECT dblink_disconnect('other');

-- ---- names -----------------------------------------------------------------------------------------

INSERT INTO contacts.contact (account_id, contact_id, name)
SELECT 6, 6000 + i, (ARRAY['Anna','Peter','Maria','Paul','Julia','Simon'])[1 + i % 6] || ' ' || (ARRAY['Miller','Fischer','Weber','Becker','Koch'])[1 + i % 5] FROM generate_series(1, 200) i;
INSERT INTO contacts.contact (account_id, contact_id, name) VALUES (6, 6501, 'Gwen Abernathy'), (6, 6502, 'Gwen Abernathy'),
	(6, 6503, '李小龍'), (6, 6504, '李小龍'), (6, 6505, '鈴木 一郎'), (6, 6506, '鈴木一郎'), (6, 6507, '김 민수'), (6, 6508, '김민수'), (6, 6509, '王明美'), (6, 6510, '王明花'),
	(6, 6511, 'Bob Quartermain'), (6, 6512, 'Robert Quartermain'), (6, 6513, 'Kate Winter'), (6, 6514, 'Katherine Winter'), (6, 6515, 'Саша Иванов'), (6, 6516, 'Александр Иванов'),
	(6, 6517, 'Pepe Otero'), (6, 6518, 'José Otero'), (6, 6519, 'Gianni Ferro'), (6, 6520, 'Giovanni Ferro'),
	(6, 6521, 'Quentin Tarrant Sr.'), (6, 6522, 'Quentin Tarrant Jr.'), (6, 6523, 'Karl Otter sen.'), (6, 6524, 'Karl Otter jun.'), (6, 6525, 'Jean Dubosc père'), (6, 6526, 'Jean Dubosc fils'),
	(6, 6527, 'Wilma Steig Jr.'), (6, 6528, 'Wilma Steig');
CREATE TEMP TABLE names AS SELECT * FROM contacts.find_duplicates(account_id => 6);
SELECT is((SELECT array_to_string(reasons, ', ') FROM names WHERE contact_id = one AND other_id = one + 1), reason, format('R46: names of %s and %s', one, one + 1)) FROM (VALUES
	(6501, 'same name'), (6503, 'same name'), (6505, 'same name'), (6507, 'same name'), (6509, NULL), (6511, 'similar name'), (6513, 'similar name'), (6515, 'similar name'),
	(6517, 'similar name'), (6519, 'similar name'), (6521, NULL), (6523, NULL), (6525, NULL), (6527, 'same name')) AS pairs (one, reason);
SELECT is((SELECT score FROM names WHERE contact_id = 6503), (SELECT score FROM names WHERE contact_id = 6501), 'R46: a rare name says the same in each script');
SELECT cmp_ok((SELECT score FROM names WHERE contact_id = 6527), '<', (SELECT score FROM names WHERE contact_id = 6501), 'R46: a generation on one side says little');
DELETE FROM contacts.duplicate WHERE account_id = 6;
SELECT is((SELECT score FROM contacts.find_duplicates(contact_id => 6511, account_id => 6)), (SELECT score FROM names WHERE contact_id = 6511), 'R46: a search for one gives the score of a search for all');
SELECT is_empty('SELECT * FROM contacts.find_duplicates(contact_id => 6521, account_id => 6)', 'R46: father and son are two people');
SELECT ok(contacts.match_keys(1, 'Bob Smith', NULL, NULL) && contacts.match_keys(1, 'Robert Smith', NULL, NULL), 'R46: a nickname shares a key with the name');

-- ---- who sees what --------------------------------------------------------------------------------

BEGIN;
\set prefix duplicates_
\ir access_world.psql
SELECT setval('contacts.contact_contact_id_seq', 50000) \gset
UPDATE contacts.contact SET name = 'Zebulon Quartermain', company = 'Umbrage', phone = NULL WHERE account_id = 1 AND contact_id IN (1, 2, 3, 4);
DELETE FROM contacts.duplicate WHERE account_id = 1;
CREATE FUNCTION pg_temp.pairs_of(role text, arguments text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.try(role, format('SELECT string_agg(contact_id || ''-'' || other_id, '' '' ORDER BY contact_id, other_id) AS x FROM contacts.find_duplicates(%s) WHERE other_id <= 4', arguments)) $$;
SELECT is(pg_temp.pairs_of('all', ''), '[{"x":"1-2 1-3 1-4 2-3 2-4 3-4"}]',
	'R81: who sees all gets all pairs');
SELECT is(pg_temp.pairs_of('own', ''), '[{"x":"1-4"}]', 'R81: others only pairs of which they see both');
SELECT is(pg_temp.pairs_of('own', 'contact_id => 1'), '[{"x":"1-4"}]', 'R81: of one contact too');
SELECT matches(pg_temp.pairs_of('own', 'contact_id => 3'), '^P0002', 'R41: a hidden contact does not exist');
SELECT matches(pg_temp.try('own', 'SELECT contacts.dismiss_duplicate(1, 3)'), '^P0002', 'R41: nor for dismissing');
SELECT matches(pg_temp.pairs_of('reader', ''), '^42501', 'R80: readers may not search');
SELECT matches(pg_temp.pairs_of('own2', 'contact_id => 1'), '^42501|^P0002', 'R82: nor who works in another account');
INSERT INTO contacts.duplicate (account_id, contact_id, other_id, reasons, score) VALUES (1, 1, 3, '{hidden}', 1);
SELECT is(pg_temp.pairs_of('own', ''), '[{"x":"1-4"}]', 'R81: known pairs with a hidden contact stay hidden');
SELECT unalike(pg_temp.try('all', 'INSERT INTO contacts.contact (name, email) VALUES (''New One'', ''new.one@c.example'') RETURNING 1 AS x'), '42501%', 'R5: a role that may insert contacts may feed the index');
SELECT * FROM finish();
ROLLBACK;
