
-- Finding and reading contacts (R12, R44).

CREATE FUNCTION contacts.find_contact(
	email       text   DEFAULT NULL,
	phone       text   DEFAULT NULL,
	external_id text   DEFAULT NULL,
	visitor     text   DEFAULT NULL,
	region      text   DEFAULT NULL,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c STABLE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_find_contact';
COMMENT ON FUNCTION contacts.find_contact IS
	'return the contact that an activity with these identifiers would belong to, null when there is none; writes nothing (R12)';

CREATE FUNCTION contacts.resolve_contact(
	contact_id bigint,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c STABLE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_resolve_contact';
COMMENT ON FUNCTION contacts.resolve_contact IS
	'return the contact itself, or the survivor of its merges; null when deleted or unknown (R44)';

CREATE FUNCTION contacts.get_contact(
	contact_id bigint,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS jsonb
	LANGUAGE c STABLE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_get_contact';
COMMENT ON FUNCTION contacts.get_contact IS
	'return a contact as one document: details, status, owner, fields, tags, identifiers, recent page views and activity; error P0002 when there is none';
