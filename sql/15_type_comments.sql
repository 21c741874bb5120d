
-- What the attributes of the result types mean.

COMMENT ON COLUMN contacts.recorded.activity_id IS 'the activity, new or reported before';
COMMENT ON COLUMN contacts.recorded.contact_id IS 'its contact; null = nobody known';
COMMENT ON COLUMN contacts.recorded.outcome IS 'created or matched; null = no contact';
COMMENT ON COLUMN contacts.recorded.matched_by IS 'identifier that found the contact; null = none did';
COMMENT ON COLUMN contacts.recorded.duplicate_of IS
	'the other contact of a pair put up for review; null = none';
COMMENT ON COLUMN contacts.upserted.contact_id IS 'the contact';
COMMENT ON COLUMN contacts.upserted.outcome IS 'created, updated, unchanged or skipped';
COMMENT ON COLUMN contacts.upserted.matched_by IS 'identifier that found the contact; null = none did';
COMMENT ON COLUMN contacts.upserted.duplicate_of IS
	'the other contact of a pair put up for review; null = none';
COMMENT ON COLUMN contacts.phone_details.e164 IS '+ and digits; null = not read';
COMMENT ON COLUMN contacts.phone_details.extension IS 'digits of the extension; null = none';
COMMENT ON COLUMN contacts.phone_details.country_code IS 'calling code; null = unknown';
COMMENT ON COLUMN contacts.phone_details.region IS
	'ISO 3166 region, 001 for networks without country; null = unknown';
COMMENT ON COLUMN contacts.phone_details.type IS 'line type: mobile, fixed, toll-free …; null = unknown';
COMMENT ON COLUMN contacts.phone_details.national IS 'national significant number; null = not read';
COMMENT ON COLUMN contacts.phone_details.possible IS 'whether the plan has numbers of this length';
COMMENT ON COLUMN contacts.phone_details.valid IS 'whether the plan assigns the number';

COMMENT ON SCHEMA contacts IS 'customer contacts: one record and one history per person';
