-- The history of contacts, in plain columns (R110).
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
