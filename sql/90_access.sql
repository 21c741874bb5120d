
-- Who may do what (R80-R82).

CREATE FUNCTION contacts.allowed_account(wanted text) RETURNS bigint
	LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_allowed_account';
COMMENT ON FUNCTION contacts.allowed_account(text) IS
	'return the account at work when the role at work has the right in it (read, report, edit, admin), else null; for policies';

CREATE FUNCTION contacts.require_right(wanted text, account_id bigint) RETURNS void
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'contacts_require_right';
COMMENT ON FUNCTION contacts.require_right(text, bigint) IS
	'raise 42501 unless the role at work has the right in the account, 55000 before setup()';

CREATE FUNCTION contacts.is_owner() RETURNS boolean
	LANGUAGE c STABLE AS 'MODULE_PATHNAME', 'contacts_is_owner_at_work';
COMMENT ON FUNCTION contacts.is_owner() IS
	'internal: whether the role at work is a superuser or owns the tables, and is not pinned';

CREATE FUNCTION contacts.sees_all(account_id bigint DEFAULT contacts.current_account())
	RETURNS boolean
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_sees_all_contacts';
COMMENT ON FUNCTION contacts.sees_all(bigint) IS
	'whether the member at work may read and sees every contact of the account; for policies (R81)';

CREATE FUNCTION contacts.visible_members(account_id bigint DEFAULT contacts.current_account())
	RETURNS bigint[]
	LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'contacts_visible_members';
COMMENT ON FUNCTION contacts.visible_members(bigint) IS
	'return the members whose contacts the member at work sees, null when that is everybody (R81)';

CREATE FUNCTION contacts.visible_contacts(account_id bigint DEFAULT contacts.current_account())
	RETURNS SETOF bigint
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
	members bigint[] := contacts.visible_members(account_id);
BEGIN
	RETURN QUERY
	SELECT c.contact_id FROM contacts.contact c
	WHERE c.account_id = account_id AND c.owner_id = ANY (members)
	UNION
	SELECT a.contact_id FROM contacts.activity a
	WHERE a.account_id = account_id AND a.assigned_to = ANY (members) AND a.contact_id IS NOT NULL;
END
$$;
COMMENT ON FUNCTION contacts.visible_contacts(bigint) IS
	'return the contacts that are owned by, or have an activity of, the visible members; for policies (R81)';

-- One place says what each level may call and read; the functions check the right themselves too,
-- since a level holds in one account and EXECUTE in all.
CREATE FUNCTION contacts.level_privileges(level text)
	RETURNS TABLE (object_kind text, object_name text, privileges text)
	LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	everybody text[] := '{normalize_email,email_problem,normalize_phone,phone_problem,phone_info,
		current_account,current_member,version,library_version,phone_data_version,allowed_account,
		require_right,require_setup,require_label,require_choice,sees_all,visible_members,
		visible_contacts}'::text[];
	reporting text[] := '{record_activity,record_activities}'::text[];
	reading text[] := '{find_contact,resolve_contact,get_contact,merge_preview,event_cloudevent}'::text[];
	editing text[] := '{cancel_activity,reschedule_activity,upsert_contact,create_contact,
		update_contact,set_status,assign_contacts,add_identifier,remove_identifier,
		set_primary_identifier,merge_contacts,unmerge,delete_contacts,restore_contacts,
		purge_contacts,find_duplicates,dismiss_duplicate,match_keys,add_reminder}'::text[];
	administering text[] := '{set_account,check,define_field,archive_field,grant_access,
		revoke_access,level_privileges,audit_verify,take_events,ack_events,drop_consumer,
		trim_events,take_due_reminders,ack_reminders,connect_integration,
		disconnect_integration,event_lease,coerce_field_value,purge_deleted,
		contact_references,reference_rule}'::text[];
	reading_tables text[] := '{account,member,field,contact,identifier,status_change,duplicate,
		tag,contact_tag,activity,page_view,merge,contact_overview,timeline,activity_stream,
		status_history,schema_version,reminder}'::text[];
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

CREATE FUNCTION contacts.require_may_grant(role regrole, account_id bigint, pin boolean)
	RETURNS void
	LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = role) THEN
		RAISE EXCEPTION 'role % does not exist', coalesce(role::text, 'null')
			USING ERRCODE = 'no_data_found', DETAIL = 'There is no database role of this name.',
				  HINT = 'Create the role first; the extension makes none.';
	END IF;
	IF pg_catalog.pg_has_role(role, (SELECT c.relowner FROM pg_catalog.pg_class c
									 WHERE c.oid = 'contacts.contact'::regclass), 'USAGE') THEN
		RAISE EXCEPTION 'invalid role: %', role
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'The role owns the tables, or is a superuser, and may everything.',
				  HINT = 'Use a role of its own for each application.';
	END IF;
	IF contacts.is_owner() THEN
		RETURN;
	END IF;
	-- An administrator of one account must not reach into another one through a role.
	IF account_id IS NULL OR pin OR (
		EXISTS (SELECT FROM contacts.access_grant g WHERE g.account_id <> account_id
				AND pg_catalog.pg_has_role(role, g.grantee, 'MEMBER'))
		AND NOT EXISTS (SELECT FROM contacts.access_grant g
						WHERE g.account_id = account_id AND g.grantee = role)) THEN
		RAISE EXCEPTION 'permission denied to grant access to role %', role
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'Pins, all accounts, and roles that work elsewhere too are for the owner of the tables.',
				  HINT = 'Ask the owner of the tables.';
	END IF;
END
$$;
COMMENT ON FUNCTION contacts.require_may_grant(regrole, bigint, boolean) IS
	'internal: raise an error unless the role at work may give this role access';

CREATE FUNCTION contacts.grant_access(
	role       regrole,
	level      text,
	member_id  bigint  DEFAULT NULL,
	pin        boolean DEFAULT false,
	account_id bigint  DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.require_right('admin', coalesce(account_id, contacts.current_account()));
	IF role IS NULL OR level IS NULL OR pin IS NULL THEN
		RAISE EXCEPTION 'invalid %: null', CASE WHEN role IS NULL THEN 'role' WHEN level IS NULL THEN 'level' ELSE 'pin' END
			USING ERRCODE = 'invalid_parameter_value', DETAIL = 'The argument must not be null.',
				  HINT = 'Give a role and one of the levels reader, agent, admin, ingest.';
	END IF;
	PERFORM contacts.require_may_grant(role, account_id, pin);
	PERFORM contacts.require_choice('level', level, '{reader,agent,admin,ingest}');
	IF member_id IS NOT NULL AND NOT EXISTS (SELECT FROM contacts.member m
		WHERE m.account_id = account_id AND m.member_id = member_id) THEN
		RAISE EXCEPTION 'member % does not exist', member_id
			USING ERRCODE = 'no_data_found', DETAIL = 'The account has no such member.',
				  HINT = 'Insert the member into contacts.member first.';
	END IF;
	IF pin AND account_id IS NULL THEN
		RAISE EXCEPTION 'invalid pin: no account'
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = 'A role is pinned to one account.', HINT = 'Give account_id.';
	END IF;
	INSERT INTO contacts.access_grant (account_id, grantee, level, member_id, pinned)
	VALUES (coalesce(account_id, 0), role, level, member_id, pin)
	ON CONFLICT ON CONSTRAINT access_grant_pkey DO UPDATE
		SET level = excluded.level, member_id = excluded.member_id, pinned = excluded.pinned;
	PERFORM contacts.apply_grants(role);
END
$$;
COMMENT ON FUNCTION contacts.grant_access IS
	'let a database role work in the account: reader reads, ingest only reports, agent reads, reports and edits, admin may everything; as a member, and pinned to account and member if wanted; a null account_id means every account (R80, R81)';

CREATE FUNCTION contacts.revoke_access(
	role       regrole,
	account_id bigint DEFAULT contacts.current_account()
) RETURNS void
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.require_right('admin', coalesce(account_id, contacts.current_account()));
	IF account_id IS NULL AND NOT contacts.is_owner() THEN
		RAISE EXCEPTION 'permission denied for every account'
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'Only the owner of the tables revokes access to all accounts.',
				  HINT = 'Give account_id.';
	END IF;
	DELETE FROM contacts.access_grant g
	WHERE g.grantee = role AND g.account_id = coalesce(account_id, 0);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'grant of role % does not exist', coalesce(role::text, 'null')
			USING ERRCODE = 'no_data_found', DETAIL = 'The role has no level in the account.',
				  HINT = 'SELECT * FROM contacts.access_grant;';
	END IF;
	PERFORM contacts.apply_grants(role);
END
$$;
COMMENT ON FUNCTION contacts.revoke_access IS
	'take the level of a database role in the account away, and all privileges that no other level needs (R80)';

CREATE FUNCTION contacts.apply_grants(role regrole) RETURNS void
	LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	item record;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = role) THEN
		RETURN;
	END IF;
	EXECUTE pg_catalog.format('REVOKE ALL ON ALL TABLES IN SCHEMA contacts FROM %s', role);
	EXECUTE pg_catalog.format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA contacts FROM %s', role);
	EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA contacts FROM %s', role);
	FOR item IN
		SELECT DISTINCT p.object_kind, p.object_name, p.privileges
		FROM contacts.access_grant g, LATERAL contacts.level_privileges(g.level) p
		WHERE g.grantee = role
	LOOP
		EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA contacts TO %s', role);
		IF item.privileges = 'SELECT' THEN
			EXECUTE pg_catalog.format('GRANT SELECT ON contacts.%I TO %s', item.object_name, role);
		ELSIF item.object_kind = 'table' THEN
			EXECUTE pg_catalog.format('GRANT INSERT, UPDATE, DELETE ON contacts.%I TO %s',
									  item.object_name, role);
		ELSE
			EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %s',
				(SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p
				 WHERE p.pronamespace = 'contacts'::regnamespace AND p.proname = item.object_name),
				role);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION contacts.apply_grants(regrole) IS
	'internal: give a role the privileges that its levels need, and no others';

CREATE FUNCTION contacts.audit_verify(account_id bigint DEFAULT contacts.current_account())
	RETURNS TABLE (entry bigint, problem text)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
	PERFORM contacts.require_right('admin', account_id);
	RETURN QUERY
	WITH chained AS (
		SELECT l.*, pg_catalog.row_number() OVER chain AS place,
			   pg_catalog.lag(l.hash) OVER chain AS hash_before
		FROM contacts.audit_log l WHERE l.account_id = account_id
		WINDOW chain AS (PARTITION BY l.group_id ORDER BY l.position, l.entry_id)
	), judged AS (
		SELECT c.entry_id, c.place, c.position, c.changes, c.salt, c.digest, c.hash, g.group_id,
			   pg_catalog.sha256(coalesce(c.hash_before, before.head, '\x00'::bytea)
				|| pg_catalog.convert_to(pg_catalog.format('%s|%s|%s|%s|%s|%s|%s|%s|%s|%s:%s|%s:%s|%s:%s|%s',
					c.account_id, c.entry_id, c.group_id, c.position,
					(extract(epoch FROM c.at) * 1000000)::bigint, c.table_name, c.action,
					coalesce(c.contact_id, 0), coalesce(c.member_id, 0),
					pg_catalog.octet_length(c.actor), c.actor,
					pg_catalog.octet_length(c.role_name), c.role_name,
					pg_catalog.octet_length(c.cause), c.cause, coalesce(c.cause_id, 0)),
					pg_catalog.getdatabaseencoding())
				|| c.digest) AS expected
		FROM chained c
		LEFT JOIN contacts.audit_group g
			ON g.account_id = c.account_id AND g.group_id = c.group_id
		LEFT JOIN LATERAL (
			SELECT coalesce((SELECT p.head FROM contacts.audit_group p
							 WHERE p.account_id = g.account_id AND p.group_id = g.previous_group),
							pg_catalog.decode(pg_catalog.repeat('00', 32), 'hex')) AS head) before
			ON true
	)
	SELECT j.entry_id,
		   CASE WHEN j.group_id IS NULL THEN 'its chain is missing'
				WHEN j.place <> j.position THEN 'an entry before it is missing or inserted'
				WHEN j.hash <> j.expected THEN 'the entry or the one before it was changed'
				ELSE 'its changes were changed' END
	FROM judged j
	WHERE j.group_id IS NULL OR j.place <> j.position OR j.hash <> j.expected
	   OR (j.changes IS NOT NULL AND (j.salt IS NULL OR j.digest <> pg_catalog.sha256(
			j.salt || pg_catalog.convert_to(j.changes::text, pg_catalog.getdatabaseencoding()))));

	RETURN QUERY
	SELECT last.entry_id, CASE
		WHEN g.entries <> coalesce(last.position, 0) THEN 'entries at the end of its chain are missing or inserted'
		ELSE 'the last entry of its chain was changed' END
	FROM contacts.audit_group g
	LEFT JOIN LATERAL (
		SELECT l.entry_id, l.position, l.hash FROM contacts.audit_log l
		WHERE l.account_id = g.account_id AND l.group_id = g.group_id
		ORDER BY l.position DESC, l.entry_id DESC LIMIT 1) last ON true
	WHERE g.account_id = account_id
	  AND (g.entries <> coalesce(last.position, 0)
		OR (g.entries > 0 AND g.head IS DISTINCT FROM last.hash));

	RETURN QUERY
	SELECT NULL::bigint, pg_catalog.format('the chain %s that chain %s goes on from is missing',
										   g.previous_group, g.group_id)
	FROM contacts.audit_group g
	WHERE g.account_id = account_id AND g.previous_group IS NOT NULL
	  AND NOT EXISTS (SELECT FROM contacts.audit_group p
					  WHERE p.account_id = g.account_id AND p.group_id = g.previous_group);
END
$$;
COMMENT ON FUNCTION contacts.audit_verify(bigint) IS
	'list changed, missing and inserted entries of the account''s audit log; empty when intact (R93)';
