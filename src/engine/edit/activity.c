/* -------------------------------------------------------------------------
 * activity.c
 *		Cancelling, rescheduling, linking and unlinking activities (R30, R35).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/contact/payload.h"
#include "engine/contact/resolve.h"
#include "engine/edit/edit.h"
#include "engine/session/access.h"
#include "engine/session/actor.h"
#include "store/account.h"
#include "store/activity.h"
#include "store/contact.h"
#include "store/event.h"
#include "store/spi/enums.h"
#include "text/problem.h"

static void raise_events(int64 account_id, const ContactsActivity *activity, int64 before);
static bool is_visible(int64 account_id, const ContactsActivity *activity);
static bool refuse_finished(const ContactsActivity *activity, const char *verb,
							ContactsProblem *problem);

bool
contacts_edit_cancel(int64 account_id, int64 activity_id, ContactsProblem *problem)
{
	int cancelled = contacts_enum_index(CONTACTS_ENUM_STATE, "cancelled");
	ContactsActivity activity;

	if (!contacts_read_activity(account_id, activity_id, &activity) ||
		!is_visible(account_id, &activity))
		return contacts_missing_problem(problem, "activity", activity_id);
	if (activity.state == cancelled)
		return true;
	if (!refuse_finished(&activity, "cancelled", problem))
		return false;
	activity.state = cancelled;
	contacts_update_activity(account_id, &activity);
	return true;
}

bool
contacts_edit_reschedule(int64 account_id, int64 activity_id, TimestampTz starts_at,
						 TimestampTz ends_at, ContactsProblem *problem)
{
	ContactsActivity activity;

	if (!contacts_read_activity(account_id, activity_id, &activity) ||
		!is_visible(account_id, &activity))
		return contacts_missing_problem(problem, "activity", activity_id);
	if (!refuse_finished(&activity, "rescheduled", problem))
		return false;
	if (ends_at == DT_NOBEGIN &&
		!contacts_moved_end(activity.starts_at, activity.ends_at, starts_at, &ends_at, problem))
		return false;
	if (!contacts_check_times(starts_at, ends_at, problem))
		return false;
	activity.starts_at = starts_at;
	activity.ends_at = ends_at;
	activity.state = contacts_enum_index(CONTACTS_ENUM_STATE, "scheduled");
	contacts_update_activity(account_id, &activity);
	return true;
}

/* The contact is locked before the activity, as reports do. */
bool
contacts_edit_link(int64 account_id, int64 activity_id, int64 contact_id, ContactsProblem *problem)
{
	ContactsIds named = {1, &contact_id};
	ContactsContact *contact;
	ContactsActivity activity;
	int64 before;

	if (contacts_lock_contacts(account_id, &named, CONTACTS_LOCK_SHARE, &contact, problem) < 0)
		return false;
	if (!contacts_read_activity(account_id, activity_id, &activity) ||
		!is_visible(account_id, &activity))
		return contacts_missing_problem(problem, "activity", activity_id);
	before = activity.contact_id;
	if (before == contact->contact_id)
		return true;
	activity.contact_id = contact->contact_id;
	/* an assignee is let in by those who see the contact only (R83) */
	if (activity.assigned_by && !contacts_is_restricted(account_id) &&
		!contacts_member_sees(account_id, activity.assigned_by, contact->contact_id))
		activity.assigned_to = 0;
	contacts_update_activity(account_id, &activity);
	raise_events(account_id, &activity, before);
	return true;
}

bool
contacts_edit_unlink(int64 account_id, int64 activity_id, ContactsProblem *problem)
{
	ContactsActivity activity;
	int64 before;

	if (!contacts_read_activity(account_id, activity_id, &activity) ||
		!is_visible(account_id, &activity))
		return contacts_missing_problem(problem, "activity", activity_id);
	before = activity.contact_id;
	if (before == 0)
		return true;
	activity.contact_id = 0;
	contacts_update_activity(account_id, &activity);
	raise_events(account_id, &activity, before);
	return true;
}

/* Where the account wants events of activities (R100): the old contact's, and the new one's. */
static void
raise_events(int64 account_id, const ContactsActivity *activity, int64 before)
{
	ContactsEvent events[2];
	int count = 0;

	if (!contacts_account(account_id)->activity_events)
		return;
	if (before)
		events[count++] =
			(ContactsEvent){before, "activity.unlinked", contacts_activity_payload(activity)};
	if (activity->contact_id)
		events[count++] = (ContactsEvent){activity->contact_id, "activity.linked",
										  contacts_activity_payload(activity)};
	contacts_insert_events(account_id, events, count, contacts_actor_at_work(),
						   GetCurrentTransactionStartTimestamp());
}

static bool
is_visible(int64 account_id, const ContactsActivity *activity)
{
	return contacts_sees_activity(account_id, activity->contact_id, activity->assigned_to,
								  activity->member_id);
}

/* What has taken place, or was missed, cannot be moved any more. */
static bool
refuse_finished(const ContactsActivity *activity, const char *verb, ContactsProblem *problem)
{
	const char *state = contacts_enum_label(CONTACTS_ENUM_STATE, activity->state);

	if (strcmp(state, "completed") != 0 && strcmp(state, "no_show") != 0)
		return true;
	contacts_problem(problem, CONTACTS_WRONG_STATE, "activity cannot be %s", verb);
	contacts_problem_detail(problem, "Its state is %s.", state);
	contacts_problem_hint(problem, "Record a new activity instead.");
	return false;
}
