/*
 * lifecycle.h - deleting contacts, bringing them back, removing them for good (R51, R52).
 */
#ifndef CONTACTS_LIFECYCLE_H
#define CONTACTS_LIFECYCLE_H

#include "datatype/timestamp.h"

#include "engine/ids.h"

/* lifecycle.c.  Return how many contacts, or -1 with *problem filled; merged ids are followed. */

extern int64 contacts_delete(int64 account_id, const ContactsIds *ids, ContactsProblem *problem);
extern int64 contacts_restore(int64 account_id, const ContactsIds *ids, ContactsProblem *problem);
/* Live and deleted ones, with all that were merged into them. */
extern int64 contacts_purge(int64 account_id, const ContactsIds *ids, ContactsProblem *problem);
/* Those deleted longer ago; NULL = than the account keeps them. */
extern int64 contacts_purge_deleted(int64 account_id, const Interval *older_than);

#endif
