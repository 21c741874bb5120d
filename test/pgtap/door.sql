-- door.sql: what is plain to a person is taken at the door: a region in any case, a null account, a region that is
-- cleared, labels that BI tools can put together with texts.  Functions and columns come from the catalogue, so that
-- a new one is tried, too.
\ir start.psql
BEGIN;
SELECT no_plan();

-- ---- R19: regions -------------------------------------------------------------------------------

-- %s = the region.  Each call reads a phone without its country, and says what became of it.
CREATE TEMP TABLE region_call (name text, argument text, call text);
INSERT INTO region_call VALUES
	('normalize_phone', 'region', $$SELECT contacts.normalize_phone('(415) 555-2671', region => %s)$$),
	('phone_problem', 'region', $$SELECT contacts.phone_problem('(415) 555-2671', region => %s)$$),
	('phone_info', 'region', $$SELECT contacts.phone_info('(415) 555-2671', region => %s)$$),
	('find_contact', 'region', $$SELECT contacts.find_contact(phone => '(415) 555-2600', region => %s)$$),
	('record_activity', 'region', $$SELECT pg_temp.keys((contacts.record_activity('note', phone => '(415) 555-2671', region => %s)).contact_id)$$),
	('upsert_contact', 'region', $$SELECT pg_temp.keys((contacts.upsert_contact(phone => '(415) 555-2671', region => %s)).contact_id)$$),
	('create_contact', 'region', $$SELECT pg_temp.keys((contacts.create_contact(phone => '(415) 555-2671', region => %s)).contact_id)$$),
	('record_activities', 'item', $$SELECT pg_temp.keys(contact_id) FROM contacts.record_activities(jsonb_build_array(jsonb_build_object('kind', 'note', 'phone', '(415) 555-2671', 'region', %s::text)))$$),
	('set_account', 'default_region', $$SELECT contacts.set_account(default_region => %s), pg_temp.keys((contacts.upsert_contact(phone => '(415) 555-2671')).contact_id), (SELECT default_region FROM contacts.account)$$),
	('account', 'column', $$UPDATE contacts.account SET default_region = %s RETURNING default_region, pg_temp.keys((contacts.upsert_contact(phone => '(415) 555-2671')).contact_id)$$),
	('contacts.default_region', 'setting', $$SELECT set_config('contacts.default_region', coalesce(%s, ''), true) IS NULL, contacts.normalize_phone('(415) 555-2671'), pg_temp.keys((contacts.upsert_contact(phone => '(415) 555-2671')).contact_id)$$);
SELECT is_empty($$ SELECT p.proname, a FROM pg_proc p, unnest(p.proargnames[1:p.pronargs]) a
	WHERE p.pronamespace = 'contacts'::regnamespace AND a ~ 'region' AND p.proname <> 'shown_key'
	  AND NOT EXISTS (SELECT FROM region_call c WHERE c.name = p.proname AND c.argument = a) $$, 'each function that takes a region is tried');
SELECT is_empty($$ SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
	WHERE table_schema = 'contacts' AND table_type = 'BASE TABLE' AND column_name ~ 'region' AND (table_name, column_name) <> ('account', 'default_region') $$,
	'each column that takes a region is tried');
SELECT is_empty($$ SELECT name FROM pg_settings WHERE name ~ '^contacts\..*region' AND name <> 'contacts.default_region' $$, 'each setting, too');

SELECT contacts.set_account(name => 'Door') \g /dev/null
SELECT contacts.upsert_contact(phone => '+14155552600') \g /dev/null
-- The outcome of a call, of which nothing stays.
CREATE FUNCTION pg_temp.outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; detail text; hint text;
BEGIN
	BEGIN
		EXECUTE format('SELECT string_agg(to_jsonb(a)::text, E''\n'') FROM (%s) a', call) INTO answer;
	EXCEPTION WHEN feature_not_supported OR syntax_error THEN
		EXECUTE format('WITH a AS (%s) SELECT string_agg(to_jsonb(a)::text, E''\n'') FROM a', call) INTO answer;
	END;
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = coalesce('ok ' || answer, 'ok');
EXCEPTION WHEN SQLSTATE 'AC000' THEN
	RETURN SQLERRM;
WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
CREATE FUNCTION pg_temp.with_region(call text, region text) RETURNS text LANGUAGE sql AS
$$ SELECT pg_temp.outcome(format(call, quote_nullable(region))) $$;

SELECT matches(pg_temp.with_region(call, 'US'), '\+?14155552671|ok .*(null|1)}$', 'R19: a region: ' || name) FROM region_call;
SELECT is(pg_temp.with_region(call, given), pg_temp.with_region(call, 'US'), format('R19: %s is a region: %s', to_json(given), name))
FROM region_call, unnest(ARRAY['us', 'Us', 'uS', ' us ', E'US\t']) given;
-- the setting and the column keep what is none; the others have none
SELECT is(pg_temp.with_region(call, given), pg_temp.with_region(call, 'ZZ'), format('R19: %s is no region: %s', to_json(given), name))
FROM region_call, unnest(ARRAY['zz', 'Zz', ' zz ']) given;
SELECT is(pg_temp.with_region(call, given), pg_temp.with_region(call, NULL), format('R19: %s says nothing: %s', to_json(given), name))
FROM region_call, unnest(ARRAY['', ' ']) given WHERE argument NOT IN ('default_region', 'setting');
SELECT matches(pg_temp.with_region(call, given), '^22023', format('R19: %s is refused: %s', to_json(given), name))
FROM region_call, unnest(ARRAY['XX', 'xx', 'USA', 'U', '001', 'U S', 'ÜS']) given;
-- A hint names what works, for whoever follows it.
SELECT is_empty(format($$ SELECT m[1] FROM regexp_matches(%L, '\m[A-Z]{2}\M', 'g') m WHERE m[1] NOT IN ('ISO')
	AND pg_temp.with_region(%L, m[1]) ~ '^22023' $$, split_part(pg_temp.with_region(call, 'XX'), ' | ', 4), call), 'the hint names regions that work: ' || name) FROM region_call;

-- R19: the account's region, and how it goes
SELECT contacts.set_account(default_region => 'de') \g /dev/null
SELECT is((SELECT default_region FROM contacts.account), 'DE', 'R19: the account keeps a region in capital letters');
SELECT is(contacts.normalize_phone('030 901820'), '+4930901820', 'normalize_phone() with one argument takes the account''s region');
SELECT is(contacts.phone_problem('030 901820'), NULL, 'phone_problem(), too');
SELECT is((contacts.phone_info('030 901820')).e164, '+4930901820', 'and phone_info()');
SELECT is(pg_temp.failure($$SELECT contacts.normalize_phone('030 901820', NULL)$$), '22P02', 'R10: null is none known, whatever the account has');
SELECT set_config('contacts.default_region', 'gb', true) \g /dev/null
SELECT is(contacts.normalize_phone('020 7946 0958'), '+442079460958', 'R19: the setting comes first');
SELECT set_config('contacts.default_region', 'zz', true) \g /dev/null
SELECT is(pg_temp.failure($$SELECT contacts.normalize_phone('030 901820')$$), '22P02', 'R19: a setting of ZZ: none is known');
SELECT set_config('contacts.default_region', '', true) \g /dev/null
SELECT set_config('contacts.account_id', '9', true) \g /dev/null
SELECT is(pg_temp.failure($$SELECT contacts.normalize_phone('030 901820')$$), '22P02', 'R19: another account has another region, or none');
SELECT set_config('contacts.account_id', '1', true) \g /dev/null
CREATE TEMP TABLE lead (phone text);
SELECT lives_ok('CREATE INDEX ON lead (contacts.normalize_phone(phone, NULL))', 'R10: in an index, the region is given');
SELECT is((pg_temp.error_of(format('SELECT contacts.set_account(default_region => %L)', given)), (SELECT default_region FROM contacts.account),
	pg_temp.error_of('SELECT contacts.set_account(default_region => ''DE'')'))::text, '("no error",DE,"no error")', format('R19: set_account() takes %s', to_json(given)))
FROM unnest(ARRAY['', ' ', 'ZZ', 'zz']) given;
SELECT is((SELECT string_agg(coalesce(pg_temp.outcome(format('SELECT contacts.set_account(default_region => %L), (SELECT default_region FROM contacts.account)', given)), 'null'), '')
	FROM unnest(ARRAY[NULL]::text[]) given), 'ok {"set_account": "", "default_region": "DE"}', 'R3: null leaves the region as it is');
CREATE FUNCTION pg_temp.region_after(given text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM contacts.set_account(default_region => 'DE');
	PERFORM contacts.set_account(default_region => given);
	RETURN coalesce((SELECT default_region FROM contacts.account), 'none');
END $$;
SELECT is(pg_temp.region_after(given), 'none', format('R19: %s clears the account''s region', to_json(given))) FROM unnest(ARRAY['', ' ', 'ZZ', 'zz']) given;
SELECT is(pg_temp.failure('UPDATE contacts.account SET default_region = NULL'), 'no error', 'plain SQL clears it with null');
SELECT is(pg_temp.failure($$SELECT contacts.normalize_phone('030 901820')$$), '22P02', 'then a phone without country code is invalid again');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');

-- ---- R3: account_id => NULL is the current account ----------------------------------------------

SELECT set_config('contacts.account_id', '2', true) \g /dev/null
INSERT INTO contacts.member (account_id, member_id, name, access) VALUES (2, 1, 'Mia', 'own');
SELECT contacts.set_account(name => 'Two', activity_events => true) \g /dev/null
SELECT contacts.define_field('size', 'number') \g /dev/null
INSERT INTO contacts.contact (contact_id, name, email, phone, owner_id) VALUES (1, 'Ann Lee', 'ann@example.com', '+14155550101', 1), (2, 'Ann Lee', 'bob@example.com', NULL, NULL),
	(3, 'Cy', 'cy@example.com', NULL, NULL), (4, 'Del', 'del@example.com', NULL, NULL), (5, 'Ed', 'ed@example.com', NULL, NULL);
SELECT contacts.delete_contacts('{4}'), contacts.merge_contacts(3, '{5}') \g /dev/null
INSERT INTO contacts.activity (activity_id, contact_id, kind, state, starts_at) VALUES (1, 1, 'meeting', 'scheduled', '2030-01-01');
INSERT INTO contacts.reminder (reminder_id, activity_id, due_at, channel) VALUES (1, 1, '2020-01-01', 'email');
INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score) VALUES (1, 3, '{name}', 0.9);
SELECT contacts.connect_integration('hub', 'crm') \g /dev/null
SELECT count(*) FROM contacts.take_events('mailer') \g /dev/null

CREATE TEMP TABLE given (name text, value text);
INSERT INTO given VALUES ('kind', '''email'''), ('value', '''ann@example.com'''), ('contact_id', '1'), ('note', '''x'''), ('activity_id', '1'),
	('due_at', '''2030-01-01'''), ('channel', '''sms'''), ('key', '''size'''), ('contact_ids', '''{1,2}'''), ('owner_id', '1'), ('consumer', '''mailer'''),
	('event_ids', '''{1}'''), ('ids', '''{1}'''), ('system', '''hub'''), ('type', '''number'''), ('other_id', '3'), ('starts_at', '''2031-01-01'''),
	('event_id', '(SELECT min(event_id) FROM contacts.event WHERE account_id = 2)'), ('primary_id', '1'), ('duplicate_ids', '''{2}'''), ('status', '''qualified'''),
	('activities', '''[{"kind": "note", "email": "new@example.com"}]'''), ('merge_id', '(SELECT max(merge_id) FROM contacts.merge WHERE account_id = 2)'),
	('changes', '''{"company": "Acme"}'''), ('email', '''ann@example.com'''), ('min_score', '0.1'),
	('restore_contacts.contact_ids', '''{4}'''), ('connect_integration.kind', '''calendar'''), ('create_contact.email', '''new@example.com'''),
	('add_identifier.value', '''new@example.com'''), ('find_duplicates.contact_id', 'NULL'), ('record_activity.contact_id', 'NULL');
-- A call of each function with an account, by its required arguments and those above; %s = the account.
CREATE TEMP TABLE account_call AS
SELECT p.proname AS name, p.provolatile,
	format('SELECT %s contacts.%I(%s)', CASE WHEN p.proretset THEN '* FROM' ELSE '' END, p.proname, string_agg(a.name || ' => ' ||
		CASE WHEN a.name = 'account_id' THEN '%s' ELSE coalesce(own.value, g.value, 'NULL') END, ', ' ORDER BY a.place)
		FILTER (WHERE a.name = 'account_id' OR g.value IS NOT NULL OR a.place <= p.pronargs - p.pronargdefaults)) AS call
FROM pg_proc p CROSS JOIN unnest(p.proargnames[1:p.pronargs]) WITH ORDINALITY a (name, place)
LEFT JOIN given g ON g.name = a.name LEFT JOIN given own ON own.name = p.proname || '.' || a.name
WHERE p.pronamespace = 'contacts'::regnamespace AND 'account_id' = ANY (p.proargnames[p.pronargs - p.pronargdefaults + 1:p.pronargs])
	-- null is every account: R81
	AND p.proname NOT IN ('grant_access', 'revoke_access')
GROUP BY p.oid, p.proname;
SELECT cmp_ok((SELECT count(*)::int FROM account_call), '>=', 50, 'functions with an account are found');
-- Ids are the same each time.
CREATE FUNCTION pg_temp.in_account(call text, account text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s regclass;
BEGIN
	FOR s IN SELECT oid FROM pg_class WHERE relkind = 'S' AND relnamespace = 'contacts'::regnamespace LOOP
		PERFORM setval(s, 1000);
	END LOOP;
	RETURN pg_temp.outcome(format(call, account));
END $$;
SELECT matches(pg_temp.in_account(call, '2'), '^ok', 'this is a good call: ' || name) FROM account_call ORDER BY name;
SELECT is(pg_temp.in_account(call, 'NULL'), pg_temp.in_account(call, '2'), 'R3: account_id => NULL is the current account: ' || name)
FROM account_call ORDER BY name;
SELECT is(pg_temp.in_account(call, 'NULL'), pg_temp.in_account(call, '2'), 'R3: for one of its members, too: ' || name)
FROM account_call, set_config('contacts.member_id', '1', true) ORDER BY name;
SELECT set_config('contacts.member_id', '', true) \g /dev/null
SELECT matches(pg_temp.in_account(call, account), '^22023 \| invalid account_id', format('R3: %s is no account: %s', account, name))
FROM account_call, unnest(ARRAY['0', '-1']) account WHERE name IN ('upsert_contact', 'set_account', 'take_events', 'find_contact', 'check') ORDER BY name;

-- Items of a batch: the arguments of record_activity, so this one, too.
SELECT is(pg_temp.in_account($$SELECT * FROM contacts.record_activities(jsonb_build_array(jsonb_build_object('kind', 'note', 'email', 'new@example.com', 'account_id', %s)))$$, account),
	pg_temp.in_account($$SELECT * FROM contacts.record_activities(jsonb_build_array(jsonb_build_object('kind', 'note', 'email', 'new@example.com')))$$, ''),
	'R33: an item may name the account of its call: ' || account) FROM unnest(ARRAY['NULL', '2', '''2''']) account;
SELECT matches(pg_temp.outcome(format($$SELECT * FROM contacts.record_activities('[{"kind": "note", "account_id": %s}]')$$, account)),
	'^22(023|P02) \| invalid (account_id|value for "account_id")', 'R3: an item goes into no other account: ' || account)
FROM unnest(ARRAY['1', '0', '-2', '"x"', '1.5', '[2]', '{}']) account;

-- Plain inserts, into each table that people fill.
INSERT INTO contacts.tag (tag_id, name) VALUES (2, 'Known');
CREATE TEMP TABLE insertion (name text, statement text);
INSERT INTO insertion VALUES
	('contact', $$INSERT INTO contacts.contact (account_id, name) VALUES (NULL, 'New')$$),
	('identifier', $$INSERT INTO contacts.identifier (account_id, kind, value, contact_id) VALUES (NULL, 'email', 'Second@example.com', 1)$$),
	('blocked_identifier', $$INSERT INTO contacts.blocked_identifier (account_id, kind, value, reason) VALUES (NULL, 'email', 'all@example.com', 'shared')$$),
	('activity', $$INSERT INTO contacts.activity (account_id, contact_id, kind) VALUES (NULL, 5, 'note')$$),
	('page_view', $$INSERT INTO contacts.page_view (account_id, visitor, contact_id, url) VALUES (NULL, 'v', 5, '/')$$),
	('member', $$INSERT INTO contacts.member (account_id, name) VALUES (NULL, 'New')$$),
	('field', $$INSERT INTO contacts.field (account_id, key, type) VALUES (NULL, 'hobby', 'text')$$),
	('tag', $$INSERT INTO contacts.tag (account_id, name) VALUES (NULL, 'VIP')$$),
	('contact_tag', $$INSERT INTO contacts.contact_tag (account_id, contact_id, tag_id) VALUES (NULL, 1, 2)$$),
	('duplicate', $$INSERT INTO contacts.duplicate (account_id, contact_id, other_id, reasons, score) VALUES (NULL, 2, 5, '{name}', 0.9)$$),
	('reminder', $$INSERT INTO contacts.reminder (account_id, activity_id, due_at, channel) VALUES (NULL, 1, '2030-01-01', 'sms')$$),
	('integration', $$INSERT INTO contacts.integration (account_id, system, kind) VALUES (NULL, 'x', 'crm')$$);
CREATE FUNCTION pg_temp.inserted(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; s regclass;
BEGIN
	FOR s IN SELECT oid FROM pg_class WHERE relkind = 'S' AND relnamespace = 'contacts'::regnamespace LOOP
		PERFORM setval(s, 1000);
	END LOOP;
	RETURN pg_temp.outcome(statement || ' RETURNING *');
END $$;
SELECT is(pg_temp.inserted(statement), pg_temp.inserted(replace(statement, '(NULL,', '(2,')),
	'R3: a null account in a row is the current one: ' || name) FROM insertion;
SELECT matches(pg_temp.inserted(statement), '"account_id": 2', 'R3: and the row goes there: ' || name) FROM insertion;
SELECT is_empty($$ SELECT t.relname FROM pg_class t, unnest('{agent,admin}'::text[]) l, contacts.level_privileges(l) p WHERE t.relnamespace = 'contacts'::regnamespace
	AND t.relkind = 'r' AND p.object_kind = 'table' AND p.object_name = t.relname AND p.privileges ~ 'INSERT' AND NOT EXISTS (SELECT FROM insertion WHERE name = t.relname) $$,
	'each table that a level may fill is tried');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT set_config('contacts.account_id', '1', true) \g /dev/null

-- ---- ON CONFLICT on contacts.contact ------------------------------------------------------------

-- Identifiers have a table of their own, so a taken e-mail is no conflict of this one: it is the usual error, which
-- tells the column, and nothing is written.  What the table's own key says works as anywhere.
INSERT INTO contacts.contact (contact_id, name, email, phone) VALUES (101, 'Ann', 'taken@example.com', '+14155550111');
CREATE FUNCTION pg_temp.broken(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE t text; c text; k text;
BEGIN
	EXECUTE statement;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS t = TABLE_NAME, c = COLUMN_NAME, k = CONSTRAINT_NAME;
	RETURN concat_ws(' ', SQLSTATE, nullif(t, ''), nullif(c, ''), nullif(k, ''));
END $$;
SELECT is(pg_temp.broken(format('INSERT INTO contacts.contact (name, %s) VALUES (''New'', NULL), (''Second'', %L) ON CONFLICT DO NOTHING', col, value)),
	format('23505 contact %s identifier_pkey', col), 'R11: DO NOTHING does not hide a taken ' || col)
FROM (VALUES ('email', 'Taken@Example.com'), ('phone', '+1 415 555 0111')) v (col, value);
SELECT is(pg_temp.broken('INSERT INTO contacts.contact (email) VALUES (''taken@example.com'') ON CONFLICT (email) DO NOTHING'), '42P10', 'there is no unique e-mail to name');
SELECT is(pg_temp.broken('INSERT INTO contacts.contact (name, email) SELECT ''New'', ''Taken@Example.com'' WHERE contacts.find_contact(email => ''Taken@Example.com'') IS NULL'), 'none',
	'who wants nothing to happen asks first');
SELECT is((SELECT count(*)::int FROM contacts.contact WHERE account_id = 1 AND name IN ('New', 'Second')), 0, 'nothing of these is written');
INSERT INTO contacts.contact (contact_id, name, email) VALUES (101, 'Other', 'other@example.com') ON CONFLICT DO NOTHING;
SELECT is((person).name || ' ' || pg_temp.keys(101), 'Ann email taken@example.com*, phone +14155550111*', 'a taken id is passed over, with its identifiers') FROM pg_temp.person(101) person;
SELECT is(contacts.find_contact(email => 'other@example.com'), NULL, 'nobody has the e-mail of a row that was passed over');
SELECT isnt((contacts.upsert_contact(email => 'other@example.com')).contact_id, 101::bigint, 'somebody else may take it');
INSERT INTO contacts.contact (contact_id, name, email) VALUES (101, 'Anna', 'anna@example.com')
ON CONFLICT (account_id, contact_id) DO UPDATE SET name = excluded.name, email = excluded.email;
SELECT is((person).name || ' ' || pg_temp.keys(101), 'Anna email anna@example.com*, phone +14155550111*', 'DO UPDATE on the id is an update') FROM pg_temp.person(101) person;
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');

-- ---- R110: labels in views ----------------------------------------------------------------------

SELECT is_empty($$ SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	JOIN pg_type t ON t.oid = a.atttypid OR t.typarray = a.atttypid
	WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind IN ('v', 'm') AND t.typtype = 'e' $$, 'R110: views show labels as text');
SELECT lives_ok(format('SELECT coalesce(%I, ''none'') || '' '' FROM contacts.%I', a.attname, c.relname), format('R110: a BI tool may fill the blanks of %s.%s', c.relname, a.attname))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind = 'v' AND a.attname ~ 'status|state|kind|outcome|type';
SELECT contacts.set_status('{101}', 'qualified') \g /dev/null
SELECT is((SELECT count(*)::int FROM contacts.contact_overview WHERE status = 'qualified'), 1, 'R110: a filter by label finds it');

SELECT * FROM finish();
ROLLBACK;
