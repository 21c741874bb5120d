/* -------------------------------------------------------------------------
 * lifecycle.c
 *		Whether contacts are live, merged or deleted, and removing them for good.
 *
 * A merged contact stays as a row that leads to its survivor (R44), a deleted one as a row that
 * nobody is shown and that can be restored (R51).  Only a purge removes rows (R52).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "store/lifecycle.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

/* A merged contact has no life of its own: whoever marked it deleted said nothing of it. */
void
contacts_redirect(int64 account_id, const int64 *ids, int count, int64 survivor)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.contact c"
		" SET merged_into = $3, deleted_at = NULL"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" EQ "ANY ($2)",
		"bigint bigint[] bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	contacts_arg_id(&args, survivor);
	contacts_run(&query, &args);
}

int
contacts_lock_lifecycles(int64 account_id, const int64 *ids, int count, ContactsLifecycle **lives)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT c.contact_id, c.merged_into, c.deleted_at IS NOT NULL,"
		"       c.anonymized_at IS NOT NULL"
		" FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" EQ "ANY ($2)"
		" ORDER BY c.contact_id"
		" FOR UPDATE",
		"bigint bigint[]");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	rows = contacts_run(&query, &args);
	*lives = palloc(Max(rows, 1) * sizeof(ContactsLifecycle));
	for (uint64 row = 0; row < rows; row++)
	{
		(*lives)[row].contact_id = contacts_row_int64(row, 1);
		(*lives)[row].merged_into = contacts_row_int64(row, 2);
		(*lives)[row].is_deleted = contacts_row_bool(row, 3);
		(*lives)[row].is_anonymized = contacts_row_bool(row, 4);
	}
	return rows;
}

void
contacts_set_deleted(int64 account_id, const int64 *ids, int count, TimestampTz at)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.contact c"
		" SET deleted_at = $3"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" EQ "ANY ($2)",
		"bigint bigint[] timestamptz");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	contacts_arg_time(&args, at);
	contacts_run(&query, &args);
}

int
contacts_read_deleted(int64 account_id, TimestampTz now, const Interval *older_than, int max,
					  int64 **ids)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT c.contact_id"
		" FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.deleted_at" LE "($2" MINUS "COALESCE("
		"      $3,"
		"      (SELECT a.keep_deleted FROM contacts.account a WHERE " IN_ACCOUNT(a) "),"
		"      '90 days'))"
		"   AND c.merged_into IS NULL"
		" ORDER BY c.deleted_at"
		" LIMIT $4",
		"bigint timestamptz interval bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_time(&args, now);
	if (older_than)
		contacts_arg(&args, IntervalPGetDatum(older_than));
	else
		contacts_arg_null(&args);
	contacts_arg_int64(&args, max);
	return contacts_rows_int64(contacts_run(&query, &args), ids);
}

int
contacts_read_merge_tree(int64 account_id, const int64 *ids, int count, int64 **family)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"WITH RECURSIVE tree (contact_id) AS ("
		"   SELECT c.contact_id"
		"   FROM contacts.contact c"
		"   WHERE " IN_ACCOUNT(c)
		"     AND c.contact_id" EQ "ANY ($2)"
		"   UNION"
		"   SELECT c.contact_id"
		"   FROM tree t"
		"   JOIN contacts.contact c"
		"     ON " IN_ACCOUNT(c)
		"    AND c.merged_into" EQ "t.contact_id)"
		" SELECT t.contact_id"
		" FROM tree t",
		"bigint bigint[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	return contacts_rows_int64(contacts_run(&query, &args), family);
}

/* What hangs on the contacts goes with them, or is unlinked by the triggers (R52). */
uint64
contacts_remove(int64 account_id, const int64 *ids, int count)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"DELETE FROM contacts.contact c"
		" WHERE " IN_ACCOUNT(c)
		"   AND c.contact_id" EQ "ANY ($2)",
		"bigint bigint[]");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count);
	return contacts_run(&query, &args);
}
