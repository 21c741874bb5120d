/* -------------------------------------------------------------------------
 * row.c
 *		One row on its way into its table: its columns before and after, and what becomes of them.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "utils/datum.h"
#include "utils/rel.h"

#include "engine/contact/detail.h"
#include "engine/trigger/row.h"

static const int *look_up(FmgrInfo *call, TupleDesc shape, const char *const *names, int count,
						  int *last);
static bool is_named(TupleDesc shape, int number, const char *name);

HeapTuple
contacts_row_written(const TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple
													  : trigger->tg_trigtuple;
}

void
contacts_row_begin(ContactsRow *row, TriggerData *trigger, FmgrInfo *call, const char *const *names,
				   int count, int *last)
{
	Assert(count <= CONTACTS_ROW_COLUMNS);
	row->shape = RelationGetDescr(trigger->tg_relation);
	row->numbers = look_up(call, row->shape, names, count, last);
	row->old_row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_trigtuple : NULL;
	row->new_row = contacts_row_written(trigger);
	row->count = 0;
}

static const int *
look_up(FmgrInfo *call, TupleDesc shape, const char *const *names, int count, int *last)
{
	int *numbers = call->fn_extra;

	if (numbers != NULL)
		return numbers;
	numbers = MemoryContextAlloc(call->fn_mcxt, count * sizeof(int));
	for (int i = 0; i < count; i++)
	{
		const char *name = names[i] ? names[i] : contacts_detail_name(i);

		/* a search compares the names of all columns before */
		if (!is_named(shape, last[i], name))
			last[i] = SPI_fnumber(shape, name);
		if (last[i] <= 0)
			elog(ERROR, "the table has no column \"%s\"", name);
		numbers[i] = last[i];
	}
	call->fn_extra = numbers;
	return numbers;
}

static bool
is_named(TupleDesc shape, int number, const char *name)
{
	return number > 0 && number <= shape->natts &&
		   !TupleDescAttr(shape, number - 1)->attisdropped &&
		   strcmp(NameStr(TupleDescAttr(shape, number - 1)->attname), name) == 0;
}

HeapTuple
contacts_row_end(ContactsRow *row)
{
	if (row->count > 0)
		row->new_row = heap_modify_tuple_by_cols(row->new_row, row->shape, row->count, row->columns,
												 row->values, row->nulls);
	row->count = 0;
	return row->new_row;
}

Datum
contacts_row_value(const ContactsRow *row, int column, bool *isnull)
{
	return SPI_getbinval(row->new_row, row->shape, row->numbers[column], isnull);
}

bool
contacts_row_differs(const ContactsRow *row, int number)
{
	Form_pg_attribute attribute = TupleDescAttr(row->shape, number - 1);
	bool old_null;
	bool new_null;
	Datum old_value = SPI_getbinval(row->old_row, row->shape, number, &old_null);
	Datum new_value = SPI_getbinval(row->new_row, row->shape, number, &new_null);

	if (old_null || new_null)
		return old_null != new_null;
	return !datum_image_eq(old_value, new_value, attribute->attbyval, attribute->attlen);
}

void
contacts_row_set(ContactsRow *row, int column, Datum value, bool isnull)
{
	row->columns[row->count] = row->numbers[column];
	row->values[row->count] = value;
	row->nulls[row->count++] = isnull;
}
