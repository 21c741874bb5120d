
-- Who may do what (R80-R82).

-- One place says what each level may call and read; the functions check the right themselves too,
-- since a level holds in one account and EXECUTE in all.
CREATE FUNCTION contacts.level_privileges(level text)
	RETURNS TABLE (object_kind text, object_name text, privileges text)
	LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	everybody text[] := '{normalize_email,email_problem,normalize_phone,phone_problem,phone_info,
		current_account,current_member,current_region,version,library_version,phone_data_version,
		allowed_account,require_right,require_setup,require_label,require_choice,sees_all,visible_members,
		visible_contacts,contact_made,makes_contacts}'::text[];
	reporting text[] := '{record_activity,record_activities}'::text[];
	reading text[] := '{find_contact,resolve_contact,get_contact,merge_preview,event_cloudevent}'::text[];
	editing text[] := '{cancel_activity,reschedule_activity,link_activity,unlink_activity,add_note,upsert_contact,create_contact,
		update_contact,set_status,assign_contacts,add_identifier,remove_identifier,
		set_primary_identifier,merge_contacts,unmerge,delete_contacts,restore_contacts,
		purge_contacts,find_duplicates,dismiss_duplicate,match_keys,add_reminder}'::text[];
	administering text[] := '{set_account,check,define_field,archive_field,grant_access,
		revoke_access,level_privileges,audit_verify,audit_head,take_events,ack_events,drop_consumer,
		trim_events,take_due_reminders,ack_reminders,connect_integration,
		disconnect_integration,event_lease,coerce_field_value,purge_deleted,
		contact_references,reference_rule}'::text[];
	reading_tables text[] := '{account,member,field,contact,identifier,status_change,duplicate,
		tag,contact_tag,activity,page_view,merge,contact_overview,timeline,activity_stream,
		status_history,missing_required,schema_version,reminder,help}'::text[];
	editing_tables text[] := '{contact,contact_tag,activity}'::text[];
	administering_tables text[] := '{member,tag,duplicate,blocked_identifier}'::text[];
	watching_tables text[] := '{blocked_identifier,access_grant,audit_log,audit_group,event,
		event_outbox,event_consumer,event_delivery,integration,merge_move,freed_identifier}'::text[];
	functions text[] := everybody;
BEGIN
	IF level IN ('ingest', 'agent', 'admin') THEN functions := functions || reporting; END IF;
	IF level IN ('reader', 'agent', 'admin') THEN functions := functions || reading; END IF;
	IF level IN ('agent', 'admin') THEN functions := functions || editing; END IF;
	IF level = 'admin' THEN functions := functions || administering; END IF;
	RETURN QUERY SELECT 'function', pg_catalog.unnest(functions), 'EXECUTE';
	IF level <> 'ingest' THEN
		RETURN QUERY SELECT 'table', pg_catalog.unnest(reading_tables), 'SELECT';
	END IF;
	IF level IN ('agent', 'admin') THEN
		RETURN QUERY SELECT 'table', pg_catalog.unnest(editing_tables), 'INSERT, UPDATE, DELETE';
	END IF;
	IF level = 'admin' THEN
		RETURN QUERY SELECT 'table', pg_catalog.unnest(watching_tables), 'SELECT';
		RETURN QUERY SELECT 'table', pg_catalog.unnest(administering_tables),
							'INSERT, UPDATE, DELETE';
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.level_privileges(text) IS
	'list what grant_access() grants to a role of this level: functions and tables with their privileges (R80)';

CREATE FUNCTION contacts.grant_access(
	role            text,
	level           text,
	member_id       bigint  DEFAULT NULL,
	pin             boolean DEFAULT false,
	member_required boolean DEFAULT false,
	account_id      bigint  DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	grantee text;
	named regrole;
	before text[];
BEGIN
	PERFORM contacts.use_trusted_path();
	PERFORM contacts.require_right('admin', coalesce(account_id, contacts.current_account()));
	IF role IS NULL OR level IS NULL OR pin IS NULL OR member_required IS NULL THEN
		RAISE EXCEPTION 'invalid %: null', CASE WHEN role IS NULL THEN 'role' WHEN level IS NULL THEN 'level'
				WHEN pin IS NULL THEN 'pin' ELSE 'member_required' END
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'The argument must not be null.',
				  HINT = 'Give a role and one of the levels reader, agent, admin, ingest.';
	END IF;
	grantee := contacts.role_named(role);
	named := pg_catalog.to_regrole(pg_catalog.quote_ident(grantee));
	PERFORM contacts.require_may_grant(named, account_id, pin);
	PERFORM contacts.require_choice('level', level, '{reader,agent,admin,ingest}');
	IF member_id IS NOT NULL AND NOT EXISTS (SELECT FROM contacts.member m
		WHERE m.account_id = account_id AND m.member_id = member_id) THEN
		RAISE EXCEPTION 'member % does not exist', member_id
			USING ERRCODE = 'no_data_found', DETAIL = 'The account has no such member.',
				  HINT = 'Insert the member into contacts.member first, or leave it out.';
	END IF;
	IF pin AND account_id IS NULL THEN
		RAISE EXCEPTION 'invalid pin: no account'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'A role is pinned to one account.', HINT = 'Give account_id.';
	END IF;
	before := contacts.levels_of(grantee);
	INSERT INTO contacts.access_grant (account_id, grantee, level, member_id, pinned, member_required)
	VALUES (coalesce(account_id, 0), grantee, level, member_id, pin, member_required)
	ON CONFLICT ON CONSTRAINT access_grant_pkey DO UPDATE
		SET level = excluded.level, member_id = excluded.member_id, pinned = excluded.pinned,
			member_required = excluded.member_required;
	PERFORM contacts.apply_grants(grantee, before);
END
$$;
COMMENT ON FUNCTION contacts.grant_access IS
	'let a database role work in the account: reader reads, ingest only reports, agent reads, reports and edits, admin may do everything; as a member, and pinned to account and member if wanted, or only for a member that the settings name; a null account_id means every account (R80, R81)';

CREATE FUNCTION contacts.revoke_access(
	role       text,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	grantee text;
	before text[];
BEGIN
	PERFORM contacts.use_trusted_path();
	PERFORM contacts.require_right('admin', coalesce(account_id, contacts.current_account()));
	IF account_id IS NULL AND NOT contacts.is_owner() THEN
		RAISE EXCEPTION 'permission denied for every account'
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'Only the owner of the tables revokes access to all accounts.',
				  HINT = 'Give account_id.';
	END IF;
	grantee := contacts.role_named(role);
	before := contacts.levels_of(grantee);
	DELETE FROM contacts.access_grant g
	WHERE g.grantee = grantee AND g.account_id = coalesce(account_id, 0);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'grant of role % does not exist', pg_catalog.quote_ident(grantee)
			USING ERRCODE = 'no_data_found', DETAIL = 'The role has no level in the account.',
				  HINT = 'SELECT * FROM contacts.access_grant;';
	END IF;
	PERFORM contacts.apply_grants(grantee, before);
END
$$;
COMMENT ON FUNCTION contacts.revoke_access IS
	'take the level of a database role in the account away, and all privileges of it that no other level needs; the role need not exist any more (R80)';

CREATE FUNCTION contacts.levels_of(grantee text) RETURNS text[]
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	RETURN ARRAY(SELECT DISTINCT g.level FROM contacts.access_grant g WHERE g.grantee = grantee);
END
$$;
COMMENT ON FUNCTION contacts.levels_of(text) IS 'internal: return the levels that a role has in any account';

-- What was granted by hand besides stays: only what the former levels gave is taken away.
CREATE FUNCTION contacts.apply_grants(
	grantee text,
	before  text[],
	levels  text[] DEFAULT NULL
) RETURNS void
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	role regrole := pg_catalog.to_regrole(pg_catalog.quote_ident(grantee));
	item record;
BEGIN
	PERFORM contacts.use_trusted_path();
	levels := coalesce(levels, contacts.levels_of(grantee));
	IF role IS NULL THEN
		RETURN;
	END IF;
	FOR item IN
		SELECT p.* FROM pg_catalog.unnest(before) l (level), contacts.level_privileges(l.level) p
		EXCEPT
		SELECT p.* FROM pg_catalog.unnest(levels) l (level), contacts.level_privileges(l.level) p
	LOOP
		EXECUTE pg_catalog.format('REVOKE %s ON %s FROM %s', item.privileges,
								  contacts.grant_object(item.object_kind, item.object_name), role);
	END LOOP;
	IF levels <> '{}' THEN
		EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA contacts TO %s', role);
	ELSIF NOT EXISTS (
		SELECT FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
		WHERE c.relnamespace = 'contacts'::regnamespace AND a.grantee = role::oid
		UNION ALL
		SELECT FROM pg_catalog.pg_proc f, pg_catalog.aclexplode(f.proacl) a
		WHERE f.pronamespace = 'contacts'::regnamespace AND a.grantee = role::oid
		UNION ALL
		SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid,
			pg_catalog.aclexplode(t.attacl) a
		WHERE c.relnamespace = 'contacts'::regnamespace AND a.grantee = role::oid) THEN
		EXECUTE pg_catalog.format('REVOKE USAGE ON SCHEMA contacts FROM %s', role);
	END IF;
	FOR item IN
		SELECT DISTINCT p.* FROM pg_catalog.unnest(levels) l (level), contacts.level_privileges(l.level) p
	LOOP
		EXECUTE pg_catalog.format('GRANT %s ON %s TO %s', item.privileges,
								  contacts.grant_object(item.object_kind, item.object_name), role);
	END LOOP;
END
$$;
COMMENT ON FUNCTION contacts.apply_grants(text, text[], text[]) IS
	'internal: give a role the privileges that its levels, or those given, need, and take away those that only its former levels needed';

CREATE FUNCTION contacts.take_back_grants() RETURNS text
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	item record;
BEGIN
	PERFORM contacts.use_trusted_path();
	IF NOT contacts.is_run_as() THEN
		RETURN NULL;
	END IF;
	FOR item IN
		SELECT g.grantee, array_agg(DISTINCT g.level) AS levels FROM contacts.access_grant g GROUP BY g.grantee
	LOOP
		PERFORM contacts.apply_grants(item.grantee, item.levels, '{}');
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION contacts.take_back_grants() IS
	'internal: take the privileges of their levels from all roles, before the tables get another owner; part of setup()';

CREATE FUNCTION contacts.missing_privileges()
	RETURNS TABLE (account_id bigint, grantee text, privilege text)
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT g.account_id, g.grantee, format('%s %s', p.privileges, p.object_name)
	FROM contacts.access_grant g
	JOIN pg_roles r ON r.rolname = g.grantee
	CROSS JOIN LATERAL contacts.level_privileges(g.level) p
	WHERE CASE p.object_kind
		  WHEN 'function' THEN EXISTS (
			SELECT FROM pg_proc f
			WHERE f.pronamespace = 'contacts'::regnamespace AND f.proname = p.object_name
			  AND NOT has_function_privilege(r.oid, f.oid, 'EXECUTE'))
		  ELSE EXISTS (
			SELECT FROM pg_class c
			CROSS JOIN string_to_table(p.privileges, ', ') AS w (privilege)
			WHERE c.relnamespace = 'contacts'::regnamespace AND c.relname = p.object_name
			  AND NOT has_table_privilege(r.oid, c.oid, w.privilege)) END
	UNION ALL
	SELECT g.account_id, g.grantee, 'USAGE contacts'
	FROM contacts.access_grant g
	JOIN pg_roles r ON r.rolname = g.grantee
	WHERE NOT has_schema_privilege(r.oid, 'contacts', 'USAGE');
END
$$;
COMMENT ON FUNCTION contacts.missing_privileges() IS
	'internal: list what roles lack of the privileges of their levels; for check() and setup()';

CREATE FUNCTION contacts.grant_object(kind text, name text) RETURNS text
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF kind = 'table' THEN
		RETURN pg_catalog.format('TABLE contacts.%I', name);
	END IF;
	RETURN (SELECT 'FUNCTION ' || p.oid::regprocedure FROM pg_catalog.pg_proc p
			WHERE p.pronamespace = 'contacts'::regnamespace AND p.proname = name);
END
$$;
COMMENT ON FUNCTION contacts.grant_object(text, text) IS
	'internal: return how GRANT names a table or function of the schema';
