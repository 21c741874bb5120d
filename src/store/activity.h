/*
 * activity.h - rows of contacts.activity (R30).
 */
#ifndef CONTACTS_STORE_ACTIVITY_H
#define CONTACTS_STORE_ACTIVITY_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

#include "identity/identifier.h"
#include "store/actor.h"

/* activity.c */

typedef struct ContactsActivity
{
	int64 activity_id;
	int64 contact_id; /* 0 = unlinked */
	const char *kind, *source, *source_ref, *title;
	int state; /* index of the enum */
	TimestampTz occurred_at;
	TimestampTz starts_at, ends_at; /* DT_NOBEGIN = null */
	int64 assigned_to;
	const char *recipient_email, *recipient_phone, *calendar;
	Jsonb *data;
	TimestampTz details_at; /* time of the newest report applied */
	int64 member_id;        /* for whom it was reported; 0 = nobody */
	int64 assigned_by;      /* who named the assignee and sees only some contacts; 0 = nobody */
	bool is_recorded;       /* the insert wrote it */
} ContactsActivity;

/*
 * Inserts activities, with who reports them, and sets is_recorded of each; one whose source and
 * source_ref are taken is left out.  assigned_by is the trigger's (engine/trigger/stamp.c).
 */
extern void contacts_insert_activities(int64 account_id, ContactsActivity **activities, int count,
									   const ContactsActor *actor, TimestampTz now);
/* The activity with this key of idempotency, locked; false = none. */
extern bool contacts_read_repeated(int64 account_id, const char *source, const char *source_ref,
								   ContactsActivity *activity);
extern bool contacts_read_activity(int64 account_id, int64 activity_id, ContactsActivity *activity);
extern void contacts_update_activity(int64 account_id, const ContactsActivity *activity);
/* A scheduled activity in the future whose recipient changed, in calendar `calendar`. */
typedef struct ContactsReachedActivity
{
	int64 contact_id;
	int64 activity_id;
	const char *calendar; /* NULL = none */
} ContactsReachedActivity;

/* Contacts whose e-mail, or whose phone, changed, and what they show now. */
typedef struct ContactsRecipients
{
	ContactsIdentifierKind kind;
	int count;
	int64 *contact_ids;
	const char **shown;
} ContactsRecipients;

/*
 * Gives the scheduled activities after `now` of these contacts their new recipients (R50).
 * Returns how many; *reached is palloc'd.
 */
extern int contacts_update_recipients(int64 account_id, const ContactsRecipients *recipients,
									  TimestampTz now, ContactsReachedActivity **reached);

#endif
