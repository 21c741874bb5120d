
-- Writing and reading contacts.

CREATE FUNCTION contacts.upsert_contact(
	email       text   DEFAULT NULL,
	phone       text   DEFAULT NULL,
	visitor     text   DEFAULT NULL,
	external_id text   DEFAULT NULL,
	name        text   DEFAULT NULL,
	company     text   DEFAULT NULL,
	timezone    text   DEFAULT NULL,
	fields      jsonb  DEFAULT '{}',
	status      text   DEFAULT NULL,
	owner_id    bigint DEFAULT NULL,
	tags        text[] DEFAULT NULL,
	mode        text   DEFAULT 'update',
	source      text   DEFAULT 'api',
	region      text   DEFAULT NULL,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS contacts.upserted
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_upsert_contact';
COMMENT ON FUNCTION contacts.upsert_contact IS
	'find the contact as record_activity does, or create it, and merge the details given: mode update (news replace), fill (only blanks), skip (leave an existing one alone), create (always a new one; a taken identifier stays where it is and the pair goes to review) (R12–R20, R71)';

CREATE FUNCTION contacts.create_contact(
	email       text   DEFAULT NULL,
	phone       text   DEFAULT NULL,
	visitor     text   DEFAULT NULL,
	external_id text   DEFAULT NULL,
	name        text   DEFAULT NULL,
	company     text   DEFAULT NULL,
	timezone    text   DEFAULT NULL,
	fields      jsonb  DEFAULT '{}',
	status      text   DEFAULT NULL,
	owner_id    bigint DEFAULT NULL,
	tags        text[] DEFAULT NULL,
	source      text   DEFAULT 'api',
	region      text   DEFAULT NULL,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS contacts.upserted
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_create_contact';
COMMENT ON FUNCTION contacts.create_contact IS
	'create a contact; error 23505 when an identifier belongs to another one (R11)';

CREATE FUNCTION contacts.update_contact(
	contact_id   bigint,
	changes      jsonb,
	on_duplicate text   DEFAULT 'error',
	account_id   bigint DEFAULT contacts.current_account()
) RETURNS contacts.upserted
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_update_contact';
COMMENT ON FUNCTION contacts.update_contact IS
	'edit a contact: keys name, email, phone, company, timezone, status, owner_id, fields; null clears, an absent key keeps; when the e-mail or phone belongs to another contact, on_duplicate error raises 23505, merge folds that contact into this one: entered values win, its own fill the blanks (R22, R40)';

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

CREATE FUNCTION contacts.set_status(
	contact_ids bigint[],
	status      text,
	source      text   DEFAULT 'manual',
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_set_status';
COMMENT ON FUNCTION contacts.set_status IS
	'set the status of contacts, null takes it away; returns how many changed (R24)';

CREATE FUNCTION contacts.assign_contacts(
	contact_ids bigint[],
	owner_id    bigint,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_assign_contacts';
COMMENT ON FUNCTION contacts.assign_contacts IS
	'give contacts to a member, null to nobody; returns how many changed';

CREATE FUNCTION contacts.add_identifier(
	contact_id   bigint,
	kind         text,
	value        text,
	make_primary boolean DEFAULT false,
	account_id   bigint  DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_add_identifier';
COMMENT ON FUNCTION contacts.add_identifier IS
	'give a contact a further identifier; the first e-mail or phone becomes the primary one; error 23505 when another contact has it (R11)';

CREATE FUNCTION contacts.remove_identifier(
	contact_id bigint,
	kind       text,
	value      text,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_remove_identifier';
COMMENT ON FUNCTION contacts.remove_identifier IS
	'take an identifier from a contact; the oldest other one of its kind becomes the primary one in its place';

CREATE FUNCTION contacts.set_primary_identifier(
	contact_id bigint,
	kind       text,
	value      text,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_set_primary_identifier';
COMMENT ON FUNCTION contacts.set_primary_identifier IS
	'make an e-mail or phone that a contact has the one it shows';
