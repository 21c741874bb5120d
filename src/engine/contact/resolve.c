/* -------------------------------------------------------------------------
 * resolve.c
 *		Ids given to a call, and the contacts behind them.
 *
 * Survivors are looked up, then locked, then looked up again: while we waited for a lock, a contact
 * may have been merged or deleted, or a merge undone, and then the id means somebody else.  Once
 * they are locked, nothing of that can happen any more.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/qunique.h"

#include "engine/contact/resolve.h"
#include "engine/session/access.h"
#include "engine/session/retry.h"
#include "list.h"
#include "store/contact.h"
#include "text/problem.h"

static ContactsIds distinct(const int64 *ids, int count);

bool
contacts_resolve(int64 account_id, const ContactsIds *ids, int how, int64 *survivors,
				 ContactsProblem *problem)
{
	bool *visible = palloc(Max(ids->count, 1) * sizeof(bool));

	contacts_read_survivors(account_id, ids->ids, ids->count, (how & CONTACTS_DELETED_TOO) != 0,
							(how & CONTACTS_READ_ONLY) != 0, survivors);
	for (int i = 0; i < ids->count; i++)
		if (survivors[i] == 0)
			return contacts_missing_problem(problem, "contact", ids->ids[i]);
	contacts_see(account_id, survivors, ids->count, visible);
	for (int i = 0; i < ids->count; i++)
		if (!visible[i])
			return (how & CONTACTS_REFUSE_HIDDEN)
					   ? contacts_hidden_problem(problem)
					   : contacts_missing_problem(problem, "contact", ids->ids[i]);
	return true;
}

int64
contacts_resolve_one(int64 account_id, int64 contact_id, int how, ContactsProblem *problem)
{
	ContactsIds one = {1, &contact_id};
	int64 survivor;

	return contacts_resolve(account_id, &one, how, &survivor, problem) ? survivor : 0;
}

bool
contacts_resolve_distinct(int64 account_id, const ContactsIds *ids, int how, ContactsIds *found,
						  ContactsProblem *problem)
{
	int64 *survivors = palloc(Max(ids->count, 1) * sizeof(int64));

	if (!contacts_resolve(account_id, ids, how, survivors, problem))
		return false;
	*found = distinct(survivors, ids->count);
	return true;
}

/* A live contact that was given by its own id needs no second look. */
bool
contacts_still_survive(int64 account_id, const ContactsIds *ids, const int64 *survivors)
{
	int64 *now = palloc(Max(ids->count, 1) * sizeof(int64));

	if (ids->count == 0 || memcmp(ids->ids, survivors, ids->count * sizeof(int64)) == 0)
		return true;
	contacts_read_survivors(account_id, ids->ids, ids->count, false, false, now);
	return memcmp(now, survivors, ids->count * sizeof(int64)) == 0;
}

int
contacts_lock_contacts(int64 account_id, const ContactsIds *ids, ContactsLock lock,
					   ContactsContact **contacts, ContactsProblem *problem)
{
	int64 *survivors = palloc(Max(ids->count, 1) * sizeof(int64));
	ContactsRetry retry = {.what = "which contacts are meant"};

	while (contacts_try_again(&retry, problem))
	{
		ContactsIds found;

		if (!contacts_resolve(account_id, ids, 0, survivors, problem))
			return -1;
		found = distinct(survivors, ids->count);
		if (contacts_read_contacts(account_id, found.ids, found.count, lock, contacts) ==
				found.count &&
			contacts_still_survive(account_id, ids, survivors))
			return found.count;
	}
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

/* Different ids, in order. */
static ContactsIds
distinct(const int64 *ids, int count)
{
	ContactsIds found = {0, palloc(Max(count, 1) * sizeof(int64))};

	memcpy(found.ids, ids, count * sizeof(int64));
	qsort(found.ids, count, sizeof(int64), contacts_compare_ids);
	found.count = qunique(found.ids, count, sizeof(int64), contacts_compare_ids);
	return found;
}
