#!/usr/bin/env python3
"""attacks.py: log-ins that try to get further than they were let (R41, R80-R82).

	attacks.py

Roles are made with names of their own and dropped at the end.  In turn:
  pins         a pinned role changes settings, SET ROLE, prepared plans, start-up options;
  foreign code a member's function runs when others maintain their tables or call them: ANALYZE,
               REINDEX, REFRESH, a SECURITY DEFINER function; it must see what they see;
  trust        the schemas in which code on the tables finds names: nobody but a superuser adds one;
  names        schemas first in the search_path full of look-alikes of the server's functions,
               operators, types, relations: none may be called by the extension, whoever calls it,
               also in CREATE EXTENSION and setup(); and each call ends as without them;
  savepoints   the first use of the library in a session, within a savepoint that is rolled back.
"""
import os
import subprocess
import time

from session import PSQL, Failed, Session, Tally

ROLES = ['attack_rogue', 'attack_pinned', 'attack_other', 'attack_boss', 'attack_agent']
FRESH = 'attack_fresh'

WORLD = """
INSERT INTO contacts.member (account_id, member_id, name, access) VALUES
	(1, 11, 'Own', 'own'), (1, 12, 'Other', 'own'), (1, 13, 'All', 'all'), (2, 21, 'B', 'all'), (2, 11, 'B own', 'all');
SELECT contacts.set_account(name => 'MARKB', account_id => 2);
INSERT INTO contacts.contact (account_id, contact_id, name, email, owner_id) VALUES
	(1, 1, 'MARKA', 'a@a.example', 11), (1, 2, 'MARKH', 'h@a.example', 12), (2, 101, 'MARKB', 'b@b.example', 21);
INSERT INTO contacts.activity (account_id, activity_id, contact_id, kind, state) VALUES (1, 1, 1, 'x', 'scheduled');
SELECT setval('contacts.contact_contact_id_seq', 1000), setval('contacts.activity_activity_id_seq', 1000);
SELECT contacts.grant_access('attack_rogue', 'agent', 11);
SELECT contacts.grant_access('attack_pinned', 'agent', 11);
SELECT contacts.grant_access('attack_other', 'agent', account_id => 2);
SELECT contacts.grant_access('attack_boss', 'admin', account_id => 2);
SELECT contacts.grant_access('attack_boss', 'admin', account_id => 1);
SELECT contacts.grant_access('attack_agent', 'agent', 13);
GRANT attack_boss TO attack_pinned;
"""

# One call of each function, good ones, in an order in which each finds what it needs.
CALLS = """
contacts.record_activity('chat', 'm1@x.example', '+14155550140', 'v1', 'crm:m1', 'Name', 'Company', 'europe/berlin', '{"hobby":"x"}', 'qualified', source => 's', source_ref => 'r', title => 't', state => 'scheduled', starts_at => '2030-01-01', calendar => 'google', assigned_to => 11)
contacts.record_activity('chat', 'm1@x.example', source => 's', source_ref => 'r', data => '{"a":1}')
contacts.record_activity('chat', 'm2@x.example', '+14155550140')
contacts.record_activity('chat', phone => '12', on_invalid => 'keep', region => 'US')
contacts.record_activities('[{"kind":"x","email":"m3@x.example"},{"kind":"x","phone":"+14155550141","visitor":"v1"},{"kind":"x","email":"bad"}]', 'report')
contacts.upsert_contact('m4@x.example', '+14155550142', 'v4', 'crm:m4', 'N', 'C', 'UTC', '{"hobby":"y"}', 'disqualified', 11, '{VIP,New}')
contacts.upsert_contact('m4@x.example', mode => 'fill', name => 'M')
contacts.create_contact('m5@x.example', owner_id => 11)
contacts.create_contact('m5@x.example')
contacts.update_contact(1, '{"name":"MARKA","email":"a2@a.example","phone":"+14155550143","fields":{"hobby":"z"},"status":"qualified"}')
contacts.find_contact('m4@x.example', '+14155550142', 'crm:m4', 'v4')
contacts.resolve_contact(1)
contacts.get_contact(1)
contacts.set_status('{1}', 'sales_qualified')
contacts.assign_contacts('{1}', 11)
contacts.add_identifier(1, 'email', 'a3@a.example')
contacts.set_primary_identifier(1, 'email', 'a3@a.example')
contacts.remove_identifier(1, 'email', 'a3@a.example')
contacts.add_identifier(1, 'phone', '+14155550144', true)
contacts.reschedule_activity(1, '2031-01-01', '2031-01-02')
contacts.add_reminder(1, '2020-01-01', 'email')
contacts.cancel_activity(1)
contacts.add_note(1, 'x')
contacts.unlink_activity(1)
contacts.link_activity(1, 1)
contacts.event_cloudevent(1)
contacts.normalize_email('A@b.example')
contacts.email_problem('x')
contacts.normalize_phone('+14155550199', NULL)
contacts.phone_problem('x', 'US')
contacts.phone_info('+14155550199', NULL)
contacts.current_account()
contacts.current_member()
contacts.version()
contacts.allowed_account('read')
contacts.require_right('read', 1)
contacts.require_setup()
contacts.require_label('x', 'email', 'contacts.identifier_kind')
contacts.require_choice('x', 'b', '{a,b}')
contacts.sees_all()
contacts.visible_members()
contacts.visible_contacts()
contacts.define_field('hobby', 'text', 'Hobby')
contacts.define_field('size', 'dropdown', options => '{a,b}')
contacts.define_field('size', 'dropdown', options => '{a,b,c}')
contacts.archive_field('size')
contacts.set_account('Name', 'US', 'always', 'refuse', 'UTC', '30 days', true)
contacts.take_events('c1', 5)
contacts.ack_events('c1', '{1,2}')
contacts.drop_consumer('c1')
contacts.trim_events('0 days')
contacts.take_due_reminders()
contacts.ack_reminders('{1}')
contacts.connect_integration('hub', 'crm')
contacts.update_contact(1, '{"email":"a4@a.example"}')
contacts.disconnect_integration('hub')
contacts.grant_access('attack_agent', 'agent', 13)
contacts.audit_verify()
contacts.check()
contacts.level_privileges('agent')
contacts.revoke_access('attack_agent')
contacts.grant_access('attack_agent', 'agent', 13)
contacts.setup()
""".strip().split('\n')

PLAIN = """
INSERT INTO contacts.contact (name, email, phone, fields, timezone, owner_id, status) VALUES ('P', 'p1@x.example', '+14155550150', '{"hobby":"p"}', 'UTC', 11, 'qualified')
UPDATE contacts.contact SET email = 'p2@x.example', phone = '+14155550151', status = 'disqualified' WHERE email OPERATOR(pg_catalog.=) 'p1@x.example'
INSERT INTO contacts.activity (contact_id, kind, assigned_to) VALUES (1, 'x', 11)
UPDATE contacts.activity SET title = 'x' WHERE kind OPERATOR(pg_catalog.=) 'x'
DELETE FROM contacts.contact WHERE email OPERATOR(pg_catalog.=) 'p2@x.example'
TABLE contacts.contact
TABLE contacts.contact_overview
TABLE contacts.timeline
TABLE contacts.activity_stream
TABLE contacts.status_history
TABLE contacts.missing_required
TABLE contacts.identifier
TABLE contacts.duplicate
TABLE contacts.reminder
INSERT INTO contacts.member (member_id, name) VALUES (77, 'x')
INSERT INTO contacts.tag (name) VALUES ('trapped')
INSERT INTO contacts.blocked_identifier (kind, value) VALUES ('email', 'blocked@x.example')
TABLE contacts.event_outbox
TABLE contacts.audit_log
""".strip().split('\n')

# Statements that make the look-alikes, one per row; run by the attacker with search_path pg_catalog.
TRAPS = r"""
SET search_path = pg_catalog;
WITH usable AS (
	SELECT p.oid, p.proname, p.proretset, pg_get_function_identity_arguments(p.oid) AS arguments,
		   p.prorettype::regtype AS result, p.proargtypes
	FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind IN ('f', 'a', 'w') AND p.provariadic = 0
	  AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) t JOIN pg_type y ON y.oid = t WHERE y.typtype = 'p')
	  AND NOT EXISTS (SELECT FROM pg_type y WHERE y.oid = p.prorettype AND y.typtype = 'p' AND y.typname NOT IN ('void'))),
types AS (SELECT t FROM unnest('{text[],bigint[],jsonb,anyarray}'::text[]) t WHERE t <> 'anyarray'
	UNION SELECT oid::regtype::text FROM pg_type WHERE typnamespace = to_regnamespace('contacts') AND typtype = 'e')
SELECT DISTINCT ON (proname, proargtypes::text) format('CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS $$BEGIN PERFORM trap.snap(%L); %s END$$', proname,
	(SELECT string_agg(t::regtype::text, ', ' ORDER BY n) FROM unnest(proargtypes) WITH ORDINALITY u (t, n)),
	result, proname, CASE WHEN result = 'void'::regtype THEN '' ELSE 'RETURN NULL;' END) FROM usable
UNION ALL SELECT format('CREATE FUNCTION trap.%I(%s) RETURNS SETOF %s LANGUAGE plpgsql AS $$BEGIN PERFORM trap.snap(%L); END$$', 'unnest', t, left(t, -2), 'unnest ' || t)
	FROM types WHERE t LIKE '%[]'
UNION ALL SELECT format('CREATE FUNCTION trap.%I(%s, %s) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM trap.snap(%L); RETURN NULL; END$$', 'same_' || n, t, t, 'operator for ' || t)
	FROM (SELECT t, row_number() OVER () AS n FROM types) y
UNION ALL SELECT format('CREATE OPERATOR trap.%s (FUNCTION = trap.%I, LEFTARG = %s, RIGHTARG = %s)', o, 'same_' || n, t, t)
	FROM (SELECT t, row_number() OVER () AS n FROM types) y, unnest('{=,<>,<,>,<=,>=,<@,@>,&&}'::text[]) o WHERE t <> 'jsonb'
UNION ALL SELECT format('CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS $$BEGIN PERFORM trap.snap(%L); RETURN NULL; END$$', n, a, r, n) FROM (VALUES
	('array_position', 'text[], text', 'int'), ('array_position', 'bigint[], bigint', 'int'), ('array_to_string', 'text[], text', 'text'),
	('cardinality', 'text[]', 'int'), ('cardinality', 'bigint[]', 'int'), ('array_agg', 'bigint', 'bigint[]'), ('array_agg', 'text', 'text[]'),
	('count', 'bigint', 'bigint'), ('format', 'text, text', 'text'), ('format', 'text, text, text', 'text'), ('format', 'text, bigint', 'text'),
	('format', 'text, integer', 'text'), ('to_jsonb', 'bigint', 'jsonb'), ('to_jsonb', 'text', 'jsonb'), ('lag', 'bytea', 'bytea'),
	('jsonb_build_object', 'text, bigint', 'jsonb'), ('jsonb_build_object', 'text, timestamptz', 'jsonb'), ('min', 'bigint', 'bigint'),
	('jsonb_agg', 'jsonb', 'jsonb'), ('jsonb_object_agg', 'text, timestamptz', 'jsonb'), ('concat_ws', 'text, text', 'text')) AS v (n, a, r)
	WHERE to_regprocedure(format('pg_catalog.%I(%s)', n, a)) IS NULL
UNION ALL SELECT format('CREATE VIEW %s.%I AS SELECT trap.snap(%L) AS snapped', s, relname, 'relation ' || relname)
	FROM (SELECT DISTINCT relname FROM pg_class WHERE relnamespace IN (to_regnamespace('contacts'), 'pg_catalog'::regnamespace) AND relkind IN ('r', 'v', 'p')) c,
		unnest('{trap,pg_temp}'::text[]) s WHERE relname NOT IN ('pg_type')
UNION ALL SELECT format('CREATE DOMAIN %s.%I AS pg_catalog.%1$I CHECK (trap.snap(%3$L))', s, t, 'type ' || t) FROM unnest('{}'::text[]) t, unnest('{trap}'::text[]) s
UNION ALL SELECT format('CREATE DOMAIN %s.%I AS %s CHECK (trap.snap(%L))', s, t, format('pg_catalog.%I', t), 'type ' || t)
	FROM unnest('{text,jsonb,bytea,oid,timestamptz,name,regrole,regtype,regclass,date,int8,int4,bool,float4,regprocedure,regnamespace}'::text[]) t,
		unnest('{trap,pg_temp}'::text[]) s
UNION ALL SELECT format('CREATE TYPE trap.%I AS ENUM (%L)', typname, 'x') FROM pg_type WHERE typnamespace = to_regnamespace('contacts') AND typtype = 'e';
"""

OPERATORS = r"""
SET search_path = pg_catalog;
SELECT format('CREATE OPERATOR trap.%s (FUNCTION = trap.%I%s, RIGHTARG = %s)', o.oprname, p.proname,
	CASE WHEN o.oprleft <> 0 THEN ', LEFTARG = ' || o.oprleft::regtype ELSE '' END, o.oprright::regtype)
FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
JOIN pg_proc t ON t.pronamespace = 'trap'::regnamespace AND t.proname = p.proname AND t.proargtypes::text = p.proargtypes::text
WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprright <> 0;
"""

SNAP = """
CREATE TABLE trap.caught (who name, what text);
CREATE SEQUENCE trap.counter;
CREATE FUNCTION trap.snap(what pg_catalog.text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN PERFORM nextval('trap.counter'); INSERT INTO trap.caught VALUES (current_user, what); RETURN true; END $$;
GRANT USAGE ON SCHEMA trap TO PUBLIC;
GRANT INSERT, SELECT ON trap.caught TO PUBLIC;
GRANT USAGE ON SEQUENCE trap.counter TO PUBLIC;
"""


def login(role=None, database=None, options=None):
	"""A session of the role."""
	before = dict(os.environ)
	os.environ.update({k: v for k, v in (('PGUSER', role), ('PGDATABASE', database),
										 ('PGOPTIONS', options)) if v})
	try:
		return Session()
	finally:
		os.environ.clear()
		os.environ.update(before)


def answer(session, statement):
	"""What a statement gives: its last line, or the SQLSTATE."""
	try:
		lines = session.ask(statement)
		return lines[-1] if lines else ''
	except Failed as failed:
		return failed.sqlstate
	except OSError:  # the server closed the connection
		return '08006'


def state(session, statement):
	"""00000, or the SQLSTATE of the error."""
	try:
		session.ask(statement)
		return '00000'
	except Failed as failed:
		return failed.sqlstate
	except OSError:
		return '08006'


# ---- pins ---------------------------------------------------------------------------------------

WHERE_AM_I = "SELECT contacts.current_account() || ' ' || contacts.current_member()"
WHOM = "SELECT string_agg(contact_id::text, ' ' ORDER BY contact_id) FROM contacts.contact"


def attack_pins(tally, owner):
	early = login('attack_pinned')
	early.ask(f"SET contacts.member_id = 13; PREPARE whom AS {WHOM}; PREPARE me AS {WHERE_AM_I}; "
			  "PREPARE read (bigint, bigint) AS SELECT contacts.get_contact($1, $2)")
	tally.check(answer(early, 'EXECUTE whom') == '1 2', 'before the pin the setting counts')
	owner.ask("SELECT contacts.grant_access('attack_pinned', 'agent', 11, true)")
	tally.check(answer(early, 'EXECUTE whom') == '1', 'a plan from before the pin obeys it')
	tally.check(answer(early, 'EXECUTE me') == '1 11', 'so does the member at work')
	late = login('attack_pinned', options='-c contacts.account_id=2 -c contacts.member_id=13')
	ways = ["SET contacts.account_id = 2", "SET contacts.member_id = 13", "SET LOCAL contacts.account_id = 2",
			"SELECT set_config('contacts.account_id', '2', false)", "SET ROLE attack_boss", "RESET ROLE",
			"SET ROLE attack_boss; SET contacts.account_id = 2; SET contacts.member_id = 21",
			"RESET ROLE; ALTER ROLE attack_pinned SET contacts.account_id = 2", "SET ROLE NONE",
			"SET SESSION AUTHORIZATION attack_boss", "RESET ALL; RESET SESSION AUTHORIZATION",
			"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"]
	for session in (early, late):
		for way in ways:
			answer(session, way)
			tally.check(answer(session, WHERE_AM_I) == '1 11', f"pinned in spite of {way}")
			tally.check(answer(session, WHOM) == '1', f"sees no more after {way}")
			tally.check(answer(session, "SELECT contacts.get_contact(101, 2)") == '42501', f"no argument helps after {way}")
	tally.check(answer(early, 'EXECUTE whom') == '1' and answer(early, 'EXECUTE read(101, 2)') == '42501', 'nor a prepared plan')
	early.close()
	late.close()
	again = login('attack_pinned')
	tally.check(answer(again, WHERE_AM_I) == '1 11', 'nor a setting of the role')
	again.close()
	owner.ask('ALTER ROLE attack_pinned RESET ALL')


# ---- foreign code -------------------------------------------------------------------------------

def attack_by_own_code(tally, owner):
	rogue = login('attack_rogue')
	rogue.ask("""
CREATE TABLE public.attack_stash (what text);
GRANT INSERT ON public.attack_stash TO PUBLIC;
CREATE FUNCTION public.attack_look() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE one text;
BEGIN
	FOR one IN SELECT name FROM contacts.contact LOOP INSERT INTO public.attack_stash VALUES ('row ' || one); END LOOP;
	FOR one IN SELECT unnest(ARRAY['contacts.get_contact(2, 1)', 'contacts.get_contact(101, 2)',
		'contacts.find_contact(''h@a.example'')', 'contacts.find_contact(''b@b.example'', account_id => 2)', 'contacts.resolve_contact(101, 2)',
		'contacts.event_cloudevent(2)']) LOOP
		BEGIN
			EXECUTE 'SELECT ' || one || '::text' INTO one;
			INSERT INTO public.attack_stash VALUES ('call ' || one);
		EXCEPTION WHEN OTHERS THEN NULL; END;
	END LOOP;
	RETURN 'x';
END $$;
CREATE FUNCTION public.attack_index(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.attack_look(); END $$;
CREATE TABLE public.attack_table (t text);
CREATE INDEX attack_i ON public.attack_table (public.attack_index(t));
INSERT INTO public.attack_table VALUES ('x');
CREATE MATERIALIZED VIEW public.attack_view AS SELECT name FROM contacts.contact;
CREATE MATERIALIZED VIEW public.attack_calls AS SELECT public.attack_look() AS t;
CREATE VIEW public.attack_plain AS SELECT name FROM contacts.contact;
""")
	seen = "SELECT count(*) FROM public.attack_stash WHERE what ~ 'MARK[HB]|^call (2|101)$'"
	for who, account, way in [(None, 1, 'ANALYZE public.attack_table'), (None, 1, 'REINDEX TABLE public.attack_table'),
							  (None, 1, 'VACUUM ANALYZE public.attack_table'), (None, 2, 'ANALYZE public.attack_table'),
							  (None, 1, 'REFRESH MATERIALIZED VIEW public.attack_calls'),
							  (None, 2, 'REFRESH MATERIALIZED VIEW public.attack_calls')]:
		owner.ask('TRUNCATE public.attack_stash')
		session = login(who)
		session.ask(f'SET contacts.account_id = {account}')
		answer(session, way)
		session.close()
		found = answer(owner, seen)
		tally.check(found == '0', f"{way} of {who or 'the superuser'} in account {account} shows rogue's function nothing hidden")
	owner.ask('REFRESH MATERIALIZED VIEW public.attack_view')
	found = answer(rogue, "SELECT string_agg(name, ' ') FROM public.attack_view")
	tally.check(found == '', f"a materialized view of rogue's that others refresh holds nothing: {found}")
	tally.check(answer(rogue, "CREATE TRIGGER t AFTER INSERT ON public.attack_table FOR EACH STATEMENT EXECUTE FUNCTION contacts.contact_changed()")
				== '42501', 'the trigger functions are not for tables of theirs')
	rogue.close()


# ---- trust --------------------------------------------------------------------------------------

HONEST = """
CREATE TABLE public.attack_log (what text);
CREATE FUNCTION public.attack_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO attack_log VALUES (lower(new.kind)); RETURN new; END $$;
CREATE TRIGGER attack_note AFTER INSERT ON contacts.activity FOR EACH ROW EXECUTE FUNCTION public.attack_note();
CREATE SEQUENCE public.attack_ran;
CREATE FUNCTION public.attack_snap() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN IF current_user <> session_user THEN PERFORM nextval('public.attack_ran'); END IF; END $$;
GRANT USAGE ON SEQUENCE public.attack_ran TO PUBLIC;
"""
MINE = """
CREATE SCHEMA attack_mine;
CREATE FUNCTION attack_mine.trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.attack_snap(); RETURN new; END $$;
CREATE FUNCTION attack_mine.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM public.attack_snap(); RETURN $1; END $$;
CREATE TABLE attack_mine.attack_log (what text);
CREATE TRIGGER snap BEFORE INSERT ON attack_mine.attack_log FOR EACH ROW EXECUTE FUNCTION attack_mine.trigger();
"""
TEMPORARY = """
CREATE TEMP TABLE attack_log (what text);
CREATE TRIGGER snap BEFORE INSERT ON pg_temp.attack_log FOR EACH ROW EXECUTE FUNCTION attack_mine.trigger();
"""
REPORT = "SELECT (contacts.record_activity('Trust')).activity_id > 0"


def attack_trust(tally, owner):
	database = owner.value('SELECT current_database()')
	owner.ask(HONEST)
	rogue = login('attack_rogue')
	rogue.ask(MINE)
	rogue.close()
	for before in ('', "SET contacts.trusted_schemas = 'attack_mine'", "SELECT set_config('contacts.trusted_schemas', 'attack_mine', false)",
				   f"ALTER ROLE attack_rogue SET contacts.trusted_schemas = 'attack_mine'",
				   f"ALTER DATABASE {database} SET contacts.trusted_schemas = 'attack_mine'"):
		for options in (None, '-c contacts.trusted_schemas=attack_mine'):
			for load in ('', 'SELECT contacts.current_account()'):
				session = login('attack_rogue', options=options)
				where = f"trusting by {options} and {load} {before}"
				for statement in (load, before, TEMPORARY, 'SET search_path = attack_mine, pg_catalog'):
					if statement:
						answer(session, statement)
				tally.check(answer(session, REPORT) == 't', f'{where}: the call works')
				tally.check(owner.value("SELECT is_called FROM public.attack_ran") == 'f', f"{where}: rogue's code does not run as the owner")
				owner.ask("SELECT setval('public.attack_ran', 1, false)")
				session.close()
	tally.check(owner.value("SELECT count(*) FROM public.attack_log") == '20', "the owner's trigger notes each call")
	# everybody may create in public: nothing there is trusted, until the owner says so
	owner.ask('GRANT CREATE ON SCHEMA public TO PUBLIC')
	session = login('attack_rogue')
	tally.check(answer(session, REPORT) == '42P01', 'public is not trusted where everybody creates')
	owner.ask('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
	tally.check(answer(session, REPORT) == 't', 'and trusted again when they do not')
	owner.ask('GRANT CREATE ON SCHEMA public TO PUBLIC')
	tally.check(answer(session, REPORT) == '42P01', 'a session notices')
	session.close()
	owner.ask(f"ALTER DATABASE {database} SET contacts.trusted_schemas = 'public'")
	session = login('attack_rogue')
	tally.check(answer(session, REPORT) == 't', 'the owner may trust it all the same')
	session.close()
	owner.ask(f"ALTER DATABASE {database} RESET contacts.trusted_schemas")
	for value in ('pg_temp', 'pg_catalog, x', '"$user"', 'a,,b'):
		tally.check(answer(owner, f"SET contacts.trusted_schemas = '{value}'") == '22023', f'{value} cannot be trusted')
	owner.ask('DROP TRIGGER attack_note ON contacts.activity; DROP SCHEMA attack_mine CASCADE; DROP FUNCTION public.attack_note, public.attack_snap; '
			  'DROP TABLE public.attack_log; DROP SEQUENCE public.attack_ran; REVOKE CREATE ON SCHEMA public FROM PUBLIC')


# ---- names --------------------------------------------------------------------------------------

def set_traps(tally, maker, superuser):
	maker.ask(SNAP)
	for source in (TRAPS, OPERATORS):
		made = failed = 0
		for statement in [line for line in superuser.ask(source) if line.startswith('CREATE ')]:
			if state(maker, 'SET search_path = pg_catalog, pg_temp; ' + statement) == '00000':
				made += 1
			else:
				failed += 1
		tally.check(made > 300 and made > 5 * failed, f"{made} look-alikes are set, {failed} not")
		print(f"{made} look-alikes, {failed} that could not be made")
	superuser.ask('RESET search_path')
	for bait in ("SELECT 'a'::pg_catalog.text = 'b'::pg_catalog.text", "SELECT lower('A'::pg_catalog.text)",
				 "SELECT 'a'::text", "SELECT * FROM pg_roles", "SELECT 1::pg_catalog.int8 + 1::pg_catalog.int8"):
		answer(maker, 'SET search_path = trap, pg_catalog; ' + bait)
		tally.check(superuser.value('SELECT is_called FROM trap.counter') == 't', f'the traps catch {bait}')
		superuser.ask("SELECT setval('trap.counter', 1, false)")
	maker.ask('RESET search_path; TRUNCATE trap.caught')


def check_traps(tally, session, owner, where):
	"""The counter tells also of those whose row was rolled back."""
	snapped = owner.value('SELECT is_called FROM trap.counter') == 't'
	tally.check(not snapped, f'{where}: nothing fell into a trap', session.ask('TABLE trap.caught')[:20])
	owner.ask("SELECT setval('trap.counter', 1, false)")


def attack_names(tally, owner):
	rogue = login('attack_rogue')
	rogue.ask('CREATE SCHEMA trap')
	set_traps(tally, rogue, owner)
	statements = [f'SELECT {one}' for one in CALLS] + PLAIN
	for who in ('attack_rogue', None):
		expected = None
		for path in ('pg_catalog', 'trap, pg_catalog', 'pg_temp, trap, pg_catalog', 'trap'):
			# the temporary look-alikes are those of the session that made them
			session = rogue if path.startswith('pg_temp') and who else login(who)
			session.ask(f'SET search_path = {path}; SELECT contacts.current_account(); BEGIN')
			endings = [ending_of(session, statement) for statement in statements]
			if who:
				tally.check(endings.count('00000') > 30, f'{who}: the calls are good ones', endings)
			expected = expected or endings
			for statement, ending, usual in zip(statements, endings, expected):
				tally.check(ending == usual, f"{who} with {path}: {statement} ends with {ending}, not {usual}")
			check_traps(tally, session, owner, f'{who} with {path}')
			session.close()


def ending_of(session, statement):
	"""What became of the statement; the transaction goes on."""
	session.ask('SAVEPOINT here')
	ending = state(session, statement)
	session.ask('RELEASE here' if ending == '00000' else 'ROLLBACK TO here')
	return ending


def attack_creation(tally, owner):
	subprocess.run(['dropdb', '--if-exists', FRESH], check=True, stderr=subprocess.DEVNULL)
	subprocess.run(['createdb', FRESH], check=True)
	owner.ask(f'GRANT CREATE ON DATABASE {FRESH} TO attack_rogue')
	rogue = login('attack_rogue', FRESH)
	superuser = login(None, FRESH)
	rogue.ask('CREATE SCHEMA contacts')
	tally.check(answer(superuser, 'CREATE EXTENSION contacts') == '42501', "no extension in a schema of somebody else's")
	rogue.ask('DROP SCHEMA contacts; CREATE SCHEMA trap')
	set_traps(tally, rogue, superuser)
	superuser.ask('SET search_path = trap, pg_catalog')
	for step in ('CREATE EXTENSION contacts', 'SELECT contacts.setup()', 'SELECT contacts.setup()', 'SELECT contacts.check()'):
		tally.check(state(superuser, step) == '00000', f'{step} works with look-alikes first in the search_path')
	superuser.ask('RESET search_path')
	check_traps(tally, superuser, superuser, 'CREATE EXTENSION and setup()')
	rogue.close()
	superuser.close()
	subprocess.run(['dropdb', FRESH], check=True)


# ---- savepoints ---------------------------------------------------------------------------------

def attack_savepoints(tally):
	ways = {
		'savepoint': "BEGIN; SAVEPOINT a; SELECT contacts.current_account(); ROLLBACK TO a; ROLLBACK",
		'two savepoints': "BEGIN; SAVEPOINT a; SAVEPOINT b; TABLE contacts.contact; ROLLBACK TO a; ROLLBACK",
		'block': "DO $$ BEGIN PERFORM contacts.get_contact(0); EXCEPTION WHEN OTHERS THEN NULL; END $$",
		'failed insert': "DO $$ BEGIN INSERT INTO contacts.contact (email) VALUES ('x'); EXCEPTION WHEN OTHERS THEN NULL; END $$",
	}
	for name, statements in ways.items():
		session = login('attack_agent')
		answer(session, statements)
		tally.check(answer(session, 'SELECT 1') == '1', f"first use within a {name}: the session lives")
		session.process.kill()


def main():
	owner = login()
	tally = Tally()
	for role in ROLES:
		owner.ask(f"CREATE ROLE {role} LOGIN")
	try:
		owner.ask(f"GRANT CREATE ON DATABASE {owner.value('SELECT current_database()')} TO attack_rogue")
		owner.ask(WORLD.strip().rstrip(";"))
		attack_trust(tally, owner)
		owner.ask('GRANT CREATE ON SCHEMA public TO attack_rogue')
		attack_pins(tally, owner)
		attack_by_own_code(tally, owner)
		attack_names(tally, owner)
		attack_creation(tally, owner)
		attack_savepoints(tally)
	finally:
		clean = login()
		while answer(clean, 'SELECT 1') != '1':  # after a crash
			time.sleep(0.2)
			clean = login()
		for role in ROLES:
			answer(clean, 'DELETE FROM contacts.access_grant')
			answer(clean, f"DROP OWNED BY {role} CASCADE")
			answer(clean, f"DROP ROLE {role}")
		clean.close()
	tally.finish()


if __name__ == '__main__':
	main()
