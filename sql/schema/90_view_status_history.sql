-- Changes of status with their members, in plain columns (R24, R110).

CREATE VIEW contacts.status_history WITH (security_invoker = true) AS
SELECT s.account_id, s.contact_id, s.from_status::text AS from_status,
	   s.to_status::text AS to_status, s.changed_at,
	   s.member_id, m.name AS member_name, s.actor, s.source
FROM contacts.status_change s
LEFT JOIN contacts.member m ON m.account_id = s.account_id AND m.member_id = s.member_id;
COMMENT ON VIEW contacts.status_history IS 'One row is one change of a contact''s status (R24).';
COMMENT ON COLUMN contacts.status_history.account_id IS 'the account';
COMMENT ON COLUMN contacts.status_history.contact_id IS 'the contact';
COMMENT ON COLUMN contacts.status_history.from_status IS 'status before; null = none';
COMMENT ON COLUMN contacts.status_history.to_status IS 'status after; null = none';
COMMENT ON COLUMN contacts.status_history.changed_at IS 'when';
COMMENT ON COLUMN contacts.status_history.member_id IS 'member who did it; null = not said';
COMMENT ON COLUMN contacts.status_history.member_name IS 'name of that member; null = unknown';
COMMENT ON COLUMN contacts.status_history.actor IS 'application or database role that did it';
COMMENT ON COLUMN contacts.status_history.source IS
	'what changed it: bot, manual, api, import, merge or the source of an activity';
