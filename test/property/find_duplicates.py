#!/usr/bin/env python3
"""Finds planted duplicates among generated people: recall and precision, by kind (R46).

20 000 people whose names, companies and providers repeat as they do in life, some of them families
with one phone; 5 % of them twice: with a slip in the name, names swapped, another e-mail, another
spelling of the mailbox, or in a new company.
"""
import argparse
import bisect
import itertools
import random
import time

from session import Session, Tally, quote, seed_of

SYLLABLES = ('ba be bo da di do fa ga go ha hi jo ka ke ko la le li lo ma me mi mo na ne ni pa pe ra '
			 're ri ro sa se si so ta te ti to va ve vi wa an en in on ar er el al os es').split()
ENDINGS = ['', 'son', 'man', 'berg', 'ton', 'field', 'ley', 'ster']
LINES = ['Foods', 'Design', 'Media', 'Systems', 'Logistics', 'Bank', 'Health', 'Energy']
FORMS = ['', ' Ltd', ' Inc', ' GmbH', ' Group']
FREE = ['gmail.com'] * 5 + ['yahoo.com', 'hotmail.com', 'outlook.com', 'gmx.de']
KINDS = ['slip', 'swapped', 'same phone', 'same mailbox', 'moved']
LEAST = 0.95


class World:
	def __init__(self, chance, size):
		self.chance = chance
		self.first = self.lasting(300, 2, [''])
		self.last = self.lasting(4000, 2, ENDINGS)
		companies = self.lasting(size // 40, 3, [''])
		self.company = lambda: companies() and f"{companies().capitalize()} {chance.choice(LINES)}"
		self.used = set()

	def lasting(self, count, syllables, endings):
		"""A way to draw from so many words, some far more often than others."""
		words = set()
		while len(words) < count:
			words.add(''.join(self.chance.choice(SYLLABLES) for _ in range(syllables))
					  + self.chance.choice(endings))
		words = sorted(words)
		weights = list(itertools.accumulate(1 / (place + 3) ** 0.7 for place in range(count)))
		return lambda: words[bisect.bisect(weights, self.chance.random() * weights[-1])]

	def fresh(self, make):
		while True:
			value = make()
			local, at, domain = value.partition('@')
			mailbox = local.replace('.', '') + at + domain  # as gmail reads it
			if mailbox not in self.used:
				self.used.add(mailbox)
				return value

	def phone(self):
		return self.fresh(lambda: '+1415' + str(self.chance.randrange(2000000, 9999999)))

	def email(self, first, last, company):
		def make():
			number = self.chance.choice(['', str(self.chance.randrange(1, 9999))])
			local = self.chance.choice([f'{first}.{last}', first[0] + last, first + last, first])
			domain = self.chance.choice(FREE)
			if company and self.chance.random() < 0.5:
				domain = company.lower().replace(' ', '') + '.example'
			return f'{local}{number}@{domain}'
		return self.fresh(make)

	def slip(self, word):
		at = self.chance.randrange(len(word) - 1)
		letter = self.chance.choice('abcdefghijklmnopqrstuvwxyz')
		changed = self.chance.choice([
			word[:at] + letter + word[at + 1:], word[:at] + word[at + 1:],
			word[:at] + letter + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2:]])
		return changed if changed != word else self.slip(word)


def person(world, before):
	"""Some share surname and phone with the one before: a family."""
	chance = world.chance
	one = {'first': world.first(), 'last': world.last(), 'company': world.company(),
		   'phone': world.phone() if chance.random() < 0.85 else None}
	if before and before['phone'] and chance.random() < 0.03:
		one['last'], one['phone'] = before['last'], before['phone']
	one['email'] = world.email(one['first'], one['last'], one['company'])
	return one


def twin(world, one, kind):
	"""The same person once more; what the kind needs is given to the first record too."""
	chance = world.chance
	other = dict(one, email=world.email(one['first'], one['last'], one['company']))
	if kind == 'slip':
		word = chance.choice(['first', 'last'])
		other[word] = world.slip(one[word])
	if kind in ('same phone', 'moved') and not one['phone']:
		one['phone'] = other['phone'] = world.phone()
	if kind in ('slip', 'swapped', 'same mailbox') and chance.random() < 0.5:
		other['phone'] = None
	if kind == 'swapped':
		other['first'], other['last'] = one['last'], one['first']
	if kind == 'same mailbox':
		one['email'] = world.fresh(lambda: f"{one['first']}.{one['last']}"
								   f"{chance.randrange(99999)}@gmail.com")
		local = one['email'].split('@')[0]
		other['email'] = chance.choice([local.replace('.', '') + '@gmail.com',
										local + '+news@gmail.com', local + '@googlemail.com'])
	if kind == 'moved':
		other['company'] = world.company()
		other['email'] = world.email(one['first'], one['last'], other['company'])
	return other


def plant(world, size):
	"""People, and which pairs of them (counted from 1) are the same, with the kind of each."""
	people, planted = [], {}
	for _ in range(size * 20 // 21):
		people.append(person(world, people[-1] if people else None))
	for number in world.chance.sample(range(len(people)), size // 21):
		kind = world.chance.choice(KINDS)
		people.append(twin(world, people[number], kind))
		planted[number + 1, len(people)] = kind
	return people, planted


def row(world, number, one, account=1):
	chance = world.chance
	phone = one['phone']
	if phone:
		area, office, line = phone[2:5], phone[5:8], phone[8:]
		phone = chance.choice([phone, f'({area}) {office}-{line}', f'+1 {area} {office} {line}',
							   f'{phone} ext. {chance.randrange(10, 99)}'])
	values = [account, number, f"{one['first'].capitalize()} {one['last'].capitalize()}", one['email'],
			  phone, one['company'] + chance.choice(FORMS)]
	return '(' + ', '.join(quote(value) for value in values) + ')'


def write(session, rows):
	"""Past the triggers: what is wanted is two contacts, not one."""
	session.ask('SET session_replication_role = replica')
	rows = iter(rows)
	while portion := list(itertools.islice(rows, 2000)):
		session.ask('INSERT INTO contacts.contact (account_id, contact_id, name, email, phone, '
					'company) VALUES ' + ', '.join(portion))
	session.ask('SET session_replication_role = origin')
	session.ask('ANALYZE contacts.contact')


def judge(tally, found, planted, how):
	right = found & planted.keys()
	for kind in KINDS:
		pairs = {pair for pair in planted if planted[pair] == kind}
		print(f'{how}: {kind}: recall {len(right & pairs) / len(pairs):.3f} of {len(pairs)}')
	recall, precision = len(right) / len(planted), len(right) / max(len(found), 1)
	print(f'{how}: recall {recall:.4f}, precision {precision:.4f}', flush=True)
	tally.check(recall >= LEAST, f'{how}: recall', recall)
	tally.check(precision >= LEAST, f'{how}: precision', precision)


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument('--size', type=int, default=20000)
	parser.add_argument('--seed', type=int)
	options = parser.parse_args()
	world = World(random.Random(seed_of(options.seed)), options.size)
	people, planted = plant(world, options.size)
	tally, session = Tally(), Session()
	write(session, (row(world, number, one) for number, one in enumerate(people, 1)))
	started = time.time()
	found = {(pair['contact_id'], pair['other_id']) for pair in session.rows(
		'SELECT contact_id, other_id FROM contacts.find_duplicates(max_pairs => 1000000)')}
	print(f'{len(people)} people in {time.time() - started:.2f} s')
	judge(tally, found, planted, 'all')

	# each contact by itself: the index leads to the same pairs
	session.ask('TRUNCATE contacts.duplicate')
	sample = dict(world.chance.sample(sorted(planted.items()), min(300, len(planted))))
	single = {(pair['contact_id'], pair['other_id']) for pair in session.rows(
		'SELECT DISTINCT f.contact_id, f.other_id FROM unnest(' + quote(
			'{' + ','.join(str(pair[1]) for pair in sample) + '}') + '::bigint[]) AS i,'
		' LATERAL contacts.find_duplicates(contact_id => i) AS f')}
	hits = len(single & sample.keys()) / len(sample)
	print(f'one by one: recall {hits:.4f}')
	tally.check(hits >= 0.9, 'one by one: recall', hits)
	tally.check(not single - found - planted.keys() or
				len(single - planted.keys()) <= 0.05 * len(single) + 1, 'one by one: precision',
				single - planted.keys())
	tally.finish()


if __name__ == '__main__':
	main()
