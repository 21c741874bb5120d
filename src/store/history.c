/* -------------------------------------------------------------------------
 * history.c
 *		What is kept beside a contact: status changes, pairs to review, tags.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "store/store.h"

#define STATUS_COLUMNS \
	"account_id, contact_id, from_status, to_status, changed_at, member_id, actor, source"

static ContactsTable status_table = {.name = "contacts.status_change", .columns = STATUS_COLUMNS};

#define PAIR_COLUMNS "account_id, contact_id, other_id, reasons, score, state, created_at"
#define PAIR_OF_ROW \
	"r.account_id, r.contact_id, r.other_id, r.reasons, r.score, r.state, r.created_at"

static ContactsTable pair_table = {.name = "contacts.duplicate", .columns = PAIR_COLUMNS};

static void arg_taggings(ContactsArgs *args, int64 account_id, const ContactsTagging *tags,
						 int count);
static int compare_pairs(const void *a, const void *b);

void
contacts_insert_status_changes(int64 account_id, const ContactsStatusChange *changes, int count,
							   const ContactsBy *by)
{
	static ContactsQuery query =
		CONTACTS_QUERY("INSERT INTO contacts.status_change (" STATUS_COLUMNS ")"
					   " SELECT " STATUS_COLUMNS " FROM pg_catalog.unnest($1) AS r",
					   "contacts.status_change[]");
	ContactsRows rows;
	ContactsArgs args = {0};

	contacts_rows_begin(&rows, &status_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		contacts_arg_int64(&row, account_id);
		contacts_arg_int64(&row, changes[i].contact_id);
		contacts_arg_enum(&row, CONTACTS_ENUM_STATUS, changes[i].from_status);
		contacts_arg_enum(&row, CONTACTS_ENUM_STATUS, changes[i].to_status);
		contacts_arg_time(&row, changes[i].at);
		contacts_arg_id(&row, by->member_id);
		contacts_arg_text(&row, by->actor);
		contacts_arg_text(&row, changes[i].source);
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(&args, &rows);
	contacts_run(&query, &args);
}

void
contacts_insert_pairs(int64 account_id, const ContactsPair *pairs, int count, TimestampTz now)
{
	/* nobody waits here, out of order, for a contact that is just being merged or removed */
	static ContactsQuery query = CONTACTS_QUERY(
		"WITH present AS (SELECT c.contact_id FROM contacts.contact c WHERE c.account_id" EQ "$2"
		" AND c.contact_id" EQ "ANY ($3) AND c.merged_into IS NULL FOR KEY SHARE SKIP LOCKED)"
		" INSERT INTO contacts.duplicate (" PAIR_COLUMNS ") SELECT " PAIR_OF_ROW
		" FROM pg_catalog.unnest($1) AS r JOIN present a ON a.contact_id" EQ "r.contact_id"
		" JOIN present b ON b.contact_id" EQ "r.other_id"
		" ON CONFLICT (account_id, contact_id, other_id) DO NOTHING",
		"contacts.duplicate[] bigint bigint[]");
	ContactsPair *sorted = palloc(count * sizeof(ContactsPair));
	int64 *ids = palloc(count * 2 * sizeof(int64));
	ContactsRows rows;
	ContactsArgs args = {0};

	for (int i = 0; i < count; i++)
	{
		sorted[i] = pairs[i];
		sorted[i].contact_id = Min(pairs[i].contact_id, pairs[i].other_id);
		sorted[i].other_id = Max(pairs[i].contact_id, pairs[i].other_id);
		ids[2 * i] = sorted[i].contact_id;
		ids[2 * i + 1] = sorted[i].other_id;
	}
	qsort(sorted, count, sizeof(ContactsPair), compare_pairs);
	contacts_rows_begin(&rows, &pair_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		contacts_arg_int64(&row, account_id);
		contacts_arg_int64(&row, sorted[i].contact_id);
		contacts_arg_int64(&row, sorted[i].other_id);
		contacts_arg_texts(&row, &sorted[i].reason, 1);
		contacts_arg(&row, Float4GetDatum(1.0));
		contacts_arg_text(&row, "open");
		contacts_arg_time(&row, now);
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(&args, &rows);
	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, ids, count * 2);
	contacts_run(&query, &args);
}

int
contacts_add_tags(int64 account_id, const ContactsTagging *tags, int count)
{
	static ContactsQuery make_tags =
		CONTACTS_QUERY("INSERT INTO contacts.tag (account_id, name)"
					   " SELECT DISTINCT ON (pg_catalog.lower(r.tag)) $1, r.tag"
					   " FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3))"
					   " WITH ORDINALITY AS r (contact_id, tag, ordinality)"
					   " ORDER BY pg_catalog.lower(r.tag), r.ordinality"
					   " ON CONFLICT (account_id, pg_catalog.lower(name)) DO NOTHING",
					   "bigint bigint[] text[]");
	static ContactsQuery put_tags = CONTACTS_QUERY(
		"INSERT INTO contacts.contact_tag (account_id, contact_id, tag_id)"
		" SELECT $1, r.contact_id, t.tag_id"
		" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3)) AS r (contact_id, tag)"
		" JOIN contacts.tag t ON t.account_id" EQ "$1"
		" AND pg_catalog.lower(t.name)" EQ "pg_catalog.lower(r.tag)"
		" ORDER BY 2, 3"
		" ON CONFLICT (account_id, contact_id, tag_id) DO NOTHING",
		"bigint bigint[] text[]");
	ContactsArgs args = {0};

	arg_taggings(&args, account_id, tags, count);
	contacts_run(&make_tags, &args);
	return contacts_run(&put_tags, &args);
}

static void
arg_taggings(ContactsArgs *args, int64 account_id, const ContactsTagging *tags, int count)
{
	int64 *ids = palloc(count * sizeof(int64));
	const char **names = palloc(count * sizeof(char *));

	for (int i = 0; i < count; i++)
	{
		ids[i] = tags[i].contact_id;
		names[i] = tags[i].tag;
	}
	contacts_arg_int64(args, account_id);
	contacts_arg_int64s(args, ids, count);
	contacts_arg_texts(args, names, count);
}

static int
compare_pairs(const void *a, const void *b)
{
	const ContactsPair *left = a;
	const ContactsPair *right = b;

	if (left->contact_id != right->contact_id)
		return left->contact_id < right->contact_id ? -1 : 1;
	if (left->other_id != right->other_id)
		return left->other_id < right->other_id ? -1 : 1;
	return left->order - right->order;
}
