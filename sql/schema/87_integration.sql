-- Systems that are told when an e-mail or phone changes (R50).

CREATE TABLE contacts.integration (
	account_id   bigint NOT NULL DEFAULT contacts.current_account(),
	system       text COLLATE "C" NOT NULL,
	kind         text NOT NULL,
	connected_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (account_id, system),
	CONSTRAINT integration_ids_positive CHECK (account_id > 0),
	CONSTRAINT integration_has_name CHECK (system ~ '\S'),
	CONSTRAINT integration_kind_known CHECK (kind IN ('crm', 'workflow', 'calendar')),
	CONSTRAINT integration_times_finite CHECK (pg_catalog.isfinite(connected_at))
);
COMMENT ON TABLE contacts.integration IS
	'One row is one system that is told when an e-mail or phone changes (R50).';
COMMENT ON COLUMN contacts.integration.account_id IS 'the account';
COMMENT ON COLUMN contacts.integration.system IS 'name of the system';
COMMENT ON COLUMN contacts.integration.kind IS 'crm, workflow or calendar';
COMMENT ON COLUMN contacts.integration.connected_at IS 'when it was connected';

CREATE TRIGGER integration_values BEFORE INSERT OR UPDATE OF system ON contacts.integration
	FOR EACH ROW EXECUTE FUNCTION contacts.values_check();
COMMENT ON TRIGGER integration_values ON contacts.integration IS 'composes letters of texts';
-- Writers of events keep the list in memory.
CREATE TRIGGER account_at_work BEFORE INSERT ON contacts.integration
	FOR EACH ROW EXECUTE FUNCTION contacts.assign_account();
COMMENT ON TRIGGER account_at_work ON contacts.integration IS 'fills in the account of the session';
CREATE TRIGGER settings_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON contacts.integration
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.settings_changed();
COMMENT ON TRIGGER settings_changed ON contacts.integration IS 'makes sessions read the list again';

ALTER TABLE contacts.integration ENABLE ROW LEVEL SECURITY;
CREATE POLICY account_administers ON contacts.integration
	USING (account_id = (SELECT contacts.allowed_account('admin')))
	WITH CHECK (account_id = (SELECT contacts.allowed_account('admin')));
