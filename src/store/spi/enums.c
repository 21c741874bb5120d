/* -------------------------------------------------------------------------
 * enums.c
 *		The extension's enum types as small numbers.
 *
 * C code compares numbers; only here do they meet the oids of pg_enum.  The labels stand in the
 * order of sql/10_types.sql; contacts.check() is not needed to notice a difference, since a
 * label that is missing in the catalog cannot be looked up.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "utils/inval.h"
#include "utils/syscache.h"

#include "store/spi/datum.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"
#include "text/problem.h"
#include "values/choice.h"

#define MAX_LABELS 10

typedef struct EnumType
{
	const char *name;               /* qualified name */
	const char *all;                /* the labels for a hint */
	const char *labels[MAX_LABELS]; /* in order; NULL behind the last */
	Oid type;                       /* InvalidOid = not looked up */
	Oid values[MAX_LABELS];         /* oid of each label */
} EnumType;

static EnumType enum_types[CONTACTS_ENUM_COUNT] = {
	[CONTACTS_ENUM_STATUS] = {"contacts.contact_status",
							  "qualified, marketing_qualified, sales_qualified, disqualified",
							  {"qualified", "marketing_qualified", "sales_qualified",
							   "disqualified"}},
	[CONTACTS_ENUM_KIND] = {"contacts.identifier_kind",
							"email, phone, external, visitor",
							{"email", "phone", "external", "visitor"}},
	[CONTACTS_ENUM_OUTCOME] = {"contacts.outcome",
							   "created, matched, updated, unchanged, merged, skipped",
							   {"created", "matched", "updated", "unchanged", "merged", "skipped",
								"duplicate_in_file", "conflict", "rejected"}},
	[CONTACTS_ENUM_STATE] = {"contacts.activity_state",
							 "scheduled, active, completed, cancelled, no_show",
							 {"scheduled", "active", "completed", "cancelled", "no_show"}},
	[CONTACTS_ENUM_FIELD_TYPE] = {"contacts.field_type",
								  "text, number, date, boolean, dropdown, multi_select",
								  {"text", "number", "date", "boolean", "dropdown",
								   "multi_select"}},
};

static bool callback_registered = false;

static EnumType *looked_up(ContactsEnum type);
static void on_change(Datum arg, int cache_id, uint32 hash);

int
contacts_enum_index(ContactsEnum type, const char *label)
{
	const EnumType *entry = &enum_types[type];

	for (int i = 0; i < MAX_LABELS && entry->labels[i]; i++)
		if (strcmp(entry->labels[i], label) == 0)
			return i;
	return -1;
}

const char *
contacts_enum_label(ContactsEnum type, int index)
{
	return index < 0 ? NULL : enum_types[type].labels[index];
}

bool
contacts_enum_read(ContactsEnum type, const char *what, const char *label, int *index,
				   ContactsProblem *problem)
{
	ContactsChoice choice = {what, enum_types[type].all, "The value is none of the type's labels."};

	return contacts_choose(&choice, label, index, problem);
}

Oid
contacts_enum_type(ContactsEnum type)
{
	return looked_up(type)->type;
}

Datum
contacts_enum_datum(ContactsEnum type, int index)
{
	return ObjectIdGetDatum(looked_up(type)->values[index]);
}

int
contacts_enum_of_datum(ContactsEnum type, Datum value)
{
	const EnumType *entry = looked_up(type);

	for (int i = 0; i < MAX_LABELS && entry->labels[i]; i++)
		if (entry->values[i] == DatumGetObjectId(value))
			return i;
	elog(ERROR, "unknown value of type %s", entry->name);
}

void
contacts_arg_enum(ContactsArgs *args, ContactsEnum type, int index)
{
	if (index < 0)
		contacts_arg_null(args);
	else
		contacts_arg(args, contacts_enum_datum(type, index));
}

int
contacts_row_enum(uint64 row, int column, ContactsEnum type)
{
	bool isnull;
	Datum value = contacts_row_datum(row, column, &isnull);

	return isnull ? -1 : contacts_enum_of_datum(type, value);
}

/* The entry with its oids; the type is marked valid only when all of them are there. */
static EnumType *
looked_up(ContactsEnum type)
{
	EnumType *entry = &enum_types[type];
	Oid oid;

	if (OidIsValid(entry->type))
		return entry;
	if (!callback_registered)
	{
		CacheRegisterSyscacheCallback(ENUMOID, on_change, (Datum) 0);
		callback_registered = true;
	}
	oid = contacts_type_oid(entry->name);
	for (int i = 0; i < MAX_LABELS && entry->labels[i]; i++)
	{
		HeapTuple tuple = SearchSysCache2(ENUMTYPOIDNAME, ObjectIdGetDatum(oid),
										  CStringGetDatum(entry->labels[i]));

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "type %s has no label \"%s\"", entry->name, entry->labels[i]);
		entry->values[i] = ((Form_pg_enum) GETSTRUCT(tuple))->oid;
		ReleaseSysCache(tuple);
	}
	entry->type = oid;
	return entry;
}

static void
on_change(Datum arg, int cache_id, uint32 hash)
{
	for (int i = 0; i < CONTACTS_ENUM_COUNT; i++)
		enum_types[i].type = InvalidOid;
}
