/* -------------------------------------------------------------------------
 * grant.c
 *		Reading contacts.access_grant: what database roles may do (R80).
 *
 * A role has the grants of all roles that it is a member of; which of them counts is decided in
 * engine/session/access.c.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "store/grant.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

int
contacts_read_grants(Oid role, ContactsGrant **grants)
{
	/* account-ok: what a role may do in any account, read to find out which one it works in */
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT g.account_id, g.level, g.member_id, g.pinned, g.member_required"
		" FROM contacts.access_grant g"
		" JOIN pg_catalog.pg_roles r"
		"   ON r.rolname" EQ "g.grantee"
		" WHERE pg_catalog.pg_has_role($1, r.oid, 'USAGE')"
		" ORDER BY g.account_id, g.grantee",
		"oid");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg(&args, ObjectIdGetDatum(role));
	rows = contacts_run(&query, &args);
	*grants = palloc(Max(rows, 1) * sizeof(ContactsGrant));
	for (uint64 row = 0; row < rows; row++)
	{
		(*grants)[row].account_id = contacts_row_int64(row, 1);
		(*grants)[row].level = contacts_row_text(row, 2);
		(*grants)[row].member_id = contacts_row_int64(row, 3);
		(*grants)[row].pinned = contacts_row_bool(row, 4);
		(*grants)[row].member_required = contacts_row_bool(row, 5);
	}
	return rows;
}
