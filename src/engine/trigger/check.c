/* -------------------------------------------------------------------------
 * check.c
 *		Checks and normalizes one row before it is written, whoever writes it (R5).
 *
 * A column is looked at only when it is new or differs from the old row, so that an update of one
 * thing cannot fail for another.  Nothing is queried: settings and field definitions are kept in
 * memory (store/account.c).  Rows of the engine's own writes are clean already.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/contact/detail.h"
#include "engine/contact/identifier.h"
#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "engine/session/made.h"
#include "engine/session/own_write.h"
#include "engine/session/unclaimed.h"
#include "engine/trigger/row.h"
#include "engine/trigger/trigger.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/spi/enums.h"
#include "text/problem.h"
#include "values/composed.h"
#include "values/field.h"
#include "values/json.h"
#include "values/survivorship.h"

/* Columns of contacts.contact: the details that an edit may change, then these. */
enum
{
	CONTACT_FIELDS = CONTACTS_EDITED_DETAILS,
	CONTACT_ACCOUNT_ID,
	CONTACT_CONTACT_ID,
	CONTACT_SOURCE,
	CONTACT_MERGED_INTO,
	CONTACT_DELETED_AT,
	CONTACT_UPDATED_AT,
	CONTACT_DETAILS_AT,
	CONTACT_COLUMNS
};

enum
{
	IDENTIFIER_ACCOUNT_ID,
	IDENTIFIER_KIND,
	IDENTIFIER_VALUE,
	IDENTIFIER_COLUMNS
};

enum
{
	ACCOUNT_DEFAULT_REGION,
	ACCOUNT_TIMEZONE,
	ACCOUNT_UNKNOWN_FIELDS,
	ACCOUNT_HAS_KEPT_UNKNOWN,
	ACCOUNT_COLUMNS
};

static const char *const contact_columns[CONTACT_COLUMNS] = {
	[CONTACT_FIELDS] = "fields",           [CONTACT_ACCOUNT_ID] = "account_id",
	[CONTACT_CONTACT_ID] = "contact_id",   [CONTACT_SOURCE] = "source",
	[CONTACT_MERGED_INTO] = "merged_into", [CONTACT_DELETED_AT] = "deleted_at",
	[CONTACT_UPDATED_AT] = "updated_at",   [CONTACT_DETAILS_AT] = "details_at",
};
static const char *const identifier_columns[IDENTIFIER_COLUMNS] = {
	[IDENTIFIER_ACCOUNT_ID] = "account_id",
	[IDENTIFIER_KIND] = "kind",
	[IDENTIFIER_VALUE] = "value",
};
static const char *const account_columns[ACCOUNT_COLUMNS] = {
	[ACCOUNT_DEFAULT_REGION] = "default_region",
	[ACCOUNT_TIMEZONE] = "timezone",
	[ACCOUNT_UNKNOWN_FIELDS] = "unknown_fields",
	[ACCOUNT_HAS_KEPT_UNKNOWN] = "has_kept_unknown",
};

StaticAssertDecl(CONTACT_COLUMNS <= CONTACTS_ROW_COLUMNS, "a row has room for all columns");

static const char *column_text(const ContactsRow *row, int column);
static bool is_touched(const ContactsRow *row, int column);
static void set_text_column(ContactsRow *row, int column, const char *before, const char *after);
static bool check_ids(const ContactsRow *row, ContactsProblem *problem);
static bool check_merged(const ContactsRow *row, ContactsProblem *problem);
static bool check_detail(ContactsRow *row, const ContactsAccount *account, ContactsDetail detail,
						 ContactsProblem *problem);
static bool check_fields(ContactsRow *row, const ContactsAccount *account,
						 ContactsProblem *problem);
static void compose_source(ContactsRow *row);
static void own_new_contact(ContactsRow *row, int64 account_id);
static void stamp_details(ContactsRow *row);
static void stamp_update(ContactsRow *row);
static bool is_changed(const ContactsRow *row);

HeapTuple
contacts_check_contact_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	static int last[CONTACT_COLUMNS];
	const ContactsAccount *account;
	ContactsRow row;
	bool isnull;

	contacts_row_begin(&row, trigger, call, contact_columns, CONTACT_COLUMNS, last);
	if (row.old_row == NULL)
		contacts_note_insert(DatumGetInt64(contacts_row_value(&row, CONTACT_CONTACT_ID, &isnull)));
	if (contacts_is_own_write())
	{
		stamp_update(&row);
		return contacts_row_end(&row);
	}
	account =
		contacts_account(DatumGetInt64(contacts_row_value(&row, CONTACT_ACCOUNT_ID, &isnull)));
	if (!check_ids(&row, problem) || !check_merged(&row, problem))
		return NULL;
	for (ContactsDetail detail = 0; detail < CONTACTS_TEXT_DETAILS; detail++)
		if (!check_detail(&row, account, detail, problem))
			return NULL;
	if (!check_fields(&row, account, problem))
		return NULL;
	compose_source(&row);
	if (row.old_row == NULL && contacts_is_restricted(account->account_id))
		own_new_contact(&row, account->account_id);
	(void) contacts_row_end(&row); /* what is clean may be what was there */
	stamp_details(&row);
	if (is_changed(&row))
		stamp_update(&row);
	return contacts_row_end(&row);
}

HeapTuple
contacts_check_identifier_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	static int last[IDENTIFIER_COLUMNS];
	const ContactsAccount *account;
	ContactsGivenIdentifier given = {.utf8 = GetDatabaseEncoding() == PG_UTF8};
	ContactsRow row;
	ContactsKey key;
	bool isnull;

	contacts_row_begin(&row, trigger, call, identifier_columns, IDENTIFIER_COLUMNS, last);
	if (contacts_is_own_write())
		return row.new_row;
	given.text = column_text(&row, IDENTIFIER_VALUE);
	if (given.text == NULL ||
		(!is_touched(&row, IDENTIFIER_VALUE) && !is_touched(&row, IDENTIFIER_KIND)))
		return row.new_row;
	account =
		contacts_account(DatumGetInt64(contacts_row_value(&row, IDENTIFIER_ACCOUNT_ID, &isnull)));
	given.kind = contacts_enum_of_datum(CONTACTS_ENUM_KIND,
										contacts_row_value(&row, IDENTIFIER_KIND, &isnull));
	given.size = strlen(given.text);
	given.region = contacts_effective_region(account, NULL);
	/* blocked ones too: this is how they are written down */
	if (!contacts_read_identifier(&given, &key, problem))
		return NULL;
	if (key.use != CONTACTS_KEY_FINDS)
	{
		contacts_nobody_problem(problem, given.kind);
		return NULL;
	}
	set_text_column(&row, IDENTIFIER_VALUE, given.text, key.value);
	return contacts_row_end(&row);
}

HeapTuple
contacts_check_account_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	static int last[ACCOUNT_COLUMNS];
	const char *region;
	const char *timezone;
	const char *unknown_fields;
	const char *clean;
	ContactsRow row;

	contacts_row_begin(&row, trigger, call, account_columns, ACCOUNT_COLUMNS, last);
	region = column_text(&row, ACCOUNT_DEFAULT_REGION);
	if (region != NULL)
	{
		if (!contacts_clean_region(region, &clean, problem))
			return NULL;
		/* where none is known, none is stored: so an account gets rid of its region */
		set_text_column(&row, ACCOUNT_DEFAULT_REGION, region,
						clean && strcmp(clean, "ZZ") == 0 ? NULL : clean);
	}
	timezone = column_text(&row, ACCOUNT_TIMEZONE);
	if (timezone != NULL && is_touched(&row, ACCOUNT_TIMEZONE))
	{
		if (!contacts_clean_timezone(timezone, &clean, problem))
			return NULL;
		set_text_column(&row, ACCOUNT_TIMEZONE, timezone, clean);
	}
	unknown_fields = column_text(&row, ACCOUNT_UNKNOWN_FIELDS);
	if (unknown_fields != NULL && strcmp(unknown_fields, "keep") == 0)
		contacts_row_set(&row, ACCOUNT_HAS_KEPT_UNKNOWN, BoolGetDatum(true), false);
	return contacts_row_end(&row);
}

/*
 * A redirect is a merge's own.  Ids are for life: other tables, other systems and the shards of a
 * cluster rely on them.
 */
static bool
check_ids(const ContactsRow *row, ContactsProblem *problem)
{
	bool isnull;

	(void) contacts_row_value(row, CONTACT_MERGED_INTO, &isnull);
	if (row->old_row ? is_touched(row, CONTACT_MERGED_INTO) : !isnull)
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid change: merged_into");
		contacts_problem_detail(problem, "A merge moves what hangs on a contact, too.");
		contacts_problem_hint(problem,
							  "Call contacts.merge_contacts(), or contacts.unmerge() to undo one.");
		return false;
	}
	if (row->old_row == NULL ||
		(!is_touched(row, CONTACT_ACCOUNT_ID) && !is_touched(row, CONTACT_CONTACT_ID)))
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid change: a contact keeps its ids");
	contacts_problem_detail(problem, "The columns account_id and contact_id cannot be changed.");
	contacts_problem_hint(problem, "Create another contact, or merge the two.");
	return false;
}

/*
 * A merged contact keeps what it was, for unmerge(); a detail written to it would show nowhere.
 * The owner may change, since a member cannot be removed before.
 */
static bool
check_merged(const ContactsRow *row, ContactsProblem *problem)
{
	bool isnull;
	Datum survivor = contacts_row_value(row, CONTACT_MERGED_INTO, &isnull);
	bool is_touching = false;

	if (row->old_row == NULL || isnull || contacts_is_call_writing())
		return true;
	for (int column = 0; column <= CONTACT_FIELDS; column++)
		is_touching |= column != CONTACTS_DETAIL_OWNER && is_touched(row, column);
	if (!is_touching && !is_touched(row, CONTACT_DELETED_AT))
		return true;
	contacts_problem(problem, CONTACTS_WRONG_STATE, "contact %lld was merged",
					 (long long) DatumGetInt64(
						 contacts_row_value(row, CONTACT_CONTACT_ID, &isnull)));
	contacts_problem_detail(problem, "Its details are those of contact %lld now.",
							(long long) DatumGetInt64(survivor));
	contacts_problem_hint(problem,
						  "Write to that contact, or leave merged ones out: merged_into IS NULL.");
	return false;
}

/* What is blank or a placeholder becomes null. */
static bool
check_detail(ContactsRow *row, const ContactsAccount *account, ContactsDetail detail,
			 ContactsProblem *problem)
{
	ContactsContact clean;
	const char *given;

	if (!is_touched(row, detail) || (given = column_text(row, detail)) == NULL)
		return true;
	if (!contacts_clean_detail(account, &clean, detail, given, problem))
		return false;
	set_text_column(row, detail, given, *contacts_detail_text(&clean, detail));
	return true;
}

/* Only stored values that differ are checked: a kept value of an archived field may stay. */
static bool
check_fields(ContactsRow *row, const ContactsAccount *account, ContactsProblem *problem)
{
	bool isnull;
	Datum value = contacts_row_value(row, CONTACT_FIELDS, &isnull);
	Jsonb *given;
	Jsonb *stored = NULL;
	Jsonb *checked;

	if (isnull)
		contacts_row_set(row, CONTACT_FIELDS, JsonbPGetDatum(contacts_empty_object()), false);
	if (isnull || !is_touched(row, CONTACT_FIELDS))
		return true;
	given = DatumGetJsonbP(value);
	if (row->old_row)
		stored = DatumGetJsonbP(
			SPI_getbinval(row->old_row, row->shape, row->numbers[CONTACT_FIELDS], &isnull));
	checked = contacts_fields_check_edit(&account->fields, stored, given, problem);
	if (checked == NULL)
		return false;
	/* surviving from nothing leaves blanks out */
	checked = contacts_surviving_fields(NULL, checked, CONTACTS_NEWS);
	if (checked != given)
		contacts_row_set(row, CONTACT_FIELDS,
						 JsonbPGetDatum(checked ? checked : contacts_empty_object()), false);
	return true;
}

static void
compose_source(ContactsRow *row)
{
	const char *given = is_touched(row, CONTACT_SOURCE) ? column_text(row, CONTACT_SOURCE) : NULL;

	if (given != NULL)
		set_text_column(row, CONTACT_SOURCE, given, contacts_composed_text(given));
}

/* Whoever does not see all contacts owns those they make, or they would not see them (R81). */
static void
own_new_contact(ContactsRow *row, int64 account_id)
{
	bool isnull;

	(void) contacts_row_value(row, CONTACTS_DETAIL_OWNER, &isnull);
	if (isnull)
		contacts_row_set(row, CONTACTS_DETAIL_OWNER,
						 Int64GetDatum(contacts_member_at_work(account_id)), false);
	contacts_note_made(DatumGetInt64(contacts_row_value(row, CONTACT_CONTACT_ID, &isnull)));
}

/* When the details changed (R21), unless the writer says so. */
static void
stamp_details(ContactsRow *row)
{
	Datum now = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	bool isnull;

	(void) contacts_row_value(row, CONTACT_DETAILS_AT, &isnull);
	if (row->old_row ? is_touched(row, CONTACT_DETAILS_AT) : !isnull)
		return;
	for (int column = 0; column <= CONTACT_FIELDS; column++)
		if (is_touched(row, column))
		{
			contacts_row_set(row, CONTACT_DETAILS_AT, now, false);
			return;
		}
}

/* When the row changed, unless the writer says so. */
static void
stamp_update(ContactsRow *row)
{
	if (row->old_row && !is_touched(row, CONTACT_UPDATED_AT))
		contacts_row_set(row, CONTACT_UPDATED_AT,
						 TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()), false);
}

/* Whether anything differs from the old row, a user's own columns included (R20). */
static bool
is_changed(const ContactsRow *row)
{
	if (row->old_row == NULL)
		return true;
	for (int number = 1; number <= row->shape->natts; number++)
	{
		Form_pg_attribute attribute = TupleDescAttr(row->shape, number - 1);

		/* what is generated follows from the others, and is made later */
		if (!attribute->attisdropped && attribute->attgenerated == '\0' &&
			contacts_row_differs(row, number))
			return true;
	}
	return false;
}

static const char *
column_text(const ContactsRow *row, int column)
{
	bool isnull;
	Datum value = contacts_row_value(row, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* Whether the column is new or differs, byte by byte, from the old row. */
static bool
is_touched(const ContactsRow *row, int column)
{
	return row->old_row == NULL || contacts_row_differs(row, row->numbers[column]);
}

static void
set_text_column(ContactsRow *row, int column, const char *before, const char *after)
{
	if (after == NULL)
		contacts_row_set(row, column, (Datum) 0, true);
	else if (strcmp(before, after) != 0)
		contacts_row_set(row, column, CStringGetTextDatum(after), false);
}
