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
#include "executor/spi.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "engine/trigger/trigger.h"
#include "text/problem.h"

/* The columns that the trigger names. */
typedef struct Columns
{
	int count;
	struct
	{
		int number;
		Oid type;
	} column[FLEXIBLE_ARRAY_MEMBER];
} Columns;

static const Columns *look_up(const TriggerData *trigger, FmgrInfo *call);
static bool refuse_id(const char *name, int64 id, ContactsProblem *problem);
static bool refuse_time(const char *name, ContactsProblem *problem);

HeapTuple
contacts_check_values_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	const Columns *columns = look_up(trigger, call);
	HeapTuple row =
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;

	for (int i = 0; i < columns->count; i++)
	{
		const char *name = trigger->tg_trigger->tgargs[i];
		bool isnull;
		Datum value = heap_getattr(row, columns->column[i].number, shape, &isnull);

		if (isnull)
			continue;
		if (columns->column[i].type == INT8OID)
		{
			if (DatumGetInt64(value) <= 0 && !refuse_id(name, DatumGetInt64(value), problem))
				return NULL;
		}
		else if (TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(value)) && !refuse_time(name, problem))
			return NULL;
	}
	return row;
}

/* Once a statement. */
static const Columns *
look_up(const TriggerData *trigger, FmgrInfo *call)
{
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	const Trigger *definition = trigger->tg_trigger;
	Columns *columns = call->fn_extra;

	if (columns != NULL)
		return columns;
	columns =
		MemoryContextAlloc(call->fn_mcxt, offsetof(Columns, column) +
											  definition->tgnargs * sizeof(columns->column[0]));
	columns->count = definition->tgnargs;
	for (int i = 0; i < columns->count; i++)
	{
		int number = SPI_fnumber(shape, definition->tgargs[i]);

		if (number <= 0)
			elog(ERROR, "the table has no column \"%s\"", definition->tgargs[i]);
		columns->column[i].number = number;
		columns->column[i].type = TupleDescAttr(shape, number - 1)->atttypid;
	}
	call->fn_extra = columns;
	return columns;
}

/* Always false. */
static bool
refuse_id(const char *name, int64 id, ContactsProblem *problem)
{
	contacts_problem(problem, CONTACTS_BREAKS_CHECK, "invalid %s: %lld", name, (long long) id);
	contacts_problem_detail(problem, "Ids are 1 or more.");
	contacts_problem_hint(problem, "Leave it out, and the row gets an id.");
	return false;
}

/* Always false. */
static bool
refuse_time(const char *name, ContactsProblem *problem)
{
	contacts_problem(problem, CONTACTS_OUT_OF_RANGE, "invalid %s: infinity", name);
	contacts_problem_detail(problem, "Times are finite.");
	contacts_problem_hint(problem, "Leave it out when it is not known.");
	return false;
}
