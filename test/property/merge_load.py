#!/usr/bin/env python3
"""merge_load.py: many sessions merge, take apart, use, delete and restore the same few contacts
(R18, R42, R44, R45, R51).

	merge_load.py             8 sessions, 5 seconds, longer where that is too short to judge
	merge_load.py --full      60 seconds
	merge_load.py --seconds N, --sessions N, --people N
	merge_load.py --seed N    the same sequences of calls; how they meet is never the same

Each session goes on without a pause, in two accounts at once, and picks its contacts among all that
there ever were: so most calls meet another one on the same contact.  That a contact is gone, merged,
live or taken by the time of the call is an answer like any other; what must not come is an error
that nobody can act on.  Deadlocks and serialization failures are counted by kind of call: less than
1 % of it all may reach the caller.  A share of few calls says little (a slow machine makes 500 in
five seconds), so a run whose share is near the limit goes on until there are enough.

Afterwards check() is empty, each activity that was acknowledged is there once, with a contact that
is no merged one, and there are no others.
"""
import argparse
import collections
import random
import threading
import time

from session import (Failed, Session, Tally, call, email_of, healthy, messy_email, phone_of, quote,
					 seed_of)

ACCOUNTS = (1, 2)
# gone, wrong state, taken; there is none to choose
ANSWERS = {'P0002', '55000', '23505', '22023'}
AGAIN = {'40P01', '40001'}
SHARE = 0.01
ENOUGH_CALLS, LONGEST = 6000, 120   # to judge a share near the limit; in seconds
KINDS = ('record', 'record', 'record', 'report', 'merge', 'merge', 'unmerge', 'unmerge', 'edit',
		 'edit_merging', 'identifier', 'delete', 'restore', 'restore', 'purge', 'preview')


class Client(threading.Thread):
	"""One session, which calls until the time is over."""

	def __init__(self, number, seed, people, is_over):
		super().__init__()
		self.chance = random.Random(f'{seed}/{number}')
		self.number = number
		self.people = people
		self.is_over = is_over
		self.session = Session()
		self.calls = collections.Counter()   # by kind
		self.states = collections.Counter()  # by kind and SQLSTATE
		self.texts = {}                      # of an error, by kind and SQLSTATE
		self.acknowledged = collections.defaultdict(list)  # ids of activities, by account
		self.slowest = collections.Counter()
		self.broken = None

	def run(self):
		try:
			while not self.is_over():
				self.one()
		except Exception as error:  # a thread's error is lost unless kept
			self.broken = repr(error)[:500]

	def one(self):
		account = self.chance.choice(ACCOUNTS)
		kind = self.chance.choice(KINDS)
		sql = getattr(self, kind)(account)
		if sql is None:
			return
		start = time.monotonic()
		self.calls[kind] += 1
		try:
			lines = self.session.ask(sql)
			if kind in ('record', 'report'):
				self.acknowledged[account] += [int(line) for line in lines]
			self.states[kind, '00000'] += 1
		except Failed as error:
			self.states[kind, error.sqlstate] += 1
			self.texts[kind, error.sqlstate] = str(error)[:1500]
		self.slowest[kind] = max(self.slowest[kind], time.monotonic() - start)

	def key(self):
		person = self.chance.randrange(self.people)
		if self.chance.random() < 0.7:
			return {'email': messy_email(self.chance, email_of(person))}
		return {'phone': phone_of(person)}

	def contact(self, account):
		"""One of all contacts there were, the newer the likelier; chosen by the server."""
		last = f"(SELECT max(contact_id) FROM contacts.contact WHERE account_id = {account})"
		return (f"(SELECT contact_id FROM contacts.contact WHERE account_id = {account} AND"
				f" contact_id <= {last} - {self.chance.randrange(2 * self.people)}"
				f" ORDER BY contact_id DESC LIMIT 1)")

	def contacts(self, account, count):
		return 'ARRAY[' + ', '.join(self.contact(account) for _ in range(count)) + ']::bigint[]'

	# ---- the calls ------------------------------------------------------------------------------

	def item(self):
		item = dict(self.key(), kind='note')
		if self.chance.random() < 0.3:
			item.update(self.key())
		if self.chance.random() < 0.5:
			item['name'] = f'Name {self.chance.randrange(1000)}'
		if self.chance.random() < 0.3:
			item.update(state='scheduled', starts_at='2099-01-01T10:00Z', calendar='google')
		return item

	def record(self, account):
		return f"SELECT r.activity_id FROM {call('record_activity', **self.item(), account_id=account)} r"

	def report(self, account):
		items = [self.item() for _ in range(5)]
		return (f"SELECT activity_id FROM contacts.record_activities({quote(items)},"
				f" account_id => {account})")

	def merge(self, account):
		count = self.chance.choice([1, 1, 2, 3])
		prefer = self.chance.choice(['primary', 'latest'])
		return (f"SELECT contacts.merge_contacts({self.contact(account)},"
				f" {self.contacts(account, count)}, '{prefer}', account_id => {account})")

	def preview(self, account):
		return (f"SELECT count(*) FROM contacts.merge_preview({self.contact(account)},"
				f" {self.contacts(account, 1)}, account_id => {account})")

	def unmerge(self, account):
		return (f"SELECT u.contact_id FROM contacts.unmerge((SELECT merge_id FROM contacts.merge"
				f" WHERE account_id = {account} AND undone_at IS NULL ORDER BY merge_id DESC"
				f" OFFSET {self.chance.randrange(3)} LIMIT 1), {account}) u")

	def edit(self, account, mode='error'):
		changes = {'name': f'Edited {self.chance.randrange(1000)}'}
		if self.chance.random() < 0.5 or mode == 'merge':
			changes.update(self.key())
		return (f"SELECT u.contact_id FROM contacts.update_contact({self.contact(account)},"
				f" {quote(changes)}, '{mode}', {account}) u")

	def edit_merging(self, account):
		return self.edit(account, 'merge')

	def identifier(self, account):
		(kind, value), = self.key().items()
		function = self.chance.choice(['add_identifier', 'remove_identifier', 'set_primary_identifier'])
		return (f"SELECT contacts.{function}({self.contact(account)}, '{kind}', {quote(value)},"
				f" account_id => {account})")

	def delete(self, account):
		return (f"SELECT contacts.delete_contacts({self.contacts(account, self.chance.choice([1, 2]))},"
				f" {account})")

	def restore(self, account):
		return ("SELECT contacts.restore_contacts(ARRAY(SELECT contact_id FROM contacts.contact"
				f" WHERE account_id = {account} AND deleted_at IS NOT NULL ORDER BY contact_id DESC"
				f" OFFSET {self.chance.randrange(3)} LIMIT 2), {account})")

	def purge(self, account):
		"""Seldom, so that there are some to work with."""
		if self.chance.random() < 0.7:
			return None
		return f"SELECT contacts.purge_contacts({self.contacts(account, 1)}, {account})"


def to_be_repeated(clients):
	return sum(client.states[key] for client in clients for key in list(client.states)
			   if key[1] in AGAIN)


def judgeable(clients, seconds):
	"""Whether the calls so far are enough to say that the share is below the limit, or not."""
	calls = sum(sum(list(client.calls.values())) for client in clients)
	return (to_be_repeated(clients) < SHARE / 2 * calls or calls >= ENOUGH_CALLS
			or seconds >= LONGEST)


def verdict(tally, clients, seconds):
	calls, states, slowest = collections.Counter(), collections.Counter(), collections.Counter()
	texts = {}
	for client in clients:
		calls.update(client.calls)
		states.update(client.states)
		texts.update(client.texts)
		for kind, time_taken in client.slowest.items():
			slowest[kind] = max(slowest[kind], time_taken)
		tally.check(client.broken is None, f'session {client.number} works to the end', client.broken)
	print(f'   {sum(calls.values())} calls in {seconds:.0f} s')
	for kind in sorted(calls):
		again = sum(states[kind, state] for state in AGAIN)
		print(f"   {kind:13} {calls[kind]:6} calls, {again} ({again / calls[kind]:.2%}) to be repeated,"
			  f" slowest {1000 * slowest[kind]:.0f} ms,",
			  ', '.join(f'{state} {count}' for (of, state), count in sorted(states.items()) if of == kind))
	for (kind, state), count in sorted(states.items()):
		tally.check(state == '00000' or state in ANSWERS | AGAIN,
					f'{kind}: {count} times {state}', texts.get((kind, state)))
	again = to_be_repeated(clients)
	if not tally.check(again < SHARE * sum(calls.values()), 'R18: less than 1 % are to be repeated', again):
		print(*[text for (_, state), text in texts.items() if state in AGAIN], sep='\n')
	for kind in ('record', 'report'):
		tally.check(not {state for of, state in states if of == kind} - AGAIN - {'00000'},
					f'R18: no {kind} fails for a state of its contact')


def check_account(session, tally, account, clients):
	healthy(session, tally, account)
	wrong = session.rows(f"SELECT * FROM contacts.audit_verify(account_id => {account})")
	tally.check(not wrong, f'R93: audit_verify() of account {account} is empty', *wrong[:3])
	acknowledged = collections.Counter(
		one for client in clients for one in client.acknowledged[account])
	stored = collections.Counter(row['activity_id'] for row in session.rows(
		f"SELECT activity_id FROM contacts.activity WHERE account_id = {account}"))
	tally.check(stored == acknowledged, f'R18: account {account} has each activity once',
				len(stored), len(acknowledged), (stored - acknowledged, acknowledged - stored))
	wrong = session.rows(f"""
		SELECT a.activity_id, a.contact_id, c.merged_into FROM contacts.activity a
		LEFT JOIN contacts.contact c ON c.account_id = a.account_id AND c.contact_id = a.contact_id
		WHERE a.account_id = {account} AND a.contact_id IS NOT NULL
		  AND (c.contact_id IS NULL OR c.merged_into IS NOT NULL)""")
	tally.check(not wrong, f'R44: no activity of account {account} is on a merged contact', *wrong[:3])
	count = session.rows(f"""
		SELECT count(*) FILTER (WHERE merged_into IS NOT NULL) AS merged,
			   count(*) FILTER (WHERE deleted_at IS NOT NULL) AS deleted, count(*) AS contacts
		FROM contacts.contact WHERE account_id = {account}""")[0]
	print(f"   account {account}: {sum(acknowledged.values())} activities, {count}")


def main():
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument('--full', action='store_true')
	parser.add_argument('--seconds', type=float)
	parser.add_argument('--sessions', type=int, default=8)
	parser.add_argument('--people', type=int, default=20)
	parser.add_argument('--seed', type=int)
	options = parser.parse_args()
	seed = seed_of(options.seed)
	seconds = options.seconds or (60 if options.full else 5)
	session = Session()
	tally = Tally()
	for account in ACCOUNTS:
		session.ask(f"SELECT contacts.connect_integration('crm', 'crm', {account})")
	start = time.monotonic()
	clients = []

	def is_over():
		passed = time.monotonic() - start
		return passed >= seconds and judgeable(clients, passed)

	clients += [Client(number, seed, options.people, is_over) for number in range(options.sessions)]
	for client in clients:
		client.start()
	for client in clients:
		client.join()
		client.session.close()
	verdict(tally, clients, time.monotonic() - start)
	for account in ACCOUNTS:
		check_account(session, tally, account, clients)
	tally.finish()


if __name__ == '__main__':
	main()
