-- What holds for every writer, the functions of this extension and plain SQL alike (R5).
-- BEFORE triggers look at one row and query nothing; what follows from a change is written by
-- one AFTER STATEMENT trigger per event, set by set, from the transition tables.

CREATE TRIGGER contact_check BEFORE INSERT OR UPDATE ON contacts.contact
	FOR EACH ROW EXECUTE FUNCTION contacts.contact_check();
CREATE TRIGGER contact_inserted AFTER INSERT ON contacts.contact
	REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.contact_changed();
CREATE TRIGGER contact_updated AFTER UPDATE ON contacts.contact
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.contact_changed();
CREATE TRIGGER contact_deleted AFTER DELETE ON contacts.contact
	REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION contacts.contact_changed();

CREATE TRIGGER identifier_check BEFORE INSERT OR UPDATE ON contacts.identifier
	FOR EACH ROW EXECUTE FUNCTION contacts.identifier_check();

COMMENT ON TRIGGER contact_check ON contacts.contact IS 'checks and normalizes a row';
COMMENT ON TRIGGER contact_inserted ON contacts.contact IS 'writes what follows from new contacts';
COMMENT ON TRIGGER contact_updated ON contacts.contact IS 'writes what follows from changed contacts';
COMMENT ON TRIGGER contact_deleted ON contacts.contact IS 'writes what follows from removed contacts';
COMMENT ON TRIGGER identifier_check ON contacts.identifier IS 'normalizes the value';
