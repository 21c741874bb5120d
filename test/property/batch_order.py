#!/usr/bin/env python3
"""batch_order.py: batches that want the same things in opposite orders never deadlock (R18).

	batch_order.py [--rounds N] [--seed N]

Three sessions send a batch at the same moment, each in an order of its own: the same new people,
the same known people with news, the same new activities by source_ref, repeats of stored ones, the
same cookies that change their owner.  Every one must succeed, and the
session must be as good as before.
"""
import argparse
import random

from session import Failed, Session, Tally, healthy, quote, seed_of

SIZE = 300


def new_people(turn, session, number):
	return {'kind': 'k', 'email': f"n{turn}-{number}@x.example", 'phone': f"+1415200{number:04d}",
			'name': f"N {session}"}


def known_people(turn, session, number):
	return {'kind': 'k', 'email': f"known{number}@x.example", 'name': f"K {turn} {session}",
			'status': 'qualified' if (turn + session) % 2 else 'disqualified'}


def further_keys(turn, session, number):
	return {'kind': 'k', 'email': f"known{number}@x.example",
			'visitor': f"key-{turn}-{session}-{number}"}


def new_activities(turn, session, number):
	return {'kind': 'k', 'source': 's', 'source_ref': f"{turn}-{number}", 'title': f"T {session}"}


def repeated_activities(turn, session, number):
	return {'kind': 'k', 'source': 's', 'source_ref': f"stored-{number}",
			'title': f"T {turn} {session}"}


def moving_cookies(turn, session, number):
	return {'kind': 'k', 'visitor': f"cookie{number}", 'email': f"m{turn}-{session}@x.example"}


def mixed(turn, session, number):
	kinds = [new_people, known_people, further_keys, new_activities, repeated_activities,
			 moving_cookies]
	return kinds[number % len(kinds)](1000 + turn, session, number)


def batch(items):
	return f"SELECT count(*) FROM contacts.record_activities({quote(items)})"


def prepare(session):
	"""People, activities and cookies that are known beforehand."""
	items = []
	for number in range(SIZE):
		items += [known_people(0, 0, number), repeated_activities(0, 0, number),
				  dict(moving_cookies(0, 0, number), email=f"owner{number}@x.example")]
	session.ask(batch(items))


def still_works(session):
	"""What is wrong with a session after an error outside of a transaction block."""
	try:
		session.ask('SELECT 1')
		session.close()
		return []
	except Failed as error:
		return [str(error)]


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument('--rounds', type=int, default=4)
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--seed', type=int)
	options = parser.parse_args()
	chance = random.Random(seed_of(options.seed))
	sessions = [Session() for _ in range(3)]
	tally = Tally()
	prepare(sessions[0])
	for make in (new_people, known_people, further_keys, new_activities, repeated_activities,
				 moving_cookies, mixed):
		failures = {}
		broken = []
		for turn in range(options.rounds * (10 if options.full else 1)):
			for number, session in enumerate(sessions):
				items = [make(turn, number, one) for one in range(SIZE)]
				chance.shuffle(items)
				session.send(batch(items))
			for number, session in enumerate(sessions):
				try:
					session.receive()
				except Failed as error:
					failures[error.sqlstate] = failures.get(error.sqlstate, 0) + 1
					broken += still_works(session)
					sessions[number] = Session()
		tally.check(not failures, f"{make.__name__.replace('_', ' ')}: no batch fails", failures)
		tally.check(not broken, f"{make.__name__.replace('_', ' ')}: sessions go on after an error",
					broken[:1])
	healthy(sessions[0], tally)
	tally.finish()


if __name__ == '__main__':
	main()
