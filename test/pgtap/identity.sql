-- identity.sql: to whom an activity belongs, by every combination of identifiers (R10-R19).
-- Each block makes its own people; an e-mail address says whose it is.
\ir start.psql
BEGIN;
SELECT plan(133);

CREATE FUNCTION pg_temp.owner(wanted text) RETURNS bigint LANGUAGE sql AS
$$ SELECT contact_id FROM contacts.identifier WHERE account_id = 1 AND value = wanted $$;
CREATE FUNCTION pg_temp.is_pair(a bigint, b bigint) RETURNS boolean LANGUAGE sql AS
$$ SELECT EXISTS (SELECT FROM contacts.duplicate WHERE account_id = 1 AND state = 'open'
                  AND contact_id = least(a, b) AND other_id = greatest(a, b)) $$;
CREATE FUNCTION pg_temp.people() RETURNS bigint LANGUAGE sql AS
$$ SELECT count(*) FROM contacts.contact WHERE account_id = 1 $$;
CREATE FUNCTION pg_temp.pairs() RETURNS bigint LANGUAGE sql AS
$$ SELECT count(*) FROM contacts.duplicate WHERE account_id = 1 $$;

-- ---- R12: no hit creates, a hit links ---------------------------------------------------------

SELECT * FROM contacts.record_activity('booking', email => ' Ann@Example.ORG ', name => 'Ann') \gset ann_
SELECT is(:'ann_outcome'::text, 'created', 'R12: nobody has the e-mail: a contact is created');
SELECT is((pg_temp.person(:ann_contact_id::bigint)).email, 'Ann@Example.ORG',
	'R10: the entered spelling is shown, without white space around');
SELECT is(pg_temp.keys(:ann_contact_id::bigint), 'email ann@example.org*', 'R10: the canonical form is the key');
SELECT is((SELECT matched_by FROM contacts.record_activity('note', email => 'x1@example.org')), NULL,
	'R12: a created contact was matched by nothing');
SELECT * FROM contacts.record_activity('chat', email => 'ANN@example.org') \gset again_
SELECT is(:'again_contact_id'::text, :'ann_contact_id', 'R12: the same e-mail in other case is the same person');
SELECT is(:'again_outcome' || ' ' || :'again_matched_by', 'matched email', 'R12: and the result says by what');
SELECT is((SELECT count(*)::int FROM contacts.activity WHERE contact_id = :ann_contact_id::bigint), 2,
	'R12: both activities are linked to the one contact');

SELECT * FROM contacts.record_activity('call', phone => '+1 (415) 555-2671') \gset pho_
SELECT is(:'pho_outcome'::text, 'created', 'R12: a phone alone creates a contact');
SELECT is((SELECT contact_id || ' ' || matched_by FROM contacts.record_activity('call', phone => '+14155552671')),
	:'pho_contact_id' || ' phone', 'R12: the same phone in other spelling is the same person');
SELECT * FROM contacts.record_activity('sync', external_id => 'crm:4711') \gset ext_
SELECT is((SELECT contact_id || ' ' || matched_by FROM contacts.record_activity('sync', external_id => ' crm:4711 ')),
	:'ext_contact_id' || ' external', 'R12: an external id finds its contact');
SELECT * FROM contacts.record_activity('chat', visitor => 'cookie-1') \gset vis_
SELECT is((SELECT contact_id || ' ' || matched_by FROM contacts.record_activity('chat', visitor => 'cookie-1')),
	:'vis_contact_id' || ' visitor', 'R12: a visitor cookie finds its contact');

-- The order: each key belongs to somebody else.
SELECT (contacts.record_activity('a', email => 'order@example.org')).contact_id AS o_email,
       (contacts.record_activity('a', phone => '+14155550101')).contact_id AS o_phone,
       (contacts.record_activity('a', external_id => 'order:1')).contact_id AS o_external,
       (contacts.record_activity('a', visitor => 'order-cookie')).contact_id AS o_visitor \gset
SELECT is(contacts.find_contact(email => 'order@example.org', phone => '+14155550101',
	external_id => 'order:1', visitor => 'order-cookie'), :o_email::bigint, 'R12: e-mail before all');
SELECT is(contacts.find_contact(phone => '+14155550101', external_id => 'order:1', visitor => 'order-cookie'),
	:o_phone::bigint, 'R12: phone before external id');
SELECT is(contacts.find_contact(external_id => 'order:1', visitor => 'order-cookie'), :o_external::bigint,
	'R12: external id before visitor');
SELECT is(contacts.find_contact(visitor => 'order-cookie'), :o_visitor::bigint, 'R12: visitor last');
SELECT is(contacts.find_contact(email => 'nobody@example.org'), NULL, 'R12: find_contact: nobody');
SELECT is(contacts.find_contact(), NULL, 'R12: find_contact without identifiers: nobody');
SELECT is(contacts.find_contact(email => 'n/a', visitor => 'order-cookie'), :o_visitor::bigint,
	'R10: a placeholder counts as absent in find_contact');
SELECT pg_temp.people() AS before \gset
SELECT is(contacts.find_contact(email => 'nobody2@example.org'), NULL, 'R12: find_contact again');
SELECT is(pg_temp.people(), :before::bigint, 'R12: find_contact writes nothing');
SELECT is((SELECT contact_id FROM contacts.record_activity('a', email => 'order@example.org',
	phone => '+14155550101', external_id => 'order:1', visitor => 'order-cookie')), :o_email::bigint,
	'R12: record_activity goes by the same order');

-- ---- R10: blanks, placeholders, numbers that identify nobody -----------------------------------

SELECT is((SELECT contact_id FROM contacts.record_activity('note', email => given)), NULL,
          format('R10: %s is no e-mail: the activity stays unlinked', to_json(given)))
  FROM unnest(ARRAY['', ' ', E'\t\n', 'null', 'NULL', 'none', 'n/a', 'N/A', 'anonymous', 'Guest', 'undefined',
	'nan', '0', '-']) AS given;
SELECT is((SELECT contact_id FROM contacts.record_activity('note', phone => given)), NULL,
          format('R10: %s is no phone: the activity stays unlinked', to_json(given)))
  FROM unnest(ARRAY['', '000', '0000000000', '+0000000000', '-', 'n/a', 'none']) AS given;
SELECT is((SELECT contact_id FROM contacts.record_activities('[{"kind":"note","email":null,"phone":null}]')), NULL,
	'R10: JSON null is absent');

SELECT * FROM contacts.record_activity('call', email => 'tollfree@example.org', phone => '+1 800 555 0199') \gset toll_
SELECT is((pg_temp.person(:toll_contact_id::bigint)).phone, '+1 800 555 0199', 'R10: a toll-free number is kept');
SELECT is(pg_temp.keys(:toll_contact_id::bigint), 'email tollfree@example.org*', 'R10: but is no key');
SELECT is((SELECT contact_id FROM contacts.record_activity('call', phone => '+18005550199')), NULL,
	'R10: and matches nobody');
SELECT is((SELECT recipient_phone FROM contacts.activity WHERE activity_id = :toll_activity_id::bigint), '+1 800 555 0199',
	'R30: yet it is a recipient of its activity');

SELECT * FROM contacts.record_activity('call', phone => '+1 415 555 2600 ext. 7') \gset ex7_
SELECT is(pg_temp.keys(:ex7_contact_id::bigint), 'phone +14155552600;ext=7*', 'R10: the key has the extension');
SELECT isnt((SELECT contact_id FROM contacts.record_activity('call', phone => '+1 415 555 2600 ext. 8')),
	:ex7_contact_id::bigint, 'R10: another extension is another person');
SELECT isnt((SELECT contact_id FROM contacts.record_activity('call', phone => '+1 415 555 2600')),
	:ex7_contact_id::bigint, 'R10: and so is the line without extension');

INSERT INTO contacts.blocked_identifier (account_id, kind, value, reason)
VALUES (1, 'email', 'Test@Test.COM', 'everybody types it'), (1, 'phone', '+14155559999', NULL);
SELECT is((SELECT value FROM contacts.blocked_identifier WHERE kind = 'email'), 'test@test.com',
	'R10: a blocked identifier is normalized when written');
SELECT is((SELECT contact_id FROM contacts.record_activity('note', email => 'TEST@test.com')), NULL,
	'R10: a blocked e-mail counts as absent');
SELECT is((SELECT contact_id FROM contacts.record_activity('note', phone => '+1 415 555 9999')), NULL,
	'R10: a blocked phone counts as absent');
DELETE FROM contacts.blocked_identifier;
SELECT isnt((SELECT contact_id FROM contacts.record_activity('note', email => 'test@test.com')), NULL,
	'R10: no longer blocked, it counts at once');

-- ---- R11: one owner per identifier --------------------------------------------------------------

SELECT throws_ok(format('INSERT INTO contacts.identifier (account_id, kind, value, contact_id)
	VALUES (1, %L, %L, %s)', 'email', 'ann@example.org', :pho_contact_id::bigint), '23505', NULL,
	'R11: the database refuses a second owner');
SELECT throws_ok($$SELECT contacts.create_contact(email => 'ann@Example.org')$$, '23505',
	'e-mail address is already used by another contact', 'R11: create_contact refuses a taken e-mail');
SELECT is(pg_temp.failure($$INSERT INTO contacts.contact (account_id, email) VALUES (1, 'ANN@example.org')$$),
	'23505', 'R11: plain INSERT refuses a taken e-mail');
SELECT is(pg_temp.failure($$INSERT INTO contacts.contact (account_id, email)
	VALUES (1, 'twin@example.org'), (1, 'TWIN@example.org')$$), '23505',
	'R11: plain INSERT refuses the same e-mail twice in one statement');
SELECT is((contacts.upsert_contact(email => 'ann@example.org', account_id => 2)).outcome, 'created',
	'R11: in another account the same e-mail is another person');
SELECT contacts.add_identifier(:ann_contact_id::bigint, 'email', 'ann@work.example');
SELECT contacts.add_identifier(:ann_contact_id::bigint, 'email', 'ann@home.example');
SELECT contacts.add_identifier(:ann_contact_id::bigint, 'phone', '+14155550001');
SELECT contacts.add_identifier(:ann_contact_id::bigint, 'phone', '+14155550002');
SELECT is(pg_temp.keys(:ann_contact_id::bigint), 'email ann@example.org*, email ann@home.example, '
	'email ann@work.example, phone +14155550001*, phone +14155550002',
	'R11: many identifiers of each kind, one e-mail and one phone primary');
SELECT is((pg_temp.person(:ann_contact_id::bigint)).phone, '+14155550001', 'R11: the primary ones are shown');
SELECT is(contacts.find_contact(email => 'ann@home.example'), :ann_contact_id::bigint,
	'R11: each of them finds the contact');

-- ---- R13: e-mail of A, phone of B ---------------------------------------------------------------

SELECT (contacts.upsert_contact(email => 'a13@example.org')).contact_id AS a,
       (contacts.upsert_contact(phone => '+14155550113', name => 'B')).contact_id AS b \gset
SELECT * FROM contacts.record_activity('booking', email => 'a13@example.org', phone => '+14155550113',
	name => 'Name from A') \gset r_
SELECT is(:'r_contact_id'::text, :'a', 'R13: the activity belongs to the owner of the e-mail');
SELECT is(:'r_duplicate_of'::text, :'b', 'R13: the result names the other contact');
SELECT is(pg_temp.owner('+14155550113'), :b::bigint, 'R13: the phone stays with its owner');
SELECT ok(pg_temp.is_pair(:a::bigint, :b::bigint), 'R13: the pair is put up for review');
SELECT is((pg_temp.person(:a::bigint)).phone, NULL, 'R13: the other''s phone is not shown on the contact');
SELECT is((pg_temp.person(:a::bigint)).name || (pg_temp.person(:b::bigint)).name, 'Name from AB', 'R13: details go to the one only');
SELECT pg_temp.pairs() AS before \gset
SELECT is((contacts.record_activity('booking', email => 'a13@example.org', phone => '+14155550113')).duplicate_of,
	:b::bigint, 'R13: a second time the result names it again');
SELECT is(pg_temp.pairs(), :before::bigint, 'R13: but the pair is there once');

-- ---- R14: phone of a contact with another e-mail ------------------------------------------------

SELECT (contacts.upsert_contact(email => 'old14@example.org', phone => '+14155550114')).contact_id AS a \gset
SELECT * FROM contacts.record_activity('booking', email => 'new14@example.org', phone => '+14155550114') \gset r_
SELECT is(:'r_contact_id' || :'r_matched_by', :'a' || 'phone', 'R14 always: the phone links');
SELECT is((pg_temp.person(:a::bigint)).email, 'old14@example.org', 'R14 always: the primary e-mail is kept');
SELECT is(pg_temp.keys(:a::bigint), 'email new14@example.org, email old14@example.org*, phone +14155550114*',
	'R14 always: the new e-mail is a further identifier');

SELECT contacts.set_account(phone_match => 'fill');
SELECT (contacts.upsert_contact(email => 'old14f@example.org', phone => '+14155550124')).contact_id AS a,
       (contacts.upsert_contact(phone => '+14155550134')).contact_id AS b \gset
SELECT * FROM contacts.record_activity('booking', email => 'new14f@example.org', phone => '+14155550124') \gset r_
SELECT is(:'r_outcome'::text, 'created', 'R14 fill: a contact with another e-mail is not linked');
SELECT is(:'r_duplicate_of'::text, :'a', 'R14 fill: the two are put up for review');
SELECT ok(pg_temp.is_pair(:a::bigint, :r_contact_id::bigint), 'R14 fill: as a pair');
SELECT is(pg_temp.owner('+14155550124'), :a::bigint, 'R14 fill: the phone is not claimed');
SELECT is(pg_temp.keys(:r_contact_id::bigint), 'email new14f@example.org*', 'R14 fill: the e-mail is');
SELECT is((contacts.record_activity('booking', email => 'fill14@example.org', phone => '+14155550134')).contact_id,
	:b::bigint, 'R14 fill: a contact without e-mail is linked');
SELECT is((pg_temp.person(:b::bigint)).email, 'fill14@example.org', 'R14 fill: and gets the e-mail');
SELECT is((contacts.record_activity('call', phone => '+14155550124')).contact_id, :a::bigint,
	'R14 fill: without e-mail a phone matches');
SELECT is((contacts.record_activity('call', email => 'n/a', phone => '+14155550124')).contact_id, :a::bigint,
	'R14 fill: also beside a placeholder e-mail');

SELECT contacts.set_account(phone_match => 'never');
SELECT (contacts.upsert_contact(phone => '+14155550144')).contact_id AS a \gset
SELECT * FROM contacts.record_activity('booking', email => 'new14n@example.org', phone => '+14155550144') \gset r_
SELECT is(:'r_outcome'::text, 'created', 'R14 never: with an e-mail a phone never matches');
SELECT is(pg_temp.owner('+14155550144'), :a::bigint, 'R14 never: the phone stays');
SELECT ok(pg_temp.is_pair(:a::bigint, :r_contact_id::bigint), 'R14 never: the pair is put up for review');
SELECT is((contacts.record_activity('call', phone => '+14155550144')).contact_id, :a::bigint,
	'R14 never: without e-mail it matches');
SELECT contacts.set_account(phone_match => 'always');

-- ---- R15: visitor cookies are weak --------------------------------------------------------------

SELECT (contacts.record_activity('chat', visitor => 'c15')).contact_id AS a \gset
INSERT INTO contacts.page_view (account_id, visitor, url, contact_id)
VALUES (1, 'c15', '/pricing', :a::bigint), (1, 'c15b', '/pricing', NULL);
SELECT * FROM contacts.record_activity('form', visitor => 'c15', email => 'v15@example.org') \gset r_
SELECT is(:'r_contact_id' || :'r_matched_by', :'a' || 'visitor', 'R15: an unknown visitor becomes known');
SELECT is((pg_temp.person(:a::bigint)).email, 'v15@example.org', 'R15: with the e-mail given');
SELECT is((SELECT count(*)::int FROM contacts.page_view WHERE contact_id = :a::bigint), 1, 'R15: earlier page views stay');
SELECT * FROM contacts.record_activity('form', visitor => 'c15b', email => 'w15@example.org') \gset w_
SELECT is((SELECT contact_id FROM contacts.page_view WHERE visitor = 'c15b'), :w_contact_id::bigint,
	'R15: page views before identification are linked');
-- the device is handed on: another e-mail
SELECT * FROM contacts.record_activity('form', visitor => 'c15', email => 'other15@example.org') \gset r_
SELECT isnt(:'r_contact_id'::text, :'a', 'R15: a hit that contradicts the e-mail is ignored');
SELECT is(pg_temp.owner('c15'), :r_contact_id::bigint, 'R15: the cookie moves to the contact at hand');
SELECT ok(NOT pg_temp.is_pair(:a::bigint, :r_contact_id::bigint), 'R15: people who share a device are no pair');
SELECT is((SELECT contact_id FROM contacts.page_view WHERE visitor = 'c15'), :a::bigint,
	'R15: page views seen by the former stay with the former');
SELECT (contacts.upsert_contact(phone => '+14155550115', visitor => 'c15p')).contact_id AS a \gset
SELECT isnt((contacts.record_activity('call', visitor => 'c15p', phone => '+14155550125')).contact_id, :a::bigint,
	'R15: a hit that contradicts the phone is ignored');
SELECT isnt(pg_temp.owner('c15p'), :a::bigint, 'R15: and the cookie moves');
SELECT (contacts.upsert_contact(phone => '+14155550135', visitor => 'c15q')).contact_id AS a \gset
SELECT is((contacts.record_activity('form', visitor => 'c15q', email => 'q15@example.org')).contact_id, :a::bigint,
	'R15: an e-mail does not contradict a contact that has only a phone');
SELECT is((contacts.record_activity('chat', visitor => 'c15q')).contact_id, :a::bigint,
	'R15: alone, the cookie of a known contact finds it');
SELECT (contacts.upsert_contact(email => 'known15@example.org')).contact_id AS a,
       (contacts.record_activity('chat', visitor => 'c15k')).contact_id AS b \gset
SELECT is((contacts.record_activity('form', email => 'known15@example.org', visitor => 'c15k')).contact_id, :a::bigint,
	'R15: the e-mail is stronger than the cookie');
SELECT is(pg_temp.owner('c15k'), :a::bigint, 'R15: whose cookie comes along');

-- ---- R16: external ids are strong ---------------------------------------------------------------

SELECT (contacts.upsert_contact(email => 'x16@example.org', phone => '+14155550116', external_id => 'crm:16')).contact_id AS a \gset
SELECT * FROM contacts.record_activity('sync', email => 'x16@example.org', external_id => 'crm:17') \gset r_
SELECT is(:'r_outcome'::text, 'created', 'R16: another id of the same system is another person');
SELECT is(pg_temp.owner('x16@example.org'), :a::bigint, 'R16: the e-mail is not claimed');
SELECT is(pg_temp.keys(:r_contact_id::bigint), 'external crm:17', 'R16: the id is');
SELECT ok(pg_temp.is_pair(:a::bigint, :r_contact_id::bigint), 'R16: the pair is put up for review');
SELECT is(:'r_duplicate_of'::text, :'a', 'R16: and named in the result');
SELECT isnt((contacts.record_activity('sync', phone => '+14155550116', external_id => 'crm:18')).contact_id, :a::bigint,
	'R16: the same for a hit by phone');
SELECT is((contacts.record_activity('sync', email => 'x16@example.org', external_id => 'shop:16')).contact_id, :a::bigint,
	'R16: an id of another system joins');
SELECT is(pg_temp.owner('shop:16'), :a::bigint, 'R17: and is added');
SELECT is((contacts.record_activity('sync', email => 'x16@example.org', external_id => 'crm:16')).contact_id, :a::bigint,
	'R16: the same id joins');
SELECT is((contacts.record_activity('sync', email => 'x16@example.org', external_id => 'crm:17')).contact_id,
	:r_contact_id::bigint, 'R16: once known, the other id finds its own contact');

-- ---- R17: identifiers given with a hit ----------------------------------------------------------

SELECT (contacts.upsert_contact(email => 'y17@example.org')).contact_id AS a \gset
SELECT contacts.record_activity('form', email => 'y17@example.org', phone => '+14155550117',
	external_id => 'crm:y17', visitor => 'cy17');
SELECT is(pg_temp.keys(:a::bigint), 'email y17@example.org*, phone +14155550117*, external crm:y17, visitor cy17',
	'R17: identifiers that nobody owns are added');
SELECT is((pg_temp.person(:a::bigint)).phone, '+14155550117', 'R17: the first phone is shown');
SELECT is(contacts.find_contact(phone => '+14155550117'), :a::bigint, 'R17: and finds the contact');

-- ---- R19: what is no identifier -----------------------------------------------------------------

SELECT pg_temp.people() AS people, (SELECT count(*) FROM contacts.activity) AS activities \gset
SELECT is(pg_temp.failure($$SELECT contacts.record_activity('note', email => 'no address')$$), '22P02',
	'R19: a bad e-mail is an error by default');
SELECT is(pg_temp.failure($$SELECT contacts.record_activity('note', email => 'ok19@example.org', phone => '12')$$),
	'22P02', 'R19: a bad phone is an error by default');
SELECT is(pg_temp.failure($$SELECT contacts.record_activity('note', external_id => 'nocolon')$$), '22P02',
	'R19: an external id without system is an error');
SELECT is(pg_temp.people() || ' ' || (SELECT count(*) FROM contacts.activity), :'people' || ' ' || :'activities',
	'R19: then nothing is written');
SELECT * FROM contacts.record_activity('note', email => 'keep19@example.org', phone => '12',
	data => '{"a":1}', on_invalid => 'keep') \gset k_
SELECT is(:'k_outcome'::text, 'created', 'R19: keep: the activity is recorded');
SELECT is((SELECT data FROM contacts.activity WHERE activity_id = :k_activity_id::bigint),
	'{"a":1,"invalid":{"phone":"12"}}'::jsonb, 'R19: keep: the bad text stands in data.invalid');
SELECT is(pg_temp.keys(:k_contact_id::bigint), 'email keep19@example.org*', 'R19: keep: it is no identifier');
SELECT is((pg_temp.person(:k_contact_id::bigint)).phone, NULL, 'R19: keep: and not shown');
SELECT * FROM contacts.record_activity('note', email => 'bad', phone => '12', external_id => 'x', on_invalid => 'keep') \gset u_
SELECT is((SELECT contact_id IS NULL AND data = '{"invalid":{"email":"bad","phone":"12","external_id":"x"}}'
	FROM contacts.activity WHERE activity_id = :u_activity_id::bigint), true,
	'R19: keep: with nothing good the activity stays unlinked');

-- the region of a phone without country code: argument, setting, account, none
SELECT is(pg_temp.failure($$SELECT contacts.record_activity('call', phone => '(415) 555-0191')$$), '22P02',
	'R19: without a region a national number is invalid');
SELECT is(pg_temp.keys((contacts.record_activity('call', phone => '(415) 555-0191', region => 'US')).contact_id),
	'phone +14155550191*', 'R19: the region of the argument');
SELECT contacts.set_account(default_region => 'GB');
SELECT is(pg_temp.keys((contacts.record_activity('call', phone => '020 7946 0958')).contact_id),
	'phone +442079460958*', 'R19: else of the account');
SET LOCAL contacts.default_region = 'US';
SELECT is(pg_temp.keys((contacts.record_activity('call', phone => '(415) 555-0193')).contact_id),
	'phone +14155550193*', 'R19: the setting goes before the account');
SELECT is(pg_temp.keys((contacts.record_activity('call', phone => '030 901820', region => 'DE')).contact_id),
	'phone +4930901820*', 'R19: the argument before both');
SELECT is(pg_temp.failure($$SELECT contacts.record_activity('call', phone => '(415) 555-0194', region => 'ZZ')$$),
	'22P02', 'R19: ZZ says that none is known');
SELECT is(contacts.find_contact(phone => '(415) 555-0193'), contacts.find_contact(phone => '+14155550193'),
	'R19: find_contact reads phones alike');
RESET contacts.default_region;

-- A call inside another call of the same statement sees what it wrote.
SELECT is(pg_temp.failure($$SELECT contacts.update_contact((contacts.upsert_contact(email => 'nest@example.org')).contact_id,
	'{"company":"Acme"}')$$), 'no error', 'R12: a contact made in the same statement can be edited');
SELECT is(pg_temp.failure($$SELECT contacts.add_identifier((contacts.upsert_contact(email => 'nest2@example.org')).contact_id,
	'phone', '+14155550777')$$), 'no error', 'R11: and given an identifier');

-- A contact that shows the e-mail of another one gets the key when it is free.
SELECT (contacts.record_activity('m', email => 'heir@example.org', external_id => 'heir:1')).contact_id AS heir_a \gset
SELECT (contacts.record_activity('m', email => 'heir@example.org', phone => '+14155550988', external_id => 'heir:2')).contact_id AS heir_b \gset
DELETE FROM contacts.contact WHERE contact_id = :heir_a::bigint;
SELECT contacts.record_activity('m', email => 'Heir@example.org', phone => '+14155550988');
SELECT is((SELECT is_primary FROM contacts.identifier WHERE kind = 'email' AND value = 'heir@example.org'
	AND contact_id = :heir_b::bigint), true, 'R16, R17: a key that was only shown becomes the primary one');

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
