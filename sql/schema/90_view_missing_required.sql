-- Contacts that lack a field which forms and imports insist on (R23, R110).

CREATE VIEW contacts.missing_required WITH (security_invoker = true) AS
SELECT c.account_id, c.contact_id, c.name, c.email, f.key, f.label, c.created_at
FROM contacts.field f
JOIN contacts.contact c ON c.account_id = f.account_id AND NOT c.fields ? f.key
WHERE f.required AND f.archived_at IS NULL AND c.deleted_at IS NULL AND c.merged_into IS NULL;
COMMENT ON VIEW contacts.missing_required IS
	'One row is one required field that a live contact has no value for (R23).';
COMMENT ON COLUMN contacts.missing_required.account_id IS 'the account';
COMMENT ON COLUMN contacts.missing_required.contact_id IS 'the contact';
COMMENT ON COLUMN contacts.missing_required.name IS 'name of the contact; null = unknown';
COMMENT ON COLUMN contacts.missing_required.email IS 'e-mail of the contact; null = none';
COMMENT ON COLUMN contacts.missing_required.key IS 'key of the field';
COMMENT ON COLUMN contacts.missing_required.label IS 'its label; null = none';
COMMENT ON COLUMN contacts.missing_required.created_at IS 'when the contact was made';
