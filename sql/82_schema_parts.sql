
-- What setup() makes, part by part: read out of the statements themselves, so that whoever asks
-- whether it is all there, and who makes it again, go by the one description (R1, R112).

CREATE FUNCTION contacts.schema_parts()
	RETURNS TABLE (kind text, table_name text, name text, definition text)
	LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN QUERY
	WITH statement AS (
		SELECT btrim(s.text, E'\n ') AS text
		FROM regexp_split_to_table(
			regexp_replace(contacts.schema_step(1), '^\s*--.*$', '', 'gn'), ';\s*\n') AS s (text)
	), named AS (
		SELECT s.text,
			   regexp_match(s.text, '^CREATE TABLE contacts\.(\w+) \(\n\t(.*)\n\)$') AS new_table,
			   regexp_match(s.text, '^CREATE VIEW contacts\.(\w+) ') AS new_view,
			   regexp_match(s.text, '^CREATE (?:UNIQUE )?INDEX (\w+)\s+ON contacts\.(\w+)') AS new_index,
			   regexp_match(s.text, '^CREATE (?:CONSTRAINT )?TRIGGER (\w+)\s.*?\sON contacts\.(\w+)') AS new_trigger,
			   regexp_match(s.text, '^CREATE POLICY (\w+) ON contacts\.(\w+)') AS new_policy,
			   regexp_match(s.text, '^ALTER TABLE contacts\.(\w+) ENABLE ROW LEVEL SECURITY$') AS guarded
		FROM statement s
	), item AS (
		-- A line of a table with one tab begins a column or a constraint.
		SELECT n.new_table[1] AS of_table, i.text
		FROM named n CROSS JOIN regexp_split_to_table(n.new_table[2], ',\s*\n\t(?!\t)') AS i (text)
		WHERE n.new_table IS NOT NULL
	)
	SELECT 'table', n.new_table[1], n.new_table[1], n.text FROM named n WHERE n.new_table IS NOT NULL
	UNION ALL
	SELECT 'view', n.new_view[1], n.new_view[1], n.text FROM named n WHERE n.new_view IS NOT NULL
	UNION ALL
	SELECT 'index', n.new_index[2], n.new_index[1], n.text FROM named n WHERE n.new_index IS NOT NULL
	UNION ALL
	SELECT 'trigger', n.new_trigger[2], n.new_trigger[1], n.text
	FROM named n WHERE n.new_trigger IS NOT NULL
	UNION ALL
	SELECT 'policy', n.new_policy[2], n.new_policy[1], n.text
	FROM named n WHERE n.new_policy IS NOT NULL
	UNION ALL
	SELECT 'row security', n.guarded[1], n.guarded[1], n.text FROM named n WHERE n.guarded IS NOT NULL
	UNION ALL
	SELECT 'column', i.of_table, split_part(i.text, ' ', 1),
		   regexp_replace(btrim(substr(i.text, strpos(i.text, ' '))), ' PRIMARY KEY$', '')
	FROM item i WHERE i.text !~ '^(CONSTRAINT|PRIMARY KEY) '
	UNION ALL
	SELECT 'constraint', i.of_table, m.part[1], m.part[2]
	FROM item i CROSS JOIN regexp_match(i.text, '^CONSTRAINT (\w+)\s+(.*)$') AS m (part)
	WHERE i.text ~ '^CONSTRAINT '
	UNION ALL
	SELECT 'constraint', i.of_table, i.of_table || '_pkey',
		   CASE WHEN i.text ~ '^PRIMARY KEY' THEN i.text
				ELSE format('PRIMARY KEY (%s)', split_part(i.text, ' ', 1)) END
	FROM item i WHERE i.text ~ '(^| )PRIMARY KEY';
END
$$;
COMMENT ON FUNCTION contacts.schema_parts() IS
	'internal: list what setup() makes: table, column, constraint, index, trigger, policy, row security, view, each with its table, its name and the statement or clause that makes it';
