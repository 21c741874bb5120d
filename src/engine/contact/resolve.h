/*
 * resolve.h - ids given to a call, and the contacts behind them (R44).
 *
 * Merged contacts are followed to their survivors.  Whoever is unknown, deleted, or not seen by the
 * session does not exist.
 */
#ifndef CONTACTS_RESOLVE_H
#define CONTACTS_RESOLVE_H

#include "store/contact.h"
#include "text/problem.h"

typedef struct ContactsIds
{
	int count;
	int64 *ids;
} ContactsIds;

/* How to resolve; 0 = as said above, with the newest snapshot. */
#define CONTACTS_DELETED_TOO 1   /* deleted contacts are found, too */
#define CONTACTS_READ_ONLY 2     /* with the snapshot of the calling statement, which is STABLE */
#define CONTACTS_REFUSE_HIDDEN 4 /* whom the session does not see: R41's problem */

/* resolve.c */

/* Sets survivors[i] to the contact behind each id; false with *problem filled. */
extern bool contacts_resolve(int64 account_id, const ContactsIds *ids, int how, int64 *survivors,
							 ContactsProblem *problem);
/* The same for one id; 0 with *problem filled. */
extern int64 contacts_resolve_one(int64 account_id, int64 contact_id, int how,
								  ContactsProblem *problem);
/* The contacts behind the ids, each once, in order of id. */
extern bool contacts_resolve_distinct(int64 account_id, const ContactsIds *ids, int how,
									  ContactsIds *found, ContactsProblem *problem);
/* Whether survivors, locked since they were resolved, are still those of the ids. */
extern bool contacts_still_survive(int64 account_id, const ContactsIds *ids,
								   const int64 *survivors);

/*
 * The live contacts behind the ids, each once, locked in order of id; *contacts is palloc'd.
 * Returns how many, -1 with *problem filled.
 */
extern int contacts_lock_contacts(int64 account_id, const ContactsIds *ids, ContactsLock lock,
								  ContactsContact **contacts, ContactsProblem *problem);
/* The same for one, locked for writing; NULL with *problem filled. */
extern ContactsContact *contacts_lock_contact(int64 account_id, int64 contact_id,
											  ContactsProblem *problem);

#endif
