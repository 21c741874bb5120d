/* -------------------------------------------------------------------------
 * ingest.c
 *		Takes reports in: check, look up, decide, write; and again when somebody was faster.
 *
 * One attempt reads the owners of all keys (FOR KEY SHARE: they stay alive and unmerged), goes
 * through the reports in memory and writes set by set.  An attempt that has more to write than
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

#include "engine/ingest.h"
#include "engine/world.h"

static const ContactsProblem *check_reports(const ContactsAccount *account,
											ContactsReport **reports, int count, bool pass_over);
static void check_members(const ContactsAccount *account, ContactsReport **reports, int count);
static bool missing_member(ContactsReport *report, int64 member_id);
static bool attempt(ContactsWorld *world);
static bool look_and_write(ContactsWorld *world);
static void look_and_decide(ContactsWorld *world, ContactsLock lock);
static const ContactsProblem *first_problem(ContactsReport **reports, int count);

const ContactsProblem *
contacts_ingest(int64 account_id, ContactsReport **reports, int count, bool pass_over)
{
	const ContactsAccount *account = contacts_account(account_id);
	const ContactsProblem *problem = check_reports(account, reports, count, pass_over);
	ContactsWorld world;

	if (problem)
		return problem;
	contacts_world_begin(&world, account, reports, count, GetCurrentTransactionStartTimestamp());
	for (int tries = 0; !attempt(&world); tries++)
	{
		CHECK_FOR_INTERRUPTS();
		if (tries == CONTACTS_ATTEMPTS_MAX)
		{
			static ContactsProblem busy;

			contacts_busy_problem(&busy);
			return &busy;
		}
	}
	return pass_over ? NULL : first_problem(reports, count);
}

int64
contacts_find(int64 account_id, ContactsReport *report, ContactsProblem *problem)
{
	const ContactsAccount *account = contacts_account(account_id);
	ContactsWorld world;
	int person;

	if (!contacts_report_check(account, report, problem))
		return 0;
	problem->message[0] = '\0';
	contacts_world_begin(&world, account, &report, 1, 0);
	contacts_world_load(&world, CONTACTS_LOCK_NONE);
	person = contacts_match(&world, 0);
	if (person == CONTACTS_NOBODY || world.people[person]->hidden)
		return 0;
	return world.people[person]->row.contact_id;
}

static const ContactsProblem *
check_reports(const ContactsAccount *account, ContactsReport **reports, int count, bool pass_over)
{
	ContactsProblem problem;

	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (reports[i]->problem || (contacts_report_check(account, reports[i], &problem) &&
									contacts_report_says_who(reports[i], &problem)))
			continue;
		reports[i]->problem = palloc(sizeof(ContactsProblem));
		*reports[i]->problem = problem;
	}
	check_members(account, reports, count);
	return pass_over ? NULL : first_problem(reports, count);
}

static const ContactsProblem *
first_problem(ContactsReport **reports, int count)
{
	for (int i = 0; i < count; i++)
		if (reports[i]->problem)
			return reports[i]->problem;
	return NULL;
}

/* Members named as owner or assignee must exist; one statement for all of them. */
static void
check_members(const ContactsAccount *account, ContactsReport **reports, int count)
{
	int64 *ids = palloc(count * 2 * sizeof(int64));
	bool *found = palloc(count * 2 * sizeof(bool));
	int named = 0;

	for (int i = 0; i < count; i++)
	{
		if (reports[i]->owner_id)
			ids[named++] = reports[i]->owner_id;
		if (reports[i]->activity && reports[i]->activity->assigned_to)
			ids[named++] = reports[i]->activity->assigned_to;
	}
	if (named == 0)
		return;
	contacts_members_exist(account->account_id, ids, named, found);
	named = 0;
	for (int i = 0; i < count; i++)
	{
		if (reports[i]->owner_id && !found[named++])
			missing_member(reports[i], reports[i]->owner_id);
		if (reports[i]->activity && reports[i]->activity->assigned_to && !found[named++])
			missing_member(reports[i], reports[i]->activity->assigned_to);
	}
}

static bool
missing_member(ContactsReport *report, int64 member_id)
{
	if (report->problem)
		return false;
	report->problem = palloc(sizeof(ContactsProblem));
	return contacts_missing_problem(report->problem, "member", member_id);
}

/* Returns false when another session was faster and everything must be looked at again. */
static bool
attempt(ContactsWorld *world)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool written = false;

	look_and_decide(world, CONTACTS_LOCK_SHARE);
	if (!contacts_world_is_changed(world))
	{
		contacts_world_write_activities(world);
		return true;
	}
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		written = look_and_write(world);
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
		ReleaseCurrentSubTransaction();
	else
		RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return written;
}

/* The part of an attempt that may have to be undone. */
static bool
look_and_write(ContactsWorld *world)
{
	if (contacts_world_changes_people(world))
		look_and_decide(world, CONTACTS_LOCK_WRITE);
	if (!contacts_world_write(world))
		return false;
	contacts_world_write_activities(world);
	return true;
}

static void
look_and_decide(ContactsWorld *world, ContactsLock lock)
{
	contacts_world_load(world, lock);
	for (int i = 0; i < world->report_count; i++)
		if (world->reports[i]->problem == NULL)
			contacts_apply(world, i);
}
