-- world.sql: what the tests of all drivers meet.  psql -v prefix=… ; roles are cluster-wide.
--
-- Member 11 sees their own contacts, and has the role PREFIX_own; role PREFIX_app sees all.
-- Contact 1 is theirs, contact 2 is somebody else's and hidden from them.
\set ON_ERROR_STOP on
\set QUIET on
\o /dev/null
\set own :prefix _own
\set app :prefix _app
INSERT INTO contacts.member (account_id, member_id, name, access) VALUES (1, 11, 'Own', 'own'), (1, 12, 'Other', 'own');
INSERT INTO contacts.contact (contact_id, name, email, phone, owner_id) VALUES
	(1, 'Seen', 'seen@clients.example', '+14155550101', 11),
	(2, 'Hidden', 'hidden@clients.example', '+14155550102', 12);
SELECT setval('contacts.contact_contact_id_seq', 1000), setval('contacts.activity_activity_id_seq', 1000),
	setval('contacts.member_member_id_seq', 1000);
SELECT contacts.define_field('size', 'number'), contacts.define_field('langs', 'multi_select', options => '{de,en}');
CREATE ROLE :"own" LOGIN;
CREATE ROLE :"app" LOGIN;
SELECT contacts.grant_access(:'own', 'agent', member_id => 11, pin => true);
SELECT contacts.grant_access(:'app', 'admin');
