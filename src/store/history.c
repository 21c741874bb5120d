/* -------------------------------------------------------------------------
 * history.c
 *		What is kept beside a contact: status changes, tags.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "store/store.h"

#define STATUS_COLUMNS \
	"account_id, contact_id, from_status, to_status, changed_at, member_id, actor, source"

static ContactsTable status_table = {.name = "contacts.status_change", .columns = STATUS_COLUMNS};

static void arg_taggings(ContactsArgs *args, int64 account_id, const ContactsTagging *tags,
						 int count);

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
