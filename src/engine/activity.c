/* -------------------------------------------------------------------------
 * activity.c
 *		Activities once they are recorded: repeated reports, cancelling, rescheduling.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "engine/access.h"
#include "engine/activity.h"
#include "engine/report.h"
#include "values/merge.h"

static bool same_data(Jsonb *a, Jsonb *b);
static bool same_activity(const ContactsActivity *a, const ContactsActivity *b);
static void fold_news(ContactsActivity *activity, const ContactsActivity *report);
static void fold_late(ContactsActivity *activity, const ContactsActivity *report);
static void fold_times(ContactsActivity *activity, const ContactsActivity *report);
static bool is_visible(int64 account_id, const ContactsActivity *activity);
static bool refuse_finished(const ContactsActivity *activity, const char *verb,
							ContactsProblem *problem);

bool
contacts_fold_activity(ContactsActivity *activity, const ContactsActivity *report)
{
	ContactsActivity before = *activity;

	if (report->details_at < activity->details_at)
		fold_late(activity, report);
	else
		fold_news(activity, report);
	/* when it happened is when it was first heard of */
	activity->occurred_at = Min(activity->occurred_at, report->occurred_at);
	if (activity->contact_id == 0)
		activity->contact_id = report->contact_id;
	if (!same_activity(&before, activity))
		return true;
	*activity = before;
	return false;
}

/* What is said replaces, what is not said stays. */
static void
fold_news(ContactsActivity *activity, const ContactsActivity *report)
{
	activity->state = report->state;
	fold_times(activity, report);
	activity->title = report->title ? report->title : activity->title;
	activity->calendar = report->calendar ? report->calendar : activity->calendar;
	if (report->recipient_email)
		activity->recipient_email = report->recipient_email;
	if (report->recipient_phone)
		activity->recipient_phone = report->recipient_phone;
	if (report->assigned_to)
		activity->assigned_to = report->assigned_to;
	activity->data = contacts_json_concat(activity->data, report->data);
	activity->details_at = report->details_at;
}

/* Late news fill blanks: the present state is known better (as R21 for contacts). */
static void
fold_late(ContactsActivity *activity, const ContactsActivity *report)
{
	if (activity->starts_at == DT_NOBEGIN && activity->ends_at == DT_NOBEGIN)
		fold_times(activity, report);
	activity->title = activity->title ? activity->title : report->title;
	activity->calendar = activity->calendar ? activity->calendar : report->calendar;
	if (activity->recipient_email == NULL)
		activity->recipient_email = report->recipient_email;
	if (activity->recipient_phone == NULL)
		activity->recipient_phone = report->recipient_phone;
	if (activity->assigned_to == 0)
		activity->assigned_to = report->assigned_to;
	activity->data = contacts_json_concat(report->data, activity->data);
}

/* Without a new end a moved activity keeps its length; an end before the start is none. */
static void
fold_times(ContactsActivity *activity, const ContactsActivity *report)
{
	TimestampTz ends_at = report->ends_at;

	if (ends_at == DT_NOBEGIN && report->starts_at != DT_NOBEGIN &&
		activity->starts_at != DT_NOBEGIN && activity->ends_at != DT_NOBEGIN)
		ends_at = report->starts_at + (activity->ends_at - activity->starts_at);
	if (report->starts_at != DT_NOBEGIN)
		activity->starts_at = report->starts_at;
	if (ends_at != DT_NOBEGIN)
		activity->ends_at = ends_at;
	if (activity->starts_at != DT_NOBEGIN && activity->ends_at != DT_NOBEGIN &&
		activity->ends_at < activity->starts_at)
		activity->ends_at = DT_NOBEGIN;
}

/* Whether nothing that matters differs; the time of the news alone does not. */
static bool
same_activity(const ContactsActivity *a, const ContactsActivity *b)
{
	return a->contact_id == b->contact_id && a->state == b->state &&
		   a->occurred_at == b->occurred_at && a->starts_at == b->starts_at &&
		   a->ends_at == b->ends_at && a->assigned_to == b->assigned_to &&
		   contacts_same_text(a->title, b->title) && contacts_same_text(a->calendar, b->calendar) &&
		   contacts_same_text(a->recipient_email, b->recipient_email) &&
		   contacts_same_text(a->recipient_phone, b->recipient_phone) &&
		   same_data(a->data, b->data);
}

static bool
same_data(Jsonb *a, Jsonb *b)
{
	return a == b || (a && b && compareJsonbContainers(&a->root, &b->root) == 0);
}

bool
contacts_cancel(int64 account_id, int64 activity_id, ContactsProblem *problem)
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
contacts_reschedule(int64 account_id, int64 activity_id, TimestampTz starts_at, TimestampTz ends_at,
					ContactsProblem *problem)
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

	if (contacts_sees_all(account_id, &members, &count))
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
