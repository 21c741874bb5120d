/* -------------------------------------------------------------------------
 * values.c
 *		Refuses ids that mean none, and times that a calendar does not have, before a row is written.
 *
 * Other tables have CHECKs for that.  Those that each report writes do not: the server reads the
 * text of a CHECK anew for every statement, which took a fifth of the time of a new contact.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "engine/trigger/trigger.h"
#include "text/problem.h"

static HeapTuple refuse_id(const char *name, int64 id, ContactsProblem *problem);
static HeapTuple refuse_time(const char *name, ContactsProblem *problem);

HeapTuple
contacts_check_values_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	const Trigger *definition = trigger->tg_trigger;
	HeapTuple row =
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;

	for (int i = 0; i < definition->tgnattr; i++)
	{
		Form_pg_attribute column = TupleDescAttr(shape, definition->tgattr[i] - 1);
		bool isnull;
		Datum value = heap_getattr(row, definition->tgattr[i], shape, &isnull);

		if (isnull)
			continue;
		if (column->atttypid == INT8OID)
		{
			if (DatumGetInt64(value) <= 0)
				return refuse_id(NameStr(column->attname), DatumGetInt64(value), problem);
		}
		else if (TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(value)))
			return refuse_time(NameStr(column->attname), problem);
	}
	return row;
}

static HeapTuple
refuse_id(const char *name, int64 id, ContactsProblem *problem)
{
	contacts_problem(problem, CONTACTS_BREAKS_CHECK, "invalid %s: %lld", name, (long long) id);
	contacts_problem_detail(problem, "Ids are 1 or more.");
	contacts_problem_hint(problem, "Leave it out, and the row gets an id.");
	return NULL;
}

static HeapTuple
refuse_time(const char *name, ContactsProblem *problem)
{
	contacts_problem(problem, CONTACTS_OUT_OF_RANGE, "invalid %s: infinity", name);
	contacts_problem_detail(problem, "Times are finite.");
	contacts_problem_hint(problem, "Leave it out when it is not known.");
	return NULL;
}
