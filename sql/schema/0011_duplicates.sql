-- Finding duplicates (R46).

ALTER TABLE contacts.account
	ADD COLUMN duplicate_fields text[],
	ADD CONSTRAINT account_duplicate_fields_known
		CHECK (pg_catalog.array_position(duplicate_fields, NULL) IS NULL);
COMMENT ON COLUMN contacts.account.duplicate_fields IS
	'keys of the fields that find_duplicates() compares; null = all of type text, number and date';

-- Company is left out on purpose: an update of it alone stays a HOT update.
CREATE INDEX contact_match ON contacts.contact
	USING gin (contacts.match_keys(account_id, name, email, phone))
	WHERE deleted_at IS NULL AND merged_into IS NULL;
COMMENT ON INDEX contacts.contact_match IS
	'contacts that may be the same person as a given one, for find_duplicates(contact_id => …)';
