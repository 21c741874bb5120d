#!/usr/bin/env python3
"""races.py: many sessions report activities of the same people at the same time (R11, R18, R31).

	races.py            8 sessions, 400 calls each, 100 people
	races.py --full     8 sessions, 2000 calls each, 500 people
	races.py --seed N   the same people and calls as another run; the timing is never the same

Each person has up to three e-mails and two phones, some phones are shared by two people, and each
call writes some of them in its own way.  Three rounds, each in an account of its own: single
calls; batches of 50; single calls among plain INSERT, UPDATE, DELETE and edits through the API.

Whatever the order in which the calls met, in the first two rounds these rules decide what must be
there afterwards, since a key that is claimed once stays where it is:
  - the keys of the account are those that were given, each with one owner (R11);
  - an activity with an e-mail belongs to the owner of that e-mail, one with only a phone to the
    owner of the phone (R12); when the phone is another contact's, the two are up for review (R13);
  - each contact was created by exactly one call; each e-mail was new to exactly one call;
  - each call gives a name and a time of its own, so the name of the latest one stays (R21).
In the third round keys come and go, and less is certain: no report fails, none is lost, plain SQL
fails only for a taken key, and check() finds nothing.
"""
import argparse
import collections
import os
import random
import tempfile
import time

from session import (Session, Tally, call, email_of, healthy, messy_email, messy_phone, phone_of,
					 quote, script, seed_of)

BATCH = 50


class Person:
	def __init__(self, number, chance):
		self.number = number
		self.emails = [email_of(3 * number + i) for i in range(chance.choice([1, 1, 2, 3]))]
		self.phones = [phone_of(1000 + 2 * number + i) for i in range(chance.choice([1, 1, 2]))]
		if number > 0 and chance.random() < 0.1:
			self.phones.append(phone_of(1000 + 2 * (number - 1)))  # the family's


class Call:
	"""One report, what it gives in canonical form, and what came back."""

	def __init__(self, number, person, chance):
		given = chance.choice(['email', 'email', 'phone', 'both', 'both'])
		self.number = number
		self.email = chance.choice(person.emails) if given != 'phone' else None
		self.phone = chance.choice(person.phones) if given != 'email' else None
		self.name = f"Name {number}"
		self.arguments = {'kind': 'form', 'source': 'race', 'source_ref': str(number),
						  'name': self.name}
		if self.email:
			self.arguments['email'] = messy_email(chance, self.email)
		if self.phone:
			self.arguments['phone'] = messy_phone(chance, self.phone)
		self.result = None

	def at(self, minute):
		"""Some time in the past, the later the higher the number."""
		self.minute = minute
		day, rest = divmod(minute, 1440)
		month, day = divmod(day, 28)
		year, month = divmod(month, 12)
		self.arguments['occurred_at'] = (f"{2000 + year}-{month + 1:02d}-{day + 1:02d}"
										 f"T{rest // 60:02d}:{rest % 60:02d}:00Z")


class Round:
	"""The statements of all sessions, run at once, and what each of them answered."""

	def __init__(self, name, account, sessions):
		self.name = name
		self.account = account
		self.statements = [[] for _ in range(sessions)]
		self.states = {}
		self.results = collections.defaultdict(list)
		self.texts = []

	def add(self, session, label, sql):
		self.statements[session].append((label, sql))

	def run(self, folder):
		running = []
		for number, statements in enumerate(self.statements):
			path = os.path.join(folder, f"{self.name}{number}.sql")
			with open(path, 'w', encoding='utf-8') as file:
				file.write(f"SET contacts.account_id = {self.account};\n")
				for label, sql in statements:
					file.write(f"{sql};\n\\echo = {label} :SQLSTATE\n")
			log = open(path + '.out', 'w+', encoding='utf-8')
			running.append((script(path, log), log))
		for process, log in running:
			process.wait()
			log.seek(0)
			self.read(log)
			log.close()

	def read(self, log):
		for line in log:
			fields = line.rstrip('\n').split('|')
			if fields[0] == 'r':
				self.results[int(fields[1])].append(fields[2:])
			elif line.startswith('= '):
				_, label, state = line.split()
				self.states[label] = state
			else:
				self.texts.append(line.rstrip('\n'))


def make_calls(chance, people, count):
	calls = [Call(n, chance.choice(people), chance) for n in range(count)]
	minutes = list(range(count))
	chance.shuffle(minutes)
	for one, minute in zip(calls, minutes):
		one.at(minute)
	return calls


def number_or_none(text):
	return int(text) if text else None


def take_results(tally, one_round, calls):
	"""Gives each call its result; false when some call has none."""
	failed = {label: state for label, state in one_round.states.items()
			  if state != '00000' and label[0] == 'c'}
	fine = tally.check(not failed, f'{one_round.name}: no report fails', failed,
					   *one_round.texts[:10])
	for one in calls:
		rows = one_round.results.get(one.number, [])
		if len(rows) == 1:
			activity, contact, outcome, matched_by, duplicate = rows[0][:5]
			one.result = {'activity_id': int(activity), 'contact_id': number_or_none(contact),
						  'outcome': outcome, 'matched_by': matched_by,
						  'duplicate_of': number_or_none(duplicate)}
	missing = [one.number for one in calls if one.result is None]
	return tally.check(not missing, f'{one_round.name}: each report has a result', missing[:20]) \
		and fine


class Stored:
	"""What an account holds."""

	def __init__(self, session, account):
		self.owner = {}
		self.primary = collections.defaultdict(dict)
		for row in session.rows(f"SELECT * FROM contacts.identifier WHERE account_id = {account}"):
			self.owner[row['kind'], row['value']] = row['contact_id']
			if row['is_primary']:
				self.primary[row['contact_id']][row['kind']] = row['value']
		self.contacts = {row['contact_id']: row for row in session.rows(
			"SELECT c.*, contacts.normalize_email(email) AS email_key,"
			" contacts.normalize_phone(phone, NULL) AS phone_key"
			f" FROM contacts.contact c WHERE account_id = {account}")}
		self.activities = {row['activity_id']: row for row in session.rows(
			f"SELECT * FROM contacts.activity WHERE account_id = {account}")}
		self.pairs = {(row['contact_id'], row['other_id']) for row in session.rows(
			f"SELECT * FROM contacts.duplicate WHERE account_id = {account}")}


def check_rules(tally, name, calls, stored):
	"""The rules at the top of this file."""
	wrong = collections.defaultdict(list)
	pairs = set()
	created = collections.Counter()
	new_emails = collections.Counter()
	latest = {}
	for one in calls:
		result = one.result
		contact = result['contact_id']
		email_owner = stored.owner.get(('email', one.email))
		phone_owner = stored.owner.get(('phone', one.phone))
		activity = stored.activities.get(result['activity_id'])
		if activity is None or activity['contact_id'] != contact:
			wrong['activity is stored as reported'].append((one.arguments, result, activity))
		if contact != (email_owner if one.email else phone_owner):
			wrong['activity belongs to the owner of its key'].append((one.arguments, result))
		other = phone_owner if one.email and one.phone and phone_owner != contact else None
		if result['duplicate_of'] != other:
			wrong['duplicate_of is the owner of the other key'].append((one.arguments, result, other))
		if other:
			pairs.add((min(contact, other), max(contact, other)))
		created[contact] += result['outcome'] == 'created'
		if one.email:
			new_emails[one.email] += result['matched_by'] != 'email'
		if contact not in latest or latest[contact].minute < one.minute:
			latest[contact] = one
	rules = ['activity is stored as reported', 'activity belongs to the owner of its key',
			 'duplicate_of is the owner of the other key']
	for rule in rules:
		tally.check(not wrong[rule], f'{name}: {rule}', *wrong[rule][:3])
	given = {('email', one.email) for one in calls if one.email} | \
		{('phone', one.phone) for one in calls if one.phone}
	tally.check(given == set(stored.owner), f'{name}: the keys are those given',
				sorted(given ^ set(stored.owner))[:5])
	tally.check(len(stored.activities) == len(calls), f'{name}: all activities are there',
				len(stored.activities), len(calls))
	tally.check(set(created) == set(stored.contacts) and set(created.values()) == {1},
				f'{name}: each contact was created by one call',
				[item for item in created.items() if item[1] != 1][:5])
	tally.check(set(new_emails.values()) <= {1}, f'{name}: each e-mail was new to one call',
				[item for item in new_emails.items() if item[1] != 1][:5])
	tally.check(pairs == stored.pairs, f'{name}: the pairs to review', pairs ^ stored.pairs)
	lost = [(one.arguments, stored.contacts[contact]) for contact, one in latest.items()
			if stored.contacts[contact]['name'] != one.name]
	tally.check(not lost, f'{name}: the latest name stays', *lost[:3])


def check_shown(tally, name, stored):
	"""Each live contact shows its primary keys, or what another one owns (R14, R16)."""
	wrong = []
	for contact, row in stored.contacts.items():
		for kind in ('email', 'phone'):
			shown = row[f'{kind}_key']
			primary = stored.primary[contact].get(kind)
			taken = primary is None and stored.owner.get((kind, shown)) != contact
			if row['deleted_at'] is None and shown != primary and not taken:
				wrong.append((row, stored.primary[contact]))
	tally.check(not wrong, f'{name}: contacts show their primary keys', *wrong[:3])


def check_people(tally, name, people, calls, stored):
	"""A person who was always told apart by one e-mail is one contact."""
	by_email = collections.defaultdict(set)
	for one in calls:
		if one.email:
			by_email[one.email].add(one.result['contact_id'])
	split = [email for email, contacts in by_email.items() if len(contacts) != 1]
	tally.check(not split, f'{name}: one live contact per e-mail', split[:5])
	print(f"   {name}: {len(calls)} activities, {len(people)} people, {len(stored.contacts)} contacts,"
		  f" {len(stored.owner)} keys, {len(stored.pairs)} pairs to review")


def loosen(one, chance):
	"""More sorts of calls: nothing new but keys, cookies that are shared, ids of other systems."""
	if chance.random() < 0.5:
		del one.arguments['name']
	if chance.random() < 0.3:
		one.arguments['visitor'] = f"cookie-{chance.randrange(60)}"
	if chance.random() < 0.2:
		one.arguments['external_id'] = f"crm:{chance.randrange(60)}"


def single_call(one):
	return f"SELECT 'r', {one.number}, r.* FROM {call('record_activity', **one.arguments)} r"


def batch_call(calls):
	"""The whole batch by one statement; each row names the call it stands for."""
	numbers = [one.number for one in calls]
	items = [one.arguments for one in calls]
	return (f"SELECT 'r', (ARRAY{numbers})[r.item], r.activity_id, r.contact_id, r.outcome,"
			f" r.matched_by, r.duplicate_of FROM contacts.record_activities({quote(items)}) r")


def plain_statement(chance, people, number):
	"""What applications do with the tables and the other functions, and the errors it may meet."""
	person = chance.choice(people)
	email = chance.choice(person.emails)
	phone = chance.choice(person.phones)
	other = chance.choice(chance.choice(people).emails)
	target = (f"(SELECT contact_id FROM contacts.identifier WHERE account_id = 3"
			  f" AND value = {quote(email)})")
	where = f"WHERE account_id = 3 AND contact_id = {target}"
	return chance.choice([
		f"INSERT INTO contacts.contact (account_id, email, name)"
		f" VALUES (3, {quote(messy_email(chance, email))}, 'plain {number}')",
		f"INSERT INTO contacts.contact (account_id, phone) VALUES (3, {quote(phone)})",
		f"UPDATE contacts.contact SET email = {quote(messy_email(chance, other))} {where}",
		f"UPDATE contacts.contact SET phone = {quote(messy_phone(chance, phone))} {where}",
		f"UPDATE contacts.contact SET name = 'plain {number}', company = 'Acme {number}' {where}",
		f"UPDATE contacts.contact SET phone = NULL, status = 'qualified' {where}",
		f"UPDATE contacts.contact SET deleted_at = now() {where}",
		f"DELETE FROM contacts.contact {where}",
		f"SELECT contacts.update_contact({target}, {quote({'email': other})})",
		f"SELECT contacts.create_contact(email => {quote(other)}, phone => {quote(phone)})",
		f"SELECT contacts.upsert_contact(email => {quote(other)}, phone => {quote(phone)},"
		f" tags => '{{a,b}}')",
		f"SELECT contacts.add_identifier({target}, 'phone', {quote(phone)}, true)",
		f"SELECT contacts.remove_identifier({target}, 'email', {quote(email)})",
		f"SELECT contacts.set_primary_identifier({target}, 'email', {quote(email)})",
		"UPDATE contacts.contact SET deleted_at = NULL WHERE account_id = 3 AND contact_id ="
		" (SELECT max(contact_id) FROM contacts.contact WHERE account_id = 3"
		" AND deleted_at IS NOT NULL)",
		f"SELECT contacts.set_status(ARRAY[{target}], 'disqualified')",
	])


# 23505: the key is taken; P0002, 22023: the contact of the key is gone, or there is none
PLAIN_ERRORS = {'00000', '23505', 'P0002', '22023'}


def check_mixed(tally, one_round, calls, stored):
	states = collections.Counter(state for label, state in one_round.states.items()
								 if label[0] == 'p')
	tally.check(set(states) <= PLAIN_ERRORS, 'mixed: plain SQL fails only for a taken or missing key',
				dict(states), *[text for text in one_round.texts if 'ERROR' in text and not any(
					state in text for state in PLAIN_ERRORS)][:5])
	stored_ids = set(stored.activities)
	lost = [one.arguments for one in calls if one.result['activity_id'] not in stored_ids]
	tally.check(not lost and len(stored_ids) == len(calls), 'mixed: no activity is lost', lost[:3])
	dangling = [row for row in stored.activities.values()
				if row['contact_id'] and row['contact_id'] not in stored.contacts]
	tally.check(not dangling, 'mixed: no activity points nowhere', dangling[:3])
	created = collections.Counter(one.result['contact_id'] for one in calls
								  if one.result['outcome'] == 'created')
	tally.check(set(created.values()) <= {1}, 'mixed: nobody is created twice')
	print(f"   mixed: {len(calls)} activities, plain SQL answered {dict(states)}")


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--seed', type=int)
	options = parser.parse_args()
	seed = seed_of(options.seed)
	chance = random.Random(seed)
	sessions, per_session, population = (8, 2000, 500) if options.full else (8, 400, 100)
	people = [Person(n, chance) for n in range(population)]
	tally = Tally()
	session = Session()

	with tempfile.TemporaryDirectory() as folder:
		for account, name in enumerate(('single', 'batches', 'mixed'), start=1):
			calls = make_calls(chance, people, sessions * per_session)
			one_round = Round(name, account, sessions)
			for number in range(sessions):
				mine = calls[number::sessions]
				if name == 'batches':
					for first in range(0, len(mine), BATCH):
						one_round.add(number, f"c{first}-{number}",
									  batch_call(mine[first:first + BATCH]))
					continue
				for one in mine:
					if name == 'mixed':
						loosen(one, chance)
					one_round.add(number, f"c{one.number}", single_call(one))
					if name == 'mixed':
						one_round.add(number, f"p{one.number}",
									  plain_statement(chance, people, one.number))
			start = time.monotonic()
			one_round.run(folder)
			seconds = time.monotonic() - start
			stored = Stored(session, account)
			if take_results(tally, one_round, calls):
				if name == 'mixed':
					check_mixed(tally, one_round, calls, stored)
				else:
					check_rules(tally, name, calls, stored)
					check_people(tally, name, people, calls, stored)
				check_shown(tally, name, stored)
			healthy(session, tally, account)
			print(f"   {name}: {seconds:.1f} s")
	tally.finish()


if __name__ == '__main__':
	main()
