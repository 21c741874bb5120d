/* -------------------------------------------------------------------------
 * follow.c
 *		Writes what follows from changed rows of contacts.contact.
 *
 * Runs once per statement.  One pass over the transition tables notes what changed; then, per
 * account and each by one statement: keys freed and claimed (follow_keys.c), status history,
 * activities of removed contacts unlinked, recipients, audit log, events (follow_tell.c).
 *
 * Ingest has its own order of claims and history and tells so (contacts_is_own_write).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "engine/follow.h"
#include "engine/guard.h"
#include "engine/ingest.h"
#include "engine/transition.h"

typedef struct ChangeList
{
	int count, room;
	ContactsChange *changes;
} ChangeList;

/* Numbers of the columns in the table. */
typedef struct Columns
{
	int account_id, contact_id, deleted_at, merged_into, shown[2], status;
} Columns;

static void collect_changes(TriggerData *trigger, ChangeList *list);
static void read_columns(TupleDesc shape, Columns *columns);
static void read_state(TupleTableSlot *row, const Columns *columns, ContactsChange *change,
					   ContactsState *state);
static const char *text_of(TupleTableSlot *row, int column);
static void note_change(ChangeList *list, const ContactsChange *change);
static int compare_changes(const void *a, const void *b);
static bool follow_account(ContactsChange *changes, int count, ContactsProblem *problem);
static void unlink_removed(int64 account_id, const ContactsChange *changes, int count);
static void write_status_changes(int64 account_id, const ContactsChange *changes, int count,
								 const ContactsBy *by);

bool
contacts_follow_change(TriggerData *trigger, ContactsProblem *problem)
{
	ChangeList list = {0};

	collect_changes(trigger, &list);
	if (list.count > 1)
		qsort(list.changes, list.count, sizeof(ContactsChange), compare_changes);
	for (int first = 0, next; first < list.count; first = next)
	{
		next = first + 1;
		while (next < list.count && list.changes[next].account_id == list.changes[first].account_id)
			next++;
		if (!follow_account(list.changes + first, next - first, problem))
			return false;
	}
	return true;
}

bool
contacts_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void
collect_changes(TriggerData *trigger, ChangeList *list)
{
	ContactsTransition transition;
	Columns columns;

	contacts_transition_begin(&transition, trigger);
	read_columns(transition.shape, &columns);
	while (contacts_transition_next(&transition))
	{
		ContactsChange change = {0};

		CHECK_FOR_INTERRUPTS();
		change.diff = contacts_transition_diff(&transition);
		if (change.diff == NULL)
			continue;
		change.action = contacts_transition_action(&transition);
		if (transition.old_row)
			read_state(transition.old_row, &columns, &change, &change.before);
		if (transition.new_row)
			read_state(transition.new_row, &columns, &change, &change.after);
		note_change(list, &change);
	}
	contacts_transition_end(&transition);
}

static void
read_columns(TupleDesc shape, Columns *columns)
{
	columns->account_id = SPI_fnumber(shape, "account_id") - 1;
	columns->contact_id = SPI_fnumber(shape, "contact_id") - 1;
	columns->deleted_at = SPI_fnumber(shape, "deleted_at") - 1;
	columns->merged_into = SPI_fnumber(shape, "merged_into") - 1;
	columns->shown[CONTACTS_EMAIL] = SPI_fnumber(shape, "email") - 1;
	columns->shown[CONTACTS_PHONE] = SPI_fnumber(shape, "phone") - 1;
	columns->status = SPI_fnumber(shape, "status") - 1;
}

static void
read_state(TupleTableSlot *row, const Columns *columns, ContactsChange *change,
		   ContactsState *state)
{
	change->account_id = DatumGetInt64(row->tts_values[columns->account_id]);
	change->contact_id = DatumGetInt64(row->tts_values[columns->contact_id]);
	state->contact_id = change->contact_id;
	state->merged = !row->tts_isnull[columns->merged_into];
	state->live = !state->merged && row->tts_isnull[columns->deleted_at];
	state->shown[CONTACTS_EMAIL] = text_of(row, columns->shown[CONTACTS_EMAIL]);
	state->shown[CONTACTS_PHONE] = text_of(row, columns->shown[CONTACTS_PHONE]);
	state->status =
		row->tts_isnull[columns->status]
			? CONTACTS_NO_STATUS
			: contacts_enum_of_datum(CONTACTS_ENUM_STATUS, row->tts_values[columns->status]);
}

static const char *
text_of(TupleTableSlot *row, int column)
{
	return row->tts_isnull[column] ? NULL : TextDatumGetCString(row->tts_values[column]);
}

static void
note_change(ChangeList *list, const ContactsChange *change)
{
	if (list->count == list->room)
	{
		list->room = Max(16, list->room * 2);
		list->changes = list->changes
							? repalloc_huge(list->changes, list->room * sizeof(ContactsChange))
							: palloc(list->room * sizeof(ContactsChange));
	}
	list->changes[list->count++] = *change;
}

/* By account, then contact: the order in which locks are taken everywhere. */
static int
compare_changes(const void *a, const void *b)
{
	const ContactsChange *left = a;
	const ContactsChange *right = b;

	if (left->account_id != right->account_id)
		return left->account_id < right->account_id ? -1 : 1;
	return (left->contact_id > right->contact_id) - (left->contact_id < right->contact_id);
}

static bool
follow_account(ContactsChange *changes, int count, ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(changes[0].account_id);
	const ContactsBy *by = contacts_by();

	if (!contacts_is_own_write())
	{
		if (!contacts_follow_keys(account, changes, count, problem))
			return false;
		write_status_changes(account->account_id, changes, count, by);
		unlink_removed(account->account_id, changes, count);
	}
	contacts_follow_tell(account, changes, count, by);
	return true;
}

/* Activities outlive their contact (R52). */
static void
unlink_removed(int64 account_id, const ContactsChange *changes, int count)
{
	int64 *removed = palloc(count * sizeof(int64));
	int found = 0;

	for (int i = 0; i < count; i++)
		if (changes[i].after.contact_id == 0)
			removed[found++] = changes[i].contact_id;
	if (found > 0)
		contacts_unlink_history(account_id, removed, found);
}

static void
write_status_changes(int64 account_id, const ContactsChange *changes, int count,
					 const ContactsBy *by)
{
	ContactsStatusChange *rows = palloc(count * sizeof(ContactsStatusChange));
	int found = 0;

	for (int i = 0; i < count; i++)
	{
		int before = changes[i].before.contact_id ? changes[i].before.status : CONTACTS_NO_STATUS;

		if (changes[i].after.contact_id != 0 && before != changes[i].after.status)
			rows[found++] =
				(ContactsStatusChange){changes[i].contact_id, before, changes[i].after.status,
									   contacts_source(), GetCurrentTransactionStartTimestamp()};
	}
	if (found > 0)
		contacts_insert_status_changes(account_id, rows, found, by);
}
