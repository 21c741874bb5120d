-- catalogue.sql: rules that every object of the extension and of setup() keeps.
-- Each test is a query whose rows are the offenders.
\ir start.psql
BEGIN;
SELECT plan(43);

CREATE TEMP VIEW member AS          -- what belongs to the extension
SELECT d.classid, d.objid
  FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
 WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'contacts';

CREATE TEMP VIEW fn AS              -- its functions, and those that setup() may have made
SELECT p.*, p.oid::regprocedure::text AS signature, l.lanname,
       EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid) AS is_member
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace = 'contacts'::regnamespace
    OR EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid);

CREATE TEMP VIEW rel AS             -- tables and views made by setup()
SELECT c.*, c.oid::regclass::text AS name FROM pg_class c
 WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f');

CREATE TEMP VIEW tenant AS          -- tables whose rows belong to an account (R2)
SELECT * FROM rel WHERE relkind IN ('r', 'p') AND NOT relispartition
   AND relname NOT IN ('schema_version');

CREATE TEMP VIEW typ AS             -- types that stand for themselves: no row types, no arrays
SELECT t.*, t.oid::regtype::text AS name FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
 WHERE t.typnamespace = 'contacts'::regnamespace AND t.typcategory <> 'A' AND t.typtype <> 'm'
   AND (t.typrelid = 0 OR c.relkind = 'c');

CREATE TEMP VIEW arg AS             -- input arguments, in order
SELECT f.oid, f.signature, f.pronargdefaults, f.pronargs, a.place, a.type,
       (f.proargnames)[a.at] AS name
  FROM fn f, LATERAL (
       SELECT at, type, row_number() OVER (ORDER BY at) AS place
         FROM unnest(coalesce(f.proallargtypes, f.proargtypes::oid[]),
                     coalesce(f.proargmodes::text[], array_fill('i'::text, ARRAY[f.pronargs::int])))
              WITH ORDINALITY AS u(type, mode, at)
        WHERE mode IN ('i', 'b', 'v')) a
 WHERE f.prorettype <> 'trigger'::regtype;

-- There is something to look at: an empty catalogue would pass everything below.
SELECT cmp_ok((SELECT count(*)::int FROM fn), '>', 5, 'the extension has functions');
SELECT cmp_ok((SELECT count(*)::int FROM tenant), '>', 5, 'setup() made tables');

-- R1: the extension holds types and functions only.
SELECT is_empty($$ SELECT c.oid::regclass, c.relkind FROM pg_class c JOIN member m
    ON m.classid = 'pg_class'::regclass AND m.objid = c.oid WHERE c.relkind <> 'c' $$,
    'R1: no table, view, index or sequence belongs to the extension');
SELECT is_empty($$ SELECT signature FROM fn WHERE NOT is_member $$,
    'R1: every function belongs to the extension');
SELECT is_empty($$ SELECT t.oid::regtype FROM typ t WHERE NOT EXISTS
    (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid) $$,
    'R1: every type belongs to the extension');
SELECT is_empty($$ SELECT extconfig::regclass[] FROM pg_extension
    WHERE extname = 'contacts' AND cardinality(extconfig) > 0 $$,
    'R1: no configuration tables');

-- Comments on everything.
SELECT is_empty($$ SELECT signature FROM fn WHERE obj_description(oid, 'pg_proc') IS NULL
    AND prorettype <> 'trigger'::regtype $$, 'functions have comments');
SELECT is_empty($$ SELECT signature FROM fn WHERE obj_description(oid, 'pg_proc') IS NULL
    AND prorettype = 'trigger'::regtype $$, 'trigger functions have comments');
SELECT is_empty($$ SELECT name FROM typ WHERE obj_description(oid, 'pg_type') IS NULL $$,
    'types have comments');
SELECT is_empty($$ SELECT name FROM rel WHERE obj_description(oid, 'pg_class') IS NULL $$,
    'tables and views have comments');
SELECT is_empty($$ SELECT r.name, a.attname FROM rel r JOIN pg_attribute a
    ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE col_description(r.oid, a.attnum) IS NULL AND NOT r.relispartition $$,
    'columns have comments');
SELECT is_empty($$ SELECT t.typname, a.attname FROM typ t JOIN pg_attribute a
    ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE t.typrelid <> 0 AND col_description(t.typrelid, a.attnum) IS NULL $$,
    'attributes of composite types have comments');
SELECT is_empty($$ SELECT t.tgrelid::regclass, t.tgname FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND obj_description(t.oid, 'pg_trigger') IS NULL $$,
    'triggers have comments');
SELECT isnt(obj_description('contacts'::regnamespace, 'pg_namespace'), NULL,
    'the schema has a comment');

-- R80: nothing is granted to PUBLIC.
SELECT is_empty($$ SELECT signature FROM fn, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
    WHERE a.grantee = 0 $$, 'R80: no function is granted to PUBLIC');
SELECT is_empty($$ SELECT name, a.privilege_type FROM rel, aclexplode(coalesce(relacl, acldefault('r', relowner))) a
    WHERE a.grantee = 0 $$, 'R80: no table or view is granted to PUBLIC');
SELECT is_empty($$ SELECT r.name, c.attname FROM rel r JOIN pg_attribute c ON c.attrelid = r.oid,
    aclexplode(c.attacl) a WHERE a.grantee = 0 $$, 'R80: no column is granted to PUBLIC');
SELECT is_empty($$ SELECT c.oid::regclass FROM pg_class c,
    aclexplode(coalesce(relacl, acldefault('s', relowner))) a
    WHERE c.relkind = 'S' AND c.relnamespace = 'contacts'::regnamespace AND a.grantee = 0 $$,
    'R80: no sequence is granted to PUBLIC');
SELECT is_empty($$ SELECT n.nspname, a.privilege_type FROM pg_namespace n,
    aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
    WHERE n.nspname = 'contacts' AND a.grantee = 0 $$, 'R80: the schema is not granted to PUBLIC');
SELECT is_empty($$ SELECT name FROM typ, aclexplode(coalesce(typacl, acldefault('T', typowner))) a
    WHERE a.grantee = 0 $$, 'R80: no type is granted to PUBLIC');
SELECT is_empty($$ SELECT d.defaclrole::regrole, a.privilege_type FROM pg_default_acl d,
    aclexplode(d.defaclacl) a WHERE d.defaclnamespace = 'contacts'::regnamespace AND a.grantee = 0 $$,
    'R80: no default privilege for PUBLIC');

-- R82: rights of the owner only behind a fixed search_path. C functions name their schemas (lint);
-- a procedure that commits can have neither a SET clause nor the owner's rights.
SELECT is_empty($$ SELECT signature FROM fn WHERE lanname <> 'c' AND lanname <> 'internal'
    AND (prokind <> 'p' OR prosecdef) AND NOT coalesce(proconfig::text ~ 'search_path="?pg_catalog, pg_temp', false) $$,
    'R82: SQL and PL/pgSQL functions run with search_path = pg_catalog, pg_temp');
SELECT is_empty($$ SELECT signature, proconfig FROM fn WHERE proconfig::text ~ 'search_path='
    AND NOT proconfig::text ~ 'pg_temp"?[,}]' $$, 'R82: pg_temp comes last in each search_path');
-- setup() first asks whether the caller may: before that they need not be able to call anything else.
SELECT is_empty($$ SELECT signature FROM fn WHERE lanname = 'plpgsql' AND provolatile = 'v' AND proname <> 'setup'
    AND prosrc !~ '\mBEGIN\n\tPERFORM contacts\.use_trusted_path\(\);' $$,
    'R82: what writes in PL/pgSQL begins with the path that the owner trusts');
SELECT is_empty($$ SELECT signature FROM fn WHERE proleakproof $$, 'R82: no function is LEAKPROOF');
SELECT is_empty($$ SELECT name FROM rel WHERE relkind = 'v'
    AND NOT coalesce(reloptions::text ~ 'security_invoker=(true|on|1)', false) $$,
    'R81: views are security_invoker');
SELECT is_empty($$ SELECT name FROM rel WHERE relkind IN ('m', 'f') $$,
    'R81: no materialized views or foreign tables, which row-level security cannot guard');
SELECT is_empty($$ SELECT name FROM tenant WHERE NOT relrowsecurity $$,
    'R81: row-level security on every tenant table');
SELECT is_empty($$ SELECT name FROM tenant t WHERE relrowsecurity AND NOT EXISTS
    (SELECT FROM pg_policy p WHERE p.polrelid = t.oid) AND EXISTS (SELECT FROM
    aclexplode(t.relacl) a WHERE a.grantee <> t.relowner) $$,
    'R81: a table that is granted to somebody has a policy');

-- R2: account_id first, everywhere.
SELECT is_empty($$ SELECT name FROM tenant t WHERE NOT EXISTS (SELECT FROM pg_attribute a
    WHERE a.attrelid = t.oid AND a.attnum = 1 AND a.attname = 'account_id'
    AND a.atttypid = 'bigint'::regtype AND a.attnotnull) $$,
    'R2: account_id bigint NOT NULL is the first column of each tenant table');
SELECT is_empty($$ SELECT i.indexrelid::regclass FROM pg_index i JOIN tenant t ON t.oid = i.indrelid
    WHERE i.indisunique AND i.indkey[0] <> 1 $$,
    'R2: account_id is first in each primary key and unique index');
SELECT is_empty($$ SELECT name FROM tenant t WHERE NOT EXISTS
    (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary) $$,
    'R2: each tenant table has a primary key');
SELECT is_empty($$ SELECT k.conrelid::regclass, k.conname FROM pg_constraint k JOIN tenant t ON t.oid = k.conrelid
    WHERE k.contype = 'f' AND (k.conkey[1] <> 1 OR k.confkey[1] <> 1) $$,
    'R2: account_id is first in each foreign key');
SELECT is_empty($$ SELECT k.conrelid::regclass, k.conname, k.confdeltype, k.confupdtype
    FROM pg_constraint k JOIN rel r ON r.oid = k.conrelid
    WHERE k.contype = 'f' AND (k.confdeltype NOT IN ('a', 'c') OR k.confupdtype NOT IN ('a', 'c')) $$,
    'R2: foreign keys CASCADE or take NO ACTION');
SELECT is_empty($$ SELECT r.name, a.attname FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid
    JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    WHERE pg_get_expr(d.adbin, d.adrelid) ~ 'nextval' AND a.attidentity = '' $$,
    'R2: ids are identity columns, not serials');
SELECT is_empty($$ SELECT k.conrelid::regclass, k.conname FROM pg_constraint k JOIN tenant t ON t.oid = k.conrelid
    WHERE k.contype = 'f' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid
    AND (SELECT array_agg(c) FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(c, n)
          WHERE n <= cardinality(k.conkey)) @> k.conkey) $$,
    'each foreign key is led by an index');

-- R3 and the SQL contract.
SELECT is_empty($$ SELECT signature FROM arg WHERE name = 'account_id'
    AND (place <> pronargs OR pronargdefaults = 0 OR type <> 'bigint'::regtype)
    -- helpers of other functions get the account from them
    AND signature !~ '^contacts\.(require_|enter_consumer|lock_consumer|is_behind)' $$,
    'R3: account_id is the last argument and has a default');
SELECT is_empty($$ SELECT proname FROM fn GROUP BY proname HAVING count(*) > 1 $$,
    'no function is overloaded');
SELECT is_empty($$ SELECT a.signature, a.name FROM arg a JOIN pg_type t
    ON t.oid = a.type OR t.typarray = a.type
    WHERE t.typtype = 'e' AND t.typnamespace = 'contacts'::regnamespace $$,
    'arguments of the enum types are declared text');

-- R4: what would not run sharded.
SELECT is_empty($$ SELECT signature FROM fn WHERE lanname = 'sql' AND proretset $$,
    'R4: no set-returning LANGUAGE sql functions');
SELECT is_empty($$ SELECT DISTINCT v.name, f.signature FROM rel v
    JOIN pg_rewrite w ON w.ev_class = v.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                    AND d.refclassid = 'pg_proc'::regclass
    JOIN fn f ON f.oid = d.refobjid
    WHERE v.relkind = 'v' AND f.provolatile <> 'i'
      AND f.proname NOT IN ('current_account', 'current_member') $$,
    'R4: views call no functions that may query tables');

-- Volatility and parallel safety.
SELECT is_empty($$ SELECT n FROM unnest(ARRAY['normalize_email', 'email_problem', 'normalize_phone',
    'phone_problem', 'phone_info']) n
    WHERE NOT EXISTS (SELECT FROM fn WHERE proname = n AND provolatile = 'i' AND proparallel = 's') $$,
    'the identifier functions are immutable and parallel safe');
SELECT is_empty($$ SELECT signature FROM fn WHERE proparallel = 's' AND provolatile = 'v'
    AND prorettype <> 'trigger'::regtype $$, 'what may write is not parallel safe');

SELECT * FROM finish();
ROLLBACK;
