-- self_reference.sql: a user's own foreign key from contacts.contact to itself takes part in a merge,
-- in its preview and in its end (R42, R43, R45).
\ir start.psql
BEGIN;
SELECT plan(23);

ALTER TABLE contacts.contact ADD reports_to bigint,
	ADD CONSTRAINT shop_reports_to FOREIGN KEY (account_id, reports_to) REFERENCES contacts.contact (account_id, contact_id);
CREATE FUNCTION pg_temp.make(name text) RETURNS bigint LANGUAGE sql AS $$ SELECT (contacts.create_contact(name => name)).contact_id $$;
-- Who reports to whom, by name.
CREATE FUNCTION pg_temp.lines() RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(c.name || '>' || coalesce(b.name, '-'), ' ' ORDER BY c.contact_id)
     FROM contacts.contact c LEFT JOIN contacts.contact b ON b.account_id = c.account_id AND b.contact_id = c.reports_to WHERE c.account_id = 1 AND c.contact_id >= current_setting('my.first')::bigint $$;
CREATE FUNCTION pg_temp.report(who bigint, boss bigint) RETURNS void LANGUAGE sql AS
$$ UPDATE contacts.contact SET reports_to = boss WHERE account_id = 1 AND contact_id = who $$;
SELECT pg_temp.make('boss') AS boss, pg_temp.make('dup') AS dup, pg_temp.make('third') AS third, pg_temp.make('emp') AS emp, pg_temp.make('old') AS old, pg_temp.make('top') AS top \gset
SELECT set_config('my.first', :'boss', true);
SELECT is((SELECT string_agg(contact_column || ' ' || rule, ', ') FROM contacts.contact_references() WHERE relation = 'contacts.contact'::regclass), 'reports_to move', 'R42: the reference is listed, the redirect is not');

-- boss reports to dup, dup to top, third to dup, dup's own employee and a deleted one to dup.
SELECT pg_temp.report(:boss, :dup), pg_temp.report(:dup, :top), pg_temp.report(:third, :dup), pg_temp.report(:emp, :dup), pg_temp.report(:old, :dup);
SELECT contacts.delete_contacts(ARRAY[:old]);
SELECT pg_temp.lines() AS before \gset
SELECT is((SELECT result FROM contacts.merge_preview(:boss, ARRAY[:dup, :third]) WHERE field = 'moves.contacts.contact.reports_to'), '4', 'R43: it is in the preview');
SELECT contacts.merge_contacts(:boss, ARRAY[:dup, :third]) AS merge \gset
SELECT is(pg_temp.lines(), 'boss>- dup>top third>boss emp>boss old>boss top>-', 'R42: who reported to the duplicate reports to the survivor; nobody to themselves');
SELECT is((SELECT sum(row_count) FROM contacts.merge_move WHERE merge_id = :merge AND column_name = 'reports_to'), 4::numeric, 'R43: as the preview said');
SELECT is((SELECT count(*) FROM contacts.event WHERE contact_id = :emp AND kind = 'contact.updated' AND payload #>> '{changes,reports_to,new}' = :'boss'), 1::bigint, 'R100: it is told');
SELECT results_eq(format('SELECT kept FROM contacts.unmerge(%s)', :merge), $$VALUES ('{}'::text[]), ('{}')$$, 'R45: nothing is kept back');
SELECT is(pg_temp.lines(), :'before', 'R45: all is as before, the reference that became null, too');

-- What was changed since stays.
SELECT contacts.merge_contacts(:boss, ARRAY[:dup]) AS merge \gset
SELECT pg_temp.report(:boss, :top), pg_temp.report(:emp, NULL);
SELECT is((SELECT kept FROM contacts.unmerge(:merge)), '{contacts.contact.reports_to}', 'R45: what was changed since is kept');
SELECT is(pg_temp.lines(), 'boss>top dup>top third>dup emp>- old>dup top>-', 'R45: the others are put back');

-- Two merges on top of each other, and back.
SELECT pg_temp.report(:boss, :dup), pg_temp.report(:emp, :third), pg_temp.report(:third, :dup);
SELECT pg_temp.lines() AS before \gset
SELECT contacts.merge_contacts(:dup, ARRAY[:third]) AS first, contacts.merge_contacts(:boss, ARRAY[:dup]) AS second \gset
SELECT is(pg_temp.lines(), 'boss>- dup>top third>boss emp>boss old>boss top>-', 'R44: chains follow');
SELECT is_empty('SELECT * FROM contacts.check() WHERE table_name <> ''contact'' OR problem ~ ''merged contact''', 'R112: nothing points at a merged contact');
SELECT contacts.unmerge(:second), contacts.unmerge(:first);
SELECT is(pg_temp.lines(), :'before', 'R45: merges undone in turn');

-- A reference that must not be null points at its own row: with a check against it, the merge is refused.
ALTER TABLE contacts.contact DROP CONSTRAINT shop_reports_to, DROP COLUMN reports_to;
ALTER TABLE contacts.contact ADD household bigint;
UPDATE contacts.contact SET household = contact_id;
ALTER TABLE contacts.contact ALTER household SET NOT NULL,
	ADD CONSTRAINT shop_household FOREIGN KEY (account_id, household) REFERENCES contacts.contact (account_id, contact_id);
UPDATE contacts.contact SET household = :dup WHERE account_id = 1 AND contact_id IN (:boss, :emp);
SELECT contacts.merge_contacts(:boss, ARRAY[:dup]) AS merge \gset
SELECT is((SELECT array_agg(household ORDER BY contact_id) FROM contacts.contact WHERE contact_id IN (:boss, :dup, :emp)), ARRAY[:boss, :boss, :boss]::bigint[], 'R42: a reference that cannot be null points at its own row');
SELECT contacts.unmerge(:merge);
SELECT is((SELECT array_agg(household ORDER BY contact_id) FROM contacts.contact WHERE contact_id IN (:boss, :dup, :emp)), ARRAY[:dup, :dup, :dup]::bigint[], 'R45: and back');
ALTER TABLE contacts.contact ADD CONSTRAINT shop_head CHECK (household <> contact_id) NOT VALID;
SELECT alike(pg_temp.error_of(format('SELECT contacts.%s(%s, ARRAY[%s])', f, :boss, :dup)), '55000 | contacts cannot be merged: rows of contacts.contact collide%', 'R43: refused by a check: ' || f) FROM unnest('{merge_preview,merge_contacts}'::text[]) f;
ALTER TABLE contacts.contact DROP CONSTRAINT shop_head, DROP COLUMN household;

-- Several of them, one with a unique key.
ALTER TABLE contacts.contact ADD spouse bigint, ADD boss bigint,
	ADD CONSTRAINT shop_spouse FOREIGN KEY (account_id, spouse) REFERENCES contacts.contact (account_id, contact_id),
	ADD CONSTRAINT shop_boss FOREIGN KEY (account_id, boss) REFERENCES contacts.contact (account_id, contact_id),
	ADD CONSTRAINT shop_one_spouse UNIQUE (account_id, spouse);
UPDATE contacts.contact SET spouse = :boss, boss = :dup WHERE contact_id = :emp;
UPDATE contacts.contact SET spouse = :dup WHERE contact_id = :top;
SELECT alike(pg_temp.error_of(format('SELECT contacts.%s(%s, ARRAY[%s])', f, :boss, :dup)), '55000 | contacts cannot be merged: rows of contacts.contact collide%', 'R43: refused by a unique key: ' || f) FROM unnest('{merge_preview,merge_contacts}'::text[]) f;
UPDATE contacts.contact SET spouse = NULL WHERE contact_id = :top;
SELECT results_eq(format($$SELECT field, result FROM contacts.merge_preview(%s, ARRAY[%s]) WHERE field LIKE 'moves.contacts.contact%%' ORDER BY 1$$, :boss, :dup),
	$$VALUES ('moves.contacts.contact.boss', '1'::jsonb), ('moves.contacts.contact.spouse', '0')$$, 'R43: each column is told');
SELECT contacts.merge_contacts(:boss, ARRAY[:dup]);
SELECT is((SELECT ARRAY[spouse, boss] FROM contacts.contact WHERE contact_id = :emp), ARRAY[:boss, :boss]::bigint[], 'R42: and moved');
-- Purged: the key's own action decides.
SELECT is(pg_temp.failure(format('SELECT contacts.purge_contacts(ARRAY[%s])', :boss)), '23503', 'R52: a purge is refused while the reference stands');
UPDATE contacts.contact SET spouse = NULL, boss = NULL WHERE account_id = 1;
SELECT lives_ok(format('SELECT contacts.purge_contacts(ARRAY[%s])', :boss), 'R52: and works when nothing refers to it');
SELECT is_empty('SELECT * FROM contacts.check() WHERE problem !~ ''setup''', 'R112: check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
