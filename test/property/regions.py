#!/usr/bin/env python3
"""regions.py: a phone is read once, with the region it was given under (R11, R19, R51).

	regions.py             6 accounts of 150 steps
	regions.py --full      60
	regions.py --cases N   N
	regions.py --seed N    the same accounts as another run

Each case is an account with a few contacts whose phones are written without their country, so that
Germany, Austria, Switzerland and nobody read them as different numbers.  Regions change at random:
the account's, the session's, the argument of a report.  Between the changes contacts are reported,
edited by calls and by plain SQL, deleted, changed while deleted, restored, merged and unmerged, and
get further identifiers.  After each step:

  - check() is empty, under whatever region there is now;
  - what a contact shows reads, in the region of its primary key, as that key;
  - a step that gives no phone changes no key of a contact, and a changed region none at all;
  - a cleared phone makes room for the oldest other one of the contact;
  - a step that gives another text makes its reading under the region of that moment the primary
    key, and the account itself can read what is shown then;
  - a restored contact has the keys that it had, or a pair to review for one that is taken;
  - an undone merge leaves the keys as they were.
"""
import argparse
import random

from session import Failed, Session, Tally, call, quote, seed_of

REGIONS = ('DE', 'AT', 'CH', 'US', None)
# Valid in several countries, or in one only, or with their country.
PHONES = ('0512 123456', '0512/123 457', '(0512) 123458', '0316 123456', '030 123456', '044 668 18 00',
		  '+43 512 123456', '+49 512 123457', '0043 512 123458', '0049 30 123456', '+41446681800',
		  '(415) 555-2671', '415.555.2672', '011 43 512 123456', 'tel:+43-512-123457',
		  'Phone: 0512 123458', 'whatsapp:0316 123456', '0800 1234567', '030 123456 ext. 7')
PEOPLE = 5


class Case:
	def __init__(self, number, seed, session, tally):
		self.account, self.chance = number, random.Random(f'{seed}/{number}')
		self.session, self.tally, self.log = session, tally, []
		self.home = self.setting = None
		self.undo = {}  # merge id -> identifiers before it, while nothing else happened since
		session.ask(f"SET contacts.account_id = '{number}'; RESET contacts.default_region;"
					f" SELECT contacts.set_account(name => 'regions')")
		for person in range(PEOPLE):
			session.ask('SELECT ' + call('upsert_contact', email=self.email(person), name=f'P{person}'))

	def email(self, person):
		return f'p{person}@a{self.account}.example'

	def ask(self, sql):
		self.log.append(sql)
		return self.session.ask(sql)

	def check(self, holds, name, *details):
		return self.tally.check(holds, name, *details, *(f'account {self.account}', *self.log[-12:]))

	def keys(self):
		rows = self.session.rows(
			'SELECT contact_id, kind, value, is_primary FROM contacts.identifier'
			f' WHERE account_id = {self.account}')
		return {(row['kind'], row['value']): (row['contact_id'], row['is_primary']) for row in rows}

	def people(self):
		return {row['contact_id']: row for row in self.session.rows(
			'SELECT contact_id, email, phone, deleted_at IS NOT NULL AS deleted, merged_into'
			f' FROM contacts.contact WHERE account_id = {self.account}')}

	def primary(self, keys, contact):
		return next((value for (kind, value), owner in keys.items()
					 if kind == 'phone' and owner == (contact, True)), None)

	def following(self, contact):
		"""The oldest phone of a contact that is not its primary one; None when there is none."""
		return self.session.value(
			'SELECT value FROM contacts.identifier'
			f" WHERE account_id = {self.account} AND contact_id = {contact} AND kind = 'phone'"
			' AND NOT is_primary ORDER BY created_at, value LIMIT 1')

	def read(self, text, region):
		"""The key of a text; None when it is invalid, or finds nobody."""
		return self.session.value(
			f"SELECT i.key FROM (SELECT CASE WHEN p.valid AND p.type NOT IN ('toll-free', 'uan',"
			f" 'premium', 'shared cost', 'voicemail') THEN p.e164 || coalesce(';ext=' || p.extension,"
			f" '') END AS key FROM contacts.phone_info({quote(text)}, {quote(region)}) p) i"
			f" WHERE i.key IS NOT NULL")

	def region(self):
		return self.setting or self.home

	# ---- steps; each returns the contacts whose keys it may change -------------------------------

	def change_region(self):
		self.chance.choice((self.change_home, self.change_setting))()
		return ()

	def change_home(self):
		self.home = self.chance.choice(REGIONS)
		self.ask('UPDATE contacts.account SET default_region = ' + quote(self.home)
				 + f' WHERE account_id = {self.account}')

	def change_setting(self):
		self.setting = self.chance.choice(REGIONS)
		self.ask('RESET contacts.default_region' if self.setting is None
				 else f"SET contacts.default_region = '{self.setting}'")

	def some(self, **wanted):
		ids = [number for number, row in self.people().items()
			   if row['merged_into'] is None and row['deleted'] == wanted.get('deleted', False)]
		return self.chance.choice(ids) if ids else None

	def report(self):
		region = self.chance.choice(REGIONS)
		text = self.chance.choice(PHONES)
		arguments = dict(email=self.email(self.chance.randrange(PEOPLE)), phone=text, region=region)
		if self.chance.random() < .3:
			arguments['mode'] = self.chance.choice(('fill', 'create', 'skip'))
		shown = self.people()
		rows = self.ask('SELECT contact_id FROM ' + call('upsert_contact', **arguments))
		contact = int(rows[0])
		if self.people()[contact]['phone'] != shown.get(contact, {}).get('phone'):
			self.given(contact, text, region or self.region(), strict=False)
		if region is None:
			self.repeat(arguments)
		return (contact,)

	def repeat(self, arguments):
		"""The same report once more, under another region; only where its phone is shown."""
		if arguments.get('mode', 'update') != 'update':
			return
		owner = self.keys().get(('email', arguments['email']), (0,))[0]
		shown = self.people().get(owner, {}).get('phone')
		if shown != arguments['phone']:
			return
		before = self.keys()
		self.change_region()
		if self.read(shown, self.region()):
			self.ask('SELECT contact_id FROM ' + call('upsert_contact', **arguments))
			self.check(before == self.keys(), 'R20: a repeated report changes no key', before, self.keys())

	def edit(self):
		contact, text = self.some(), self.chance.choice(PHONES + (None,))
		if contact is None:
			return ()
		before = self.people()[contact]['phone']
		following = self.following(contact)
		if self.chance.random() < .5:
			self.ask('SELECT ' + call('update_contact', contact_id=contact, changes={'phone': text}))
		else:
			self.ask(f'UPDATE contacts.contact SET phone = {quote(text)}'
					 f' WHERE account_id = {self.account} AND contact_id = {contact}')
		if text is None:
			self.check(before is None or self.primary(self.keys(), contact) == following,
					   'R11: a cleared phone makes room for the oldest other one', before, following)
		elif before is None or not text.endswith(before):
			self.given(contact, text, self.region())
		return (contact,)

	def edit_name(self):
		contact = self.some()
		if contact is not None:
			text = self.people()[contact]['phone']
			self.ask('SELECT ' + call('update_contact', contact_id=contact, on_duplicate='merge',
									  changes={'name': f'N{self.chance.random()}', 'phone': text}))
		return ()

	def edit_deleted(self):
		"""What a contact shows is changed while it is deleted."""
		contact, text = self.some(deleted=True), self.chance.choice(PHONES)
		if contact is not None:
			key = self.read(text, self.region())
			shown = self.people()[contact]['phone']
			self.ask(f'UPDATE contacts.contact SET phone = {quote(text)}'
					 f' WHERE account_id = {self.account} AND contact_id = {contact}')
			noted = self.session.rows(
				'SELECT value FROM contacts.freed_identifier'
				f" WHERE account_id = {self.account} AND contact_id = {contact} AND kind = 'phone'"
				' AND is_primary')
			if text != shown:
				self.check([row['value'] for row in noted] == ([key] if key else []),
						   'R51: the key of what a deleted contact shows is noted', noted, key)
		return ()

	def further(self):
		contact, text = self.some(), self.chance.choice(PHONES)
		if contact is None:
			return ()
		primary = self.chance.random() < .5
		self.ask('SELECT ' + call('add_identifier', contact_id=contact, kind='phone', value=text,
								  make_primary=primary))
		if primary:
			self.given(contact, text, self.region())
		return (contact,)

	def delete(self):
		contact = self.some()
		if contact is None:
			return ()
		had = {key: owner for key, owner in self.keys().items() if owner[0] == contact}
		self.ask(f"SELECT contacts.delete_contacts('{{{contact}}}')")
		if self.chance.random() < .5:
			self.change_region()
			self.ask(f"SELECT contacts.restore_contacts('{{{contact}}}')")
			has = {key: owner for key, owner in self.keys().items() if owner[0] == contact}
			self.check(had == has, 'R51: a restored contact has the keys it had', had, has)
		return (contact,)

	def restore(self):
		contact = self.some(deleted=True)
		if contact is None:
			return ()
		noted = {(row['kind'], row['value']): (contact, row['is_primary']) for row in self.session.rows(
			'SELECT kind, value, is_primary FROM contacts.freed_identifier'
			f' WHERE account_id = {self.account} AND contact_id = {contact}')}
		owned = self.keys()
		self.ask(f"SELECT contacts.restore_contacts('{{{contact}}}')")
		has = {key: owner for key, owner in self.keys().items() if owner[0] == contact}
		wanted = {key: owner for key, owner in noted.items() if key not in owned}
		self.check(has == wanted, 'R51: a restored contact has the keys that were noted', wanted, has)
		return (contact,)

	def merge(self):
		first, second = self.some(), self.some()
		if first is None or first == second:
			return ()
		before = self.keys()
		shown = {number: (row['email'], row['phone']) for number, row in self.people().items()}
		merge = self.ask(f"SELECT contacts.merge_contacts({first}, '{{{second}}}')")[0]
		if self.chance.random() < .7:
			self.change_region()
			self.ask(f'SELECT * FROM contacts.unmerge({merge})')
			after = {number: (row['email'], row['phone']) for number, row in self.people().items()}
			self.check(before == self.keys() and shown == after, 'R45: keys are as before the merge',
					   before, self.keys(), shown, after)
		return (first, second)

	# ---- what holds -----------------------------------------------------------------------------

	def given(self, contact, text, region, strict=True):
		"""The contact was given this text as its phone, under this region."""
		key = text and self.read(text, region)
		keys, shown = self.keys(), self.people()[contact]['phone']
		# another spelling of what it showed without owning it stays so
		if strict and keys.get(('phone', key), (contact,))[0] == contact:
			self.check(self.primary(keys, contact) == key, 'R19: the primary key is what was given',
					   key, self.primary(keys, contact), shown)
		if key and self.primary(keys, contact) == key:
			self.check(self.read(shown, self.home) == key, 'R19: the account reads what is shown',
					   shown, key, self.home)
			self.check(not shown[0].isalpha(), 'R10: a shown phone has no label', shown)

	def holds(self, before, touched):
		keys, people = self.keys(), self.people()
		for key, owner in before.items():
			if owner[0] not in touched and keys.get(key) != owner:
				self.check(False, 'a key changes with its own contact only', key, owner, keys.get(key))
		for (kind, value), (contact, is_primary) in keys.items():
			if kind == 'phone' and is_primary:
				home = self.session.value(f'SELECT region FROM contacts.phone_info({quote(value)}, NULL)')
				shown = people[contact]['phone']
				self.check(shown is not None and self.read(shown, home) == value,
						   'a contact shows its primary key', shown, value)
		problems = self.session.rows(f'SELECT * FROM contacts.check({self.account})')
		self.check(not problems, 'check() is empty', *problems)

	def run(self, steps):
		chosen = ([self.change_region] * 4 + [self.report] * 4 + [self.edit] * 4 + [self.edit_name] * 2
				  + [self.edit_deleted] * 2 + [self.further] * 2 + [self.delete] * 2 + [self.restore] * 2
				  + [self.merge] * 2)
		for _ in range(steps):
			before, touched = self.keys(), ()
			try:
				touched = self.chance.choice(chosen)()
			except Failed as error:
				# an invalid phone, a taken one
				if error.sqlstate not in ('22P02', '23505'):
					self.check(False, 'no other errors', error)
			self.holds(before, touched)
			if self.tally.failed >= 20:
				return


def main():
	parser = argparse.ArgumentParser()
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--cases', type=int)
	parser.add_argument('--seed', type=int)
	options = parser.parse_args()
	seed, tally, session = seed_of(options.seed), Tally(), Session()
	for number in range(1, (options.cases or (60 if options.full else 6)) + 1):
		Case(number, seed, session, tally).run(150)
	tally.finish()


if __name__ == '__main__':
	main()
