-- Pairs of contacts that may be the same person (R13, R14, R16, R46).

CREATE TABLE contacts.duplicate (
	account_id bigint NOT NULL DEFAULT contacts.current_account(),
	contact_id bigint NOT NULL,
	other_id   bigint NOT NULL,
	reasons    text[] NOT NULL,
	score      real NOT NULL,
	state      text NOT NULL DEFAULT 'open',
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	decided_at timestamptz,
	PRIMARY KEY (account_id, contact_id, other_id),
	CONSTRAINT duplicate_ids_positive CHECK (account_id > 0),
	CONSTRAINT duplicate_contact_exists FOREIGN KEY (account_id, contact_id)
		REFERENCES contacts.contact (account_id, contact_id) ON DELETE CASCADE,
	CONSTRAINT duplicate_other_exists FOREIGN KEY (account_id, other_id)
		REFERENCES contacts.contact (account_id, contact_id) ON DELETE CASCADE,
	CONSTRAINT duplicate_in_order CHECK (contact_id < other_id),
	CONSTRAINT duplicate_state_known CHECK (state IN ('open', 'dismissed', 'merged')),
	CONSTRAINT duplicate_score_is_share CHECK (score BETWEEN 0 AND 1),
	CONSTRAINT duplicate_times_finite CHECK (
		pg_catalog.isfinite(created_at) AND pg_catalog.isfinite(decided_at))
);
COMMENT ON TABLE contacts.duplicate IS
	'One row is a pair of contacts that may be the same person (R13, R14, R16, R46).';
COMMENT ON COLUMN contacts.duplicate.account_id IS 'the account';
COMMENT ON COLUMN contacts.duplicate.contact_id IS 'the contact with the lower id';
COMMENT ON COLUMN contacts.duplicate.other_id IS 'the contact with the higher id';
COMMENT ON COLUMN contacts.duplicate.reasons IS 'why, in words';
COMMENT ON COLUMN contacts.duplicate.score IS 'how alike, 0 to 1; 1 = they share an identifier';
COMMENT ON COLUMN contacts.duplicate.state IS 'open, dismissed (stays so) or merged';
COMMENT ON COLUMN contacts.duplicate.created_at IS 'when the pair was first seen';
COMMENT ON COLUMN contacts.duplicate.decided_at IS 'when it was dismissed or merged; null = open';

CREATE INDEX duplicate_other ON contacts.duplicate (account_id, other_id);

CREATE TRIGGER account_at_work BEFORE INSERT ON contacts.duplicate
	FOR EACH ROW EXECUTE FUNCTION contacts.assign_account();
COMMENT ON TRIGGER account_at_work ON contacts.duplicate IS 'fills in the account of the session';
CREATE TRIGGER duplicate_follows BEFORE INSERT OR UPDATE OF account_id, contact_id, other_id ON contacts.duplicate
	FOR EACH ROW EXECUTE FUNCTION contacts.reference_check('contact_id', 'other_id');
COMMENT ON TRIGGER duplicate_follows ON contacts.duplicate IS 'goes to the survivor of a merged contact';

ALTER TABLE contacts.duplicate ENABLE ROW LEVEL SECURITY;
CREATE POLICY member_sees ON contacts.duplicate FOR SELECT USING (
	account_id = (SELECT contacts.allowed_account('read'))
	AND ((SELECT contacts.sees_all()) OR contact_id IN (SELECT contacts.visible_contacts()))
	AND ((SELECT contacts.sees_all()) OR other_id IN (SELECT contacts.visible_contacts())));
CREATE POLICY account_administers ON contacts.duplicate
	USING (account_id = (SELECT contacts.allowed_account('admin')));
