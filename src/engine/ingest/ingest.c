/* -------------------------------------------------------------------------
 * ingest.c
 *		Takes items in: check, look up, decide, write; and again when somebody was faster.
 *
 * One attempt reads the owners of all keys (FOR KEY SHARE: they stay alive and unmerged), goes
 * through the items in memory and writes set by set.  An attempt that has more to write than
 * activities runs in a subtransaction: it reads once more, now locking the contacts that change,
 * and if a key that it wants was claimed by another session meanwhile, all of it is rolled back -
 * rows, claims and locks - and the next attempt finds that session's contact (R18).  So locks
 * come before claims in every session, both in a fixed order.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "engine/ingest/batch.h"
#include "engine/ingest/incoming.h"
#include "engine/ingest/ingest.h"
#include "engine/session/retry.h"
#include "engine/session/unclaimed.h"
#include "identity/decide.h"
#include "store/account.h"
#include "store/contact.h"
#include "store/member.h"
#include "text/problem.h"
#include "values/json.h"

static const ContactsProblem *check_items(const ContactsAccount *account, ContactsIncoming **items,
										  int count, bool pass_over);
static void check_members(const ContactsAccount *account, ContactsIncoming **items, int count);
static bool missing_member(ContactsIncoming *incoming, int64 member_id);
static bool attempt(ContactsBatch *batch);
static Size used_memory(MemoryContext context);
static void leave_no_memory(Size used_at_first);
static bool look_and_write(ContactsBatch *batch);
static bool look_and_decide(ContactsBatch *batch, ContactsLock lock);
static const ContactsProblem *first_problem(ContactsIncoming **items, int count);

const ContactsProblem *
contacts_ingest(int64 account_id, ContactsIncoming **items, int count, bool pass_over)
{
	const ContactsAccount *account = contacts_account(account_id);
	const ContactsProblem *problem = check_items(account, items, count, pass_over);
	static ContactsProblem busy;
	ContactsRetry retry = {.what = "who owns an identifier"};
	ContactsBatch batch;

	if (problem)
		return problem;
	contacts_batch_begin(&batch, account, items, count, GetCurrentTransactionStartTimestamp());
	while (contacts_try_again(&retry, &busy))
		if (attempt(&batch))
			return pass_over ? NULL : first_problem(items, count);
	return &busy;
}

int64
contacts_find_incoming(int64 account_id, ContactsIncoming *incoming, ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(account_id);
	ContactsBatch batch;
	int person;

	if (!contacts_check_incoming(account, incoming, problem))
		return 0;
	problem->message[0] = '\0';
	contacts_batch_begin(&batch, account, &incoming, 1, 0);
	(void) contacts_batch_load(&batch, CONTACTS_LOCK_NONE);
	person = contacts_match_incoming(&batch, 0);
	if (person == CONTACTS_NOBODY || batch.people[person]->hidden)
		return 0;
	return batch.people[person]->row.contact_id;
}

static const ContactsProblem *
check_items(const ContactsAccount *account, ContactsIncoming **items, int count, bool pass_over)
{
	ContactsProblem problem;

	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (items[i]->problem ||
			(contacts_check_incoming(account, items[i], &problem) &&
			 contacts_incoming_says_who(items[i], &problem) &&
			 contacts_check_unclaimed(account->account_id, items[i]->details.email,
									  items[i]->details.phone, &problem)))
			continue;
		items[i]->problem = palloc(sizeof(ContactsProblem));
		*items[i]->problem = problem;
	}
	check_members(account, items, count);
	return pass_over ? NULL : first_problem(items, count);
}

static const ContactsProblem *
first_problem(ContactsIncoming **items, int count)
{
	for (int i = 0; i < count; i++)
		if (items[i]->problem)
			return items[i]->problem;
	return NULL;
}

/* Members named as owner or assignee must exist; one statement for all of them. */
static void
check_members(const ContactsAccount *account, ContactsIncoming **items, int count)
{
	int64 *ids = palloc(count * 2 * sizeof(int64));
	bool *found = palloc(count * 2 * sizeof(bool));
	int named = 0;

	for (int i = 0; i < count; i++)
	{
		if (items[i]->details.owner_id)
			ids[named++] = items[i]->details.owner_id;
		if (items[i]->activity && items[i]->activity->assigned_to)
			ids[named++] = items[i]->activity->assigned_to;
	}
	if (named == 0)
		return;
	contacts_members_exist(account->account_id, ids, named, found);
	named = 0;
	for (int i = 0; i < count; i++)
	{
		if (items[i]->details.owner_id && !found[named++])
			missing_member(items[i], items[i]->details.owner_id);
		if (items[i]->activity && items[i]->activity->assigned_to && !found[named++])
			missing_member(items[i], items[i]->activity->assigned_to);
	}
}

static bool
missing_member(ContactsIncoming *incoming, int64 member_id)
{
	if (incoming->problem)
		return false;
	if (contacts_keep_invalid(incoming, "assigned_to", contacts_json_int64(member_id)))
	{
		incoming->activity->assigned_to = 0;
		contacts_note_invalid(incoming);
		return true;
	}
	incoming->problem = palloc(sizeof(ContactsProblem));
	return contacts_no_member_problem(incoming->problem, member_id);
}

/* Returns false when another session was faster and everything must be looked at again. */
static bool
attempt(ContactsBatch *batch)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool written = false;
	Size used_at_first;

	if (!look_and_decide(batch, CONTACTS_LOCK_SHARE))
		return false;
	if (!contacts_batch_has_changes(batch))
	{
		/* what an item says that is refused is nothing but its activity */
		(void) contacts_write_activities(batch);
		return true;
	}
	BeginInternalSubTransaction(NULL);
	used_at_first = used_memory(CurTransactionContext);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		written = look_and_write(batch);
	}
	PG_CATCH();
	{
		/* leave the transaction as deep as the caller knows it */
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		ReThrowError(error);
	}
	PG_END_TRY();
	if (written)
	{
		leave_no_memory(used_at_first);
		ReleaseCurrentSubTransaction();
	}
	else
		RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return written;
}

/* Bytes of the context that are in use. */
static Size
used_memory(MemoryContext context)
{
	MemoryContextCounters counters = {0};

	context->methods->stats(context, NULL, NULL, &counters, false);
	return counters.totalspace - counters.freespace;
}

/*
 * The server keeps the context of a subtransaction until the transaction ends unless nothing was
 * ever in it: 8 kB for each call of a long transaction.  Transition tables were, and are gone;
 * what else may be there, such as a notification, stays.
 */
static void
leave_no_memory(Size used_at_first)
{
	if (CurTransactionContext->firstchild == NULL &&
		used_memory(CurTransactionContext) == used_at_first)
		MemoryContextReset(CurTransactionContext);
}

/* The part of an attempt that may have to be undone. */
static bool
look_and_write(ContactsBatch *batch)
{
	if (contacts_batch_changes_people(batch) && !look_and_decide(batch, CONTACTS_LOCK_WRITE))
		return false;
	if (!contacts_write_batch(batch))
		return false;
	/* an item that is refused by now leaves nothing of itself: again, without it */
	return contacts_write_activities(batch);
}

/* False when keys changed hands meanwhile, or an item was refused after some of it was noted. */
static bool
look_and_decide(ContactsBatch *batch, ContactsLock lock)
{
	if (!contacts_batch_load(batch, lock))
		return false;
	for (int i = 0; i < batch->item_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (batch->items[i]->problem == NULL)
			contacts_apply_incoming(batch, i);
	}
	return !batch->looks_again;
}
