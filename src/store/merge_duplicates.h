/*
 * merge_duplicates.h - pairs to review of merged contacts.
 */
#ifndef CONTACTS_MERGE_DUPLICATES_H
#define CONTACTS_MERGE_DUPLICATES_H

#include "store/merge.h"

/* merge_duplicates.c */

/*
 * Pairs of the duplicates are settled; those with third contacts go on with the survivor, unless
 * the third is just being merged, deleted or removed.
 */
extern void contacts_merge_duplicates(int64 account_id, const ContactsMerge *merge,
									  TimestampTz now);
/*
 * The duplicates are live again, and their pairs are as before.  One whose other contact was merged
 * meanwhile is left to the undoing of that merge.
 */
extern void contacts_return_duplicates(int64 account_id, const ContactsMerge *merge);

#endif
