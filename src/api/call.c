/* -------------------------------------------------------------------------
 * call.c
 *		The doorway: arguments in, results out.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "api/call.h"

static void require_tables(void);

int64
contacts_begin(FunctionCallInfo fcinfo)
{
	int last = PG_NARGS() - 1;

	require_tables();
	contacts_require(fcinfo, last, "account_id");
	contacts_connect();
	return PG_GETARG_INT64(last);
}

void
contacts_end(void)
{
	contacts_disconnect();
}

static void
require_tables(void)
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

TimestampTz
contacts_given_timestamp(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(argument);
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
