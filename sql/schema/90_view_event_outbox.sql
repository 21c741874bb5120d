-- Events for outbox readers (R100).

CREATE VIEW contacts.event_outbox WITH (security_invoker = true) AS
SELECT e.event_id AS id, 'contact'::text AS aggregatetype,
	   coalesce(e.contact_id::text, '') AS aggregateid, e.kind AS type,
	   e.payload || pg_catalog.jsonb_build_object(
		   'event_id', e.event_id, 'account_id', e.account_id, 'contact_id', e.contact_id,
		   'kind', e.kind, 'occurred_at', e.occurred_at, 'cause', e.cause, 'actor', e.actor,
		   'version', e.version) AS payload,
	   e.account_id
FROM contacts.event e;
COMMENT ON VIEW contacts.event_outbox IS
	'One row is one event in the columns that outbox readers such as Debezium expect (R100).';
COMMENT ON COLUMN contacts.event_outbox.id IS 'the event';
COMMENT ON COLUMN contacts.event_outbox.aggregatetype IS 'always contact';
COMMENT ON COLUMN contacts.event_outbox.aggregateid IS 'the contact; empty = about no contact';
COMMENT ON COLUMN contacts.event_outbox.type IS 'kind of the event';
COMMENT ON COLUMN contacts.event_outbox.payload IS 'everything about the event';
COMMENT ON COLUMN contacts.event_outbox.account_id IS 'the account';
