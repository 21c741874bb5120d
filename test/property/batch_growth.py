#!/usr/bin/env python3
"""batch_growth.py: an item of a batch costs the same, whatever else the batch holds (R33).

	batch_growth.py                    each kind of batch with 1 000 and with 16 000 items
	batch_growth.py --large N          the larger one with so many
	batch_growth.py NAME …             only kinds whose name contains the text

Counted, not timed: the processor time of the server process that works, as the kernel has it, and
the memory at its peak, each per item.  What follows the number of items in a batch, such as a list
walked for each item, or a copy kept for each of them, grows sixteenfold; allowed is the factor 2.5,
for what is deeper or less near in larger tables.

Each batch runs in an account of its own and in a process of its own.
"""
import argparse
import os
import sys

from session import Failed, Session, Tally

SMALL = 1000
FACTOR = 2.5
FLOOR_KB = 3000		# memory of a process that any call needs, whatever it does


def items(expression):
	return {'call': lambda n: "SELECT count(*) FROM contacts.record_activities((SELECT jsonb_agg("
							  f"{expression.replace(':n', str(n))} ORDER BY i)"
							  f" FROM generate_series(1, {n}) i), 'report')"}


def after(first, second):
	"""The second batch is counted, when the first one is there."""
	return {'before': [first['call']], **second}


def ids(call, before=()):
	"""A call with the ids of n contacts, made with an e-mail, a phone and an external id each."""
	return {'before': [people, *before],
			'call': lambda n: call.replace(':ids', "(SELECT array_agg(contact_id ORDER BY contact_id)"
										   " FROM contacts.contact WHERE account_id = :a AND name LIKE 'P %')")}


def people(n):
	return ("INSERT INTO contacts.contact (account_id, email, phone, name) SELECT :a,"
			f" 'p' || i || '@example.com', '+1415' || (2000000 + i), 'P ' || i"
			f" FROM generate_series(1, {n}) i")


NEW = items("jsonb_build_object('kind', 'form', 'email', 'e' || i || '@example.com', 'name', 'N' || i,"
			"'phone', '+1415' || (2000000 + i), 'source', 's', 'source_ref', 'r' || i)")
OTHERS = items("jsonb_build_object('kind', 'form', 'email', 'o' || i || '@example.com')")
GROWING = "jsonb_build_object('k' || i, repeat('x', 20))"
TAKE = [lambda n: "SELECT contacts.delete_contacts((SELECT array_agg(contact_id) FROM contacts.contact"
				  " WHERE account_id = :a))", people]

KINDS = {
	'all new': NEW,
	'all known': after(NEW, items(
		"jsonb_build_object('kind', 'call', 'email', 'e' || i || '@example.com', 'company', 'C' || i)")),
	'nobody': items("jsonb_build_object('kind', 'form')"),
	'crossing identifiers': items(
		"jsonb_build_object('kind', 'form', 'email', 'e' || (i * 7919 % (:n * 3 / 5)) || '@example.com',"
		" 'phone', '+1415' || (2000000 + i * 104729 % (:n / 2)), 'visitor', 'v' || (i % (:n / 3)),"
		" 'external_id', 'crm:' || (i % (:n * 2 / 3)))"),
	'one phone for all': items("jsonb_build_object('kind', 'form', 'phone', '+14152000001',"
							   " 'email', 'e' || i || '@example.com')"),
	'one contact for all': items(
		"jsonb_build_object('kind', 'form', 'email', 'one@example.com', 'company', 'C' || i)"),
	'one contact, growing fields': items(
		"jsonb_build_object('kind', 'form', 'email', 'one@example.com', 'fields',"
		" jsonb_build_object('k' || (i % 400), i))"),
	'one contact, an external id of a new system each': items(
		"jsonb_build_object('kind', 'form', 'email', 'one@example.com', 'external_id', 's' || i || ':1')"),
	'one contact, a cookie each': items(
		"jsonb_build_object('kind', 'form', 'email', 'one@example.com', 'visitor', 'v' || i)"),
	'one cookie, an e-mail each': items(
		"jsonb_build_object('kind', 'form', 'email', 'e' || i || '@example.com', 'visitor', 'v')"),
	'repeats in the batch': items("jsonb_build_object('kind', 'form', 'source', 's', 'source_ref', 'r',"
								  f" 'data', {GROWING})"),
	'repeats of what is stored': after(
		items("jsonb_build_object('kind', 'form', 'source', 's', 'source_ref', 'r' || (i % 10))"),
		items("jsonb_build_object('kind', 'form', 'source', 's', 'source_ref', 'r' || (i % 10),"
			  f" 'email', 'x@example.com', 'data', {GROWING})")),
	'all repeated': after(NEW, items(
		"jsonb_build_object('kind', 'form', 'source', 's', 'source_ref', 'r' || i, 'title', 'T' || i)")),
	'refused items': items("jsonb_build_object('kind', 'form', 'email', 'no address ' || i)"),
	'a new status each': items("jsonb_build_object('kind', 'form', 'email', 'e' || (i % 10) ||"
							   " '@example.com', 'status', (ARRAY['disqualified', 'qualified'])[1 + i / 10 % 2])"),
	'an assignee each': {
		'before': [lambda n: "INSERT INTO contacts.member (account_id, member_id, name) SELECT :a, i, 'M'"
							 f" FROM generate_series(1, {n}) i"],
		**items("jsonb_build_object('kind', 'form', 'assigned_to', i)")},
	'set_status': ids("SELECT contacts.set_status(:ids, 'qualified')"),
	'delete': ids("SELECT contacts.delete_contacts(:ids)"),
	'restore': ids("SELECT contacts.restore_contacts(:ids)", TAKE[:1]),
	'restore, identifiers taken': {
		'before': [people, *TAKE],
		'call': lambda n: "SELECT contacts.restore_contacts((SELECT array_agg(contact_id) FROM"
						  " contacts.contact WHERE account_id = :a AND deleted_at IS NOT NULL))"},
	'purge': ids("SELECT contacts.purge_contacts(:ids)"),
	'plain update': {'before': [people], 'call': lambda n:
					 "UPDATE contacts.contact SET email = 'q' || email, phone = NULL WHERE account_id = :a"},
	'plain insert': {'before': [], 'call': people},
}
# A merge has at most a thousand duplicates.
MERGES = {
	'merge': ids("SELECT contacts.merge_contacts((:ids)[1], (:ids)[2:])",
				 [lambda n: "INSERT INTO contacts.activity (account_id, contact_id, kind)"
							" SELECT account_id, contact_id, 'x' FROM contacts.contact WHERE account_id = :a"]),
}
# Each duplicate of the merge has a pair to review with somebody who is not in it.
MERGES['merge with pairs'] = {
	'before': [people, lambda n: people(n).replace("'p'", "'o'").replace("'P '", "'O '").replace("20000", "30000"),
			   lambda n: "INSERT INTO contacts.duplicate (account_id, contact_id, other_id, reasons, score)"
						 " SELECT :a, p.contact_id, p.contact_id + o.least - p.least, '{x}', 0.5 FROM"
						 " (SELECT contact_id, min(contact_id) OVER () AS least FROM contacts.contact"
						 " WHERE account_id = :a AND name LIKE 'P %') p, (SELECT min(contact_id) AS least"
						 " FROM contacts.contact WHERE account_id = :a AND name LIKE 'O %') o"],
	'call': MERGES['merge']['call']}
MERGES['unmerge'] = {'before': [*MERGES['merge']['before'], MERGES['merge']['call']],
					 'call': lambda n: "SELECT * FROM contacts.unmerge((SELECT max(merge_id) FROM"
									   " contacts.merge WHERE account_id = :a))"}


def one_of(path, name):
	with open(path, encoding='ascii') as file:
		for line in file:
			if line.startswith(name):
				return int(line.split()[1])
	return 0


def processor_ns(pid):
	with open(f'/proc/{pid}/schedstat', encoding='ascii') as file:
		return int(file.read().split()[0])


def run(kind, count, account):
	"""What an item of the batch costs: processor time in µs, memory in kB."""
	setup = Session()
	setup.ask(f"INSERT INTO contacts.account (account_id, name, default_region, unknown_fields)"
			  f" VALUES ({account}, 'growth', 'US', 'keep')")
	for statement in kind.get('before', []):
		setup.ask(f"SET contacts.account_id = {account}; " + statement(count).replace(':a', str(account)))
	setup.ask("ANALYZE contacts.contact, contacts.identifier, contacts.activity")
	setup.close()
	worker = Session()
	pid = int(worker.ask("SELECT pg_backend_pid()")[0])
	worker.ask(f"SET contacts.account_id = {account}")
	worker.ask("SET statement_timeout = '30s'; SELECT contacts.record_activity('warm', email => 'warm@example.com')")
	clear_peak(pid)
	memory = one_of(f'/proc/{pid}/status', 'RssAnon')
	before = processor_ns(pid)
	worker.ask(kind['call'](count).replace(':a', str(account)))
	spent = processor_ns(pid) - before
	peak = one_of(f'/proc/{pid}/status', 'VmHWM') - one_of(f'/proc/{pid}/status', 'RssFile') \
		- one_of(f'/proc/{pid}/status', 'RssShmem')
	worker.close()
	return spent / 1000 / count, max(peak - memory, FLOOR_KB) / count


def clear_peak(pid):
	"""Let the peak count from here, where the kernel permits it."""
	try:
		with open(f'/proc/{pid}/clear_refs', 'w', encoding='ascii') as file:
			file.write('5')
	except OSError:
		pass


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument('--large', type=int, default=16 * SMALL)
	parser.add_argument('names', nargs='*')
	options = parser.parse_args()
	tally = Tally()
	account = int(Session().value("SELECT coalesce(max(account_id), 1) FROM contacts.account"))
	for name, kind in {**KINDS, **MERGES}.items():
		if options.names and not any(part in name for part in options.names):
			continue
		small, large = (50, 800) if name in MERGES else (SMALL, options.large)
		try:
			account += 2
			few = run(kind, small, account)
			many = run(kind, large, account + 1)
		except Failed as error:
			tally.check(False, f"{name}: {error}")
			continue
		told = (f"{name}: {few[0]:.0f} µs and {few[1]:.1f} kB an item of {small},"
				f" {many[0]:.0f} µs and {many[1]:.1f} kB of {large}")
		print(told, file=sys.stderr)
		tally.check(many[0] <= few[0] * FACTOR and many[1] <= few[1] * FACTOR, told)
	tally.finish()


if not os.path.exists('/proc/self/schedstat'):
	print("0 passed, 0 failed, 1 skipped")
	sys.exit(0)
main()
