/* -------------------------------------------------------------------------
 * stamp.c
 *		Who reported an activity, and who named its assignee, whoever writes it (R5, R83, R93).
 *
 * An assignment makes a contact visible (R81).  So of an assignee whom a person named that sees
 * only some contacts, the row keeps who that was: when the activity becomes a contact's later, the
 * assignee goes unless that person sees the contact (ingest/repeat.c).  Nothing is queried but what
 * the session remembers of itself.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rel.h"

#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "engine/trigger/column.h"
#include "engine/trigger/trigger.h"

enum
{
	ACCOUNT_ID,
	CONTACT_ID,
	SOURCE,
	SOURCE_REF,
	ASSIGNED_TO,
	ASSIGNED_BY,
	MEMBER_ID,
	ACTOR,
	ROLE_NAME,
	COLUMNS
};

static const char *const column_names[COLUMNS] = {
	"account_id",  "contact_id", "source", "source_ref", "assigned_to",
	"assigned_by", "member_id",  "actor",  "role_name",
};

/* A row and what becomes of its columns. */
typedef struct StampedRow
{
	TupleDesc shape;
	const int *numbers;
	HeapTuple before; /* NULL for an insert */
	HeapTuple after;
	int count;
	int columns[COLUMNS];
	Datum values[COLUMNS];
	bool nulls[COLUMNS];
} StampedRow;

static const int *look_up(FmgrInfo *call, TupleDesc shape);
static void stamp_reporter(StampedRow *row);
static void keep_reporter(StampedRow *row);
static void stamp_assignment(StampedRow *row, int64 account_id);
static bool is_plain_write(void);
static bool is_null(const StampedRow *row, int column);
static bool is_touched(const StampedRow *row, int column);
static void set_column(StampedRow *row, int column, Datum value, bool isnull);

HeapTuple
contacts_stamp_activity_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	bool is_update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	StampedRow row = {.shape = RelationGetDescr(trigger->tg_relation)};
	bool isnull;

	row.numbers = look_up(call, row.shape);
	row.before = is_update ? trigger->tg_trigtuple : NULL;
	row.after = is_update ? trigger->tg_newtuple : trigger->tg_trigtuple;
	if (is_update)
		keep_reporter(&row);
	else
		stamp_reporter(&row);
	stamp_assignment(&row, DatumGetInt64(SPI_getbinval(row.after, row.shape,
													   row.numbers[ACCOUNT_ID], &isnull)));
	return row.count == 0 ? row.after
						  : heap_modify_tuple_by_cols(row.after, row.shape, row.count, row.columns,
													  row.values, row.nulls);
}

/* Where the columns stand in the table: looked up once a statement. */
static const int *
look_up(FmgrInfo *call, TupleDesc shape)
{
	static int last[COLUMNS];
	int *numbers = call->fn_extra;

	if (numbers != NULL)
		return numbers;
	numbers = MemoryContextAlloc(call->fn_mcxt, COLUMNS * sizeof(int));
	for (int i = 0; i < COLUMNS; i++)
		numbers[i] = contacts_column_number(shape, column_names[i], &last[i]);
	call->fn_extra = numbers;
	return numbers;
}

/* The functions say who it was; a plain statement does not, or is not believed. */
static void
stamp_reporter(StampedRow *row)
{
	const ContactsActor *actor;

	if (!is_null(row, ROLE_NAME) && !is_plain_write())
		return;
	actor = contacts_actor_at_work();
	set_column(row, MEMBER_ID, Int64GetDatum(actor->member_id), actor->member_id == 0);
	set_column(row, ACTOR, actor->name == actor->role ? 0 : CStringGetTextDatum(actor->name),
			   actor->name == actor->role);
	set_column(row, ROLE_NAME, CStringGetTextDatum(actor->role), false);
}

static void
keep_reporter(StampedRow *row)
{
	if (!is_plain_write())
		return;
	for (int column = MEMBER_ID; column <= ROLE_NAME; column++)
		if (is_touched(row, column))
		{
			bool isnull;
			Datum value = SPI_getbinval(row->before, row->shape, row->numbers[column], &isnull);

			set_column(row, column, value, isnull);
		}
}

/*
 * A restricted person stands for the assignee of a row that they make, rename, unlink or assign;
 * anybody else takes that off by another assignee.
 */
static void
stamp_assignment(StampedRow *row, int64 account_id)
{
	bool is_assigned = row->before ? is_touched(row, ASSIGNED_TO) : !is_null(row, ASSIGNED_TO);

	if (contacts_is_restricted(account_id))
	{
		if (is_assigned || is_touched(row, ASSIGNED_BY) || is_touched(row, SOURCE) ||
			is_touched(row, SOURCE_REF) ||
			(is_touched(row, CONTACT_ID) && is_null(row, CONTACT_ID)))
			set_column(row, ASSIGNED_BY, Int64GetDatum(contacts_member_at_work(account_id)), false);
	}
	else if (row->before && is_assigned && !is_touched(row, ASSIGNED_BY))
		set_column(row, ASSIGNED_BY, 0, true);
}

/* Whether the statement is the session's own, and not the owner's: no function of ours runs it. */
static bool
is_plain_write(void)
{
	return GetUserId() == GetOuterUserId() && !contacts_session_is_owner();
}

static bool
is_null(const StampedRow *row, int column)
{
	return heap_attisnull(row->after, row->numbers[column], row->shape);
}

/* Whether an update changes the column; an insert touches none. */
static bool
is_touched(const StampedRow *row, int column)
{
	Form_pg_attribute attribute = TupleDescAttr(row->shape, row->numbers[column] - 1);
	bool old_null;
	bool new_null;
	Datum old_value;
	Datum new_value;

	if (row->before == NULL)
		return false;
	old_value = SPI_getbinval(row->before, row->shape, row->numbers[column], &old_null);
	new_value = SPI_getbinval(row->after, row->shape, row->numbers[column], &new_null);
	if (old_null || new_null)
		return old_null != new_null;
	return !datum_image_eq(old_value, new_value, attribute->attbyval, attribute->attlen);
}

static void
set_column(StampedRow *row, int column, Datum value, bool isnull)
{
	row->columns[row->count] = row->numbers[column];
	row->values[row->count] = value;
	row->nulls[row->count++] = isnull;
}
