-- hostile.sql: each function of the extension called with hostile and with plausible values at
-- random, as superuser and as each level of access. Whatever the input, a call ends within its
-- time with a result or an orderly error; the server never falls over and the data stay sound.
--
-- Each call is a statement of its own on a second connection (dblink), so that its timeout, its
-- commit and its loss can be seen from here. HOSTILE_SEED, HOSTILE_CALLS and HOSTILE_SECONDS in the
-- environment repeat a run, or make it longer.
\set ON_ERROR_STOP on
\set QUIET on
\set seed `echo "${HOSTILE_SEED:-$RANDOM}" | tr -cd 0-9`
\set calls `echo "${HOSTILE_CALLS:-12000}"`
\set seconds `echo "${HOSTILE_SECONDS:-60}"`
\if `test -n ":seed" && echo 0 || echo 1`
    SELECT (random() * 99999)::int AS seed \gset
\endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS dblink;
CREATE SCHEMA hostile;
SET search_path = hostile, public;

SELECT plan(8);
SELECT diag(format('hostile seed %s, at most %s calls or %s s', :seed, :calls, :seconds));

-- ---- values ---------------------------------------------------------------------------------

-- By type. An expression is cast to the argument's type; `text` also serves types not listed.
CREATE TABLE pool (type text, value text);
INSERT INTO pool SELECT 'any', 'NULL' FROM generate_series(1, 2);
INSERT INTO pool SELECT 'text', v FROM unnest(ARRAY[
    $q$''$q$, $q$' '$q$, $q$E'\t\n'$q$, $q$'null'$q$, $q$'0'$q$, $q$'-1'$q$, $q$'a'$q$, $q$'%'$q$, $q$'\'$q$,
    $q$''''$q$, $q$'"'$q$, $q$'$$'$q$, $q$'x''; DROP TABLE contacts.contact; --'$q$, $q$'{}'$q$, $q$'[]'$q$,
    $q$U&'\0001'$q$, $q$U&'\202E\202Dabc'$q$, $q$U&'\FEFF'$q$, $q$U&'\+01F600'$q$, $q$U&'e\0301'$q$,
    $q$U&'\FF21\FF20\FF22\3002\FF43'$q$, $q$repeat('a', 63)$q$, $q$repeat('a', 64)$q$, $q$repeat('é', 255)$q$,
    $q$repeat('x', 1000000)$q$, $q$repeat('@', 100000)$q$, $q$repeat('a@b.', 5000)$q$, $q$repeat('+1', 50000)$q$,
    $q$repeat('1', 100000)$q$, $q$repeat(U&'\202E', 10000)$q$, $q$repeat(E'"a,\r\n', 10000)$q$,
    $q$repeat('((', 10000)$q$, $q$'infinity'$q$, $q$'NaN'$q$, $q$'pg_catalog'$q$, $q$'contacts.contact'$q$]) v;
INSERT INTO pool SELECT t, v FROM unnest(ARRAY['bigint', 'integer', 'smallint']) t,
    unnest(ARRAY['0', '-1', '1', '2', '7', '32767', '-32768']) v;
INSERT INTO pool SELECT t, v FROM unnest(ARRAY['bigint', 'integer']) t, unnest(ARRAY['2147483647', '(-2147483648)']) v;
INSERT INTO pool SELECT 'bigint', v FROM unnest(ARRAY['9223372036854775807', '(-9223372036854775808)']) v;
INSERT INTO pool SELECT t, v FROM unnest(ARRAY['real', 'double precision', 'numeric']) t,
    unnest(ARRAY['0', '-1', '0.5', '1', $q$'NaN'$q$, $q$'Infinity'$q$, $q$'-Infinity'$q$, '1e30', '1e-30']) v;
INSERT INTO pool SELECT 'boolean', v FROM unnest(ARRAY['true', 'false']) v;
INSERT INTO pool SELECT t, v FROM unnest(ARRAY['timestamp with time zone', 'timestamp without time zone', 'date']) t,
    unnest(ARRAY[$q$'infinity'$q$, $q$'-infinity'$q$, $q$'4713-01-01 BC'$q$, $q$'epoch'$q$, $q$'5874897-12-31'$q$,
                 $q$'294276-12-31'$q$, $q$'2024-02-29 23:59:60'$q$, 'now()', $q$(now() + interval '1 day')$q$]) v;
INSERT INTO pool SELECT 'interval', v FROM unnest(ARRAY[$q$'0'$q$, $q$'-1 day'$q$, $q$'178000000 years'$q$,
    $q$'-178000000 years'$q$, $q$'1 month'$q$, $q$'30 days'$q$, $q$'1 microsecond'$q$]) v;
INSERT INTO pool SELECT 'jsonb', v FROM unnest(ARRAY[
    $q$'{}'$q$, $q$'[]'$q$, $q$'null'$q$, $q$'1'$q$, $q$'"x"'$q$, $q$'true'$q$, $q$'[null]'$q$, $q$'{"": ""}'$q$,
    $q$'{"a": null}'$q$, $q$'{"name": {"x": [1]}}'$q$, $q$'1e400'$q$, $q$'{"email": 5}'$q$, $q$'[[[[]]]]'$q$,
    $q$(repeat('[', 3000) || repeat(']', 3000))$q$, $q$(repeat('{"not":', 500) || '{}' || repeat('}', 500))$q$,
    $q$(SELECT jsonb_object_agg('k' || i, i) FROM generate_series(1, 5000) i)$q$,
    $q$(SELECT jsonb_agg(i) FROM generate_series(1, 5000) i)$q$, $q$jsonb_build_object('name', repeat('x', 1000000))$q$,
    $q$jsonb_build_object(repeat('k', 100000), 1)$q$]) v;
INSERT INTO pool SELECT 'bytea', v FROM unnest(ARRAY[$q$''$q$, $q$'\x00'$q$, $q$'\xff'$q$, $q$'\xefbbbf'$q$,
    $q$convert_to(repeat('"', 100000), 'UTF8')$q$, $q$convert_to(E'email,name\na@b.example,A\n', 'UTF8')$q$]) v;
INSERT INTO pool SELECT 'bigint[]', v FROM unnest(ARRAY[$q$'{}'$q$, $q$'{NULL}'$q$, $q$'{1,2,3}'$q$, $q$'{1,1,1}'$q$,
    $q$'{-1,0}'$q$, $q$'{{1,2},{3,4}}'$q$, $q$'[5:6]={1,2}'$q$, $q$'{9223372036854775807}'$q$,
    $q$(SELECT array_agg(i) FROM generate_series(1, 3000) i)$q$]) v;
INSERT INTO pool SELECT 'text[]', v FROM unnest(ARRAY[$q$'{}'$q$, $q$'{NULL}'$q$, $q$'{""}'$q$, $q$'{a,a}'$q$,
    $q$'{a,b}'$q$, $q$'{{a,b},{c,d}}'$q$, $q$'[0:1]={a,b}'$q$, $q$ARRAY[repeat('x', 100000)]$q$,
    $q$(SELECT array_agg('t' || i) FROM generate_series(1, 500) i)$q$]) v;
INSERT INTO pool SELECT 'regrole', v FROM unnest(ARRAY['0', '4294967295', $q$'pg_monitor'$q$, $q$'hostile_reader'$q$]) v;
INSERT INTO pool SELECT 'regtype', v FROM unnest(ARRAY['0', '4294967295', $q$'text'$q$, $q$'contacts.contact_status'$q$, $q$'record'$q$]) v;
INSERT INTO pool SELECT 'regclass', v FROM unnest(ARRAY['0', '4294967295', $q$'pg_class'$q$, $q$'contacts.contact'$q$]) v;
INSERT INTO pool SELECT 'uuid', $q$'00000000-0000-0000-0000-000000000000'$q$;

-- By argument name: values that let a call go deep.
CREATE TABLE named (name text, value text);
INSERT INTO named SELECT n, v FROM (VALUES
    ('email', ARRAY['ann@example.com', 'ANN@Example.com', 'bob@example.org', 'eve+tag@example.net', 'x@', 'ü@münchen.de']),
    ('phone', ARRAY['+14155552671', '(415) 555-2671', '+442079460958', '020 7946 0958', '+1 800 555 0199', '12']),
    ('region', ARRAY['US', 'GB', 'ZZ', 'us', 'XX']), ('default_region', ARRAY['US', 'GB', 'XX']),
    ('visitor', ARRAY['v-1', 'v-2', 'v-3']), ('external_id', ARRAY['crm:1', 'crm:2', 'shop:1', 'nocolon']),
    ('name', ARRAY['Ann Example', 'Bob', 'VIP', 'Type: Customer', 'seg', 'camp']), ('company', ARRAY['Acme', 'Acme Ltd']),
    ('timezone', ARRAY['Europe/Berlin', 'UTC', 'Mars/Phobos']), ('fields', ARRAY['{}', '{"team_size": 5}', '{"nope": 1}']),
    ('status', ARRAY['qualified', 'disqualified', 'sales_qualified']), ('source', ARRAY['api', 'import', 'manual']),
    ('source_ref', ARRAY['r1', 'r2', 'r3']), ('state', ARRAY['scheduled', 'completed', 'cancelled', 'granted', 'denied', 'withdrawn']),
    ('kind', ARRAY['booking', 'email', 'phone', 'external', 'visitor', 'manual', 'auto', 'crm', 'calendar']),
    ('type', ARRAY['text', 'number', 'date', 'boolean', 'dropdown', 'multi_select']), ('options', ARRAY['{a,b}', '{}']),
    ('mode', ARRAY['skip', 'update', 'fill', 'create']), ('on_invalid', ARRAY['error', 'keep']),
    ('on_error', ARRAY['stop', 'report']), ('on_duplicate', ARRAY['error', 'merge']), ('prefer', ARRAY['primary', 'latest']),
    ('level', ARRAY['reader', 'agent', 'admin', 'ingest']), ('target', ARRAY['contacts', 'activities']),
    ('phone_match', ARRAY['always', 'fill', 'never']), ('unknown_fields', ARRAY['refuse', 'keep']),
    ('value', ARRAY['ann@example.com', '+14155552671', 'crm:1', 'v-1', 'x']), ('key', ARRAY['team_size', 'team size', 'industry', 'name']),
    ('field', ARRAY['name', 'email', 'team_size', 'nope']), ('order_by', ARRAY['name', 'created_at desc', 'name; DROP TABLE x']),
    ('purpose', ARRAY['marketing', 'analytics']), ('system', ARRAY['hub', 'google']), ('consumer', ARRAY['c1', 'c2']),
    ('tags', ARRAY['{VIP}', '{a,b}']), ('view_name', ARRAY['wide', 'contact', 'x"; DROP']), ('channel', ARRAY['email', 'sms']),
    ('url', ARRAY['https://example.com/pricing', 'javascript:x', 'https://']), ('delimiter', ARRAY[',', ';', E'\t', 'xx']),
    ('encoding', ARRAY['UTF8', 'LATIN1', 'nope']), ('columns', ARRAY['{name,email}', '{nope}']),
    ('content', ARRAY[E'email,name\nann@example.com,Ann\nbad,\n', E'\xEF\xBB\xBFName;Email\r\n"A;B";c@example.com', '"']),
    ('mapping', ARRAY['{"email": "email", "name": "name"}', '{"1": "email"}', '{"x": "fields.team_size"}']),
    ('changes', ARRAY['{"name": "N"}', '{"email": "bob@example.org"}', '{"email": null}', '{"fields": {"team_size": "x"}}', '{"zz": 1}']),
    ('overrides', ARRAY['{}', '{"name": "X"}', '{"nope": 1}']),
    ('rules', ARRAY['[{"if": {"field": "name", "known": true}, "goto": "a"}, {"goto": "b"}]', '[{}]']),
    ('activities', ARRAY['[{"kind": "booking", "email": "ann@example.com"}, {"kind": "note", "phone": "+14155552671"}]',
        '[{"kind": "x", "email": "bad"}]', '[{"nope": 1}]', '[{"kind": "k", "source": "s", "source_ref": "r1"}]']),
    ('filter', ARRAY['{"field": "name", "is": "Bob"}', '{"all": [{"tag": "VIP"}, {"not": {"field": "email", "known": true}}]}',
        '{"any": []}', '{"field": "created_at", "within": "30 days"}', '{"field": "x", "is": 1}', '{"activity": "booking", "at_least": 1}',
        '{"field": "name", "contains": "%_\\"}', '{"field": "created_at", "within": "999999999 years"}', '{"page": "/p%", "at_least": -1}'])
    ) AS n(n, list), unnest(list) v;
UPDATE named SET value = quote_literal(value);
INSERT INTO named SELECT n, i::text FROM unnest(ARRAY['contact_id', 'primary_id', 'other_id', 'merge_id', 'activity_id',
    'import_id', 'event_id', 'member_id', 'owner_id', 'assigned_to']) n, generate_series(1, 8) i;
INSERT INTO named SELECT n, v FROM unnest(ARRAY['contact_ids', 'duplicate_ids', 'event_ids', 'ids']) n,
    unnest(ARRAY[$q$'{1}'$q$, $q$'{2}'$q$, $q$'{3,4}'$q$, $q$'{1,2,3,4,5}'$q$]) v;
INSERT INTO named SELECT 'account_id', v FROM unnest(ARRAY['1', '1', '1', '2', '-1', 'NULL']) v;
INSERT INTO named SELECT n, v FROM unnest(ARRAY['max', 'max_pairs', 'batch', 'shards']) n, unnest(ARRAY['1', '10', '1000']) v;

-- ---- functions, callers, results --------------------------------------------------------------

CREATE TABLE target AS
SELECT p.oid, p.proname AS name, p.prokind = 'p' AS is_procedure, p.prorettype = 'trigger'::regtype AS is_trigger,
       p.pronargs - p.pronargdefaults AS required,
       (SELECT array_agg(format_type(t, NULL) ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY u(t, n)) AS types,
       (SELECT array_agg((p.proargnames)[n] ORDER BY n)
          FROM unnest(coalesce(p.proargmodes::text[], array_fill('i'::text, ARRAY[p.pronargs::int]))) WITH ORDINALITY u(m, n)
         WHERE m IN ('i', 'b', 'v')) AS names
  FROM pg_proc p
  JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND e.extname = 'contacts'
 WHERE p.prokind IN ('f', 'p')
   AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) t WHERE t IN ('internal'::regtype, 'cstring'::regtype))
   AND NOT (p.prorettype IN ('internal'::regtype, 'event_trigger'::regtype))
 ORDER BY p.proname;

CREATE TABLE caller (name text, connected boolean DEFAULT false, opening text);
INSERT INTO caller VALUES ('superuser', false, ''), ('superuser', false, '');
CREATE TABLE result (call int, caller text, function text, query text, state text, message text, ms real);
CREATE TABLE note (line text);

-- Roles are the cluster's, so their names are this test's own. A level that cannot be granted is noted.
DO $do$
DECLARE level text;
BEGIN
    FOREACH level IN ARRAY ARRAY['admin', 'agent', 'reader', 'ingest'] LOOP
        IF to_regrole('hostile_' || level) IS NULL THEN
            EXECUTE format('CREATE ROLE %I', 'hostile_' || level);
        END IF;
        BEGIN
            EXECUTE format('SELECT contacts.grant_access(%L, %L)', 'hostile_' || level, level);
            INSERT INTO caller VALUES (level, false, format('SET SESSION AUTHORIZATION %I', 'hostile_' || level));
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO note VALUES (format('no caller with level %s: %s', level, SQLERRM));
        END;
    END LOOP;
END $do$;

-- Something to work on, where the functions for it exist.
DO $do$
DECLARE query text;
BEGIN
    FOREACH query IN ARRAY ARRAY[
        $q$SELECT contacts.define_field('team_size', 'number')$q$,
        $q$SELECT contacts.upsert_contact(email => 'p' || i || '@example.com', name => 'Person ' || i) FROM generate_series(1, 8) i$q$,
        $q$SELECT contacts.record_activity('booking', email => 'p' || i || '@example.com', phone => '+1415555267' || i) FROM generate_series(1, 5) i$q$,
        $q$SELECT contacts.define_tag('VIP'), contacts.define_segment('seg'), contacts.define_campaign('camp')$q$] LOOP
        BEGIN
            EXECUTE query;
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO note VALUES (format('preparation: %s: %s', SQLERRM, query));
        END;
    END LOOP;
END $do$;

-- ---- one call ---------------------------------------------------------------------------------

CREATE FUNCTION pick(argument text, type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE chosen text;
BEGIN
    IF random() < 0.65 THEN
        SELECT n.value INTO chosen FROM named n WHERE n.name = argument
         OFFSET floor(random() * (SELECT count(*) FROM named n WHERE n.name = argument)) LIMIT 1;
    END IF;
    IF chosen IS NULL AND to_regtype(type) IN (SELECT oid FROM pg_type WHERE typtype = 'e') AND random() < 0.8 THEN
        SELECT quote_literal(enumlabel) INTO chosen FROM pg_enum WHERE enumtypid = to_regtype(type)
         ORDER BY random() LIMIT 1;
    END IF;
    IF chosen IS NULL THEN
        SELECT p.value INTO chosen FROM pool p
         WHERE p.type IN ('any', CASE WHEN EXISTS (SELECT FROM pool x WHERE x.type = pick.type) THEN pick.type ELSE 'text' END)
         ORDER BY random() LIMIT 1;
    END IF;
    RETURN format('(%s)::%s', chosen, type);
END $$;

-- A call of the function with a random choice of its optional arguments.
CREATE FUNCTION build(t target) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    arguments text[] := '{}';
    named boolean := t.names IS NOT NULL AND NOT '' = ANY (t.names);
    wanted real := random();
BEGIN
    FOR i IN 1 .. coalesce(cardinality(t.types), 0) LOOP
        IF i <= t.required OR NOT named OR random() < (CASE t.names[i] WHEN 'account_id' THEN 0.2 ELSE 0.7 END) * wanted THEN
            arguments := arguments || (CASE WHEN named THEN quote_ident(t.names[i]) || ' => ' ELSE '' END || pick(t.names[i], t.types[i]));
        END IF;
    END LOOP;
    RETURN format(CASE WHEN t.is_procedure THEN 'CALL contacts.%I(%s)'
                       WHEN t.is_trigger THEN 'SELECT contacts.%I(%s)'
                       ELSE 'SELECT max(length(t::text))::text FROM contacts.%I(%s) AS t' END,
                  t.name, array_to_string(arguments, ', '));
END $$;

CREATE PROCEDURE connect(connection text) LANGUAGE plpgsql AS $$
BEGIN
    IF connection = ANY (dblink_get_connections()) THEN
        PERFORM dblink_disconnect(connection);
    END IF;
    PERFORM dblink_connect(connection, format('host=%s port=%s dbname=%L user=%L application_name=hostile',
        split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database(), session_user));
    PERFORM dblink_exec(connection, $q$SET client_min_messages = error$q$);
    PERFORM dblink_exec(connection, $q$SET statement_timeout = '5s'$q$);
    PERFORM dblink_exec(connection, $q$SET lock_timeout = '4s'$q$);
    PERFORM dblink_exec(connection, opening) FROM caller WHERE name = connection AND opening <> '' LIMIT 1;
    UPDATE caller SET connected = true WHERE name = connection;
END $$;

-- Runs a statement on the connection; the timeout there is 5 s, one second more counts as deaf.
CREATE FUNCTION run(connection text, query text, OUT state text, OUT message text) LANGUAGE plpgsql AS $$
DECLARE start timestamptz := clock_timestamp();
BEGIN
    IF dblink_send_query(connection, query) <> 1 THEN
        state := '08000';
        message := dblink_error_message(connection);
        RETURN;
    END IF;
    WHILE dblink_is_busy(connection) = 1 LOOP
        IF clock_timestamp() > start + interval '6.5 s' THEN
            state := 'DEAF';
            message := 'goes on a second after its cancellation';
            RETURN;
        ELSIF clock_timestamp() > start + interval '1 ms' THEN
            PERFORM pg_sleep(0.0005);
        END IF;
    END LOOP;
    BEGIN
        SELECT '00000', NULL INTO state, message FROM dblink_get_result(connection) AS r(answer text);
        state := '00000';
    EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
        state := SQLSTATE;
        message := left(SQLERRM, 300);
    END;
    BEGIN
        PERFORM FROM dblink_get_result(connection) AS r(answer text);
    EXCEPTION WHEN OTHERS THEN
        NULL;
    END;
END $$;

CREATE PROCEDURE play(calls int, seconds int) LANGUAGE plpgsql AS $$
DECLARE
    t target;
    who text;
    query text;
    outcome record;
    start timestamptz := clock_timestamp();
    began timestamptz;
    targets target[] := ARRAY(SELECT target FROM target ORDER BY name, oid);
    callers text[] := ARRAY(SELECT name FROM caller ORDER BY name);
BEGIN
    FOR i IN 1 .. calls LOOP
        EXIT WHEN clock_timestamp() > start + make_interval(secs => seconds) AND i > 2 * cardinality(targets);
        t := targets[CASE WHEN i <= cardinality(targets) THEN i ELSE 1 + floor(random() * cardinality(targets)) END];
        who := CASE WHEN i <= cardinality(targets) THEN 'superuser' ELSE callers[1 + floor(random() * cardinality(callers))] END;
        IF NOT (SELECT bool_and(connected) FROM caller WHERE name = who) THEN
            CALL connect(who);
        END IF;
        query := build(t);
        began := clock_timestamp();
        outcome := run(who, query);
        INSERT INTO result VALUES (i, who, t.name, query, outcome.state, outcome.message,
                                   extract(epoch FROM clock_timestamp() - began) * 1000);
        IF outcome.state = 'DEAF' OR outcome.state LIKE '08%' OR outcome.state LIKE '57P%' THEN
            PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hostile' AND state = 'active';
            UPDATE caller SET connected = false WHERE name = who;
        END IF;
        COMMIT;
    END LOOP;
    PERFORM dblink_disconnect(c) FROM unnest(dblink_get_connections()) c;
END $$;

-- ---- the run and what it must show --------------------------------------------------------------

SELECT setseed((:seed % 100000) / 100000.0) \g /dev/null
CALL play(:calls, :seconds);
-- A backend that could not be told to end would hold up everything after this file.
SELECT diag(line) FROM note;
SELECT diag(format('%s calls of %s functions by %s callers, %s s', count(*), count(DISTINCT function),
                   count(DISTINCT caller), round(sum(ms)::numeric / 1000, 1))) FROM result;
SELECT diag('outcomes: ' || string_agg(format('%s x %s', state, n), ', ' ORDER BY n DESC))
  FROM (SELECT state, count(*) AS n FROM result GROUP BY state) s;
-- Orderly refusals, by the contract of the functions, by the types' input, by limits and conflicts.
SELECT diag(format('unexpected class %s: %s: %s', state, message, left(query, 200)))
  FROM (SELECT DISTINCT ON (state, function) * FROM result
         WHERE state !~ '^(00|22|23|40001|40P01|42501|42704|42710|42P07|42939|42602|39P01|0A000|2D000|54|55000|55P03|P0002|28000)') r
 LIMIT 30;
SELECT diag('never succeeded: ' || string_agg(name, ', ' ORDER BY name)) FROM target t
 WHERE NOT is_trigger AND NOT EXISTS (SELECT FROM result r WHERE r.function = t.name AND r.state = '00000')
HAVING count(*) > 0;
SELECT diag(format('slow: %s ms %s', ms::int, left(query, 160)))
  FROM (SELECT * FROM result WHERE ms > 1000 ORDER BY ms DESC LIMIT 5) s;

SELECT cmp_ok((SELECT count(*) FROM target), '>', 0::bigint, 'the extension has functions to call');
SELECT is_empty($$ SELECT name FROM target EXCEPT SELECT function FROM result $$, 'every function was called');
SELECT is_empty($$ SELECT state, message, caller, left(query, 300) FROM result WHERE state LIKE 'XX%' LIMIT 20 $$,
    'no call ends in an internal error');
SELECT is_empty($$ SELECT ms, caller, left(query, 300) FROM result WHERE state = '57014' LIMIT 20 $$,
    'every call ends within 5 s');
SELECT is_empty($$ SELECT ms, caller, left(query, 300) FROM result WHERE state = 'DEAF' LIMIT 20 $$,
    'every call can be cancelled');
SELECT is_empty($$ SELECT state, message, caller, left(query, 300) FROM result WHERE state ~ '^(08|57P)' LIMIT 20 $$,
    'no connection is lost');
SELECT is_empty($$ SELECT DISTINCT ON (function, message) state, message, caller, left(query, 300) FROM result
    WHERE state IN ('42601', '42703', '42883', '42P01', '42725', '42804', '42P18', '42803') LIMIT 20 $$,
    'no call trips over SQL of our own');
SELECT CASE WHEN to_regprocedure('contacts.check(bigint)') IS NOT NULL
            THEN is_empty('SELECT * FROM contacts.check()', 'check() finds the data sound afterwards')
            ELSE skip('contacts.check() is not there', 1) END;

SELECT * FROM finish();
RESET ROLE;
DO $do$
DECLARE level text;
BEGIN
    FOREACH level IN ARRAY ARRAY['admin', 'agent', 'reader', 'ingest'] LOOP
        EXECUTE format('DROP OWNED BY %I', 'hostile_' || level);
        BEGIN
            EXECUTE format('DROP ROLE %I', 'hostile_' || level);
        EXCEPTION WHEN dependent_objects_still_exist THEN
            NULL;
        END;
    END LOOP;
END $do$;
