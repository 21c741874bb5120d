/*
 * ids.h - ids given to a call, and the contacts behind them (R44).
 *
 * Merged contacts are followed to their survivors.  Whoever is missing, or not seen by the session,
 * does not exist.
 */
#ifndef CONTACTS_IDS_H
#define CONTACTS_IDS_H

#include "store/store.h"
#include "text/problem.h"

typedef struct ContactsIds
{
	int count;
	int64 *ids;
} ContactsIds;

/* ids.c */

/*
 * The live contacts behind the ids, each once, locked in order of id; *contacts is palloc'd.
 * Returns how many, -1 with *problem filled.
 */
extern int contacts_lock_contacts(int64 account_id, const ContactsIds *ids, ContactsLock lock,
								  ContactsContact **contacts, ContactsProblem *problem);
/* The same for one, locked for writing; NULL with *problem filled. */
extern ContactsContact *contacts_lock_contact(int64 account_id, int64 contact_id,
											  ContactsProblem *problem);
/* Whether survivors, locked since they were looked up, are still those of the ids. */
extern bool contacts_still_survive(int64 account_id, const ContactsIds *ids,
								   const int64 *survivors);
/* The contacts that chains of merges end with, deleted or not, each once, in order; not locked. */
extern bool contacts_last_links(int64 account_id, const ContactsIds *ids, ContactsIds *last,
								ContactsProblem *problem);

#endif
