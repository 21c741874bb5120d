-- Identifiers: those that find a contact (R10-R12), those that a deleted contact had (R51), and
-- those that identify nobody (R10).  The audit log has each change (R93).

CREATE TABLE contacts.identifier (
	account_id bigint NOT NULL DEFAULT contacts.current_account(),
	kind       contacts.identifier_kind NOT NULL,
	value      text COLLATE "C" NOT NULL,
	contact_id bigint NOT NULL,
	is_primary boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (account_id, kind, value),
	CONSTRAINT identifier_ids_positive CHECK (account_id > 0),
	CONSTRAINT identifier_contact_exists FOREIGN KEY (account_id, contact_id)
		REFERENCES contacts.contact (account_id, contact_id) ON DELETE CASCADE,
	CONSTRAINT identifier_times_finite CHECK (pg_catalog.isfinite(created_at))
);
COMMENT ON TABLE contacts.identifier IS
	'One row is one normalized key of one live contact; a key belongs to one contact at most (R11).';
COMMENT ON COLUMN contacts.identifier.account_id IS 'the account';
COMMENT ON COLUMN contacts.identifier.kind IS 'e-mail, phone, external id or visitor cookie';
COMMENT ON COLUMN contacts.identifier.value IS
	'canonical form: normalize_email(), normalize_phone(), system:id, cookie';
COMMENT ON COLUMN contacts.identifier.contact_id IS 'the contact that it finds';
COMMENT ON COLUMN contacts.identifier.is_primary IS
	'whether it is the e-mail or phone that the contact shows';
COMMENT ON COLUMN contacts.identifier.created_at IS 'when the contact got it';

CREATE INDEX identifier_contact ON contacts.identifier (account_id, contact_id);

CREATE TRIGGER identifier_check BEFORE INSERT OR UPDATE ON contacts.identifier
	FOR EACH ROW EXECUTE FUNCTION contacts.identifier_check();
COMMENT ON TRIGGER identifier_check ON contacts.identifier IS 'normalizes the value';
CREATE TRIGGER identifier_follows BEFORE INSERT OR UPDATE OF account_id, contact_id ON contacts.identifier
	FOR EACH ROW EXECUTE FUNCTION contacts.reference_check('contact_id');
COMMENT ON TRIGGER identifier_follows ON contacts.identifier IS 'goes to the survivor of a merged contact';

CREATE TRIGGER identifier_inserted AFTER INSERT ON contacts.identifier
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.audit_changes('identifier', 'kind', 'value');
COMMENT ON TRIGGER identifier_inserted ON contacts.identifier IS 'writes the audit log';
CREATE TRIGGER identifier_updated AFTER UPDATE ON contacts.identifier
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.audit_changes('identifier', 'kind', 'value');
COMMENT ON TRIGGER identifier_updated ON contacts.identifier IS 'writes the audit log';
CREATE TRIGGER identifier_deleted AFTER DELETE ON contacts.identifier
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.audit_changes('identifier', 'kind', 'value');
COMMENT ON TRIGGER identifier_deleted ON contacts.identifier IS 'writes the audit log';
CREATE TRIGGER identifier_released AFTER DELETE ON contacts.identifier
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.identifier_released();
COMMENT ON TRIGGER identifier_released ON contacts.identifier IS
	'gives what became free to the contact that shows it';

ALTER TABLE contacts.identifier ENABLE ROW LEVEL SECURITY;
CREATE POLICY member_sees ON contacts.identifier FOR SELECT USING (
	account_id = (SELECT contacts.allowed_account('read'))
	AND ((SELECT contacts.sees_all()) OR contact_id IN (SELECT contacts.visible_contacts())));

CREATE TABLE contacts.freed_identifier (
	account_id bigint NOT NULL DEFAULT contacts.current_account(),
	contact_id bigint NOT NULL,
	kind       contacts.identifier_kind NOT NULL,
	value      text COLLATE "C" NOT NULL,
	is_primary boolean NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (account_id, contact_id, kind, value),
	CONSTRAINT freed_identifier_ids_positive CHECK (account_id > 0),
	CONSTRAINT freed_identifier_contact_exists FOREIGN KEY (account_id, contact_id)
		REFERENCES contacts.contact (account_id, contact_id) ON DELETE CASCADE,
	CONSTRAINT freed_identifier_times_finite CHECK (pg_catalog.isfinite(created_at))
);
COMMENT ON TABLE contacts.freed_identifier IS
	'One row is one identifier that a contact owned until it was deleted; a restored contact claims it again (R51).';
COMMENT ON COLUMN contacts.freed_identifier.account_id IS 'the account';
COMMENT ON COLUMN contacts.freed_identifier.contact_id IS 'the deleted contact';
COMMENT ON COLUMN contacts.freed_identifier.kind IS 'kind of identifier';
COMMENT ON COLUMN contacts.freed_identifier.value IS 'its canonical form';
COMMENT ON COLUMN contacts.freed_identifier.is_primary IS
	'whether it was the e-mail or phone that the contact showed';
COMMENT ON COLUMN contacts.freed_identifier.created_at IS 'when the contact had got it';

CREATE INDEX freed_identifier_key ON contacts.freed_identifier (account_id, kind, value);

CREATE TRIGGER identifier_released AFTER DELETE ON contacts.freed_identifier
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.identifier_released();
COMMENT ON TRIGGER identifier_released ON contacts.freed_identifier IS
	'gives what nobody may come back to claim to the contact that shows it';

ALTER TABLE contacts.freed_identifier ENABLE ROW LEVEL SECURITY;
CREATE POLICY account_administers ON contacts.freed_identifier
	USING (account_id = (SELECT contacts.allowed_account('admin')));

CREATE TABLE contacts.blocked_identifier (
	account_id bigint NOT NULL DEFAULT contacts.current_account(),
	kind       contacts.identifier_kind NOT NULL,
	value      text COLLATE "C" NOT NULL,
	reason     text,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (account_id, kind, value),
	CONSTRAINT blocked_identifier_ids_positive CHECK (account_id > 0),
	CONSTRAINT blocked_identifier_times_finite CHECK (pg_catalog.isfinite(created_at))
);
COMMENT ON TABLE contacts.blocked_identifier IS
	'One row is an identifier that identifies nobody, such as test@test.com; given, it counts as absent (R10).';
COMMENT ON COLUMN contacts.blocked_identifier.account_id IS 'the account';
COMMENT ON COLUMN contacts.blocked_identifier.kind IS 'kind of identifier';
COMMENT ON COLUMN contacts.blocked_identifier.value IS 'its canonical form; normalized when written';
COMMENT ON COLUMN contacts.blocked_identifier.reason IS 'why; null = not said';
COMMENT ON COLUMN contacts.blocked_identifier.created_at IS 'when it was blocked';

CREATE TRIGGER settings_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON contacts.blocked_identifier
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.settings_changed();
COMMENT ON TRIGGER settings_changed ON contacts.blocked_identifier IS 'makes sessions read them again';
CREATE TRIGGER identifier_check BEFORE INSERT OR UPDATE ON contacts.blocked_identifier
	FOR EACH ROW EXECUTE FUNCTION contacts.identifier_check();
COMMENT ON TRIGGER identifier_check ON contacts.blocked_identifier IS 'normalizes the value';

ALTER TABLE contacts.blocked_identifier ENABLE ROW LEVEL SECURITY;
CREATE POLICY account_administers ON contacts.blocked_identifier
	USING (account_id = (SELECT contacts.allowed_account('admin')))
	WITH CHECK (account_id = (SELECT contacts.allowed_account('admin')));
