-- Contacts for applications and BI tools, in plain columns (R110).

CREATE VIEW contacts.contact_overview WITH (security_invoker = true) AS
SELECT c.account_id, c.contact_id, c.name, c.email, c.phone, c.company, c.timezone,
	   c.status::text AS status, m.name AS owner, c.source, t.tags, a.first_activity_at, a.last_activity_at,
	   a.activities, v.page_views, c.created_at, c.updated_at
FROM contacts.contact c
LEFT JOIN contacts.member m ON m.account_id = c.account_id AND m.member_id = c.owner_id
LEFT JOIN LATERAL (
	SELECT pg_catalog.string_agg(tag.name, ', ' ORDER BY pg_catalog.lower(tag.name)) AS tags
	FROM contacts.contact_tag ct
	JOIN contacts.tag tag ON tag.account_id = ct.account_id AND tag.tag_id = ct.tag_id
	WHERE ct.account_id = c.account_id AND ct.contact_id = c.contact_id) t ON true
LEFT JOIN LATERAL (
	SELECT pg_catalog.min(occurred_at) AS first_activity_at,
		   pg_catalog.max(occurred_at) AS last_activity_at,
		   pg_catalog.count(*) AS activities
	FROM contacts.activity
	WHERE account_id = c.account_id AND contact_id = c.contact_id) a ON true
LEFT JOIN LATERAL (
	SELECT pg_catalog.count(*) AS page_views
	FROM contacts.page_view
	WHERE account_id = c.account_id AND contact_id = c.contact_id) v ON true
WHERE c.deleted_at IS NULL AND c.merged_into IS NULL;
COMMENT ON VIEW contacts.contact_overview IS
	'One row is one live contact with its tags and the extent of its history.';
COMMENT ON COLUMN contacts.contact_overview.account_id IS 'the account';
COMMENT ON COLUMN contacts.contact_overview.contact_id IS 'the contact';
COMMENT ON COLUMN contacts.contact_overview.name IS 'full name; null = unknown';
COMMENT ON COLUMN contacts.contact_overview.email IS 'primary e-mail; null = none';
COMMENT ON COLUMN contacts.contact_overview.phone IS 'primary phone; null = none';
COMMENT ON COLUMN contacts.contact_overview.company IS 'company; null = unknown';
COMMENT ON COLUMN contacts.contact_overview.timezone IS 'time zone name; null = unknown';
COMMENT ON COLUMN contacts.contact_overview.status IS 'qualification status; null = none yet';
COMMENT ON COLUMN contacts.contact_overview.owner IS 'name of the member who owns it; null = nobody';
COMMENT ON COLUMN contacts.contact_overview.source IS 'what first brought the contact; null = unknown';
COMMENT ON COLUMN contacts.contact_overview.tags IS 'names of its tags, comma-separated; null = none';
COMMENT ON COLUMN contacts.contact_overview.first_activity_at IS 'time of the first activity; null = none';
COMMENT ON COLUMN contacts.contact_overview.last_activity_at IS 'time of the last activity; null = none';
COMMENT ON COLUMN contacts.contact_overview.activities IS 'number of activities';
COMMENT ON COLUMN contacts.contact_overview.page_views IS 'number of page views';
COMMENT ON COLUMN contacts.contact_overview.created_at IS 'when the contact was first seen';
COMMENT ON COLUMN contacts.contact_overview.updated_at IS 'when its row last changed';
