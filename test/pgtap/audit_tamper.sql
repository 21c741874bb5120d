-- audit_tamper.sql: what the owner of the tables can do to the audit log, and who tells (R93): the
-- log itself, or a head that was kept elsewhere. Each way is tried and taken back.
\ir start.psql
BEGIN;
SELECT no_plan();

-- A log with a full chain's worth of variety: entries with and without contact, member, cause.
INSERT INTO contacts.member (name) VALUES ('Mia') RETURNING member_id AS mia \gset
SELECT (contacts.upsert_contact(email => 'ann@example.org', name => 'Ann', tags => '{vip}')).contact_id AS ann,
	(contacts.upsert_contact(email => 'bob@example.org', name => 'Bob')).contact_id AS bob \gset
SELECT set_config('contacts.member_id', :'mia', true);
UPDATE contacts.contact SET company = 'Acme' WHERE contact_id = :ann;
SELECT set_config('contacts.member_id', '', true);
SELECT contacts.merge_contacts(:ann, ARRAY[:bob]) AS merge \gset
UPDATE contacts.contact SET company = 'Bcme' WHERE contact_id = :ann;
SELECT is_empty('SELECT * FROM contacts.audit_verify()', 'R93: a transaction that has written finds its own entries in order');
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT contacts.audit_head() AS head, group_id AS chain, entries AS size FROM contacts.audit_group \gset
SELECT is((:'head'::jsonb #>> '{chains,0,entries}')::int, :size, 'R93: the head has the end of the chain');
SELECT cmp_ok(:size, '>', 8, 'the chain has some entries');
SELECT is_empty(format('SELECT * FROM contacts.audit_verify(%L)', :'head'), 'R93: the log is that of the head');

CREATE TEMP TABLE kept AS SELECT :'head'::jsonb AS head;
-- The hashes as the extension makes them, by whoever reads its source: from a place on to the end.
CREATE FUNCTION pg_temp.rehash(from_place integer DEFAULT 1) RETURNS void LANGUAGE plpgsql AS $$
DECLARE l contacts.audit_log; before bytea;
BEGIN
	FOR l IN SELECT * FROM contacts.audit_log WHERE account_id = 1 ORDER BY position LOOP
		IF before IS NULL THEN before := decode(repeat('00', 32), 'hex'); END IF;
		IF l.position >= from_place THEN
			l.digest := CASE WHEN l.changes IS NULL THEN l.digest ELSE sha256(l.salt || convert_to(l.changes::text, 'UTF8')) END;
			l.hash := sha256(before || convert_to(format('%s|%s|%s|%s|%s|%s|%s|%s|%s|%s:%s|%s:%s|%s:%s|%s', l.account_id, l.entry_id, l.group_id, l.position,
				(extract(epoch FROM l.at) * 1000000)::bigint, l.table_name, l.action, coalesce(l.contact_id::text, '-'), coalesce(l.member_id::text, '-'),
				octet_length(l.actor), l.actor, octet_length(l.role_name), l.role_name, octet_length(l.cause), l.cause, coalesce(l.cause_id::text, '-')), 'UTF8') || l.digest);
			UPDATE contacts.audit_log SET digest = l.digest, hash = l.hash WHERE account_id = 1 AND entry_id = l.entry_id;
		END IF;
		before := l.hash;
	END LOOP;
	UPDATE contacts.audit_group g SET entries = (SELECT count(*) FROM contacts.audit_log o WHERE o.account_id = 1), head = before WHERE account_id = 1;
END $$;
CREATE FUNCTION pg_temp.told(tampering text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE alone integer; with_head integer;
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE tampering;
	SET LOCAL session_replication_role = origin;
	SELECT count(*) INTO alone FROM contacts.audit_verify();
	SELECT count(*) INTO with_head FROM contacts.audit_verify((SELECT head FROM kept LIMIT 1));
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = CASE WHEN alone > 0 THEN 'the log' WHEN with_head > 0 THEN 'the head' ELSE 'nobody' END;
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
	SET LOCAL session_replication_role = origin;
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.told('SELECT pg_temp.rehash()'), 'nobody', 'the test hashes as the extension does');

-- Each column of an entry at the first, a middle and the last place, and null for 0 or the reverse.
CREATE TEMP TABLE way (about text, tampering text, teller text);
INSERT INTO way
SELECT format('%s of the %s entry', v.name, p.name), format('UPDATE contacts.audit_log SET %s = %s WHERE account_id = 1 AND position = %s', v.name, v.value, p.place), 'the log'
  FROM (VALUES ('contact_id', 'coalesce(contact_id, 0) + 1'), ('at', 'at + interval ''1 microsecond'''), ('table_name', 'table_name || ''s'''), ('action', 'action || '' '''),
	('changes', 'changes || ''{"x": 1}'''), ('member_id', 'coalesce(member_id, 0) + 1'), ('actor', 'actor || ''x'''), ('role_name', 'role_name || ''x'''), ('cause', 'cause || ''x'''),
	('cause_id', 'coalesce(cause_id, 0) + 1'), ('group_id', 'group_id + 1'), ('position', 'position + 1000'), ('salt', 'sha256(salt)'), ('digest', 'sha256(digest)'), ('hash', 'sha256(hash)'),
	('entry_id', 'entry_id + 1000000'), ('account_id', '2'), ('salt', 'NULL'), ('changes', 'NULL')) AS v (name, value),
	(VALUES ('first', 1), ('middle', 5), ('last', :size)) AS p (name, place);
INSERT INTO way
SELECT format('null for 0 in %s, or the reverse', name), format('UPDATE contacts.audit_log SET %1$s = CASE WHEN %1$s IS NULL THEN 0 END WHERE account_id = 1 AND position = (SELECT min(position) FROM contacts.audit_log WHERE %1$s IS NULL)', name), 'the log'
  FROM (VALUES ('member_id'), ('cause_id')) AS v (name);
INSERT INTO way VALUES
	('changes and salt gone, nobody erased', 'UPDATE contacts.audit_log SET changes = NULL, salt = NULL WHERE account_id = 1', 'the log'),
	('changes and salt gone of one entry', 'UPDATE contacts.audit_log SET changes = NULL, salt = NULL WHERE account_id = 1 AND position = 5', 'the log'),
	('others in their place', 'UPDATE contacts.audit_log SET changes = ''{}'', salt = sha256(''x'') WHERE account_id = 1 AND position = 5', 'the log'),
	('others with their digest', 'UPDATE contacts.audit_log SET changes = ''{}'', salt = ''s'', digest = sha256(''s{}'') WHERE account_id = 1 AND position = 5', 'the log'),
	('an entry removed', 'DELETE FROM contacts.audit_log WHERE account_id = 1 AND position = 5', 'the log'),
	('the first entry removed', 'DELETE FROM contacts.audit_log WHERE account_id = 1 AND position = 1', 'the log'),
	('the last entry removed', format('DELETE FROM contacts.audit_log WHERE account_id = 1 AND position = %s', :size), 'the log'),
	('an entry removed, the others moved up', 'DELETE FROM contacts.audit_log WHERE account_id = 1 AND position = 5; UPDATE contacts.audit_log SET position = position - 1 WHERE account_id = 1 AND position > 5', 'the log'),
	('an entry doubled', 'INSERT INTO contacts.audit_log SELECT account_id, entry_id + 1000000, contact_id, at, table_name, action, changes, member_id, actor, role_name, cause, cause_id, group_id, position, salt, digest, hash FROM contacts.audit_log WHERE account_id = 1 AND position = 5', 'the log'),
	('an entry appended without the row of the chain', format('INSERT INTO contacts.audit_log SELECT account_id, entry_id + 1000000, contact_id, at, table_name, action, changes, member_id, actor, role_name, cause, cause_id, group_id, position + 1, salt, digest, hash FROM contacts.audit_log WHERE account_id = 1 AND position = %s', :size), 'the log'),
	('two entries exchanged', 'UPDATE contacts.audit_log SET position = 11 - position WHERE account_id = 1 AND position IN (5, 6)', 'the log'),
	('the row of the chain removed', 'DELETE FROM contacts.audit_group', 'the log'),
	('the hash in the row of the chain', 'UPDATE contacts.audit_group SET head = sha256(head)', 'the log'),
	('the number in the row of the chain', 'UPDATE contacts.audit_group SET entries = entries - 1', 'the log'),
	('a chain that this one goes on from, invented', 'UPDATE contacts.audit_group SET previous_group = 99', 'the log'),
	('the log emptied, the rows of the chains left', 'TRUNCATE contacts.audit_log', 'the log'),
	-- What proves itself afterwards: only a kept head tells.
	('the end removed, with the row of the chain', format('DELETE FROM contacts.audit_log WHERE account_id = 1 AND position = %1$s; UPDATE contacts.audit_group SET entries = %1$s - 1, head = (SELECT hash FROM contacts.audit_log WHERE account_id = 1 AND position = %1$s - 1)', :size), 'the head'),
	('an entry changed, all hashes anew', 'UPDATE contacts.audit_log SET changes = changes || ''{"x": 1}'' WHERE account_id = 1 AND position = 5; SELECT pg_temp.rehash(5)', 'the head'),
	('an entry removed, all hashes anew', 'DELETE FROM contacts.audit_log WHERE account_id = 1 AND position = 5; UPDATE contacts.audit_log SET position = position - 1 WHERE account_id = 1 AND position > 5; SELECT pg_temp.rehash(5)', 'the head'),
	('an entry of another time, all hashes anew', 'UPDATE contacts.audit_log SET at = at - interval ''1 year'' WHERE account_id = 1 AND position = 1; SELECT pg_temp.rehash()', 'the head'),
	('the chain removed', 'DELETE FROM contacts.audit_log; DELETE FROM contacts.audit_group', 'the head'),
	('both tables emptied', 'TRUNCATE contacts.audit_log, contacts.audit_group', 'the head'),
	('the chain moved to another account', 'UPDATE contacts.audit_log SET account_id = 2; UPDATE contacts.audit_group SET account_id = 2', 'the head'),
	('the chain under another number, all hashes anew', 'UPDATE contacts.audit_log SET group_id = group_id + 7; UPDATE contacts.audit_group SET group_id = group_id + 7; SELECT pg_temp.rehash()', 'the head'),
	('another log in its place', 'DELETE FROM contacts.audit_log WHERE position > 1; UPDATE contacts.audit_log SET actor = ''x''; SELECT pg_temp.rehash()', 'the head'),
	-- Nobody: an entry that came later, and what the log says happened.
	('a well made entry behind the head', format('INSERT INTO contacts.audit_log SELECT account_id, entry_id + 1000000, contact_id, at, table_name, action, changes, member_id, actor, role_name, cause, cause_id, group_id, position + 1, salt, digest, hash FROM contacts.audit_log WHERE account_id = 1 AND position = %s; SELECT pg_temp.rehash()', :size), 'nobody');
SELECT is(pg_temp.told(tampering), teller, format('R93: %s: %s tells', about, teller)) FROM way;
SELECT is_empty(format('SELECT * FROM contacts.audit_verify(%L)', :'head'), 'R93: all of it was taken back');

-- A head goes on to hold while the log grows, and covers chains that others go on from.
UPDATE contacts.contact SET company = 'Ccme' WHERE contact_id = :ann;
SELECT is_empty(format('SELECT * FROM contacts.audit_verify(%L)', :'head'), 'R93: an older head holds while the log grows');
INSERT INTO contacts.contact (account_id, name) SELECT 3, 'N' || n FROM generate_series(1, 10020) n;
SELECT is(jsonb_array_length(contacts.audit_head(3) -> 'chains'), 1, 'R93: a full chain is covered by the one that goes on from it');
SELECT is_empty('SELECT * FROM contacts.audit_verify(contacts.audit_head(3), 3)', 'R93: across the edge between them');
SELECT is(pg_temp.failure(statement), '22023', 'R93: refused: ' || statement)
  FROM (VALUES (format('SELECT contacts.audit_verify(%L, 2)', :'head')), ('SELECT contacts.audit_verify(''{}'')'), ('SELECT contacts.audit_verify(''[1]'')'), ('SELECT contacts.audit_verify(''{"account_id": 1, "chains": 5}'')')) AS v (statement);

SELECT * FROM finish();
ROLLBACK;
