-- required.sql: fields that forms and imports insist on: what keeps the mark, and who lacks a value (R23).
\ir start.psql
BEGIN;
SELECT no_plan();

CREATE FUNCTION pg_temp.required(name text) RETURNS boolean LANGUAGE sql AS
$$ SELECT required FROM contacts.field WHERE account_id = 1 AND key = $1 $$;
CREATE FUNCTION pg_temp.lacking(name text) RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(m.email, ' ' ORDER BY m.email), '') FROM contacts.missing_required m WHERE m.account_id = 1 AND m.key = $1 $$;

-- ---- R23: define_field again leaves what is not given -----------------------------------------------

SELECT contacts.define_field('plain', 'text');
SELECT is(pg_temp.required('plain'), false, 'R23: a new field is not required');
-- Each way to define it again, after required => true: what is left of label and mark.
SELECT contacts.define_field(key, type::text, 'Label', options, true)
FROM (VALUES ('f_text', 'text', NULL::text[]), ('f_number', 'number', NULL), ('f_date', 'date', NULL), ('f_boolean', 'boolean', NULL),
	('f_dropdown', 'dropdown', '{a,b}'), ('f_multi', 'multi_select', '{a,b}')) AS f (key, type, options);
CREATE FUNCTION pg_temp.again(key text, how text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text; field contacts.field;
BEGIN
	SELECT * INTO field FROM contacts.field f WHERE f.account_id = 1 AND f.key = again.key;
	CASE how
	WHEN 'bare' THEN PERFORM contacts.define_field(key, field.type::text, options => field.options);
	WHEN 'label' THEN PERFORM contacts.define_field(key, field.type::text, 'New', field.options);
	WHEN 'options' THEN PERFORM contacts.define_field(key, field.type::text, options => field.options || CASE WHEN field.options IS NOT NULL THEN '{c}'::text[] END);
	WHEN 'null' THEN PERFORM contacts.define_field(key, field.type::text, NULL, field.options, NULL);
	WHEN 'archive' THEN PERFORM contacts.archive_field(key); PERFORM contacts.define_field(key, field.type::text, options => field.options);
	WHEN 'true' THEN PERFORM contacts.define_field(key, field.type::text, options => field.options, required => true);
	WHEN 'false' THEN PERFORM contacts.define_field(key, field.type::text, options => field.options, required => false);
	END CASE;
	SELECT concat_ws(' ', label, CASE WHEN required THEN 'required' END) INTO result FROM contacts.field f WHERE f.account_id = 1 AND f.key = again.key;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = result;
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
END $$;
SELECT is(pg_temp.again(f.key, how), left_over, format('R23: %s defined again, %s', f.key, how))
FROM contacts.field f CROSS JOIN (VALUES ('bare', 'Label required'), ('label', 'New required'), ('options', 'Label required'), ('null', 'Label required'),
	('archive', 'Label required'), ('true', 'Label required'), ('false', 'Label')) AS h (how, left_over)
WHERE f.account_id = 1 AND f.key LIKE 'f\_%' ORDER BY f.key, how;

-- ---- R23: who lacks it ------------------------------------------------------------------------------

SELECT contacts.set_account(unknown_fields => 'keep');
SELECT contacts.upsert_contact(email => 'has@example.org', fields => '{"seen":"x","f_boolean":false}');
SELECT contacts.upsert_contact(email => 'lacks@example.org');
SELECT contacts.upsert_contact(email => 'gone@example.org');
SELECT contacts.upsert_contact(email => 'double@example.org');
SELECT contacts.upsert_contact(email => 'other@example.org', account_id => 2);
SELECT is(pg_temp.lacking('seen'), '', 'R23: nobody lacks what nobody defined');
SELECT contacts.define_field('seen', 'text');
SELECT is(pg_temp.lacking('seen'), '', 'R23: nor what is not required');
SELECT contacts.define_field('seen', 'text', 'Seen at', required => true);
SELECT is(pg_temp.lacking('seen'), 'double@example.org gone@example.org lacks@example.org', 'R23: required: contacts without a value are listed');
SELECT is(pg_temp.lacking('f_boolean'), 'double@example.org gone@example.org lacks@example.org', 'R23: false is a value');
SELECT is((SELECT label FROM contacts.missing_required WHERE key = 'seen' LIMIT 1), 'Seen at', 'R23: with the label of the field');
SELECT contacts.delete_contacts(ARRAY[contacts.find_contact(email => 'gone@example.org')]);
SELECT contacts.merge_contacts(contacts.find_contact(email => 'has@example.org'), ARRAY[contacts.find_contact(email => 'double@example.org')]);
SELECT is(pg_temp.lacking('seen'), 'lacks@example.org', 'R23: no deleted or merged ones');
SELECT is((contacts.record_activity('form', email => 'lacks@example.org')).outcome, 'matched', 'R23: a report is never refused for it');
SELECT is((contacts.record_activity('form', email => 'new@example.org')).outcome, 'created', 'R23: nor a new contact');
SELECT is(pg_temp.lacking('seen'), 'lacks@example.org new@example.org', 'R23: which is then in the list');
SELECT contacts.upsert_contact(email => 'lacks@example.org', fields => '{"seen":"y"}');
SELECT contacts.update_contact(contacts.find_contact(email => 'has@example.org'), '{"fields":{"seen":null}}');
SELECT is(pg_temp.lacking('seen'), 'has@example.org new@example.org', 'R23: a value takes it off, a cleared one puts it on');
SELECT contacts.archive_field('seen');
SELECT is(pg_temp.lacking('seen'), '', 'R23: an archived field is not insisted on');
SELECT contacts.define_field('seen', 'text');
SELECT is(pg_temp.lacking('seen'), 'has@example.org new@example.org', 'R23: until it is back');
SELECT contacts.define_field('seen', 'text', required => false);
SELECT is(pg_temp.lacking('seen'), '', 'R23: not required any more');
SELECT is_empty($$SELECT * FROM contacts.missing_required WHERE account_id = 2$$, 'R2: the fields of one account ask nothing of another');
SELECT is_empty('SELECT * FROM contacts.check()', 'R112: a contact that lacks a value is healthy');
SELECT * FROM finish();
ROLLBACK;
