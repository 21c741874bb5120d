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
#include "engine/contact/resolve.h"
#include "engine/merge/merge.h"
#include "engine/session/access.h"
#include "store/spi/datum.h"
#include "text/problem.h"

PG_FUNCTION_INFO_V1(contacts_merge_preview);
PG_FUNCTION_INFO_V1(contacts_merge_contacts);
PG_FUNCTION_INFO_V1(contacts_unmerge);

static ContactsMergeRequest read_request(FunctionCallInfo fcinfo);
static void put_row(ReturnSetInfo *result, const ContactsMergeValue *value);

/*
 * contacts.merge_preview(primary_id bigint, duplicate_ids bigint[], prefer text, overrides jsonb)
 * returns table (field, result, source_id, candidates, disagree); plans, and writes nothing
 */
Datum
contacts_merge_preview(PG_FUNCTION_ARGS)
{
	ContactsMergeRequest request;
	ContactsMergeValue *values;
	ContactsProblem problem;
	ReturnSetInfo *result;
	int64 account_id;
	int count;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	account_id = contacts_begin(fcinfo, CONTACTS_READ);
	request = read_request(fcinfo);
	count = contacts_preview_merge(account_id, &request, &values, &problem);
	if (count < 0)
		contacts_complain(&problem);
	for (int i = 0; i < count; i++)
		put_row(result, &values[i]);
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

	if (!contacts_run_merge(account_id, &request, &merge_id, &problem))
		contacts_complain(&problem);
	contacts_end();
	PG_RETURN_INT64(merge_id);
}

/* contacts.unmerge(merge_id bigint) returns table (contact_id, kept) */
Datum
contacts_unmerge(PG_FUNCTION_ARGS)
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
	count = contacts_undo_merge(account_id, PG_GETARG_INT64(0), &restored, &problem);
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
	request.overrides = contacts_given_jsonb(fcinfo, 3);
	return request;
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
