
-- Somebody else's schema would let its owner replace what the functions below rely on.
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_namespace n
			   WHERE n.nspname OPERATOR(pg_catalog.=) 'contacts'
				 AND n.nspowner OPERATOR(pg_catalog.<>)
					 (SELECT r.oid FROM pg_catalog.pg_roles r
					  WHERE r.rolname OPERATOR(pg_catalog.=) current_user)) THEN
		RAISE EXCEPTION 'schema contacts is owned by another role'
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'Drop the schema, or let the role that creates the extension own it.';
	END IF;
END
$$;
