-- trap.sql: what a DBA hangs on our tables - triggers, defaults, CHECKs, generated columns, indexes,
-- event triggers - names functions, operators and tables without their schema, as ordinary code
-- does.  A caller's schema and temporary objects hold look-alikes of all of them, first in the
-- search_path.  Each function that a level may call is called: the DBA's code must find what the
-- DBA made, and nothing of the caller's may run with the owner's rights (R82).
\ir start.psql
BEGIN;
SELECT no_plan();

-- ---- the calls: one of each function that a level may call, in an order that works --------------

CREATE TEMP TABLE call (place serial, statement text);
INSERT INTO call (statement) SELECT unnest(ARRAY[
	$$contacts.record_activity('chat', 'm1@x.example', '+14155550140', 'v1', 'crm:m1', 'Name', status => 'qualified', source => 's', source_ref => 'r')$$,
	$$contacts.record_activity('chat', 'm1@x.example', source => 's', source_ref => 'r', data => '{"a":1}')$$,
	$$contacts.record_activities('[{"kind":"x","email":"m3@x.example"},{"kind":"x","phone":"+14155550141","visitor":"v1"},{"kind":"x","email":"bad"}]', 'report')$$,
	$$contacts.define_field('size', 'text')$$, $$contacts.archive_field('size')$$,
	$$contacts.set_account('Name', 'US', activity_events => true)$$,
	$$contacts.connect_integration('hub', 'crm')$$, $$contacts.take_events('c1', 1)$$,
	$$contacts.upsert_contact('m4@x.example', '+14155550142', 'v4', 'crm:m4', 'N', 'C', 'UTC', '{"hobby":"y"}', 'disqualified', 11, '{VIP,New}')$$,
	$$contacts.create_contact('m5@x.example', owner_id => 11)$$,
	$$contacts.update_contact(1, '{"name":"A","email":"a2@a.example","phone":"+14155550143","fields":{"hobby":"z"},"status":"qualified"}')$$,
	$$contacts.find_contact('m4@x.example', '+14155550142', 'crm:m4', 'v4')$$, $$contacts.resolve_contact(1)$$, $$contacts.get_contact(1)$$,
	$$contacts.set_status('{1}', 'sales_qualified')$$, $$contacts.assign_contacts('{1}', 11)$$,
	$$contacts.add_identifier(1, 'email', 'a3@a.example')$$, $$contacts.set_primary_identifier(1, 'email', 'a3@a.example')$$,
	$$contacts.remove_identifier(1, 'email', 'a3@a.example')$$,
	$$contacts.reschedule_activity(1, '2031-01-01', '2031-01-02')$$, $$contacts.add_reminder(1, '2020-01-01', 'email')$$,
	$$contacts.take_due_reminders()$$, $$contacts.ack_reminders(ARRAY(SELECT reminder_id FROM contacts.take_due_reminders()))$$,
	$$contacts.ack_reminders('{1}')$$, $$contacts.cancel_activity(1)$$,
	$$contacts.add_note(1, 'x')$$, $$contacts.unlink_activity(1)$$, $$contacts.link_activity(1, 1)$$, $$contacts.contact_made(1)$$, $$contacts.makes_contacts()$$,
	$$contacts.find_duplicates(0.1)$$, $$contacts.dismiss_duplicate(3, 4)$$,
	$$contacts.merge_preview(1, '{2}')$$, $$contacts.merge_contacts(1, '{2}')$$, $$contacts.unmerge((SELECT pg_catalog.max(merge_id) FROM contacts.merge))$$, $$contacts.merge_contacts(1, '{2}')$$,
	$$contacts.delete_contacts('{1}')$$, $$contacts.restore_contacts('{1}')$$, $$contacts.delete_contacts('{1,5}')$$,
	$$contacts.purge_contacts('{1}')$$, $$contacts.purge_deleted('0 days')$$,
	$$contacts.event_cloudevent(1)$$, $$contacts.take_events('c1', 50)$$, $$contacts.ack_events('c1', '{1,2,3}')$$,
	$$contacts.drop_consumer('c1')$$, $$contacts.disconnect_integration('hub')$$, $$contacts.trim_events('0 days')$$,
	$$contacts.grant_access('trap_other', 'agent', 11)$$, $$contacts.revoke_access('trap_other')$$,
	$$contacts.audit_verify()$$, $$contacts.audit_head()$$, $$contacts.check()$$, $$contacts.version()$$, $$contacts.visible_contacts()$$,
	$$contacts.contact_references()$$]);

-- Nothing that runs with the owner's rights, or writes, is left out.
SELECT is_empty($$
	SELECT DISTINCT p.proname FROM pg_proc p, unnest('{ingest,reader,agent,admin}'::text[]) level, contacts.level_privileges(level) g
	WHERE p.pronamespace = 'contacts'::regnamespace AND p.proname = g.object_name AND g.object_kind = 'function'
	  AND (p.prosecdef OR p.provolatile = 'v')
	  AND NOT EXISTS (SELECT FROM call c WHERE c.statement LIKE 'contacts.' || p.proname || '(%')
$$, 'each function of a level is called');

-- ---- the world, and what a DBA hung on it -------------------------------------------------------

\o /dev/null
INSERT INTO contacts.member (member_id, name) VALUES (11, 'Member');
SELECT contacts.define_field('hobby', 'text');
CREATE TABLE public.deal (account_id bigint DEFAULT 1, deal_id bigint PRIMARY KEY, contact_id bigint,
	FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact ON DELETE CASCADE);
INSERT INTO contacts.contact (contact_id, name, email, company) VALUES (1, 'Ann Lee', 'a@a.example', 'Acme'),
	(2, 'Ann Lee', 'b@a.example', 'Acme'), (3, 'Bob Stone', 'bob.stone@a.example', 'Acme'),
	(4, 'Bob Stone', 'bobstone@b.example', 'Acme'), (5, 'Gone', 'g@a.example', NULL);
INSERT INTO contacts.activity (activity_id, contact_id, kind, state) VALUES (1, 1, 'x', 'scheduled'), (2, 2, 'x', 'scheduled');
INSERT INTO contacts.page_view (visitor, contact_id, url) VALUES ('v9', 2, '/');
INSERT INTO contacts.tag (tag_id, name) VALUES (1, 'Tag');
INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES (2, 1);
INSERT INTO public.deal (deal_id, contact_id) VALUES (1, 2), (2, 5);
SELECT setval('contacts.contact_contact_id_seq', 1000), setval('contacts.activity_activity_id_seq', 1000),
	setval('contacts.tag_tag_id_seq', 1000);
CREATE ROLE trap_admin; CREATE ROLE trap_agent; CREATE ROLE trap_ingest; CREATE ROLE trap_other;
SELECT format('SELECT contacts.grant_access(''trap_%1$s'', %1$L)', l) FROM unnest('{admin,agent,ingest}'::text[]) l \gexec
SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO trap_ingest', current_database()) \gexec
SELECT format('GRANT USAGE ON SCHEMA %s TO PUBLIC', pg_my_temp_schema()::regnamespace) \gexec

SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;

CREATE TABLE public.act_log (what text);
CREATE FUNCTION public.note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO act_log VALUES (lower(tg_table_schema::text || '.' || tg_table_name));
	IF tg_level = 'ROW' AND lower(new::text) = upper(old::text) THEN
		RETURN NULL;
	END IF;
	RETURN coalesce(new, old);
END $$;
CREATE FUNCTION public.note_grant() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO act_log VALUES (lower('Grant' || ''));
END $$;
CREATE FUNCTION public.word(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower($1 || ''); END $$;
CREATE FUNCTION public.word() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN lower('X' || ''); END $$;
ALTER TABLE contacts.contact ADD COLUMN word text DEFAULT public.word(), ADD CHECK (public.word(name) <> 'nobody'),
	ADD COLUMN name_word text GENERATED ALWAYS AS (public.word(name)) STORED;
ALTER TABLE contacts.activity ADD COLUMN word text DEFAULT public.word();
CREATE INDEX ON contacts.contact (public.word(company));
SELECT format('CREATE TRIGGER trap_%1$s_%2$s %1$s INSERT OR UPDATE OR DELETE ON %3$s FOR EACH %2$s EXECUTE FUNCTION public.note_change()',
	timing, level, c.oid::regclass)
FROM pg_class c, unnest('{BEFORE,AFTER}'::text[]) timing, unnest('{ROW,STATEMENT}'::text[]) level
WHERE c.relkind = 'r' AND (c.relnamespace = 'contacts'::regnamespace OR c.oid = 'public.deal'::regclass) \gexec

-- ---- the caller's look-alikes -------------------------------------------------------------------

-- They count how often they run with the owner's rights, also in what is rolled back.
CREATE SEQUENCE public.caught;
SELECT set_config('trap.owner', current_user, false);
CREATE FUNCTION public.snap() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	IF current_user = current_setting('trap.owner') THEN
		PERFORM nextval('public.caught');
	END IF;
END $$;
SET ROLE trap_ingest;
CREATE SCHEMA mine;
GRANT USAGE ON SCHEMA mine TO PUBLIC;
SELECT format('CREATE FUNCTION mine.%I(%s) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM public.snap(); RETURN ''x''; END$$', f, t)
FROM unnest('{lower,upper}'::text[]) f, unnest('{text,name}'::text[]) t \gexec
CREATE FUNCTION mine.word() RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM public.snap(); RETURN 'x'; END$$;
SELECT format('CREATE FUNCTION mine.cat(%1$s, %2$s) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM public.snap(); RETURN ''x''; END$$', a, b),
	format('CREATE OPERATOR mine.|| (FUNCTION = mine.cat, LEFTARG = %s, RIGHTARG = %s)', a, b)
FROM (VALUES ('text', 'text'), ('text', 'name'), ('name', 'text')) AS v (a, b) \gexec
SELECT format('CREATE FUNCTION mine.same(%1$s, %1$s) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM public.snap(); RETURN false; END$$', a),
	format('CREATE OPERATOR mine.%s (FUNCTION = mine.same, LEFTARG = %s, RIGHTARG = %2$s)', o, a)
FROM unnest('{text,bigint}'::text[]) a, unnest('{=}'::text[]) o \gexec
CREATE FUNCTION mine.trigger() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM public.snap(); RETURN new; END$$;
CREATE TABLE mine.act_log (what text);
CREATE TEMP TABLE act_log (what text);
CREATE TRIGGER snap BEFORE INSERT ON mine.act_log FOR EACH ROW EXECUTE FUNCTION mine.trigger();
CREATE TRIGGER snap BEFORE INSERT ON pg_temp.act_log FOR EACH ROW EXECUTE FUNCTION mine.trigger();
RESET ROLE;
CREATE EVENT TRIGGER note_grant ON ddl_command_end WHEN TAG IN ('GRANT', 'REVOKE') EXECUTE FUNCTION public.note_grant();

-- ---- playing ------------------------------------------------------------------------------------

-- All calls that the role may make under the search_path; then everything is undone.  Tells how each
-- ended, what the DBA's code noted, and after which calls the caller's code had run as the owner.
CREATE FUNCTION pg_temp.play(role text, path text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	one record;
	endings jsonb := '{}';
	noted text[];
	caught text[] := '{}';
	trapped boolean;
	ending text;
BEGIN
	FOR one IN SELECT c.statement, 'SELECT ' || c.statement AS query FROM pg_temp.call c JOIN pg_catalog.pg_proc p ON p.pronamespace = 'contacts'::regnamespace
			   AND c.statement LIKE 'contacts.' || p.proname || '(%' WHERE has_function_privilege(role, p.oid, 'EXECUTE') ORDER BY c.place LOOP
		PERFORM pg_catalog.setval('public.caught', 1, false);
		PERFORM pg_catalog.set_config('role', role, true), pg_catalog.set_config('search_path', path, true);
		BEGIN
			EXECUTE one.query;
			SET CONSTRAINTS ALL IMMEDIATE;
			SET CONSTRAINTS ALL DEFERRED;
			ending := '00000';
		EXCEPTION WHEN OTHERS THEN
			ending := pg_catalog.concat_ws(' ', SQLSTATE, SQLERRM);
		END;
		PERFORM pg_catalog.set_config('role', 'none', true), pg_catalog.set_config('search_path', 'pg_catalog', true);
		endings := endings || pg_catalog.jsonb_build_object(one.statement, ending);
		SELECT s.is_called INTO trapped FROM public.caught s;
		IF trapped THEN caught := caught || one.statement; END IF;
	END LOOP;
	SELECT array_agg(DISTINCT l.what) INTO noted FROM public.act_log l;
	RAISE EXCEPTION USING ERRCODE = 'AC000', MESSAGE = pg_catalog.jsonb_build_object('endings', endings, 'noted', noted, 'caught', caught);
EXCEPTION WHEN SQLSTATE 'AC000' THEN
	RETURN SQLERRM::jsonb;
END $$;

-- The traps work: the caller's own names go to them.
SET search_path = pg_temp, mine, pg_catalog;
INSERT INTO act_log VALUES (lower('X'));
RESET search_path;
SELECT is_called AS traps_work FROM public.caught \gset
\o
SELECT ok(:'traps_work', 'the traps catch who names what they look like');

CREATE TEMP TABLE played AS
SELECT r AS role, p AS path, pg_temp.play('trap_' || r, p) AS result
FROM unnest('{admin,agent,ingest}'::text[]) r, unnest(ARRAY['public', 'mine, pg_catalog', 'pg_temp, mine, pg_catalog', 'mine', '']) p
WHERE p <> '' OR r = 'admin';

SELECT is(result -> 'caught', '[]', format('R82: nothing of the caller''s runs as the owner: %s with %s', role, path)) FROM played;
SELECT is_empty($$ SELECT p.role, p.path, e.key, e.value FROM played p, jsonb_each_text(p.result -> 'endings') e WHERE e.value <> '00000' $$,
	'R82: what the DBA''s code names without a schema is found under each search_path');
SELECT is(result -> 'noted', (SELECT result -> 'noted' FROM played WHERE role = p.role AND path = 'public'),
	format('R82: the DBA''s code runs as ever: %s with %s', role, path)) FROM played p;
-- The calls reach each table that calls write; the others are written by their owner alone.
SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c
	WHERE c.relkind = 'r' AND (c.relnamespace = 'contacts'::regnamespace OR c.oid = 'public.deal'::regclass)
	  AND c.relname NOT IN ('schema_version', 'blocked_identifier', 'member')
	  AND NOT EXISTS (SELECT FROM played p WHERE p.role = 'admin' AND p.result -> 'noted' ? format('%s.%s', c.relnamespace::regnamespace, c.relname)) $$,
	'the calls write each table with such triggers');
SELECT ok(result -> 'noted' ? 'grant', 'grants fire event triggers') FROM played WHERE role = 'admin' AND path = 'public';

SELECT * FROM finish();
ROLLBACK;
