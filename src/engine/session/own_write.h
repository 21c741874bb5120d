/*
 * own_write.h - writes of the engine itself to contacts.contact and contacts.identifier.
 *
 * They pass the triggers that everybody meets (R5), and tell them what is taken care of.  The rows
 * of an own write are clean (contact/clean.c), and the engine says when their details are from.
 */
#ifndef CONTACTS_OWN_WRITE_H
#define CONTACTS_OWN_WRITE_H

#include "store/contact.h"
#include "store/identifier.h"

/* What the writer takes care of, so that the triggers do not. */
#define CONTACTS_IDENTIFIERS_ARE_MINE 1 /* freeing and claiming the keys of what is shown */
#define CONTACTS_STATUS_IS_MINE 2       /* the history of the status */

/* own_write.c */

extern void contacts_insert_own(int64 account_id, ContactsContact **contacts, int count, int mine);
/* source: of a changed status, for its history (R24); NULL where the writer changes none. */
extern void contacts_update_own(int64 account_id, ContactsContact **contacts, int count, int mine,
								const char *source);
/* Sets, or with survivor 0 clears, the redirect of merged contacts; all is taken care of (R44). */
extern void contacts_redirect_own(int64 account_id, const int64 *ids, int count, int64 survivor);

/* Claims keys that were read already, so that they are not read again (contacts_claim). */
extern int contacts_claim_own(int64 account_id, ContactsClaim *claims, int count, TimestampTz now);

/* Whether the statement running now, at this depth of triggers, is an own write. */
extern bool contacts_is_own_write(void);
/* Whether its writer takes care of this; false when it is none. */
extern bool contacts_is_mine(int what);
/* What changes a status now: the source that the writer gave, "manual" for a plain statement. */
extern const char *contacts_status_source(void);
/*
 * The contact that an own write is about, with the keys that its writer has read; NULL when it is
 * none, or not about this contact.
 */
extern const ContactsContact *contacts_own_contact(int64 contact_id);

#endif
