/* -------------------------------------------------------------------------
 * activity.c
 *		Reading and writing rows of contacts.activity.
 *
 * An activity that names its source and its number there is recorded once (R31): an insert passes
 * over it, tells so, and the caller then reads the row that is there and updates it.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"

#include "identity/identifier.h"
#include "store/activity.h"
#include "store/spi/datum.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"
#include "store/spi/rows.h"
#include "values/json.h"

#define ACTIVITY_COLUMNS \
	"account_id, activity_id, contact_id, kind, source, source_ref, title, state, occurred_at," \
	" starts_at, ends_at, assigned_to, recipient_email, recipient_phone, calendar, data," \
	" details_at, created_at"

#define ACTIVITY_FIELDS \
	"a.activity_id, a.contact_id, a.kind, a.source, a.source_ref, a.title, a.state," \
	" a.occurred_at, a.starts_at, a.ends_at, a.assigned_to, a.recipient_email," \
	" a.recipient_phone, a.calendar, a.data, a.details_at, a.member_id, a.assigned_by"

static ContactsTable activity_table = {.name = "contacts.activity", .columns = ACTIVITY_COLUMNS};

static void mark_recorded(ContactsActivity **activities, int count, uint64 rows);
static void arg_activity(ContactsArgs *args, int64 account_id, const ContactsActivity *activity,
						 TimestampTz now);
static bool read_activity(uint64 rows, ContactsActivity *activity);

void
contacts_insert_activities(int64 account_id, ContactsActivity **activities, int count,
						   const ContactsActor *actor, TimestampTz now)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"INSERT INTO contacts.activity (" ACTIVITY_COLUMNS ", member_id, actor, role_name)"
		" SELECT " ACTIVITY_COLUMNS ", $2, $3, $4"
		" FROM pg_catalog.unnest($1) AS r"
		" ON CONFLICT (account_id, source, source_ref) WHERE source_ref IS NOT NULL DO NOTHING"
		" RETURNING activity_id",
		"contacts.activity[] bigint text text");
	ContactsRows rows;
	ContactsArgs args = {0};

	contacts_rows_begin(&rows, &activity_table, count);
	for (int i = 0; i < count; i++)
	{
		ContactsArgs row = {0};

		arg_activity(&row, account_id, activities[i], now);
		contacts_rows_add(&rows, &row);
	}
	contacts_arg_rows(&args, &rows);
	contacts_arg_id(&args, actor->member_id);
	contacts_arg_text(&args, actor->name == actor->role ? NULL : actor->name);
	contacts_arg_text(&args, actor->role);
	mark_recorded(activities, count, contacts_run(&query, &args));
}

bool
contacts_read_repeated(int64 account_id, const char *source, const char *source_ref,
					   ContactsActivity *activity)
{
	/* Two statements for one rule (R31), since "=" finds no null and the index holds them. */
	static ContactsQuery named = CONTACTS_QUERY(
		"SELECT " ACTIVITY_FIELDS
		" FROM contacts.activity a"
		" WHERE " IN_ACCOUNT(a)
		"   AND a.source" EQ "$2"
		"   AND a.source_ref" EQ "$3"
		" FOR NO KEY UPDATE",
		"bigint text text");
	static ContactsQuery unnamed = CONTACTS_QUERY(
		"SELECT " ACTIVITY_FIELDS
		" FROM contacts.activity a"
		" WHERE " IN_ACCOUNT(a)
		"   AND a.source IS NULL"
		"   AND a.source_ref" EQ "$2"
		" FOR NO KEY UPDATE",
		"bigint text");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	if (source)
		contacts_arg_text(&args, source);
	contacts_arg_text(&args, source_ref);
	return read_activity(contacts_run(source ? &named : &unnamed, &args), activity);
}

bool
contacts_read_activity(int64 account_id, int64 activity_id, ContactsActivity *activity)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"SELECT " ACTIVITY_FIELDS
		" FROM contacts.activity a"
		" WHERE " IN_ACCOUNT(a)
		"   AND a.activity_id" EQ "$2"
		" FOR NO KEY UPDATE",
		"bigint bigint");
	ContactsArgs args = {0};

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64(&args, activity_id);
	return read_activity(contacts_run(&query, &args), activity);
}

void
contacts_update_activity(int64 account_id, const ContactsActivity *activity)
{
	static ContactsQuery query = CONTACTS_QUERY(
		"UPDATE contacts.activity a"
		" SET contact_id = r.contact_id, kind = r.kind, title = r.title, state = r.state,"
		"     occurred_at = r.occurred_at, starts_at = r.starts_at, ends_at = r.ends_at,"
		"     assigned_to = r.assigned_to, recipient_email = r.recipient_email,"
		"     recipient_phone = r.recipient_phone, calendar = r.calendar, data = r.data,"
		"     details_at = r.details_at"
		" FROM pg_catalog.unnest($2) AS r"
		" WHERE " IN_ACCOUNT(a)
		"   AND a.activity_id" EQ "r.activity_id",
		"bigint contacts.activity[]");
	ContactsRows rows;
	ContactsArgs row = {0};
	ContactsArgs args = {0};

	contacts_rows_begin(&rows, &activity_table, 1);
	arg_activity(&row, account_id, activity, 0);
	contacts_rows_add(&rows, &row);
	contacts_arg_int64(&args, account_id);
	contacts_arg_rows(&args, &rows);
	contacts_run(&query, &args);
}

/* Activities of the contacts $2 in state $4, later than $5, get what these show now, $3 (R50). */
#define UPDATE_RECIPIENTS(column) \
	SQL( \
		"UPDATE contacts.activity a" \
		" SET " column " = r.shown" \
		" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3)) AS r (contact_id, shown)" \
		" WHERE " IN_ACCOUNT(a) \
		"   AND a.contact_id" EQ "r.contact_id" \
		"   AND a.state" EQ "$4" \
		"   AND a.starts_at" GT "$5" \
		" RETURNING a.contact_id, a.activity_id, a.calendar")
#define RECIPIENT_TYPES "bigint bigint[] text[] contacts.activity_state timestamptz"

int
contacts_update_recipients(int64 account_id, const ContactsRecipients *recipients, TimestampTz now,
						   ContactsReachedActivity **reached)
{
	static ContactsQuery queries[] = {
		[CONTACTS_EMAIL] = {.sql = UPDATE_RECIPIENTS("recipient_email"), .types = RECIPIENT_TYPES},
		[CONTACTS_PHONE] = {.sql = UPDATE_RECIPIENTS("recipient_phone"), .types = RECIPIENT_TYPES},
	};
	ContactsArgs args = {0};
	uint64 rows;

	contacts_arg_int64(&args, account_id);
	contacts_arg_int64s(&args, recipients->contact_ids, recipients->count);
	contacts_arg_texts(&args, recipients->shown, recipients->count);
	contacts_arg_enum(&args, CONTACTS_ENUM_STATE,
					  contacts_enum_index(CONTACTS_ENUM_STATE, "scheduled"));
	contacts_arg_time(&args, now);
	rows = contacts_run(&queries[recipients->kind], &args);
	*reached = palloc(Max(rows, 1) * sizeof(ContactsReachedActivity));
	for (uint64 row = 0; row < rows; row++)
	{
		(*reached)[row].contact_id = contacts_row_int64(row, 1);
		(*reached)[row].activity_id = contacts_row_int64(row, 2);
		(*reached)[row].calendar = contacts_row_text(row, 3);
	}
	return rows;
}

/* The insert returns its rows in order, so the two lists are walked side by side. */
static void
mark_recorded(ContactsActivity **activities, int count, uint64 rows)
{
	uint64 row = 0;

	for (int i = 0; i < count; i++)
	{
		activities[i]->is_recorded = row < rows &&
									 contacts_row_int64(row, 1) == activities[i]->activity_id;
		row += activities[i]->is_recorded;
	}
	if (row != rows)
		elog(ERROR, "activities were not inserted in order");
}

/* The columns ACTIVITY_COLUMNS of one row. */
static void
arg_activity(ContactsArgs *args, int64 account_id, const ContactsActivity *activity,
			 TimestampTz now)
{
	contacts_arg_int64(args, account_id);
	contacts_arg_int64(args, activity->activity_id);
	contacts_arg_id(args, activity->contact_id);
	contacts_arg_text(args, activity->kind);
	contacts_arg_text(args, activity->source);
	contacts_arg_text(args, activity->source_ref);
	contacts_arg_text(args, activity->title);
	contacts_arg_enum(args, CONTACTS_ENUM_STATE, activity->state);
	contacts_arg_time(args, activity->occurred_at);
	contacts_arg_time(args, activity->starts_at);
	contacts_arg_time(args, activity->ends_at);
	contacts_arg_id(args, activity->assigned_to);
	contacts_arg_text(args, activity->recipient_email);
	contacts_arg_text(args, activity->recipient_phone);
	contacts_arg_text(args, activity->calendar);
	contacts_arg_jsonb(args, activity->data ? activity->data : contacts_empty_object());
	contacts_arg_time(args, activity->details_at);
	contacts_arg_time(args, now);
}

/* The first row of ACTIVITY_FIELDS, if there is one. */
static bool
read_activity(uint64 rows, ContactsActivity *activity)
{
	if (rows == 0)
		return false;
	activity->activity_id = contacts_row_int64(0, 1);
	activity->contact_id = contacts_row_int64(0, 2);
	activity->kind = contacts_row_text(0, 3);
	activity->source = contacts_row_text(0, 4);
	activity->source_ref = contacts_row_text(0, 5);
	activity->title = contacts_row_text(0, 6);
	activity->state = contacts_row_enum(0, 7, CONTACTS_ENUM_STATE);
	activity->occurred_at = contacts_row_time(0, 8);
	activity->starts_at = contacts_row_time(0, 9);
	activity->ends_at = contacts_row_time(0, 10);
	activity->assigned_to = contacts_row_int64(0, 11);
	activity->recipient_email = contacts_row_text(0, 12);
	activity->recipient_phone = contacts_row_text(0, 13);
	activity->calendar = contacts_row_text(0, 14);
	activity->data = contacts_row_jsonb(0, 15);
	activity->details_at = contacts_row_time(0, 16);
	activity->member_id = contacts_row_int64(0, 17);
	activity->assigned_by = contacts_row_int64(0, 18);
	return true;
}
