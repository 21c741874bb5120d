-- Row-level security on every tenant table (R81).  The account at work and the right in it are
-- asked once per query, in sub-selects; so is the list of visible contacts, and only when the
-- member at work does not see all of them.

DO $policies$
DECLARE
	name text;
	-- what hangs on a contact, and the column that says on which
	of_contact CONSTANT text[] := '{identifier,status_change,contact_tag,page_view}';
	of_account CONSTANT text[] := '{account,member,field,tag}';
	of_admin   CONSTANT text[] := '{blocked_identifier,access_grant,audit_group,audit_log,event,
		event_consumer,event_delivery,integration}';
	sees CONSTANT text := '((SELECT contacts.sees_all()) OR %s IN (SELECT contacts.visible_contacts()))';
BEGIN
	FOREACH name IN ARRAY of_contact || of_account || of_admin
		|| '{contact,activity,duplicate,reminder}'::text[] LOOP
		EXECUTE format('ALTER TABLE contacts.%I ENABLE ROW LEVEL SECURITY', name);
	END LOOP;

	FOREACH name IN ARRAY of_account LOOP
		EXECUTE format('CREATE POLICY account_reads ON contacts.%I FOR SELECT USING (
			account_id = (SELECT contacts.allowed_account(''read'')))', name);
	END LOOP;
	FOREACH name IN ARRAY '{member,tag}'::text[] || of_admin LOOP
		EXECUTE format('CREATE POLICY account_administers ON contacts.%I USING (
			account_id = (SELECT contacts.allowed_account(''admin''))) WITH CHECK (
			account_id = (SELECT contacts.allowed_account(''admin'')))', name);
	END LOOP;
	FOREACH name IN ARRAY of_contact LOOP
		EXECUTE format('CREATE POLICY member_sees ON contacts.%I FOR SELECT USING (
			account_id = (SELECT contacts.allowed_account(''read'')) AND ' || sees || ')',
			name, 'contact_id');
	END LOOP;
	EXECUTE format('CREATE POLICY member_edits ON contacts.contact_tag USING (
		account_id = (SELECT contacts.allowed_account(''edit'')) AND ' || sees || ')', 'contact_id');

	EXECUTE format('CREATE POLICY member_sees ON contacts.contact FOR SELECT USING (
		account_id = (SELECT contacts.allowed_account(''read'')) AND ' || sees || ')', 'contact_id');
	-- A new contact of a member who does not see all must be his own, or his team's.
	EXECUTE 'CREATE POLICY member_inserts ON contacts.contact FOR INSERT WITH CHECK (
		account_id = (SELECT contacts.allowed_account(''edit'')) AND ((SELECT contacts.sees_all())
			OR owner_id = ANY ((SELECT contacts.visible_members())::bigint[])))';
	EXECUTE format('CREATE POLICY member_updates ON contacts.contact FOR UPDATE USING (
		account_id = (SELECT contacts.allowed_account(''edit'')) AND ' || sees || ') WITH CHECK (
		account_id = (SELECT contacts.allowed_account(''edit'')) AND ' || sees || '
		AND (merged_into IS NULL OR ' || sees || '))', 'contact_id', 'contact_id', 'merged_into');
	EXECUTE format('CREATE POLICY member_deletes ON contacts.contact FOR DELETE USING (
		account_id = (SELECT contacts.allowed_account(''edit'')) AND ' || sees || ')', 'contact_id');

	EXECUTE format('CREATE POLICY member_sees ON contacts.activity FOR SELECT USING (
		account_id = (SELECT contacts.allowed_account(''read'')) AND (' || sees
		|| ' OR assigned_to = ANY ((SELECT contacts.visible_members())::bigint[])))', 'contact_id');
	-- An assignment makes a contact visible, so nobody assigns himself one that he does not see.
	EXECUTE format('CREATE POLICY member_edits ON contacts.activity USING (
		account_id = (SELECT contacts.allowed_account(''edit'')) AND (' || sees
		|| ' OR assigned_to = ANY ((SELECT contacts.visible_members())::bigint[]))) WITH CHECK (
		account_id = (SELECT contacts.allowed_account(''edit''))
		AND (contact_id IS NULL OR ' || sees || '))', 'contact_id', 'contact_id');

	EXECUTE format('CREATE POLICY member_sees ON contacts.duplicate FOR SELECT USING (
		account_id = (SELECT contacts.allowed_account(''read'')) AND ' || sees || ' AND ' || sees
		|| ')', 'contact_id', 'other_id');
	EXECUTE 'CREATE POLICY account_administers ON contacts.duplicate USING (
		account_id = (SELECT contacts.allowed_account(''admin'')))';
	EXECUTE 'CREATE POLICY member_sees ON contacts.reminder FOR SELECT USING (
		account_id = (SELECT contacts.allowed_account(''read'')) AND (SELECT contacts.sees_all()))';
END
$policies$;
