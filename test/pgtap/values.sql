-- values.sql: which value wins when details of a person come again (R20-R22, R24, R25).
-- Typed fields have fields.sql, time zones timezones.sql.
\ir start.psql
BEGIN;
SELECT plan(58);

INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 7, 'Mia'), (1, 8, 'Max');
SELECT contacts.define_field('size', 'number');
SELECT contacts.define_field('color', 'text');

-- Everything that a write would leave behind for one contact.
CREATE FUNCTION pg_temp.traces(id bigint) RETURNS text LANGUAGE sql AS $$
SELECT format('row %s %s %s, keys %s, changes %s, tags %s', c.ctid, c.xmin, c.updated_at,
	(SELECT string_agg(i.ctid::text || i.xmin, ' ' ORDER BY i.ctid) FROM contacts.identifier i WHERE i.contact_id = id),
	(SELECT count(*) FROM contacts.status_change s WHERE s.contact_id = id),
	(SELECT count(*) FROM contacts.contact_tag t WHERE t.contact_id = id))
  FROM contacts.contact c WHERE account_id = 1 AND contact_id = id $$;

-- ---- R20: new values replace, blanks keep, equals write nothing --------------------------------------

SELECT (contacts.upsert_contact(email => 'v@example.org', phone => '+14155550120', external_id => 'crm:20',
	name => 'Ann', company => 'Acme', timezone => 'Europe/Berlin', fields => '{"size":5,"color":"red"}',
	status => 'qualified', owner_id => 7, tags => ARRAY['VIP', 'Berlin'])).contact_id AS a \gset
SELECT is((pg_temp.person(:a::bigint)).name || '|' || (pg_temp.person(:a::bigint)).company || '|' || (pg_temp.person(:a::bigint)).timezone
	|| '|' || (pg_temp.person(:a::bigint)).status || '|' || (pg_temp.person(:a::bigint)).owner_id,
	'Ann|Acme|Europe/Berlin|qualified|7', 'R20: the first values are stored');
SELECT pg_temp.traces(:a::bigint) AS before \gset
SELECT is((contacts.upsert_contact(email => ' V@Example.org ', phone => '+1 415 555 0120', external_id => 'crm:20',
	name => ' Ann ', company => 'Acme', timezone => 'europe/berlin', fields => '{"size":"5.0","color":"red "}',
	status => 'qualified', owner_id => 7, tags => ARRAY['vip', 'BERLIN'])).outcome, 'unchanged',
	'R20: equal values: unchanged');
SELECT is(pg_temp.traces(:a::bigint), :'before', 'R20: equal values write nothing');
SELECT is((contacts.upsert_contact(email => 'v@example.org')).outcome, 'unchanged', 'R20: absent values: unchanged');
SELECT is((contacts.upsert_contact(email => 'v@example.org', name => ' ', company => '', timezone => '',
	fields => '{"size":null,"color":""}', tags => ARRAY['', NULL])).outcome, 'unchanged', 'R20: blank values: unchanged');
SELECT is((contacts.upsert_contact(email => 'v@example.org', fields => NULL, tags => ARRAY[]::text[])).outcome,
	'unchanged', 'R20: no fields and no tags: unchanged');
SELECT is(pg_temp.traces(:a::bigint), :'before', 'R20: blanks write nothing');
SELECT contacts.record_activity('note', email => 'v@example.org', name => 'Ann', fields => '{"size":5}');
SELECT is(pg_temp.traces(:a::bigint), :'before', 'R20: an activity that brings nothing new writes nothing to the contact');
SELECT is((contacts.update_contact(:a::bigint, '{"name":"Ann","fields":{"size":5}}')).outcome, 'unchanged',
	'R20: an edit that changes nothing: unchanged');
SELECT is(pg_temp.traces(:a::bigint), :'before', 'R20: and writes nothing');
SELECT is(contacts.set_status(ARRAY[:a::bigint], 'qualified'), 0::bigint, 'R20: the status that it has: none changed');
SELECT is(contacts.assign_contacts(ARRAY[:a::bigint], 7), 0::bigint, 'R20: the owner that it has: none changed');
SELECT is(pg_temp.traces(:a::bigint), :'before', 'R20: and nothing is written');
SELECT is((contacts.upsert_contact(email => 'v@example.org', name => 'Anna', company => 'Beta', timezone => 'Asia/Tokyo',
	fields => '{"size":6}', status => 'disqualified', owner_id => 8)).outcome, 'updated', 'R20: news: updated');
SELECT is((pg_temp.person(:a::bigint)).name || '|' || (pg_temp.person(:a::bigint)).company || '|' || (pg_temp.person(:a::bigint)).timezone
	|| '|' || (pg_temp.person(:a::bigint)).status || '|' || (pg_temp.person(:a::bigint)).owner_id || '|' || (pg_temp.person(:a::bigint)).fields,
	'Anna|Beta|Asia/Tokyo|disqualified|8|{"size": 6, "color": "red"}', 'R20: new values replace, key by key in fields');
SELECT contacts.record_activity('note', email => 'v@example.org', company => 'Gamma', status => 'qualified');
SELECT is((pg_temp.person(:a::bigint)).company || (pg_temp.person(:a::bigint)).status, 'Gammaqualified', 'R20: so do those of an activity');

-- tags always unite
SELECT contacts.upsert_contact(email => 'v@example.org', tags => ARRAY['new', 'vip']);
SELECT is((SELECT string_agg(t.name, ',' ORDER BY t.name) FROM contacts.contact_tag c JOIN contacts.tag t USING (account_id, tag_id)
	WHERE c.contact_id = :a::bigint), 'Berlin,VIP,new', 'R20: tags unite, whatever their case');
SELECT is((SELECT count(*)::int FROM contacts.tag WHERE lower(name) = 'vip'), 1, 'R60: a tag name is there once');

-- the modes of upsert
SELECT (contacts.upsert_contact(email => 'm@example.org', name => 'Mo', fields => '{"size":1}')).contact_id AS m1 \gset
SELECT is((contacts.upsert_contact(email => 'm@example.org', name => 'X', company => 'C', fields => '{"size":2,"color":"b"}',
	mode => 'fill')).outcome, 'updated', 'R71: fill');
SELECT is((pg_temp.person(:m1::bigint)).name || (pg_temp.person(:m1::bigint)).company || (pg_temp.person(:m1::bigint)).fields,
	'MoC{"size": 1, "color": "b"}', 'R71: fill: blanks only');
SELECT is((contacts.upsert_contact(email => 'm@example.org', name => 'X', phone => '+14155550121', tags => ARRAY['t'], mode => 'skip')).outcome,
	'skipped', 'R71: skip');
SELECT is((pg_temp.person(:m1::bigint)).name || ' ' || pg_temp.keys(:m1::bigint), 'Mo email m@example.org*', 'R71: skip leaves it alone');
SELECT is((contacts.upsert_contact(email => 'skip-new@example.org', mode => 'skip')).outcome, 'created', 'R71: skip creates who is new');
SELECT * FROM contacts.upsert_contact(email => 'm@example.org', name => 'Twin', mode => 'create') \gset r_
SELECT is(:'r_outcome' || ' ' || :'r_duplicate_of', 'created ' || :'m1', 'R71: create: a second contact, and a pair');
SELECT is(pg_temp.keys(:r_contact_id::bigint), NULL, 'R71: create does not claim the taken e-mail');
SELECT is((pg_temp.person(:r_contact_id::bigint)).email, 'm@example.org', 'R71: but shows it');

-- ---- R21: late news -----------------------------------------------------------------------------

SELECT * FROM contacts.record_activity('booking', email => 'late@example.org', name => 'New', status => 'qualified',
	fields => '{"size":10}', occurred_at => '2024-06-01 00:00+00') \gset l_
SELECT is((pg_temp.person(:l_contact_id::bigint)).details_at, '2024-06-01 00:00+00'::timestamptz,
	'R21: details_at is the time of the activity');
SELECT contacts.record_activity('form', email => 'late@example.org', name => 'Old', company => 'Acme', status => 'disqualified',
	fields => '{"size":1,"color":"red"}', phone => '+14155550221', occurred_at => '2024-01-01 00:00+00');
SELECT is((pg_temp.person(:l_contact_id::bigint)).name || '|' || (pg_temp.person(:l_contact_id::bigint)).company || '|' ||
	(pg_temp.person(:l_contact_id::bigint)).status || '|' || (pg_temp.person(:l_contact_id::bigint)).fields,
	'New|Acme|qualified|{"size": 10, "color": "red"}', 'R21: older details fill blanks only');
SELECT is((pg_temp.person(:l_contact_id::bigint)).details_at, '2024-06-01 00:00+00'::timestamptz,
	'R21: and do not move details_at');
SELECT is(pg_temp.keys(:l_contact_id::bigint), 'email late@example.org*, phone +14155550221*', 'R21: identifiers are added as usual');
SELECT contacts.record_activity('form', email => 'late@example.org', name => 'Newest', occurred_at => '2024-07-01 00:00+00');
SELECT is((pg_temp.person(:l_contact_id::bigint)).name || (pg_temp.person(:l_contact_id::bigint)).details_at, 'Newest2024-07-01 00:00:00+00',
	'R21: later details replace and move details_at');
SELECT contacts.record_activity('form', email => 'late@example.org', name => 'Same time', occurred_at => '2024-07-01 00:00+00');
SELECT is((pg_temp.person(:l_contact_id::bigint)).name, 'Same time', 'R21: of the same time counts as news');
SELECT contacts.record_activity('meeting', email => 'late@example.org', name => 'Future', occurred_at => '2999-01-01 00:00+00');
SELECT contacts.record_activity('form', email => 'late@example.org', name => 'Now');
SELECT is((pg_temp.person(:l_contact_id::bigint)).name, 'Now', 'R21: a time in the future does not shut out what comes now');
SELECT contacts.update_contact(:l_contact_id::bigint, '{"name":"Edited"}');
SELECT contacts.record_activity('form', email => 'late@example.org', name => 'Yesterday', occurred_at => now() - interval '1 day');
SELECT is((pg_temp.person(:l_contact_id::bigint)).name, 'Edited', 'R21: an edit is newer than yesterday''s activity');
UPDATE contacts.contact SET name = 'By SQL', details_at = '2020-01-01' WHERE contact_id = :l_contact_id::bigint;
UPDATE contacts.contact SET name = 'By SQL too' WHERE contact_id = :l_contact_id::bigint;
SELECT contacts.record_activity('form', email => 'late@example.org', name => 'Yesterday', occurred_at => now() - interval '1 day');
SELECT is((pg_temp.person(:l_contact_id::bigint)).name, 'By SQL too', 'R21: so is a plain UPDATE');
INSERT INTO contacts.contact (account_id, email, name) VALUES (1, 'insert21@example.org', 'By INSERT') RETURNING contact_id AS id \gset
SELECT contacts.record_activity('form', email => 'insert21@example.org', name => 'Years ago', occurred_at => now() - interval '3 years');
SELECT is((pg_temp.person(:id::bigint)).name, 'By INSERT', 'R21: and a plain INSERT');

-- ---- R22: edits ---------------------------------------------------------------------------------

SELECT is((contacts.update_contact(:a::bigint, '{"company":null,"timezone":null,"status":null,"owner_id":null,"phone":null}')).outcome,
	'updated', 'R22: an edit with nulls');
SELECT is((pg_temp.person(:a::bigint)).company || (pg_temp.person(:a::bigint)).timezone || (pg_temp.person(:a::bigint)).status
	|| (pg_temp.person(:a::bigint)).owner_id || (pg_temp.person(:a::bigint)).phone, NULL, 'R22: an explicit null clears');
SELECT is((pg_temp.person(:a::bigint)).name || (pg_temp.person(:a::bigint)).email, 'Annav@example.org', 'R22: an absent key keeps');
SELECT is(contacts.find_contact(phone => '+14155550120'), NULL, 'R22: a cleared phone finds nobody any more');
SELECT is(pg_temp.keys(:a::bigint), 'email v@example.org*, external crm:20', 'R22: its identifier is free');
SELECT contacts.update_contact(:a::bigint, '{"name":" ","fields":null}');
SELECT is((pg_temp.person(:a::bigint)).name, NULL, 'R22: in an edit a blank text clears, too');
SELECT is((pg_temp.person(:a::bigint)).fields, '{}', 'R22: fields null clears them all');
SELECT contacts.update_contact(:a::bigint, '{"email":"v2@example.org","phone":"+14155550122","name":"Ann","owner_id":7,"status":"qualified"}');
SELECT is(pg_temp.keys(:a::bigint), 'email v2@example.org*, phone +14155550122*, external crm:20',
	'R22: a changed e-mail replaces the former identifier');
UPDATE contacts.contact SET name = NULL, phone = NULL WHERE contact_id = :a::bigint;
SELECT is(pg_temp.keys(:a::bigint), 'email v2@example.org*, external crm:20', 'R22: plain UPDATE to null clears and frees');
SELECT is((contacts.update_contact(:a::bigint, '{}')).outcome, 'unchanged', 'R22: no keys change nothing');

-- ---- R24: status --------------------------------------------------------------------------------

CREATE FUNCTION pg_temp.history(id bigint) RETURNS text LANGUAGE sql AS $$
SELECT string_agg(coalesce(from_status::text, '-') || '>' || coalesce(to_status::text, '-') || ' ' || source || ' ' || actor
	|| ' ' || coalesce(member_id::text, '-'), ', ' ORDER BY status_change_id)
  FROM contacts.status_change WHERE contact_id = id $$;
SET LOCAL contacts.actor = 'crm-app';
SELECT (contacts.record_activity('chat', email => 's24@example.org', source => 'bot', status => 'marketing_qualified')).contact_id AS id \gset
SELECT is(pg_temp.history(:id::bigint), '->marketing_qualified bot crm-app -', 'R24: the first status, by the source of its activity');
SET LOCAL contacts.member_id = '7';
SELECT contacts.set_status(ARRAY[:id::bigint], 'sales_qualified');
SELECT contacts.set_status(ARRAY[:id::bigint], NULL, 'bot');
SELECT contacts.upsert_contact(email => 's24@example.org', status => 'qualified');
SELECT contacts.update_contact(:id::bigint, '{"status":"disqualified"}');
UPDATE contacts.contact SET status = 'qualified' WHERE contact_id = :id::bigint;
RESET contacts.actor;
RESET contacts.member_id;
UPDATE contacts.contact SET status = NULL WHERE contact_id = :id::bigint;
SELECT is(pg_temp.history(:id::bigint), '->marketing_qualified bot crm-app -, '
	'marketing_qualified>sales_qualified manual crm-app 7, sales_qualified>- bot crm-app 7, '
	'->qualified api crm-app 7, qualified>disqualified api crm-app 7, disqualified>qualified manual crm-app 7, '
	'qualified>- manual ' || current_user || ' -', 'R24: each change with from, to, source, actor, member');
SELECT is((SELECT count(*)::int FROM contacts.status_change WHERE contact_id = :id::bigint AND changed_at = now()), 7, 'R24: and its time');
SELECT is(contacts.set_status(ARRAY[:id::bigint, :a::bigint, :id::bigint], 'qualified'), 1::bigint, 'R24: set_status counts the changed, each once');
SELECT is((SELECT string_agg(e.enumlabel, ' ' ORDER BY enumsortorder) FROM pg_enum e WHERE enumtypid = 'contacts.contact_status'::regtype),
	'qualified marketing_qualified sales_qualified disqualified', 'R24: the four statuses');

-- ---- R25: texts ---------------------------------------------------------------------------------

SELECT (contacts.upsert_contact(email => 'Sq@Example.org', name => E'  Mary \t Ann\n  McDONALD ', company => U&'\00A0ACME\3000 \00A0Ltd\FEFF')).contact_id AS id \gset
SELECT is((pg_temp.person(:id::bigint)).name, 'Mary Ann McDONALD', 'R25: names are trimmed and squeezed, not case-folded');
SELECT is((pg_temp.person(:id::bigint)).company, 'ACME Ltd', 'R25: companies too, of any white space');
SELECT is((pg_temp.person(:id::bigint)).email, 'Sq@Example.org', 'R25: an e-mail is shown as entered');
SELECT contacts.update_contact(:id::bigint, '{"name":" A   B "}');
SELECT is((pg_temp.person(:id::bigint)).name, 'A B', 'R25: in an edit');
UPDATE contacts.contact SET company = '  C   D ' WHERE contact_id = :id::bigint;
SELECT is((pg_temp.person(:id::bigint)).company, 'C D', 'R25: in a plain UPDATE');
SELECT is(pg_temp.failure(format('UPDATE contacts.contact SET timezone = %L WHERE contact_id = %s', 'Mars/Phobos', :id::bigint)), '22P02',
	'R25: a time zone must exist');

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
