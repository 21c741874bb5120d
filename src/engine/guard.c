/* -------------------------------------------------------------------------
 * guard.c
 *		Checks and normalizes one row before it is written, whoever writes it.
 *
 * A column is looked at only when it is new or differs from the old row, so that an update of one
 * thing cannot fail for another.  Nothing is queried: settings and field definitions are kept in
 * memory (store/account.c).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/jsonb.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "engine/guard.h"
#include "engine/ingest.h"
#include "engine/report.h"
#include "text/phone.h"
#include "values/merge.h"

#define COLUMNS_MAX 16

/* One row on its way into its table. */
typedef struct GuardedRow
{
	TupleDesc shape;
	HeapTuple old_row; /* NULL for an insert */
	HeapTuple new_row;
	int count; /* columns to replace */
	int columns[COLUMNS_MAX];
	Datum values[COLUMNS_MAX];
	bool nulls[COLUMNS_MAX];
} GuardedRow;

static void begin(GuardedRow *row, TriggerData *trigger);
static HeapTuple finish(GuardedRow *row);
static int column_number(const GuardedRow *row, const char *column);
static Datum column_value(const GuardedRow *row, const char *column, bool *isnull);
static const char *column_text(const GuardedRow *row, const char *column);
static bool is_touched(const GuardedRow *row, const char *column);
static void set_column(GuardedRow *row, const char *column, Datum value, bool isnull);
static void set_text_column(GuardedRow *row, const char *column, const char *before,
							const char *after);
static bool guard_ids(const GuardedRow *row, ContactsProblem *problem);
static bool guard_key(GuardedRow *row, const ContactsAccount *account, const char *column,
					  ContactsIdentifierKind kind, ContactsProblem *problem);
static bool guard_text(GuardedRow *row, const char *column, ContactsProblem *problem);
static bool guard_timezone(GuardedRow *row, ContactsProblem *problem);
static bool guard_fields(GuardedRow *row, const ContactsAccount *account, ContactsProblem *problem);
static void stamp(GuardedRow *row);

HeapTuple
contacts_guard_contact(TriggerData *trigger, ContactsProblem *problem)
{
	const ContactsAccount *account;
	GuardedRow row;
	bool isnull;

	begin(&row, trigger);
	if (!contacts_is_own_write())
	{
		account = contacts_account(DatumGetInt64(column_value(&row, "account_id", &isnull)));
		if (!guard_ids(&row, problem) ||
			!guard_key(&row, account, "email", CONTACTS_EMAIL, problem) ||
			!guard_key(&row, account, "phone", CONTACTS_PHONE, problem) ||
			!guard_text(&row, "name", problem) || !guard_text(&row, "company", problem) ||
			!guard_timezone(&row, problem) || !guard_fields(&row, account, problem))
			return NULL;
	}
	stamp(&row);
	return finish(&row);
}

HeapTuple
contacts_guard_identifier(TriggerData *trigger, ContactsProblem *problem)
{
	const ContactsAccount *account;
	ContactsGivenKey given;
	const char *value;
	GuardedRow row;
	ContactsKey key;
	bool isnull;
	int kind;

	begin(&row, trigger);
	value = column_text(&row, "value");
	if (value == NULL || (!is_touched(&row, "value") && !is_touched(&row, "kind")))
		return row.new_row;
	kind = contacts_enum_of_datum(CONTACTS_ENUM_KIND, column_value(&row, "kind", &isnull));
	account = contacts_account(DatumGetInt64(column_value(&row, "account_id", &isnull)));
	given = (ContactsGivenKey){kind, value, strlen(value), contacts_effective_region(account, NULL),
							   GetDatabaseEncoding() == PG_UTF8};
	if (!contacts_key_read(&given, &key, problem))
		return NULL;
	if (key.use != CONTACTS_KEY_FINDS)
	{
		contacts_nobody_problem(problem, kind);
		return NULL;
	}
	set_text_column(&row, "value", value, key.value);
	return finish(&row);
}

HeapTuple
contacts_guard_account(TriggerData *trigger, ContactsProblem *problem)
{
	const char *region;
	GuardedRow row;

	begin(&row, trigger);
	region = column_text(&row, "default_region");
	if (region != NULL && !contacts_phone_region_known(region))
	{
		contacts_region_problem(problem, region);
		return NULL;
	}
	return guard_timezone(&row, problem) ? finish(&row) : NULL;
}

static void
begin(GuardedRow *row, TriggerData *trigger)
{
	bool is_update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);

	row->shape = RelationGetDescr(trigger->tg_relation);
	row->old_row = is_update ? trigger->tg_trigtuple : NULL;
	row->new_row = is_update ? trigger->tg_newtuple : trigger->tg_trigtuple;
	row->count = 0;
}

static HeapTuple
finish(GuardedRow *row)
{
	if (row->count == 0)
		return row->new_row;
	return heap_modify_tuple_by_cols(row->new_row, row->shape, row->count, row->columns,
									 row->values, row->nulls);
}

/*
 * A redirect is a merge's own.  Ids are for life: other tables, other systems and the shards of a
 * cluster rely on them.
 */
static bool
guard_ids(const GuardedRow *row, ContactsProblem *problem)
{
	if (row->old_row && is_touched(row, "merged_into"))
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid change: merged_into");
		contacts_problem_detail(problem, "A merge moves what hangs on a contact, too.");
		contacts_problem_hint(problem,
							  "Call contacts.merge_contacts(), or contacts.unmerge() to undo one.");
		return false;
	}
	if (row->old_row == NULL || (!is_touched(row, "account_id") && !is_touched(row, "contact_id")))
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid change: a contact keeps its ids");
	contacts_problem_detail(problem, "The columns account_id and contact_id cannot be changed.");
	contacts_problem_hint(problem, "Create another contact, or merge the two.");
	return false;
}

/* The entered spelling stays (R10); what is blank or a placeholder becomes null. */
static bool
guard_key(GuardedRow *row, const ContactsAccount *account, const char *column,
		  ContactsIdentifierKind kind, ContactsProblem *problem)
{
	const char *text;
	const char *clean;

	if (!is_touched(row, column) || (text = column_text(row, column)) == NULL)
		return true;
	if (!contacts_clean_shown(account, kind, text, &clean, problem))
		return false;
	set_text_column(row, column, text, clean);
	return true;
}

static bool
guard_text(GuardedRow *row, const char *column, ContactsProblem *problem)
{
	const char *text;
	const char *clean;

	if (!is_touched(row, column) || (text = column_text(row, column)) == NULL)
		return true;
	if (!contacts_clean_text(column, text, &clean, problem))
		return false;
	set_text_column(row, column, text, clean);
	return true;
}

static bool
guard_timezone(GuardedRow *row, ContactsProblem *problem)
{
	const char *text;
	const char *clean;

	if (!is_touched(row, "timezone") || (text = column_text(row, "timezone")) == NULL)
		return true;
	if (!contacts_clean_timezone(text, &clean, problem))
		return false;
	set_text_column(row, "timezone", text, clean);
	return true;
}

/* Only stored values that differ are checked: a kept value of an archived field may stay. */
static bool
guard_fields(GuardedRow *row, const ContactsAccount *account, ContactsProblem *problem)
{
	bool isnull;
	Datum value = column_value(row, "fields", &isnull);
	Jsonb *given;
	Jsonb *stored = NULL;
	Jsonb *checked;

	if (isnull)
		set_column(row, "fields", JsonbPGetDatum(contacts_empty_object()), false);
	if (isnull || !is_touched(row, "fields"))
		return true;
	given = DatumGetJsonbP(value);
	if (row->old_row)
		stored = DatumGetJsonbP(
			SPI_getbinval(row->old_row, row->shape, column_number(row, "fields"), &isnull));
	checked = contacts_fields_check_edit(&account->fields, stored, given, problem);
	if (checked == NULL)
		return false;
	/* merging into nothing leaves blanks out */
	checked = contacts_fields_merge(NULL, checked, CONTACTS_MERGE_NEWS);
	if (checked != given)
		set_column(row, "fields", JsonbPGetDatum(checked ? checked : contacts_empty_object()),
				   false);
	return true;
}

/* Times of the row: when it changed, and when its details did (R21). */
static void
stamp(GuardedRow *row)
{
	static const char *const details[] = {"name",     "email",  "phone",    "company",
										  "timezone", "status", "owner_id", "fields"};
	Datum now = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	bool edited = false;
	bool isnull;

	if (row->old_row && !is_touched(row, "updated_at"))
		set_column(row, "updated_at", now, false);
	if (contacts_is_own_write() || (row->old_row && is_touched(row, "details_at")))
		return;
	(void) column_value(row, "details_at", &isnull);
	if (row->old_row == NULL && !isnull)
		return;
	for (size_t i = 0; i < lengthof(details) && !edited; i++)
		edited = is_touched(row, details[i]);
	if (edited)
		set_column(row, "details_at", now, false);
}

static int
column_number(const GuardedRow *row, const char *column)
{
	int number = SPI_fnumber(row->shape, column);

	if (number <= 0)
		elog(ERROR, "the table has no column \"%s\"", column);
	return number;
}

static Datum
column_value(const GuardedRow *row, const char *column, bool *isnull)
{
	return SPI_getbinval(row->new_row, row->shape, column_number(row, column), isnull);
}

static const char *
column_text(const GuardedRow *row, const char *column)
{
	bool isnull;
	Datum value = column_value(row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* Whether the column is new or differs, byte by byte, from the old row. */
static bool
is_touched(const GuardedRow *row, const char *column)
{
	int number = column_number(row, column);
	Form_pg_attribute attribute = TupleDescAttr(row->shape, number - 1);
	bool old_null;
	bool new_null;
	Datum old_value;
	Datum new_value;

	if (row->old_row == NULL)
		return true;
	old_value = SPI_getbinval(row->old_row, row->shape, number, &old_null);
	new_value = SPI_getbinval(row->new_row, row->shape, number, &new_null);
	if (old_null || new_null)
		return old_null != new_null;
	return !datum_image_eq(old_value, new_value, attribute->attbyval, attribute->attlen);
}

static void
set_column(GuardedRow *row, const char *column, Datum value, bool isnull)
{
	Assert(row->count < COLUMNS_MAX);
	row->columns[row->count] = column_number(row, column);
	row->values[row->count] = value;
	row->nulls[row->count++] = isnull;
}

static void
set_text_column(GuardedRow *row, const char *column, const char *before, const char *after)
{
	if (after == NULL)
		set_column(row, column, (Datum) 0, true);
	else if (strcmp(before, after) != 0)
		set_column(row, column, CStringGetTextDatum(after), false);
}
