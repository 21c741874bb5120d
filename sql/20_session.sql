
-- Whom a session works for, what it may do and see (R3, R80, R81).
--
-- The policies of row-level security (sql/schema) ask these in sub-selects, so once per query: the
-- account at work and the right in it, and the list of visible contacts only when the member at
-- work does not see all of them.

CREATE FUNCTION contacts.current_account() RETURNS bigint
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_current_account';
COMMENT ON FUNCTION contacts.current_account() IS
	'return the account that calls work in: the setting contacts.account_id, 1 when unset (R3)';

CREATE FUNCTION contacts.current_member() RETURNS bigint
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_current_member';
COMMENT ON FUNCTION contacts.current_member() IS
	'return the member that calls are made for: the setting contacts.member_id, null when unset';

CREATE FUNCTION contacts.current_region() RETURNS text
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_current_region';
COMMENT ON FUNCTION contacts.current_region() IS
	'return the region that phones without country code are read under: the setting contacts.default_region, else the account''s; null = none known (R19)';

CREATE FUNCTION contacts.allowed_account(wanted text) RETURNS bigint
	LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_allowed_account';
COMMENT ON FUNCTION contacts.allowed_account(text) IS
	'internal: return the account at work when the role at work has the right in it (read, report, edit, admin), else null; for policies';

CREATE FUNCTION contacts.is_owner() RETURNS boolean
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'contacts_is_owner';
COMMENT ON FUNCTION contacts.is_owner() IS
	'internal: whether the role at work is a superuser or owns the tables, and is not pinned';

CREATE FUNCTION contacts.sees_all(account_id bigint DEFAULT contacts.current_account())
	RETURNS boolean
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_sees_all';
COMMENT ON FUNCTION contacts.sees_all(bigint) IS
	'internal: whether the member at work may read and sees every contact of the account; for policies (R81)';

CREATE FUNCTION contacts.visible_members(account_id bigint DEFAULT contacts.current_account())
	RETURNS bigint[]
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_visible_members';
COMMENT ON FUNCTION contacts.visible_members(bigint) IS
	'internal: return the members whose contacts the member at work sees, null when that is everybody (R81)';

CREATE FUNCTION contacts.visible_contacts(account_id bigint DEFAULT contacts.current_account())
	RETURNS SETOF bigint
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	members bigint[] := contacts.visible_members(account_id);
BEGIN
	account_id := coalesce(account_id, contacts.current_account());
	RETURN QUERY
	SELECT c.contact_id FROM contacts.contact c
	WHERE c.account_id = account_id AND c.owner_id = ANY (members)
	UNION
	SELECT a.contact_id FROM contacts.activity a
	WHERE a.account_id = account_id AND a.assigned_to = ANY (members) AND a.contact_id IS NOT NULL;
END
$$;
COMMENT ON FUNCTION contacts.visible_contacts(bigint) IS
	'internal: return the contacts that are owned by, or have an activity of, the visible members; for policies (R81)';

CREATE FUNCTION contacts.use_trusted_path() RETURNS void
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'contacts_use_trusted_path';
COMMENT ON FUNCTION contacts.use_trusted_path() IS
	'internal: from here to its end, the calling function and what triggers run in it find names in pg_catalog, in the schemas that the owner trusts, in pg_temp (R82)';

CREATE FUNCTION contacts.makes_contacts() RETURNS boolean
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'contacts_makes_contacts';
COMMENT ON FUNCTION contacts.makes_contacts() IS
	'whether the transaction has made contacts by plain SQL for a member who sees only some; for policies (R81)';

CREATE FUNCTION contacts.contact_made(contact_id bigint) RETURNS boolean
	LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'contacts_contact_made';
COMMENT ON FUNCTION contacts.contact_made(bigint) IS
	'whether the transaction made the contact by plain SQL and the member at work sees it, by a snapshot newer than the statement''s; for policies (R81)';

CREATE FUNCTION contacts.set_cause(name text) RETURNS void
	LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'contacts_set_cause';
COMMENT ON FUNCTION contacts.set_cause(text) IS
	'internal: a function names itself as the cause of the changes that follow, null when it is done';
