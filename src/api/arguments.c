/* -------------------------------------------------------------------------
 * arguments.c
 *		The arguments of the reporting calls, as incoming items.
 *
 * One table says what an argument is called, of what type it is, where it goes, and at which
 * position each function has it (sql/50_ingest.sql).  record_activities() takes those of
 * record_activity() as keys of JSON objects; the table is sorted, so that each is found by a binary
 * search.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "api/arguments.h"
#include "api/call.h"
#include "engine/ingest/ingest.h"
#include "identity/identifier.h"
#include "store/account.h"
#include "store/activity.h"
#include "text/problem.h"
#include "values/field.h"
#include "values/json.h"
#include "values/json_read.h"

typedef enum ArgumentType
{
	ARGUMENT_TEXT,
	ARGUMENT_ID, /* of a member */
	ARGUMENT_CONTACT,
	ARGUMENT_TIME,
	ARGUMENT_OBJECT,
	ARGUMENT_TAGS
} ArgumentType;

typedef struct Argument
{
	const char *name;
	ArgumentType type;
	bool of_activity; /* it goes into the activity of the item, else into the item */
	size_t offset;
	int positions[CONTACTS_REPORTINGS]; /* in each function; -1 = it has none */
} Argument;

#define ITEM(field) false, offsetof(ContactsIncoming, field)
#define ACTIVITY(field) true, offsetof(ContactsActivity, field)

/* name, type, place, position in record_activity, upsert_contact, create_contact */
static const Argument arguments[] = {
	{"assigned_to", ARGUMENT_ID, ACTIVITY(assigned_to), {19, -1, -1}},
	{"calendar", ARGUMENT_TEXT, ACTIVITY(calendar), {18, -1, -1}},
	{"company", ARGUMENT_TEXT, ITEM(details.company), {6, 5, 5}},
	{"contact_id", ARGUMENT_CONTACT, ITEM(named), {22, -1, -1}},
	{"data", ARGUMENT_OBJECT, ACTIVITY(data), {14, -1, -1}},
	{"email", ARGUMENT_TEXT, ITEM(identifiers[CONTACTS_EMAIL]), {1, 0, 0}},
	{"ends_at", ARGUMENT_TIME, ACTIVITY(ends_at), {17, -1, -1}},
	{"external_id", ARGUMENT_TEXT, ITEM(identifiers[CONTACTS_EXTERNAL]), {4, 3, 3}},
	{"fields", ARGUMENT_OBJECT, ITEM(details.fields), {8, 7, 7}},
	{"kind", ARGUMENT_TEXT, ACTIVITY(kind), {0, -1, -1}},
	{"mode", ARGUMENT_TEXT, ITEM(mode_given), {-1, 11, -1}},
	{"name", ARGUMENT_TEXT, ITEM(details.name), {5, 4, 4}},
	{"occurred_at", ARGUMENT_TIME, ACTIVITY(occurred_at), {10, -1, -1}},
	{"on_invalid", ARGUMENT_TEXT, ITEM(on_invalid), {21, -1, -1}},
	{"owner_id", ARGUMENT_ID, ITEM(details.owner_id), {-1, 9, 9}},
	{"phone", ARGUMENT_TEXT, ITEM(identifiers[CONTACTS_PHONE]), {2, 1, 1}},
	{"region", ARGUMENT_TEXT, ITEM(region), {20, 13, 12}},
	{"source", ARGUMENT_TEXT, ITEM(source), {11, 12, 11}},
	{"source_ref", ARGUMENT_TEXT, ACTIVITY(source_ref), {12, -1, -1}},
	{"starts_at", ARGUMENT_TIME, ACTIVITY(starts_at), {16, -1, -1}},
	{"state", ARGUMENT_TEXT, ITEM(state), {15, -1, -1}},
	{"status", ARGUMENT_TEXT, ITEM(status), {9, 8, 8}},
	{"tags", ARGUMENT_TAGS, ITEM(tags), {-1, 10, 10}},
	{"timezone", ARGUMENT_TEXT, ITEM(details.timezone), {7, 6, 6}},
	{"title", ARGUMENT_TEXT, ACTIVITY(title), {13, -1, -1}},
	{"visitor", ARGUMENT_TEXT, ITEM(identifiers[CONTACTS_VISITOR]), {3, 2, 2}},
};

static ContactsIncoming *new_item(bool with_activity, TimestampTz now);
static void finish_item(ContactsIncoming *incoming, TimestampTz now);
static void *place_of(ContactsIncoming *incoming, const Argument *argument);
static void read_argument(FunctionCallInfo fcinfo, int position, const Argument *argument,
						  ContactsIncoming *incoming);
static void read_tags(FunctionCallInfo fcinfo, int position, ContactsIncoming *incoming);
static bool read_object(int64 account_id, const JsonbValue *object, ContactsIncoming *incoming,
						ContactsProblem *problem);
static bool read_key(int64 account_id, const JsonbValue *key, const JsonbValue *value,
					 ContactsIncoming *incoming, ContactsProblem *problem);
static bool check_account(int64 account_id, const JsonbValue *key, const JsonbValue *value,
						  ContactsProblem *problem);
static bool keeps_invalid(JsonbContainer *object);
static bool read_value(const JsonbValue *key, const JsonbValue *value, const Argument *argument,
					   void *place, ContactsProblem *problem);
static const Argument *find_argument(const JsonbValue *key);
static const char *key_names(void);

ContactsIncoming *
contacts_read_arguments(FunctionCallInfo fcinfo, ContactsReporting reporting)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	ContactsIncoming *incoming = new_item(reporting == CONTACTS_RECORD_ACTIVITY, now);

	for (size_t i = 0; i < lengthof(arguments); i++)
	{
		int position = arguments[i].positions[reporting];

		if (position >= 0 && !PG_ARGISNULL(position))
			read_argument(fcinfo, position, &arguments[i], incoming);
	}
	finish_item(incoming, now);
	return incoming;
}

ContactsIncoming *
contacts_incoming_of_json(int64 account_id, const JsonbValue *object, TimestampTz now)
{
	ContactsIncoming *incoming = new_item(true, now);
	ContactsProblem problem;

	if (!read_object(account_id, object, incoming, &problem))
	{
		incoming->problem = palloc(sizeof(ContactsProblem));
		*incoming->problem = problem;
		return incoming;
	}
	finish_item(incoming, now);
	return incoming;
}

ContactsIncoming *
contacts_incoming_note(int64 contact_id, const char *title, Jsonb *data)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	ContactsIncoming *incoming = new_item(true, now);

	incoming->named = contact_id;
	incoming->activity->kind = "note";
	incoming->activity->title = title;
	incoming->activity->data = data;
	finish_item(incoming, now);
	return incoming;
}

static ContactsIncoming *
new_item(bool with_activity, TimestampTz now)
{
	ContactsIncoming *incoming = palloc(sizeof(ContactsIncoming));

	contacts_incoming_init(incoming, now);
	if (with_activity)
	{
		incoming->activity = palloc0(sizeof(ContactsActivity));
		incoming->activity->occurred_at = DT_NOBEGIN;
		incoming->activity->starts_at = incoming->activity->ends_at = DT_NOBEGIN;
	}
	return incoming;
}

/* Times that follow from the arguments; news from the future count as now. */
static void
finish_item(ContactsIncoming *incoming, TimestampTz now)
{
	ContactsActivity *activity = incoming->activity;

	if (activity == NULL)
		return;
	if (activity->occurred_at == DT_NOBEGIN)
		activity->occurred_at = now;
	incoming->at = Min(activity->occurred_at, now);
	activity->details_at = activity->occurred_at;
}

static void *
place_of(ContactsIncoming *incoming, const Argument *argument)
{
	return (argument->of_activity ? (char *) incoming->activity : (char *) incoming) +
		   argument->offset;
}

static void
read_argument(FunctionCallInfo fcinfo, int position, const Argument *argument,
			  ContactsIncoming *incoming)
{
	void *place = place_of(incoming, argument);

	switch (argument->type)
	{
		case ARGUMENT_TEXT:
			*(const char **) place = contacts_given_cstring(fcinfo, position);
			return;
		case ARGUMENT_ID:
			*(int64 *) place = contacts_given_member(fcinfo, position);
			return;
		case ARGUMENT_CONTACT:
			*(int64 *) place = contacts_given_contact(fcinfo, position);
			return;
		case ARGUMENT_TIME:
			*(TimestampTz *) place = contacts_given_timestamp(fcinfo, position, argument->name);
			return;
		case ARGUMENT_OBJECT:
			*(Jsonb **) place = contacts_given_jsonb(fcinfo, position);
			return;
		case ARGUMENT_TAGS:
			read_tags(fcinfo, position, incoming);
			return;
	}
}

static void
read_tags(FunctionCallInfo fcinfo, int position, ContactsIncoming *incoming)
{
	Datum *elements;
	bool *nulls;
	int count;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(position), TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &count);
	incoming->tags = palloc(Max(count, 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			incoming->tags[incoming->tag_count++] = TextDatumGetCString(elements[i]);
}

static bool
read_object(int64 account_id, const JsonbValue *object, ContactsIncoming *incoming,
			ContactsProblem *problem)
{
	JsonbIterator *iterator;
	JsonbValue key;
	JsonbValue value;

	if (object->type != jbvBinary || !JsonContainerIsObject(object->val.binary.data))
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid activity: not an object");
		contacts_problem_detail(problem, "Each element is an object of arguments.");
		contacts_problem_hint(problem, "Allowed keys are: %s.", key_names());
		return false;
	}
	incoming->keep_invalid = keeps_invalid(object->val.binary.data);
	iterator = JsonbIteratorInit(object->val.binary.data);
	(void) JsonbIteratorNext(&iterator, &value, true);
	while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(&iterator, &value, true);
		if (!read_key(account_id, &key, &value, incoming, problem))
			return false;
	}
	return true;
}

/* Known before the other keys are read, which may come first. */
static bool
keeps_invalid(JsonbContainer *object)
{
	JsonbValue room;
	JsonbValue *value = getKeyJsonValueFromContainer(object, "on_invalid", 10, &room);

	return value && value->type == jbvString && contacts_json_key_is(value, "keep");
}

/* A value of the wrong type is kept, too, where that is wanted (R19). */
static bool
read_key(int64 account_id, const JsonbValue *key, const JsonbValue *value,
		 ContactsIncoming *incoming, ContactsProblem *problem)
{
	const Argument *argument = find_argument(key);
	JsonbValue copy = *value;

	if (contacts_json_key_is(key, "account_id"))
		return check_account(account_id, key, value, problem);
	if (argument == NULL || argument->positions[CONTACTS_RECORD_ACTIVITY] < 0)
		return contacts_field_misplaced(&contacts_account(account_id)->fields, key, key_names(),
										problem);
	return read_value(key, value, argument, place_of(incoming, argument), problem) ||
		   contacts_keep_invalid(incoming, argument->name, JsonbValueToJsonb(&copy));
}

/* An item may name the account, as each call of record_activity may; it is that of the batch. */
static bool
check_account(int64 account_id, const JsonbValue *key, const JsonbValue *value,
			  ContactsProblem *problem)
{
	int64 given;

	if (!contacts_json_read_id(key, value, &given, problem))
		return false;
	if (given == 0 || given == account_id)
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid account_id: %lld",
					 (long long) given);
	contacts_problem_detail(problem, "All items of a call go into one account, here %lld.",
							(long long) account_id);
	contacts_problem_hint(problem, "Call the function once for each account.");
	return false;
}

static bool
read_value(const JsonbValue *key, const JsonbValue *value, const Argument *argument, void *place,
		   ContactsProblem *problem)
{
	switch (argument->type)
	{
		case ARGUMENT_TEXT:
			return contacts_json_read_text(key, value, place, problem);
		case ARGUMENT_ID:
		case ARGUMENT_CONTACT:
			return contacts_json_read_id(key, value, place, problem);
		case ARGUMENT_TIME:
			return contacts_json_read_time(key, value, place, problem);
		case ARGUMENT_OBJECT:
			return contacts_json_read_object(key, value, place, problem);
		case ARGUMENT_TAGS:
			break;
	}
	return false;
}

static const Argument *
find_argument(const JsonbValue *key)
{
	int low = 0;
	int high = lengthof(arguments) - 1;

	while (low <= high)
	{
		int middle = (low + high) / 2;
		const char *name = arguments[middle].name;
		int order = strncmp(key->val.string.val, name, key->val.string.len);

		if (order == 0 && name[key->val.string.len] == '\0')
			return &arguments[middle];
		if (order > 0)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return NULL;
}

/* "kind, email, …": the arguments of record_activity in their order. */
static const char *
key_names(void)
{
	const char *names[lengthof(arguments)] = {0};
	StringInfoData list;

	for (size_t i = 0; i < lengthof(arguments); i++)
		if (arguments[i].positions[CONTACTS_RECORD_ACTIVITY] >= 0)
			names[arguments[i].positions[CONTACTS_RECORD_ACTIVITY]] = arguments[i].name;
	initStringInfo(&list);
	for (size_t i = 0; i < lengthof(arguments) && names[i]; i++)
		appendStringInfo(&list, "%s, ", names[i]);
	appendStringInfoString(&list, "account_id");
	return list.data;
}
