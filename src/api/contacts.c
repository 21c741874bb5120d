/* -------------------------------------------------------------------------
 * contacts.c
 *		SQL functions: writing and reading contacts.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "api/call.h"
#include "engine/edit.h"
#include "engine/ingest.h"
#include "engine/merge.h"

PG_FUNCTION_INFO_V1(contacts_upsert_contact);
PG_FUNCTION_INFO_V1(contacts_create_contact);
PG_FUNCTION_INFO_V1(contacts_update_contact);
PG_FUNCTION_INFO_V1(contacts_find_contact);
PG_FUNCTION_INFO_V1(contacts_resolve_contact);
PG_FUNCTION_INFO_V1(contacts_get_contact);
PG_FUNCTION_INFO_V1(contacts_set_status);
PG_FUNCTION_INFO_V1(contacts_assign_contacts);
PG_FUNCTION_INFO_V1(contacts_add_identifier);
PG_FUNCTION_INFO_V1(contacts_remove_identifier);
PG_FUNCTION_INFO_V1(contacts_set_primary_identifier);

static ContactsReport *read_arguments(FunctionCallInfo fcinfo);
static void read_tags(FunctionCallInfo fcinfo, int argument, ContactsReport *report);
static ContactsReportMode read_mode(const char *mode);
static Datum take_in(FunctionCallInfo fcinfo, int64 account_id, ContactsReport *report);
static Datum upserted_row(FunctionCallInfo fcinfo, const ContactsReport *report);
static bool merges_duplicates(FunctionCallInfo fcinfo, int argument);
static void complain_about_option(const char *what, const char *value, const char *allowed)
	__attribute__((noreturn));
static void require_key(FunctionCallInfo fcinfo);

/*
 * contacts.upsert_contact(email text, …, tags text[], mode text, source text, region text)
 * returns contacts.upserted
 */
Datum
contacts_upsert_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsReport *report = read_arguments(fcinfo);

	report->mode = read_mode(contacts_given_cstring(fcinfo, 11));
	report->source = contacts_given_cstring(fcinfo, 12);
	report->region = contacts_given_cstring(fcinfo, 13);
	return take_in(fcinfo, account_id, report);
}

/*
 * contacts.create_contact(email text, …, tags text[], source text, region text) returns
 * contacts.upserted
 */
Datum
contacts_create_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsReport *report = read_arguments(fcinfo);

	report->mode = CONTACTS_MODE_STRICT;
	report->source = contacts_given_cstring(fcinfo, 11);
	report->region = contacts_given_cstring(fcinfo, 12);
	return take_in(fcinfo, account_id, report);
}

/*
 * contacts.update_contact(contact_id bigint, changes jsonb, on_duplicate text) returns
 * contacts.upserted
 */
Datum
contacts_update_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;
	ContactsReport result;
	bool changed = false;
	bool merged = false;
	bool done;

	contacts_require(fcinfo, 0, "contact_id");
	contacts_require(fcinfo, 1, "changes");
	contacts_report_init(&result, 0);
	result.contact_id = PG_GETARG_INT64(0);
	if (merges_duplicates(fcinfo, 2))
		done = contacts_edit_merging(account_id, &result.contact_id, PG_GETARG_JSONB_P(1), &changed,
									 &merged, &problem);
	else
		done =
			contacts_edit(account_id, &result.contact_id, PG_GETARG_JSONB_P(1), &changed, &problem);
	if (!done)
		contacts_complain(&problem);
	result.outcome = merged ? CONTACTS_MERGED : changed ? CONTACTS_UPDATED : CONTACTS_UNCHANGED;
	contacts_end();
	return upserted_row(fcinfo, &result);
}

/*
 * contacts.find_contact(email text, phone text, external_id text, visitor text, region text)
 * returns bigint
 */
Datum
contacts_find_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_READ);
	ContactsProblem problem;
	ContactsReport report;
	int64 found;

	contacts_report_init(&report, 0);
	report.identifiers[CONTACTS_EMAIL] = contacts_given_cstring(fcinfo, 0);
	report.identifiers[CONTACTS_PHONE] = contacts_given_cstring(fcinfo, 1);
	report.identifiers[CONTACTS_EXTERNAL] = contacts_given_cstring(fcinfo, 2);
	report.identifiers[CONTACTS_VISITOR] = contacts_given_cstring(fcinfo, 3);
	report.region = contacts_given_cstring(fcinfo, 4);
	found = contacts_find(account_id, &report, &problem);
	if (problem.message[0])
		contacts_complain(&problem);
	contacts_end();
	if (found == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(found);
}

/* contacts.resolve_contact(contact_id bigint) returns bigint */
Datum
contacts_resolve_contact(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_READ);
	int64 contact_id = contacts_given_int64(fcinfo, 0);
	int64 survivor;

	contacts_require(fcinfo, 0, "contact_id");
	contacts_survivors(account_id, &contact_id, 1, true, &survivor);
	if (survivor != 0 && !contacts_sees(account_id, survivor))
		survivor = 0;
	contacts_end();
	if (survivor == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(survivor);
}

/* contacts.get_contact(contact_id bigint) returns jsonb */
Datum
contacts_get_contact(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	int64 account_id = contacts_begin(fcinfo, CONTACTS_READ);
	int64 contact_id = contacts_given_int64(fcinfo, 0);
	ContactsProblem problem;
	Jsonb *document = NULL;
	int64 survivor;

	contacts_require(fcinfo, 0, "contact_id");
	contacts_survivors(account_id, &contact_id, 1, true, &survivor);
	if (survivor != 0 && contacts_sees(account_id, survivor))
		document = contacts_contact_document(account_id, survivor);
	if (document == NULL)
	{
		contacts_missing_problem(&problem, "contact", contact_id);
		contacts_complain(&problem);
	}
	MemoryContextSwitchTo(caller);
	document = (Jsonb *) PG_DETOAST_DATUM_COPY(JsonbPGetDatum(document));
	contacts_end();
	PG_RETURN_JSONB_P(document);
}

/* contacts.set_status(contact_ids bigint[], status text, source text) returns bigint */
Datum
contacts_set_status(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	const char *source = contacts_given_cstring(fcinfo, 2);
	ContactsIds ids = contacts_given_ids(fcinfo, 0, "contact_ids");
	ContactsProblem problem;
	int64 count = -1;
	int status;

	if (contacts_check_label("source", &source, &problem) &&
		contacts_read_label(CONTACTS_ENUM_STATUS, "status", contacts_given_cstring(fcinfo, 1),
							&status, &problem))
		count =
			contacts_set_status_of(account_id, &ids, status, source ? source : "manual", &problem);
	if (count < 0)
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(count);
}

/* contacts.assign_contacts(contact_ids bigint[], owner_id bigint) returns bigint */
Datum
contacts_assign_contacts(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsIds ids = contacts_given_ids(fcinfo, 0, "contact_ids");
	ContactsProblem problem;
	int64 count = contacts_assign(account_id, &ids, contacts_given_member(fcinfo, 1), &problem);

	if (count < 0)
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(count);
}

/*
 * contacts.add_identifier(contact_id bigint, kind text, value text, make_primary boolean)
 * returns void
 */
Datum
contacts_add_identifier(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	require_key(fcinfo);
	contacts_require(fcinfo, 3, "make_primary");
	if (!contacts_add_key(account_id, PG_GETARG_INT64(0), contacts_given_cstring(fcinfo, 1),
						  contacts_given_cstring(fcinfo, 2), PG_GETARG_BOOL(3), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/* contacts.remove_identifier(contact_id bigint, kind text, value text) returns void */
Datum
contacts_remove_identifier(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	require_key(fcinfo);
	if (!contacts_remove_key(account_id, PG_GETARG_INT64(0), contacts_given_cstring(fcinfo, 1),
							 contacts_given_cstring(fcinfo, 2), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/* contacts.set_primary_identifier(contact_id bigint, kind text, value text) returns void */
Datum
contacts_set_primary_identifier(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsProblem problem;

	require_key(fcinfo);
	if (!contacts_make_key_primary(account_id, PG_GETARG_INT64(0),
								   contacts_given_cstring(fcinfo, 1),
								   contacts_given_cstring(fcinfo, 2), &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_VOID();
}

/* The arguments that upsert_contact and create_contact share. */
static ContactsReport *
read_arguments(FunctionCallInfo fcinfo)
{
	ContactsReport *report = palloc(sizeof(ContactsReport));

	contacts_report_init(report, GetCurrentTransactionStartTimestamp());
	report->identifiers[CONTACTS_EMAIL] = contacts_given_cstring(fcinfo, 0);
	report->identifiers[CONTACTS_PHONE] = contacts_given_cstring(fcinfo, 1);
	report->identifiers[CONTACTS_VISITOR] = contacts_given_cstring(fcinfo, 2);
	report->identifiers[CONTACTS_EXTERNAL] = contacts_given_cstring(fcinfo, 3);
	report->name = contacts_given_cstring(fcinfo, 4);
	report->company = contacts_given_cstring(fcinfo, 5);
	report->timezone = contacts_given_cstring(fcinfo, 6);
	report->fields = contacts_given_jsonb(fcinfo, 7);
	report->status = contacts_given_cstring(fcinfo, 8);
	report->owner_id = contacts_given_member(fcinfo, 9);
	read_tags(fcinfo, 10, report);
	return report;
}

static void
read_tags(FunctionCallInfo fcinfo, int argument, ContactsReport *report)
{
	Datum *elements;
	bool *nulls;
	int count;

	if (PG_ARGISNULL(argument))
		return;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &count);
	report->tags = palloc(Max(count, 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
		if (!nulls[i])
			report->tags[report->tag_count++] = TextDatumGetCString(elements[i]);
}

static ContactsReportMode
read_mode(const char *mode)
{
	static const char *const labels[] = {"skip", "update", "fill", "create"};

	if (mode == NULL)
		return CONTACTS_MODE_UPDATE;
	for (int i = 0; i < (int) lengthof(labels); i++)
		if (strcmp(mode, labels[i]) == 0)
			return i;
	complain_about_option("mode", mode, "skip, update, fill, create");
}

static Datum
take_in(FunctionCallInfo fcinfo, int64 account_id, ContactsReport *report)
{
	const ContactsProblem *problem;
	ContactsReport result;

	problem = contacts_ingest(account_id, &report, 1, false);
	if (problem)
		contacts_complain(problem);
	result = *report;
	contacts_end();
	return upserted_row(fcinfo, &result);
}

/* The columns of contacts.upserted. */
static Datum
upserted_row(FunctionCallInfo fcinfo, const ContactsReport *report)
{
	Datum values[4] = {0};
	bool nulls[4] = {0};

	values[0] = Int64GetDatum(report->contact_id);
	values[1] = contacts_enum_datum(CONTACTS_ENUM_OUTCOME, report->outcome);
	nulls[2] = report->matched_by < 0;
	if (!nulls[2])
		values[2] = contacts_enum_datum(CONTACTS_ENUM_KIND, report->matched_by);
	values[3] = Int64GetDatum(report->duplicate_of);
	nulls[3] = report->duplicate_of == 0;
	return contacts_result_row(fcinfo, values, nulls);
}

static bool
merges_duplicates(FunctionCallInfo fcinfo, int argument)
{
	const char *on_duplicate = contacts_given_cstring(fcinfo, argument);
	bool merges = on_duplicate && strcmp(on_duplicate, "merge") == 0;

	if (on_duplicate && !merges && strcmp(on_duplicate, "error") != 0)
		complain_about_option("on_duplicate", on_duplicate, "error, merge");
	return merges;
}

static void
complain_about_option(const char *what, const char *value, const char *allowed)
{
	char quoted[CONTACTS_QUOTE_SIZE];
	ContactsProblem problem;

	contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid %s: \"%s\"", what,
					 contacts_quote_value(value, strlen(value), quoted));
	contacts_problem_detail(&problem, "The value is not known.");
	contacts_problem_hint(&problem, "Allowed are: %s.", allowed);
	contacts_complain(&problem);
}

static void
require_key(FunctionCallInfo fcinfo)
{
	contacts_require(fcinfo, 0, "contact_id");
	contacts_require(fcinfo, 1, "kind");
	contacts_require(fcinfo, 2, "value");
}
