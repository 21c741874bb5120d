/* -------------------------------------------------------------------------
 * repeat.c
 *		An activity that is reported again: the news are folded into it (R31).
 * -------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "engine/ingest/batch.h"
#include "store/activity.h"
#include "values/json.h"
#include "values/survivorship.h"

static bool same_activity(const ContactsActivity *a, const ContactsActivity *b);
static void fold_news(ContactsActivity *activity, const ContactsActivity *news);
static void fold_late(ContactsActivity *activity, const ContactsActivity *news);
static void fold_times(ContactsActivity *activity, const ContactsActivity *news);

bool
contacts_fold_activity(ContactsActivity *activity, const ContactsActivity *news)
{
	ContactsActivity before = *activity;

	if (news->details_at < activity->details_at)
		fold_late(activity, news);
	else
		fold_news(activity, news);
	/* when it happened is when it was first heard of */
	activity->occurred_at = Min(activity->occurred_at, news->occurred_at);
	if (activity->contact_id == 0)
		activity->contact_id = news->contact_id;
	if (!same_activity(&before, activity))
		return true;
	*activity = before;
	return false;
}

/* What is said replaces, what is not said stays. */
static void
fold_news(ContactsActivity *activity, const ContactsActivity *news)
{
	activity->state = news->state;
	fold_times(activity, news);
	activity->title = news->title ? news->title : activity->title;
	activity->calendar = news->calendar ? news->calendar : activity->calendar;
	if (news->recipient_email)
		activity->recipient_email = news->recipient_email;
	if (news->recipient_phone)
		activity->recipient_phone = news->recipient_phone;
	if (news->assigned_to)
		activity->assigned_to = news->assigned_to;
	activity->data = contacts_json_concat(activity->data, news->data);
	activity->details_at = news->details_at;
}

/* Late news fill blanks: the present state is known better (as R21 for contacts). */
static void
fold_late(ContactsActivity *activity, const ContactsActivity *news)
{
	if (activity->starts_at == DT_NOBEGIN && activity->ends_at == DT_NOBEGIN)
		fold_times(activity, news);
	activity->title = activity->title ? activity->title : news->title;
	activity->calendar = activity->calendar ? activity->calendar : news->calendar;
	if (activity->recipient_email == NULL)
		activity->recipient_email = news->recipient_email;
	if (activity->recipient_phone == NULL)
		activity->recipient_phone = news->recipient_phone;
	if (activity->assigned_to == 0)
		activity->assigned_to = news->assigned_to;
	activity->data = contacts_json_concat(news->data, activity->data);
}

/* Without a new end a moved activity keeps its length; an end before the start is none. */
static void
fold_times(ContactsActivity *activity, const ContactsActivity *news)
{
	TimestampTz ends_at = news->ends_at;

	if (ends_at == DT_NOBEGIN && news->starts_at != DT_NOBEGIN &&
		activity->starts_at != DT_NOBEGIN && activity->ends_at != DT_NOBEGIN)
		ends_at = news->starts_at + (activity->ends_at - activity->starts_at);
	if (news->starts_at != DT_NOBEGIN)
		activity->starts_at = news->starts_at;
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
		   contacts_json_same(a->data, b->data);
}
