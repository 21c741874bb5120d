/*
 * activity.h - activities once they are recorded: repeated reports, cancelling, rescheduling.
 */
#ifndef CONTACTS_ENGINE_ACTIVITY_H
#define CONTACTS_ENGINE_ACTIVITY_H

#include "store/store.h"
#include "text/problem.h"

/* activity.c */

/*
 * Another report of the same activity: news replace state, times, data and what else they say;
 * late ones fill blanks.  The contact stays, an unlinked activity becomes linked (R31).  Returns
 * whether anything changed.
 */
extern bool contacts_fold_activity(ContactsActivity *activity, const ContactsActivity *report);
extern bool contacts_cancel(int64 account_id, int64 activity_id, ContactsProblem *problem);
extern bool contacts_reschedule(int64 account_id, int64 activity_id, TimestampTz starts_at,
								TimestampTz ends_at, ContactsProblem *problem);

#endif
