-- Activities with their contacts and members, in plain columns (R110).

CREATE VIEW contacts.activity_stream WITH (security_invoker = true) AS
SELECT a.account_id, a.activity_id, a.occurred_at, a.kind, a.source, a.title,
	   a.state::text AS state, a.starts_at, a.ends_at, a.contact_id, c.name AS contact_name, c.email AS contact_email,
	   c.company AS contact_company, c.status::text AS contact_status, a.assigned_to,
	   m.name AS assigned_name, a.recipient_email, a.recipient_phone, a.calendar
FROM contacts.activity a
LEFT JOIN contacts.contact c ON c.account_id = a.account_id AND c.contact_id = a.contact_id
	AND c.deleted_at IS NULL
LEFT JOIN contacts.member m ON m.account_id = a.account_id AND m.member_id = a.assigned_to;
COMMENT ON VIEW contacts.activity_stream IS
	'One row is one activity of the account, with its contact and member in plain columns.';
COMMENT ON COLUMN contacts.activity_stream.account_id IS 'the account';
COMMENT ON COLUMN contacts.activity_stream.activity_id IS 'the activity';
COMMENT ON COLUMN contacts.activity_stream.occurred_at IS 'when it happened';
COMMENT ON COLUMN contacts.activity_stream.kind IS 'booking, conversation, form, email, note …';
COMMENT ON COLUMN contacts.activity_stream.source IS 'what reported it; null = not said';
COMMENT ON COLUMN contacts.activity_stream.title IS 'one line for people; null = none';
COMMENT ON COLUMN contacts.activity_stream.state IS 'scheduled, active, completed, cancelled, no_show';
COMMENT ON COLUMN contacts.activity_stream.starts_at IS 'start of a meeting; null = none';
COMMENT ON COLUMN contacts.activity_stream.ends_at IS 'end of a meeting; null = open';
COMMENT ON COLUMN contacts.activity_stream.contact_id IS 'whose it is; null = nobody known';
COMMENT ON COLUMN contacts.activity_stream.contact_name IS 'name of the contact; null = unknown or deleted';
COMMENT ON COLUMN contacts.activity_stream.contact_email IS 'its e-mail; null = none or deleted';
COMMENT ON COLUMN contacts.activity_stream.contact_company IS 'its company; null = unknown or deleted';
COMMENT ON COLUMN contacts.activity_stream.contact_status IS 'its status; null = none or deleted';
COMMENT ON COLUMN contacts.activity_stream.assigned_to IS 'member whose work it is; null = nobody';
COMMENT ON COLUMN contacts.activity_stream.assigned_name IS 'name of that member; null = unknown';
COMMENT ON COLUMN contacts.activity_stream.recipient_email IS 'where its messages go; null = none';
COMMENT ON COLUMN contacts.activity_stream.recipient_phone IS 'where its text messages go; null = none';
COMMENT ON COLUMN contacts.activity_stream.calendar IS 'calendar system that holds it; null = none';
