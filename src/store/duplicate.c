/* -------------------------------------------------------------------------
 * duplicate.c
 *		Pairs of contacts that may be the same person, kept for review (R13, R14, R16, R46).
 *
 * A pair is one row, the lower id first, whoever found it.  What is found again adds reasons to an
 * open pair; one that somebody decided on stays decided.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "store/duplicate.h"
#include "store/spi/datum.h"
#include "store/spi/query.h"
#include "store/spi/rows.h"

#define PAIR_COLUMNS \
	"account_id, contact_id, other_id, reasons, score, state, created_at, decided_at"

/* What a pair is read as. */
#define PAIR_FIELDS SQL("d.contact_id, d.other_id, d.score, d.state" EQ "'open', d.reasons")

static ContactsTable pair_table = {.name = "contacts.duplicate", .columns = PAIR_COLUMNS};

static void keep_pairs(int64 account_id, const ContactsPair *pairs, int count, bool add_reasons);
static int compare_pairs(const void *a, const void *b);
static void arg_pairs(ContactsArgs *args, int64 account_id, const ContactsPair *pairs, int count);

void
contacts_keep_pairs(int64 account_id, const ContactsPair *pairs, int count)
{
	keep_pairs(account_id, pairs, count, true);
}

void
contacts_insert_conflicts(int64 account_id, const ContactsConflict *pairs, int count)
{
	ContactsConflict *sorted = palloc(count * sizeof(ContactsConflict));
	ContactsPair *kept = palloc(count * sizeof(ContactsPair));
	int different = 0;

	for (int i = 0; i < count; i++)
	{
		sorted[i] = pairs[i];
		sorted[i].contact_id = Min(pairs[i].contact_id, pairs[i].other_id);
		sorted[i].other_id = Max(pairs[i].contact_id, pairs[i].other_id);
	}
	qsort(sorted, count, sizeof(ContactsConflict), compare_pairs);
	for (int i = 0; i < count; i++)
		if (i == 0 || sorted[i].contact_id != sorted[i - 1].contact_id ||
			sorted[i].other_id != sorted[i - 1].other_id)
			kept[different++] =
				(ContactsPair){sorted[i].contact_id, sorted[i].other_id, 1.0, true, 1,
							   &sorted[i].reason};
	keep_pairs(account_id, kept, different, false);
}

/*
 * One statement for whoever finds a pair, in the call at hand or in a search.  A pair that says
 * nothing new is not touched, so that calls that meet the same conflict do not wait for each other;
 * of several conflicts the first is the reason.
 * Contacts that are just being merged, deleted or removed are passed over: nobody waits for them
 * here, out of order.  Each pair looks its two contacts up by their key: a list of all contacts,
 * joined to the pairs, would be walked for each of them.
 */
static void
keep_pairs(int64 account_id, const ContactsPair *pairs, int count, bool add_reasons)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"WITH present AS ("
		"   SELECT r.*"
		"   FROM pg_catalog.unnest($2) AS r"
		"   JOIN contacts.contact a"
		"     ON " IN_ACCOUNT(a)
		"    AND a.contact_id" EQ "r.contact_id"
		"   JOIN contacts.contact b"
		"     ON " IN_ACCOUNT(b)
		"    AND b.contact_id" EQ "r.other_id"
		"   WHERE a.deleted_at IS NULL"
		"     AND a.merged_into IS NULL"
		"     AND b.deleted_at IS NULL"
		"     AND b.merged_into IS NULL"
		"   FOR KEY SHARE OF a, b SKIP LOCKED)"
		" INSERT INTO contacts.duplicate AS d (" PAIR_COLUMNS ")"
		" SELECT r.account_id, r.contact_id, r.other_id, r.reasons, r.score, r.state,"
		"        r.created_at, r.decided_at"
		" FROM present r"
		" WHERE NOT EXISTS ("
		"   SELECT"
		"   FROM contacts.duplicate k"
		"   WHERE " IN_ACCOUNT(k)
		"     AND k.contact_id" EQ "r.contact_id"
		"     AND k.other_id" EQ "r.other_id"
		"     AND (k.state" NE "'open'"
		"          OR (k.score" GE "r.score"
		"              AND (NOT $3 OR r.reasons" WITHIN "k.reasons))))"
		" ORDER BY r.contact_id, r.other_id"
		" ON CONFLICT (account_id, contact_id, other_id) DO UPDATE"
		" SET score = GREATEST(d.score, excluded.score),"
		"     reasons = d.reasons" CAT "ARRAY("
		"        SELECT e.reason"
		"        FROM pg_catalog.unnest(excluded.reasons) AS e (reason)"
		"        WHERE NOT e.reason" EQ "ANY (d.reasons))"
		" WHERE d.state" EQ "'open'"
		"   AND (d.score" LT "excluded.score"
		"        OR ($3 AND NOT excluded.reasons" WITHIN "d.reasons))",
		"bigint contacts.duplicate[] boolean");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_pairs(&args, account_id, pairs, count);
	contacts_arg(&args, BoolGetDatum(add_reasons));
	contacts_run(&query, &args);
}

int
contacts_read_pairs(int64 account_id, int64 contact_id, ContactsPair **pairs)
{
	static ContactsQuery of_account = CONTACTS_QUERY(
		"SELECT " PAIR_FIELDS
		" FROM contacts.duplicate d"
		" WHERE " IN_ACCOUNT(d)
		" ORDER BY d.contact_id, d.other_id",
		"bigint");
	/* a contact may stand on either side: by two indexes */
	static ContactsQuery of_contact = CONTACTS_QUERY(
		"SELECT " PAIR_FIELDS
		" FROM contacts.duplicate d"
		" WHERE " IN_ACCOUNT(d)
		"   AND d.contact_id" EQ "$2"
		" UNION ALL"
		" SELECT " PAIR_FIELDS
		" FROM contacts.duplicate d"
		" WHERE " IN_ACCOUNT(d)
		"   AND d.other_id" EQ "$2"
		" ORDER BY 1, 2",
		"bigint bigint");
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	if (contact_id != 0)
		contacts_arg_int64(&args, contact_id);
	rows = contacts_run(contact_id != 0 ? &of_contact : &of_account, &args);
	*pairs = palloc_extended(Max(rows, 1) * sizeof(ContactsPair), MCXT_ALLOC_HUGE);
	for (uint64 row = 0; row < rows; row++)
	{
		ContactsPair *pair = &(*pairs)[row];
		bool isnull;

		pair->contact_id = contacts_row_int64(row, 1);
		pair->other_id = contacts_row_int64(row, 2);
		pair->score = DatumGetFloat4(contacts_row_datum(row, 3, &isnull));
		pair->is_open = contacts_row_bool(row, 4);
		pair->reasons = contacts_row_texts(row, 5, &pair->reason_count);
	}
	return rows;
}

void
contacts_insert_dismissal(int64 account_id, int64 contact_id, int64 other_id)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.duplicate AS d (" PAIR_COLUMNS ")"
		" SELECT " PAIR_COLUMNS
		" FROM pg_catalog.unnest($2) AS r"
		" ON CONFLICT (account_id, contact_id, other_id) DO UPDATE"
		" SET state = 'dismissed', decided_at = excluded.decided_at"
		" WHERE " IN_ACCOUNT(d)
		"   AND d.state" EQ "'open'",
		"bigint contacts.duplicate[]");
	ContactsPair pair = {.contact_id = Min(contact_id, other_id),
						 .other_id = Max(contact_id, other_id)};
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	arg_pairs(&args, account_id, &pair, 1);
	contacts_run(&query, &args);
}

/* A pair that is not open is dismissed: that is how it is written here. */
static void
arg_pairs(ContactsArgs *args, int64 account_id, const ContactsPair *pairs, int count)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	ContactsRows rows;

	contacts_rows_begin(&rows, &pair_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		contacts_arg_int64(&row, account_id);
		contacts_arg_int64(&row, pairs[i].contact_id);
		contacts_arg_int64(&row, pairs[i].other_id);
		contacts_arg_texts(&row, pairs[i].reasons, pairs[i].reason_count);
		contacts_arg(&row, Float4GetDatum(pairs[i].score));
		contacts_arg_text(&row, pairs[i].is_open ? "open" : "dismissed");
		contacts_arg_time(&row, now);
		contacts_arg_time(&row, pairs[i].is_open ? DT_NOBEGIN : now);
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(args, &rows);
}

static int
compare_pairs(const void *a, const void *b)
{
	const ContactsConflict *left = a;
	const ContactsConflict *right = b;

	if (left->contact_id != right->contact_id)
		return left->contact_id < right->contact_id ? -1 : 1;
	if (left->other_id != right->other_id)
		return left->other_id < right->other_id ? -1 : 1;
	return left->order - right->order;
}
