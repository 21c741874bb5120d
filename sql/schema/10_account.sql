-- Accounts (tenants) and their settings (R3).  The account is the first column of each table, and of
-- each of its primary, unique and foreign keys (R2).

CREATE TABLE contacts.account (
	account_id       bigint NOT NULL PRIMARY KEY,
	name             text,
	default_region   text,
	phone_match      text NOT NULL DEFAULT 'always',
	unknown_fields   text NOT NULL DEFAULT 'refuse',
	has_kept_unknown boolean NOT NULL DEFAULT false,
	timezone         text NOT NULL DEFAULT 'UTC',
	keep_deleted     interval NOT NULL DEFAULT '90 days',
	activity_events  boolean NOT NULL DEFAULT false,
	duplicate_fields text[],
	created_at       timestamptz NOT NULL DEFAULT pg_catalog.now(),
	CONSTRAINT account_ids_positive CHECK (account_id > 0),
	CONSTRAINT account_phone_match_known CHECK (phone_match IN ('always', 'fill', 'never')),
	CONSTRAINT account_unknown_fields_known CHECK (unknown_fields IN ('refuse', 'keep')),
	CONSTRAINT account_keep_deleted_a_day CHECK (keep_deleted >= interval '1 day'),
	CONSTRAINT account_duplicate_fields_known
		CHECK (pg_catalog.array_position(duplicate_fields, NULL) IS NULL),
	CONSTRAINT account_times_finite CHECK (pg_catalog.isfinite(created_at))
);
COMMENT ON TABLE contacts.account IS
	'One row is the settings of one account (tenant). An account without a row has the defaults.';
COMMENT ON COLUMN contacts.account.account_id IS 'the account; a single company is account 1';
COMMENT ON COLUMN contacts.account.name IS 'name for people; null = unnamed';
COMMENT ON COLUMN contacts.account.default_region IS
	'ISO 3166 region of phones given without country code; null = none (R19)';
COMMENT ON COLUMN contacts.account.phone_match IS
	'whether a phone finds a contact that has another e-mail: always, fill, never (R14)';
COMMENT ON COLUMN contacts.account.unknown_fields IS
	'what to do with field keys nobody defined: refuse, keep (R23)';
COMMENT ON COLUMN contacts.account.has_kept_unknown IS
	'whether that was ever keep: then contacts may have values of fields that nobody defined (R112)';
COMMENT ON COLUMN contacts.account.timezone IS 'time zone of the account''s days';
COMMENT ON COLUMN contacts.account.keep_deleted IS 'how long deleted contacts can be restored';
COMMENT ON COLUMN contacts.account.activity_events IS
	'whether recorded activities raise events (R100)';
COMMENT ON COLUMN contacts.account.duplicate_fields IS
	'keys of the fields that find_duplicates() compares; null = all of type text, number and date';
COMMENT ON COLUMN contacts.account.created_at IS 'when the settings were first written';

-- Sessions keep settings in memory; what they keep follows each change, in every session.
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON contacts.account
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.settings_changed();
COMMENT ON TRIGGER settings_changed ON contacts.account IS 'makes sessions read settings again';
CREATE TRIGGER account_values BEFORE INSERT OR UPDATE OF name ON contacts.account
	FOR EACH ROW EXECUTE FUNCTION contacts.values_check();
COMMENT ON TRIGGER account_values ON contacts.account IS 'composes letters of texts';
CREATE TRIGGER account_check BEFORE INSERT OR UPDATE ON contacts.account
	FOR EACH ROW EXECUTE FUNCTION contacts.account_check();
COMMENT ON TRIGGER account_check ON contacts.account IS 'checks region and time zone';

ALTER TABLE contacts.account ENABLE ROW LEVEL SECURITY;
CREATE POLICY account_reads ON contacts.account FOR SELECT
	USING (account_id = (SELECT contacts.allowed_account('read')));
