
-- Canonical forms of e-mail addresses and phones: pure functions for any table, index or import (R10).
--
-- Where the region is left out, that of the session comes in as the default of the argument (R19); so
-- the functions stay immutable, and an index names its region, or says with null that it has none.

CREATE FUNCTION contacts.normalize_email(value text) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_normalize_email';
COMMENT ON FUNCTION contacts.normalize_email(text) IS
	'return the canonical form of an e-mail address, the key that finds its contact; null when blank or a placeholder, error 22P02 when invalid (R10)';

CREATE FUNCTION contacts.email_problem(value text) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_email_problem';
COMMENT ON FUNCTION contacts.email_problem(text) IS
	'say what is wrong with an e-mail address; null when it is valid or blank';

CREATE FUNCTION contacts.normalize_phone(value text, region text DEFAULT contacts.current_region()) RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_normalize_phone';
COMMENT ON FUNCTION contacts.normalize_phone(text, text) IS
	'return a phone number in E.164, with ;ext= behind it when it has an extension; the region (ISO 3166, in any case; null or ZZ = none known, left out = the account''s) serves numbers without country code; null when blank, error 22P02 when invalid under its numbering plan (R10)';

CREATE FUNCTION contacts.phone_problem(value text, region text DEFAULT contacts.current_region()) RETURNS text
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_phone_problem';
COMMENT ON FUNCTION contacts.phone_problem(text, text) IS
	'say what is wrong with a phone number; null when it is valid or blank';

CREATE FUNCTION contacts.phone_info(value text, region text DEFAULT contacts.current_region()) RETURNS contacts.phone_details
	LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_phone_info';
COMMENT ON FUNCTION contacts.phone_info(text, text) IS
	'return what the numbering plans say about a phone number, also a bad one';

CREATE FUNCTION contacts.composed(value text) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_composed';
COMMENT ON FUNCTION contacts.composed(text) IS
	'internal: return a text with composed letters (Unicode''s NFC), as texts are stored (R25)';
