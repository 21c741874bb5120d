#!/usr/bin/env python3
"""audit_replay.py: the audit log, replayed from its beginning, gives the present rows (R93).

	audit_replay.py            1 000 operations
	audit_replay.py --full     10 000 operations
	audit_replay.py --seed N   the same operations as another run

Four sessions take turns: functions and plain SQL on contacts, identifiers, tags and activities, in
transactions of READ COMMITTED and REPEATABLE READ, with savepoints that are rolled back and calls
that fail.  One session at a time is at work, so what a statement adds to the log is what it wrote:
  - each entry names the actor, member, role, function and time of that statement;
  - a change that failed or was rolled back leaves nothing;
  - each entry says which row it is about, and its old values are those that the entries before it
    left;
  - at the end the replayed rows of contact, identifier and contact_tag are the rows of the tables,
    and audit_verify() finds nothing.
"""
import argparse
import collections
import random

from session import (Failed, Session, Tally, call, email_of, messy_email, messy_phone, phone_of,
					 quote, seed_of)

ACCOUNT = 1
PEOPLE = 30
MEMBERS = 3
CALENDARS = ['google', 'exchange', 'ical', None]
STATUSES = ['qualified', 'marketing_qualified', 'sales_qualified', 'disqualified', None]
COMPANIES = ['Acme', 'Initech', 'Żółć "AG"', 'a|b\\c', "O'Hara {x}", '']
# Columns that name a row; account and contact are columns of the log itself.
KEYS = {'contact': (), 'identifier': ('kind', 'value'), 'contact_tag': ('tag_id',)}
MARKS = {'contact': {'account_id', 'contact_id'}, 'identifier': {'account_id'},
		 'contact_tag': {'account_id'}}


# ---- replaying ----------------------------------------------------------------------------------

class Replay:
	"""Rows of the tables as the entries, in order, make them: a dictionary of columns per row."""

	def __init__(self):
		self.tables = {table: {} for table in KEYS}
		self.problems = []

	def apply(self, entry):
		rows = self.tables.get(entry['table_name'])
		if rows is None:
			return
		changes = entry['changes']
		if entry['action'] == 'insert':
			row = {column: change['new'] for column, change in changes.items()}
			self.put(entry, rows, row)
			return
		key = self.find(entry, rows)
		if key is None:
			return
		row = rows.pop(key)
		for column, change in changes.items():
			if isinstance(change, dict) and row.get(column) != change.get('old'):
				self.say(entry, f"old {column} is {row.get(column)!r}")
		if entry['action'] == 'update':
			for column, change in changes.items():
				if isinstance(change, dict):
					row[column] = change.get('new')
			self.put(entry, rows, row)

	def put(self, entry, rows, row):
		row = {column: value for column, value in row.items() if value is not None}
		row.setdefault('contact_id', entry['contact_id'])
		if entry['table_name'] == 'contact':
			del row['contact_id']
		key = self.key(entry, row)
		if key in rows:
			self.say(entry, 'the row is there already')
		rows[key] = row

	@staticmethod
	def key(entry, row):
		if entry['table_name'] == 'identifier':
			return (row.get('kind'), row.get('value'))
		return (entry['contact_id'],) + tuple(row.get(c) for c in KEYS[entry['table_name']])

	def find(self, entry, rows):
		"""The row that an update or delete is about; the entry itself has to say which."""
		named = {}
		for column in KEYS[entry['table_name']]:
			value = entry['changes'].get(column)
			if isinstance(value, dict):
				value = value.get('old', value.get('new'))
			if value is None:
				self.say(entry, f"{column} of the row is not said")
				return self.guess(entry, rows)
			named[column] = value
		key = self.key(entry, named)
		if key in rows:
			return key
		self.say(entry, 'the row is not there')
		return None

	@staticmethod
	def guess(entry, rows):
		"""So that one entry without a key does not make all others fail."""
		for key, row in rows.items():
			if all(row.get(column) == change.get('old')
				   for column, change in entry['changes'].items() if isinstance(change, dict)) \
					and row.get('contact_id', key[0]) == entry['contact_id']:
				return key
		return None

	def say(self, entry, problem):
		self.problems.append(f"entry {entry['entry_id']} {entry['table_name']} {entry['action']}: "
							 f"{problem}; {entry['changes']}")

	def differences(self, session, account):
		"""What differs from the tables, as texts."""
		found = []
		for table, rows in self.tables.items():
			present = {}
			for row in session.rows(f"SELECT * FROM contacts.{table} WHERE account_id = {account}"):
				plain = plain_row(row, MARKS[table])
				entry = {'table_name': table, 'contact_id': row['contact_id']}
				present[self.key(entry, plain)] = plain
			for key in sorted(set(rows) | set(present), key=str):
				if rows.get(key) != present.get(key):
					found.append(f"{table} {key}: replayed {rows.get(key)}, is {present.get(key)}")
		return found


def plain_row(row, marks):
	"""A row without its nulls and marks, each custom field as a column of its own."""
	plain = {column: value for column, value in row.items()
			 if value is not None and column not in marks and column != 'fields'}
	for key, value in row.get('fields', {}).items():
		plain[f"fields.{key}"] = value
	return plain


def replay_all(session, account, tally):
	replay = Replay()
	for entry in session.rows(f"SELECT entry_id, contact_id, table_name, action, changes"
							  f" FROM contacts.audit_log WHERE account_id = {account}"
							  f" ORDER BY entry_id"):
		replay.apply(entry)
	tally.check(not replay.problems, f'account {account}: each entry fits those before it',
				len(replay.problems), *replay.problems[:5])
	found = replay.differences(session, account)
	tally.check(not found, f'account {account}: replayed rows are the rows of the tables',
				len(found), *found[:5])


# ---- operations: each gives the cause that its entries have to name, and a statement ----------

class Operations:
	def __init__(self, chance, session):
		self.chance = chance
		self.session = session

	def any(self):
		name = self.chance.choice([n for n in dir(self) if n.startswith('do_')])
		made = getattr(self, name)()
		return (made[0], made[1]) if isinstance(made, tuple) else ('sql', made)

	# -- ingredients

	def contact(self):
		return self.session.value(f"SELECT contact_id FROM contacts.contact WHERE account_id ="
								  f" {ACCOUNT} ORDER BY pg_catalog.random() LIMIT 1") or '0'

	def some_contacts(self):
		return f"'{{{','.join(self.contact() for _ in range(self.chance.randint(1, 3)))}}}'"

	def email(self):
		if self.chance.random() < 0.05:
			return 'no e-mail'
		return messy_email(self.chance, email_of(self.chance.randrange(PEOPLE)))

	def phone(self):
		return messy_phone(self.chance, phone_of(self.chance.randrange(PEOPLE)))

	def fields(self):
		return {key: value for key, value in (
			('size', self.chance.choice([1, '2', 2.50, None])),
			('plan', self.chance.choice(['small', 'large', None])),
			('uses', self.chance.choice([['mail'], ['mail', 'chat'], None])),
			('free.text', self.chance.choice(['x', {'deep': [1, None]}, None])),
		) if self.chance.random() < 0.3}

	def person(self):
		given = {'email': self.email(), 'phone': self.phone(),
				 'visitor': f"cookie{self.chance.randrange(PEOPLE)}",
				 'external_id': f"crm:{self.chance.randrange(PEOPLE)}",
				 'name': f"Name {self.chance.randrange(9)}",
				 'company': self.chance.choice(COMPANIES), 'fields': self.fields(),
				 'status': self.chance.choice(STATUSES)}
		return {key: value for key, value in given.items()
				if value is not None and self.chance.random() < 0.4}

	def activity(self):
		report = self.person()
		report['kind'] = 'booking'
		if self.chance.random() < 0.5:
			report.update(state='scheduled', starts_at='2099-01-01 10:00+00',
						  calendar=self.chance.choice(CALENDARS))
		if self.chance.random() < 0.3:
			report.update(source='page', source_ref=str(self.chance.randrange(40)))
		return {key: value for key, value in report.items() if value is not None}

	# -- functions

	def do_record(self):
		return 'record_activity', 'SELECT ' + call('record_activity', **self.activity())

	def do_record_known(self):
		return 'record_activity', 'SELECT ' + call('record_activity', kind='note', email=self.email())

	def do_record_batch(self):
		items = [self.activity() for _ in range(self.chance.randint(1, 5))]
		return 'record_activities', 'SELECT count(*) FROM ' + call(
			'record_activities', activities=items, on_error=self.chance.choice(['stop', 'report']))

	def do_upsert(self):
		given = self.person()
		tags = self.chance.choice(["", ", tags => '{vip}'", ", tags => '{vip,new}'"])
		statement = call('upsert_contact', **given, source='api',
						 mode=self.chance.choice(['update', 'fill', 'skip', 'create']))
		return 'upsert_contact', f"SELECT {statement[:-1]}{tags})"

	def do_create(self):
		return 'create_contact', 'SELECT ' + call('create_contact', **self.person(), source='api')

	def do_update(self):
		changes = self.person()
		changes.pop('visitor', None)
		changes.pop('external_id', None)
		for key in list(changes):
			if key != 'fields' and self.chance.random() < 0.2:
				changes[key] = None
		return 'update_contact', f"SELECT contacts.update_contact({self.contact()}, {quote(changes)})"

	def do_set_status(self):
		return 'set_status', (f"SELECT contacts.set_status({self.some_contacts()},"
							  f" {quote(self.chance.choice(STATUSES))})")

	def do_assign(self):
		owner = self.chance.choice(['1', '2', 'NULL', '99'])
		return 'assign_contacts', f"SELECT contacts.assign_contacts({self.some_contacts()}, {owner})"

	def do_add_identifier(self):
		kind, value = self.chance.choice([('email', self.email()), ('phone', self.phone()),
										  ('visitor', f"cookie{self.chance.randrange(PEOPLE)}")])
		return 'add_identifier', (f"SELECT contacts.add_identifier({self.contact()}, '{kind}',"
								  f" {quote(value)}, {quote(self.chance.random() < 0.3)})")

	def do_remove_identifier(self):
		return self.with_key('remove_identifier', '')

	def do_set_primary(self):
		return self.with_key('set_primary_identifier', " AND kind IN ('email', 'phone')")

	def with_key(self, function, where):
		return function, (f"SELECT contacts.{function}(contact_id, kind::text, value) FROM (SELECT *"
						  f" FROM contacts.identifier WHERE account_id = {ACCOUNT}{where}"
						  f" ORDER BY pg_catalog.random() LIMIT 1) i")

	def do_cancel(self):
		return 'cancel_activity', (f"SELECT contacts.cancel_activity(activity_id) FROM (SELECT *"
								   f" FROM contacts.activity WHERE account_id = {ACCOUNT}"
								   f" ORDER BY pg_catalog.random() LIMIT 1) a")

	# -- plain SQL

	def do_insert(self):
		return (f"INSERT INTO contacts.contact (name, email, phone, fields) VALUES"
				f" ('Plain', {quote(self.email())}, {quote(self.phone())}, {quote(self.fields())}),"
				f" ('Bare', NULL, NULL, {quote(self.fields())})")

	def do_insert_or_update(self):
		return (f"INSERT INTO contacts.contact (contact_id, company) SELECT contact_id, company"
				f" FROM contacts.contact WHERE contact_id = {self.contact()} ON CONFLICT"
				f" (account_id, contact_id) DO UPDATE SET company = {quote(self.chance.choice(COMPANIES))}")

	def do_merge_statement(self):
		return (f"MERGE INTO contacts.contact c USING (VALUES ({self.contact()}), (NULL::bigint)) v (id)"
				f" ON c.contact_id = v.id AND c.account_id = {ACCOUNT}"
				f" WHEN MATCHED THEN UPDATE SET company = {quote(self.chance.choice(COMPANIES))}"
				f" WHEN NOT MATCHED THEN INSERT (name) VALUES ('Merge')")

	def do_copy(self):
		lines = ''.join(f"Copied\\\\t{email_of(self.chance.randrange(3 * PEOPLE))}\\\\n"
						for _ in range(2))
		return ('COPY contacts.contact (name, email) FROM PROGRAM '
				+ "E'printf \"" + lines + "\"'")

	def do_edit(self):
		column = self.chance.choice([f"email = {quote(self.email())}", f"phone = {quote(self.phone())}",
									 'email = NULL', "status = 'qualified'", 'status = NULL',
									 f"fields = {quote(self.fields())}", 'owner_id = 1',
									 "timezone = 'Europe/Berlin'", 'timezone = NULL',
									 "created_at = 'infinity'"])
		return f"UPDATE contacts.contact SET {column} WHERE contact_id = {self.contact()}"

	def do_edit_many(self):
		return (f"UPDATE contacts.contact SET company = {quote(self.chance.choice(COMPANIES))}"
				f" WHERE contact_id % 5 = {self.chance.randrange(5)}")

	def do_delete_softly(self):
		value = self.chance.choice(['pg_catalog.now()', 'NULL', 'NULL'])
		return f"UPDATE contacts.contact SET deleted_at = {value} WHERE contact_id = {self.contact()}"

	def do_delete(self):
		return f"DELETE FROM contacts.contact WHERE contact_id = {self.contact()}"

	def do_insert_identifier(self):
		return (f"INSERT INTO contacts.identifier (kind, value, contact_id) VALUES ('email',"
				f" {quote(self.email())}, {self.contact()}) ON CONFLICT DO NOTHING")

	def do_update_identifier(self):
		change = self.chance.choice([f"value = 'cookie{self.chance.randrange(2 * PEOPLE)}'",
									 f"contact_id = {self.contact()}",
									 "created_at = created_at - interval '1 day'"])
		return f"UPDATE contacts.identifier SET {change} WHERE kind = 'visitor' AND contact_id % 3 = 1"

	def do_delete_identifier(self):
		return f"DELETE FROM contacts.identifier WHERE contact_id = {self.contact()} AND NOT is_primary"

	def do_tag(self):
		return (f"INSERT INTO contacts.contact_tag (contact_id, tag_id) SELECT {self.contact()}, tag_id"
				f" FROM contacts.tag ON CONFLICT DO NOTHING")

	def do_update_tag(self):
		change = self.chance.choice(["created_at = created_at - interval '1 day'",
									 'tag_id = 1 + tag_id % 3'])
		return f"UPDATE contacts.contact_tag SET {change} WHERE contact_id = {self.contact()}"

	def do_untag(self):
		return f"DELETE FROM contacts.contact_tag WHERE contact_id = {self.contact()}"

	def do_activity(self):
		return self.chance.choice([
			f"INSERT INTO contacts.activity (contact_id, kind) VALUES ({self.contact()}, 'note')",
			f"UPDATE contacts.activity SET title = 'T' WHERE contact_id = {self.contact()}",
			f"DELETE FROM contacts.activity WHERE contact_id = {self.contact()}"])


# ---- sessions -----------------------------------------------------------------------------------

Identity = collections.namedtuple('Identity', 'role actor member')
IDENTITIES = [Identity('postgres', None, None), Identity('postgres', 'app | "one"', 1),
			  Identity('audit_agent', None, 2), Identity('audit_agent', 'bot', None)]


class Writer:
	"""One session, what it has open, and who it is."""

	def __init__(self, identity, chance, tally):
		self.identity, self.chance, self.tally = identity, chance, tally
		self.session = Session()
		self.operations = Operations(chance, self.session)
		self.savepoints = None  # None = no transaction
		self.failures = collections.Counter()
		self.session.ask("SET lock_timeout = '100ms'")
		self.session.ask(f"SELECT pg_catalog.setseed({chance.random()})")
		self.session.ask("SET client_min_messages = error")
		if identity.actor:
			self.session.ask(f"SET contacts.actor = {quote(identity.actor)}")
		if identity.member:
			self.session.ask(f"SET contacts.member_id = {identity.member}")

	def step(self):
		"""One operation, or a step of the transaction around them."""
		roll = self.chance.random()
		if self.savepoints is None:
			if roll < 0.25:
				self.session.ask('BEGIN ISOLATION LEVEL '
								 + self.chance.choice(['READ COMMITTED', 'REPEATABLE READ']))
				self.savepoints = 0
		elif roll < 0.2:
			self.end('COMMIT' if self.chance.random() < 0.7 else 'ROLLBACK')
		elif roll < 0.35:
			self.savepoints += 1
			self.session.ask(f"SAVEPOINT s{self.savepoints}")
		elif roll < 0.5 and self.savepoints > 0:
			self.end_savepoint('ROLLBACK TO' if self.chance.random() < 0.6 else 'RELEASE')
		self.operate()

	def operate(self):
		cause, statement = self.operations.any()
		role = 'postgres' if 'PROGRAM' in statement or 'contacts.identifier S' in statement \
			or 'INTO contacts.identifier' in statement or 'FROM contacts.identifier WHERE contact' \
			in statement else self.identity.role
		before = self.session.value("SELECT last_value FROM contacts.audit_log_entry_id_seq")
		try:
			self.session.ask(f"SET ROLE {role}")
			self.session.ask(statement)
		except Failed as failed:
			self.failures[failed.sqlstate] += 1
			self.recover()
			self.session.ask('RESET ROLE')
			return
		self.session.ask('RESET ROLE')
		self.look(before, cause, role, statement)

	def look(self, before, cause, role, statement):
		"""What the statement added names who, why and when."""
		wanted = {'cause': cause, 'role_name': role, 'actor': self.identity.actor or role,
				  'member_id': self.identity.member, 'cause_id': None}
		wrong = []
		for entry in self.session.rows(
				f"SELECT *, at = pg_catalog.now() AS is_now FROM contacts.audit_log"
				f" WHERE entry_id > {before} AND account_id = {ACCOUNT} ORDER BY entry_id"):
			named = {key: entry[key] for key in wanted}
			if named != wanted or not (self.savepoints is None or entry['is_now']):
				wrong.append(named)
		self.tally.check(not wrong, 'the entries name who, why and when',
						 statement, *wrong[:1], wanted)

	def recover(self):
		if self.savepoints is None:
			return
		if self.savepoints > 0:
			self.session.ask(f"ROLLBACK TO s{self.savepoints}")
		else:
			self.session.ask('ROLLBACK')
			self.savepoints = None

	def end_savepoint(self, how):
		self.session.ask(f"{how} s{self.savepoints}")
		if how == 'RELEASE':
			self.savepoints -= 1

	def end(self, how):
		try:
			self.session.ask(how)
		except Failed as failed:
			self.failures[failed.sqlstate] += 1
		self.savepoints = None


def prepare(session):
	role = session.value("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'audit_agent'")
	if role is None:
		session.ask('CREATE ROLE audit_agent')
	session.ask(f"INSERT INTO contacts.member (name) SELECT 'M' FROM generate_series(1, {MEMBERS})")
	session.ask("SELECT contacts.grant_access('audit_agent', 'agent')")
	session.ask("SELECT contacts.define_field('size', 'number')")
	session.ask("SELECT contacts.define_field('plan', 'dropdown', options => '{small,large}')")
	session.ask("SELECT contacts.define_field('uses', 'multi_select', options => '{mail,chat}')")
	session.ask("SELECT contacts.set_account(unknown_fields => 'keep')")
	session.ask("INSERT INTO contacts.tag (name) VALUES ('vip'), ('new'), ('old')")


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--seed', type=int)
	given = parser.parse_args()
	chance = random.Random(seed_of(given.seed))
	tally = Tally()
	watcher = Session()
	prepare(watcher)
	writers = [Writer(identity, chance, tally) for identity in IDENTITIES]
	for _ in range(10000 if given.full else 1000):
		chance.choice(writers).step()
	for writer in writers:
		if writer.savepoints is not None:
			writer.end('COMMIT')
	replay_all(watcher, ACCOUNT, tally)
	problems = watcher.rows(f"SELECT * FROM contacts.audit_verify(account_id => {ACCOUNT})")
	tally.check(not problems, 'audit_verify() finds nothing', *problems[:5])
	print('entries:', watcher.value('SELECT pg_catalog.count(*) FROM contacts.audit_log'),
		  'groups:', watcher.value('SELECT pg_catalog.count(*) FROM contacts.audit_group'),
		  'refused:', dict(sum((writer.failures for writer in writers), collections.Counter())))
	watcher.close()
	for writer in writers:
		writer.session.close()
	tally.finish()


if __name__ == '__main__':
	main()
