-- errors.sql: a wrong value for each argument of each function gives the SQLSTATE of the contract,
-- with a detail that states a fact and a hint that names an action, and nothing is written.
--
-- @C and @D in a call stand for two contacts, @A for a scheduled activity, @S for a long text.
\ir start.psql
BEGIN;
SELECT plan(245);

INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 7, 'Mia'), (2, 9, 'Other');
SELECT contacts.define_field('size', 'number');
SELECT (contacts.create_contact(email => 'c@example.org', phone => '+14155550171')).contact_id AS c,
       (contacts.create_contact(email => 'd@example.org', phone => '+14155550172', external_id => 'crm:d', visitor => 'vd', fields => '{"size":5}')).contact_id AS d,
       (contacts.record_activity('booking', email => 'c@example.org', state => 'scheduled', starts_at => '2026-01-01', ends_at => '2026-01-02')).activity_id AS a \gset
CREATE TEMP TABLE stand_in AS SELECT :'c' AS c, :'d' AS d, :'a' AS a;

-- The error of a call: state, message, detail, hint.
CREATE FUNCTION pg_temp.refusal(call text, OUT state text, OUT message text, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
	SELECT replace(replace(replace(replace(call, '@C', c), '@D', d), '@A', a), '@S',
		'(SELECT string_agg(md5(i::text), '''') FROM generate_series(1, 400) i)') INTO call FROM stand_in;
	EXECUTE 'SELECT contacts.' || call;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000'; -- takes back what a call wrote that should have failed
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	state := 'none';
WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;

-- Rows of every table of the schema.
CREATE FUNCTION pg_temp.rows() RETURNS text LANGUAGE plpgsql AS $$
DECLARE t regclass; n bigint; result text := '';
BEGIN
	FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relkind = 'r' ORDER BY relname LOOP
		EXECUTE format('SELECT count(*) + coalesce(sum(hashtext(x::text)), 0) FROM %s x', t) INTO n;
		result := result || t || ' ' || n || '; ';
	END LOOP;
	RETURN result;
END $$;
SELECT pg_temp.rows() AS before \gset

CREATE TEMP TABLE wrong (place serial, call text, state text, message text);

INSERT INTO wrong (call, state, message)
SELECT format('record_activity(%s)', arguments), state, message FROM (VALUES
	('NULL', '22023', 'invalid kind'), (''' ''', '22023', 'invalid kind'), ('@S', '22P02', 'invalid kind'),
	('''n'', email => ''x''', '22P02', 'invalid e-mail'), ('''n'', phone => ''x''', '22P02', 'invalid phone'),
	('''n'', visitor => @S', '22P02', 'invalid visitor'), ('''n'', external_id => ''x''', '22P02', 'invalid external id'),
	('''n'', name => @S, email => ''n@example.org''', '22P02', 'invalid name'), ('''n'', company => @S, email => ''n@example.org''', '22P02', 'invalid company'),
	('''n'', timezone => ''Mars''', '22P02', 'invalid time zone'), ('''n'', fields => ''[]''', '22023', 'invalid fields'),
	('''n'', fields => ''{"nope":1}''', '22023', 'invalid field key'), ('''n'', fields => ''{"size":"x"}''', '22P02', 'invalid value for field'),
	('''n'', status => ''x''', '22023', 'invalid status'), ('''n'', occurred_at => ''infinity''', '22008', 'invalid occurred_at'),
	('''n'', occurred_at => ''-infinity''', '22008', 'invalid occurred_at'), ('''n'', source => @S', '22P02', 'invalid source'),
	('''n'', source_ref => @S', '22P02', 'invalid source_ref'), ('''n'', data => ''[]''', '22023', 'invalid data'),
	('''n'', state => ''x''', '22023', 'invalid state'), ('''n'', starts_at => ''infinity''', '22008', 'invalid starts_at'),
	('''n'', starts_at => ''-infinity''', '22008', 'invalid starts_at'), ('''n'', ends_at => ''infinity''', '22008', 'invalid ends_at'),
	('''n'', ends_at => ''-infinity''', '22008', 'invalid ends_at'),
	('''n'', starts_at => ''2026-01-02'', ends_at => ''2026-01-01''', '22023', 'invalid ends_at'),
	('''n'', assigned_to => 99', 'P0002', 'member 99 does not exist'), ('''n'', assigned_to => 9', 'P0002', 'member 9 does not exist'),
	('''n'', assigned_to => 0', 'P0002', 'member 0 does not exist'), ('''n'', region => ''XX''', '22023', 'invalid region'),
	('''n'', contact_id => 99999', 'P0002', 'contact 99999 does not exist'), ('''n'', contact_id => 0', 'P0002', 'contact 0 does not exist'),
	('''n'', on_invalid => ''x''', '22023', 'invalid on_invalid'), ('''n'', account_id => 0', '22023', 'invalid account_id'),
	('''n'', account_id => 0', '22023', 'invalid account_id'), ('''n'', account_id => -1', '22023', 'invalid account_id')) AS t(arguments, state, message);

INSERT INTO wrong (call, state, message)
SELECT format('record_activities(%s)', arguments), state, message FROM (VALUES
	('NULL', '22023', 'invalid activities'), ('''{}''', '22023', 'invalid activities'), ('''7''', '22023', 'invalid activities'),
	('''[7]''', '22023', 'invalid activity'), ('''[{"nope":1}]''', '22023', 'invalid key'), ('''[{}]''', '22023', 'invalid kind'),
	('''[{"kind":"n","email":["x"]}]''', '22P02', 'invalid value for "email"'),
	('''[{"kind":"n","occurred_at":"soon"}]''', '22P02', 'invalid value for "occurred_at"'), ('''[{"kind":"n","assigned_to":"x"}]''', '22P02', 'invalid value for "assigned_to"'),
	('''[{"kind":"n","assigned_to":1.5}]''', '22P02', 'invalid value for "assigned_to"'), ('''[{"kind":"n","fields":7}]''', '22P02', 'invalid value for "fields"'),
	('''[{"kind":"n","data":[]}]''', '22P02', 'invalid value for "data"'), ('''[{"kind":"n","assigned_to":99}]''', 'P0002', 'member 99'),
	('''[]'', ''x''', '22023', 'invalid on_error'), ('''[]'', account_id => 0', '22023', 'invalid account_id')) AS t(arguments, state, message);

INSERT INTO wrong (call, state, message) VALUES
	('cancel_activity(NULL)', '22023', 'invalid activity_id'), ('cancel_activity(99999)', 'P0002', 'activity 99999 does not exist'),
	('cancel_activity(@A, 0)', '22023', 'invalid account_id'),
	('link_activity(NULL, 1)', '22023', 'invalid activity_id'), ('link_activity(@A, NULL)', '22023', 'invalid contact_id'), ('link_activity(99999, 1)', 'P0002', 'activity 99999'),
	('link_activity(@A, 99999)', 'P0002', 'contact 99999 does not exist'), ('link_activity(@A, 1, 0)', '22023', 'invalid account_id'),
	('unlink_activity(NULL)', '22023', 'invalid activity_id'), ('unlink_activity(99999)', 'P0002', 'activity 99999'), ('unlink_activity(@A, 0)', '22023', 'invalid account_id'),
	('add_note(NULL, ''x'')', '22023', 'invalid contact_id'), ('add_note(99999, ''x'')', 'P0002', 'contact 99999'), ('add_note(1, NULL)', '22023', 'invalid note'),
	('add_note(1, '' '')', '22023', 'invalid note'), ('add_note(1, ''x'', @S)', '22P02', 'invalid title'), ('add_note(1, ''x'', NULL, 0)', '22023', 'invalid account_id'),
	('reschedule_activity(NULL, now())', '22023', 'invalid activity_id'), ('reschedule_activity(99999, now())', 'P0002', 'activity 99999'),
	('reschedule_activity(@A, NULL)', '22023', 'invalid starts_at'), ('reschedule_activity(@A, ''infinity'')', '22008', 'invalid starts_at'),
	('reschedule_activity(@A, ''-infinity'')', '22008', 'invalid starts_at'), ('reschedule_activity(@A, ''2026-01-02'', ''infinity'')', '22008', 'invalid ends_at'),
	('reschedule_activity(@A, ''2026-01-02'', ''2026-01-01'')', '22023', 'invalid ends_at'), ('reschedule_activity(@A, now(), NULL, 0)', '22023', 'invalid account_id');

-- upsert_contact and create_contact share most arguments
INSERT INTO wrong (call, state, message)
SELECT format('%s(%s)', function, arguments), state, message FROM unnest(ARRAY['upsert_contact', 'create_contact']) AS function, (VALUES
	('email => ''x''', '22P02', 'invalid e-mail'), ('phone => ''x''', '22P02', 'invalid phone'), ('visitor => @S', '22P02', 'invalid visitor'),
	('external_id => ''x''', '22P02', 'invalid external id'), ('name => @S', '22P02', 'invalid name'), ('company => @S', '22P02', 'invalid company'),
	('name => ''n'', timezone => ''Mars''', '22P02', 'invalid time zone'), ('name => ''n'', fields => ''[]''', '22023', 'invalid fields'),
	('name => ''n'', fields => ''{"nope":1}''', '22023', 'invalid field key'), ('name => ''n'', status => ''x''', '22023', 'invalid status'),
	('name => ''n'', owner_id => 99', 'P0002', 'member 99'), ('name => ''n'', owner_id => 9', 'P0002', 'member 9'), ('name => ''n'', owner_id => 0', 'P0002', 'member 0'),
	('name => ''n'', tags => ARRAY[@S]', '22P02', 'invalid tag'), ('name => ''n'', source => @S', '22P02', 'invalid source'),
	('name => ''n'', region => ''XX''', '22023', 'invalid region'), ('name => ''n'', account_id => 0', '22023', 'invalid account_id'),
	('name => ''n'', account_id => -1', '22023', 'invalid account_id'), ('', '22023', 'invalid contact'), ('email => ''n/a''', '22023', 'invalid contact'),
	('name => '' ''', '22023', 'invalid contact')) AS t(arguments, state, message);

INSERT INTO wrong (call, state, message) VALUES
	('upsert_contact(name => ''n'', mode => ''x'')', '22023', 'invalid mode'),
	('create_contact(email => ''d@example.org'')', '23505', 'e-mail address is already used'), ('create_contact(phone => ''+14155550172'')', '23505', 'phone number is already used'),
	('create_contact(external_id => ''crm:d'')', '23505', 'external id is already used'), ('create_contact(visitor => ''vd'')', '23505', 'visitor cookie is already used'),
	('update_contact(NULL, ''{}'')', '22023', 'invalid contact_id'), ('update_contact(99999, ''{}'')', 'P0002', 'contact 99999 does not exist'),
	('update_contact(@C, NULL)', '22023', 'invalid changes'), ('update_contact(@C, ''[]'')', '22023', 'invalid changes'), ('update_contact(@C, ''7'')', '22023', 'invalid changes'),
	('update_contact(@C, ''{"nope":1}'')', '22023', 'invalid key'), ('update_contact(@C, ''{"name":[7]}'')', '22P02', 'invalid value for "name"'),
	('update_contact(@C, jsonb_build_object(''name'', @S))', '22P02', 'invalid name'), ('update_contact(@C, ''{"email":"x"}'')', '22P02', 'invalid e-mail'),
	('update_contact(@C, ''{"email":"d@example.org"}'')', '23505', 'e-mail address is already used'), ('update_contact(@C, ''{"phone":"x"}'')', '22P02', 'invalid phone'),
	('update_contact(@C, ''{"phone":"+14155550172"}'')', '23505', 'phone number is already used'), ('update_contact(@C, ''{"timezone":"Mars"}'')', '22P02', 'invalid time zone'),
	('update_contact(@C, ''{"status":"x"}'')', '22023', 'invalid status'), ('update_contact(@C, ''{"owner_id":99}'')', 'P0002', 'member 99'),
	('update_contact(@C, ''{"owner_id":0}'')', '22P02', 'invalid value for "owner_id"'), ('update_contact(@C, ''{"fields":[]}'')', '22P02', 'invalid value for "fields"'),
	('update_contact(@C, ''{"fields":{"nope":1}}'')', '22023', 'invalid field key'), ('update_contact(@C, ''{"fields":{"size":"x"}}'')', '22P02', 'invalid value for field'),
	('update_contact(@C, ''{}'', ''x'')', '22023', 'invalid on_duplicate'), ('update_contact(@C, ''{}'', account_id => 0)', '22023', 'invalid account_id'),
	('find_contact(email => ''x'')', '22P02', 'invalid e-mail'), ('find_contact(phone => ''x'')', '22P02', 'invalid phone'), ('find_contact(external_id => ''x'')', '22P02', 'invalid external id'),
	('find_contact(visitor => @S)', '22P02', 'invalid visitor'), ('find_contact(region => ''XX'')', '22023', 'invalid region'), ('find_contact(account_id => 0)', '22023', 'invalid account_id'),
	('resolve_contact(@C, 0)', '22023', 'invalid account_id'), ('get_contact(NULL)', '22023', 'invalid contact_id'), ('get_contact(99999)', 'P0002', 'contact 99999'),
	('get_contact(@C, 0)', '22023', 'invalid account_id'),
	('set_status(NULL, ''qualified'')', '22023', 'invalid contact_ids'), ('set_status(ARRAY[@C, 99999], ''qualified'')', 'P0002', 'contact 99999'),
	('set_status(ARRAY[@C, NULL], ''qualified'')', '22023', 'invalid contact_ids'), ('set_status(ARRAY[@C], ''x'')', '22023', 'invalid status'),
	('set_status(ARRAY[@C], ''qualified'', @S)', '22P02', 'invalid source'), ('set_status(ARRAY[@C], ''qualified'', account_id => 0)', '22023', 'invalid account_id'),
	('assign_contacts(NULL, 7)', '22023', 'invalid contact_ids'), ('assign_contacts(ARRAY[@C, 99999], 7)', 'P0002', 'contact 99999'), ('assign_contacts(ARRAY[@C, NULL], 7)', '22023', 'invalid contact_ids'),
	('assign_contacts(ARRAY[@C], 99)', 'P0002', 'member 99'), ('assign_contacts(ARRAY[@C], 9)', 'P0002', 'member 9'), ('assign_contacts(ARRAY[@C], 0)', 'P0002', 'member 0'),
	('assign_contacts(ARRAY[@C], 7, 0)', '22023', 'invalid account_id');

-- the three functions about identifiers
INSERT INTO wrong (call, state, message)
SELECT format('%s(%s)', function, arguments), state, message FROM unnest(ARRAY['add_identifier', 'remove_identifier', 'set_primary_identifier']) AS function, (VALUES
	('NULL, ''email'', ''x@example.org''', '22023', 'invalid contact_id'), ('99999, ''email'', ''x@example.org''', 'P0002', 'contact 99999'),
	('@C, NULL, ''x''', '22023', 'invalid kind'), ('@C, ''x'', ''x''', '22023', 'invalid kind'), ('@C, ''email'', NULL', '22023', 'invalid value'),
	('@C, ''email'', ''x''', '22P02', 'invalid e-mail'), ('@C, ''phone'', ''x''', '22P02', 'invalid phone'), ('@C, ''email'', ''n/a''', '22P02', 'invalid e-mail'),
	('@C, ''email'', ''x@example.org'', account_id => 0', '22023', 'invalid account_id')) AS t(arguments, state, message);
INSERT INTO wrong (call, state, message) VALUES
	('add_identifier(@C, ''email'', ''d@example.org'')', '23505', 'e-mail address is already used'), ('add_identifier(@C, ''external'', ''x'')', '22P02', 'invalid external id'),
	('add_identifier(@C, ''visitor'', @S)', '22P02', 'invalid visitor'), ('add_identifier(@C, ''email'', ''x@example.org'', make_primary => NULL)', '22023', 'invalid make_primary'),
	('remove_identifier(@C, ''email'', ''x@example.org'')', 'P0002', 'e-mail address does not exist'), ('set_primary_identifier(@C, ''email'', ''x@example.org'')', 'P0002', 'e-mail address does not exist'),
	('set_primary_identifier(@C, ''visitor'', ''v'')', '22023', 'invalid kind');

INSERT INTO wrong (call, state, message) VALUES
	('define_field(NULL, ''text'')', '22023', 'invalid field key'), ('define_field(''Team size'', ''text'')', '22023', 'invalid field key'), ('define_field(@S, ''text'')', '22023', 'invalid field key'),
	('define_field(''email'', ''text'')', '22023', 'invalid field key'),
	('define_field(''k'', NULL)', '22023', 'invalid field type'), ('define_field(''k'', ''x'')', '22023', 'invalid field type'), ('define_field(''k'', ''dropdown'')', '22023', 'invalid options'),
	('define_field(''k'', ''dropdown'', options => ''{}'')', '22023', 'invalid options'), ('define_field(''k'', ''dropdown'', options => ''{a,a}'')', '22023', 'invalid options'),
	('define_field(''k'', ''dropdown'', options => ''{a,NULL}'')', '22023', 'invalid options'), ('define_field(''k'', ''dropdown'', options => ''{a," "}'')', '22023', 'invalid options'),
	('define_field(''k'', ''text'', options => ''{a}'')', '22023', 'invalid options'),
	('define_field(''k'', ''text'', account_id => 0)', '22023', 'invalid account_id'), ('define_field(''k'', ''text'', account_id => -1)', '22023', 'invalid account_id'),
	('define_field(''size'', ''date'')', '22P02', 'invalid change of field'),
	('archive_field(NULL)', '22023', 'invalid field key'), ('archive_field(''nope'')', 'P0002', 'field "nope" does not exist'), ('archive_field(''size'', 0)', '22023', 'invalid account_id'),
	('set_account(name => @S)', '22P02', 'invalid name'), ('set_account(default_region => ''XX'')', '22023', 'invalid region'), ('set_account(phone_match => ''x'')', '22023', 'invalid phone_match'),
	('set_account(unknown_fields => ''x'')', '22023', 'invalid unknown_fields'), ('set_account(timezone => ''Mars'')', '22P02', 'invalid time zone'),
	('set_account(keep_deleted => ''-1 day'')', '22023', 'invalid keep_deleted'), ('set_account(duplicate_fields => ''{NULL}'')', '22023', 'invalid duplicate_fields'), ('set_account(account_id => 0)', '22023', 'invalid account_id'), ('set_account(account_id => 0)', '22023', 'invalid account_id'),
	('normalize_email(''x'')', '22P02', 'invalid e-mail'), ('normalize_phone(''x'', ''US'')', '22P02', 'invalid phone'), ('normalize_phone(''4155552671'', ''XX'')', '22023', 'invalid region'),
	('phone_problem(''4155552671'', ''XX'')', '22023', 'invalid region'), ('phone_info(''4155552671'', ''XX'')', '22023', 'invalid region'), ('check(0)', '22023', 'invalid account_id');

CREATE TEMP TABLE outcome AS SELECT w.place, w.call, w.state, w.message, e.state AS got, e.message AS said, e.detail, e.hint
  FROM wrong w, LATERAL pg_temp.refusal(w.call) e;
SELECT is(coalesce(got || ': ' || left(said, length(message)), 'no error'), state || ': ' || message, 'R40, contract: ' || call) FROM outcome ORDER BY place;
SELECT is_empty($$SELECT call, said FROM outcome WHERE got <> 'none' AND coalesce(detail, '') = ''$$, 'each error has a detail');
SELECT is_empty($$SELECT call, said FROM outcome WHERE got <> 'none' AND coalesce(hint, '') = ''$$, 'each error has a hint');
SELECT is_empty($$SELECT call, said FROM outcome WHERE said ~ '^[A-Z]' OR said ~ '\.$'$$, 'messages begin in lower case and end without period');
SELECT is_empty($$SELECT call, detail FROM outcome WHERE detail <> '' AND detail !~ '^[A-Z0-9].*\.$'$$, 'details are sentences');
SELECT is_empty($$SELECT call, said FROM outcome WHERE length(said) > 160$$, 'messages quote at most 60 bytes');
SELECT is_empty($$SELECT call, got FROM outcome WHERE got LIKE 'XX%'$$, 'no internal errors');

SELECT is(pg_temp.rows(), :'before', 'a refused call writes nothing');

-- Every argument of every function that an application calls is in the table above, or needs no check.
CREATE TEMP TABLE harmless (function text, argument text);
INSERT INTO harmless VALUES ('record_activity', 'title'), ('record_activity', 'calendar'), ('define_field', 'label'), ('define_field', 'required'), ('set_account', 'activity_events'),
	('email_problem', 'value'), ('phone_problem', 'value'), ('phone_info', 'value'), ('resolve_contact', 'contact_id');
SELECT is_empty($$
	SELECT p.proname, a.name FROM pg_proc p, LATERAL unnest(p.proargnames[1:p.pronargs]) WITH ORDINALITY AS a(name, n)
	 WHERE p.pronamespace = 'contacts'::regnamespace AND p.prorettype <> 'trigger'::regtype
	   AND p.proname IN (SELECT split_part(call, '(', 1) FROM outcome)
	   AND NOT EXISTS (SELECT FROM harmless h WHERE h.function = p.proname AND h.argument = a.name)
	   AND NOT EXISTS (SELECT FROM outcome o WHERE split_part(o.call, '(', 1) = p.proname
		   AND (o.call ~ ('\m' || a.name || ' =>') OR (a.n <= p.pronargs AND o.call !~ ('^' || p.proname || '\([a-z_]+ =>')
			    AND cardinality(regexp_split_to_array(regexp_replace(o.call, '''[^'']*''', '', 'g'), ',')) >= a.n)))$$,
	'each argument is tried');

-- An error within a call leaves the session as any other error does: the next statement works.
CREATE EXTENSION IF NOT EXISTS dblink;
COMMIT;
SELECT dblink_connect('other', format('host=%s port=%s dbname=%s user=%s', split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database(), current_user));
SELECT dblink_exec('other', $$CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''ZZ001''; END'$$);
SELECT dblink_exec('other', 'CREATE TRIGGER refuse BEFORE INSERT ON contacts.contact FOR EACH ROW EXECUTE FUNCTION public.refuse()');
SELECT throws_ok($$SELECT * FROM dblink('other', 'SELECT (contacts.upsert_contact(email => ''refused@example.org'')).contact_id') AS t(id bigint)$$, 'ZZ001', NULL,
	'R18: an error of a trigger reaches the caller as it is');
SELECT lives_ok($$SELECT * FROM dblink('other', 'SELECT 1') AS t(one int)$$, 'R18: the next statement of the session works');
SELECT lives_ok($$SELECT dblink_exec('other', 'ROLLBACK')$$, 'R18: and so does ROLLBACK');
SELECT dblink_disconnect('other');

-- The same error caught by PL/pgSQL: what the block wrote is undone, what comes after is committed.
SELECT dblink_connect('other', format('host=%s port=%s dbname=%s user=%s', split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database(), current_user));
SELECT dblink_exec('other', 'CREATE TABLE public.seen (x int)');
SELECT dblink_exec('other', $$DO 'BEGIN INSERT INTO public.seen VALUES (1); PERFORM contacts.upsert_contact(email => ''refused@example.org'');
	EXCEPTION WHEN SQLSTATE ''ZZ001'' THEN NULL; END'$$);
SELECT dblink_exec('other', 'INSERT INTO public.seen VALUES (2)');
SELECT results_eq('SELECT x FROM public.seen', 'VALUES (2)', 'R18: a caught error undoes its block only, and later statements commit');
SELECT dblink_disconnect('other');
SELECT * FROM finish();
