-- Views for applications and BI tools, in plain columns (R110).

CREATE VIEW contacts.contact_overview WITH (security_invoker = true) AS
SELECT c.account_id, c.contact_id, c.name, c.email, c.phone, c.company, c.timezone, c.status,
	   m.name AS owner, c.source, t.tags, a.first_activity_at, a.last_activity_at,
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

-- Branches of one table each, so that the newest rows of a contact come off their indexes.
CREATE VIEW contacts.timeline WITH (security_invoker = true) AS
SELECT h.account_id, h.contact_id, h.at, h.kind, h.title, h.source, h.state, h.assigned_to,
	   h.ref_table, h.ref_id
FROM (
	SELECT a.account_id, a.contact_id, a.occurred_at AS at, a.kind, a.title, a.source,
		   a.state::text AS state, a.assigned_to, 'activity'::text AS ref_table,
		   a.activity_id AS ref_id
	FROM contacts.activity a
	UNION ALL
	SELECT p.account_id, p.contact_id, p.viewed_at AS at, 'page_view'::text AS kind,
		   coalesce(p.title, p.url) AS title, p.url AS source, NULL::text AS state,
		   NULL::bigint AS assigned_to, 'page_view'::text AS ref_table, p.page_view_id AS ref_id
	FROM contacts.page_view p
	UNION ALL
	SELECT s.account_id, s.contact_id, s.changed_at AS at, 'status'::text AS kind,
		   coalesce(s.to_status::text, 'none') AS title, s.source, NULL::text AS state,
		   s.member_id AS assigned_to, 'status_change'::text AS ref_table,
		   s.status_change_id AS ref_id
	FROM contacts.status_change s) h
JOIN contacts.contact c ON c.account_id = h.account_id AND c.contact_id = h.contact_id
WHERE c.deleted_at IS NULL AND c.merged_into IS NULL;
COMMENT ON VIEW contacts.timeline IS
	'One row is one thing in the history of a live contact: an activity, a page view or a status change.';
COMMENT ON COLUMN contacts.timeline.account_id IS 'the account';
COMMENT ON COLUMN contacts.timeline.contact_id IS 'the contact';
COMMENT ON COLUMN contacts.timeline.at IS 'when';
COMMENT ON COLUMN contacts.timeline.kind IS 'kind of the activity, page_view or status';
COMMENT ON COLUMN contacts.timeline.title IS 'one line for people; null = none';
COMMENT ON COLUMN contacts.timeline.source IS 'where it comes from; null = not said';
COMMENT ON COLUMN contacts.timeline.state IS 'state of the activity; null for the others';
COMMENT ON COLUMN contacts.timeline.assigned_to IS 'member concerned; null = nobody';
COMMENT ON COLUMN contacts.timeline.ref_table IS 'table that holds it';
COMMENT ON COLUMN contacts.timeline.ref_id IS 'its id in that table';

CREATE VIEW contacts.activity_stream WITH (security_invoker = true) AS
SELECT a.account_id, a.activity_id, a.occurred_at, a.kind, a.source, a.title, a.state,
	   a.starts_at, a.ends_at, a.contact_id, c.name AS contact_name, c.email AS contact_email,
	   c.company AS contact_company, c.status AS contact_status, a.assigned_to,
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

CREATE VIEW contacts.status_history WITH (security_invoker = true) AS
SELECT s.account_id, s.contact_id, s.from_status, s.to_status, s.changed_at,
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
