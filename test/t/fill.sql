-- A company with some of everything, in the accounts 1 and 2.
SELECT contacts.set_account(name => 'One', default_region => 'US', unknown_fields => 'keep');
SELECT contacts.set_account(name => 'Two', phone_match => 'fill', account_id => 2);
SELECT contacts.define_field('size', 'number', 'Team size');
SELECT contacts.define_field('plan', 'dropdown', options => ARRAY['free', 'gold']);
SELECT contacts.define_field('old', 'text');
SELECT contacts.archive_field('old');
INSERT INTO contacts.member (account_id, member_id, name, email, team, access)
VALUES (1, 1, 'Ina', 'ina@staff.example', 'north', 'all'), (1, 2, 'Olaf', NULL, 'south', 'own'),
	   (2, 3, 'Uwe', NULL, NULL, 'team');
SELECT setval('contacts.member_member_id_seq', 3);
INSERT INTO contacts.blocked_identifier (account_id, kind, value, reason)
VALUES (1, 'email', 'Test@Test.example', 'a placeholder of the shop');

SELECT count(*) FROM contacts.record_activities((
	SELECT jsonb_agg(jsonb_build_object(
		'kind', (ARRAY['form', 'booking', 'chat'])[1 + i % 3],
		'email', CASE WHEN i % 7 <> 0 THEN format('Person%s@Mail.example', i % 150) END,
		'phone', CASE WHEN i % 5 = 0 THEN format('(415) 200-%s', 1000 + i % 90) END,
		'visitor', CASE WHEN i % 4 = 0 THEN format('cookie-%s', i % 60) END,
		'external_id', CASE WHEN i % 11 = 0 THEN format('crm:%s', i % 40) END,
		'name', format('Pérson "%s" \ Näme', i % 150),
		'company', CASE WHEN i % 3 = 0 THEN E'Ac\tme, Inc.' END,
		'fields', jsonb_build_object('size', i % 9, 'plan', 'gold', 'extra', E'line\nbreak'),
		'status', (ARRAY['qualified', 'sales_qualified', NULL, 'disqualified'])[1 + i % 4],
		'source', 'web', 'source_ref', CASE WHEN i % 2 = 0 THEN (i % 400)::text END,
		'occurred_at', timestamptz '2026-01-01 00:00Z' + i * interval '1 hour',
		'state', (ARRAY['scheduled', 'completed', 'cancelled'])[1 + i % 3],
		'data', jsonb_build_object('i', i, 'text', E'a\\b"c\u00fc'),
		'assigned_to', 1 + i % 2) ORDER BY i)
	FROM generate_series(1, 1000) i), 'report');
SELECT count(*) FROM contacts.record_activities((
	SELECT jsonb_agg(jsonb_build_object('kind', 'call', 'phone', '+49 30 12345' || 600 + i % 50))
	FROM generate_series(1, 100) i), account_id => 2);
SELECT contacts.upsert_contact(email => 'tagged@mail.example', name => 'Tagged',
							   tags => ARRAY['VIP', 'News, weekly'], owner_id => 1);
SELECT contacts.create_contact(email => 'gone@mail.example', name => 'Gone');
UPDATE contacts.contact SET deleted_at = '2026-05-01' WHERE name = 'Gone';
SELECT contacts.create_contact(email => 'removed@mail.example');
DELETE FROM contacts.contact WHERE email = 'removed@mail.example';
INSERT INTO contacts.page_view (account_id, visitor, url, title, seconds, viewed_at)
SELECT 1, 'cookie-' || i % 60, '/page/' || i, 'Page', i % 300, timestamptz '2026-02-01 00:00Z'
FROM generate_series(1, 200) i;
UPDATE contacts.contact SET email = 'Changed@mail.example' WHERE account_id = 1
	AND email = 'Person3@Mail.example';
