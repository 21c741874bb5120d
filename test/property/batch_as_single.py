#!/usr/bin/env python3
"""batch_as_single.py: a batch gives exactly the result of the same calls one by one (R33).

	batch_as_single.py              550 random batches
	batch_as_single.py --rounds N   three batches a round
	batch_as_single.py --seed N     the same batches as another run

A round has two accounts of its own, set up alike: settings, fields, members, blocked identifiers,
page views.  Each batch goes into the first account by record_activities and into the second one by
record_activity for each item, in one transaction, so that even the times agree.  Then the answers
and all tables of the two accounts must be the same, once ids are replaced by their rank.  Between
batches both accounts see the same plain edits.

Few e-mails, phones, cookies, external ids and source_refs make conflicts frequent.  A round that
differs is made smaller, item by item and key by key, before it is printed.
"""
import argparse
import copy
import json
import random
import re

from session import Failed, Session, Tally, quote, seed_of

HELPER = """
CREATE OR REPLACE FUNCTION one_by_one(items jsonb, account bigint)
RETURNS TABLE (item integer, activity_id bigint, contact_id bigint, outcome contacts.outcome,
			   matched_by contacts.identifier_kind, duplicate_of bigint, error text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	one jsonb;
	arguments text;
BEGIN
	item := 0;
	FOR one IN SELECT value FROM jsonb_array_elements(items) LOOP
		item := item + 1;
		SELECT string_agg(format('%I => %L', key, value #>> '{}'), ', ') INTO arguments
		FROM jsonb_each(one);
		activity_id := NULL; contact_id := NULL; outcome := NULL; matched_by := NULL;
		duplicate_of := NULL; error := NULL;
		BEGIN
			EXECUTE format('SELECT r.* FROM contacts.record_activity(%s, account_id => %s) r',
						   arguments, account)
			INTO activity_id, contact_id, outcome, matched_by, duplicate_of;
		EXCEPTION WHEN OTHERS THEN
			error := sqlerrm;
		END;
		RETURN NEXT;
	END LOOP;
END $$
"""

# What is compared: a query per table; ids become ranks in rename().
TABLES = {
	'contact': "contacts.contact WHERE account_id = {} ORDER BY contact_id",
	'identifier': "contacts.identifier WHERE account_id = {} ORDER BY kind, value",
	'activity': "contacts.activity WHERE account_id = {} ORDER BY activity_id",
	'duplicate': "contacts.duplicate WHERE account_id = {} ORDER BY contact_id, other_id",
	'status_change': "contacts.status_change WHERE account_id = {} ORDER BY status_change_id",
	'tag': "contacts.tag WHERE account_id = {} ORDER BY tag_id",
	'contact_tag': "contacts.contact_tag WHERE account_id = {} ORDER BY contact_id, tag_id",
	'page_view': "contacts.page_view WHERE account_id = {} ORDER BY page_view_id",
}
RANKED = {'contact_id': 'contact', 'other_id': 'contact', 'merged_into': 'contact',
		  'duplicate_of': 'contact', 'activity_id': 'activity', 'tag_id': 'tag',
		  'status_change_id': 'status_change', 'page_view_id': 'page_view'}

EMAILS = ['a@x.example', 'B@x.example ', 'mailto:c@x.example', 'D <d@x.example>',
		  'blocked@x.example', 'none', '']
PHONES = ['+1 415 200 0001', '+14152000002', '(415) 200-0003', '+1 415-200-0001 ext. 7',
		  '+1 800 253 0000', '0000000000', ' ']
EXTERNALS = ['crm:1', 'crm:2', 'erp:1', ' crm:1 ', '']
VISITORS = ['v1', 'v2', 'v3', ' v1 ', 'null']
NAMES = ['Ann', '  Ann   Lee ', 'Bob', '', ' ']
TIMES = [f"2026-0{month}-01T10:00:00Z" for month in range(1, 7)] + ['2099-01-01T00:00:00Z']
FIELDS = [{}, {'size': 5}, {'size': '7'}, {'size': None}, {'plan': 'gold'},
		  {'plan': 'free', 'size': 1}, {'likes': ['tea']}, {'likes': ['tea', 'jam']},
		  {'note': ' x '}, {'note': ''}]
BROKEN = [{'email': 'no address'}, {'phone': '12'}, {'timezone': 'Mars/Base'}, {'status': 'best'},
		  {'state': 'odd'}, {'region': 'xx'}, {'fields': {'size': 'many'}}, {'fields': {'nofield': 1}},
		  {'kind': ' '}, {'kind': None}, {'assigned_to': 99}, {'nokey': 'x'}, {'on_invalid': 'odd'},
		  {'starts_at': '2026-02-02T00:00Z', 'ends_at': '2026-02-01T00:00Z'},
		  {'external_id': 'nosystem'}, {'name': 'x' * 1001}]


def random_item(chance):
	item = {'kind': chance.choice(['form', 'booking', 'chat'])}

	def maybe(probability, key, values):
		if chance.random() < probability:
			item[key] = chance.choice(values)

	maybe(0.5, 'email', EMAILS)
	maybe(0.4, 'phone', PHONES)
	maybe(0.3, 'external_id', EXTERNALS)
	maybe(0.3, 'visitor', VISITORS)
	maybe(0.5, 'name', NAMES)
	maybe(0.3, 'company', ['Acme', ' acme  inc', None])
	maybe(0.2, 'timezone', ['Europe/Berlin', 'utc', ''])
	maybe(0.3, 'fields', FIELDS)
	maybe(0.3, 'status', ['qualified', 'sales_qualified', 'disqualified', None])
	maybe(0.7, 'occurred_at', TIMES)
	maybe(0.4, 'source', ['web', 'cal', None])
	maybe(0.4, 'source_ref', ['1', '2', '3'])
	maybe(0.2, 'title', ['T1', 'T2', None])
	maybe(0.2, 'data', [{}, {'a': 1}, {'a': 2, 'b': None}, {'b': {'c': [1]}}])
	maybe(0.3, 'state', ['scheduled', 'active', 'completed', 'cancelled'])
	maybe(0.2, 'starts_at', ['2026-03-01T10:00Z', '2026-03-01T11:00Z', '2026-03-01T14:00Z'])
	maybe(0.2, 'ends_at', ['2026-03-01T12:00Z', '2026-03-01T13:00Z', '2026-03-01T15:00Z'])
	maybe(0.1, 'calendar', ['google', 'other'])
	maybe(0.1, 'assigned_to', [1, 2, None])
	maybe(0.2, 'region', ['US', 'ZZ', 'DE', None])
	maybe(0.2, 'on_invalid', ['keep', 'error'])
	if chance.random() < 0.1:
		item.update(chance.choice(BROKEN))
	return item


def random_edit(chance):
	"""A statement with {account}, or nothing."""
	some = ("(SELECT contact_id FROM contacts.contact WHERE account_id = {account}"
			f" ORDER BY contact_id OFFSET {chance.randrange(4)} LIMIT 1)")
	where = f"WHERE account_id = {{account}} AND contact_id = {some}"
	return chance.choice([
		None, None, None,
		f"UPDATE contacts.contact SET email = NULL {where}",
		f"UPDATE contacts.contact SET phone = NULL, name = 'Edited' {where}",
		f"UPDATE contacts.contact SET deleted_at = now() {where}",
		f"DELETE FROM contacts.contact {where}",
		f"UPDATE contacts.contact SET email = 'new' || contact_id - contact_id || '@x.example' {where}",
	])


def random_round(chance):
	return {
		'phone_match': chance.choice(['always', 'always', 'fill', 'never']),
		'unknown_fields': chance.choice(['refuse', 'refuse', 'keep']),
		'region': chance.choice([None, 'US']),
		'batches': [{'items': [random_item(chance) for _ in range(chance.choice([1, 2, 5, 12, 30]))],
					 'edit': random_edit(chance)} for _ in range(3)],
	}


def prepare(session, case, account):
	session.ask(f"""
		SELECT contacts.set_account(phone_match => {quote(case['phone_match'])},
			unknown_fields => {quote(case['unknown_fields'])},
			default_region => {quote(case['region'])}, account_id => {account});
		SELECT contacts.define_field('size', 'number', account_id => {account});
		SELECT contacts.define_field('plan', 'dropdown', options => '{{free,gold}}',
									 account_id => {account});
		SELECT contacts.define_field('likes', 'multi_select', options => '{{tea,jam}}',
									 account_id => {account});
		SELECT contacts.define_field('note', 'text', account_id => {account});
		INSERT INTO contacts.member (account_id, member_id, name)
			VALUES ({account}, 1, 'One'), ({account}, 2, 'Two');
		INSERT INTO contacts.blocked_identifier (account_id, kind, value)
			VALUES ({account}, 'email', 'blocked@x.example');
		INSERT INTO contacts.page_view (account_id, visitor, url, viewed_at)
			VALUES ({account}, 'v1', '/a', '2026-01-01'), ({account}, 'v2', '/b', '2026-01-01')""")


def answers(session, query):
	return session.rows(query + ' ORDER BY item')


def state(session, account, answer):
	"""The answers and tables of an account, ids replaced by ranks."""
	tables = {name: session.rows(f"SELECT * FROM {where.format(account)}")
			  for name, where in TABLES.items()}
	ranks = {}
	for name in set(RANKED.values()):
		column = name + '_id'
		ids = {row[column] for row in tables[name]} | {
			row[column] for row in answer if row.get(column)}
		ranks[name] = {one: rank for rank, one in enumerate(sorted(ids), start=1)}
	tables['answer'] = [dict(row, error=row['error'] is not None) for row in answer]
	for rows in tables.values():
		for row in rows:
			row.pop('account_id', None)
			for column, name in RANKED.items():
				if row.get(column) is not None:
					row[column] = ranks[name].get(row[column], 'gone')
	return tables


def difference(batch, single):
	"""The first rows that differ, as text; None when nothing does."""
	for name in ('answer', *TABLES):
		for number in range(max(len(batch[name]), len(single[name]))):
			left = batch[name][number] if number < len(batch[name]) else None
			right = single[name][number] if number < len(single[name]) else None
			if left == right:
				continue
			keys = [key for key in (left or right) if left is None or right is None
					or left.get(key) != right.get(key)]
			return (f"{name} row {number + 1}: batch "
					f"{ {k: left[k] for k in keys} if left else 'has none'}, one by one "
					f"{ {k: right[k] for k in keys} if right else 'has none'}")
	return None


class Trial:
	"""Plays rounds, each in a new pair of accounts."""

	def __init__(self, session):
		self.session = session
		self.account = 0
		self.batches = self.items = self.failed = 0

	def play(self, case):
		"""What differs, or None."""
		first, second = self.account + 1, self.account + 2
		self.account += 2
		for account in (first, second):
			prepare(self.session, case, account)
		for number, batch in enumerate(case['batches'], start=1):
			problem = self.play_batch(batch, first, second)
			if problem:
				return f"batch {number}: {problem}"
		return None

	def play_batch(self, batch, first, second):
		session = self.session
		items = quote(batch['items'])
		session.warnings.clear()
		self.batches += 1
		self.items += len(batch['items'])
		session.ask('BEGIN')
		try:
			single = answers(session, f"SELECT * FROM one_by_one({items}, {second})")
			together = answers(session, "SELECT * FROM contacts.record_activities("
							   f"{items}, 'report', account_id => {first})")
			session.ask('COMMIT')
			self.failed += sum(row['error'] is not None for row in together)
		except Failed as error:
			session.ask('ROLLBACK')
			return f"error {error.sqlstate}: {str(error)[:300]}"
		if session.warnings:
			return session.warnings[0]
		problem = difference(state(session, first, together), state(session, second, single))
		if problem is None and batch['edit']:
			problem = self.edit(batch['edit'], first, second)
		return problem

	def edit(self, statement, first, second):
		"""The same change of both accounts at the same time, unless a key is taken."""
		states = []
		self.session.ask('BEGIN')
		for account in (first, second):
			self.session.ask('SAVEPOINT edit')
			try:
				self.session.ask(statement.format(account=account))
				states.append('00000')
			except Failed as error:
				self.session.ask('ROLLBACK TO edit')
				states.append(error.sqlstate)
		self.session.ask('COMMIT')
		if states not in (['00000', '00000'], ['23505', '23505']):
			return f"edit: {states}"
		return None

	def smaller(self, case, budget=400):
		"""A case with the same kind of failure and as little else as possible."""
		kind = kind_of(self.play(case))
		changed = True
		while changed:
			changed = False
			for candidate in reductions(case):
				budget -= 1
				if budget == 0:
					return case
				if kind_of(self.play(candidate)) == kind:
					case = candidate
					changed = True
					break
		return case


def kind_of(problem):
	"""A problem without its numbers and values: the table and the columns that differ."""
	return problem and re.findall(r"[a-z_]+ row|'[a-z_]+':|error \w+|has none", problem)


def reductions(case):
	for number in range(len(case['batches'])):
		if len(case['batches']) > 1:
			less = copy.deepcopy(case)
			del less['batches'][number]
			yield less
	for number, batch in enumerate(case['batches']):
		if batch['edit']:
			less = copy.deepcopy(case)
			less['batches'][number]['edit'] = None
			yield less
		half = len(batch['items']) // 2
		for start, stop in [(0, half), (half, len(batch['items']))] + [
				(one, one + 1) for one in range(len(batch['items']))]:
			if stop > start and stop - start < len(batch['items']):
				less = copy.deepcopy(case)
				del less['batches'][number]['items'][start:stop]
				yield less
	for number, batch in enumerate(case['batches']):
		for item in range(len(batch['items'])):
			for key in batch['items'][item]:
				if key != 'kind':
					less = copy.deepcopy(case)
					del less['batches'][number]['items'][item][key]
					yield less


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument('--rounds', type=int, default=184)
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--seed', type=int)
	options = parser.parse_args()
	seed = seed_of(options.seed)
	session = Session()
	session.ask(HELPER)
	tally = Tally()
	trial = Trial(session)
	last = 0
	for number in range(options.rounds * (10 if options.full else 1)):
		case = random_round(random.Random(f"{seed}/{number}"))
		problem = trial.play(case)
		last = trial.account
		if not tally.check(problem is None, f"round {number} of seed {seed}", problem):
			if tally.failed <= 3:
				case = trial.smaller(case)
				print('    smaller:', trial.play(case), '\n    ', json.dumps(case))
	problems = session.rows(f"SELECT account, p.* FROM generate_series(1, {last}) account,"
							" LATERAL contacts.check(account) p LIMIT 5")
	tally.check(not problems, f"check() of {last} accounts is empty", *problems)
	print(f"   {trial.batches} batches, {trial.items} items, {trial.failed} of them refused")
	tally.finish()


if __name__ == '__main__':
	main()
