
-- Reporting what happened, and people: find the contact or create it (R12-R21, R30-R33).

CREATE FUNCTION contacts.record_activity(
	kind        text,
	email       text        DEFAULT NULL,
	phone       text        DEFAULT NULL,
	visitor     text        DEFAULT NULL,
	external_id text        DEFAULT NULL,
	name        text        DEFAULT NULL,
	company     text        DEFAULT NULL,
	timezone    text        DEFAULT NULL,
	fields      jsonb       DEFAULT '{}',
	status      text        DEFAULT NULL,
	occurred_at timestamptz DEFAULT pg_catalog.now(),
	source      text        DEFAULT NULL,
	source_ref  text        DEFAULT NULL,
	title       text        DEFAULT NULL,
	data        jsonb       DEFAULT '{}',
	state       text        DEFAULT 'completed',
	starts_at   timestamptz DEFAULT NULL,
	ends_at     timestamptz DEFAULT NULL,
	calendar    text        DEFAULT NULL,
	assigned_to bigint      DEFAULT NULL,
	region      text        DEFAULT NULL,
	on_invalid  text        DEFAULT 'error',
	contact_id  bigint      DEFAULT NULL,
	account_id  bigint      DEFAULT contacts.current_account()
) RETURNS contacts.recorded
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_record_activity';
COMMENT ON FUNCTION contacts.record_activity IS
	'record one activity: find or create the person behind it by e-mail, phone, external id, visitor cookie, in this order, or take the contact that contact_id names, merge the details given, and link the activity; the same source and source_ref again updates that activity (R12–R21, R30–R32, R35)';

CREATE FUNCTION contacts.record_activities(
	activities jsonb,
	on_error   text   DEFAULT 'stop',
	account_id bigint DEFAULT contacts.current_account()
) RETURNS TABLE (item integer, activity_id bigint, contact_id bigint, outcome contacts.outcome,
				 matched_by contacts.identifier_kind, duplicate_of bigint, error text)
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_record_activities';
COMMENT ON FUNCTION contacts.record_activities IS
	'record an array of activities, each an object with the arguments of record_activity as keys, with the result of the same calls one by one; on_error: stop raises at the first bad item and writes nothing, report skips bad items and says why (R33)';

CREATE FUNCTION contacts.add_note(
	contact_id bigint,
	note       text,
	title      text   DEFAULT NULL,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS bigint
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_add_note';
COMMENT ON FUNCTION contacts.add_note IS
	'record what somebody writes about a contact: an activity of kind note, with the text in data under note; returns the activity (R35)';

CREATE FUNCTION contacts.upsert_contact(
	email       text   DEFAULT NULL,
	phone       text   DEFAULT NULL,
	visitor     text   DEFAULT NULL,
	external_id text   DEFAULT NULL,
	name        text   DEFAULT NULL,
	company     text   DEFAULT NULL,
	timezone    text   DEFAULT NULL,
	fields      jsonb  DEFAULT '{}',
	status      text   DEFAULT NULL,
	owner_id    bigint DEFAULT NULL,
	tags        text[] DEFAULT NULL,
	mode        text   DEFAULT 'update',
	source      text   DEFAULT 'api',
	region      text   DEFAULT NULL,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS contacts.upserted
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_upsert_contact';
COMMENT ON FUNCTION contacts.upsert_contact IS
	'find the contact as record_activity does, or create it, and merge the details given: mode update (new values replace old ones), fill (only blanks), skip (leave an existing one alone), create (always a new one; a taken identifier stays where it is and the pair goes to review) (R12–R20, R71)';

CREATE FUNCTION contacts.create_contact(
	email       text   DEFAULT NULL,
	phone       text   DEFAULT NULL,
	visitor     text   DEFAULT NULL,
	external_id text   DEFAULT NULL,
	name        text   DEFAULT NULL,
	company     text   DEFAULT NULL,
	timezone    text   DEFAULT NULL,
	fields      jsonb  DEFAULT '{}',
	status      text   DEFAULT NULL,
	owner_id    bigint DEFAULT NULL,
	tags        text[] DEFAULT NULL,
	source      text   DEFAULT 'api',
	region      text   DEFAULT NULL,
	account_id  bigint DEFAULT contacts.current_account()
) RETURNS contacts.upserted
	LANGUAGE c VOLATILE SECURITY DEFINER AS 'MODULE_PATHNAME', 'contacts_create_contact';
COMMENT ON FUNCTION contacts.create_contact IS
	'create a contact; error 23505 when an identifier belongs to another one (R11)';
