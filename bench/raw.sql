-- raw.sql: copies of the tables without any logic, and the same contents in all of them.
--
-- raw has the columns, checks, indexes and foreign keys of contacts; peer holds the tables of
-- peer.sql.  "raw, no fk" is raw with foreign keys switched off (session_replication_role).

CREATE PROCEDURE bench.copy_tables(target text, names text[])
	LANGUAGE plpgsql AS $$
DECLARE
	name text;
	foreign_key record;
BEGIN
	EXECUTE format('CREATE SCHEMA %I', target);
	FOREACH name IN ARRAY names LOOP
		CONTINUE WHEN to_regclass('contacts.' || name) IS NULL;
		EXECUTE format('CREATE TABLE %I.%I (LIKE contacts.%I INCLUDING ALL)', target, name, name);
	END LOOP;
	FOR foreign_key IN
		SELECT f.relname AS child, k.conname, pg_get_constraintdef(k.oid) AS definition
		FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
		WHERE k.connamespace = 'contacts'::regnamespace AND k.contype = 'f' AND k.conparentid = 0
		  AND f.relname = ANY (names) AND p.relname = ANY (names)
	LOOP
		EXECUTE format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', target, foreign_key.child,
			foreign_key.conname, replace(foreign_key.definition, 'REFERENCES contacts.',
										 format('REFERENCES %I.', target)));
	END LOOP;
END
$$;

CALL bench.copy_tables('raw', '{member,contact,identifier,activity,audit_log,event,merge,merge_move}');

-- Contents before measuring: size contacts with two keys and ten activities each.
-- Secondary indexes are made afterwards, as any bulk load would; triggers are off.
CREATE PROCEDURE bench.fill(target text, size bigint)
	LANGUAGE plpgsql SET session_replication_role = replica SET synchronous_commit = off AS $$
DECLARE
	held text[];
	statement text;
BEGIN
	SELECT array_agg(pg_get_indexdef(i.indexrelid)) INTO held
	FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
	WHERE t.relnamespace = target::regnamespace AND NOT i.indisprimary
	  AND t.relname IN ('contact', 'identifier', 'activity');
	FOR statement IN
		SELECT format('DROP INDEX %s', i.indexrelid::regclass)
		FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
		WHERE t.relnamespace = target::regnamespace AND NOT i.indisprimary
		  AND t.relname IN ('contact', 'identifier', 'activity')
	LOOP
		EXECUTE statement;
	END LOOP;
	EXECUTE format($sql$
		INSERT INTO %1$I.contact (account_id, contact_id, name, email, phone, company, status, source,
								  created_at, updated_at, details_at)
		SELECT 1, id, name, email, phone_key, company, CASE WHEN id %% 3 = 0 THEN
			   'qualified'::contacts.contact_status END, 'website', t.at, t.at, t.at
		FROM bench.person
		CROSS JOIN LATERAL (SELECT timestamptz '2024-01-01 00:00+00' + id * interval '25 s' AS at) t
		WHERE id <= %2$s ORDER BY id $sql$, target, size);
	EXECUTE format($sql$
		INSERT INTO %1$I.identifier (account_id, kind, value, contact_id, is_primary)
		SELECT 1, k.kind, k.value, k.id, true FROM (
			SELECT 'email'::contacts.identifier_kind AS kind, email_key COLLATE "C" AS value, id
			FROM bench.person WHERE id <= %2$s
			UNION ALL SELECT 'phone', phone_key, id FROM bench.person WHERE id <= %2$s) k
		ORDER BY k.kind, k.value $sql$, target, size);
	EXECUTE format($sql$
		INSERT INTO %1$I.activity (account_id, activity_id, contact_id, kind, source, source_ref,
								   title, occurred_at, recipient_email, data)
		SELECT 1, n, 1 + n * 48271 %% %2$s, (ARRAY['booking', 'form', 'conversation'])[1 + n %% 3],
			   CASE n %% 2 WHEN 0 THEN 'website' END, CASE n %% 2 WHEN 0 THEN 'old-' || n END,
			   'Introduction to the product',
			   timestamptz '2024-06-01 00:00+00' + n * interval '4 s',
			   'person' || n || '@example.com', '{"page": "/pricing"}'
		FROM generate_series(1::bigint, 10 * %2$s) AS a (n) $sql$, target, size);
	FOREACH statement IN ARRAY held LOOP
		EXECUTE statement;
	END LOOP;
	EXECUTE format('SELECT setval(%L, %s), setval(%L, %s)', target || '.contact_contact_id_seq',
				   size + 1, target || '.activity_activity_id_seq', 10 * size + 1);
END
$$;

-- What only the views look at: status changes, page views, tags.
CREATE PROCEDURE bench.fill_history(size bigint)
	LANGUAGE plpgsql SET session_replication_role = replica SET synchronous_commit = off AS $$
BEGIN
	INSERT INTO contacts.status_change (account_id, contact_id, to_status, changed_at, actor, source)
	SELECT 1, contact_id, status, created_at, 'load', 'import'
	FROM contacts.contact WHERE status IS NOT NULL;
	INSERT INTO contacts.page_view (account_id, visitor, contact_id, url, seconds, viewed_at)
	SELECT 1, 'visitor-' || n, 1 + n * 48271 % size, '/pricing', n % 100,
		   timestamptz '2024-06-01 00:00+00' + n * interval '40 s'
	FROM generate_series(1, size) AS v (n);
	INSERT INTO contacts.tag (account_id, name) SELECT 1, 'tag ' || n FROM generate_series(1, 20) AS t (n);
	INSERT INTO contacts.contact_tag (account_id, contact_id, tag_id)
	SELECT 1, n, 1 + n % 20 FROM generate_series(1, size, 2) AS t (n);
END
$$;

-- Whether the sides still hold the same: it is no measurement if they wrote different things.
CREATE FUNCTION bench.difference(names text[]) RETURNS text
	LANGUAGE plpgsql STABLE AS $$
DECLARE
	name text;
	side text;
	ours bigint;
	theirs bigint;
BEGIN
	FOREACH side IN ARRAY names LOOP
		FOREACH name IN ARRAY ARRAY['contact', 'identifier', 'activity'] LOOP
			EXECUTE format('SELECT (SELECT count(*) FROM contacts.%1$I), (SELECT count(*) FROM %2$I.%1$I)',
						   name, side) INTO ours, theirs;
			IF ours <> theirs THEN
				RETURN format('%s: %s rows in contacts, %s in %s', name, ours, theirs, side);
			END IF;
		END LOOP;
	END LOOP;
	RETURN NULL;
END
$$;
