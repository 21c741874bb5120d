
-- Systems that are told when an e-mail or phone changes (R50).

CREATE FUNCTION contacts.connect_integration(
	system     text,
	kind       text,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	system := contacts.composed(system);
	PERFORM contacts.require_name('system', system);
	PERFORM contacts.require_choice('kind', coalesce(kind, ''), '{crm,workflow,calendar}');
	INSERT INTO contacts.integration AS i (account_id, system, kind) VALUES (account_id, system, kind)
	ON CONFLICT ON CONSTRAINT integration_pkey
		DO UPDATE SET kind = excluded.kind WHERE i.kind <> excluded.kind;
END
$$;
COMMENT ON FUNCTION contacts.connect_integration IS
	'connect a system of kind crm, workflow or calendar: from now on changed e-mails and phones raise an event for it; again with another kind changes that (R50)';

CREATE FUNCTION contacts.disconnect_integration(
	system     text,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.use_trusted_path();
	account_id := contacts.require_right('admin', account_id);
	system := contacts.composed(system);
	DELETE FROM contacts.integration i WHERE i.account_id = account_id AND i.system = system;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'integration % does not exist',
				coalesce('"' || pg_catalog.left(system, 60) || '"', 'null')
			USING ERRCODE = 'no_data_found', DETAIL = 'The account has no such system connected.',
				  HINT = 'SELECT system FROM contacts.integration;';
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.disconnect_integration IS
	'disconnect a system: it gets no more events; P0002 when it is not connected (R50)';
