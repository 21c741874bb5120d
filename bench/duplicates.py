#!/usr/bin/env python3
"""duplicates.py SIZE: measures find_duplicates() on generated people with 5 % planted duplicates.

They are those of test/property/find_duplicates.py, in an account of their own.  Prints lines for
results.tsv; how many pairs were found, how many of them are right, and how many of the planted
ones are among them goes to standard error.
"""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../test/property'))
# pylint: disable=wrong-import-position
from find_duplicates import KINDS, World, plant, row, write  # noqa: E402
from session import Session  # noqa: E402

ACCOUNT = 3
FIRST = 100000000   # ids of their own
RUNS = 3
SEARCHES = 200


def measure(session, call):
	"""Rows, seconds by the clock and of the processor."""
	line = session.ask(
		"SELECT clock_timestamp() AS started, bench.cpu() AS cpu \\gset\n"
		f"SELECT count(*) AS pairs FROM {call} \\gset\n"
		"SELECT :pairs, extract(epoch FROM clock_timestamp() - :'started'), bench.cpu() - :cpu")[-1]
	pairs, seconds, cpu = line.split('|')
	return int(pairs), float(seconds), float(cpu)


def main(size):
	world = World(random.Random(46), size)
	people, planted = plant(world, size)
	session = Session()
	write(session, (row(world, FIRST + number, one, ACCOUNT)
					for number, one in enumerate(people, 1)))
	session.ask('VACUUM ANALYZE contacts.contact')
	for run in range(1, RUNS + 1):
		session.ask(f'DELETE FROM contacts.duplicate WHERE account_id = {ACCOUNT}')
		_, seconds, cpu = measure(
			session, f'contacts.find_duplicates(max_pairs => 10000000, account_id => {ACCOUNT})')
		print(size, 'duplicates', 'ours', run, size, seconds, cpu, sep='\t', flush=True)
	found = set()
	for line in session.ask('SELECT contact_id, other_id FROM contacts.duplicate'
							f' WHERE account_id = {ACCOUNT}'):
		one, other = line.split('|')
		found.add((int(one) - FIRST, int(other) - FIRST))
	right = found & planted.keys()
	print(f'   {len(found)} pairs, recall {len(right) / len(planted):.4f},'
		  f' precision {len(right) / max(len(found), 1):.4f};',
		  ', '.join('%s %.3f' % (kind, sum(planted[pair] == kind for pair in right)
								 / max(sum(k == kind for k in planted.values()), 1))
					for kind in KINDS), file=sys.stderr, flush=True)
	for run in range(1, RUNS + 1):
		_, seconds, cpu = measure(session, (
			f'generate_series(1, {SEARCHES}) i, LATERAL contacts.find_duplicates('
			f'contact_id => {FIRST} + 1 + i * {size // SEARCHES - 1}, account_id => {ACCOUNT})'))
		print(size, 'search', 'ours', run, SEARCHES, seconds, cpu, sep='\t', flush=True)


main(int(sys.argv[1]))
