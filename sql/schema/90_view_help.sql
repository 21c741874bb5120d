-- What there is to call, for people (R110).

CREATE VIEW contacts.help WITH (security_invoker = true) AS
SELECT p.proname::text COLLATE "default" AS function,
	   pg_catalog.regexp_replace(pg_catalog.regexp_replace(pg_catalog.replace(
			pg_catalog.pg_get_function_arguments(p.oid), ' DEFAULT ', ' = '),
			',? ?account_id bigint = contacts\.current_account\(\)', ''), '::[a-z ]+(\[\])?', '', 'g')
			AS arguments,
	   pg_catalog.pg_get_function_result(p.oid) AS returns,
	   pg_catalog.obj_description(p.oid, 'pg_proc') AS purpose
FROM pg_catalog.pg_proc p
WHERE p.pronamespace = 'contacts'::regnamespace AND p.prorettype <> 'trigger'::regtype
  AND pg_catalog.obj_description(p.oid, 'pg_proc') !~ '^internal:'
ORDER BY p.proname;
COMMENT ON VIEW contacts.help IS
	'One row is one function for applications; those for the extension itself are left out.';
COMMENT ON COLUMN contacts.help.function IS 'name';
COMMENT ON COLUMN contacts.help.arguments IS
	'names, types and defaults; account_id, the last of each that has an account, is left out';
COMMENT ON COLUMN contacts.help.returns IS 'type of the result';
COMMENT ON COLUMN contacts.help.purpose IS 'what it does, in one line';
