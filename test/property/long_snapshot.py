#!/usr/bin/env python3
"""long_snapshot.py: a call costs the same beside an old snapshot, however long that one is kept.

	long_snapshot.py              1 500 calls of each kind beside a snapshot
	long_snapshot.py --calls N    so many

As long as a transaction keeps its snapshot, every version of a row stays, and whoever looks for a
row that each call changes walks all of them.  Counted, not timed: the buffers that a call touches,
its commit included (constraints are immediate), as EXPLAIN has them: the middle of a hundred calls
at the beginning and at the end.  Each kind of call meets other contacts every time, so that no row
of its own is changed again and again.  A session that remembers, and new ones that do not.
"""
import argparse
import json
import statistics

from session import Session, Tally, healthy

CALLS = {
	'a report that changes a contact': "contacts.record_activity('form', email => 'a{0}@example.com',"
									   " company => 'C{0}')",
	'a new contact': "contacts.record_activity('form', email => 'n{0}@example.com')",
	'an edit': "contacts.update_contact({0}, '{{\"company\": \"E{0}\"}}')",
	'a report that is repeated': "contacts.record_activity('form', source => 's', source_ref => 'r{0}',"
								 " title => 'T')",
	'a contact deleted': "contacts.delete_contacts(ARRAY[{0} + 10000])",
}
MARGIN = 12		# buffers: an index that got a level deeper, a page split


def touched(session, call):
	"""Buffers of one call that commits."""
	session.ask("BEGIN; SET CONSTRAINTS ALL IMMEDIATE")
	plan = '\n'.join(session.ask(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT {call}"))
	session.ask("COMMIT")
	top = json.loads(plan)[0]['Plan']
	return top['Shared Hit Blocks'] + top['Shared Read Blocks']


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument('--calls', type=int, default=1500)
	count = parser.parse_args().calls
	tally = Tally()
	worker = Session()
	worker.ask("INSERT INTO contacts.contact (contact_id, email) SELECT i, 'a' || i || '@example.com'"
			   f" FROM generate_series(1, {count}) i")
	worker.ask("INSERT INTO contacts.contact (contact_id, email) SELECT i + 10000, 'd' || i || '@example.com'"
			   f" FROM generate_series(1, {count}) i")
	worker.ask("SELECT setval(pg_get_serial_sequence('contacts.contact', 'contact_id'), 100000)")
	worker.ask("INSERT INTO contacts.activity (kind, source, source_ref) SELECT 'form', 's', 'r' || i"
			   f" FROM generate_series(1, {count}) i")
	old = Session()
	old.ask("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM contacts.contact")
	for name, call in CALLS.items():
		spent = [touched(worker, call.format(i)) for i in range(1, count + 1)]
		judge(tally, name, spent)
	# a connection for each call, as PHP has it: it plans anew, so only the last part is looked at
	worker.ask("SELECT contacts.record_activity('form', email => 'z0@example.com')")
	spent = []
	for i in range(60):
		fresh = Session()
		for j in range(6):
			last = touched(fresh, f"contacts.record_activity('form', email => 'z{i}x{j}@example.com')")
		spent.append(last)
		fresh.close()
	judge(tally, 'new connections', spent, 20)
	healthy(worker, tally)
	problems = worker.rows("SELECT * FROM contacts.audit_verify()")
	tally.check(not problems, 'the audit log is intact', *problems[:5])
	chains = int(worker.value("SELECT count(*) FROM contacts.audit_group WHERE NOT is_closed"))
	tally.check(chains <= 2, f"{chains} chains are open after one writer at a time")
	old.ask("COMMIT")
	tally.finish()


def judge(tally, name, spent, part=100):
	first = statistics.median(spent[part // 2:part + part // 2])
	last = statistics.median(spent[-part:])
	print(f"{name}: {first:.0f} buffers at first, {last:.0f} at last")
	tally.check(last <= first + MARGIN, f"{name}: {first} buffers a call at first, {last} at last")


main()
