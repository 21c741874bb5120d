#!/usr/bin/env python3
"""What two contacts agree in less never makes them more alike: the score is monotonic (R46).

Random pairs of one person among strangers, of several scripts. One thing in which they agree after
the other gets worse: a word of the name misspelt, shortened, missing or another; an address, company
or field blank, misspelt or another; generations that contradict each other. The score never rises,
and is the same in a search for one contact and in one for all.
"""
import argparse
import random

from session import Session, Tally, quote, seed_of

FIRST = ('Anna Maria Peter Paul John Robert Bob William Bill Katherine Kate Alexander Alex Sascha Jose '
		 'Pepe Giovanni Gianni Marie Ann Jo Li Elizabeth Henrietta Bartholomew Christopher').split()
LAST = ('Smith Miller Meier Schmidt Garcia Lopez Rossi Li Ng Winterbottom Abernathy Koch Wolf Zuckerbrot '
		'Quartermain Smyth Jones').split()
RUSSIAN = 'Иванов Петров Кузнецова Саша Александр Мария Наталья Дмитрий Дима'.split()
CHINESE = '李王張陳林黃吳小大龍明華英文國建志偉'
JAPANESE = '鈴木 一郎,佐藤 花子,高橋 健太,田中 美咲,スズキ ケン'.split(',')
KOREAN = '김민수 이영희 박지훈 최수진'.split()
LETTERS = {'latin': 'abcdefghijklmnopqrstuvwxyz', 'russian': 'абвгдежзиклмнопрст'}
SHORT = {'Robert': 'Bob', 'William': 'Bill', 'Katherine': 'Kate', 'Alexander': 'Sascha', 'Jose': 'Pepe',
		 'Giovanni': 'Gianni', 'Александр': 'Саша', 'Дмитрий': 'Дима', 'Christopher': 'Kit'}
CITIES = {'Springfield': '10001', 'Riverton': '20002', 'Lakeside': '30003', 'Oakham': '40004'}
COMPANIES = ['Acme Foods', 'Globex Media', 'Initech Systems', 'Umbrella Health', 'Acme Design', None]
STREETS = ['Main Street', 'High Street', 'Pudding Lane', 'Rue du Bac', 'Elsewhere Alley']
GENERATIONS = [('Sr.', 'Jr.'), ('Senior', 'Junior'), ('II', 'III'), ('sen.', 'jun.'), ('père', 'fils'),
			   ('Jr', 'IV')]
DETAILS = ['email', 'phone', 'company']
FIELDS = ['street', 'city', 'postcode', 'born', 'size']
STRANGERS = 90
LEAST = 1e-5  # a score below is as good as none
MOST = 1e-6   # a score is a real


def person(chance):
	city = chance.choice(list(CITIES))
	kind = chance.random()
	if kind < 0.6:
		words = [chance.choice(FIRST), chance.choice(LAST)]
		if chance.random() < 0.3:
			words.insert(1, chance.choice(FIRST + LAST))
	elif kind < 0.75:
		words = chance.sample(RUSSIAN, 2)
	elif kind < 0.88:
		words = chance.sample(CHINESE, chance.choice([2, 3, 3, 4]))
	else:
		words = list(chance.choice(JAPANESE + KOREAN).replace(' ', ''))
	one = {'words': words, 'script': 'latin' if kind < 0.6 else 'russian' if kind < 0.75 else 'letters',
		   'company': chance.choice(COMPANIES), 'city': city, 'postcode': CITIES[city],
		   'street': f'{chance.randrange(1, 40)} {chance.choice(STREETS)}',
		   'born': f'{chance.randrange(1930, 2005)}-{chance.randrange(1, 13):02d}-11',
		   'size': chance.randrange(1, 12), 'phone': f'+1415{chance.randrange(2000000, 9999999)}'}
	local = '.'.join(words).lower() if kind < 0.6 and chance.random() < 0.6 else 'wolf%d' % (
		chance.randrange(9999))
	one['email'] = f"{local}@{chance.choice(['gmail.com', 'acme.example', 'globex.example'])}"
	blank = chance.choice([0.2, 0.7, 0.9, 1])  # too much that agrees leaves nothing to see below 1
	for key in DETAILS + FIELDS:
		if chance.random() < blank:
			one[key] = None
	return one


def name_of(one):
	if not one['words']:
		return None
	return ('' if one['script'] == 'letters' else ' ').join(one['words'] + one.get('generation', []))


def values(one):
	fields = {key: one[key] for key in FIELDS if one[key] is not None}
	return ', '.join(quote(value) for value in (name_of(one), one['email'], one['phone'],
												one['company'], fields))


def slip(chance, text, letters):
	at = chance.randrange(len(text))
	return chance.choice([text[:at] + chance.choice(letters) + text[at + 1:], text[:at] + text[at + 1:],
						  text[:at] + chance.choice(letters) + text[at:],
						  text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]])


def worse_word(chance, word, script, others):
	"""The word spelled worse, or None where it is missing."""
	if script == 'letters':
		return chance.choice([None, chance.choice(CHINESE)])
	letters = LETTERS[script]
	small = word.lower()
	return chance.choice([None, slip(chance, small, letters), slip(chance, small, letters),
						  SHORT.get(word, small[:4]), small[:3], small[0] + '.', chance.choice(others)])


def worsen(chance, pair, fresh):
	"""Makes the second of the pair agree in one thing less; returns what was done, or None."""
	one, other = pair
	kind = chance.choice(['word', 'word', 'word', 'detail', 'field', 'generation'])
	if kind == 'generation':
		if 'generation' in one or one['script'] != 'latin' or len(one['words']) < 2 or not other['words']:
			return None
		words = chance.choice(GENERATIONS)
		one['generation'], other['generation'] = chance.choice([words, words[::-1], ('', words[1])])
		one['generation'] = [one['generation']] if one['generation'] else []
		other['generation'] = [other['generation']]
		return f"generation {one['generation']} {other['generation']}"
	if kind == 'word':
		if len(fresh['words']) == 0 or ('generation' in one and len(other['words']) == 1):
			return None
		word = chance.choice(fresh['words'])
		fresh['words'].remove(word)
		at = other['words'].index(word)
		beginnings = {w[0] for w in one['words']}  # another word that is like none of them
		others = [w for w in (FIRST + LAST if one['script'] == 'latin' else RUSSIAN)
				  if w[0] not in beginnings and w not in SHORT.values() and w not in SHORT]
		worse = worse_word(chance, word, one['script'], others)
		if worse and worse.strip('.').lower() in [w.lower() for w in one['words'] + other['words']]:
			return None
		other['words'][at:at + 1] = [worse] if worse else []
		return f'word {word} -> {worse}'
	keys = [key for key in (DETAILS if kind == 'detail' else FIELDS) if key in fresh['keys']]
	if not keys:
		return None
	key = chance.choice(keys)
	fresh['keys'].remove(key)
	other[key] = chance.choice([None, person(chance)[key], person(chance)[key]])
	if key in ('street', 'city', 'company') and chance.random() < 0.4:
		other[key] = slip(chance, one[key], LETTERS['latin'])
	if key == 'born' and chance.random() < 0.4:
		other[key] = f"{one['born'][:8]}{chance.randrange(12, 28)}"
	return None if other[key] == one[key] else f'{key} {one[key]} -> {other[key]}'


class Scores:
	def __init__(self, session, chance):
		self.session = session
		self.ids = (1, 2)
		for key, kind in (('street', 'text'), ('city', 'text'), ('postcode', 'text'), ('born', 'date'),
						  ('size', 'number')):
			session.ask(f"SELECT contacts.define_field('{key}', '{kind}')")
		session.ask('SET session_replication_role = replica')  # two contacts, not one
		session.ask('INSERT INTO contacts.contact (account_id, contact_id, name, email, phone, company, '
					'fields) VALUES ' + ', '.join(
						f'(1, {number}, {values(person(chance))})' for number in range(1, STRANGERS + 1)))

	def score(self, pair, arguments):
		"""Of the pair; 0 when it is not found.  Nothing is kept."""
		writes = ''.join('UPDATE contacts.contact SET (name, email, phone, company, fields) = '
						 f'ROW({values(one)}) WHERE account_id = 1 AND contact_id = {number};\n'
						 .replace("}'", "}'::jsonb") for number, one in zip(self.ids, pair))
		found = self.session.ask(f'BEGIN;\n{writes}SELECT score FROM contacts.find_duplicates('
								 f'min_score => {LEAST}, {arguments})'
								 ' WHERE contact_id = 1 AND other_id = 2;\nROLLBACK')
		return float(found[0]) if found else 0.0


def look(tally, chance, scores):
	"""One pair, made worse step by step; returns the number of steps."""
	one = person(chance)
	pair = [one, dict(one, words=list(one['words']))]
	fresh = {'words': list(one['words']), 'keys': {key for key in DETAILS + FIELDS if one[key] is not None}}
	told = [f'{name_of(one)} {one}']
	before, steps = scores.score(pair, 'contact_id => 1'), 0
	for _ in range(chance.randrange(3, 9)):
		done = worsen(chance, pair, fresh)
		if done is None:
			continue
		told.append(f'{before:.9g}; {done}')
		after = scores.score(pair, f'contact_id => {chance.choice(scores.ids)}')
		tally.check(after <= max(before, LEAST) * (1 + MOST), 'the score rises', told + [after])
		if chance.random() < 0.1:
			of_all = scores.score(pair, 'max_pairs => 100000')
			tally.check(of_all in (0.0, after), 'one score for a search of one and of all',
						told + [after, of_all])
		before, steps = after, steps + 1
	return steps


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument('--steps', type=int, default=2200)
	parser.add_argument('--seed', type=int)
	options = parser.parse_args()
	chance = random.Random(seed_of(options.seed))
	tally, steps = Tally(), 0
	scores = Scores(Session(), chance)
	while steps < options.steps:
		steps += look(tally, chance, scores)
	tally.finish()


if __name__ == '__main__':
	main()
