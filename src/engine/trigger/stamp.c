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

#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "engine/trigger/row.h"
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

static void stamp_reporter(ContactsRow *row);
static void keep_reporter(ContactsRow *row);
static void stamp_assignment(ContactsRow *row, int64 account_id);
static bool is_plain_write(void);
static bool is_null(const ContactsRow *row, int column);
static bool is_touched(const ContactsRow *row, int column);

HeapTuple
contacts_stamp_activity_row(TriggerData *trigger, FmgrInfo *call, ContactsProblem *problem)
{
	static int last[COLUMNS];
	ContactsRow row;
	bool isnull;

	contacts_row_begin(&row, trigger, call, column_names, COLUMNS, last);
	if (row.old_row)
		keep_reporter(&row);
	else
		stamp_reporter(&row);
	stamp_assignment(&row, DatumGetInt64(contacts_row_value(&row, ACCOUNT_ID, &isnull)));
	return contacts_row_end(&row);
}

/* The functions say who it was; a plain statement does not, or is not believed. */
static void
stamp_reporter(ContactsRow *row)
{
	const ContactsActor *actor;

	if (!is_null(row, ROLE_NAME) && !is_plain_write())
		return;
	actor = contacts_actor_at_work();
	contacts_row_set(row, MEMBER_ID, Int64GetDatum(actor->member_id), actor->member_id == 0);
	contacts_row_set(row, ACTOR, actor->name == actor->role ? 0 : CStringGetTextDatum(actor->name),
					 actor->name == actor->role);
	contacts_row_set(row, ROLE_NAME, CStringGetTextDatum(actor->role), false);
}

static void
keep_reporter(ContactsRow *row)
{
	if (!is_plain_write())
		return;
	for (int column = MEMBER_ID; column <= ROLE_NAME; column++)
		if (is_touched(row, column))
		{
			bool isnull;
			Datum value = SPI_getbinval(row->old_row, row->shape, row->numbers[column], &isnull);

			contacts_row_set(row, column, value, isnull);
		}
}

/*
 * A restricted person stands for the assignee of a row that they make, rename, unlink or assign;
 * anybody else takes that off by another assignee.
 */
static void
stamp_assignment(ContactsRow *row, int64 account_id)
{
	bool is_assigned = row->old_row ? is_touched(row, ASSIGNED_TO) : !is_null(row, ASSIGNED_TO);

	if (contacts_is_restricted(account_id))
	{
		if (is_assigned || is_touched(row, ASSIGNED_BY) || is_touched(row, SOURCE) ||
			is_touched(row, SOURCE_REF) ||
			(is_touched(row, CONTACT_ID) && is_null(row, CONTACT_ID)))
			contacts_row_set(row, ASSIGNED_BY, Int64GetDatum(contacts_member_at_work(account_id)),
							 false);
	}
	else if (row->old_row && is_assigned && !is_touched(row, ASSIGNED_BY))
		contacts_row_set(row, ASSIGNED_BY, 0, true);
}

/* Whether the statement is the session's own, and not the owner's: no function of ours runs it. */
static bool
is_plain_write(void)
{
	return GetUserId() == GetOuterUserId() && !contacts_session_is_owner();
}

static bool
is_null(const ContactsRow *row, int column)
{
	return heap_attisnull(row->new_row, row->numbers[column], row->shape);
}

/* Whether an update changes the column; an insert touches none. */
static bool
is_touched(const ContactsRow *row, int column)
{
	return row->old_row != NULL && contacts_row_differs(row, row->numbers[column]);
}
