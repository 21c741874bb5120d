/* -------------------------------------------------------------------------
 * activity.c
 *		Activities once they are recorded: repeated reports, cancelling, rescheduling.
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "engine/activity.h"
#include "engine/report.h"

static bool same_key(const ContactsActivity *a, const ContactsActivity *b);
static bool same_text(const char *a, const char *b);
static bool take_text(const char **current, const char *given);
static bool take_time(TimestampTz *current, TimestampTz given);
static bool take_times(ContactsActivity *activity, const ContactsActivity *report);
static bool take_data(Jsonb **current, Jsonb *given);
static bool refuse_finished(const ContactsActivity *activity, const char *verb,
							ContactsProblem *problem);

bool
contacts_fold_activity(ContactsActivity *activity, const ContactsActivity *report)
{
	bool changed = activity->state != report->state;

	activity->state = report->state;
	/* when it happened is when it was first heard of */
	if (report->occurred_at < activity->occurred_at)
		changed |= take_time(&activity->occurred_at, report->occurred_at);
	changed |= take_times(activity, report);
	changed |= take_text(&activity->title, report->title);
	changed |= take_text(&activity->calendar, report->calendar);
	changed |= take_text(&activity->recipient_email, report->recipient_email);
	changed |= take_text(&activity->recipient_phone, report->recipient_phone);
	changed |= take_data(&activity->data, report->data);
	if (report->assigned_to && report->assigned_to != activity->assigned_to)
	{
		activity->assigned_to = report->assigned_to;
		changed = true;
	}
	if (activity->contact_id == 0 && report->contact_id)
	{
		activity->contact_id = report->contact_id;
		changed = true;
	}
	return changed;
}

int
contacts_find_repeated(ContactsActivity **distinct, int *index, uint32 mask,
					   const ContactsActivity *report, int next)
{
	uint32 at;

	if (report->source_ref == NULL)
		return -1;
	at = hash_bytes((const unsigned char *) report->source_ref, (int) strlen(report->source_ref));
	for (;; at++)
	{
		int known = index[at & mask] - 1;

		if (known >= 0 && same_key(distinct[known], report))
			return known;
		if (known < 0)
		{
			index[at & mask] = next + 1;
			return -1;
		}
	}
}

bool
contacts_cancel(int64 account_id, int64 activity_id, ContactsProblem *problem)
{
	int cancelled = contacts_enum_index(CONTACTS_ENUM_STATE, "cancelled");
	ContactsActivity activity;

	if (!contacts_read_activity(account_id, activity_id, &activity))
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

	if (!contacts_read_activity(account_id, activity_id, &activity))
		return contacts_missing_problem(problem, "activity", activity_id);
	if (!refuse_finished(&activity, "rescheduled", problem))
		return false;
	if (ends_at == DT_NOBEGIN && activity.ends_at != DT_NOBEGIN && activity.starts_at != DT_NOBEGIN)
		ends_at = starts_at + (activity.ends_at - activity.starts_at);
	if (ends_at != DT_NOBEGIN && ends_at < starts_at)
	{
		contacts_problem(problem, CONTACTS_INVALID_OPTION, "invalid ends_at: before starts_at");
		contacts_problem_detail(problem, "An activity cannot end before it starts.");
		contacts_problem_hint(problem, "Check the two times and their time zones.");
		return false;
	}
	activity.starts_at = starts_at;
	activity.ends_at = ends_at;
	activity.state = contacts_enum_index(CONTACTS_ENUM_STATE, "scheduled");
	contacts_update_activity(account_id, &activity);
	return true;
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

static bool
same_key(const ContactsActivity *a, const ContactsActivity *b)
{
	return strcmp(a->source_ref, b->source_ref) == 0 && same_text(a->source, b->source);
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
take_text(const char **current, const char *given)
{
	if (given == NULL || same_text(*current, given))
		return false;
	*current = given;
	return true;
}

static bool
take_time(TimestampTz *current, TimestampTz given)
{
	if (given == DT_NOBEGIN || *current == given)
		return false;
	*current = given;
	return true;
}

/* Without a new end a moved activity keeps its length; an end before the start is none. */
static bool
take_times(ContactsActivity *activity, const ContactsActivity *report)
{
	TimestampTz ends_at = report->ends_at;
	bool changed;

	if (ends_at == DT_NOBEGIN && report->starts_at != DT_NOBEGIN &&
		activity->starts_at != DT_NOBEGIN && activity->ends_at != DT_NOBEGIN)
		ends_at = report->starts_at + (activity->ends_at - activity->starts_at);
	changed = take_time(&activity->starts_at, report->starts_at);
	changed |= take_time(&activity->ends_at, ends_at);
	if (activity->starts_at != DT_NOBEGIN && activity->ends_at != DT_NOBEGIN &&
		activity->ends_at < activity->starts_at)
		activity->ends_at = DT_NOBEGIN;
	return changed;
}

static bool
take_data(Jsonb **current, Jsonb *given)
{
	Jsonb *before = *current;

	*current = contacts_json_concat(before, given);
	return *current != before &&
		   (before == NULL || compareJsonbContainers(&before->root, &(*current)->root) != 0);
}
