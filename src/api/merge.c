/* -------------------------------------------------------------------------
 * merge.c
 *		SQL functions: merging contacts, looking at it before, undoing it (R42-R45).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/tuplestore.h"

#include "api/call.h"
#include "engine/merge.h"

PG_FUNCTION_INFO_V1(contacts_merge_preview);
PG_FUNCTION_INFO_V1(contacts_merge_contacts);
PG_FUNCTION_INFO_V1(contacts_unmerge_contacts);

static ContactsMergeRequest read_request(FunctionCallInfo fcinfo);
static void put_values(ReturnSetInfo *result, const ContactsMergePlan *plan);
static void put_identifiers(ReturnSetInfo *result, const ContactsMergePlan *plan);
static void put_moves(ReturnSetInfo *result, const ContactsMergePlan *plan);
static void put_count(ReturnSetInfo *result, const ContactsMergePlan *plan, const char *label,
					  const int64 *moved);
static void put_row(ReturnSetInfo *result, const ContactsMergeValue *value);

/*
 * contacts.merge_preview(primary_id bigint, duplicate_ids bigint[], prefer text, overrides jsonb)
 * returns table (field, result, source_id, candidates, disagree); plans, and writes nothing
 */
Datum
contacts_merge_preview(PG_FUNCTION_ARGS)
{
	ContactsMergeRequest request;
	ContactsMergePlan plan;
	ContactsProblem problem;
	ReturnSetInfo *result;
	int64 account_id;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	account_id = contacts_begin(fcinfo, CONTACTS_READ);
	request = read_request(fcinfo);
	if (!contacts_plan_merge(account_id, &request, CONTACTS_LOCK_NONE, &plan, &problem))
		contacts_complain(&problem);
	put_values(result, &plan);
	put_identifiers(result, &plan);
	put_moves(result, &plan);
	contacts_end();
	return (Datum) 0;
}

/*
 * contacts.merge_contacts(primary_id bigint, duplicate_ids bigint[], prefer text, overrides jsonb)
 * returns bigint; locks all of them for deletion, in order of id
 */
Datum
contacts_merge_contacts(PG_FUNCTION_ARGS)
{
	int64 account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	ContactsMergeRequest request = read_request(fcinfo);
	ContactsProblem problem;
	int64 merge_id;

	if (!contacts_merge(account_id, &request, &merge_id, &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(merge_id);
}

/* contacts.unmerge(merge_id bigint) returns table (contact_id, kept) */
Datum
contacts_unmerge_contacts(PG_FUNCTION_ARGS)
{
	ContactsUnmerged *restored;
	ContactsProblem problem;
	ReturnSetInfo *result;
	int64 account_id;
	int count;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	account_id = contacts_begin(fcinfo, CONTACTS_EDIT);
	contacts_require(fcinfo, 0, "merge_id");
	count = contacts_unmerge(account_id, PG_GETARG_INT64(0), &restored, &problem);
	if (count < 0)
		contacts_complain(&problem);
	for (int i = 0; i < count; i++)
	{
		Datum values[2] = {Int64GetDatum(restored[i].contact_id),
						   contacts_text_array(restored[i].kept, restored[i].kept_count)};
		bool nulls[2] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	contacts_end();
	return (Datum) 0;
}

static ContactsMergeRequest
read_request(FunctionCallInfo fcinfo)
{
	ContactsMergeRequest request;
	ContactsIds duplicates;

	contacts_require(fcinfo, 0, "primary_id");
	duplicates = contacts_given_ids(fcinfo, 1, "duplicate_ids");
	request.primary_id = PG_GETARG_INT64(0);
	request.duplicate_ids = duplicates.ids;
	request.duplicate_count = duplicates.count;
	request.prefer = contacts_given_cstring(fcinfo, 2);
	if (request.prefer == NULL)
		request.prefer = "primary";
	request.overrides = contacts_given_jsonb(fcinfo, 3);
	return request;
}

/* When news came last is no matter of review. */
static void
put_values(ReturnSetInfo *result, const ContactsMergePlan *plan)
{
	for (int i = 0; i < plan->value_count; i++)
		if (i != CONTACTS_DETAIL_DETAILS_AT)
			put_row(result, &plan->values[i]);
}

static void
put_identifiers(ReturnSetInfo *result, const ContactsMergePlan *plan)
{
	int64 *moved = palloc0(plan->count * sizeof(int64));

	for (int i = 0; i < plan->key_count; i++)
		for (int at = 1; at < plan->count; at++)
			moved[at - 1] += plan->keys[i].contact_id == plan->contacts[at].contact_id;
	put_count(result, plan, "identifiers", moved);
}

static void
put_moves(ReturnSetInfo *result, const ContactsMergePlan *plan)
{
	int64 *moved = palloc(plan->count * sizeof(int64));
	ContactsProblem problem;

	for (int i = 0; i < plan->reference_count; i++)
	{
		if (!contacts_count_moves(plan, &plan->references[i], moved, &problem))
			contacts_complain(&problem);
		put_count(result, plan, plan->references[i].label, moved);
	}
}

/* How many rows would move, and how many of each duplicate. */
static void
put_count(ReturnSetInfo *result, const ContactsMergePlan *plan, const char *label,
		  const int64 *moved)
{
	ContactsMergeValue value = {.name = psprintf("moves.%s", label)};
	Jsonb **counts = palloc(plan->count * sizeof(Jsonb *));
	int64 total = 0;

	for (int i = 0; i < plan->count - 1; i++)
	{
		counts[i] = moved[i] > 0 ? contacts_json_int64(moved[i]) : NULL;
		total += moved[i];
	}
	value.result = contacts_json_int64(total);
	value.candidates = contacts_candidates(plan->contacts + 1, counts, plan->count - 1);
	put_row(result, &value);
}

static void
put_row(ReturnSetInfo *result, const ContactsMergeValue *value)
{
	Datum values[5] = {CStringGetTextDatum(value->name), JsonbPGetDatum(value->result),
					   Int64GetDatum(value->source_id), JsonbPGetDatum(value->candidates),
					   BoolGetDatum(value->disagree)};
	bool nulls[5] = {false, value->result == NULL, value->source_id == 0, false, false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}
