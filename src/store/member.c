/* -------------------------------------------------------------------------
 * member.c
 *		Members of an account, and which contacts they see (R81).
 *
 * A member sees a contact through its owner, or through an activity that is assigned: to the member
 * or, as their access says, to somebody of their team.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "list.h"
#include "store/member.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

void
contacts_members_exist(int64 account_id, const int64 *ids, int count, bool *found)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT m.member_id"
		" FROM contacts.member m"
		" WHERE " IN_ACCOUNT(m)
		"   AND m.member_id" EQ "ANY ($2)"
		" ORDER BY m.member_id",
		"bigint bigint[]");
	ContactsArgs args = {0};
	int64 *members;
	int member_count;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	member_count = contacts_rows_int64(contacts_run(&query, &args), &members);
	for (int i = 0; i < count; i++)
		found[i] = bsearch(&ids[i], members, member_count, sizeof(int64), contacts_compare_ids) !=
				   NULL;
}

bool
contacts_read_visible_members(int64 account_id, int64 member_id, int64 **members, int *count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT m.access::pg_catalog.text, o.member_id"
		" FROM contacts.member m"
		" JOIN contacts.member o"
		"   ON " IN_ACCOUNT(o)
		"  AND (o.member_id" EQ "m.member_id"
		"       OR (m.access" EQ "'team' AND o.team" EQ "m.team))"
		" WHERE " IN_ACCOUNT(m)
		"   AND m.member_id" EQ "$2",
		"bigint bigint");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, member_id);
	rows = contacts_run(&query, &args);
	if (rows > 0 && strcmp(contacts_row_text(0, 1), "all") == 0)
		return true;
	/* an unknown member sees what is theirs: nothing */
	*count = Max(rows, 1);
	*members = palloc(*count * sizeof(int64));
	(*members)[0] = member_id;
	for (uint64 row = 0; row < rows; row++)
		(*members)[row] = contacts_row_int64(row, 2);
	return false;
}

void
contacts_read_visible(int64 account_id, const int64 *members, int member_count, const int64 *ids,
					  int count, bool *visible)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT r.place"
		" FROM pg_catalog.unnest($3) WITH ORDINALITY AS r (contact_id, place)"
		" WHERE EXISTS (SELECT"
		"               FROM contacts.contact c"
		"               WHERE " IN_ACCOUNT(c)
		"                 AND c.contact_id" EQ "r.contact_id"
		"                 AND c.owner_id" EQ "ANY ($2))"
		"    OR EXISTS (SELECT"
		"               FROM contacts.activity a"
		"               WHERE " IN_ACCOUNT(a)
		"                 AND a.contact_id" EQ "r.contact_id"
		"                 AND a.assigned_to" EQ "ANY ($2))",
		"bigint bigint[] bigint[]");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, members, member_count);
	contacts_arg_int64s(&args, ids, count);
	rows = contacts_run(&query, &args);
	memset(visible, false, count * sizeof(bool));
	for (uint64 row = 0; row < rows; row++)
		visible[contacts_row_int64(row, 1) - 1] = true;
}
