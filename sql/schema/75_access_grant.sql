-- What level each database role has in each account (R80, R81).

CREATE TABLE contacts.access_grant (
	account_id bigint NOT NULL DEFAULT contacts.current_account(),
	grantee    text NOT NULL,
	level      text NOT NULL,
	member_id  bigint,
	pinned     boolean NOT NULL DEFAULT false,
	member_required boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (account_id, grantee),
	CONSTRAINT access_grant_ids_positive CHECK (account_id >= 0),
	CONSTRAINT access_grant_member_exists FOREIGN KEY (account_id, member_id)
		REFERENCES contacts.member (account_id, member_id),
	CONSTRAINT access_grant_level_known CHECK (level IN ('reader', 'agent', 'admin', 'ingest')),
	CONSTRAINT access_grant_times_finite CHECK (pg_catalog.isfinite(created_at))
);
COMMENT ON TABLE contacts.access_grant IS
	'One row is the level of one database role in one account; written by grant_access() (R80).';
COMMENT ON COLUMN contacts.access_grant.account_id IS 'the account; 0 = every account';
COMMENT ON COLUMN contacts.access_grant.grantee IS 'name of the database role; its members have it too';
COMMENT ON COLUMN contacts.access_grant.level IS
	'reader reads, ingest reports, agent reads, reports and edits, admin may do everything';
COMMENT ON COLUMN contacts.access_grant.member_id IS
	'member that the role works for; null = the setting contacts.member_id says';
COMMENT ON COLUMN contacts.access_grant.pinned IS
	'whether the role is bound to this account and member, whatever the settings say (R81)';
COMMENT ON COLUMN contacts.access_grant.member_required IS
	'whether the role may do nothing without a member of the account';
COMMENT ON COLUMN contacts.access_grant.created_at IS 'when it was granted';

CREATE INDEX access_grant_member ON contacts.access_grant (account_id, member_id)
	WHERE member_id IS NOT NULL;

CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON contacts.access_grant
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.settings_changed();
COMMENT ON TRIGGER settings_changed ON contacts.access_grant IS 'makes sessions read grants again';

ALTER TABLE contacts.access_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY account_administers ON contacts.access_grant
	USING (account_id = (SELECT contacts.allowed_account('admin')))
	WITH CHECK (account_id = (SELECT contacts.allowed_account('admin')));
