/* -------------------------------------------------------------------------
 * ingest.c
 *		SQL functions: reporting what happened, and contacts from other systems (R12-R20, R30-R33).
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
#include "api/call.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "store/spi/enums.h"
#include "text/blank.h"
#include "text/problem.h"
#include "values/choice.h"
#include "values/composed.h"
#include "values/json.h"

#define BATCH_MAX 100000 /* activities in one call */

PG_FUNCTION_INFO_V1(contacts_record_activity);
PG_FUNCTION_INFO_V1(contacts_record_activities);
PG_FUNCTION_INFO_V1(contacts_add_note);
PG_FUNCTION_INFO_V1(contacts_upsert_contact);
PG_FUNCTION_INFO_V1(contacts_create_contact);

static void set_recorded(const ContactsIncoming *incoming, Datum *values, bool *nulls);
static Datum take_in(FunctionCallInfo fcinfo, int64 account_id, ContactsIncoming *incoming);
static ContactsIncoming **read_batch(int64 account_id, Jsonb *activities, int *count);
static bool passes_over(FunctionCallInfo fcinfo);
static Jsonb *note_data(const char *note);
static void complain_about_note(void) __attribute__((noreturn));
static void complain_about_batch(void) __attribute__((noreturn));
static void complain_about_item(ContactsIncoming **items, int count, const ContactsProblem *problem)
	__attribute__((noreturn));
static void put_results(FunctionCallInfo fcinfo, ContactsIncoming **items, int count);

/* contacts.record_activity(kind text, …) returns contacts.recorded */
Datum
contacts_record_activity(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_REPORT);
	ContactsIncoming *incoming = contacts_read_arguments(fcinfo, CONTACTS_RECORD_ACTIVITY);
	const ContactsProblem *problem = contacts_ingest(account_id, &incoming, 1, false);
	Datum values[5];
	bool nulls[5];

	if (problem)
		contacts_complain(problem);
	set_recorded(incoming, values, nulls);
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
	ContactsIncoming **items;
	int64 account_id;
	bool pass_over;
	int count;

	InitMaterializedSRF(fcinfo, 0);
	contacts_require(fcinfo, 0, "activities");
	contacts_require(fcinfo, 1, "on_error");
	pass_over = passes_over(fcinfo);
	account_id = contacts_begin(fcinfo, CONTACTS_REPORT);
	items = read_batch(account_id, PG_GETARG_JSONB_P(0), &count);
	problem = contacts_ingest(account_id, items, count, pass_over);
	if (problem)
		complain_about_item(items, count, problem);
	put_results(fcinfo, items, count);
	contacts_end();
	return (Datum) 0;
}

/* contacts.add_note(contact_id bigint, note text, title text) returns bigint: the activity (R35) */
Datum
contacts_add_note(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	const char *note = contacts_given_cstring(fcinfo, 1);
	const ContactsProblem *problem;
	ContactsIncoming *incoming;

	contacts_require(fcinfo, 0, "contact_id");
	contacts_require(fcinfo, 1, "note");
	if (contacts_is_blank(note, strlen(note)))
		complain_about_note();
	incoming = contacts_incoming_note(contacts_given_contact(fcinfo, 0),
									  contacts_given_cstring(fcinfo, 2), note_data(note));
	problem = contacts_ingest(account_id, &incoming, 1, false);
	if (problem)
		contacts_complain(problem);
	contacts_end();
	PG_RETURN_INT64(incoming->activity->activity_id);
}

static Jsonb *
note_data(const char *note)
{
	JsonbParseState *state;

	contacts_object_begin(&state);
	contacts_push_text(&state, "note", contacts_composed_text(note));
	return contacts_object_end(&state);
}

static void
complain_about_note(void)
{
	ContactsProblem problem;

	contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid note: blank");
	contacts_problem_detail(&problem, "A note has a text.");
	contacts_problem_hint(&problem, "Give what is to be remembered about the contact.");
	contacts_complain(&problem);
}

/*
 * contacts.upsert_contact(email text, …, tags text[], mode text, source text, region text)
 * returns contacts.upserted
 */
Datum
contacts_upsert_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);

	return take_in(fcinfo, account_id, contacts_read_arguments(fcinfo, CONTACTS_UPSERT_CONTACT));
}

/*
 * contacts.create_contact(email text, …, tags text[], source text, region text) returns
 * contacts.upserted
 */
Datum
contacts_create_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsIncoming *incoming = contacts_read_arguments(fcinfo, CONTACTS_CREATE_CONTACT);

	incoming->mode = CONTACTS_MODE_STRICT;
	return take_in(fcinfo, account_id, incoming);
}

static Datum
take_in(FunctionCallInfo fcinfo, int64 account_id, ContactsIncoming *incoming)
{
	const ContactsProblem *problem = contacts_ingest(account_id, &incoming, 1, false);
	ContactsIncoming result;

	if (problem)
		contacts_complain(problem);
	result = *incoming;
	contacts_end();
	return contacts_upserted_row(fcinfo, &result);
}

/* The columns of contacts.recorded. */
static void
set_recorded(const ContactsIncoming *incoming, Datum *values, bool *nulls)
{
	values[0] = Int64GetDatum(incoming->activity->activity_id);
	nulls[0] = incoming->activity->activity_id == 0;
	values[1] = Int64GetDatum(incoming->contact_id);
	nulls[1] = incoming->contact_id == 0 || incoming->hidden;
	nulls[2] = incoming->outcome == CONTACTS_NO_OUTCOME || incoming->hidden;
	if (!nulls[2])
		values[2] = contacts_enum_datum(CONTACTS_ENUM_OUTCOME, incoming->outcome);
	nulls[3] = incoming->matched_by < 0 || incoming->hidden;
	if (!nulls[3])
		values[3] = contacts_enum_datum(CONTACTS_ENUM_KIND, incoming->matched_by);
	values[4] = Int64GetDatum(incoming->duplicate_of);
	nulls[4] = incoming->duplicate_of == 0;
}

static ContactsIncoming **
read_batch(int64 account_id, Jsonb *activities, int *count)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	JsonbIterator *iterator = JsonbIteratorInit(&activities->root);
	ContactsIncoming **items;
	JsonbValue item;

	if (!JB_ROOT_IS_ARRAY(activities) || JB_ROOT_IS_SCALAR(activities) ||
		JB_ROOT_COUNT(activities) > BATCH_MAX)
		complain_about_batch();
	*count = 0;
	items = palloc(Max(JB_ROOT_COUNT(activities), 1) * sizeof(ContactsIncoming *));
	(void) JsonbIteratorNext(&iterator, &item, true);
	while (JsonbIteratorNext(&iterator, &item, true) == WJB_ELEM)
	{
		CHECK_FOR_INTERRUPTS();
		items[(*count)++] = contacts_incoming_of_json(account_id, &item, now);
	}
	return items;
}

static bool
passes_over(FunctionCallInfo fcinfo)
{
	static const ContactsChoice on_error = {"on_error", "stop, report",
											"It says what to do with a bad item."};
	ContactsProblem problem;
	int chosen;

	if (!contacts_choose(&on_error, contacts_given_cstring(fcinfo, 1), &chosen, &problem))
		contacts_complain(&problem);
	return chosen == 1;
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
complain_about_item(ContactsIncoming **items, int count, const ContactsProblem *problem)
{
	ContactsProblem named = *problem;
	int item = 0;

	while (item < count && items[item]->problem != problem)
		item++;
	if (item < count)
		contacts_problem_detail(&named, "Item %d of the activities. %s", item + 1, problem->detail);
	contacts_complain(&named);
}

static void
put_results(FunctionCallInfo fcinfo, ContactsIncoming **items, int count)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum values[7] = {0};
	bool nulls[7];

	for (int i = 0; i < count; i++)
	{
		const ContactsProblem *problem = items[i]->problem;

		memset(nulls, true, sizeof(nulls));
		values[0] = Int32GetDatum(i + 1);
		nulls[0] = false;
		if (problem == NULL)
			set_recorded(items[i], &values[1], &nulls[1]);
		else
		{
			values[6] = CStringGetTextDatum(
				psprintf("%s: %s %s", problem->message, problem->detail, problem->hint));
			nulls[6] = false;
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}
