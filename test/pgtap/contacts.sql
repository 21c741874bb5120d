-- contacts.sql: creating, finding, editing and reading contacts, and their identifiers (R3, R11, R12, R22, R40, R44).
\ir start.psql
BEGIN;
SELECT plan(93);

INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 7, 'Mia'), (1, 8, 'Max'), (2, 9, 'Other');

-- ---- create and upsert --------------------------------------------------------------------------

SELECT * FROM contacts.create_contact(email => 'Ann@Example.org', phone => '(415) 555-0140', visitor => 'cv', external_id => 'crm:40',
	name => 'Ann', company => 'Acme', timezone => 'Europe/Berlin', status => 'qualified', owner_id => 7, tags => ARRAY['VIP'], region => 'US') \gset r_
SELECT is(:'r_outcome'::text, 'created', 'R11: create_contact creates');
SELECT is(pg_temp.keys(:r_contact_id::bigint), 'email ann@example.org*, phone +14155550140*, external crm:40, visitor cv', 'R11: and claims each identifier');
SELECT is((pg_temp.person(:r_contact_id::bigint)).source, 'api', 'R30: its source is api unless said');
SELECT throws_ok(format('SELECT contacts.create_contact(%s)', argument), '23505', NULL, 'R11: create_contact refuses a taken ' || what)
  FROM (VALUES ('e-mail', $$email => 'ANN@example.org'$$), ('phone', $$email => 'new@example.org', phone => '+14155550140'$$),
	('external id', $$external_id => 'crm:40'$$), ('cookie', $$visitor => 'cv'$$)) AS t(what, argument);
SELECT is((SELECT count(*)::int FROM contacts.contact), 1, 'R11: a refused one leaves nothing');
SELECT is((contacts.create_contact(name => 'Ann')).outcome, 'created', 'R11: two people may have one name');
SELECT is((contacts.create_contact(company => 'Acme')).outcome, 'created', 'R11: a company is enough');
SELECT is(pg_temp.failure('SELECT contacts.create_contact()'), '22023', 'R11: a contact of which nothing is known is refused');
SELECT is(pg_temp.failure($$SELECT contacts.upsert_contact(email => 'n/a', phone => ' ')$$), '22023', 'R10: so is one with placeholders only');
SELECT is((contacts.upsert_contact(email => 'ann@example.org', name => 'Anna')).contact_id, :r_contact_id::bigint, 'R12: upsert_contact finds by e-mail');
SELECT is((contacts.upsert_contact(external_id => 'crm:40')).matched_by, 'external', 'R12: by external id');
SELECT is((contacts.upsert_contact(email => 'up@example.org')).outcome, 'created', 'R12: or creates');

-- ---- R3: accounts -------------------------------------------------------------------------------

SELECT is(contacts.current_account(), 1::bigint, 'R3: the account is 1 unless set');
SET LOCAL contacts.account_id = '2';
SELECT is(contacts.current_account(), 2::bigint, 'R3: or as set');
SELECT * FROM contacts.create_contact(email => 'ann@example.org') \gset two_
SELECT isnt(:'two_contact_id'::text, :'r_contact_id', 'R3: calls work in the account set');
SELECT is(contacts.find_contact(email => 'ann@example.org'), :two_contact_id::bigint, 'R3: find_contact in the account set');
SELECT is(contacts.find_contact(email => 'ann@example.org', account_id => 1), :r_contact_id::bigint, 'R3: or in the one named');
SELECT is(pg_temp.failure(format('SELECT contacts.%s', format(call, :r_contact_id::bigint))), 'P0002', 'R3: a contact of another account does not exist: ' || split_part(call, '(', 1))
  FROM unnest(ARRAY['get_contact(%s)', 'update_contact(%s, ''{}'')', 'set_status(ARRAY[%s], NULL)', 'assign_contacts(ARRAY[%s], NULL)',
	'add_identifier(%s, ''email'', ''x@example.org'')', 'remove_identifier(%s, ''email'', ''ann@example.org'')',
	'set_primary_identifier(%s, ''email'', ''ann@example.org'')']) AS call;
SELECT is(contacts.resolve_contact(:r_contact_id::bigint), NULL, 'R3: resolve_contact knows it not');
SELECT is(pg_temp.failure(format($$SELECT contacts.update_contact(%s, '{"owner_id":7}')$$, :two_contact_id::bigint)), 'P0002', 'R3: nor a member of another account');
RESET contacts.account_id;
SELECT is(contacts.current_member(), NULL, 'R3: no member unless set');
SET LOCAL contacts.member_id = '7';
SELECT is(contacts.current_member(), 7::bigint, 'R3: or as set');
RESET contacts.member_id;
SELECT is(pg_temp.failure('SET LOCAL contacts.account_id = ''zero'''), '22023', 'R3: an account is a number');
SELECT is(pg_temp.failure('SET LOCAL contacts.account_id = ''0'''), '22023', 'R3: a positive one');
SELECT is(pg_temp.failure('SET LOCAL contacts.default_region = ''Germany'''), '22023', 'R19: a region has two letters');

-- ---- find_contact: also without a match ---------------------------------------------------------

SELECT is(contacts.find_contact(phone => '4155550140', region => 'US'), :r_contact_id::bigint, 'R12: find_contact reads phones by region');
SELECT is(contacts.find_contact(visitor => 'cv'), :r_contact_id::bigint, 'R12: and cookies');

-- ---- R22, R40: edits ----------------------------------------------------------------------------

SELECT * FROM contacts.update_contact(:r_contact_id::bigint, '{"name":"Ann B","company":"Beta","timezone":"asia/tokyo","status":"disqualified","owner_id":8,"email":"ann.b@example.org","phone":"+14155550141"}') \gset e_
SELECT is(:'e_contact_id' || :'e_outcome', :'r_contact_id' || 'updated', 'R22: an edit says what it did');
SELECT is((pg_temp.person(:r_contact_id::bigint)).name || '|' || (pg_temp.person(:r_contact_id::bigint)).company || '|' || (pg_temp.person(:r_contact_id::bigint)).timezone || '|' ||
	(pg_temp.person(:r_contact_id::bigint)).status || '|' || (pg_temp.person(:r_contact_id::bigint)).owner_id || '|' || (pg_temp.person(:r_contact_id::bigint)).email || '|' || (pg_temp.person(:r_contact_id::bigint)).phone,
	'Ann B|Beta|Asia/Tokyo|disqualified|8|ann.b@example.org|+14155550141', 'R22: each detail can be edited');
SELECT is(pg_temp.keys(:r_contact_id::bigint), 'email ann.b@example.org*, phone +14155550141*, external crm:40, visitor cv', 'R22: identifiers follow');
SELECT (contacts.create_contact(email => 'bob@example.org', phone => '+14155550142', name => 'Bob')).contact_id AS b \gset
SELECT throws_ok(format($$SELECT contacts.update_contact(%s, '{"name":"Thief","email":"BOB@example.org"}')$$, :r_contact_id::bigint), '23505',
	'e-mail address is already used by another contact', 'R40: an edit to a taken e-mail is refused');
SELECT throws_ok(format($$SELECT contacts.update_contact(%s, '{"phone":"+1 415 555 0142"}')$$, :r_contact_id::bigint), '23505',
	'phone number is already used by another contact', 'R40: and to a taken phone');
SELECT is((pg_temp.person(:r_contact_id::bigint)).name, 'Ann B', 'R40: nothing of a refused edit is written');
DO $$
DECLARE hint text; detail text;
BEGIN
	PERFORM contacts.update_contact((SELECT contact_id FROM contacts.contact WHERE name = 'Ann B'), '{"email":"bob@example.org"}');
EXCEPTION WHEN unique_violation THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT, detail = PG_EXCEPTION_DETAIL;
	CREATE TEMP TABLE told AS SELECT hint, detail;
END $$;
SELECT matches(hint, 'Merge', 'R40: the hint says merge') FROM told;
SELECT matches(detail, 'contact ' || :b::bigint || '\.$', 'R40: the detail names the other contact') FROM told;
SELECT is(pg_temp.failure(format($$UPDATE contacts.contact SET email = 'bob@example.org' WHERE contact_id = %s$$, :r_contact_id::bigint)), '23505', 'R40: plain UPDATE likewise');
SELECT is((contacts.update_contact(:b::bigint, '{"email":"BOB@Example.org"}')).outcome, 'updated', 'R40: its own e-mail in other spelling is no conflict');
SELECT is(pg_temp.keys(:b::bigint), 'email bob@example.org*, phone +14155550142*', 'R40: and stays its key');
SELECT lives_ok(format($$UPDATE contacts.contact c SET email = o.email FROM contacts.contact o
	WHERE c.contact_id IN (%1$s, %2$s) AND o.contact_id IN (%1$s, %2$s) AND o.contact_id <> c.contact_id$$, :r_contact_id::bigint, :b::bigint), 'R11: two contacts can exchange their e-mails in one UPDATE');
SELECT is(contacts.find_contact(email => 'bob@example.org'), :r_contact_id::bigint, 'R11: and are found by the new ones');

-- ---- identifiers of one contact -----------------------------------------------------------------

SELECT (contacts.create_contact(name => 'Ida')).contact_id AS c \gset
SELECT contacts.add_identifier(:c::bigint, 'email', ' Ida@Example.org ');
SELECT is((pg_temp.person(:c::bigint)).email || ' ' || pg_temp.keys(:c::bigint), 'Ida@Example.org email ida@example.org*', 'R11: the first e-mail becomes primary');
SELECT contacts.add_identifier(:c::bigint, 'email', 'ida@work.example');
SELECT contacts.add_identifier(:c::bigint, 'email', 'Ida@Home.example', make_primary => true);
SELECT is((pg_temp.person(:c::bigint)).email || ' ' || pg_temp.keys(:c::bigint),
	'Ida@Home.example email ida@example.org, email ida@home.example*, email ida@work.example', 'R11: make_primary shows the new one, the former stays');
SELECT lives_ok(format($$SELECT contacts.add_identifier(%s, 'email', 'ida@work.example')$$, :c::bigint), 'R11: an identifier that it has may be given again');
SELECT contacts.set_primary_identifier(:c::bigint, 'email', 'IDA@work.example');
SELECT is((pg_temp.person(:c::bigint)).email || ' ' || pg_temp.keys(:c::bigint),
	'IDA@work.example email ida@example.org, email ida@home.example, email ida@work.example*', 'R11: set_primary_identifier chooses');
SELECT contacts.remove_identifier(:c::bigint, 'email', 'ida@work.example');
SELECT isnt((pg_temp.person(:c::bigint)).email, NULL, 'R11: when the primary one goes, another takes its place');
SELECT is((SELECT count(*)::int FROM contacts.identifier WHERE contact_id = :c::bigint AND is_primary), 1, 'R11: as primary');
SELECT contacts.remove_identifier(:c::bigint, 'email', value) FROM contacts.identifier WHERE contact_id = :c::bigint;
SELECT is((pg_temp.person(:c::bigint)).email, NULL, 'R11: without any left none is shown');
SELECT contacts.add_identifier(:c::bigint, 'external', 'crm:c');
SELECT contacts.add_identifier(:c::bigint, 'visitor', 'cookie-c');
SELECT contacts.add_identifier(:c::bigint, 'phone', '+14155550149');
SELECT is(pg_temp.keys(:c::bigint), 'phone +14155550149*, external crm:c, visitor cookie-c', 'R11: of each kind');
SELECT is(pg_temp.failure(format('SELECT contacts.%s', format(call, :c::bigint))), state, 'R11: ' || about)
  FROM (VALUES ('add_identifier(%s, ''email'', ''bob@example.org'')', '23505', 'a taken one is refused'),
	('add_identifier(%s, ''email'', ''n/a'')', '22P02', 'a placeholder is refused'),
	('add_identifier(%s, ''phone'', ''+18005550199'')', '22P02', 'a toll-free number is refused'),
	('remove_identifier(%s, ''email'', ''none@example.org'')', 'P0002', 'one that it has not cannot go'),
	('remove_identifier(%s, ''email'', ''bob@example.org'')', 'P0002', 'nor one of another contact'),
	('set_primary_identifier(%s, ''email'', ''bob@example.org'')', 'P0002', 'nor become primary'),
	('set_primary_identifier(%s, ''visitor'', ''cookie-c'')', '22023', 'a cookie is never primary')) AS t(call, state, about);

-- ---- bulk ---------------------------------------------------------------------------------------

SELECT is(contacts.set_status(ARRAY[:b::bigint, :c::bigint], 'sales_qualified'), 2::bigint, 'R64: set_status takes many');
SELECT is(contacts.assign_contacts(ARRAY[:b::bigint, :c::bigint, :c::bigint], 8), 2::bigint, 'R64: assign_contacts too, each once');
SELECT is((SELECT count(*)::int FROM contacts.contact WHERE owner_id = 8 AND status = 'sales_qualified'), 2, 'R64: all are changed');
SELECT is(contacts.assign_contacts(ARRAY[:b::bigint], NULL), 1::bigint, 'R64: to nobody');
SELECT is(contacts.assign_contacts('{}', 8), 0::bigint, 'R64: no ids change nothing');
SELECT is(pg_temp.failure(format('SELECT contacts.assign_contacts(ARRAY[%s, 999999], 7)', :b::bigint)), 'P0002', 'R64: one unknown id spoils it');
SELECT is((pg_temp.person(:b::bigint)).owner_id, NULL, 'R64: for all of them');

-- ---- R44: merged contacts redirect --------------------------------------------------------------

SELECT (contacts.create_contact(email => 'm1@example.org')).contact_id AS m1, (contacts.create_contact(email => 'm2@example.org')).contact_id AS m2,
       (contacts.create_contact(email => 'm3@example.org')).contact_id AS d \gset
SELECT contacts.merge_contacts(:m2::bigint, ARRAY[:m1::bigint]), contacts.merge_contacts(:d::bigint, ARRAY[:m1::bigint]);
SELECT is(contacts.resolve_contact(:m1::bigint), :d::bigint, 'R44: a chain resolves to the end');
SELECT is(contacts.resolve_contact(:m2::bigint), :d::bigint, 'R44: from each link');
SELECT is(contacts.resolve_contact(:d::bigint), :d::bigint, 'R44: the survivor resolves to itself');
SELECT is(contacts.resolve_contact(999999), NULL, 'R44: an unknown one to null');
SELECT is((contacts.get_contact(:m1::bigint)->>'contact_id')::bigint, :d::bigint, 'R44: get_contact shows the survivor');
SELECT is((contacts.update_contact(:m1::bigint, '{"name":"Survivor"}')).contact_id, :d::bigint, 'R44: update_contact edits the survivor');
SELECT contacts.add_identifier(:m1::bigint, 'external', 'crm:m1');
SELECT is(contacts.set_status(ARRAY[:m1::bigint, :m2::bigint, :d::bigint], 'qualified'), 1::bigint, 'R44: set_status changes the survivor, once');
SELECT is(contacts.assign_contacts(ARRAY[:m2::bigint], 7), 1::bigint, 'R44: assign_contacts too');
SELECT is((pg_temp.person(:d::bigint)).name || (pg_temp.person(:d::bigint)).status || (pg_temp.person(:d::bigint)).owner_id || pg_temp.keys(:d::bigint), 'Survivorqualified7email m1@example.org, email m2@example.org, email m3@example.org*, external crm:m1', 'R44: all of it is there');
SELECT is(contacts.find_contact(email => 'm1@example.org'), :d::bigint, 'R44: the identifiers of the merged find the survivor');
SELECT is(pg_temp.failure(format('UPDATE contacts.contact SET merged_into = %s WHERE contact_id = %s', :m1::bigint, :d::bigint)), '22023', 'R44: a plain UPDATE merges nothing');
SELECT is((SELECT count(*)::int FROM contacts.contact_overview WHERE contact_id IN (:m1::bigint, :m2::bigint)), 0, 'R44: views do not show the merged');
UPDATE contacts.contact SET deleted_at = now() WHERE contact_id = :d::bigint;
SELECT is(contacts.resolve_contact(:m1::bigint), NULL, 'R44: a deleted survivor resolves to null');
SELECT is(pg_temp.failure(format('SELECT contacts.get_contact(%s)', :d::bigint)), 'P0002', 'R44: a deleted contact does not exist');
SELECT (contacts.create_contact(email => 'ring1@example.org')).contact_id AS m1, (contacts.create_contact(email => 'ring2@example.org')).contact_id AS m2 \gset
CREATE FUNCTION pg_temp.patience(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN 'an end';
EXCEPTION WHEN query_canceled THEN
	RETURN 'no end';
WHEN OTHERS THEN
	RETURN 'an end';
END $$;
SET LOCAL session_replication_role = replica; -- past the triggers
SELECT is(pg_temp.patience(format('UPDATE contacts.contact SET merged_into = CASE contact_id WHEN %1$s THEN %2$s ELSE %1$s END WHERE contact_id IN (%1$s, %2$s)',
	:m1::bigint, :m2::bigint)), 'an end', 'R44: redirects in a circle, past the triggers');
SET LOCAL statement_timeout = '3s';
SELECT is(pg_temp.patience(format('SELECT contacts.resolve_contact(%s)', :m1::bigint)), 'an end', 'R44: never hang a call');
SET LOCAL statement_timeout = 0;
UPDATE contacts.contact SET merged_into = NULL WHERE contact_id IN (:m1::bigint, :m2::bigint);
SET LOCAL session_replication_role = origin;

-- ---- get_contact --------------------------------------------------------------------------------

SELECT (contacts.create_contact(email => 'doc@example.org', name => 'Doc', tags => ARRAY['a', 'B'], owner_id => 7)).contact_id AS id \gset
SELECT contacts.record_activity('note', email => 'doc@example.org', title => 'T' || n, occurred_at => now() - n * interval '1 hour') FROM generate_series(1, 25) n;
SELECT contacts.get_contact(:id::bigint) AS doc \gset
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(:'doc'::jsonb) k) @> ARRAY['activities', 'company', 'consents', 'contact_id', 'email', 'fields', 'identifiers', 'name', 'owner', 'owner_id', 'page_views', 'phone', 'segments', 'status', 'tags', 'timezone'],
	true, 'get_contact has its sections');
SELECT is(:'doc'::jsonb->>'name' || (:'doc'::jsonb->>'owner') || (:'doc'::jsonb->'tags') , 'DocMia["a", "B"]', 'get_contact: details, owner and tags');
SELECT is(:'doc'::jsonb->'activities'->0->>'title', 'T1', 'get_contact: activities come newest first');
SELECT cmp_ok(jsonb_array_length(:'doc'::jsonb->'activities'), '<=', 20, 'get_contact: the recent ones');
SELECT is(:'doc'::jsonb->'identifiers'->0, '{"kind":"email","value":"doc@example.org","is_primary":true}'::jsonb, 'get_contact: identifiers');

SELECT is_empty('SELECT account, problem, detail FROM unnest(ARRAY[1, 2]) account, contacts.check(account)', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
