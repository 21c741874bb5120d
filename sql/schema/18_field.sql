-- Custom fields of contacts (R23).

CREATE TABLE contacts.field (
	account_id  bigint NOT NULL DEFAULT contacts.current_account(),
	key         text COLLATE "C" NOT NULL,
	type        contacts.field_type NOT NULL,
	label       text,
	options     text[],
	required    boolean NOT NULL DEFAULT false,
	archived_at timestamptz,
	created_at  timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (account_id, key),
	CONSTRAINT field_ids_positive CHECK (account_id > 0),
	CONSTRAINT field_key_is_name CHECK (key ~ '^[a-z][a-z0-9_]{0,62}$'),
	CONSTRAINT field_options_fit CHECK
		((type IN ('dropdown', 'multi_select')) = (pg_catalog.cardinality(options) IS NOT NULL)),
	CONSTRAINT field_times_finite CHECK (
		pg_catalog.isfinite(archived_at) AND pg_catalog.isfinite(created_at))
);
COMMENT ON TABLE contacts.field IS 'One row is the definition of one custom field of contacts (R23).';
COMMENT ON COLUMN contacts.field.account_id IS 'the account';
COMMENT ON COLUMN contacts.field.key IS 'key within contact.fields: a lower-case name';
COMMENT ON COLUMN contacts.field.type IS 'type that values are coerced to';
COMMENT ON COLUMN contacts.field.label IS 'name for people; null = the key';
COMMENT ON COLUMN contacts.field.options IS
	'allowed values of a dropdown or multi_select field, in order; null for other types';
COMMENT ON COLUMN contacts.field.required IS
	'whether forms and imports insist on a value; contacts without one are in missing_required';
COMMENT ON COLUMN contacts.field.archived_at IS
	'when the field was archived: data stay, new values are refused; null = in use';
COMMENT ON COLUMN contacts.field.created_at IS 'when the field was defined';

CREATE TRIGGER account_at_work BEFORE INSERT ON contacts.field
	FOR EACH ROW EXECUTE FUNCTION contacts.assign_account();
COMMENT ON TRIGGER account_at_work ON contacts.field IS 'fills in the account of the session';
CREATE TRIGGER field_values BEFORE INSERT OR UPDATE OF label, options ON contacts.field
	FOR EACH ROW EXECUTE FUNCTION contacts.values_check();
COMMENT ON TRIGGER field_values ON contacts.field IS 'composes letters of texts';
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON contacts.field
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.settings_changed();
COMMENT ON TRIGGER settings_changed ON contacts.field IS 'makes sessions read definitions again';

ALTER TABLE contacts.field ENABLE ROW LEVEL SECURITY;
CREATE POLICY account_reads ON contacts.field FOR SELECT
	USING (account_id = (SELECT contacts.allowed_account('read')));
