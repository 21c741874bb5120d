/* -------------------------------------------------------------------------
 * activity.c
 *		Cancelling and rescheduling activities (R30).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/edit/edit.h"
#include "engine/session/access.h"
#include "store/activity.h"
#include "store/spi/enums.h"
#include "text/problem.h"

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
	if (ends_at == DT_NOBEGIN && activity.ends_at != DT_NOBEGIN && activity.starts_at != DT_NOBEGIN)
		ends_at = starts_at + (activity.ends_at - activity.starts_at);
	if (!contacts_check_times(starts_at, ends_at, problem))
		return false;
	activity.starts_at = starts_at;
	activity.ends_at = ends_at;
	activity.state = contacts_enum_index(CONTACTS_ENUM_STATE, "scheduled");
	contacts_update_activity(account_id, &activity);
	return true;
}

/* Of a contact that the session sees, or the work of a member that it sees. */
static bool
is_visible(int64 account_id, const ContactsActivity *activity)
{
	const int64 *members;
	int count;

	if (contacts_session_sees_all(account_id, &members, &count))
		return true;
	for (int i = 0; i < count; i++)
		if (members[i] == activity->assigned_to)
			return true;
	return activity->contact_id != 0 && contacts_sees(account_id, activity->contact_id);
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
