/* -------------------------------------------------------------------------
 * reference.c
 *		Sends what is written for a merged contact to its survivor, before a row is written (R44).
 *
 * What a call of ours writes is left alone: its contacts are followed and locked already.  A plain
 * statement's are looked up one by one, as the server does for a foreign key, and with the same
 * lock: a merge or a deletion that is under way is waited for, one that comes later waits.  So the
 * row is right whichever of the two comes first.  A deleted contact takes nothing new (R51);
 * whether there is such a contact at all is the foreign key's matter.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "utils/rel.h"

#include "engine/session/actor.h"
#include "engine/session/own_write.h"
#include "engine/trigger/row.h"
#include "engine/trigger/trigger.h"
#include "store/contact.h"
#include "text/problem.h"

#define COLUMNS_MAX 2

/* What one statement's rows have in common, and the contact that was looked up last. */
typedef struct Reference
{
	int account_number; /* of the columns, in the table */
	int count;
	int numbers[COLUMNS_MAX];
	int64 account_id, contact_id, survivor; /* contact_id 0 = none yet */
} Reference;

static Reference *look_up(const TriggerData *trigger, FmgrInfo *call);
static bool is_given(const TriggerData *trigger, const Reference *reference, int column);
static bool follow(Reference *reference, int64 account_id, int64 *contact_id,
				   ContactsProblem *problem);
static bool settle_pair(int64 *ids, ContactsProblem *problem);
static int64 value_of(HeapTuple row, TupleDesc shape, int number);

HeapTuple
contacts_check_reference_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	HeapTuple row = contacts_row_written(trigger);
	Reference *reference;
	Datum values[COLUMNS_MAX];
	bool nulls[COLUMNS_MAX];
	int64 ids[COLUMNS_MAX];
	bool is_followed = false;

	if (contacts_is_call_writing() || contacts_is_own_write())
		return row;
	reference = look_up(trigger, call);
	for (int i = 0; i < reference->count; i++)
	{
		ids[i] = value_of(row, shape, reference->numbers[i]);
		if (is_given(trigger, reference, i) &&
			!follow(reference, value_of(row, shape, reference->account_number), &ids[i], problem))
			return NULL;
		is_followed |= ids[i] != value_of(row, shape, reference->numbers[i]);
	}
	if (!is_followed)
		return row;
	if (reference->count == 2 && !settle_pair(ids, problem))
		return NULL;
	for (int i = 0; i < reference->count; i++)
	{
		values[i] = Int64GetDatum(ids[i]);
		nulls[i] = ids[i] == 0;
		if (ids[i] == value_of(row, shape, reference->numbers[i]))
			continue;
		row =
			heap_modify_tuple_by_cols(row, shape, 1, &reference->numbers[i], &values[i], &nulls[i]);
	}
	return row;
}

/* Where the columns stand in the table: looked up once a statement. */
static Reference *
look_up(const TriggerData *trigger, FmgrInfo *call)
{
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	const Trigger *definition = trigger->tg_trigger;
	Reference *reference = call->fn_extra;

	if (reference != NULL)
		return reference;
	reference = MemoryContextAllocZero(call->fn_mcxt, sizeof(Reference));
	reference->account_number = SPI_fnumber(shape, "account_id");
	reference->count = Min(definition->tgnargs, COLUMNS_MAX);
	for (int i = 0; i < reference->count; i++)
	{
		reference->numbers[i] = SPI_fnumber(shape, definition->tgargs[i]);
		if (reference->numbers[i] <= 0 || reference->account_number <= 0)
			elog(ERROR, "the table has no column \"%s\"", definition->tgargs[i]);
	}
	call->fn_extra = reference;
	return reference;
}

/* Whether the column names a contact, and another one than before. */
static bool
is_given(const TriggerData *trigger, const Reference *reference, int column)
{
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	int64 id = value_of(contacts_row_written(trigger), shape, reference->numbers[column]);

	return id != 0 && (!TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ||
					   id != value_of(trigger->tg_trigtuple, shape, reference->numbers[column]));
}

/* Rows of one contact mostly come together. */
static bool
follow(Reference *reference, int64 account_id, int64 *contact_id, ContactsProblem *problem)
{
	int64 survivor = *contact_id;
	bool is_deleted;

	if (reference->contact_id == *contact_id && reference->account_id == account_id)
	{
		*contact_id = reference->survivor;
		return true;
	}
	if (!contacts_hold_survivor(account_id, &survivor, &is_deleted))
		return true;
	if (is_deleted)
	{
		contacts_problem(problem, CONTACTS_MISSING, "contact %lld does not exist",
						 (long long) *contact_id);
		contacts_problem_detail(problem, "It is deleted: nothing new is kept for it.");
		contacts_problem_hint(problem, "Restore it first, with contacts.restore_contacts().");
		return false;
	}
	reference->account_id = account_id;
	reference->contact_id = *contact_id;
	reference->survivor = *contact_id = survivor;
	return true;
}

/* A pair is of two contacts, the lower id first. */
static bool
settle_pair(int64 *ids, ContactsProblem *problem)
{
	int64 first = Min(ids[0], ids[1]);
	int64 second = Max(ids[0], ids[1]);

	if (first == second)
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid pair: one contact");
		contacts_problem_detail(problem, "Both ids mean contact %lld.", (long long) first);
		contacts_problem_hint(problem, "Give two contacts that are not merged with each other.");
		return false;
	}
	ids[0] = first;
	ids[1] = second;
	return true;
}

/* An id; 0 = null, which no id is. */
static int64
value_of(HeapTuple row, TupleDesc shape, int number)
{
	bool isnull;
	Datum value = SPI_getbinval(row, shape, number, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}
