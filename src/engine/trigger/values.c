/* -------------------------------------------------------------------------
 * values.c
 *		Values of a row before it is written, whoever writes it (R5).
 *
 * Texts are composed (R20, R25); ids that mean none, and times that no calendar has, are refused.
 *
 * The columns are those that the trigger is defined for (UPDATE OF …); a user's own columns are
 * none of our business.  Tables that no report writes have CHECKs for ids and times.  The others
 * do not: the server reads the text of a CHECK anew for every statement, which took a fifth of the
 * time of a new contact.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "engine/trigger/row.h"
#include "engine/trigger/trigger.h"
#include "text/problem.h"
#include "values/composed.h"

#define TEXTS_MAX 16 /* columns of one trigger */

static bool check_value(Form_pg_attribute column, Datum *value, ContactsProblem *problem);
static bool refuse_id(const char *name, int64 id, ContactsProblem *problem);
static bool refuse_time(const char *name, ContactsProblem *problem);
static Datum composed_text(Datum value);
static Datum composed_array(Datum value);

HeapTuple
contacts_check_values_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	const Trigger *definition = trigger->tg_trigger;
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	HeapTuple row = contacts_row_written(trigger);
	Datum *values = palloc(shape->natts * sizeof(Datum));
	bool *nulls = palloc(shape->natts * sizeof(bool));
	int numbers[TEXTS_MAX];
	Datum changed[TEXTS_MAX];
	bool changed_nulls[TEXTS_MAX] = {false};
	int count = 0;

	/* all at once: each one would be looked for from the beginning of the row */
	heap_deform_tuple(row, shape, values, nulls);
	for (int i = 0; i < definition->tgnattr && count < TEXTS_MAX; i++)
	{
		int number = definition->tgattr[i];
		Datum value = values[number - 1];

		if (nulls[number - 1])
			continue;
		if (!check_value(TupleDescAttr(shape, number - 1), &value, problem))
			return NULL;
		numbers[count] = number;
		changed[count] = value;
		count += value != values[number - 1];
	}
	if (count > 0)
		row = heap_modify_tuple_by_cols(row, shape, count, numbers, changed, changed_nulls);
	pfree(values);
	pfree(nulls);
	return row;
}

static bool
check_value(Form_pg_attribute column, Datum *value, ContactsProblem *problem)
{
	switch (column->atttypid)
	{
		case INT8OID:
			return DatumGetInt64(*value) > 0 ||
				   refuse_id(NameStr(column->attname), DatumGetInt64(*value), problem);
		case TIMESTAMPTZOID:
			return !TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(*value)) ||
				   refuse_time(NameStr(column->attname), problem);
		case TEXTOID:
			*value = composed_text(*value);
			return true;
		case TEXTARRAYOID:
			*value = composed_array(*value);
			return true;
		default:
			return true;
	}
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

/* The value itself where nothing is to be done, also where it was unpacked for a look. */
static Datum
composed_text(Datum value)
{
	text *given = DatumGetTextPP(value);
	text *composed = contacts_composed_value(given);

	return composed == given ? value : PointerGetDatum(composed);
}

static Datum
composed_array(Datum value)
{
	ArrayType *given = DatumGetArrayTypeP(value);
	ArrayType *composed = contacts_composed_array(given);

	return composed == given ? value : PointerGetDatum(composed);
}
