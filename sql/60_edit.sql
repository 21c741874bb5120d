
-- Editing contacts (R22, R24), their identifiers (R11) and activities (R30); deleting contacts and
-- bringing them back (R51), removing them for good (R52).

CREATE FUNCTION contacts.update_contact(
	contact_id   bigint,
	changes      jsonb,
	on_duplicate text   DEFAULT 'error',
	account_id   bigint DEFAULT contacts.current_account()
) RETURNS contacts.upserted
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_update_contact';
COMMENT ON FUNCTION contacts.update_contact IS
	'edit a contact: keys name, email, phone, company, timezone, status, owner_id, fields; null clears, an absent key keeps; when the e-mail or phone belongs to another contact, on_duplicate error raises 23505, merge folds that contact into this one: entered values win, its own fill the blanks (R22, R40)';

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

CREATE FUNCTION contacts.cancel_activity(
	activity_id bigint,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_cancel_activity';
COMMENT ON FUNCTION contacts.cancel_activity IS
	'set an activity to cancelled; one that is completed or a no-show is refused with 55000';

CREATE FUNCTION contacts.reschedule_activity(
	activity_id bigint,
	starts_at   timestamptz,
	ends_at     timestamptz DEFAULT NULL,
	account_id  bigint      DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_reschedule_activity';
COMMENT ON FUNCTION contacts.reschedule_activity IS
	'give an activity another time and set it to scheduled; without ends_at its length stays';

CREATE FUNCTION contacts.link_activity(
	activity_id bigint,
	contact_id  bigint,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_link_activity';
COMMENT ON FUNCTION contacts.link_activity IS
	'make an activity the contact''s, also one that was linked wrongly; a merged contact''s goes to the survivor (R35)';

CREATE FUNCTION contacts.unlink_activity(
	activity_id bigint,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_unlink_activity';
COMMENT ON FUNCTION contacts.unlink_activity IS
	'take an activity from its contact; it stays, without one (R35)';

CREATE FUNCTION contacts.delete_contacts(
	contact_ids bigint[],
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_delete_contacts';
COMMENT ON FUNCTION contacts.delete_contacts IS
	'delete contacts reversibly: they disappear from views, their identifiers become free, activities and reminders stay; returns how many (R51)';

CREATE FUNCTION contacts.restore_contacts(
	contact_ids bigint[],
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_restore_contacts';
COMMENT ON FUNCTION contacts.restore_contacts IS
	'bring deleted contacts back with their identifiers; one that another contact has by now stays there, and the pair goes to review; error 55000 when a contact is not deleted; returns how many (R51)';

CREATE FUNCTION contacts.purge_contacts(
	contact_ids bigint[],
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_purge_contacts';
COMMENT ON FUNCTION contacts.purge_contacts IS
	'remove contacts for good, deleted or not, with all that were merged into them; their activities and page views stay without contact; returns how many (R52)';

CREATE FUNCTION contacts.purge_deleted(
	older_than interval DEFAULT '90 days',
	account_id bigint   DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_purge_deleted';
COMMENT ON FUNCTION contacts.purge_deleted IS
	'remove for good what was deleted longer ago than this, null = than the account''s setting keep_deleted, in portions; returns how many (R52)';
