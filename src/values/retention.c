/* -------------------------------------------------------------------------
 * retention.c
 *		How long something is kept (R51, R52, R101).
 *
 * '30' is an interval of thirty seconds.  Who writes it means days, and would lose what was deleted
 * half a minute ago; so less than a day is refused.  Zero is no slip.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "text/problem.h"
#include "values/retention.h"

static int compare(const Interval *a, const Interval *b);

bool
contacts_check_retention(const char *what, const Interval *age, bool or_none,
						 ContactsProblem *problem)
{
	const Interval none = {0};
	Interval day = {0};

	day.day = 1;
	if (age != NULL && (compare(age, &day) >= 0 || (or_none && compare(age, &none) == 0)))
		return true;
	contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid %s: %s", what,
					 age == NULL ? "null"
								 : DatumGetCString(
									   DirectFunctionCall1(interval_out, IntervalPGetDatum(age))));
	contacts_problem_detail(problem,
							"It is less than a day; a number without a unit is in seconds.");
	contacts_problem_hint(problem, "For example: interval '30 days'%s.",
						  or_none ? ", or interval '0' for all" : "");
	return false;
}

static int
compare(const Interval *a, const Interval *b)
{
	return DatumGetInt32(
		DirectFunctionCall2(interval_cmp, IntervalPGetDatum(a), IntervalPGetDatum(b)));
}
