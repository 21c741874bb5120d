-- normalize.sql: the pure functions over e-mails and phones, and the sample data (R10).
\ir start.psql
BEGIN;
SELECT plan(80);

-- ---- R10: e-mail --------------------------------------------------------------------------------

SELECT is(contacts.normalize_email(given), wanted, format('R10: e-mail %s', to_json(given)))
  FROM (VALUES ('ann@example.org', 'ann@example.org'), (' Ann@Example.ORG ', 'ann@example.org'), ('a.b+c@example.org', 'a.b+c@example.org'),
	('Ann <ann@example.org>', 'ann@example.org'), ('mailto:ann@example.org', 'ann@example.org'), ('x@münchen.de', 'x@xn--mnchen-3ya.de'),
	('', NULL), (' ', NULL), ('null', NULL), ('N/A', NULL), ('none', NULL), ('anonymous', NULL), ('0', NULL), (NULL, NULL)) AS t(given, wanted);
SELECT is(pg_temp.failure(format('SELECT contacts.normalize_email(%L)', given)), '22P02', format('R10: refused e-mail %s', to_json(given)))
  FROM unnest(ARRAY['ann', '@example.org', 'ann@', 'ann@@example.org', 'a b@example.org', 'ann@exa mple.org', 'ann@example', 'ann@-example.org',
	'a@b.example, c@d.example', repeat('a', 65) || '@example.org', 'ann@' || repeat('a', 64) || '.org']) AS given;
SELECT isnt(contacts.email_problem(given), NULL, format('R10: email_problem says why %s is none', to_json(given)))
  FROM unnest(ARRAY['ann', '@example.org', 'ann@']) AS given;
SELECT is(contacts.email_problem(given), NULL, format('R10: email_problem is silent about %s', to_json(given)))
  FROM unnest(ARRAY['ann@example.org', '', 'n/a', NULL]) AS given;
SELECT is(contacts.normalize_email(contacts.normalize_email(v)), contacts.normalize_email(v), 'R10: the canonical form is its own: ' || v)
  FROM unnest(ARRAY['Ann@Example.ORG', 'x@münchen.de', 'a.b+c@example.org']) AS v;

-- ---- R10: phone ---------------------------------------------------------------------------------

SELECT is(contacts.normalize_phone(given, region), wanted, format('R10: phone %s in %s', to_json(given), coalesce(region, '-')))
  FROM (VALUES ('+1 (415) 555-2671', NULL, '+14155552671'), ('(415) 555-2671', 'US', '+14155552671'), ('0014155552671', 'DE', '+14155552671'),
	('030 901820', 'DE', '+4930901820'), ('+49 (0)30 901820', NULL, '+4930901820'), ('020 7946 0958', 'GB', '+442079460958'),
	('+1 415 555 2671 ext. 12', NULL, '+14155552671;ext=12'), ('+14155552671;ext=12', NULL, '+14155552671;ext=12'), ('tel:+14155552671', NULL, '+14155552671'),
	('+14155552671', 'ZZ', '+14155552671'), ('', 'US', NULL), (NULL, 'US', NULL), ('000-0000', 'US', NULL), ('n/a', NULL, NULL)) AS t(given, region, wanted);
SELECT is(pg_temp.failure(format('SELECT contacts.normalize_phone(%L, %L)', given, region)), '22P02', format('R10: refused phone %s in %s', to_json(given), coalesce(region, '-')))
  FROM (VALUES ('12', 'US'), ('4155552671', NULL), ('4155552671', 'ZZ'), ('+1 415', NULL), ('+999 123456789', NULL), ('hello', 'US'), ('+1415555267199999', NULL)) AS t(given, region);
SELECT is(pg_temp.failure(format('SELECT contacts.normalize_phone(%L, %L)', '4155552671', region)), '22023', format('R10: no region: %L', region))
  FROM unnest(ARRAY['XX', 'xx', 'USA', 'U', '001', 'U1']) AS region;
SELECT isnt(contacts.phone_problem('12', 'US'), NULL, 'R10: phone_problem says why');
SELECT is(contacts.phone_problem(given, 'US'), NULL, format('R10: phone_problem is silent about %s', to_json(given))) FROM unnest(ARRAY['4155552671', '', NULL]) AS given;
SELECT is(contacts.phone_info('(415) 555-2671 x12', 'US')::text, '(+14155552671,12,1,US,"fixed or mobile",4155552671,t,t)', 'R10: phone_info tells all');
SELECT is((contacts.phone_info('+18005550199', NULL)).type, 'toll-free', 'R10: the type of line');
SELECT is((contacts.phone_info(given, NULL)).valid, false, format('R10: phone_info never raises on %s', to_json(given))) FROM unnest(ARRAY['12', 'hello', '+', '+999']) AS given;
SELECT is(contacts.phone_info(NULL, NULL), NULL, 'R10: phone_info of null');

-- ---- any table, any index -----------------------------------------------------------------------

CREATE TEMP TABLE lead (mail text, phone text);
CREATE INDEX ON lead (contacts.normalize_email(mail));
CREATE INDEX ON lead (contacts.normalize_phone(phone, 'US'));
INSERT INTO lead SELECT 'User' || n || '@Example.org', '(415) 555-' || to_char(n, 'FM0000') FROM generate_series(1, 2000) n;
ANALYZE lead;
SET LOCAL enable_seqscan = off;
SELECT is((SELECT phone FROM lead WHERE contacts.normalize_email(mail) = 'user77@example.org'), '(415) 555-0077', 'R10: the functions serve in indexes of any table');
SELECT is((SELECT bool_and(provolatile = 'i' AND proparallel = 's') FROM pg_proc WHERE pronamespace = 'contacts'::regnamespace
	AND proname IN ('normalize_email', 'email_problem', 'normalize_phone', 'phone_problem', 'phone_info')), true, 'R10: immutable and parallel safe');

-- ---- the same rules in the API and in plain SQL -------------------------------------------------

SELECT is(pg_temp.keys((contacts.upsert_contact(email => given)).contact_id), 'email ' || contacts.normalize_email(given) || '*', 'R10: the API has the same key for ' || given)
  FROM unnest(ARRAY['Ann <ann@example.org>', 'X@MÜNCHEN.de', 'mailto:m@example.org']) AS given;
INSERT INTO contacts.contact (account_id, email) VALUES (1, ' Plain@Example.org ') RETURNING contact_id AS id \gset
SELECT is(pg_temp.keys(:id::bigint), 'email plain@example.org*', 'R5, R10: so has a plain INSERT');
SELECT is((pg_temp.person(:id::bigint)).email, 'Plain@Example.org', 'R10: and the spelling is kept');

SELECT * FROM finish();
ROLLBACK;
