-- merge.sql: folding contacts into one, looking at it before, undoing it (R40, R41, R42, R43, R44, R45).
\ir start.psql
BEGIN;
SELECT plan(99);

CREATE FUNCTION pg_temp.tags(id bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(name, ' ' ORDER BY name) FROM contacts.contact_tag ct JOIN contacts.tag t USING (account_id, tag_id)
    WHERE account_id = 1 AND contact_id = id $$;
CREATE FUNCTION pg_temp.activities(id bigint) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(title, ' ' ORDER BY title) FROM contacts.activity WHERE account_id = 1 AND contact_id = id $$;
-- Two contacts: Ann has name, e-mail, size; Bea has all of it otherwise, and more.
CREATE FUNCTION pg_temp.ann_and_bea(nr text, OUT ann bigint, OUT bea bigint) LANGUAGE plpgsql AS $$
BEGIN
	ann := (contacts.create_contact(email => 'ann' || nr || '@example.org', visitor => 'ann' || nr, name => 'Ann', tags => ARRAY['both', 'one'],
		fields => '{"size": 3, "langs": ["en"]}', external_id => 'crm:a' || nr)).contact_id;
	bea := (contacts.create_contact(email => 'bea' || nr || '@example.org', phone => '+1415555' || lpad(nr, 4, '0'), name => 'Bea', company => 'Acme', timezone => 'Europe/Berlin',
		fields => '{"size": 4, "langs": ["de"], "city": "Rome"}', status => 'qualified', owner_id => 7, tags => ARRAY['both', 'two'])).contact_id;
	PERFORM contacts.record_activity('note', email => 'ann' || nr || '@example.org', title => 'a1');
	PERFORM contacts.record_activity('note', email => 'bea' || nr || '@example.org', title => 'b' || n) FROM generate_series(1, 2) n;
END $$;
-- Every row that belongs to contacts, but for the times of change and what is only ever added to.
CREATE FUNCTION pg_temp.snapshot() RETURNS text LANGUAGE plpgsql AS $$
DECLARE name text; part text; result text := '';
BEGIN
	FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relkind = 'r' AND relname NOT IN
		('audit_log', 'audit_group', 'event', 'event_delivery', 'merge', 'merge_move', 'status_change', 'schema_version') ORDER BY relname LOOP
		EXECUTE format('SELECT string_agg(t.r, E''\n'' ORDER BY t.r) FROM (SELECT (to_jsonb(x) - ''updated_at'')::text AS r FROM contacts.%I x) t', name) INTO part;
		result := result || name || E'\n' || coalesce(part, '') || E'\n';
	END LOOP;
	RETURN result;
END $$;
INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 7, 'Mia'), (1, 8, 'Max');
SELECT contacts.define_field('size', 'number'), contacts.define_field('city', 'text'), contacts.define_field('langs', 'multi_select', options => '{de,en,fr}');

-- ---- R42: which values win ----------------------------------------------------------------------

SELECT ann, bea FROM pg_temp.ann_and_bea('1') \gset
SELECT pg_temp.snapshot() AS before \gset
SELECT contacts.merge_contacts(:ann, ARRAY[:bea]) AS merge \gset
SELECT is((pg_temp.person(:ann)).company || (pg_temp.person(:ann)).timezone || (pg_temp.person(:ann)).phone, 'AcmeEurope/Berlin+14155550001', 'R42: what was blank is filled from the duplicate');
SELECT is((pg_temp.person(:ann)).name || ' ' || (pg_temp.person(:ann)).email, 'Ann ann1@example.org', 'R42: the primary''s values win');
SELECT is((pg_temp.person(:ann)).fields, '{"size": 3, "city": "Rome", "langs": ["de", "en"]}'::jsonb, 'R42: so for custom fields, but choices unite, in the order of the options');
SELECT is((pg_temp.person(:ann)).status || ' ' || (pg_temp.person(:ann)).owner_id, 'qualified 7', 'R42: status and owner of the primary, else filled');
SELECT is(pg_temp.keys(:ann), 'email ann1@example.org*, email bea1@example.org, phone +14155550001*, external crm:a1, visitor ann1', 'R42: identifiers unite');
SELECT is(pg_temp.tags(:ann), 'both one two', 'R42: tags unite');
SELECT is(pg_temp.activities(:ann), 'a1 b1 b2', 'R42: activities unite');
SELECT results_eq(format('SELECT from_status::text, to_status::text, source FROM contacts.status_change WHERE contact_id = %s', :ann), $$VALUES (NULL, 'qualified', 'merge')$$, 'R24: a status that a merge gives is kept with source merge');
SELECT is((SELECT count(*)::int FROM contacts.contact_overview WHERE contact_id IN (:ann, :bea)), 1, 'R44: views show the survivor only');
SELECT is((SELECT primary_id || ' ' || duplicate_ids::text || ' ' || prefer FROM contacts.merge WHERE merge_id = :merge), :ann || ' {' || :bea || '} primary', 'R42: the merge is noted');
SELECT is((SELECT count(DISTINCT cause_id)::int FROM contacts.audit_log WHERE cause = 'merge_contacts' AND cause_id = :merge), 1, 'R93: audit entries name the merge');
SELECT is((SELECT string_agg(kind, ' ' ORDER BY event_id) FROM contacts.event WHERE cause = 'merge_contacts'), 'contact.updated contact.status_changed contact.merged', 'R44: a merge is an event of its own; the duplicate raises none');
SELECT is((SELECT payload -> 'duplicate_ids' FROM contacts.event WHERE kind = 'contact.merged' AND contact_id = :ann), to_jsonb(ARRAY[:bea]), 'R100: it names the duplicates');

-- ---- R45: back ----------------------------------------------------------------------------------

SELECT results_eq(format('SELECT * FROM contacts.unmerge(%s)', :merge), format('VALUES (%s::bigint, ''{}''::text[])', :bea), 'R45: unmerge restores the duplicate and keeps nothing');
SELECT is(pg_temp.snapshot(), :'before', 'R45: every row is as before');
SELECT is((SELECT count(*)::int FROM contacts.event WHERE kind = 'contact.unmerged' AND contact_id = :ann), 1, 'R45: an event tells of it');
SELECT alike(pg_temp.error_of(format('SELECT contacts.unmerge(%s)', :merge)), '55000 | merge cannot be undone | It was undone before.%', 'R45: once');
SELECT alike(pg_temp.error_of('SELECT contacts.unmerge(99999)'), 'P0002%', 'R45: an unknown merge');

-- latest: details_at decides
UPDATE contacts.contact SET details_at = '2030-01-01' WHERE contact_id = :bea;
SELECT contacts.merge_contacts(:ann, ARRAY[:bea], 'latest') AS merge \gset
SELECT is((pg_temp.person(:ann)).name || ' ' || (pg_temp.person(:ann)).email || ' ' || ((pg_temp.person(:ann)).fields ->> 'size'), 'Bea bea1@example.org 4', 'R42: prefer latest: the newest details win');
SELECT is(pg_temp.keys(:ann), 'email ann1@example.org, email bea1@example.org*, phone +14155550001*, external crm:a1, visitor ann1', 'R42: and the e-mail shown is the primary one');
SELECT is((pg_temp.person(:ann)).details_at, '2030-01-01'::timestamptz, 'R21: news are measured against the newest details of all');
SELECT contacts.unmerge(:merge);
SELECT is(pg_temp.keys(:ann) || ', ' || pg_temp.keys(:bea), 'email ann1@example.org*, external crm:a1, visitor ann1, email bea1@example.org*, phone +14155550001*', 'R45: primary identifiers are as before');

-- reviewed values
SELECT contacts.merge_contacts(:ann, ARRAY[:bea], 'primary', '{"name": " Anna  B. ", "email": "BEA1@example.org", "company": null, "fields": {"size": 9}, "owner_id": 8}') AS merge \gset
SELECT is((pg_temp.person(:ann)).name || ' ' || (pg_temp.person(:ann)).email || ' ' || ((pg_temp.person(:ann)).fields ->> 'size') || (pg_temp.person(:ann)).owner_id, 'Anna B. BEA1@example.org 98', 'R42: reviewed values win over all');
SELECT is((pg_temp.person(:ann)).company, NULL, 'R42: a reviewed null clears');
SELECT is(pg_temp.keys(:ann), 'email ann1@example.org, email bea1@example.org*, phone +14155550001*, external crm:a1, visitor ann1', 'R42: the reviewed e-mail is the primary one');
SELECT contacts.unmerge(:merge);
SELECT contacts.merge_contacts(:ann, ARRAY[:bea], overrides => '{"email": "fresh@example.org"}') AS merge \gset
SELECT is(contacts.find_contact(email => 'fresh@example.org'), :ann::bigint, 'R42: a reviewed e-mail that nobody has is claimed');
SELECT contacts.unmerge(:merge);
SELECT is(pg_temp.keys(:ann), 'email ann1@example.org*, external crm:a1, visitor ann1', 'R45: it is gone with the merge');
SELECT (contacts.create_contact(email => 'third@example.org')).contact_id AS third \gset
SELECT alike(pg_temp.error_of(format($$SELECT contacts.merge_contacts(%s, ARRAY[%s], overrides => '{"email": "third@example.org"}')$$, :ann, :bea)), '23505 | e-mail address is already used%', 'R11: a reviewed e-mail of a third contact is refused');
SELECT alike(pg_temp.error_of(format($$SELECT contacts.merge_contacts(%s, ARRAY[%s], %s)$$, :ann, :bea, argument)), state || '%', 'R42: bad ' || argument)
  FROM (VALUES ('''newest''', '22023 | invalid prefer: "newest"'), ('overrides => ''{"nme": 1}''', '22023 | invalid key: "nme"'), ('overrides => ''[]''', '22023'),
	('overrides => ''{"email": "x"}''', '22P02'), ('overrides => ''{"timezone": "Mars"}''', '22P02'), ('overrides => ''{"owner_id": 99}''', 'P0002'), ('overrides => ''{"fields": {"nix": 1}}''', '22')) AS t(argument, state);
SELECT alike(pg_temp.error_of(format(statement, :ann, :bea)), state || '%', 'R42: ' || statement)
  FROM (VALUES ('SELECT contacts.merge_contacts(%1$s, ARRAY[%1$s])', '22023 | invalid duplicate_ids'), ('SELECT contacts.merge_contacts(%1$s, ''{}'')', '22023'),
	('SELECT contacts.merge_contacts(%1$s, ARRAY[%2$s, NULL])', '22023'), ('SELECT contacts.merge_contacts(%1$s, NULL)', '22023'), ('SELECT contacts.merge_contacts(NULL, ARRAY[%2$s])', '22023'),
	('SELECT contacts.merge_contacts(%1$s, ARRAY[99999])', 'P0002 | contact 99999 does not exist'), ('SELECT contacts.merge_contacts(99999, ARRAY[%1$s])', 'P0002'), ('SELECT contacts.merge_contacts(%1$s, ARRAY[%2$s], account_id => 2)', 'P0002')) AS t(statement, state);
SELECT is(pg_temp.keys(:ann), 'email ann1@example.org*, external crm:a1, visitor ann1', 'R42: what was refused changed nothing');

-- ---- R43: the preview ---------------------------------------------------------------------------

SELECT results_eq(format('SELECT field, result, source_id FROM contacts.merge_preview(%s, ARRAY[%s]) WHERE field NOT IN (''created_at'')', :ann, :bea),
	format($$VALUES ('name', '"Ann"'::jsonb, %1$s::bigint), ('email', '"ann1@example.org"', %1$s), ('phone', '"+14155550001"', %2$s), ('company', '"Acme"', %2$s), ('timezone', '"Europe/Berlin"', %2$s),
	('status', '"qualified"', %2$s), ('owner_id', '7', %2$s), ('source', '"api"', %1$s), ('fields.city', '"Rome"', %2$s), ('fields.size', '3', %1$s), ('fields.langs', '["de", "en"]', NULL),
	('moves.identifiers', '2', NULL), ('moves.activities', '2', NULL), ('moves.tags', '1', NULL), ('moves.page_views', '0', NULL)$$, :ann, :bea), 'R43: the preview has each field, its result and who gives it, and what would move');
SELECT is((SELECT candidates FROM contacts.merge_preview(:ann, ARRAY[:bea]) WHERE field = 'name'), jsonb_build_array(jsonb_build_object('contact_id', :ann, 'value', 'Ann'), jsonb_build_object('contact_id', :bea, 'value', 'Bea')), 'R43: candidates');
SELECT is((SELECT string_agg(field, ' ') FROM contacts.merge_preview(:ann, ARRAY[:bea]) WHERE disagree AND field <> 'created_at'), 'name email fields.size fields.langs', 'R43: where they disagree');
SELECT is((SELECT result #>> '{}' || coalesce(source_id::text, ' nobody') FROM contacts.merge_preview(:ann, ARRAY[:bea], overrides => '{"name": "Zoe"}') WHERE field = 'name'), 'Zoe nobody', 'R43: a reviewed value');
SELECT is((SELECT string_agg(result #>> '{}', ' ') FROM contacts.merge_preview(:ann, ARRAY[:bea], 'latest') WHERE field IN ('name', 'email')), 'Bea bea1@example.org', 'R43: prefer latest');
SELECT is(pg_temp.keys(:bea), 'email bea1@example.org*, phone +14155550001*', 'R43: nothing is written');
SELECT alike(pg_temp.error_of(format('SELECT * FROM contacts.merge_preview(%s, ARRAY[%1$s])', :ann)), '22023%', 'R43: refused as the merge would be');

-- ---- R40: an edit that meets another contact ----------------------------------------------------

SELECT ann, bea FROM pg_temp.ann_and_bea('2') \gset
SELECT alike(pg_temp.error_of(format($$SELECT contacts.update_contact(%s, '{"email": "bea2@example.org"}')$$, :ann)), format('23505 | e-mail address is already used by another contact | It belongs to contact %s. | Merge %%', :bea), 'R40: an e-mail of another contact: 23505, with its id and a hint');
SELECT alike(pg_temp.error_of(format($$UPDATE contacts.contact SET phone = '+1 415 555 0002' WHERE contact_id = %s$$, :ann)), '23505%', 'R40: a phone, by plain SQL');
SELECT is(contacts.update_contact(:ann, '{"email": "bea2@example.org", "name": "Anna", "company": "", "fields": {"size": 5}}', 'merge'), ROW(:ann, 'merged', NULL, NULL)::contacts.upserted, 'R40: on_duplicate merge: the edited contact survives');
SELECT is((pg_temp.person(:ann)).name || ' ' || (pg_temp.person(:ann)).email || ' ' || ((pg_temp.person(:ann)).fields ->> 'size'), 'Anna bea2@example.org 5', 'R40: updating existing information: entered values win');
SELECT is((pg_temp.person(:ann)).company || (pg_temp.person(:ann)).phone || ((pg_temp.person(:ann)).fields ->> 'city'), 'Acme+14155550002Rome', 'R40: filling missing information, also where the entry is empty');
SELECT is((pg_temp.person(:ann)).fields -> 'langs', '["de", "en"]'::jsonb, 'R40: retaining existing data that is not provided');
SELECT is(pg_temp.keys(:ann), 'email ann2@example.org, email bea2@example.org*, phone +14155550002*, external crm:a2, visitor ann2', 'R40: the former e-mail stays an identifier');
SELECT is(contacts.resolve_contact(:bea), :ann::bigint, 'R40: the other one redirects');
SELECT contacts.unmerge((SELECT max(merge_id) FROM contacts.merge));
SELECT is((pg_temp.person(:ann)).name || ' ' || (pg_temp.person(:ann)).email || ' ' || (pg_temp.person(:bea)).email, 'Anna ann2@example.org bea2@example.org', 'R45: undone, the e-mail goes back and the rest of the edit stays');
SELECT (contacts.create_contact(phone => '+14155559902', name => 'Cy')).contact_id AS cy \gset
SELECT is((contacts.update_contact(:ann, '{"email": "bea2@example.org", "phone": "+14155559902"}', 'merge')).outcome, 'merged', 'R40: e-mail and phone of two others');
SELECT is(ARRAY[contacts.resolve_contact(:bea), contacts.resolve_contact(:cy)], ARRAY[:ann, :ann]::bigint[], 'R40: both are folded in');
SELECT is((contacts.update_contact(:ann, '{"name": "Solo"}', 'merge')).outcome, 'updated', 'R40: without a conflict it is a plain edit');
SELECT is((contacts.update_contact(:cy, '{"email": "bea2@example.org"}', 'merge')).outcome, 'unchanged', 'R44: through a redirect, its own e-mail is no conflict');
SELECT alike(pg_temp.error_of(format($$SELECT contacts.update_contact(%s, '{"name": "x"}', 'join')$$, :ann)), '22023 | invalid on_duplicate: "join"%error, merge%', 'R40: other choices are refused');

-- ---- R44: redirects -----------------------------------------------------------------------------

SELECT is((contacts.record_activity('note', email => 'bea2@example.org', title => 'later')).contact_id, :ann::bigint, 'R44: identifiers of the merged find the survivor');
SELECT is((contacts.record_activity('note', phone => '+14155559902', title => 'call')).contact_id, :ann::bigint, 'R44: each of them');
SELECT alike(pg_temp.error_of(format('SELECT contacts.merge_contacts(%s, ARRAY[%s])', :bea, :cy)), '55000 | contacts % are one already%', 'R44: merging what is one already');
SELECT ann AS dan, bea AS eve FROM pg_temp.ann_and_bea('3') \gset
SELECT contacts.merge_contacts(:eve, ARRAY[:cy, :bea]) AS merge \gset
SELECT is((SELECT duplicate_ids FROM contacts.merge WHERE merge_id = :merge), ARRAY[:ann]::bigint[], 'R44: ids of merged contacts stand for their survivor, once');
SELECT is(contacts.resolve_contact(:cy), :eve::bigint, 'R44: chains resolve to the end');

-- ---- R45: last merge first, what changed since ---------------------------------------------------

SELECT max(merge_id) AS last, min(merge_id) AS first FROM contacts.merge WHERE undone_at IS NULL \gset
SELECT alike(pg_temp.error_of(format('SELECT contacts.unmerge(%s)', :first)), format('55000 | merge cannot be undone | The survivor took part in merge %s after it. | Undo merge %1$s first.', :last), 'R45: the last merge first');
SELECT contacts.record_activity('note', email => 'ann2@example.org', title => 'between');
SELECT contacts.update_contact(:eve, '{"company": "New", "fields": {"city": "Oslo"}}');
DELETE FROM contacts.contact_tag WHERE contact_id = :eve AND tag_id = (SELECT tag_id FROM contacts.tag WHERE name = 'one');
SELECT contacts.remove_identifier(:eve, 'external', 'crm:a2');
SELECT is((SELECT kept FROM contacts.unmerge(:last)), '{identifiers,tags}', 'R45: what was removed since is reported');
SELECT is(pg_temp.activities(:eve) || ' / ' || pg_temp.activities(:ann), 'b1 b2 between / a1 b1 b2 call later', 'R45: activities recorded since stay with the survivor, the others go back');
SELECT is(pg_temp.keys(:ann) || ' / ' || pg_temp.tags(:ann), 'email ann2@example.org, email bea2@example.org*, phone +14155550002, phone +14155559902*, visitor ann2 / both two', 'R45: all else is as before');
SELECT is((SELECT string_agg(contact_id::text || kept::text, ' ') FROM contacts.unmerge(:first)), :bea || '{} ' || :cy || '{}', 'R45: then the one before');
SELECT ann, bea FROM pg_temp.ann_and_bea('4') \gset
SELECT contacts.merge_contacts(:ann, ARRAY[:bea]) AS merge \gset
SELECT contacts.update_contact(:ann, '{"company": "New", "fields": {"city": "Oslo"}}'), contacts.set_status(ARRAY[:ann], 'disqualified');
SELECT is((SELECT kept FROM contacts.unmerge(:merge)), '{status,company,fields.city}', 'R45: values edited since are kept and reported');
SELECT is((pg_temp.person(:ann)).company || ((pg_temp.person(:ann)).fields ->> 'city') || (pg_temp.person(:ann)).status, 'NewOslodisqualified', 'R45: they stay');
SELECT is((pg_temp.person(:ann)).timezone, NULL, 'R45: the others are taken back');
SELECT contacts.merge_contacts(:ann, ARRAY[:bea]) AS merge \gset
SELECT contacts.set_primary_identifier(:ann, 'email', 'bea4@example.org');
SELECT contacts.unmerge(:merge);
SELECT is((pg_temp.person(:ann)).email || ' ' || pg_temp.keys(:bea), 'ann4@example.org email bea4@example.org*, phone +14155550004*', 'R45: an e-mail that goes home is not shown by the survivor any more');
SELECT contacts.define_field('plan', 'dropdown', options => '{free,gold}');
INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 9, 'Moe');
SELECT contacts.update_contact(:ann, '{"owner_id": 9, "fields": {"plan": "free"}}');
SELECT contacts.merge_contacts(:ann, ARRAY[:bea], overrides => '{"owner_id": 8, "fields": {"plan": "gold"}}') AS merge \gset
DELETE FROM contacts.member WHERE member_id = 9;
SELECT contacts.define_field('plan', 'dropdown', options => '{gold,pro}');
SELECT is((SELECT kept FROM contacts.unmerge(:merge)), '{owner_id,fields.plan}', 'R45: a value that does not fit any more is kept, too');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: so that everything is in order');
SELECT contacts.merge_contacts(:ann, ARRAY[:bea]) AS merge \gset
SELECT contacts.delete_contacts(ARRAY[:bea]);
SELECT alike(pg_temp.error_of(format('SELECT contacts.unmerge(%s)', :merge)), '55000 | merge cannot be undone | The survivor is deleted.%', 'R45: not while the survivor is deleted');
SELECT contacts.restore_contacts(ARRAY[:ann]);
UPDATE contacts.contact SET anonymized_at = now() WHERE contact_id = :ann;
SELECT alike(pg_temp.error_of(format('SELECT contacts.unmerge(%s)', :merge)), '55000 | merge cannot be undone | Personal data%', 'R45: not after erasure');
UPDATE contacts.contact SET anonymized_at = NULL WHERE contact_id = :ann;
SELECT contacts.unmerge(:merge);

-- ---- R50: planned activities --------------------------------------------------------------------

SELECT (contacts.create_contact(phone => '+14155559905', name => 'Pat')).contact_id AS pat, (contacts.create_contact(email => 'quinn@example.org')).contact_id AS quinn \gset
SELECT contacts.record_activity('booking', phone => '+14155559905', title => 'p', state => 'scheduled', starts_at => now() + interval '1 day', calendar => 'google');
SELECT contacts.record_activity('booking', email => 'quinn@example.org', title => 'q', state => 'scheduled', starts_at => now() + interval '1 day');
SELECT pg_temp.snapshot() AS before \gset
SELECT contacts.merge_contacts(:pat, ARRAY[:quinn]) AS merge \gset
SELECT is((SELECT string_agg(title || coalesce(recipient_email, '-'), ' ' ORDER BY title) FROM contacts.activity WHERE contact_id = :pat), 'pquinn@example.org qquinn@example.org', 'R50: an e-mail that the survivor gets reaches its planned activities');
SELECT is((SELECT count(*)::int FROM contacts.event WHERE kind = 'calendar.update' AND contact_id = :pat), 1, 'R50: and their calendars');
SELECT contacts.unmerge(:merge);
SELECT is(pg_temp.snapshot(), :'before', 'R45: recipients go back, too');

-- ---- R46: pairs to review -----------------------------------------------------------------------

SELECT (contacts.create_contact(name => 'One')).contact_id AS one, (contacts.create_contact(name => 'Two')).contact_id AS two, (contacts.create_contact(name => 'Three')).contact_id AS three, (contacts.create_contact(name => 'Four')).contact_id AS four \gset
INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score, state) VALUES (:one, :two, '{x}', 0.9, 'open'), (:two, :three, '{y}', 0.8, 'open'), (:two, :four, '{z}', 0.7, 'dismissed'), (:one, :four, '{w}', 1, 'open');
SELECT pg_temp.snapshot() AS before \gset
SELECT contacts.merge_contacts(:one, ARRAY[:two]) AS merge \gset
SELECT results_eq('SELECT contact_id, other_id, reasons, state FROM contacts.duplicate WHERE contact_id >= ' || :one || ' ORDER BY 1, 2',
	format($$VALUES (%1$s::bigint, %2$s::bigint, '{x}'::text[], 'merged'), (%1$s, %3$s, '{y}', 'open'), (%1$s, %4$s, '{w}', 'open'), (%2$s, %3$s, '{y}', 'merged'), (%2$s, %4$s, '{z}', 'merged')$$, :one, :two, :three, :four),
	'R46: pairs of the duplicate are settled, the survivor takes its place in those with others');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: no open pair of a merged contact');
SELECT contacts.unmerge(:merge);
SELECT is(pg_temp.snapshot(), :'before', 'R45: pairs are as before');

-- ---- tables of the user's own -------------------------------------------------------------------

CREATE TABLE pg_temp.nothing ();
CREATE SCHEMA shop;
CREATE TABLE shop.purchase (id int PRIMARY KEY, account bigint, buyer int, FOREIGN KEY (account, buyer) REFERENCES contacts.contact);
CREATE TABLE shop.card (account_id bigint, contact_id bigint, points int, PRIMARY KEY (account_id, contact_id), FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact);
INSERT INTO shop.purchase SELECT n, 1, :bea FROM generate_series(1, 3) n;
INSERT INTO shop.card VALUES (1, :bea, 5);
SELECT is((SELECT string_agg(field || result, ' ' ORDER BY field) FROM contacts.merge_preview(:ann, ARRAY[:bea]) WHERE field LIKE 'moves.shop%'), 'moves.shop.card1 moves.shop.purchase3', 'R43: a table that refers to contacts is in the preview');
SELECT contacts.merge_contacts(:ann, ARRAY[:bea]) AS merge \gset
SELECT is((SELECT count(*)::int FROM shop.purchase WHERE buyer = :ann) + (SELECT points FROM shop.card WHERE contact_id = :ann), 8, 'R42: its rows move');
SELECT is(pg_temp.error_of(format('UPDATE contacts.contact SET name = name WHERE contact_id = %s', :ann)), 'no error', 'R42: the survivor is an ordinary contact');
SELECT contacts.unmerge(:merge);
SELECT is((SELECT count(*)::int FROM shop.purchase WHERE buyer = :bea) + (SELECT points FROM shop.card WHERE contact_id = :bea), 8, 'R45: and go back');
INSERT INTO shop.card VALUES (1, :ann, 1);
SELECT alike(pg_temp.error_of(format('SELECT contacts.%s(%s, ARRAY[%s])', f, :ann, :bea)), '55000 | contacts cannot be merged: rows of shop.card collide | %', 'R42: rows that cannot be united refuse the ' || f) FROM unnest('{merge_contacts,merge_preview}'::text[]) f;
SELECT is(contacts.resolve_contact(:bea), :bea::bigint, 'R42: then nothing is merged');
CREATE ROLE merge_shopkeeper;
CREATE TABLE shop.spy (who name);
GRANT USAGE ON SCHEMA shop TO merge_shopkeeper;
GRANT INSERT ON shop.spy TO merge_shopkeeper;
CREATE FUNCTION shop.spy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO shop.spy VALUES (current_user); RETURN NEW; END $$;
CREATE TRIGGER spy BEFORE UPDATE ON shop.purchase FOR EACH ROW EXECUTE FUNCTION shop.spy();
ALTER TABLE shop.purchase OWNER TO merge_shopkeeper;
DELETE FROM shop.card;
SELECT contacts.merge_contacts(:ann, ARRAY[:bea]);
SELECT is((SELECT string_agg(DISTINCT who, ' ') FROM shop.spy), 'merge_shopkeeper', 'R82: its triggers run with the rights of its owner, not with ours');

SELECT is_empty('SELECT * FROM contacts.check()', 'R112: check() finds nothing');
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is_empty('SELECT * FROM contacts.audit_verify()', 'R93: the audit log is intact');
SELECT * FROM finish();
ROLLBACK;
