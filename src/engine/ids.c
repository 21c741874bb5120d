/* -------------------------------------------------------------------------
 * ids.c
 *		Ids given to a call, and the contacts behind them.
 *
 * Survivors are looked up, then locked, then looked up again: while we waited for a lock, a contact
 * may have been merged or deleted, or a merge undone, and then the id means somebody else.  Once
 * they are locked, nothing of that can happen any more.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/qunique.h"
#include "miscadmin.h"

#include "engine/access.h"
#include "engine/ids.h"

static bool settle(int64 account_id, const ContactsIds *given, ContactsIds *found,
				   ContactsProblem *problem);
static int compare_ids(const void *a, const void *b);

int
contacts_lock_contacts(int64 account_id, const ContactsIds *ids, ContactsLock lock,
					   ContactsContact **contacts, ContactsProblem *problem)
{
	int64 *survivors = palloc(Max(ids->count, 1) * sizeof(int64));
	ContactsIds found = {0, palloc(Max(ids->count, 1) * sizeof(int64))};

	for (int tries = 0; tries < CONTACTS_ATTEMPTS_MAX; tries++)
	{
		CHECK_FOR_INTERRUPTS();
		contacts_survivors(account_id, ids->ids, ids->count, false, survivors);
		memcpy(found.ids, survivors, ids->count * sizeof(int64));
		if (!settle(account_id, ids, &found, problem))
			return -1;
		if (contacts_read_contacts(account_id, found.ids, found.count, lock, contacts) ==
				found.count &&
			contacts_still_survive(account_id, ids, survivors))
			return found.count;
	}
	contacts_busy_problem(problem);
	return -1;
}

ContactsContact *
contacts_lock_contact(int64 account_id, int64 contact_id, ContactsProblem *problem)
{
	ContactsIds one = {1, &contact_id};
	ContactsContact *contact;

	return contacts_lock_contacts(account_id, &one, CONTACTS_LOCK_WRITE, &contact, problem) == 1
			   ? contact
			   : NULL;
}

/* A live contact that was given by its own id needs no second look. */
bool
contacts_still_survive(int64 account_id, const ContactsIds *ids, const int64 *survivors)
{
	int64 *now = palloc(Max(ids->count, 1) * sizeof(int64));

	if (ids->count == 0 || memcmp(ids->ids, survivors, ids->count * sizeof(int64)) == 0)
		return true;
	contacts_survivors(account_id, ids->ids, ids->count, false, now);
	return memcmp(now, survivors, ids->count * sizeof(int64)) == 0;
}

bool
contacts_last_links(int64 account_id, const ContactsIds *ids, ContactsIds *last,
					ContactsProblem *problem)
{
	last->ids = palloc(Max(ids->count, 1) * sizeof(int64));
	contacts_read_last_links(account_id, ids->ids, ids->count, last->ids);
	return settle(account_id, ids, last, problem);
}

/* Each id was found and is seen; found becomes the list of different ones, in order. */
static bool
settle(int64 account_id, const ContactsIds *given, ContactsIds *found, ContactsProblem *problem)
{
	bool *visible = palloc(Max(given->count, 1) * sizeof(bool));

	contacts_see(account_id, found->ids, given->count, visible);
	for (int i = 0; i < given->count; i++)
		if (found->ids[i] == 0 || !visible[i])
			return contacts_missing_problem(problem, "contact", given->ids[i]);
	qsort(found->ids, given->count, sizeof(int64), compare_ids);
	found->count = qunique(found->ids, given->count, sizeof(int64), compare_ids);
	return true;
}

static int
compare_ids(const void *a, const void *b)
{
	int64 left = *(const int64 *) a;
	int64 right = *(const int64 *) b;

	return (left > right) - (left < right);
}
