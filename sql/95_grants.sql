
-- Nothing is for everybody (R80).
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA contacts FROM PUBLIC;
