#!/usr/bin/env python3
"""settings.py: a setting that is none is never taken for the default (R3, R81).

	settings.py

Each session sets one of the settings wrongly, or one that does not exist, before or after the
library is there, in each way that a client has; then each kind of statement must be refused, and
nothing be written or shown.  Then a grant that demands a member: without one who exists, likewise.
"""
from attacks import answer, login, state
from session import Tally

WRONG = {
	'account_id': ["tenant-7", "0", "-1", "1.5", "99999999999999999999", "1 ", "seven"],
	'member_id': ["x", "0", "-7", "7a"],
	'default_region': ["Germany", "XX", "1"],
	'acount_id': ["7"],
	'member': ["7"],
}
STATEMENTS = [
	"SELECT contacts.current_account()", "SELECT contacts.current_member()",
	"SELECT contacts.record_activity('x', email => 'x@example.com')",
	"SELECT contacts.upsert_contact(email => 'x@example.com')", "SELECT contacts.find_contact('ann@example.com')",
	"INSERT INTO contacts.contact (name, owner_id) VALUES ('x', 7)", "SELECT count(*) FROM contacts.contact",
	"UPDATE contacts.contact SET name = 'x'", "SELECT * FROM contacts.contact_overview", "SELECT contacts.set_account(name => 'x')",
]
UNCHANGED = ("SELECT (SELECT count(*) FROM contacts.contact) || ' ' || (SELECT count(*) FROM contacts.activity) || ' ' || "
			 "(SELECT string_agg(name, ',') FROM contacts.contact)")


def ways(name, value):
	"""Start-up options, statements before, statements of the transaction."""
	yield 'options', f"-c contacts.{name}={value.replace(' ', chr(92) + ' ')}", []
	yield 'SET', None, [f"SET contacts.{name} = '{value}'"]
	yield 'set_config', None, [f"SELECT set_config('contacts.{name}', '{value}', false)"]
	yield 'SET LOCAL', None, ['BEGIN', f"SET LOCAL contacts.{name} = '{value}'"]
	yield 'set_config local', None, ['BEGIN', f"SELECT set_config('contacts.{name}', '{value}', true)"]


def wrong_settings(tally, owner):
	before = owner.value(UNCHANGED)
	# each way with the first value, the others in turn: a log-in costs more than all the rest
	for name, values in WRONG.items():
		for place, value in enumerate(values):
			for turn, (way, options, statements) in enumerate(ways(name, value)):
				if place == 0 or turn == place % 5:
					who = ('settings_admin', None)[(place + turn) % 2]
					for loaded in (False, True)[:1 if options or place else 2]:
						session = login(who, options=options)
						if loaded:
							session.ask('SELECT contacts.version()')
						refused = [one for one in statements if state(session, one) != '00000']
						if not refused:
							for statement in STATEMENTS if who else STATEMENTS[:4] + STATEMENTS[5:6]:
								if 'BEGIN' in statements:
									answer(session, 'SAVEPOINT here')
								ending = state(session, statement)
								if 'BEGIN' in statements:
									answer(session, 'ROLLBACK TO here')
								tally.check(ending == '22023', f"{way} of {name} {value!r}, {'after' if loaded else 'before'} loading, as {who}: "
											f"{statement} ends with {ending}")
						else:
							tally.check(loaded, f'{way} of {name} {value!r} is refused before the library is there')
						session.close()
	tally.check(owner.value(UNCHANGED) == before, 'nothing was written')
	session = login('settings_admin')
	session.ask("SET contacts.account_id = 'x'")
	tally.check(state(session, STATEMENTS[0]) == '22023', 'a wrong value is refused')
	session.ask('RESET contacts.account_id')
	tally.check(answer(session, STATEMENTS[0]) == '1', 'until it is reset')
	session.close()
	session = login('settings_admin')
	session.ask("SET contacts.acount_id = '7'")
	tally.check(state(session, STATEMENTS[0]) == '22023', 'a misspelt setting is refused')
	session.ask('RESET contacts.acount_id')
	tally.check(answer(session, STATEMENTS[0]) == '1', 'until it is reset')
	session.close()


def demanded_member(tally, owner):
	calls = [one for one in STATEMENTS if 'current_' not in one and 'set_account' not in one]
	for setting, ending in ((None, '42501'), ('', '42501'), ('99', '42501'), ('7', '00000')):
		session = login('settings_pool')
		if setting is not None:
			session.ask(f"SET contacts.member_id = '{setting}'")
		session.ask('BEGIN')
		for statement in calls:
			answer(session, 'SAVEPOINT here')
			found = state(session, statement)
			answer(session, 'ROLLBACK TO here')
			tally.check(found == ending, f'member {setting!r}: {statement} ends with {found}')
		session.close()


def names(tally, owner):
	"""Levels go with the name: also of a role that is gone (R80)."""
	owner.ask('CREATE ROLE "Settings gone"; GRANT SELECT ON contacts.merge TO settings_admin; GRANT TRIGGER ON contacts.contact TO settings_admin')
	owner.ask("""SELECT contacts.grant_access('"Settings gone"', 'reader')""")
	tally.check(owner.value("SELECT count(*) FROM contacts.access_grant WHERE grantee = 'Settings gone'") == '1', 'the name is kept as it is')
	owner.ask('DROP OWNED BY "Settings gone"; DROP ROLE "Settings gone"')
	tally.check(owner.value("SELECT count(*) FROM contacts.check() WHERE problem = 'grant of a role that does not exist' AND detail = 'Settings gone'") == '1',
				'check() tells of the role that is gone')
	tally.check(state(owner, """SELECT contacts.revoke_access('"Settings gone"')""") == '00000', 'and its level can be revoked')
	for name in ('a b', 'a.b', '', '"', "x'; DROP"):
		tally.check(state(owner, "SELECT contacts.grant_access('%s', 'reader')" % name.replace("'", "''")) == '22023', f'{name!r} is no name')
	tally.check(state(owner, "SELECT contacts.grant_access('no_such_role', 'reader')") == 'P0002', 'nor does it exist')
	owner.ask("SELECT contacts.grant_access('settings_admin', 'reader')")
	tally.check(owner.value("SELECT has_table_privilege('settings_admin', 'contacts.contact', 'TRIGGER')") == 't', 'what was granted by hand stays')
	tally.check(owner.value("SELECT has_table_privilege('settings_admin', 'contacts.contact', 'INSERT')") == 'f', 'what the level gave goes')
	owner.ask("SELECT contacts.revoke_access('settings_admin')")
	tally.check(owner.value("SELECT has_table_privilege('settings_admin', 'contacts.contact', 'TRIGGER') AND has_schema_privilege('settings_admin', 'contacts', 'USAGE')")
				== 't', 'also when the level is revoked')
	tally.check(owner.value("SELECT has_table_privilege('settings_admin', 'contacts.contact', 'SELECT')") == 'f', 'and no more')


def main():
	owner = login()
	tally = Tally()
	for role in ('settings_admin', 'settings_pool'):
		owner.ask(f'CREATE ROLE {role} LOGIN')
	try:
		owner.ask("INSERT INTO contacts.member (member_id, name, access) VALUES (7, 'Mia', 'own')")
		owner.ask("INSERT INTO contacts.contact (name, email, owner_id) VALUES ('Ann', 'ann@example.com', 7)")
		owner.ask("SELECT contacts.grant_access('settings_admin', 'admin'); SELECT contacts.grant_access('settings_pool', 'agent', member_required => true)")
		wrong_settings(tally, owner)
		demanded_member(tally, owner)
		names(tally, owner)
	finally:
		for role in ('settings_admin', 'settings_pool'):
			answer(owner, f'DROP OWNED BY {role} CASCADE')
			answer(owner, f'DROP ROLE {role}')
		owner.close()
	tally.finish()


if __name__ == '__main__':
	main()
