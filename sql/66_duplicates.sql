
-- Contacts that may be the same person (R46).

CREATE FUNCTION contacts.find_duplicates(
	min_score  real    DEFAULT 0.8,
	contact_id bigint  DEFAULT NULL,
	max_pairs  integer DEFAULT 1000,
	account_id bigint  DEFAULT contacts.current_account()
) RETURNS TABLE (contact_id bigint, other_id bigint, score real, reasons text[])
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_find_duplicates';
COMMENT ON FUNCTION contacts.find_duplicates IS
	'score contacts that are alike by name, company, e-mail, phone and fields, return the best pairs first and keep them for review; with contact_id only pairs of that contact; dismissed and merged pairs are left out; error P0002 when the contact does not exist (R46)';

CREATE FUNCTION contacts.dismiss_duplicate(
	contact_id bigint,
	other_id   bigint,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_dismiss_duplicate';
COMMENT ON FUNCTION contacts.dismiss_duplicate IS
	'note that two contacts are different people, for good: the pair is never found again (R46)';

CREATE FUNCTION contacts.match_keys(account bigint, name text, email text, phone text)
	RETURNS bigint[]
	LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'contacts_match_keys';
COMMENT ON FUNCTION contacts.match_keys(bigint, text, text, text) IS
	'internal: return the keys by which contacts that may be the same person find each other, for the index contact_match (R46)';
