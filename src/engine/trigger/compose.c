/* -------------------------------------------------------------------------
 * compose.c
 *		Composes the texts of a row before it is written, whoever writes it (R5, R20, R25).
 *
 * The columns are those that the trigger is defined for (UPDATE OF …), of type text or text[]; a
 * user's own columns are none of our business.  contacts.contact and the tables of identifiers have
 * checks of their own, which do this among other things.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/rel.h"

#include "engine/trigger/trigger.h"
#include "values/composed.h"

#define COLUMNS_MAX 8

static Datum composed(Datum value, Oid type);

HeapTuple
contacts_compose_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	const Trigger *definition = trigger->tg_trigger;
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	HeapTuple row =
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	int numbers[COLUMNS_MAX];
	Datum values[COLUMNS_MAX];
	bool nulls[COLUMNS_MAX] = {false};
	int count = 0;

	for (int i = 0; i < Min(definition->tgnattr, COLUMNS_MAX); i++)
	{
		int number = definition->tgattr[i];
		bool isnull;
		Datum given = heap_getattr(row, number, shape, &isnull);

		if (isnull)
			continue;
		numbers[count] = number;
		values[count] = composed(given, TupleDescAttr(shape, number - 1)->atttypid);
		count += values[count] != given;
	}
	return count == 0 ? row : heap_modify_tuple_by_cols(row, shape, count, numbers, values, nulls);
}

/* The value itself where nothing is to be done, also where it was unpacked for a look. */
static Datum
composed(Datum value, Oid type)
{
	if (type == TEXTARRAYOID)
	{
		ArrayType *array = DatumGetArrayTypeP(value);
		ArrayType *composed_array = contacts_composed_array(array);

		return composed_array == array ? value : PointerGetDatum(composed_array);
	}
	if (type == TEXTOID)
	{
		text *given = DatumGetTextPP(value);
		text *composed_text = contacts_composed_value(given);

		return composed_text == given ? value : PointerGetDatum(composed_text);
	}
	return value;
}
