
-- Types of columns and results.  Arguments are text and checked, so that every driver can bind them.

CREATE TYPE contacts.contact_status AS ENUM
	('qualified', 'marketing_qualified', 'sales_qualified', 'disqualified');
COMMENT ON TYPE contacts.contact_status IS
	'where a contact is in the qualification pipeline; null = not yet judged (R24)';

CREATE TYPE contacts.identifier_kind AS ENUM ('email', 'phone', 'external', 'visitor');
COMMENT ON TYPE contacts.identifier_kind IS
	'what kind of key finds a contact, in the order in which they are tried (R12)';

CREATE TYPE contacts.outcome AS ENUM
	('created', 'matched', 'updated', 'unchanged', 'merged', 'skipped', 'duplicate_in_file',
	 'conflict', 'rejected');
COMMENT ON TYPE contacts.outcome IS 'what a call or a row of an import did to the contact';

CREATE TYPE contacts.activity_state AS ENUM
	('scheduled', 'active', 'completed', 'cancelled', 'no_show');
COMMENT ON TYPE contacts.activity_state IS 'where an activity is in its life (R30)';

CREATE TYPE contacts.field_type AS ENUM
	('text', 'number', 'date', 'boolean', 'dropdown', 'multi_select');
COMMENT ON TYPE contacts.field_type IS 'type of the values of a custom field (R23)';

CREATE TYPE contacts.tag_kind AS ENUM ('manual', 'auto', 'system');
COMMENT ON TYPE contacts.tag_kind IS 'who puts a tag on contacts: people, a filter, the platform (R60)';

CREATE TYPE contacts.consent_state AS ENUM ('granted', 'denied', 'withdrawn');
COMMENT ON TYPE contacts.consent_state IS 'what a person said about a purpose (R90)';

CREATE TYPE contacts.duplicate_mode AS ENUM ('skip', 'update', 'fill', 'create');
COMMENT ON TYPE contacts.duplicate_mode IS
	'what to do with the details given for a contact that exists (R71)';

CREATE TYPE contacts.member_access AS ENUM ('all', 'team', 'own');
COMMENT ON TYPE contacts.member_access IS 'which contacts a member sees (R81)';

CREATE TYPE contacts.recorded AS (
	activity_id  bigint,
	contact_id   bigint,
	outcome      contacts.outcome,
	matched_by   contacts.identifier_kind,
	duplicate_of bigint
);
COMMENT ON TYPE contacts.recorded IS
	'result of recording an activity: the activity, its contact (null = unlinked), whether the contact was created or matched, by which identifier, and the other contact of a pair put up for review';

CREATE TYPE contacts.upserted AS (
	contact_id   bigint,
	outcome      contacts.outcome,
	matched_by   contacts.identifier_kind,
	duplicate_of bigint
);
COMMENT ON TYPE contacts.upserted IS
	'result of writing a contact: its id, what was done, by which identifier it was found, and the other contact of a pair put up for review';

CREATE TYPE contacts.phone_details AS (
	e164         text,
	extension    text,
	country_code integer,
	region       text,
	type         text,
	national     text,
	possible     boolean,
	valid        boolean
);
COMMENT ON TYPE contacts.phone_details IS
	'what the numbering plans say about a phone number: E.164 form, extension, calling code, ISO 3166 region, line type, national digits, possible length, assigned number';
