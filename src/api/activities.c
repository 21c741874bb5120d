/* -------------------------------------------------------------------------
 * activities.c
 *		SQL functions: reporting what happened (R30-R33).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "api/arguments.h"
#include "engine/activity.h"
#include "engine/ingest.h"

#define BATCH_MAX 100000 /* activities in one call */

PG_FUNCTION_INFO_V1(contacts_record_activity);
PG_FUNCTION_INFO_V1(contacts_record_activities);
PG_FUNCTION_INFO_V1(contacts_cancel_activity);
PG_FUNCTION_INFO_V1(contacts_reschedule_activity);

static ContactsReport *read_arguments(FunctionCallInfo fcinfo, TimestampTz now);
static void set_recorded(const ContactsReport *report, Datum *values, bool *nulls);
static ContactsReport **read_batch(Jsonb *activities, int *count);
static bool passes_over(FunctionCallInfo fcinfo);
static void complain_about_batch(void) __attribute__((noreturn));
static void complain_about_item(ContactsReport **reports, int count, const ContactsProblem *problem)
	__attribute__((noreturn));
static void put_results(FunctionCallInfo fcinfo, ContactsReport **reports, int count);

/* contacts.record_activity(kind text, …) returns contacts.recorded */
Datum
contacts_record_activity(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_REPORT);
	ContactsReport *report = read_arguments(fcinfo, GetCurrentTransactionStartTimestamp());
	const ContactsProblem *problem = contacts_ingest(account_id, &report, 1, false);
	Datum values[5];
	bool nulls[5];

	if (problem)
		contacts_complain(problem);
	set_recorded(report, values, nulls);
	contacts_end();
	return contacts_result_row(fcinfo, values, nulls);
}

/*
 * contacts.record_activities(activities jsonb, on_error text, account_id bigint)
 * returns table (item, activity_id, contact_id, outcome, matched_by, duplicate_of, error)
 */
Datum
contacts_record_activities(PG_FUNCTION_ARGS)
{
	const ContactsProblem *problem;
	ContactsReport **reports;
	int64 account_id;
	bool pass_over;
	int count;

	InitMaterializedSRF(fcinfo, 0);
	contacts_require(fcinfo, 0, "activities");
	contacts_require(fcinfo, 1, "on_error");
	pass_over = passes_over(fcinfo);
	account_id = contacts_begin(fcinfo, CONTACTS_REPORT);
	reports = read_batch(PG_GETARG_JSONB_P(0), &count);
	problem = contacts_ingest(account_id, reports, count, pass_over);
	if (problem)
		complain_about_item(reports, count, problem);
	put_results(fcinfo, reports, count);
	contacts_end();
	return (Datum) 0;
}

/* contacts.cancel_activity(activity_id bigint) returns void */
Datum
contacts_cancel_activity(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	contacts_require(fcinfo, 0, "activity_id");
	if (!contacts_cancel(account_id, PG_GETARG_INT64(0), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/*
 * contacts.reschedule_activity(activity_id bigint, starts_at timestamptz, ends_at timestamptz)
 * returns void
 */
Datum
contacts_reschedule_activity(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	contacts_require(fcinfo, 0, "activity_id");
	contacts_require(fcinfo, 1, "starts_at");
	if (!contacts_reschedule(account_id, PG_GETARG_INT64(0),
							 contacts_given_timestamp(fcinfo, 1, "starts_at"),
							 contacts_given_timestamp(fcinfo, 2, "ends_at"), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

static ContactsReport *
read_arguments(FunctionCallInfo fcinfo, TimestampTz now)
{
	ContactsReport *report = contacts_new_activity_report(now);
	ContactsActivity *activity = report->activity;

	activity->kind = contacts_given_cstring(fcinfo, 0);
	report->identifiers[CONTACTS_EMAIL] = contacts_given_cstring(fcinfo, 1);
	report->identifiers[CONTACTS_PHONE] = contacts_given_cstring(fcinfo, 2);
	report->identifiers[CONTACTS_VISITOR] = contacts_given_cstring(fcinfo, 3);
	report->identifiers[CONTACTS_EXTERNAL] = contacts_given_cstring(fcinfo, 4);
	report->name = contacts_given_cstring(fcinfo, 5);
	report->company = contacts_given_cstring(fcinfo, 6);
	report->timezone = contacts_given_cstring(fcinfo, 7);
	report->fields = contacts_given_jsonb(fcinfo, 8);
	report->status = contacts_given_cstring(fcinfo, 9);
	activity->occurred_at = contacts_given_timestamp(fcinfo, 10, "occurred_at");
	activity->source = contacts_given_cstring(fcinfo, 11);
	activity->source_ref = contacts_given_cstring(fcinfo, 12);
	activity->title = contacts_given_cstring(fcinfo, 13);
	activity->data = contacts_given_jsonb(fcinfo, 14);
	report->state = contacts_given_cstring(fcinfo, 15);
	activity->starts_at = contacts_given_timestamp(fcinfo, 16, "starts_at");
	activity->ends_at = contacts_given_timestamp(fcinfo, 17, "ends_at");
	activity->calendar = contacts_given_cstring(fcinfo, 18);
	activity->assigned_to = contacts_given_member(fcinfo, 19);
	report->region = contacts_given_cstring(fcinfo, 20);
	report->on_invalid = contacts_given_cstring(fcinfo, 21);
	contacts_finish_report(report, now);
	return report;
}

/* The columns of contacts.recorded. */
static void
set_recorded(const ContactsReport *report, Datum *values, bool *nulls)
{
	values[0] = Int64GetDatum(report->activity->activity_id);
	nulls[0] = report->activity->activity_id == 0;
	values[1] = Int64GetDatum(report->contact_id);
	nulls[1] = report->contact_id == 0 || report->hidden;
	nulls[2] = report->outcome == CONTACTS_NO_OUTCOME || report->hidden;
	if (!nulls[2])
		values[2] = contacts_enum_datum(CONTACTS_ENUM_OUTCOME, report->outcome);
	nulls[3] = report->matched_by < 0 || report->hidden;
	if (!nulls[3])
		values[3] = contacts_enum_datum(CONTACTS_ENUM_KIND, report->matched_by);
	values[4] = Int64GetDatum(report->duplicate_of);
	nulls[4] = report->duplicate_of == 0;
}

static ContactsReport **
read_batch(Jsonb *activities, int *count)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	JsonbIterator *iterator = JsonbIteratorInit(&activities->root);
	ContactsReport **reports;
	JsonbValue item;

	if (!JB_ROOT_IS_ARRAY(activities) || JB_ROOT_IS_SCALAR(activities) ||
		JB_ROOT_COUNT(activities) > BATCH_MAX)
		complain_about_batch();
	*count = 0;
	reports = palloc(Max(JB_ROOT_COUNT(activities), 1) * sizeof(ContactsReport *));
	(void) JsonbIteratorNext(&iterator, &item, true);
	while (JsonbIteratorNext(&iterator, &item, true) == WJB_ELEM)
	{
		CHECK_FOR_INTERRUPTS();
		reports[(*count)++] = contacts_report_of_json(&item, now);
	}
	return reports;
}

static bool
passes_over(FunctionCallInfo fcinfo)
{
	char *on_error = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char quoted[CONTACTS_QUOTE_SIZE];
	ContactsProblem problem;

	if (strcmp(on_error, "report") == 0 || strcmp(on_error, "stop") == 0)
		return on_error[0] == 'r';
	contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid on_error: \"%s\"",
					 contacts_quote_value(on_error, strlen(on_error), quoted));
	contacts_problem_detail(&problem, "It says what to do with a bad item.");
	contacts_problem_hint(&problem, "Allowed are: stop, report.");
	contacts_complain(&problem);
}

static void
complain_about_batch(void)
{
	ContactsProblem problem;

	contacts_problem(&problem, CONTACTS_INVALID_OPTION,
					 "invalid activities: not an array of at most %d objects", BATCH_MAX);
	contacts_problem_detail(&problem, "Each element has the arguments of record_activity as keys.");
	contacts_problem_hint(&problem, "For example: [{\"kind\": \"note\", \"email\": \"a@b.co\"}].");
	contacts_complain(&problem);
}

/* Says which item it is; items count from 1. */
static void
complain_about_item(ContactsReport **reports, int count, const ContactsProblem *problem)
{
	ContactsProblem named = *problem;
	int item = 0;

	while (item < count && reports[item]->problem != problem)
		item++;
	if (item < count)
		contacts_problem_detail(&named, "Item %d of the activities. %s", item + 1, problem->detail);
	contacts_complain(&named);
}

static void
put_results(FunctionCallInfo fcinfo, ContactsReport **reports, int count)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum values[7] = {0};
	bool nulls[7];

	for (int i = 0; i < count; i++)
	{
		const ContactsProblem *problem = reports[i]->problem;

		memset(nulls, true, sizeof(nulls));
		values[0] = Int32GetDatum(i + 1);
		nulls[0] = false;
		if (problem == NULL)
			set_recorded(reports[i], &values[1], &nulls[1]);
		else
		{
			values[6] = CStringGetTextDatum(
				psprintf("%s: %s %s", problem->message, problem->detail, problem->hint));
			nulls[6] = false;
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}
