/* -------------------------------------------------------------------------
 * lifecycle.c
 *		Deleting contacts, bringing them back, removing them for good.
 *
 * A deleted contact is a row with deleted_at.  What follows from that is the work of the triggers,
 * whoever sets the column (trigger/effects.c): its identifiers become free and are noted, a
 * restored one claims them again, and the activities of a removed one stay without contact.  So
 * nothing of that stands here.  Contacts are locked for deletion, in order of id, before they
 * change.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "engine/contact/resolve.h"
#include "engine/edit/edit.h"
#include "engine/session/retry.h"
#include "store/contact.h"
#include "store/lifecycle.h"
#include "text/problem.h"

#define PORTION 1000 /* contacts purged by one statement */

static bool lock_survivors(int64 account_id, const ContactsIds *ids, ContactsIds *survivors,
						   ContactsIds *tree, ContactsProblem *problem);
static bool lock_merge_tree(int64 account_id, const ContactsIds *survivors, ContactsIds *tree,
							ContactsProblem *problem);
static void complain_of_live(ContactsProblem *problem, int64 contact_id);

int64
contacts_mark_deleted(int64 account_id, const ContactsIds *ids, ContactsProblem *problem)
{
	ContactsContact *contacts;
	int count =
		contacts_lock_contacts(account_id, ids, CONTACTS_LOCK_LIFECYCLE, &contacts, problem);
	int64 *live = palloc(Max(count, 1) * sizeof(int64));

	for (int i = 0; i < count; i++)
		live[i] = contacts[i].contact_id;
	if (count > 0)
		contacts_set_deleted(account_id, live, count, GetCurrentTransactionStartTimestamp());
	return count;
}

int64
contacts_mark_restored(int64 account_id, const ContactsIds *ids, ContactsProblem *problem)
{
	ContactsIds survivors;
	ContactsIds tree;
	ContactsLifecycle *found;

	if (!lock_survivors(account_id, ids, &survivors, &tree, problem))
		return -1;
	contacts_lock_lifecycles(account_id, survivors.ids, survivors.count, &found);
	for (int i = 0; i < survivors.count; i++)
		if (!found[i].is_deleted)
		{
			complain_of_live(problem, found[i].contact_id);
			return -1;
		}
	contacts_set_deleted(account_id, survivors.ids, survivors.count, DT_NOBEGIN);
	return survivors.count;
}

int64
contacts_purge_for_good(int64 account_id, const ContactsIds *ids, ContactsProblem *problem)
{
	ContactsIds survivors;
	ContactsIds tree;

	if (!lock_survivors(account_id, ids, &survivors, &tree, problem))
		return -1;
	contacts_remove(account_id, tree.ids, tree.count);
	return survivors.count;
}

int64
contacts_purge_older(int64 account_id, const Interval *older_than, ContactsProblem *problem)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	ContactsIds deleted;
	ContactsIds tree;
	int64 total = 0;

	while ((deleted.count =
				contacts_read_deleted(account_id, now, older_than, PORTION, &deleted.ids)) > 0)
	{
		if (!lock_merge_tree(account_id, &deleted, &tree, problem))
			return -1;
		/* a trigger of the user's may keep rows from being deleted: then it ends, too */
		if (contacts_remove(account_id, tree.ids, tree.count) == 0)
			break;
		total += deleted.count;
	}
	return total;
}

/* With all that were merged into them, in one order; again if ids mean others by then. */
static bool
lock_survivors(int64 account_id, const ContactsIds *ids, ContactsIds *survivors, ContactsIds *tree,
			   ContactsProblem *problem)
{
	ContactsRetry retry = {.what = "which contacts are meant"};
	ContactsIds now;

	if (!contacts_resolve_distinct(account_id, ids, CONTACTS_DELETED_TOO, &now, problem))
		return false;
	while (contacts_try_again(&retry, problem))
	{
		*survivors = now;
		if (!lock_merge_tree(account_id, survivors, tree, problem) ||
			!contacts_resolve_distinct(account_id, ids, CONTACTS_DELETED_TOO, &now, problem))
			return false;
		if (now.count == survivors->count &&
			memcmp(now.ids, survivors->ids, now.count * sizeof(int64)) == 0)
			return true;
	}
	return false;
}

/* Contacts and all that were merged into them; again when another came in while we waited. */
static bool
lock_merge_tree(int64 account_id, const ContactsIds *survivors, ContactsIds *tree,
				ContactsProblem *problem)
{
	ContactsRetry retry = {.what = "what is merged into a contact"};
	ContactsLifecycle *locked;
	int before;

	tree->count =
		contacts_read_merge_tree(account_id, survivors->ids, survivors->count, &tree->ids);
	while (contacts_try_again(&retry, problem))
	{
		before = tree->count;
		contacts_lock_lifecycles(account_id, tree->ids, tree->count, &locked);
		tree->count =
			contacts_read_merge_tree(account_id, survivors->ids, survivors->count, &tree->ids);
		if (tree->count <= before)
			return true;
	}
	return false;
}

static void
complain_of_live(ContactsProblem *problem, int64 contact_id)
{
	contacts_problem(problem, CONTACTS_WRONG_STATE, "contact %lld is not deleted",
					 (long long) contact_id);
	contacts_problem_detail(problem, "Only a deleted contact can be restored.");
	contacts_problem_hint(problem, "Leave it out of the list.");
}
