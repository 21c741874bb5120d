/* -------------------------------------------------------------------------
 * arguments.c
 *		JSON objects with the arguments of record_activity, as reports.
 *
 * The keys are the argument names of contacts.record_activity (sql/50_activities.sql), sorted,
 * so that each is found by a binary search.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "api/arguments.h"
#include "engine/given.h"

typedef enum ArgumentType
{
	ARGUMENT_TEXT,
	ARGUMENT_ID,
	ARGUMENT_TIME,
	ARGUMENT_OBJECT
} ArgumentType;

/* Where the value of a key goes: into the report, or into its activity. */
typedef struct Argument
{
	const char *name;
	ArgumentType type;
	bool of_activity;
	size_t offset;
} Argument;

#define REPORT(field) false, offsetof(ContactsReport, field)
#define ACTIVITY(field) true, offsetof(ContactsActivity, field)

static const Argument arguments[] = {
	{"assigned_to", ARGUMENT_ID, ACTIVITY(assigned_to)},
	{"calendar", ARGUMENT_TEXT, ACTIVITY(calendar)},
	{"company", ARGUMENT_TEXT, REPORT(company)},
	{"data", ARGUMENT_OBJECT, ACTIVITY(data)},
	{"email", ARGUMENT_TEXT, REPORT(identifiers[CONTACTS_EMAIL])},
	{"ends_at", ARGUMENT_TIME, ACTIVITY(ends_at)},
	{"external_id", ARGUMENT_TEXT, REPORT(identifiers[CONTACTS_EXTERNAL])},
	{"fields", ARGUMENT_OBJECT, REPORT(fields)},
	{"kind", ARGUMENT_TEXT, ACTIVITY(kind)},
	{"name", ARGUMENT_TEXT, REPORT(name)},
	{"occurred_at", ARGUMENT_TIME, ACTIVITY(occurred_at)},
	{"on_invalid", ARGUMENT_TEXT, REPORT(on_invalid)},
	{"phone", ARGUMENT_TEXT, REPORT(identifiers[CONTACTS_PHONE])},
	{"region", ARGUMENT_TEXT, REPORT(region)},
	{"source", ARGUMENT_TEXT, ACTIVITY(source)},
	{"source_ref", ARGUMENT_TEXT, ACTIVITY(source_ref)},
	{"starts_at", ARGUMENT_TIME, ACTIVITY(starts_at)},
	{"state", ARGUMENT_TEXT, REPORT(state)},
	{"status", ARGUMENT_TEXT, REPORT(status)},
	{"timezone", ARGUMENT_TEXT, REPORT(timezone)},
	{"title", ARGUMENT_TEXT, ACTIVITY(title)},
	{"visitor", ARGUMENT_TEXT, REPORT(identifiers[CONTACTS_VISITOR])},
};

#define ARGUMENT_NAMES \
	"kind, email, phone, visitor, external_id, name, company, timezone, fields, status," \
	" occurred_at, source, source_ref, title, data, state, starts_at, ends_at, calendar," \
	" assigned_to, region, on_invalid"

static bool read_object(const JsonbValue *object, ContactsReport *report, ContactsProblem *problem);
static bool read_argument(const JsonbValue *key, const JsonbValue *value, ContactsReport *report,
						  ContactsProblem *problem);
static const Argument *find_argument(const JsonbValue *key);

ContactsReport *
contacts_new_activity_report(TimestampTz now)
{
	ContactsReport *report = palloc(sizeof(ContactsReport));
	ContactsActivity *activity = palloc0(sizeof(ContactsActivity));

	contacts_report_init(report, now);
	activity->occurred_at = activity->starts_at = activity->ends_at = DT_NOBEGIN;
	report->activity = activity;
	return report;
}

ContactsReport *
contacts_report_of_json(const JsonbValue *object, TimestampTz now)
{
	ContactsReport *report = contacts_new_activity_report(now);
	ContactsProblem problem;

	if (!read_object(object, report, &problem))
	{
		report->problem = palloc(sizeof(ContactsProblem));
		*report->problem = problem;
		return report;
	}
	contacts_finish_report(report, now);
	return report;
}

void
contacts_finish_report(ContactsReport *report, TimestampTz now)
{
	ContactsActivity *activity = report->activity;

	report->source = activity->source;
	if (activity->occurred_at == DT_NOBEGIN)
		activity->occurred_at = now;
	report->at = Min(activity->occurred_at, now);
	activity->details_at = activity->occurred_at;
}

static bool
read_object(const JsonbValue *object, ContactsReport *report, ContactsProblem *problem)
{
	JsonbIterator *iterator;
	JsonbValue key;
	JsonbValue value;

	if (object->type != jbvBinary || !JsonContainerIsObject(object->val.binary.data))
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid activity: not an object");
		contacts_problem_detail(problem, "Each element is an object of arguments.");
		contacts_problem_hint(problem, "Allowed keys are: %s.", ARGUMENT_NAMES);
		return false;
	}
	iterator = JsonbIteratorInit(object->val.binary.data);
	(void) JsonbIteratorNext(&iterator, &value, true);
	while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(&iterator, &value, true);
		if (!read_argument(&key, &value, report, problem))
			return false;
	}
	return true;
}

static bool
read_argument(const JsonbValue *key, const JsonbValue *value, ContactsReport *report,
			  ContactsProblem *problem)
{
	const Argument *argument = find_argument(key);
	char *place;

	if (argument == NULL)
		return contacts_given_unknown(key, ARGUMENT_NAMES, problem);
	place =
		(argument->of_activity ? (char *) report->activity : (char *) report) + argument->offset;
	switch (argument->type)
	{
		case ARGUMENT_TEXT:
			return contacts_given_text(key, value, (const char **) place, problem);
		case ARGUMENT_ID:
			return contacts_given_id(key, value, (int64 *) place, problem);
		case ARGUMENT_TIME:
			return contacts_given_time(key, value, (TimestampTz *) place, problem);
		case ARGUMENT_OBJECT:
			return contacts_given_object(key, value, (Jsonb **) place, problem);
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
