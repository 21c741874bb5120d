
-- Nothing is for everybody (R80).
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA contacts FROM PUBLIC;
REVOKE ALL ON TYPE contacts.contact_status FROM PUBLIC;
REVOKE ALL ON TYPE contacts.identifier_kind FROM PUBLIC;
REVOKE ALL ON TYPE contacts.outcome FROM PUBLIC;
REVOKE ALL ON TYPE contacts.activity_state FROM PUBLIC;
REVOKE ALL ON TYPE contacts.field_type FROM PUBLIC;
REVOKE ALL ON TYPE contacts.tag_kind FROM PUBLIC;
REVOKE ALL ON TYPE contacts.consent_state FROM PUBLIC;
REVOKE ALL ON TYPE contacts.duplicate_mode FROM PUBLIC;
REVOKE ALL ON TYPE contacts.member_access FROM PUBLIC;
REVOKE ALL ON TYPE contacts.recorded FROM PUBLIC;
REVOKE ALL ON TYPE contacts.upserted FROM PUBLIC;
REVOKE ALL ON TYPE contacts.phone_details FROM PUBLIC;
