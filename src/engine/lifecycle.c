/* -------------------------------------------------------------------------
 * lifecycle.c
 *		Deleting contacts, bringing them back, removing them for good.
 *
 * A deleted contact is a row with deleted_at.  What follows from that is the triggers' work,
 * whoever sets the column (follow.c): its identifiers become free and are noted, a restored one
 * claims them again, and the activities of a removed one stay without contact.  So nothing of that
 * stands here.  Contacts are locked for deletion, in order of id, before they change.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "engine/lifecycle.h"
#include "store/merge.h"

#define PORTION 1000 /* contacts purged by one statement */

static bool lock_last_links(int64 account_id, const ContactsIds *ids, ContactsIds *last,
							ContactsIds *family, ContactsProblem *problem);
static ContactsIds lock_family(int64 account_id, const int64 *ids, int count);
static void complain_of_live(ContactsProblem *problem, int64 contact_id);

int64
contacts_delete(int64 account_id, const ContactsIds *ids, ContactsProblem *problem)
{
	ContactsContact *contacts;
	int count = contacts_lock_contacts(account_id, ids, CONTACTS_LOCK_LIFE, &contacts, problem);
	int64 *live = palloc(Max(count, 1) * sizeof(int64));

	for (int i = 0; i < count; i++)
		live[i] = contacts[i].contact_id;
	if (count > 0)
		contacts_set_deleted(account_id, live, count, GetCurrentTransactionStartTimestamp());
	return count;
}

int64
contacts_restore(int64 account_id, const ContactsIds *ids, ContactsProblem *problem)
{
	ContactsIds last;
	ContactsIds family;
	ContactsLife *lives;

	if (!lock_last_links(account_id, ids, &last, &family, problem))
		return -1;
	contacts_lock_lives(account_id, last.ids, last.count, &lives);
	for (int i = 0; i < last.count; i++)
		if (!lives[i].is_deleted)
		{
			complain_of_live(problem, lives[i].contact_id);
			return -1;
		}
	contacts_set_deleted(account_id, last.ids, last.count, DT_NOBEGIN);
	return last.count;
}

int64
contacts_purge(int64 account_id, const ContactsIds *ids, ContactsProblem *problem)
{
	ContactsIds last;
	ContactsIds family;

	if (!lock_last_links(account_id, ids, &last, &family, problem))
		return -1;
	contacts_remove(account_id, family.ids, family.count);
	return last.count;
}

/* With all that were merged into them, in one order; again if ids mean others by then. */
static bool
lock_last_links(int64 account_id, const ContactsIds *ids, ContactsIds *last, ContactsIds *family,
				ContactsProblem *problem)
{
	ContactsIds before;

	if (!contacts_last_links(account_id, ids, last, problem))
		return false;
	do
	{
		before = *last;
		*family = lock_family(account_id, last->ids, last->count);
		if (!contacts_last_links(account_id, ids, last, problem))
			return false;
	} while (before.count != last->count ||
			 memcmp(before.ids, last->ids, last->count * sizeof(int64)) != 0);
	return true;
}

/* Contacts and all that were merged into them; again when another came in while we waited. */
static ContactsIds
lock_family(int64 account_id, const int64 *ids, int count)
{
	ContactsIds family;
	ContactsLife *lives;
	int before;

	family.count = contacts_read_family(account_id, ids, count, &family.ids);
	do
	{
		CHECK_FOR_INTERRUPTS();
		before = family.count;
		contacts_lock_lives(account_id, family.ids, family.count, &lives);
		family.count = contacts_read_family(account_id, ids, count, &family.ids);
	} while (family.count > before);
	return family;
}

int64
contacts_purge_deleted(int64 account_id, const Interval *older_than)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	ContactsIds family;
	int64 total = 0;
	int64 *ids;
	int count;

	while ((count = contacts_read_deleted(account_id, now, older_than, PORTION, &ids)) > 0)
	{
		family = lock_family(account_id, ids, count);
		/* a trigger of the user's may keep rows from being deleted: then it ends, too */
		if (contacts_remove(account_id, family.ids, family.count) == 0)
			break;
		total += count;
	}
	return total;
}

static void
complain_of_live(ContactsProblem *problem, int64 contact_id)
{
	contacts_problem(problem, CONTACTS_WRONG_STATE, "contact %lld is not deleted",
					 (long long) contact_id);
	contacts_problem_detail(problem, "Only a deleted contact can be restored.");
	contacts_problem_hint(problem, "Leave it out of the list.");
}
