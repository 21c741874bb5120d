/* -------------------------------------------------------------------------
 * merge.c
 *		Reading and writing merges, and their journal of rows that went over.
 *
 * The journal says what unmerge() gives back (R45).  Rows that only hang on a contact are noted by
 * their keys (here, and reference.c); identifiers, recipients and pairs to review with what they
 * were before (merge_identifiers.c, merge_duplicates.c).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "identity/identifier.h"
#include "store/actor.h"
#include "store/contact.h"
#include "store/merge.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"

void
contacts_insert_merge(int64 account_id, const ContactsMerge *merge, const ContactsActor *actor,
					  TimestampTz now)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.merge (account_id, merge_id, primary_id, duplicate_ids, prefer,"
		"                            changes, shown_email, shown_phone, merged_at, member_id,"
		"                            actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		"bigint bigint bigint bigint[] text jsonb text text timestamptz bigint text");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge->merge_id);
	contacts_arg_int64(&args, merge->primary_id);
	contacts_arg_int64s(&args, merge->duplicate_ids, merge->duplicate_count);
	contacts_arg_text(&args, merge->prefer);
	contacts_arg_jsonb(&args, merge->changes);
	contacts_arg_text(&args, merge->shown[CONTACTS_EMAIL]);
	contacts_arg_text(&args, merge->shown[CONTACTS_PHONE]);
	contacts_arg_time(&args, now);
	contacts_arg_id(&args, actor->member_id);
	contacts_arg_text(&args, actor->name);
	contacts_run(&query, &args);
}

#define MERGE_SQL \
	SQL( \
		"SELECT m.merge_id, m.primary_id, m.duplicate_ids, m.prefer, m.changes, m.shown_email," \
		"       m.shown_phone, m.undone_at IS NOT NULL" \
		" FROM contacts.merge m" \
		" WHERE " IN_ACCOUNT(m) \
		"   AND m.merge_id" EQ "$2")

bool
contacts_read_merge(int64 account_id, int64 merge_id, ContactsLock lock, ContactsMerge *merge)
{
	static ContactsQuery read = CONTACTS_QUERY(MERGE_SQL, "bigint bigint");
	static ContactsQuery locked = CONTACTS_QUERY(MERGE_SQL " FOR NO KEY UPDATE", "bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge_id);
	if (contacts_run(lock == CONTACTS_LOCK_NONE ? &read : &locked, &args) == 0)
		return false;
	merge->merge_id = contacts_row_int64(0, 1);
	merge->primary_id = contacts_row_int64(0, 2);
	merge->duplicate_ids = contacts_row_int64s(0, 3, &merge->duplicate_count);
	merge->prefer = contacts_row_text(0, 4);
	merge->changes = contacts_row_jsonb(0, 5);
	merge->shown[CONTACTS_EMAIL] = contacts_row_text(0, 6);
	merge->shown[CONTACTS_PHONE] = contacts_row_text(0, 7);
	merge->is_undone = contacts_row_bool(0, 8);
	return true;
}

int64
contacts_last_merge(int64 account_id, int64 contact_id)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT COALESCE(pg_catalog.max(m.merge_id), 0)"
		" FROM contacts.merge m"
		" WHERE " IN_ACCOUNT(m)
		"   AND m.undone_at IS NULL"
		"   AND m.primary_id" EQ "COALESCE("
		"      (SELECT c.merged_into"
		"       FROM contacts.contact c"
		"       WHERE " IN_ACCOUNT(c)
		"         AND c.contact_id" EQ "$2),"
		"      $2)",
		"bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, contact_id);
	contacts_run(&query, &args);
	return contacts_row_int64(0, 1);
}

void
contacts_mark_undone(int64 account_id, int64 merge_id, TimestampTz now)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.merge m"
		" SET undone_at = $3"
		" WHERE " IN_ACCOUNT(m)
		"   AND m.merge_id" EQ "$2",
		"bigint bigint timestamptz");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge_id);
	contacts_arg_time(&args, now);
	contacts_run(&query, &args);
}

void
contacts_insert_move(int64 account_id, int64 merge_id, const ContactsMove *move)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.merge_move (" CONTACTS_JOURNAL_COLUMNS ")"
		" VALUES ($1, $2, $3, $4, $5, 'moved', $6, $7)",
		"bigint bigint bigint text text bigint jsonb");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge_id);
	contacts_arg_int64(&args, move->contact_id);
	contacts_arg_text(&args, move->table_name);
	contacts_arg_text(&args, move->column_name);
	contacts_arg_int64(&args, move->row_count);
	contacts_arg_jsonb(&args, move->row_keys);
	contacts_run(&query, &args);
}

void
contacts_close_journal(int64 account_id, int64 merge_id)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.merge m"
		" SET journal_rows = (SELECT pg_catalog.count(*)"
		"                     FROM contacts.merge_move o"
		"                     WHERE " IN_ACCOUNT(o)
		"                       AND o.merge_id" EQ "$2)"
		" WHERE " IN_ACCOUNT(m)
		"   AND m.merge_id" EQ "$2",
		"bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge_id);
	contacts_run(&query, &args);
}

int
contacts_read_moves(int64 account_id, int64 merge_id, ContactsMove **moves)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT m.contact_id, m.table_name, m.column_name, m.row_count, m.row_keys"
		" FROM contacts.merge_move m"
		" WHERE " IN_ACCOUNT(m)
		"   AND m.merge_id" EQ "$2"
		"   AND m.action" EQ "'moved'"
		"   AND m.table_name" NE "'contacts.identifier'"
		" ORDER BY m.move_id",
		"bigint bigint");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, merge_id);
	rows = contacts_run(&query, &args);
	*moves = palloc(Max(rows, 1) * sizeof(ContactsMove));
	for (uint64 row = 0; row < rows; row++)
	{
		(*moves)[row].contact_id = contacts_row_int64(row, 1);
		(*moves)[row].table_name = contacts_row_text(row, 2);
		(*moves)[row].column_name = contacts_row_text(row, 3);
		(*moves)[row].row_count = contacts_row_int64(row, 4);
		(*moves)[row].row_keys = contacts_row_jsonb(row, 5);
	}
	return rows;
}
