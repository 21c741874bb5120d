-- merge.sql: merging two contacts with 1000 activities each, and the bare statements for it.

-- A pair for each run of each side: contacts 2 n + 1 and 2 n + 2.
CREATE PROCEDURE bench.fill_merge()
	LANGUAGE plpgsql SET session_replication_role = replica SET synchronous_commit = off AS $$
DECLARE
	target text;
BEGIN
	FOREACH target IN ARRAY ARRAY['contacts', 'raw'] LOOP
		EXECUTE format($sql$
			INSERT INTO %I.activity (account_id, contact_id, kind, source, source_ref, title,
									 occurred_at, recipient_email, data)
			SELECT 1, 2 * pair + side, 'form', 'merge', format('%%s-%%s-%%s', pair, side, n),
				   'Introduction to the product',
				   timestamptz '2024-06-01 00:00+00' + n * interval '4 s',
				   'person' || n || '@example.com', '{"page": "/pricing"}'
			FROM generate_series(0, 23) AS p (pair), generate_series(1, 2) AS s (side),
				 generate_series(1, 1000) AS a (n) $sql$, target);
	END LOOP;
END
$$;

CREATE PROCEDURE bench.merge_ours(of_run int, INOUT units bigint)
	LANGUAGE plpgsql AS $$
BEGIN
	PERFORM contacts.merge_contacts(2 * of_run + 1, ARRAY[2 * of_run + 2]);
	units := 1;
END
$$;

-- What a merge writes: keys, details, activities, redirect, the merge and its journal, and on raw
-- the audit log and the event.
DO $do$
DECLARE
	side record;
BEGIN
	FOR side IN SELECT * FROM (VALUES ('merge_raw_bare', ''), ('merge_raw', format($$
			%1$s SELECT %2$s survivor, 'activity', 'update', jsonb_build_object(
				'contact_id', jsonb_build_object('old', gone, 'new', survivor), 'activity_id',
				jsonb_build_object('old', m, 'new', m)) FROM unnest(moved) AS r (m);
			%1$s VALUES (%2$s survivor, 'contact', 'update', bench.company_change('a', 'b')),
				(%2$s gone, 'contact', 'update', bench.company_change('a', 'b')),
				(%2$s survivor, 'identifier', 'update', bench.company_change('a', 'b')),
				(%2$s survivor, 'identifier', 'update', bench.company_change('a', 'b'));
			%3$s VALUES (1, survivor, 'contact.merged', 'merge_contacts', 'bench', '{}');
		$$, bench.audit_columns(), bench.audit_values(), bench.event_columns()))) AS v (name, history)
	LOOP
		EXECUTE format($sql$
			CREATE PROCEDURE bench.%I(of_run int, INOUT units bigint) LANGUAGE plpgsql AS $$
			DECLARE
				survivor CONSTANT bigint := 2 * of_run + 1;
				gone CONSTANT bigint := 2 * of_run + 2;
				moved bigint[];
			BEGIN
				UPDATE raw.identifier SET contact_id = survivor, is_primary = false
				WHERE account_id = 1 AND contact_id = gone;
				UPDATE raw.contact SET details_at = now(), updated_at = now()
				WHERE account_id = 1 AND contact_id = survivor;
				WITH activities AS (UPDATE raw.activity SET contact_id = survivor
									WHERE account_id = 1 AND contact_id = gone RETURNING activity_id)
				SELECT array_agg(activity_id) INTO moved FROM activities;
				UPDATE raw.contact SET merged_into = survivor, updated_at = now()
				WHERE account_id = 1 AND contact_id = gone;
				INSERT INTO raw.merge (account_id, primary_id, duplicate_ids, prefer)
				VALUES (1, survivor, ARRAY[gone], 'primary');
				INSERT INTO raw.merge_move (account_id, merge_id, contact_id, table_name, column_name,
											action, row_count, row_keys)
				VALUES (1, currval('raw.merge_merge_id_seq'), gone, 'activity', 'contact_id', 'moved',
						cardinality(moved), to_jsonb(moved));
				%s
				units := 1;
			END $$ $sql$, side.name, side.history);
	END LOOP;
END
$do$;
