
-- The account and member that a session works for; the versions in use.

CREATE FUNCTION contacts.current_account() RETURNS bigint
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_current_account';
COMMENT ON FUNCTION contacts.current_account() IS
	'return the account that calls work in: the setting contacts.account_id, 1 when unset (R3)';

CREATE FUNCTION contacts.current_member() RETURNS bigint
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_current_member';
COMMENT ON FUNCTION contacts.current_member() IS
	'return the member that calls are made for: the setting contacts.member_id, null when unset';
