
-- Trigger functions: what holds for every writer (R5), and the audit log (R93).  They run with the
-- owner's rights: whoever may write contacts.contact need not be allowed to write what follows from
-- it.

CREATE FUNCTION contacts.contact_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_contact_check';
COMMENT ON FUNCTION contacts.contact_check() IS
	'check and normalize a row of contacts.contact before it is written (R5, R10, R23, R25)';

CREATE FUNCTION contacts.contact_changed() RETURNS trigger
	LANGUAGE c SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_contact_changed';
COMMENT ON FUNCTION contacts.contact_changed() IS
	'write what follows from changed rows of contacts.contact: identifiers, status history (R5, R11, R24)';

CREATE FUNCTION contacts.identifier_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_identifier_check';
COMMENT ON FUNCTION contacts.identifier_check() IS
	'normalize an identifier before it is written (R10)';

CREATE FUNCTION contacts.account_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_account_check';
COMMENT ON FUNCTION contacts.account_check() IS 'check the region and time zone of an account';

CREATE FUNCTION contacts.activity_stamp() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_activity_stamp';
COMMENT ON FUNCTION contacts.activity_stamp() IS
	'note who reports an activity, and which member that sees only some contacts named its assignee (R83, R93)';

CREATE FUNCTION contacts.reference_check() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_reference_check';
COMMENT ON FUNCTION contacts.reference_check() IS
	'send a row that is written for a merged contact to its survivor, refuse one for a deleted contact; arguments: the columns that refer to contacts (R44, R51)';

CREATE FUNCTION contacts.assign_id() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_assign_id';
COMMENT ON FUNCTION contacts.assign_id() IS
	'give a new row the next id that is free, where rows came with ids of their own and the sequence lags behind';

CREATE FUNCTION contacts.assign_account() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_assign_account';
COMMENT ON FUNCTION contacts.assign_account() IS
	'put a new row without account into the one at work: programs that bind every column bind null (R3)';

CREATE FUNCTION contacts.settings_changed() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'contacts_settings_changed';
COMMENT ON FUNCTION contacts.settings_changed() IS
	'make every session read the settings, fields and blocked identifiers of accounts again';

CREATE FUNCTION contacts.audit_changes() RETURNS trigger
	LANGUAGE c SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_audit_changes';
COMMENT ON FUNCTION contacts.audit_changes() IS
	'write changes of a table that hangs on contacts to the audit log; arguments: name of the table, columns that name a row (R93)';

CREATE FUNCTION contacts.audit_seal() RETURNS trigger
	LANGUAGE c SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_audit_seal';
COMMENT ON FUNCTION contacts.audit_seal() IS
	'write the end of the transaction''s chain of the audit log (R93)';
