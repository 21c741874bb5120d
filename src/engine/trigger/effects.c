/* -------------------------------------------------------------------------
 * effects.c
 *		Writes what follows from changed rows of contacts.contact.
 *
 * Runs once per statement, over the transition tables.  What is told of each row - audit log,
 * events, recipients (effects_events.c) - is written in portions, so that memory stays bounded.
 * Changed keys and statuses are noted for the whole statement, since all keys are freed before any
 * is claimed (effects_identifiers.c); then they are written, each by one statement per account.
 *
 * Writers of the engine may take care of identifiers and history themselves (session/own_write.h).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "engine/session/actor.h"
#include "engine/session/own_write.h"
#include "engine/session/unclaimed.h"
#include "engine/trigger/effects.h"
#include "engine/trigger/transition.h"
#include "engine/trigger/trigger.h"
#include "identity/identifier.h"
#include "list.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/reference.h"
#include "store/spi/enums.h"
#include "store/status.h"
#include "text/problem.h"
#include "values/survivorship.h"

#define PORTION 5000 /* rows told of at once */

typedef struct ChangeList
{
	int count, room;
	ContactsChange *changes;
} ChangeList;

/* One statement's changes on their way. */
typedef struct Effects
{
	MemoryContext portion_context; /* of the portion; emptied with it */
	ChangeList portion;            /* changes not yet told of */
	bool identifiers_are_theirs;   /* the writer takes care of identifiers, */
	bool status_is_theirs;         /* of the history of the status */
	ChangeList noted; /* changes of identifiers, status, lifecycle; of the whole statement */
} Effects;

/* Numbers of the columns in the table. */
typedef struct Columns
{
	int account_id, contact_id, deleted_at, merged_into, shown[2], status;
} Columns;

static void walk(TriggerData *trigger, Effects *effects);
static void read_columns(TupleDesc shape, Columns *columns);
static void read_change(const ContactsTransition *transition, const Columns *columns,
						ContactsChange *change);
static void read_state(TupleTableSlot *row, const Columns *columns, ContactsChange *change,
					   ContactsState *state);
static const char *text_of(TupleTableSlot *row, int column);
static bool is_to_note(const Effects *effects, const ContactsChange *change);
static int status_before(const ContactsChange *change);
static ContactsChange lasting(const ContactsChange *change);
static void add_change(ChangeList *list, const ContactsChange *change);
static void write_portion(Effects *effects);
static int next_account(const ChangeList *list, int first);
static int compare_changes(const void *a, const void *b);
static bool write_noted(const Effects *effects, const ContactsChange *changes, int count,
						ContactsProblem *problem);
static void unlink_removed(int64 account_id, const ContactsChange *changes, int count);
static void write_status_changes(int64 account_id, const ContactsChange *changes, int count);

bool
contacts_write_effects(TriggerData *trigger, ContactsProblem *problem)
{
	Effects effects = {0};

	effects.portion_context =
		AllocSetContextCreate(CurrentMemoryContext, "contacts effects", ALLOCSET_DEFAULT_SIZES);
	effects.identifiers_are_theirs = contacts_is_mine(CONTACTS_IDENTIFIERS_ARE_MINE);
	effects.status_is_theirs = contacts_is_mine(CONTACTS_STATUS_IS_MINE);
	walk(trigger, &effects);
	write_portion(&effects);
	MemoryContextDelete(effects.portion_context);
	if (effects.noted.count > 1)
		qsort(effects.noted.changes, effects.noted.count, sizeof(ContactsChange), compare_changes);
	for (int first = 0, next; first < effects.noted.count; first = next)
	{
		next = next_account(&effects.noted, first);
		if (!write_noted(&effects, effects.noted.changes + first, next - first, problem))
			return false;
	}
	if (!effects.identifiers_are_theirs)
		contacts_note_claimed(true);
	return true;
}

static void
walk(TriggerData *trigger, Effects *effects)
{
	MemoryContext statement_context = CurrentMemoryContext;
	ContactsTransition transition;
	Columns columns;

	contacts_transition_begin(&transition, trigger);
	read_columns(transition.shape, &columns);
	while (contacts_transition_next(&transition))
	{
		ContactsChange change = {0};

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(effects->portion_context);
		read_change(&transition, &columns, &change);
		if (change.diff)
			add_change(&effects->portion, &change);
		MemoryContextSwitchTo(statement_context);
		if (change.diff && is_to_note(effects, &change))
		{
			change = lasting(&change);
			add_change(&effects->noted, &change);
		}
		if (effects->portion.count == PORTION)
			write_portion(effects);
	}
	contacts_transition_end(&transition);
}

static void
read_change(const ContactsTransition *transition, const Columns *columns, ContactsChange *change)
{
	change->diff = contacts_transition_diff(transition);
	if (change->diff == NULL)
		return;
	change->action = contacts_transition_action(transition);
	if (transition->old_row)
		read_state(transition->old_row, columns, change, &change->before);
	if (transition->new_row)
		read_state(transition->new_row, columns, change, &change->after);
}

/* Writes what is told of the portion, and empties it. */
static void
write_portion(Effects *effects)
{
	MemoryContext caller = MemoryContextSwitchTo(effects->portion_context);
	ChangeList *list = &effects->portion;

	if (list->count > 1)
		qsort(list->changes, list->count, sizeof(ContactsChange), compare_changes);
	for (int first = 0, next; first < list->count; first = next)
	{
		next = next_account(list, first);
		contacts_event_effects(contacts_account(list->changes[first].account_id),
							   list->changes + first, next - first, contacts_actor_at_work());
	}
	MemoryContextSwitchTo(caller);
	MemoryContextReset(effects->portion_context);
	memset(list, 0, sizeof(*list));
}

/* The first change behind `first` that is of another account. */
static int
next_account(const ChangeList *list, int first)
{
	int next = first + 1;

	while (next < list->count && list->changes[next].account_id == list->changes[first].account_id)
		next++;
	return next;
}

/* Whether identifiers, lifecycle or status of the contact changed, and are ours to write. */
static bool
is_to_note(const Effects *effects, const ContactsChange *change)
{
	const ContactsState *before = &change->before;
	const ContactsState *after = &change->after;

	if (!effects->status_is_theirs && status_before(change) != after->status)
		return true;
	return !effects->identifiers_are_theirs &&
		   (after->contact_id == 0 || before->live != after->live ||
			!contacts_same_text(before->shown[CONTACTS_EMAIL], after->shown[CONTACTS_EMAIL]) ||
			!contacts_same_text(before->shown[CONTACTS_PHONE], after->shown[CONTACTS_PHONE]));
}

static int
status_before(const ContactsChange *change)
{
	return change->before.contact_id ? change->before.status : CONTACTS_NO_STATUS;
}

/* A copy of what outlives the portion. */
static ContactsChange
lasting(const ContactsChange *change)
{
	ContactsChange copy = *change;

	copy.diff = NULL;
	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
	{
		if (copy.before.shown[kind])
			copy.before.shown[kind] = pstrdup(copy.before.shown[kind]);
		if (copy.after.shown[kind])
			copy.after.shown[kind] = pstrdup(copy.after.shown[kind]);
	}
	return copy;
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
add_change(ChangeList *list, const ContactsChange *change)
{
	list->changes = contacts_grown(list->changes, list->count, &list->room, sizeof(ContactsChange));
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

const ContactsChange *
contacts_change_of(const ContactsChange *changes, int count, int64 contact_id)
{
	int low = 0;
	int high = count - 1;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (changes[middle].contact_id < contact_id)
			low = middle + 1;
		else
			high = middle;
	}
	return &changes[low];
}

static bool
write_noted(const Effects *effects, const ContactsChange *changes, int count,
			ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(changes[0].account_id);

	if (!effects->identifiers_are_theirs &&
		!contacts_identifier_effects(account, changes, count, problem))
		return false;
	if (!effects->status_is_theirs)
		write_status_changes(account->account_id, changes, count);
	unlink_removed(account->account_id, changes, count);
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
		contacts_unlink_rows(account_id, removed, found);
}

static void
write_status_changes(int64 account_id, const ContactsChange *changes, int count)
{
	ContactsStatusChange *rows = palloc(count * sizeof(ContactsStatusChange));
	int found = 0;

	for (int i = 0; i < count; i++)
	{
		int before = status_before(&changes[i]);

		if (changes[i].after.contact_id != 0 && before != changes[i].after.status)
			rows[found++] =
				(ContactsStatusChange){changes[i].contact_id, before, changes[i].after.status,
									   contacts_status_source(),
									   GetCurrentTransactionStartTimestamp()};
	}
	if (found > 0)
		contacts_insert_status_changes(account_id, rows, found, contacts_actor_at_work());
}
