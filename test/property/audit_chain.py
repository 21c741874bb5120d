#!/usr/bin/env python3
"""audit_chain.py: audit_verify() finds what was tampered with; writers do not wait for it (R93).

	audit_chain.py            a few seconds of each measurement
	audit_chain.py --full     longer, and the chain must not cost more than 10 %
	audit_chain.py --seed N   the same choices as another run

 1. Groups that are full: one statement and one transaction across the edge, rolled back to a
    savepoint before it, exactly full.
 2. Tampering: each column of entries at the first, a middle and the last place, on both sides of
    the edge between two groups, entries removed, inserted, exchanged, groups removed or changed.
 3. Many sessions at once with pgbench, also REPEATABLE READ: the log is intact, and replayed it
    gives the rows.
 4. pg_dump and pg_restore: intact, and new entries go on.
 5. Speed: 4 writers of one account with the chain, the same without its end being written, and in
    4 accounts.
"""
import argparse
import os
import random
import statistics
import subprocess
import tempfile

from audit_replay import replay_all
from session import Session, Tally, seed_of

FULL = 10000  # entries of a group for the transaction that writes it
SOON = 200    # for the next one
EDGE, SMALL, BUSY, QUICK, ELSE = 11, 12, 13, 100, 999  # accounts
SEALED = {'DEFERRED': (21, 22), 'IMMEDIATE': (23, 24)}
CONTACTS = 2000


def problems(session, account):
	return int(session.value(f"SELECT pg_catalog.count(*) FROM contacts.audit_verify(account_id => {account})"))


def groups(session, account):
	return [(row['entries'], row['is_closed'], row['previous_group'] is not None)
			for row in session.rows(f"SELECT * FROM contacts.audit_group"
									f" WHERE account_id = {account} ORDER BY group_id")]


def fill(session, account, count):
	session.ask(f"INSERT INTO contacts.contact (account_id, name) SELECT {account}, 'N' || n"
				f" FROM pg_catalog.generate_series(1, {count}) n")


# ---- 1. full groups -----------------------------------------------------------------------------

def full_groups(session, tally):
	fill(session, EDGE, FULL - 10)
	session.ask('BEGIN')
	session.ask('SAVEPOINT s')
	fill(session, EDGE, 30)
	session.ask('ROLLBACK TO s')
	tally.check(problems(session, EDGE) == 0, 'rolled back over the edge: intact')
	fill(session, EDGE, 3)
	session.ask('COMMIT')
	tally.check(groups(session, EDGE) == [(FULL - 10, True, False), (3, False, True)],
				'a group that was begun and rolled back is gone', groups(session, EDGE))
	fill(session, EDGE, SOON - 4)
	tally.check(groups(session, EDGE)[1:] == [(SOON - 1, False, True)],
				'a group that has few is gone on with', groups(session, EDGE))
	fill(session, EDGE, FULL - SOON + 24)
	tally.check([g[0] for g in groups(session, EDGE)] == [FULL - 10, FULL, 23],
				'one statement fills a group and begins another', groups(session, EDGE))
	tally.check([g[2] for g in groups(session, EDGE)] == [False, True, True],
				'each goes on from the one before', groups(session, EDGE))
	fill(session, EDGE, SOON - 23)
	fill(session, EDGE, FULL)
	tally.check(groups(session, EDGE)[-1][0] == FULL, 'exactly full', groups(session, EDGE))
	fill(session, EDGE, 1)
	tally.check(groups(session, EDGE)[-1][:2] == (1, False), 'then comes another',
				groups(session, EDGE))
	tally.check(groups(session, EDGE)[-1][2], 'which goes on from it, too', groups(session, EDGE))
	tally.check(problems(session, EDGE) == 0, 'intact across the edges')


def sealed_early(session, tally):
	"""Two accounts in turn; constraints that are checked with each statement."""
	for when in ('DEFERRED', 'IMMEDIATE'):
		first, second = SEALED[when]
		session.ask('BEGIN')
		session.ask(f"SET CONSTRAINTS ALL {when}")
		fill(session, first, 2)
		fill(session, second, 1)
		session.ask('SAVEPOINT s')
		session.ask(f"UPDATE contacts.contact SET company = 'C' WHERE account_id IN ({first}, {second})")
		session.ask('ROLLBACK TO s')
		session.ask(f"UPDATE contacts.contact SET company = 'D' WHERE account_id IN ({first}, {second})")
		fill(session, first, 1)
		session.ask('COMMIT')
		fill(session, first, 1)
		tally.check(problems(session, first) + problems(session, second) == 0,
					f"two accounts in turn, constraints {when}: intact")


# ---- 2. tampering -------------------------------------------------------------------------------

CHANGED = {
	'contact_id': "coalesce(contact_id, 0) + 1", 'at': "at + interval '1 microsecond'",
	'table_name': "table_name || 's'", 'action': "action || ' '",
	'changes': """jsonb_set(changes, '{name}', '{"new": "Else"}')""",
	'member_id': 'coalesce(member_id, 0) + 1', 'actor': "actor || 'x'",
	'role_name': "role_name || 'x'", 'cause': "cause || 'x'", 'cause_id': 'coalesce(cause_id, 0) + 1',
	'group_id': 'group_id + 1', 'position': 'position + 1', 'salt': "'\\x00'::bytea",
	'digest': "'\\x00'::bytea", 'hash': "'\\x00'::bytea", 'entry_id': 'entry_id + 1000000',
	'account_id': 'account_id + 1000',
	'salt, changes': "sha256('x'), '{}'", 'digest, changes, salt': "sha256('s{}'), '{}', 's'",
}
LOG, GROUP = 'contacts.audit_log', 'contacts.audit_group'


def of_entry(account, group, place, about, columns):
	"""What can be done to one entry."""
	entry = f"account_id = {account} AND group_id = {group} AND position = {place}"
	for column in columns:
		yield f"{column} of {about}", (
			f"UPDATE {LOG} SET ({column}) = ROW({CHANGED[column]}) WHERE {entry}")
	yield f"{about} removed", f"DELETE FROM {LOG} WHERE {entry}"
	yield f"{about} doubled", (
		f"INSERT INTO {LOG} SELECT account_id, entry_id + 1000000, contact_id, at, table_name, action,"
		f" changes, member_id, actor, role_name, cause, cause_id, group_id, position, salt, digest, hash"
		f" FROM {LOG} WHERE {entry}")


def of_group(account, group, number, is_last):
	"""What can be done to one group.  That the last one ever was there, no later one can tell."""
	row = f"account_id = {account} AND group_id = {group}"
	yield f"row of group {number} removed", f"DELETE FROM {GROUP} WHERE {row}"
	if not is_last:
		yield f"group {number} and its entries removed", (
			f"WITH d AS (DELETE FROM {LOG} WHERE {row}) DELETE FROM {GROUP} WHERE {row}")
	yield f"head of group {number}", f"UPDATE {GROUP} SET head = sha256(head) WHERE {row}"
	yield f"size of group {number}", f"UPDATE {GROUP} SET entries = entries - 1 WHERE {row}"
	yield f"group {number} moved to another account", (
		f"WITH d AS (UPDATE {LOG} SET account_id = {ELSE} WHERE {row})"
		f" UPDATE {GROUP} SET account_id = {ELSE} WHERE {row}")


def tamperings(session):
	"""Accounts, names and statements; each has to be found."""
	ids = {account: [row['group_id'] for row in session.rows(
		f"SELECT group_id FROM {GROUP} WHERE account_id = {account} ORDER BY group_id")]
		for account in (EDGE, SMALL)}
	small = ids[SMALL][0]
	for place, about in ((1, 'the first entry'), (15, 'a middle entry'), (30, 'the last entry')):
		for found in of_entry(SMALL, small, place, about, CHANGED):
			yield SMALL, *found
	yield SMALL, 'entry removed, the others moved up', (
		f"WITH d AS (DELETE FROM {LOG} WHERE group_id = {small} AND position = 7) UPDATE {LOG}"
		f" SET position = position - 1 WHERE group_id = {small} AND position > 7")
	yield SMALL, 'two entries exchanged', (
		f"UPDATE {LOG} SET position = 5 - position WHERE group_id = {small} AND position IN (2, 3)")
	yield SMALL, 'values of two entries exchanged', (
		f"UPDATE {LOG} l SET changes = o.changes, salt = o.salt, digest = o.digest FROM {LOG} o"
		f" WHERE l.group_id = {small} AND l.position IN (2, 3) AND o.group_id = {small}"
		f" AND o.position = 5 - l.position")
	yield SMALL, 'text moved from one column to the next', (
		f"UPDATE {LOG} SET actor = 'a', role_name = 'b|' || role_name WHERE group_id = {small}"
		f" AND actor = 'a|b'")
	yield SMALL, 'a group invented', (
		f"INSERT INTO {GROUP} (account_id, entries, head) VALUES ({SMALL}, 1, sha256('x'))")
	for group, place, about in ((ids[EDGE][1], FULL, 'the entry before the edge'),
								(ids[EDGE][1], 1, 'the entry behind the edge')):
		for found in of_entry(EDGE, group, place, about, ('changes', 'actor', 'hash')):
			yield EDGE, *found
	for number, group in enumerate(ids[EDGE], 1):
		for found in of_group(EDGE, group, number, number == len(ids[EDGE])):
			yield EDGE, *found
	for found in of_group(SMALL, small, 'small', True):
		yield SMALL, *found
	yield EDGE, 'edge between groups cut', (
		f"UPDATE {GROUP} SET previous_group = NULL WHERE group_id = {ids[EDGE][1]}")
	yield EDGE, 'groups joined in another way', (
		f"UPDATE {GROUP} SET previous_group = {ids[EDGE][0]} WHERE group_id = {ids[EDGE][2]}")


def tampering(session, tally):
	fill(session, SMALL, 29)
	session.ask("SET contacts.actor = 'a|b'")
	session.ask(f"INSERT INTO contacts.contact (account_id, name) VALUES ({SMALL}, 'Bar')")
	session.ask('RESET contacts.actor')
	for account, name, statement in tamperings(session):
		session.ask('BEGIN')
		session.ask("SET LOCAL session_replication_role = replica")
		changed = session.ask(f"{statement} RETURNING 1")
		tally.check(changed and problems(session, account) + problems(session, ELSE) > 0,
					f"found: {name}", statement[:300])
		session.ask('ROLLBACK')
	for account in (EDGE, SMALL):
		# past the triggers: the log would have more entries to erase
		session.ask("SET session_replication_role = replica")
		session.ask(f"UPDATE contacts.contact SET anonymized_at = now() WHERE account_id = {account}")
		session.ask("RESET session_replication_role")
		session.ask(f"UPDATE {LOG} SET changes = NULL, salt = NULL WHERE account_id = {account}"
					f" AND position % 3 <> 1")
		tally.check(problems(session, account) == 0, 'erased values leave the chain intact')


# ---- 3. and 5. many at once ---------------------------------------------------------------------

UPSERT = """\\set c random(1, 1000000)
SELECT contacts.upsert_contact(email => 'p' || :client_id || '.' || :c % 300 || '@x.example',
	company => 'C' || :c, account_id => {account});
"""
UPDATE = """\\set c random(1, 1000000)
\\set id random(1, {count})
UPDATE contacts.contact SET company = 'C' || :c
WHERE account_id = {account} AND contact_id = (SELECT min(contact_id) FROM contacts.contact
	WHERE account_id = {account} AND name = 'N' || :id);
"""
# Contacts of the client alone, by id: only the log is shared.
OWN = """\\set c random(1, 1000000)
\\set n random(0, {count} / 4 - 1)
\\set id {first} + :n * 4 + :client_id
UPDATE contacts.contact SET company = 'C' || :c WHERE account_id = {account} AND contact_id = :id;
"""


def pgbench(scripts, *length):
	"""Transactions per second of 4 clients, and whether one gave up."""
	with tempfile.TemporaryDirectory() as folder:
		command = ['pgbench', '-n', '-M', 'prepared', '-c', '4', '-j', '2', '--max-tries=5', *length]
		for number, text in enumerate(scripts):
			path = os.path.join(folder, f"{number}.sql")
			with open(path, 'w', encoding='utf-8') as file:
				file.write(text)
			command += ['-f', path]
		done = subprocess.run(command, capture_output=True, text=True, check=False)
	for line in done.stdout.splitlines():
		if line.startswith('tps = '):
			return float(line.split()[2]), ' aborted' in done.stderr
	raise RuntimeError(done.stdout + done.stderr)


def many_at_once(session, tally, transactions):
	fill(session, BUSY, 200)
	repeatable = 'BEGIN ISOLATION LEVEL REPEATABLE READ;\n' + UPDATE + 'SAVEPOINT s;\n' + UPDATE \
		+ 'ROLLBACK TO s;\n' + UPSERT + 'COMMIT;\n'
	scripts = [text.replace('{account}', str(BUSY)).replace('{count}', '200')
			   for text in (UPSERT, UPDATE, repeatable)]
	_, broken = pgbench(scripts, '-t', str(transactions))
	tally.check(not broken, 'no session gave up')
	# One row per chain: chains that nobody goes on with would be as many as transactions.
	size = groups(session, BUSY)
	print('groups:', len(size), 'entries:', sum(group[0] for group in size))
	tally.check(len(size) < 100, 'few groups, also with REPEATABLE READ', len(size))
	found = session.rows(f"SELECT * FROM contacts.audit_verify(account_id => {BUSY})")
	tally.check(not found, 'many writers at once: intact', *found[:5])
	replay_all(session, BUSY, tally)


def speed(session, tally, given):
	first = []
	for account in range(QUICK, QUICK + 5):
		fill(session, account, CONTACTS)
		first.append(int(session.value(f"SELECT min(contact_id) FROM contacts.contact"
									   f" WHERE account_id = {account}")))
	session.ask('VACUUM ANALYZE')
	one = {'upsert': UPSERT.replace('{account}', str(QUICK)),
		   'update': OWN.format(account=QUICK, first=first[0], count=CONTACTS)}
	# In accounts of their own nobody meets another one's chain.
	own = {'upsert': UPSERT.replace('{account}', f"{QUICK} + 1 + :client_id"),
		   'update': OWN.format(account=f"({QUICK} + 1 + :client_id)", first=first[1], count=CONTACTS)
		   .replace(f"id {first[1]} +", f"id {first[1]} + :client_id * {CONTACTS} +")}
	for name in one:
		compare(session, tally, name, (one[name], own[name]), given)


def compare(session, tally, name, scripts, given):
	"""In short turns, each compared with its neighbours only: the machine has other work."""
	one, own = scripts
	ways = {'chain': ('ENABLE', one), 'no chain': ('DISABLE', one), 'own accounts': ('ENABLE', own)}
	rates = {way: [] for way in ways}
	for turn in range(given.turns + 1):
		for way, (able, script) in ways.items():
			session.ask(f"ALTER TABLE {LOG} {able} TRIGGER audit_sealed")
			rate, _ = pgbench([script], '-T', str(given.seconds))
			if turn > 0:  # the first one creates contacts
				rates[way].append(rate)
	session.ask(f"ALTER TABLE {LOG} ENABLE TRIGGER audit_sealed")
	print(f"{name}:", ', '.join(f"{way} {statistics.median(rate):.0f} tps"
								for way, rate in rates.items()), flush=True)
	for other in ('no chain', 'own accounts'):
		ratio = statistics.median(a / b for a, b in zip(rates['chain'], rates[other]))
		print(f"{name}: chain / {other} = {ratio:.2f}", flush=True)
		tally.check(ratio >= (0.9 if given.full else 0.6), f"{name}: chain against {other}", ratio)


# ---- 4. dump and restore ------------------------------------------------------------------------

def restored(session, tally):
	name = session.value('SELECT pg_catalog.current_database()') + '_restored'
	with tempfile.NamedTemporaryFile() as dump:
		subprocess.run(['pg_dump', '-Fc', '-f', dump.name], check=True)
		subprocess.run(['dropdb', '--if-exists', name], check=True, stderr=subprocess.DEVNULL)
		subprocess.run(['createdb', '-T', 'template0', name], check=True)
		subprocess.run(['pg_restore', '--exit-on-error', '-d', name, dump.name], check=True)
	before = os.environ.get('PGDATABASE')
	os.environ['PGDATABASE'] = name
	copy = Session()
	for account in (EDGE, BUSY):
		tally.check(problems(copy, account) == 0, f"restored account {account}: intact")
		size = groups(copy, account)
		copy.ask(f"UPDATE contacts.contact SET company = 'restored' WHERE account_id = {account}"
				 f" AND contact_id % 7 = 0")
		tally.check(problems(copy, account) == 0 and len(groups(copy, account)) == len(size),
					f"restored account {account}: new entries go on in an open group",
					size[-3:], groups(copy, account)[-3:])
	replay_all(copy, BUSY, tally)
	copy.close()
	if before is None:
		del os.environ['PGDATABASE']
	else:
		os.environ['PGDATABASE'] = before
	subprocess.run(['dropdb', name], check=True)


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--seed', type=int)
	given = parser.parse_args()
	given.turns, given.seconds = (15, 3) if given.full else (5, 1)
	random.seed(seed_of(given.seed))
	tally = Tally()
	session = Session()
	session.ask("SET client_min_messages = error")
	full_groups(session, tally)
	sealed_early(session, tally)
	tampering(session, tally)
	many_at_once(session, tally, 10000 if given.full else 1000)
	restored(session, tally)
	speed(session, tally, given)
	session.close()
	tally.finish()


if __name__ == '__main__':
	main()
