/*
 * edit.h - changes that somebody makes to known contacts and their activities (R22, R24, R40, R51,
 * R52).
 *
 * All return false, 0 or -1 with *problem filled; ids of merged contacts are followed.
 */
#ifndef CONTACTS_EDIT_H
#define CONTACTS_EDIT_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

#include "engine/contact/resolve.h"
#include "store/account.h"
#include "store/contact.h"
#include "text/problem.h"

/* edit.c: details */

/*
 * Applies the keys of `changes`; *contact_id becomes the survivor's, *changed whether any
 * differed.
 */
extern bool contacts_edit_contact(int64 account_id, int64 *contact_id, Jsonb *changes,
								  bool *changed, ContactsProblem *problem);
/* Applies them to a contact in memory: checked, made canonical; null clears (R22). */
extern bool contacts_apply_changes(const ContactsAccount *account, ContactsContact *contact,
								   Jsonb *changes, ContactsProblem *problem);
/* status: index of the enum, CONTACTS_NO_STATUS takes it away.  Returns how many changed. */
extern int64 contacts_edit_status(int64 account_id, const ContactsIds *ids, int status,
								  const char *source, ContactsProblem *problem);
/* owner_id 0 = nobody. */
extern int64 contacts_edit_owner(int64 account_id, const ContactsIds *ids, int64 owner_id,
								 ContactsProblem *problem);

/* identifiers.c: those of one contact */

/* An identifier as the call names it. */
typedef struct ContactsNamedIdentifier
{
	int64 contact_id;
	const char *kind; /* label */
	const char *value;
} ContactsNamedIdentifier;

extern bool contacts_edit_add_identifier(int64 account_id, const ContactsNamedIdentifier *named,
										 bool make_primary, ContactsProblem *problem);
extern bool contacts_edit_remove_identifier(int64 account_id, const ContactsNamedIdentifier *named,
											ContactsProblem *problem);
extern bool contacts_edit_primary_identifier(int64 account_id, const ContactsNamedIdentifier *named,
											 ContactsProblem *problem);

/* lifecycle.c: deleting, bringing back, removing for good; return how many contacts */

extern int64 contacts_mark_deleted(int64 account_id, const ContactsIds *ids,
								   ContactsProblem *problem);
extern int64 contacts_mark_restored(int64 account_id, const ContactsIds *ids,
									ContactsProblem *problem);
/* Live and deleted ones, with all that were merged into them. */
extern int64 contacts_purge_for_good(int64 account_id, const ContactsIds *ids,
									 ContactsProblem *problem);
/* Those deleted longer ago; NULL = than the account keeps them. */
extern int64 contacts_purge_older(int64 account_id, const Interval *older_than,
								  ContactsProblem *problem);

/* activity.c */

extern bool contacts_edit_cancel(int64 account_id, int64 activity_id, ContactsProblem *problem);
/* Makes it the contact's, whosever it was; unlinking makes it nobody's (R35). */
extern bool contacts_edit_link(int64 account_id, int64 activity_id, int64 contact_id,
							   ContactsProblem *problem);
extern bool contacts_edit_unlink(int64 account_id, int64 activity_id, ContactsProblem *problem);
extern bool contacts_edit_reschedule(int64 account_id, int64 activity_id, TimestampTz starts_at,
									 TimestampTz ends_at, ContactsProblem *problem);

#endif
