/* -------------------------------------------------------------------------
 * repeat.c
 *		An activity that is reported again: the news are folded into it (R31).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "engine/contact/clean.h"
#include "engine/ingest/batch.h"
#include "engine/ingest/ingest.h"
#include "engine/session/access.h"
#include "store/activity.h"
#include "values/json_gather.h"
#include "values/survivorship.h"

static bool same_activity(const ContactsActivity *a, const ContactsActivity *b);
static bool fold_data(ContactsGather *data, const ContactsActivity *news, bool late, bool *changed,
					  ContactsProblem *problem);
static void fold_news(ContactsActivity *activity, const ContactsActivity *news);
static void fold_late(ContactsActivity *activity, const ContactsActivity *news);
static bool fold_times(ContactsActivity *activity, const ContactsActivity *news,
					   ContactsProblem *problem);

void
contacts_guard_link(const ContactsBatch *batch, ContactsActivity *activity,
					const ContactsIncoming *incoming)
{
	if (activity->contact_id != 0 || incoming->contact_id == 0 || activity->assigned_to == 0)
		return;
	if (batch->is_restricted
			? incoming->hidden
			: activity->assigned_by != 0 &&
				  !contacts_member_sees(batch->account->account_id, activity->assigned_by,
										incoming->contact_id))
		activity->assigned_to = 0;
}

bool
contacts_fold_activity(ContactsActivity *activity, ContactsGather *data,
					   const ContactsActivity *news, bool *changed, ContactsProblem *problem)
{
	ContactsActivity before = *activity;
	bool late = news->details_at < activity->details_at;
	bool has_times = activity->starts_at != DT_NOBEGIN || activity->ends_at != DT_NOBEGIN;
	bool says_anew;

	if ((!late || !has_times) && !fold_times(activity, news, problem))
		return false;
	if (!fold_data(data, news, late, &says_anew, problem))
	{
		*activity = before;
		return false;
	}
	if (late)
		fold_late(activity, news);
	else
		fold_news(activity, news);
	/* when it happened is when it was first heard of */
	activity->occurred_at = Min(activity->occurred_at, news->occurred_at);
	if (activity->contact_id == 0)
		activity->contact_id = news->contact_id;
	if (!says_anew && same_activity(&before, activity))
		*activity = before;
	else
		*changed = true;
	return true;
}

static bool
fold_data(ContactsGather *data, const ContactsActivity *news, bool late, bool *changed,
		  ContactsProblem *problem)
{
	return contacts_gather(data, news->data, !late, CONTACTS_DATA_MAX, changed) ||
		   contacts_data_problem(problem);
}

/* What is said replaces, what is not said stays. */
static void
fold_news(ContactsActivity *activity, const ContactsActivity *news)
{
	activity->state = news->state;
	activity->title = news->title ? news->title : activity->title;
	activity->calendar = news->calendar ? news->calendar : activity->calendar;
	if (news->recipient_email)
		activity->recipient_email = news->recipient_email;
	if (news->recipient_phone)
		activity->recipient_phone = news->recipient_phone;
	if (news->assigned_to)
		activity->assigned_to = news->assigned_to;
	activity->details_at = news->details_at;
}

/* Late news fill blanks: the present state is known better (as R21 for contacts). */
static void
fold_late(ContactsActivity *activity, const ContactsActivity *news)
{
	activity->title = activity->title ? activity->title : news->title;
	activity->calendar = activity->calendar ? activity->calendar : news->calendar;
	if (activity->recipient_email == NULL)
		activity->recipient_email = news->recipient_email;
	if (activity->recipient_phone == NULL)
		activity->recipient_phone = news->recipient_phone;
	if (activity->assigned_to == 0)
		activity->assigned_to = news->assigned_to;
}

/* Without a new end a moved activity keeps its length; an end before the start is none. */
static bool
fold_times(ContactsActivity *activity, const ContactsActivity *news, ContactsProblem *problem)
{
	TimestampTz ends_at = news->ends_at;

	if (ends_at == DT_NOBEGIN && !contacts_moved_end(activity->starts_at, activity->ends_at,
													 news->starts_at, &ends_at, problem))
		return false;
	if (news->starts_at != DT_NOBEGIN)
		activity->starts_at = news->starts_at;
	if (ends_at != DT_NOBEGIN)
		activity->ends_at = ends_at;
	if (activity->starts_at != DT_NOBEGIN && activity->ends_at != DT_NOBEGIN &&
		activity->ends_at < activity->starts_at)
		activity->ends_at = DT_NOBEGIN;
	return true;
}

/* Whether nothing that matters differs but data; the time of the news alone does not. */
static bool
same_activity(const ContactsActivity *a, const ContactsActivity *b)
{
	return a->contact_id == b->contact_id && a->state == b->state &&
		   a->occurred_at == b->occurred_at && a->starts_at == b->starts_at &&
		   a->ends_at == b->ends_at && a->assigned_to == b->assigned_to &&
		   contacts_same_text(a->title, b->title) && contacts_same_text(a->calendar, b->calendar) &&
		   contacts_same_text(a->recipient_email, b->recipient_email) &&
		   contacts_same_text(a->recipient_phone, b->recipient_phone);
}
