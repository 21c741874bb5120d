
-- Folding contacts into one, and back (R40-R45).

CREATE FUNCTION contacts.merge_preview(
	primary_id    bigint,
	duplicate_ids bigint[],
	prefer        text   DEFAULT 'primary',
	overrides     jsonb  DEFAULT '{}',
	account_id    bigint DEFAULT contacts.current_account()
) RETURNS TABLE (field text, result jsonb, source_id bigint, candidates jsonb, disagree boolean)
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_merge_preview';
COMMENT ON FUNCTION contacts.merge_preview IS
	'show what merge_contacts() with these arguments would do: each detail and custom field with its result, the contact that gives it (null = none of them), what each contact has and whether they disagree, and as moves.activities, moves.identifiers, moves.tags … how many rows would move; writes nothing (R43)';

CREATE FUNCTION contacts.merge_contacts(
	primary_id    bigint,
	duplicate_ids bigint[],
	prefer        text   DEFAULT 'primary',
	overrides     jsonb  DEFAULT '{}',
	account_id    bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_merge_contacts';
COMMENT ON FUNCTION contacts.merge_contacts IS
	'fold duplicates into the primary contact and return the merge: prefer primary (its values win, the duplicates fill blanks in the given order) or latest (the newest details win); overrides are reviewed values with the keys of update_contact; what hangs on the duplicates moves, their ids redirect to the primary; error 42501 when one of them is hidden (R41, R42, R44)';

CREATE FUNCTION contacts.unmerge(
	merge_id   bigint,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS TABLE (contact_id bigint, kept text[])
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_unmerge';
COMMENT ON FUNCTION contacts.unmerge IS
	'undo a merge, the last one of a contact first: the duplicates are as they were, what came after stays with the survivor; returns each restored contact with the names of what was kept because it changed since; error 55000 when it cannot be undone (R45)';
