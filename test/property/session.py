"""session.py: psql sessions, random people and their messy spellings, for the tests beside it.

A session is one psql process that stays connected.  ask() sends statements and waits for their
rows, so that a test can keep several sessions and decide who goes first; script() hands a file to
a psql of its own, so that many sessions can run at full speed at the same time.
"""
import json
import os
import random
import subprocess
import sys

PSQL = ['psql', '-XAtq', '-v', 'VERBOSITY=verbose']
END = '\x02end\x02'


class Failed(Exception):
	"""An error that the server reported: sqlstate and the whole text."""

	def __init__(self, sqlstate, text):
		super().__init__(text)
		self.sqlstate = sqlstate


class Session:
	def __init__(self):
		self.warnings = []  # of the server, to be looked at by whoever wants
		self.process = subprocess.Popen(
			PSQL, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
			text=True, encoding='utf-8')

	def send(self, sql):
		"""Starts statements without waiting for them; ask('') waits."""
		self.process.stdin.write(f"{sql}\n;\n\\echo {END} :SQLSTATE\n")
		self.process.stdin.flush()

	def receive(self):
		"""The output of what was sent first; raises Failed when its last statement failed."""
		lines = []
		for line in self.process.stdout:
			line = line.rstrip('\n')
			if line.startswith(END):
				sqlstate = line.split()[-1]
				if sqlstate not in ('00000', ':SQLSTATE'):
					raise Failed(sqlstate, '\n'.join(lines))
				return lines
			if line.startswith('WARNING'):
				self.warnings.append(line)
			lines.append(line)
		raise Failed('08006', '\n'.join(lines) or 'the server closed the connection')

	def ask(self, sql):
		self.send(sql)
		return self.receive()

	def rows(self, query):
		"""The rows of a query as dictionaries."""
		lines = self.ask(f"SELECT pg_catalog.to_jsonb(q) FROM ({query}) q")
		return [json.loads(line) for line in lines if line.startswith('{')]

	def value(self, query):
		lines = self.ask(query)
		return lines[0] if lines else None

	def close(self):
		self.process.stdin.close()
		self.process.wait()


def script(path, log):
	"""Starts psql on a file of statements; its output goes to the log."""
	return subprocess.Popen(PSQL + ['-f', path], stdout=log, stderr=subprocess.STDOUT,
							stdin=subprocess.DEVNULL)


def quote(value):
	"""A Python value as an SQL literal."""
	if value is None:
		return 'NULL'
	if isinstance(value, bool):
		return 'true' if value else 'false'
	if isinstance(value, (int, float)):
		return str(value)
	if isinstance(value, (dict, list)):
		value = json.dumps(value, ensure_ascii=False)
	return "'" + str(value).replace("'", "''") + "'"


def call(function, **arguments):
	"""The text of a call with named arguments."""
	return f"contacts.{function}(" + ', '.join(
		f"{name} => {quote(value)}" for name, value in arguments.items()) + ')'


# ---- people -------------------------------------------------------------------------------------

def email_of(number):
	return f"person{number}@mail{number % 7}.example"


def phone_of(number):
	"""A valid number of the United States; up to 8 000 000 different ones."""
	return f"+1415{2000000 + number % 8000000:07d}"


def messy_email(chance, email):
	"""The same address as people and programs write it."""
	local, domain = email.split('@')
	return chance.choice([
		lambda: email,
		lambda: email.upper(),
		lambda: f"  {email} ",
		lambda: f"{local.capitalize()}@{domain.upper()}",
		lambda: f"mailto:{email}",
		lambda: f"Some One <{email}>",
		lambda: f"{local}@{domain}.",
		lambda: f"{local} @ {domain}",
		lambda: f"{email};",
		lambda: f"\u200b{email}",
	])()


def messy_phone(chance, phone):
	"""The same number as people and programs write it."""
	area, office, line = phone[2:5], phone[5:8], phone[8:]
	return chance.choice([
		lambda: phone,
		lambda: f"+1 {area} {office} {line}",
		lambda: f"+1 ({area}) {office}-{line}",
		lambda: f"+1.{area}.{office}.{line}",
		lambda: f"tel:+1-{area}-{office}-{line}",
		lambda: f" +1/{area}/{office}{line} ",
	])()


# ---- checks -------------------------------------------------------------------------------------

class Tally:
	"""Counts checks, shows the first failures, prints the line that test/run reads."""

	def __init__(self):
		self.passed = self.failed = 0

	def check(self, holds, name, *details):
		if holds:
			self.passed += 1
			return True
		self.failed += 1
		if self.failed <= 20:
			print('FAILED:', name)
			for detail in details:
				print('   ', str(detail)[:2000])
		return False

	def finish(self):
		print(f"{self.passed} passed, {self.failed} failed")
		sys.exit(1 if self.failed else 0)


def healthy(session, tally, account=1):
	"""contacts.check() finds nothing."""
	problems = session.rows(f"SELECT * FROM contacts.check({account})")
	tally.check(not problems, f'check() of account {account} is empty', *problems[:5])


def seed_of(given):
	"""The seed given, that of CONTACTS_SEED, or a new one; printed, to make a failure happen again."""
	if given is None and os.environ.get('CONTACTS_SEED'):
		given = int(os.environ['CONTACTS_SEED'])
	seed = given if given is not None else random.SystemRandom().randrange(1 << 31)
	print('seed', seed, flush=True)
	return seed
