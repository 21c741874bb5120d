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
