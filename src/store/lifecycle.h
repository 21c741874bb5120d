/*
 * lifecycle.h - whether contacts are live, merged, deleted (R51, R52).
 */
#ifndef CONTACTS_STORE_LIFECYCLE_H
#define CONTACTS_STORE_LIFECYCLE_H

#include "datatype/timestamp.h"

/* lifecycle.c */

/* Sets, or with survivor 0 clears, the redirect of contacts. */
extern void contacts_redirect(int64 account_id, const int64 *ids, int count, int64 survivor);

/* A contact whatever became of it. */
typedef struct ContactsLifecycle
{
	int64 contact_id;
	int64 merged_into; /* 0 = not merged */
	bool is_deleted, is_anonymized;
} ContactsLifecycle;

/* Contacts with these ids, locked for deletion in order of id; returns how many there are. */
extern int contacts_lock_lifecycles(int64 account_id, const int64 *ids, int count,
									ContactsLifecycle **lives);

extern void contacts_set_deleted(int64 account_id, const int64 *ids, int count, TimestampTz at);
/* Contacts deleted longer ago than this, NULL = than the account keeps them; at most max. */
extern int contacts_read_deleted(int64 account_id, TimestampTz now, const Interval *older_than,
								 int max, int64 **ids);
/* Contacts and all that were merged into them, directly or not; *family is palloc'd. */
extern int contacts_read_merge_tree(int64 account_id, const int64 *ids, int count, int64 **family);
/* Returns how many. */
extern uint64 contacts_remove(int64 account_id, const int64 *ids, int count);

#endif
