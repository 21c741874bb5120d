
-- Somebody else's schema would let its owner replace what the functions below rely on.  Another
-- superuser's does not; a restore makes the schema, and gives it to its owner, before this script runs.
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_namespace n
			   WHERE n.nspname OPERATOR(pg_catalog.=) 'contacts'
				 AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r
					 WHERE r.oid OPERATOR(pg_catalog.=) n.nspowner
					   AND (r.rolsuper OR r.rolname OPERATOR(pg_catalog.=) current_user))) THEN
		RAISE EXCEPTION 'schema contacts is owned by another role'
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'Drop the schema, or let the role that creates the extension own it.';
	END IF;
END
$$;
