#!/usr/bin/env python3
"""merge.py: merging, undoing it, deleting, restoring and purging random contacts (R42-R45, R51, R52).

	merge.py             20 random accounts
	merge.py --full      1000
	merge.py --cases N   N
	merge.py --seed N    the same accounts as another run
	merge.py --only N    one case of them

Each case is an account of its own with eight contacts that have some of everything: details, custom
fields of all types, identifiers, tags, activities, page views, pairs to review, and rows in tables
of the user's own that refer to contacts.  Ids are the same in every account, so that a statement
without its account would hit the neighbours.  Each part leaves the account as it found it, down to
the last byte, and that is what is checked; then it is the next one's turn:

  - a merge that must fail fails as documented, and changes nothing (R41, R42);
  - a merge does what an independent model of R42 says, and what its preview said (R43), and is
    taken back (R45);
  - a chain of merges is taken back last one first, and in no other order (R44, R45);
  - of two merges side by side either is taken back first (R45, R46);
  - a deleted contact comes back as it was (R51);
  - contacts are merged, used, and taken apart: what came after stays, what moved goes home (R45);
  - an identifier taken meanwhile stays with its new owner and makes a pair (R51);
  - a purged contact leaves its activities behind (R52).

Times of change (updated_at) may differ, and what is only ever added to: history, events, merges.
"""
import argparse
import collections
import json
import random

from session import Failed, Session, Tally, call, healthy, quote, seed_of

SHOP = """
CREATE SCHEMA shop;
CREATE TABLE shop.invoice (account_id bigint, invoice_id bigint, contact_id bigint, payer_id bigint,
	amount numeric, PRIMARY KEY (account_id, invoice_id),
	FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact (account_id, contact_id),
	FOREIGN KEY (account_id, payer_id) REFERENCES contacts.contact (account_id, contact_id));
CREATE TABLE shop.seat (account_id bigint, contact_id bigint, room integer, note text,
	PRIMARY KEY (account_id, contact_id, room),
	FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact (account_id, contact_id));
CREATE TABLE shop.profile (account_id bigint, contact_id bigint, note text,
	PRIMARY KEY (account_id, contact_id),
	FOREIGN KEY (account_id, contact_id) REFERENCES contacts.contact (account_id, contact_id));
CREATE INDEX ON shop.invoice (account_id, contact_id);
CREATE INDEX ON shop.invoice (account_id, payer_id);
CREATE ROLE {role};
GRANT USAGE ON SCHEMA contacts TO {role};
SELECT setval('contacts.contact_contact_id_seq', 1000), setval('contacts.activity_activity_id_seq', 1000),
	setval('contacts.member_member_id_seq', 1000), setval('contacts.tag_tag_id_seq', 1000);
"""
# What a merge and its undoing only ever add to.
HISTORY = {'audit_log', 'audit_group', 'event', 'event_delivery', 'status_change', 'merge',
		   'merge_move'}
LABELS = {'contacts.activity': 'activities', 'contacts.page_view': 'page_views',
		  'contacts.contact_tag': 'tags', 'contacts.identifier': 'identifiers'}
DETAILS = ('name', 'email', 'phone', 'company', 'timezone', 'status', 'owner_id', 'source',
		   'created_at', 'details_at')
OF_PRIMARY = ('status', 'owner_id', 'source')  # R42: whatever is preferred
PEOPLE = range(1, 9)
MEMBERS = (1, 2, 3)
STATUSES = ('qualified', 'marketing_qualified', 'sales_qualified', 'disqualified')
NAMES = ('Ann', 'Ann Lee', 'Änne Löw', "O'Neil", 'Bob', 'a "quoted" one')
COMPANIES = ('Acme', 'ACME', 'Beta, Inc.')
ZONES = ('Europe/Berlin', 'UTC', 'America/New_York')
TAGS = range(1, 6)
LATER_TAGS = (6, 7)  # that nobody has before a merge
LIKES = ('tea', 'jam', 'pie', 'rum')
DAYS = ('mon', 'tue', 'wed')
FIELD_VALUES = {
	'note': ('x', 'y y', 'Zoë'), 'size': (0, 5, 7.5, -3), 'since': ('2025-01-31', '2024-02-29'),
	'paid': (True, False), 'plan': ('free', 'gold', 'pro'), 'past': ('kept', 'too'),
}


def label_of(row):
	"""The name of a journal entry's rows in the preview; a table that refers twice has two."""
	table = row['table_name']
	return f"{table}.{row['column_name']}" if table == 'shop.invoice' else LABELS.get(table, table)


class Account:
	"""One random account, and what is known about it."""

	def __init__(self, session, number, chance):
		self.session = session
		self.number = number
		self.chance = chance
		self.room = 0
		self.invoice = 0
		self.fresh = 0
		self.keeps_unknown = chance.random() < 0.5
		self.emails = collections.defaultdict(list)  # spellings given to a contact, by contact

	def run(self, statements):
		"""All of them in one transaction."""
		try:
			output = self.session.ask(';\n'.join(['BEGIN', *statements]))
			wrong = [line for line in output if line.startswith(('ERROR', 'FATAL'))][:1]
		except Failed as error:
			wrong = str(error)[:300]
		self.session.ask('ROLLBACK' if wrong else 'COMMIT')
		if wrong:
			raise RuntimeError(f'account {self.number}: {wrong}')

	# ---- making it ------------------------------------------------------------------------------

	def make(self):
		chance = self.chance
		statements = [
			f"SELECT set_config('contacts.account_id', '{self.number}', false)",
			"INSERT INTO contacts.member (member_id, name, access) VALUES (1, 'One', 'own'),"
			" (2, 'Two', 'own'), (3, 'Three', 'all')",
			f"SELECT contacts.set_account(unknown_fields => '{'keep' if self.keeps_unknown else 'refuse'}')",
			"SELECT contacts.define_field('note', 'text'), contacts.define_field('size', 'number'),"
			" contacts.define_field('since', 'date'), contacts.define_field('paid', 'boolean'),"
			" contacts.define_field('plan', 'dropdown', options => '{free,gold,pro}'),"
			" contacts.define_field('likes', 'multi_select', options => '{tea,jam,pie,rum}'),"
			" contacts.define_field('days', 'multi_select', options => '{mon,tue,wed}'),"
			" contacts.define_field('past', 'text')",
		]
		statements += [f"INSERT INTO contacts.tag (tag_id, name) VALUES ({tag}, 'Tag {tag}')"
					   for tag in (*TAGS, *LATER_TAGS)]
		if chance.random() < 0.5:
			statements.append("SELECT contacts.connect_integration('crm', 'crm'),"
							  " contacts.take_events('listener')")
		for contact in PEOPLE:
			statements += self.contact(contact)
		statements += self.activities() + self.page_views() + self.pairs() + self.rows_of_shop()
		statements.append("SELECT contacts.archive_field('past')")
		self.run(statements)
		self.run(self.refined())

	def contact(self, contact):
		"""A row of plain SQL, since its times are to be ours; keys that nobody else has."""
		chance = self.chance

		def maybe(share, values):
			return chance.choice(values) if chance.random() < share else None

		email = maybe(0.7, [f'p{contact}@x.example', f'P{contact}@X.example'])
		phone = maybe(0.6, [f'+1415200{contact:04d}', f'+1 (415) 200-{contact:04d}',
							'+1 800 253 0000'])  # nobody's key
		values = {
			'contact_id': contact, 'name': maybe(0.8, NAMES), 'email': email, 'phone': phone,
			'company': maybe(0.5, COMPANIES), 'timezone': maybe(0.5, ZONES),
			'status': maybe(0.6, STATUSES), 'owner_id': maybe(0.6, MEMBERS),
			'source': maybe(0.7, ('web', 'api', 'import')), 'fields': self.fields(),
			'created_at': f'2026-0{chance.randint(1, 9)}-1{chance.randint(0, 9)} 10:00:00.{contact:06d}Z',
			'details_at': maybe(0.7, ['2026-05-01 10:00Z', '2026-05-02 10:00Z', '2026-05-03 10:00Z'])}
		columns = ', '.join(values)
		statements = [f"INSERT INTO contacts.contact ({columns})"
					  f" VALUES ({', '.join(quote(one) for one in values.values())})"]
		for kind, share, key in (('email', 0.5, f'q{contact}@y.example'),
								 ('email', 0.3, f'r{contact}@y.example'),
								 ('phone', 0.4, f'+1415300{contact:04d}'),
								 ('external', 0.5, f'crm:{contact}'),
								 ('external', 0.2, f'erp:{contact}'),
								 ('visitor', 0.5, f'v{contact}'), ('visitor', 0.2, f'w{contact}')):
			if chance.random() < share:
				statements.append(f"SELECT contacts.add_identifier({contact}, '{kind}', '{key}')")
		statements += [f"INSERT INTO contacts.contact_tag (contact_id, tag_id) VALUES ({contact}, {tag})"
					   for tag in chance.sample(TAGS, chance.choice([0, 0, 1, 2, 3]))]
		return statements

	def fields(self):
		chance = self.chance
		fields = {key: chance.choice(values) for key, values in FIELD_VALUES.items()
				  if chance.random() < 0.4}
		for key, choices in (('likes', LIKES), ('days', DAYS)):
			if chance.random() < 0.6:
				fields[key] = chance.sample(choices, chance.randint(1, len(choices)))
		if self.keeps_unknown and chance.random() < 0.3:
			fields['odd'] = chance.choice([1, 'two', {'three': [3]}, [4]])
		return fields

	def activities(self):
		chance = self.chance
		rows = []
		for number in range(1, 25):
			contact = chance.choice([None, *PEOPLE, *PEOPLE])
			planned = chance.random() < 0.5
			starts = chance.choice(['2099-01-01 10:00Z', '2026-01-01 10:00Z']) if planned else None
			rows.append([number, contact, chance.choice(['booking', 'form', 'note']),
						 chance.choice([None, 'web', 'cal']), chance.choice([None, str(number)]),
						 chance.choice(['scheduled', 'completed', 'cancelled']) if planned
						 else 'completed', starts, chance.choice([None, *MEMBERS]),
						 chance.choice([None, f'as-given{number}@x.example']),
						 chance.choice([None, '+1 415 555 0000']),
						 chance.choice([None, 'google', 'exchange', 'other']), {'n': number}])
		texts = ['(' + ', '.join(quote(value) for value in row) + ')' for row in rows]
		reminders = chance.sample(range(1, 25), 5)
		return ["INSERT INTO contacts.activity (activity_id, contact_id, kind, source, source_ref,"
				" state, starts_at, assigned_to, recipient_email, recipient_phone, calendar, data)"
				" VALUES " + ', '.join(texts),
				f"SELECT contacts.add_reminder(a, '2098-01-01', 'email') FROM unnest(ARRAY{reminders}) a"]

	def page_views(self):
		rows = [f"('v{contact}', {quote(self.chance.choice([contact, contact, None]))}, '/{view}')"
				for contact in PEOPLE for view in range(self.chance.choice([0, 0, 1, 3]))]
		return ["INSERT INTO contacts.page_view (visitor, contact_id, url) VALUES "
				+ ', '.join(rows)] if rows else []

	def pairs(self):
		pairs = {tuple(sorted(self.chance.sample(PEOPLE, 2))) for _ in range(7)}
		states = ('open', 'open', 'dismissed')
		rows = []
		for low, high in sorted(pairs):
			state = self.chance.choice(states)
			decided = "'2026-06-01'" if state != 'open' else 'NULL'
			rows.append(f"({low}, {high}, '{{looks alike}}', {self.chance.choice([0.5, 0.9, 1])},"
						f" '{state}', {decided})")
		return ["INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score, state,"
				" decided_at) VALUES " + ', '.join(rows)]

	def rows_of_shop(self):
		"""No two contacts have the same seat, or a profile, so that all can be merged."""
		statements = []
		for contact in PEOPLE:
			for _ in range(self.chance.choice([0, 1, 2])):
				self.invoice += 1
				payer = self.chance.choice([None, *PEOPLE])
				statements.append(f"INSERT INTO shop.invoice VALUES ({self.number}, {self.invoice},"
								  f" {contact}, {quote(payer)}, {self.chance.randint(1, 99)})")
			for _ in range(self.chance.choice([0, 1, 2])):
				self.room += 1
				statements.append(f"INSERT INTO shop.seat VALUES ({self.number}, {contact},"
								  f" {self.room}, 'by the window')")
		statements.append(f"INSERT INTO shop.profile VALUES ({self.number},"
						  f" {self.chance.choice(PEOPLE)}, 'likes tea')")
		return statements

	def refined(self):
		"""Some lives before ours: one deleted, one that shows an e-mail of somebody else."""
		statements = []
		if self.chance.random() < 0.5:
			statements.append("SELECT contacts.delete_contacts('{8}')")
		if self.chance.random() < 0.3:
			statements.append("SELECT contacts.upsert_contact(email => c.email, name => 'Second',"
							  " mode => 'create') FROM contacts.contact c WHERE c.account_id ="
							  f" {self.number} AND c.contact_id = 7 AND c.email IS NOT NULL")
		return statements

	def new_email(self):
		self.fresh += 1
		return f'New{self.fresh}@z.example'

	# ---- looking at it --------------------------------------------------------------------------

	def state(self, history=False):
		"""Table => its rows as text, one after the other; of the account only."""
		rows = collections.defaultdict(list)
		for line in self.session.ask(f"EXECUTE state({self.number})"):
			table, row = line.split('|', 1)
			if history or table not in HISTORY:
				rows[table].append(row)
		return {table: sorted(lines) for table, lines in rows.items()}

	def table(self, name, order='1'):
		return self.session.rows(f"SELECT * FROM {name} WHERE account_id = {self.number}")

	def view(self):
		return View(self)


class View:
	"""The tables of an account as dictionaries, read at one moment."""

	def __init__(self, account):
		self.contacts = {row['contact_id']: row for row in account.table('contacts.contact')}
		self.identifiers = {(row['kind'], row['value']): row
							for row in account.table('contacts.identifier')}
		self.activities = {row['activity_id']: row for row in account.table('contacts.activity')}
		self.page_views = {row['page_view_id']: row for row in account.table('contacts.page_view')}
		self.tags = {(row['contact_id'], row['tag_id']): row
					 for row in account.table('contacts.contact_tag')}
		self.pairs = {(row['contact_id'], row['other_id']): row
					  for row in account.table('contacts.duplicate')}
		self.invoices = {row['invoice_id']: row for row in account.table('shop.invoice')}
		self.seats = {(row['contact_id'], row['room']): row for row in account.table('shop.seat')}
		self.profiles = {row['contact_id']: row for row in account.table('shop.profile')}

	def live(self):
		return [contact for contact, row in sorted(self.contacts.items())
				if row['deleted_at'] is None and row['merged_into'] is None]

	def keys_of(self, contact):
		return {key for key, row in self.identifiers.items() if row['contact_id'] == contact}

	def tags_of(self, contact):
		return {tag for owner, tag in self.tags if owner == contact}

	def value(self, contact, name):
		if name.startswith('fields.'):
			return self.contacts[contact]['fields'].get(name[len('fields.'):])
		return self.contacts[contact][name]


# ---- the model of R42 ---------------------------------------------------------------------------

class Model:
	"""What a merge must give, from what the contacts have; knows nothing of the engine."""

	def __init__(self, view, primary, duplicates, prefer, overrides):
		self.view = view
		self.people = [primary, *duplicates]
		self.order = list(self.people)
		if prefer == 'latest':
			# sorted() is stable: equal ones stay as given
			self.order.sort(key=lambda one: view.contacts[one]['details_at'] or '', reverse=True)
		self.overrides = overrides
		self.result = {}
		for name in DETAILS:
			self.result[name] = self.first(name, self.people if name in OF_PRIMARY else self.order)
		self.result['created_at'] = min(view.contacts[one]['created_at'] for one in self.people)
		self.result['details_at'] = max((view.contacts[one]['details_at'] or '' for one in self.people)) or None
		keys = {key for one in self.people for key in view.contacts[one]['fields']}
		for key in keys:
			self.result['fields.' + key] = self.field(key)
		self.review()

	def first(self, name, order):
		values = (self.view.value(one, name) for one in order)
		return next((value for value in values if value is not None), None)

	def field(self, key):
		choices = {'likes': LIKES, 'days': DAYS}.get(key)
		if choices is None:
			return self.first('fields.' + key, self.order)
		chosen = {choice for one in self.people
				  for choice in self.view.contacts[one]['fields'].get(key, [])}
		return [choice for choice in choices if choice in chosen]

	def review(self):
		for name, value in self.overrides.items():
			if name != 'fields':
				self.result[name] = value
			elif value is None:
				for key in self.result:
					if key.startswith('fields.'):
						self.result[key] = None
			else:
				for key, one in value.items():
					self.result['fields.' + key] = one

	def source(self, name):
		return next((one for one in self.order if self.result[name] is not None
					 and self.view.value(one, name) == self.result[name]), None)

	def candidates(self, name):
		return [{'contact_id': one, 'value': self.view.value(one, name)} for one in self.people
				if self.view.value(one, name) is not None]

	def disagree(self, name):
		values = [one['value'] for one in self.candidates(name)]
		return any(value != values[0] for value in values)

	def preview(self):
		"""The rows of merge_preview() that are about values."""
		return {name: {'field': name, 'result': result, 'source_id': self.source(name),
					   'candidates': self.candidates(name), 'disagree': self.disagree(name)}
				for name, result in self.result.items() if name != 'details_at' and (
					result is not None or name in DETAILS or self.candidates(name))}

	def changes(self):
		primary = self.people[0]
		return {name: {'old': self.view.value(primary, name), 'new': result,
					   'from': self.source(name)}
				for name, result in self.result.items()
				if result != self.view.value(primary, name)}

	def moves(self):
		"""How many rows of each sort move, by duplicate."""
		view = self.view
		counts = {'identifiers': {}, 'activities': {}, 'page_views': {}, 'tags': {},
				  'shop.invoice.contact_id': {}, 'shop.invoice.payer_id': {}, 'shop.seat': {},
				  'shop.profile': {}}
		tags = view.tags_of(self.people[0])
		for one in self.people[1:]:
			counts['identifiers'][one] = len(view.keys_of(one))
			counts['activities'][one] = owned(view.activities, one)
			counts['page_views'][one] = owned(view.page_views, one)
			counts['tags'][one] = len(view.tags_of(one) - tags)
			tags |= view.tags_of(one)
			counts['shop.invoice.contact_id'][one] = owned(view.invoices, one)
			counts['shop.invoice.payer_id'][one] = sum(
				row['payer_id'] == one for row in view.invoices.values())
			counts['shop.seat'][one] = sum(contact == one for contact, _ in view.seats)
			counts['shop.profile'][one] = int(one in view.profiles)
		return counts


def owned(rows, contact):
	return sum(row['contact_id'] == contact for row in rows.values())


# ---- one case -----------------------------------------------------------------------------------

class Case:
	def __init__(self, session, tally, number, seed, role):
		self.session = session
		self.tally = tally
		self.chance = random.Random(f'{seed}/{number}')
		self.where = f'case {number} of seed {seed}'
		self.account = Account(session, number, self.chance)
		self.role = role
		self.merges = 0

	def check(self, holds, name, *details):
		return self.tally.check(holds, f'{self.where}: {name}', *details)

	def same(self, before, after, name):
		differing = [f'{table}: {sign} {row}' for table in sorted({*before, *after})
					 for sign, row in difference(before.get(table, []), after.get(table, []))]
		return self.check(not differing, name, *differing[:8])

	def play(self):
		self.account.make()
		before = self.account.state()
		for part in (self.refusals, self.merge_and_back, self.chain, self.side_by_side,
					 self.delete_and_restore):
			part()
			if not self.same(before, self.account.state(), f'{part.__name__}: all is as before'):
				return
		self.use_between()
		self.taken_meanwhile()
		self.purge()

	def call(self, function, **arguments):
		"""The rows of a call, or the SQLSTATE of its error."""
		try:
			return self.session.rows(f"SELECT * FROM {call(function, **arguments)} AS value")
		except Failed as error:
			return error.sqlstate

	def merge(self, primary, duplicates, prefer='primary', overrides=None):
		answer = self.call('merge_contacts', primary_id=primary, duplicate_ids=array(duplicates),
						   prefer=prefer, overrides=overrides or {})
		self.merges += 1
		return answer[0]['value'] if isinstance(answer, list) else answer

	def unmerge(self, merge):
		return self.call('unmerge', merge_id=merge)

	def healthy(self, name, *details):
		problems = self.session.rows(f"SELECT * FROM contacts.check({self.account.number})")
		self.check(not problems, f'R112: check() is empty {name}', *problems[:5], *details)

	def overrides(self, view, people):
		"""Reviewed values of some details, such as the form of a review sends."""
		chance = self.chance
		given = {}
		if chance.random() < 0.5:
			return given
		for name, values in (('name', ['Reviewed', None]), ('company', ['Reviewed', None]),
							 ('timezone', ['Asia/Tokyo', None]), ('status', [*STATUSES, None]),
							 ('owner_id', [*MEMBERS, None])):
			if chance.random() < 0.2:
				given[name] = chance.choice(values)
		if chance.random() < 0.2:
			shown = [view.contacts[one]['email'] for one in people if view.contacts[one]['email']]
			given['email'] = chance.choice([*shown, self.account.new_email(), None])
		if chance.random() < 0.2:
			shown = [view.contacts[one]['phone'] for one in people if view.contacts[one]['phone']]
			given['phone'] = chance.choice([*shown, f'+1415400{chance.randint(0, 9999):04d}', None])
		if chance.random() < 0.3:
			given['fields'] = chance.choice([
				None, {'note': 'reviewed'}, {'note': None, 'size': 9}, {'likes': ['rum']},
				{'plan': None}])
		return given

	# ---- R41, R42: what must fail ---------------------------------------------------------------

	def refusals(self):
		view = self.account.view()
		first, second, third = self.chance.sample([one for one in view.live() if one <= 8], 3)
		taken = [(row['value'], key) for key, row in view.identifiers.items()
				 if key[0] == 'email' and row['contact_id'] not in (first, second, third)]
		attempts = [
			('P0002', 'an unknown primary', dict(primary_id=99, duplicate_ids=array([second]))),
			('P0002', 'an unknown duplicate', dict(primary_id=first, duplicate_ids=array([second, 99]))),
			('22023', 'the same contact', dict(primary_id=first, duplicate_ids=array([second, first]))),
			('22023', 'no duplicates', dict(primary_id=first, duplicate_ids='{}')),
			('22023', 'an unknown preference', dict(prefer='best')),
			('22P02', 'an override that is no e-mail', dict(overrides={'email': 'no address'})),
			('22P02', 'an override that is no phone', dict(overrides={'phone': '12'})),
			('22P02', 'an override that is no time zone', dict(overrides={'timezone': 'Mars/Base'})),
			('22023', 'an override that is no status', dict(overrides={'status': 'best'})),
			('22P02', 'an override that does not fit its field', dict(overrides={'fields': {'size': 'many'}})),
			('22023', 'an override of an unknown detail', dict(overrides={'nokey': 1})),
			('22023', 'overrides that are no object', dict(overrides=[1])),
			('P0002', 'an override that is no member', dict(overrides={'owner_id': 99})),
		]
		if taken:
			attempts.append(('23505', 'an override that is taken', dict(
				overrides={'email': self.chance.choice(taken)[0]})))
		if 8 in view.contacts and view.contacts[8]['deleted_at']:
			attempts.append(('P0002', 'a deleted contact', dict(duplicate_ids=array([second, 8]))))
		self.chance.shuffle(attempts)
		for sqlstate, name, arguments in attempts[:6]:
			arguments = dict(dict(primary_id=first, duplicate_ids=array([second, third])), **arguments)
			self.refuse(sqlstate, name, arguments)
		self.collide(first, second, third)
		self.hide(view, first, second)

	def refuse(self, sqlstate, name, arguments):
		before = self.account.state(history=True)
		for function in ('merge_preview', 'merge_contacts'):
			answer = self.call(function, **arguments)
			self.check(answer == sqlstate, f'R42: {name} is {sqlstate} in {function}', answer, arguments)
		self.same(before, self.account.state(history=True), f'R42: {name} changes nothing')

	def collide(self, first, second, third):
		"""Two of them have what a table of the user's allows once."""
		two = self.chance.sample([first, second, third], 2)
		self.account.run([f"INSERT INTO shop.seat VALUES ({self.account.number}, {one}, 0, 'both')"
						  for one in two])
		self.refuse('55000', 'a collision in a table of the user', dict(
			primary_id=first, duplicate_ids=array([second, third])))
		self.account.run([f"DELETE FROM shop.seat WHERE account_id = {self.account.number} AND room = 0"])

	def hide(self, view, first, second):
		"""A member who sees only their own contacts merges somebody else's."""
		number = self.account.number
		mine, others = 1, 2
		seen = {row['contact_id'] for row in view.activities.values() if row['assigned_to'] == mine}
		hidden = [one for one in (first, second) if one not in seen
				  and view.contacts[one]['owner_id'] != mine]
		visible = [one for one in view.live() if one in seen or view.contacts[one]['owner_id'] == mine]
		if not hidden or not visible:
			return
		self.session.ask(f"SELECT contacts.grant_access('{self.role}', 'agent', {mine},"
						 f" account_id => {number})")
		before = self.account.state(history=True)
		for primary, duplicate in ((hidden[0], visible[0]), (visible[0], hidden[0])):
			for function in ('merge_preview', 'merge_contacts'):
				self.session.ask(f'SET contacts.member_id = {mine}; SET ROLE {self.role}')
				answer = self.call(function, primary_id=primary, duplicate_ids=array([duplicate]))
				self.session.ask('RESET ROLE; RESET contacts.member_id')
				self.check(answer == '42501', f'R41: a hidden contact is 42501 in {function}', answer)
		self.same(before, self.account.state(history=True), 'R41: a hidden contact: nothing changes')
		self.session.ask(f"SELECT contacts.revoke_access('{self.role}', account_id => {number})")

	# ---- R42, R43, R45: a merge and its undoing -------------------------------------------------

	def merge_and_back(self):
		view = self.account.view()
		primary, *duplicates = self.chance.sample(view.live(), self.chance.choice([2, 2, 3, 4]))
		prefer = self.chance.choice(['primary', 'latest'])
		overrides = self.overrides(view, [primary, *duplicates])
		model = Model(view, primary, duplicates, prefer, overrides)
		asked = (primary, duplicates, prefer, overrides)
		history = self.account.state(history=True)
		answer = self.call('merge_preview', primary_id=primary, duplicate_ids=array(duplicates),
						   prefer=prefer, overrides=overrides)
		self.same(history, self.account.state(history=True), 'R43: a preview changes nothing')
		merge = self.merge(primary, duplicates, prefer, overrides)
		if not self.check(isinstance(answer, list) and isinstance(merge, int),
						  'R42: the merge succeeds', answer if isinstance(answer, str) else '', merge, asked):
			return
		after = self.account.view()
		self.compare_values(model, answer, after, asked)
		self.compare_moves(model, answer, merge, after, asked)
		self.compare_rest(model, view, after, asked)
		self.healthy('after a merge')
		answer = self.unmerge(merge)
		self.check(answer == [{'contact_id': one, 'kept': []} for one in duplicates],
				   'R45: all are restored and nothing is kept', answer, asked)
		self.healthy('after it was undone')
		answer = self.unmerge(merge)
		self.check(answer == '55000', 'R45: a merge is undone once', answer)

	def compare_values(self, model, preview, after, asked):
		"""Preview, model and the row afterwards, field by field."""
		primary = model.people[0]
		given = {row['field']: row for row in preview if not row['field'].startswith('moves.')}
		expected = model.preview()
		for name in sorted({*given, *expected}):
			self.check(given.get(name) == expected.get(name), f'R42, R43: preview of {name}',
					   given.get(name), expected.get(name), asked)
			if name in model.result:
				self.check(after.value(primary, name) == model.result[name],
						   f'R42: {name} of the survivor', after.value(primary, name),
						   model.result[name], asked)
		self.check(after.contacts[primary]['details_at'] == model.result['details_at'],
				   'R42: details_at is the newest')
		left = {'fields.' + key for key in after.contacts[primary]['fields']} - set(model.result)
		self.check(not left, 'R42: no other fields', left, asked)

	def compare_moves(self, model, preview, merge, after, asked):
		"""Preview, model, journal and the tables, count by count."""
		given = collections.defaultdict(collections.Counter)
		total = collections.Counter()
		for row in preview:
			if row['field'].startswith('moves.'):
				name = row['field'][len('moves.'):]
				total[name] += row['result']
				for one in row['candidates']:
					given[name][one['contact_id']] += one['value']
		noted = collections.defaultdict(collections.Counter)
		for row in self.session.rows("SELECT * FROM contacts.merge_move WHERE action = 'moved' AND"
									 f" account_id = {self.account.number} AND merge_id = {merge}"):
			name = label_of(row)
			noted[name][row['contact_id']] += row['row_count']
			self.check(len(row['row_keys']) == row['row_count'], f'R45: the journal has all {name}')
		for name, counts in model.moves().items():
			counts = {one: count for one, count in counts.items() if count > 0}
			self.check(given[name] == counts, f'R43: moves.{name} of each', given[name], counts, asked)
			self.check(total[name] == sum(counts.values()), f'R43: moves.{name}', total[name], asked)
			self.check(noted[name] == counts, f'R43: {name} in the journal', noted[name], counts, asked)
		row = self.session.rows("SELECT changes, duplicate_ids FROM contacts.merge WHERE account_id ="
								f" {self.account.number} AND merge_id = {merge}")[0]
		self.check(row['changes'] == without_blank_sources(model.changes(), row['changes']),
				   'R43: the journal has what changed', row['changes'], model.changes(), asked)
		self.check(row['duplicate_ids'] == model.people[1:], 'R43: the journal names the duplicates')

	def compare_rest(self, model, before, after, asked):
		"""Everything hangs on the survivor, and the duplicates redirect to it."""
		primary, *duplicates = model.people

		def heir(contact):
			return primary if contact in duplicates else contact

		for name in ('activities', 'page_views', 'identifiers', 'invoices'):
			was, now = getattr(before, name), getattr(after, name)
			wrong = [(key, row['contact_id']) for key, row in now.items() if key in was
					 and row['contact_id'] != heir(was[key]['contact_id'])]
			self.check(not wrong and set(was) <= set(now), f'R42: {name} belong to the survivor',
					   wrong, set(was) - set(now), asked)
		new = set(after.identifiers) - set(before.identifiers)
		self.check(all(after.identifiers[key]['contact_id'] == primary for key in new)
				   and len(new) <= len({'email', 'phone'} & set(model.overrides)),
				   'R42: only a reviewed key is new', new, asked)
		self.check({row['payer_id'] for row in after.invoices.values()}
				   == {heir(row['payer_id']) for row in before.invoices.values()},
				   'R42: a table may refer twice')
		self.check({(heir(contact), room) for contact, room in before.seats} == set(after.seats)
				   and {heir(contact) for contact in before.profiles} == set(after.profiles),
				   'R42: tables keyed by contact move', asked)
		self.check(after.tags_of(primary) == {tag for one in model.people for tag in before.tags_of(one)},
				   'R42: tags unite', after.tags_of(primary), asked)
		self.check_recipients(model, before, after, asked)
		self.check_pairs(model, before, after, asked)
		for one in duplicates:
			row = dict(after.contacts[one], merged_into=None)
			self.check(after.contacts[one]['merged_into'] == primary and without_times(row)
					   == without_times(before.contacts[one]), 'R44: a duplicate redirects and keeps its row')
			found = self.session.value(f"SELECT {call('resolve_contact', contact_id=one)}")
			self.check(found == str(primary), 'R44: its id finds the survivor', found)
		for kind, value in self.chance.sample(sorted(after.keys_of(primary)),
											  min(2, len(after.keys_of(primary)))):
			argument = 'external_id' if kind == 'external' else kind
			found = self.session.value(f"SELECT {call('find_contact', **{argument: value})}")
			self.check(found == str(primary), 'R44: its identifiers find the survivor', kind, value, found)
		for kind in ('email', 'phone'):
			shown = after.contacts[primary][kind]
			keys = [key for key in after.keys_of(primary)
					if key[0] == kind and after.identifiers[key]['is_primary']]
			self.check(len(keys) <= 1 and (shown is not None or not keys),
					   f'R11: the {kind} shown is the primary one', shown, keys, asked)

	def check_recipients(self, model, before, after, asked):
		"""R50: the survivor's planned activities follow its e-mail and phone; others stay."""
		primary = model.people[0]
		for kind in ('email', 'phone'):
			old, new = before.contacts[primary][kind], model.result[kind]
			column = 'recipient_' + kind
			for number, row in before.activities.items():
				planned = row['state'] == 'scheduled' and (row['starts_at'] or '') > '2030'
				reached = row['contact_id'] == primary and planned and new not in (None, old)
				expected = new if reached else row[column]
				self.check(after.activities[number][column] == expected,
						   f'R50: {column} after a merge', after.activities[number], expected, asked)

	def check_pairs(self, model, before, after, asked):
		"""R46: pairs among them are settled, those with a third contact go on with the survivor."""
		people = set(model.people)
		for pair, row in before.pairs.items():
			theirs = set(pair) & set(model.people[1:])
			state = 'merged' if theirs else row['state']
			self.check(after.pairs[pair]['state'] == state, 'R46: state of a pair', pair,
					   after.pairs[pair], asked)
			third = set(pair) - people
			if theirs and third:
				new = tuple(sorted((model.people[0], *third)))
				self.check(new in after.pairs and after.pairs[new]['state'] != 'merged',
						   'R46: the survivor takes the place in a pair', new, asked)

	# ---- R44, R45: chains -----------------------------------------------------------------------

	def chain(self):
		live = self.account.view().live()
		self.chance.shuffle(live)
		first, second, third, fourth = live[:4]
		# an id may be one that was merged before: it stands for its survivor
		steps = [(second, [third]), (first, [self.chance.choice([second, third]), *live[5:6]]),
				 (self.chance.choice([first, second, third]), [fourth])]
		if self.chance.random() < 0.5:
			steps[1], steps[2] = (fourth, live[4:5]), (first, [fourth, third])
		states, merges = [], []
		for primary, duplicates in steps:
			states.append(self.account.state())
			merges.append(self.merge(primary, duplicates, self.chance.choice(['primary', 'latest'])))
			if not self.check(isinstance(merges[-1], int), 'R44: chains merge', merges[-1], steps):
				return
		self.healthy('after a chain of merges')
		survivors = self.session.rows(
			f"SELECT contact_id, merged_into, contacts.resolve_contact(contact_id) AS survivor FROM"
			f" contacts.contact WHERE account_id = {self.account.number} AND merged_into IS NOT NULL")
		targets = {row['contact_id']: row['merged_into'] for row in survivors}
		for row in survivors:
			end = row['contact_id']
			while end in targets:
				end = targets[end]
			self.check(row['survivor'] == end, 'R44: chains resolve to the end', row, end)
		while merges:
			now = self.account.state(history=True)
			for merge in merges[:-1]:
				if self.independent(merges, merge):
					continue
				answer = self.unmerge(merge)
				self.check(answer == '55000', 'R45: only the last merge can be undone', answer, steps)
			self.same(now, self.account.state(history=True), 'R45: a refused undo changes nothing')
			answer = self.unmerge(merges.pop())
			self.check(isinstance(answer, list) and not any(row['kept'] for row in answer),
					   'R45: a chain is undone', answer, steps)
			self.same(states.pop(), self.account.state(), 'R45: one step of a chain is undone')
			self.healthy('within a chain')

	def side_by_side(self):
		"""Two merges that have no contact in common are taken back in either order."""
		live = self.account.view().live()
		self.chance.shuffle(live)
		merges = [self.merge(live[0], live[1:2]), self.merge(live[2], live[3:4])]
		if self.chance.random() < 0.5:
			merges.reverse()
		for merge in merges:
			answer = self.unmerge(merge)
			self.check(isinstance(answer, list) and not any(row['kept'] for row in answer),
					   'R45: a merge beside another is undone', answer, live[:4])
			self.healthy('beside a merge', live[:4])

	def independent(self, merges, merge):
		"""Whether none of the later merges concerns the survivor of this one."""
		rows = {row['merge_id']: row for row in self.session.rows(
			f"SELECT * FROM contacts.merge WHERE account_id = {self.account.number}")}
		later = [rows[one] for one in merges if one > merge]
		survivor = rows[merge]['primary_id']
		return not any(survivor in (row['primary_id'], *row['duplicate_ids']) for row in later)

	# ---- R51: deleting and bringing back --------------------------------------------------------

	def delete_and_restore(self):
		view = self.account.view()
		chosen = self.chance.sample(view.live(), self.chance.choice([1, 2, 3]))
		asked = chosen
		merge = None
		if self.chance.random() < 0.5:
			# a survivor, named by what was merged into it
			other = self.chance.choice([one for one in view.live() if one not in chosen])
			merge = self.merge(chosen[0], [other])
			asked = [self.chance.choice([other, chosen[0]]), *chosen[1:]]
		before = self.account.state()
		activities = self.account.view().activities
		answer = self.call('delete_contacts', contact_ids=array(asked))
		self.check(answer == [{'value': len(chosen)}], 'R51: all are deleted', answer, asked)
		after = self.account.view()
		self.check(not set(chosen) & set(after.live()), 'R51: a deleted contact is not live')
		self.check(not any(after.keys_of(one) for one in chosen), 'R51: its identifiers are free')
		self.check(after.activities == activities, 'R51: its activities stay')
		seen = self.session.rows("SELECT contact_id FROM contacts.contact_overview WHERE account_id ="
								 f" {self.account.number} AND contact_id = ANY ('{array(chosen)}')")
		self.check(not seen, 'R51: it disappears from views', seen)
		self.check(self.call('delete_contacts', contact_ids=array(asked)) == 'P0002',
				   'R51: a deleted contact cannot be deleted')
		if merge:
			self.check(self.unmerge(merge) == '55000', 'R45: a deleted contact is not taken apart')
		self.healthy('after contacts were deleted')
		answer = self.call('restore_contacts', contact_ids=array(asked))
		self.check(answer == [{'value': len(chosen)}], 'R51: all are restored', answer, asked)
		self.same(before, self.account.state(), 'R51: a restored contact is as it was')
		self.check(self.call('restore_contacts', contact_ids=array(asked)) == '55000',
				   'R51: a live contact cannot be restored')
		if merge:
			answer = self.unmerge(merge)
			self.check(isinstance(answer, list) and not any(row['kept'] for row in answer),
					   'R45: a restored contact is taken apart', answer)

	# ---- R45: what happens between a merge and its undoing --------------------------------------

	def use_between(self):
		before = self.account.view()
		primary, *duplicates = self.chance.sample(before.live(), self.chance.choice([2, 3]))
		asked = (primary, duplicates, self.chance.choice(['primary', 'latest']),
				 self.overrides(before, [primary, *duplicates]))
		model = Model(before, *asked)
		merge = self.merge(*asked)
		if not self.check(isinstance(merge, int), 'R45: the merge succeeds', merge, asked):
			return
		model.claimed = set(self.account.view().identifiers) - set(before.identifiers)
		recorded, done = [], []
		for _ in range(self.chance.randint(1, 6)):
			done.append(self.use(primary, duplicates, recorded))
		used = self.account.view()
		self.healthy('after a merged contact was used')
		answer = self.unmerge(merge)
		story = (asked, done)
		if not self.check(isinstance(answer, list), 'R45: it can be undone', answer, story):
			return
		self.compare_undone(model, before, used, self.account.view(), recorded, answer, story)
		self.healthy('after the undoing of a contact that was used', story)

	def use(self, primary, duplicates, recorded):
		"""One thing that an application does with the survivor; returns what, for a failure."""
		chance = self.chance
		number = self.account.number
		view = self.account.view()
		someone = chance.choice([primary, *duplicates])
		keys = sorted(view.keys_of(primary))
		what = chance.choice(['record', 'record', 'edit', 'edit', 'tag', 'untag', 'give', 'take',
							  'prefer', 'drop'])
		if what == 'record' and keys:
			kind, value = chance.choice(keys)
			arguments = {'kind': 'note', 'title': 'between',
						 'external_id' if kind == 'external' else kind: value}
			if chance.random() < 0.4:
				arguments['name'] = 'Told Later'
			rows = self.call('record_activity', **arguments)
			self.check(isinstance(rows, list) and rows[0]['contact_id'] == primary,
					   'R44: news for an identifier go to the survivor', rows, arguments)
			if isinstance(rows, list):
				recorded.append(rows[0]['activity_id'])
			return arguments
		if what == 'edit':
			changes = chance.choice([
				{'name': 'Edited'}, {'company': None}, {'status': chance.choice(STATUSES)},
				{'owner_id': 3}, {'timezone': 'Asia/Tokyo'}, {'fields': {'note': 'edited'}},
				{'fields': {'likes': ['tea'], 'size': None}}, {'email': self.account.new_email()},
				{'phone': None}])
			rows = self.call('update_contact', contact_id=someone, changes=changes)
			self.check(isinstance(rows, list) and rows[0]['contact_id'] == primary,
					   'R44: an edit reaches the survivor', rows, changes)
			return changes
		if what == 'tag':
			tag = chance.choice(LATER_TAGS)
			self.session.ask(f"INSERT INTO contacts.contact_tag (account_id, contact_id, tag_id)"
							 f" VALUES ({number}, {primary}, {tag}) ON CONFLICT DO NOTHING")
			return what, tag
		if what == 'untag':
			tag = chance.choice(TAGS)
			self.session.ask(f"DELETE FROM contacts.contact_tag WHERE account_id = {number}"
							 f" AND contact_id = {primary} AND tag_id = {tag}")
			return what, tag
		if what == 'give':
			return what, self.call('add_identifier', contact_id=someone, kind='email',
								   value=self.account.new_email())
		if what in ('take', 'prefer') and keys:
			kind, value = chance.choice(keys)
			if what == 'prefer' and kind not in ('email', 'phone'):
				return 'nothing'
			function = 'remove_identifier' if what == 'take' else 'set_primary_identifier'
			return what, kind, value, self.call(function, contact_id=someone, kind=kind, value=value)
		if what == 'drop':
			mine = [one for one, row in view.activities.items()
					if row['contact_id'] == primary and one not in recorded]
			if mine:
				activity = chance.choice(sorted(mine))
				self.session.ask(f"DELETE FROM contacts.activity WHERE account_id = {number}"
								 f" AND activity_id = {activity}")
				return what, activity
		return 'nothing'

	def compare_undone(self, model, before, used, after, recorded, answer, story):
		primary, *duplicates = model.people
		kept = collections.defaultdict(set)

		def keep(contact, name):
			kept[contact if contact in duplicates else duplicates[0]].add(name)

		for one in duplicates:
			self.check(without_times(after.contacts[one]) == without_times(before.contacts[one]),
					   'R45: a duplicate has its own values again', after.contacts[one],
					   before.contacts[one], story)
		self.compare_rows(model, before, used, after, recorded, keep, story)
		changed = model.changes()
		names = set(DETAILS) | {'fields.' + key for view in (before, used)
								for key in view.contacts[primary]['fields']} | set(changed)
		for name in names:
			was, now = before.value(primary, name), used.value(primary, name)
			expected = now
			if name in ('email', 'phone') and self.goes_home(name, used, before, duplicates, primary):
				expected = None  # judged by compare_shown()
			elif name in changed:
				if now == model.result[name]:
					expected = was
				elif name != 'details_at':
					keep(changed[name]['from'], name)
			if name not in ('email', 'phone') or expected is not None:
				self.check(after.value(primary, name) == expected, f'R45: {name} after the undoing',
						   after.value(primary, name), expected, (was, now), story)
		self.compare_shown(before, after, primary, duplicates, story)
		given = {row['contact_id']: set(row['kept']) for row in answer}
		self.check(given == {one: kept[one] for one in duplicates}, 'R45: what was kept is named',
				   given, dict(kept), story)

	def goes_home(self, name, used, before, duplicates, primary):
		"""Whether the primary e-mail, phone of the survivor is a duplicate's and goes back to it."""
		return any(key[0] == name and row['is_primary'] and row['contact_id'] == primary
				   and key in before.identifiers
				   and before.identifiers[key]['contact_id'] in duplicates
				   for key, row in used.identifiers.items())

	def compare_shown(self, before, after, primary, duplicates, story):
		"""Nobody shows an e-mail that went to somebody else, as long as they have one themselves."""
		for kind in ('email', 'phone'):
			shown = after.contacts[primary][kind]
			keys = {key: after.identifiers[key] for key in after.keys_of(primary) if key[0] == kind}
			others = [key for one in duplicates for key in after.keys_of(one) if shown is not None
					  and after.contacts[one][kind] == shown and after.identifiers[key]['is_primary']
					  and key[0] == kind]
			known = before.contacts[primary][kind] == shown
			self.check(not keys or not others or known, f'R45: the survivor shows its own {kind}', shown, keys,
					   others, story)

	def keys_settled(self, model, before, used, after):
		"""Keys that are gone with the merge that claimed them; keys that a contact shows again, and
		that it gets back since they are nobody's."""
		primary, *duplicates = model.people
		gone = {key for key in model.claimed & set(used.identifiers)
				if used.value(primary, key[0]) == model.result[key[0]]
				or self.goes_home(key[0], used, before, duplicates, primary)}
		back = {key for key, row in before.identifiers.items() if row['contact_id'] in duplicates
				and row['is_primary'] and key not in used.identifiers}
		shown = {kind for kind in ('email', 'phone')
				 if used.value(primary, kind) != before.value(primary, kind) == after.value(primary, kind)}
		back |= {key for key, row in before.identifiers.items() if row['contact_id'] == primary
				 and row['is_primary'] and key not in used.identifiers and key[0] in shown}
		return gone, back

	def compare_rows(self, model, before, used, after, recorded, keep, story):
		primary, *duplicates = model.people
		self.check(set(after.activities) == set(used.activities), 'R45: no activity is lost', story)
		for name in ('activities', 'page_views', 'identifiers', 'invoices'):
			was, now, then = (getattr(view, name) for view in (before, used, after))
			gone, back = (self.keys_settled(model, before, used, after) if name == 'identifiers'
						  else (set(), set()))
			wrong = [key for key, row in now.items() if key not in gone and
					 then.get(key, {}).get('contact_id') != (was[key] if key in was else row)['contact_id']]
			self.check(not wrong and set(then) == set(now) - gone | back,
					   f'R45: {name} are where they were', wrong, gone, back,
					   set(then) ^ (set(now) - gone | back), story)
			for key, row in was.items():
				if row['contact_id'] in duplicates and key not in now and key not in back:
					keep(row['contact_id'], name)
		self.check(all(after.activities[one]['contact_id'] == primary for one in recorded),
				   'R45: what was recorded in between stays', recorded, story)
		for key, row in before.identifiers.items():
			if row['contact_id'] in duplicates and key in after.identifiers:
				self.check(after.identifiers[key] == row, 'R45: identifiers are primary as they were',
						   after.identifiers[key], row, story)
		tags = before.tags_of(primary)
		for one in duplicates:
			moved = before.tags_of(one) - tags
			tags |= moved
			lost = moved - used.tags_of(primary)
			self.check(after.tags_of(one) == before.tags_of(one) - lost, 'R45: tags go home',
					   after.tags_of(one), before.tags_of(one), story)
			if lost:
				keep(one, 'tags')
		self.check(after.tags_of(primary) == used.tags_of(primary) - (tags - before.tags_of(primary)),
				   'R45: tags of the survivor stay', after.tags_of(primary), story)
		self.check(before.pairs == after.pairs and before.seats == after.seats
				   and before.profiles == after.profiles, 'R45: pairs and rows of the user go home', story)

	# ---- R51, R52 -------------------------------------------------------------------------------

	def taken_meanwhile(self):
		"""While a contact is deleted, somebody else gets one of its identifiers."""
		view = self.account.view()
		choices = [one for one in view.live() if view.keys_of(one)]
		if not choices:
			return
		gone = self.chance.choice(choices)
		keys = view.keys_of(gone)
		kind, value = self.chance.choice(sorted(keys))
		self.call('delete_contacts', contact_ids=array([gone]))
		rows = self.call('record_activity', kind='note', **{
			'external_id' if kind == 'external' else kind: value})
		self.check(isinstance(rows, list) and rows[0]['contact_id'] not in (None, gone),
				   'R51: a free identifier is taken', rows, kind, value)
		self.call('restore_contacts', contact_ids=array([gone]))
		after = self.account.view()
		taker = after.identifiers[kind, value]['contact_id']
		self.check(taker == rows[0]['contact_id'], 'R51: a taken identifier stays', taker, rows)
		# and what they show, if that had been nobody's
		shown = {key for key in after.keys_of(gone) - keys if after.identifiers[key]['is_primary']}
		self.check(after.keys_of(gone) - shown == keys - {(kind, value)}, 'R51: the others come back',
				   after.keys_of(gone), keys, kind, value, rows)
		pair = after.pairs.get((min(gone, taker), max(gone, taker)))
		self.check(kind == 'visitor' or (pair is not None and pair['state'] == 'open'),
				   'R51: the two are to be reviewed', kind, pair)
		self.healthy('after a restored contact lost an identifier')

	def purge(self):
		view = self.account.view()
		number = self.account.number
		chosen = self.chance.sample(view.live(), 2)
		others = [one for one in view.live() if one not in chosen]
		self.merge(chosen[0], others[:1])
		self.account.run([f"DELETE FROM shop.{table} WHERE account_id = {number}"
						  for table in ('invoice', 'seat', 'profile')])
		if self.chance.random() < 0.5:
			self.call('delete_contacts', contact_ids=array(chosen))
		before = self.account.view()
		gone = {*chosen, *others[:1]}
		answer = self.call('purge_contacts', contact_ids=array(chosen))
		after = self.account.view()
		self.check(answer == [{'value': 2}], 'R52: contacts are purged', answer)
		self.check(set(after.contacts) == set(before.contacts) - gone,
				   'R52: with what was merged into them', gone, list(after.contacts))
		expected = {one: dict(row, contact_id=None if row['contact_id'] in gone else row['contact_id'])
					for one, row in before.activities.items()}
		self.check(after.activities == expected, 'R52: activities stay, with their recipients')
		self.check({one: row['url'] for one, row in after.page_views.items()}
				   == {one: row['url'] for one, row in before.page_views.items()},
				   'R52: page views stay')
		self.check(not any(set(pair) & gone for pair in after.pairs), 'R52: no pair is left')
		self.healthy('after a purge')


def array(ids):
	return '{' + ','.join(str(one) for one in ids) + '}'


def without_times(row):
	return {key: value for key, value in row.items() if key != 'updated_at'}


def without_blank_sources(expected, like):
	"""The journal leaves out what is null."""
	return {name: {key: value for key, value in change.items()
				   if value is not None or key in like.get(name, {})}
			for name, change in expected.items()}


def difference(before, after):
	"""Rows that are only in one of two sorted lists, with a sign."""
	left, right = collections.Counter(before), collections.Counter(after)
	return [('-', row) for row in left - right] + [('+', row) for row in right - left]


def prepare(session, role):
	session.ask(SHOP.format(role=role))
	tables = session.rows("""
		SELECT c.relname AS name, format('%I.%I', n.nspname, c.relname) AS relation,
			   string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attname) AS columns
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE n.nspname IN ('contacts', 'shop') AND c.relkind IN ('r', 'p')
		GROUP BY c.oid, c.relname, n.nspname
		HAVING bool_or(a.attname = 'account_id')""")
	queries = []
	for table in tables:
		columns = ', '.join(one for one in table['columns'].split(', ') if one != 't.updated_at')
		queries.append(f"SELECT '{table['name']}', to_json(ROW({columns})::text)"
					   f" FROM {table['relation']} t WHERE account_id = $1")
	session.ask('PREPARE state(bigint) AS ' + ' UNION ALL '.join(
		f"(SELECT q.\"?column?\", q.to_json::text FROM ({query}) q)" for query in queries))


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument('--cases', type=int, default=20)
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--seed', type=int)
	parser.add_argument('--only', type=int)
	options = parser.parse_args()
	seed = seed_of(options.seed)
	session = Session()
	tally = Tally()
	role = f'merger_{session.value("SELECT pg_backend_pid()")}'
	merges = 0
	prepare(session, role)
	numbers = [options.only] if options.only else range(
		1, (1000 if options.full else options.cases) + 1)
	try:
		for number in numbers:
			case = Case(session, tally, number, seed, role)
			case.play()
			merges += case.merges
			problems = session.rows(f"SELECT * FROM contacts.audit_verify(account_id => {number})")
			tally.check(not problems, f'R93: audit_verify() of account {number} is empty', *problems[:3])
	finally:
		session.ask(f'RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}')
	print(f'   {len(numbers)} accounts, {merges} merges')
	tally.finish()


if __name__ == '__main__':
	main()
