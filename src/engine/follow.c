/* -------------------------------------------------------------------------
 * follow.c
 *		Writes what follows from changed rows of contacts.contact.
 *
 * Runs once per statement, over the transition tables.  One pass notes what changed; then, per
 * account: keys that are no longer shown are freed, new ones claimed, the status history and the
 * unlinking of removed contacts written, each by one statement.  All keys are freed before any
 * is claimed, so that two contacts can exchange their addresses in one UPDATE.
 *
 * Ingest has its own order of claims and history and tells so (contacts_is_own_write).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "executor/spi.h"
#include "executor/tuptable.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "engine/guard.h"
#include "engine/ingest.h"
#include "engine/report.h"

/* The columns that matter here, as read from one transition row. */
typedef struct ContactState
{
	int64 account_id;
	int64 contact_id;
	bool live;            /* neither deleted nor merged */
	const char *shown[2]; /* e-mail, phone; NULL = none */
	int status;
} ContactState;

/* What one statement changed, all rows of one account. */
typedef struct Change
{
	ContactState before; /* contact_id 0 = inserted */
	ContactState after;  /* contact_id 0 = deleted */
} Change;

typedef struct ChangeList
{
	int count, room;
	Change *changes;
} ChangeList;

/* Numbers of the columns in the table. */
typedef struct Columns
{
	int account_id, contact_id, deleted_at, merged_into, shown[2], status;
} Columns;

static const char *change_source = NULL; /* NULL = plain SQL */

static void collect_changes(TriggerData *trigger, ChangeList *list);
static void read_columns(TupleDesc shape, Columns *columns);
static int open_reader(Tuplestorestate *store);
static bool next_state(Tuplestorestate *store, int reader, TupleTableSlot *slot,
					   const Columns *columns, ContactState *state);
static bool matters(const Change *change);
static bool same_text(const char *a, const char *b);
static void note_change(ChangeList *list, const Change *change);
static int compare_changes(const void *a, const void *b);
static bool follow_account(Change *changes, int count, ContactsProblem *problem);
static bool follow_kind(const ContactsAccount *account, ContactsIdentifierKind kind,
						const Change *changes, int count, ContactsProblem *problem);
static bool key_of(const ContactsAccount *account, ContactsIdentifierKind kind,
				   const ContactState *state, ContactsKey *key);
static bool claim_all(const ContactsAccount *account, ContactsClaim *claims, int count,
					  ContactsProblem *problem);
static void free_all_keys(int64 account_id, const Change *changes, int count);
static void write_status_changes(int64 account_id, const Change *changes, int count);

const char *
contacts_set_source(const char *source)
{
	const char *before = change_source;

	change_source = source;
	return before;
}

bool
contacts_follow_change(TriggerData *trigger, ContactsProblem *problem)
{
	ChangeList list = {0};

	if (contacts_is_own_write())
		return true;
	collect_changes(trigger, &list);
	if (list.count == 0)
		return true;
	qsort(list.changes, list.count, sizeof(Change), compare_changes);
	for (int first = 0, next; first < list.count; first = next)
	{
		for (next = first + 1; next < list.count; next++)
			if (Max(list.changes[next].after.account_id, list.changes[next].before.account_id) !=
				Max(list.changes[first].after.account_id, list.changes[first].before.account_id))
				break;
		if (!follow_account(list.changes + first, next - first, problem))
			return false;
	}
	return true;
}

/* The n-th rows of the two transition tables are before and after of one contact. */
static void
collect_changes(TriggerData *trigger, ChangeList *list)
{
	TupleDesc shape = RelationGetDescr(trigger->tg_relation);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(shape, &TTSOpsMinimalTuple);
	Tuplestorestate *old_rows = trigger->tg_oldtable;
	Tuplestorestate *new_rows = trigger->tg_newtable;
	int old_reader = old_rows ? open_reader(old_rows) : 0;
	int new_reader = new_rows ? open_reader(new_rows) : 0;
	Columns columns;

	read_columns(shape, &columns);
	for (;;)
	{
		Change change = {0};
		bool more = false;

		if (old_rows)
			more |= next_state(old_rows, old_reader, slot, &columns, &change.before);
		if (new_rows)
			more |= next_state(new_rows, new_reader, slot, &columns, &change.after);
		if (!more)
			break;
		if (matters(&change))
			note_change(list, &change);
	}
	ExecDropSingleTupleTableSlot(slot);
}

static void
read_columns(TupleDesc shape, Columns *columns)
{
	columns->account_id = SPI_fnumber(shape, "account_id");
	columns->contact_id = SPI_fnumber(shape, "contact_id");
	columns->deleted_at = SPI_fnumber(shape, "deleted_at");
	columns->merged_into = SPI_fnumber(shape, "merged_into");
	columns->shown[CONTACTS_EMAIL] = SPI_fnumber(shape, "email");
	columns->shown[CONTACTS_PHONE] = SPI_fnumber(shape, "phone");
	columns->status = SPI_fnumber(shape, "status");
}

/* A reader of our own, since other triggers read the same store. */
static int
open_reader(Tuplestorestate *store)
{
	int reader = tuplestore_alloc_read_pointer(store, 0);

	tuplestore_select_read_pointer(store, reader);
	tuplestore_rescan(store);
	return reader;
}

static bool
next_state(Tuplestorestate *store, int reader, TupleTableSlot *slot, const Columns *columns,
		   ContactState *state)
{
	bool isnull[2];
	Datum value;

	tuplestore_select_read_pointer(store, reader);
	if (!tuplestore_gettupleslot(store, true, false, slot))
		return false;
	state->account_id = DatumGetInt64(slot_getattr(slot, columns->account_id, &isnull[0]));
	state->contact_id = DatumGetInt64(slot_getattr(slot, columns->contact_id, &isnull[0]));
	(void) slot_getattr(slot, columns->deleted_at, &isnull[0]);
	(void) slot_getattr(slot, columns->merged_into, &isnull[1]);
	state->live = isnull[0] && isnull[1];
	for (int kind = CONTACTS_EMAIL; kind <= CONTACTS_PHONE; kind++)
	{
		value = slot_getattr(slot, columns->shown[kind], &isnull[0]);
		state->shown[kind] = isnull[0] ? NULL : TextDatumGetCString(value);
	}
	value = slot_getattr(slot, columns->status, &isnull[0]);
	state->status =
		isnull[0] ? CONTACTS_NO_STATUS : contacts_enum_of_datum(CONTACTS_ENUM_STATUS, value);
	return true;
}

static bool
matters(const Change *change)
{
	const ContactState *before = &change->before;
	const ContactState *after = &change->after;

	if (after->contact_id == 0)
		return true;
	if (before->contact_id == 0)
		return after->shown[0] || after->shown[1] || after->status != CONTACTS_NO_STATUS;
	return before->live != after->live || before->status != after->status ||
		   !same_text(before->shown[0], after->shown[0]) ||
		   !same_text(before->shown[1], after->shown[1]);
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void
note_change(ChangeList *list, const Change *change)
{
	if (list->count == list->room)
	{
		list->room = Max(16, list->room * 2);
		list->changes = list->changes ? repalloc_huge(list->changes, list->room * sizeof(Change))
									  : palloc(list->room * sizeof(Change));
	}
	list->changes[list->count++] = *change;
}

/* By account, then contact: the order in which locks are taken everywhere. */
static int
compare_changes(const void *a, const void *b)
{
	const Change *left = a;
	const Change *right = b;
	int64 accounts[2] = {Max(left->after.account_id, left->before.account_id),
						 Max(right->after.account_id, right->before.account_id)};
	int64 ids[2] = {Max(left->after.contact_id, left->before.contact_id),
					Max(right->after.contact_id, right->before.contact_id)};

	if (accounts[0] != accounts[1])
		return accounts[0] < accounts[1] ? -1 : 1;
	return (ids[0] > ids[1]) - (ids[0] < ids[1]);
}

static bool
follow_account(Change *changes, int count, ContactsProblem *problem)
{
	int64 account_id = Max(changes[0].after.account_id, changes[0].before.account_id);
	const ContactsAccount *account = contacts_account(account_id);

	free_all_keys(account_id, changes, count);
	if (!follow_kind(account, CONTACTS_EMAIL, changes, count, problem) ||
		!follow_kind(account, CONTACTS_PHONE, changes, count, problem))
		return false;
	write_status_changes(account_id, changes, count);
	return true;
}

/* Contacts that are gone, or no longer live, own nothing; activities outlive their contact. */
static void
free_all_keys(int64 account_id, const Change *changes, int count)
{
	int64 *freed = palloc(count * sizeof(int64));
	int64 *removed = palloc(count * sizeof(int64));
	int freed_count = 0;
	int removed_count = 0;

	for (int i = 0; i < count; i++)
	{
		if (changes[i].after.contact_id == 0)
			removed[removed_count++] = changes[i].before.contact_id;
		else if (changes[i].before.contact_id != 0 && changes[i].before.live &&
				 !changes[i].after.live)
			freed[freed_count++] = changes[i].after.contact_id;
	}
	if (freed_count > 0)
		contacts_free_all(account_id, freed, freed_count);
	if (removed_count > 0)
		contacts_unlink_history(account_id, removed, removed_count);
}

/* The key behind a changed e-mail or phone: the former one is freed, the new one claimed. */
static bool
follow_kind(const ContactsAccount *account, ContactsIdentifierKind kind, const Change *changes,
			int count, ContactsProblem *problem)
{
	int64 *freed = palloc(count * sizeof(int64));
	ContactsClaim *claims = palloc(count * sizeof(ContactsClaim));
	int freed_count = 0;
	int claim_count = 0;

	for (int i = 0; i < count; i++)
	{
		const ContactState *before = &changes[i].before;
		const ContactState *after = &changes[i].after;
		ContactsKey old_key;
		ContactsKey new_key;
		bool had_key = before->live && key_of(account, kind, before, &old_key);

		if (!after->live || (before->live && same_text(before->shown[kind], after->shown[kind])))
			continue;
		if (!key_of(account, kind, after, &new_key))
			new_key.value[0] = '\0';
		if (had_key && strcmp(old_key.value, new_key.value) == 0)
			continue; /* another spelling */
		if (before->live && before->shown[kind])
			freed[freed_count++] = after->contact_id;
		if (new_key.value[0])
			claims[claim_count++] =
				(ContactsClaim){kind, pstrdup(new_key.value), after->contact_id, true};
	}
	if (freed_count > 0)
		contacts_free_primary(account->account_id, kind, freed, freed_count);
	return claim_count == 0 || claim_all(account, claims, claim_count, problem);
}

/* The row passed guard.c, so what cannot be read is a phone that was given with a region. */
static bool
key_of(const ContactsAccount *account, ContactsIdentifierKind kind, const ContactState *state,
	   ContactsKey *key)
{
	ContactsProblem ignored;

	return state->shown[kind] != NULL &&
		   contacts_account_key(account, kind, state->shown[kind],
								contacts_effective_region(account, NULL), key, &ignored) &&
		   key->use == CONTACTS_KEY_FINDS;
}

/* Claims keys; one that the contact has as a further key becomes its primary one. */
static bool
claim_all(const ContactsAccount *account, ContactsClaim *claims, int count,
		  ContactsProblem *problem)
{
	int64 account_id = account->account_id;

	if (contacts_claim(account_id, claims, count, GetCurrentTransactionStartTimestamp()) == count)
		return true;
	for (int i = 0; i < count; i++)
	{
		int64 owner = contacts_owner_of(account_id, claims[i].kind, claims[i].value);

		if (owner != claims[i].contact_id)
			return contacts_taken_problem(problem, claims[i].kind, owner);
	}
	contacts_set_primary(account_id, claims, count);
	return true;
}

static void
write_status_changes(int64 account_id, const Change *changes, int count)
{
	ContactsStatusChange *rows = palloc(count * sizeof(ContactsStatusChange));
	int found = 0;

	for (int i = 0; i < count; i++)
	{
		int before = changes[i].before.contact_id ? changes[i].before.status : CONTACTS_NO_STATUS;

		if (changes[i].after.contact_id != 0 && before != changes[i].after.status)
			rows[found++] =
				(ContactsStatusChange){changes[i].after.contact_id, before, changes[i].after.status,
									   change_source ? change_source : "manual"};
	}
	if (found > 0)
		contacts_insert_status_changes(account_id, rows, found,
									   GetCurrentTransactionStartTimestamp());
}
