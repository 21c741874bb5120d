/* -------------------------------------------------------------------------
 * call.c
 *		The doorway: arguments in, results out.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "api/call.h"
#include "engine/contact/resolve.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "store/spi/enums.h"
#include "store/spi/query.h"
#include "store/spi/setup.h"
#include "text/problem.h"

int64
contacts_begin(FunctionCallInfo fcinfo, ContactsRight right)
{
	ContactsProblem problem;
	int64 account_id;

	contacts_require_tables();
	account_id = contacts_given_account(fcinfo, PG_NARGS() - 1);
	contacts_require_session(account_id);
	if (!contacts_may(account_id, right, &problem))
		contacts_complain(&problem);
	contacts_call_begins(fcinfo->flinfo->fn_oid);
	contacts_connect();
	return account_id;
}

void
contacts_end(void)
{
	contacts_disconnect();
	contacts_call_ends();
}

void
contacts_require_settings(void)
{
	ContactsProblem problem;

	if (contacts_settings_problem(&problem))
		contacts_complain(&problem);
}

void
contacts_require_session(int64 account_id)
{
	ContactsProblem problem;

	contacts_require_settings();
	if (contacts_member_problem(account_id, &problem))
		contacts_complain(&problem);
}

void
contacts_require_tables(void)
{
	ContactsProblem problem;

	if (contacts_is_set_up())
		return;
	contacts_problem(&problem, CONTACTS_WRONG_STATE, "contacts is not set up");
	contacts_problem_detail(&problem, "Its tables do not exist in this database.");
	contacts_problem_hint(&problem, "SELECT contacts.setup();");
	contacts_complain(&problem);
}

void
contacts_require(FunctionCallInfo fcinfo, int argument, const char *name)
{
	ContactsProblem problem;

	if (!PG_ARGISNULL(argument))
		return;
	contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid %s: null", name);
	contacts_problem_detail(&problem, "The argument must not be null.");
	contacts_problem_hint(&problem, "Give a value for %s.", name);
	contacts_complain(&problem);
}

const char *
contacts_given_cstring(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? NULL : TextDatumGetCString(PG_GETARG_DATUM(argument));
}

int64
contacts_given_int64(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? 0 : PG_GETARG_INT64(argument);
}

/* Drivers that bind every argument bind null to one that is not given. */
int64
contacts_given_account(FunctionCallInfo fcinfo, int argument)
{
	if (!PG_ARGISNULL(argument))
	{
		contacts_require_positive(PG_GETARG_INT64(argument));
		return PG_GETARG_INT64(argument);
	}
	contacts_require_settings();
	return contacts_account_at_work();
}

int64
contacts_given_member(FunctionCallInfo fcinfo, int argument)
{
	int64 member_id = contacts_given_int64(fcinfo, argument);
	ContactsProblem problem;

	if (PG_ARGISNULL(argument) || member_id > 0)
		return member_id;
	contacts_no_member_problem(&problem, member_id);
	contacts_complain(&problem);
}

int64
contacts_given_contact(FunctionCallInfo fcinfo, int argument)
{
	int64 contact_id = contacts_given_int64(fcinfo, argument);
	ContactsProblem problem;

	if (PG_ARGISNULL(argument) || contact_id > 0)
		return contact_id;
	contacts_missing_problem(&problem, "contact", contact_id);
	contacts_complain(&problem);
}

/* Infinite times say nothing about an activity. */
TimestampTz
contacts_given_timestamp(FunctionCallInfo fcinfo, int argument, const char *name)
{
	ContactsProblem problem;

	if (PG_ARGISNULL(argument))
		return DT_NOBEGIN;
	if (!TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(argument)))
		return PG_GETARG_TIMESTAMPTZ(argument);
	contacts_problem(&problem, CONTACTS_OUT_OF_RANGE, "invalid %s: infinity", name);
	contacts_problem_detail(&problem, "A time of an activity is finite.");
	contacts_problem_hint(&problem, "Leave it out when it is not known.");
	contacts_complain(&problem);
}

void
contacts_require_positive(int64 account_id)
{
	ContactsProblem problem;

	if (account_id > 0)
		return;
	contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid account_id: %lld",
					 (long long) account_id);
	contacts_problem_detail(&problem, "An account has a positive number.");
	contacts_problem_hint(&problem,
						  "Leave the argument out to use the setting contacts.account_id.");
	contacts_complain(&problem);
}

ContactsIds
contacts_given_ids(FunctionCallInfo fcinfo, int argument, const char *name)
{
	ContactsProblem problem;
	ContactsIds ids;
	Datum *elements;
	bool *nulls;

	contacts_require(fcinfo, argument, name);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(argument), INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &elements, &nulls, &ids.count);
	ids.ids = palloc(Max(ids.count, 1) * sizeof(int64));
	for (int i = 0; i < ids.count; i++)
	{
		if (nulls[i])
		{
			contacts_problem(&problem, CONTACTS_INVALID_OPTION, "invalid %s: null", name);
			contacts_problem_detail(&problem, "An element of the array is null.");
			contacts_problem_hint(&problem, "Give ids of contacts only.");
			contacts_complain(&problem);
		}
		ids.ids[i] = DatumGetInt64(elements[i]);
	}
	return ids;
}

Jsonb *
contacts_given_jsonb(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? NULL : PG_GETARG_JSONB_P(argument);
}

/* The descriptor of the result is looked up once per call site and kept with it. */
Datum
contacts_result_row(FunctionCallInfo fcinfo, const Datum *values, const bool *nulls)
{
	TupleDesc shape = fcinfo->flinfo->fn_extra;

	if (shape == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		if (get_call_result_type(fcinfo, NULL, &shape) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "result type must be composite");
		shape = BlessTupleDesc(CreateTupleDescCopy(shape));
		MemoryContextSwitchTo(caller);
		fcinfo->flinfo->fn_extra = shape;
	}
	return HeapTupleGetDatum(
		heap_form_tuple(shape, unconstify(Datum *, values), unconstify(bool *, nulls)));
}

/* The columns of contacts.upserted. */
Datum
contacts_upserted_row(FunctionCallInfo fcinfo, const ContactsIncoming *incoming)
{
	Datum values[4] = {0};
	bool nulls[4] = {0};

	values[0] = Int64GetDatum(incoming->contact_id);
	values[1] = contacts_enum_datum(CONTACTS_ENUM_OUTCOME, incoming->outcome);
	nulls[2] = incoming->matched_by < 0;
	if (!nulls[2])
		values[2] = contacts_enum_datum(CONTACTS_ENUM_KIND, incoming->matched_by);
	values[3] = Int64GetDatum(incoming->duplicate_of);
	nulls[3] = incoming->duplicate_of == 0;
	return contacts_result_row(fcinfo, values, nulls);
}
