/*
 * identifier.h - identifiers as an account means them: its region, what it blocks (R10, R19).
 */
#ifndef CONTACTS_CONTACT_IDENTIFIER_H
#define CONTACTS_CONTACT_IDENTIFIER_H

#include "identity/identifier.h"
#include "store/account.h"
#include "store/identifier.h"
#include "text/email.h"
#include "text/problem.h"

/* identifier.c */

/* Region for phones without country code: given, else the setting, else the account's (R19). */
extern const char *contacts_effective_region(const ContactsAccount *account, const char *given);
/* Reads one identifier; blocked ones are absent. */
extern bool contacts_read_identifier_of(const ContactsAccount *account, ContactsIdentifierKind kind,
										const char *text, const char *region, ContactsKey *key,
										ContactsProblem *problem);
/*
 * What an e-mail reads as, when it is the one that was read last; NULL = it is another.  The index
 * of contacts that may be the same person reads each stored address (api/duplicates.c), which the
 * call or the check before it has just read.
 */
extern const ContactsEmail *contacts_known_email(const char *text, size_t size);
/*
 * Whether an e-mail or phone that is shown without being the contact's own is this key.  It is
 * canonical then; a phone without its country is never read again, as regions change meanwhile.
 * Which key a contact of its own shows is known from contacts.identifier.
 */
extern bool contacts_shows_key(const ContactsAccount *account, ContactsIdentifierKind kind,
							   const char *shown, const char *key);
/* Always false: the problem of a key that another contact has, R41's when it is hidden. */
extern bool contacts_identifier_taken(int64 account_id, ContactsIdentifierKind kind, int64 owner,
									  ContactsProblem *problem);
/*
 * Whoever comes back, restored or unmerged, may be the person who has an identifier of theirs by
 * now: each such pair of live contacts goes to review (R45, R51).
 */
extern void contacts_review_taken(int64 account_id, const ContactsTakenIdentifier *taken,
								  int count);

#endif
