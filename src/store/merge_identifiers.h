/*
 * merge_identifiers.h - identifiers of merged contacts, and recipients of planned activities.
 */
#ifndef CONTACTS_MERGE_IDENTIFIERS_H
#define CONTACTS_MERGE_IDENTIFIERS_H

#include "store/identifier.h"
#include "store/merge.h"

/* merge_identifiers.c */

/* Notes the identifiers of all, and gives those of the duplicates to the survivor; none of them is
 * primary then. */
extern void contacts_merge_identifiers(int64 account_id, const ContactsMerge *merge);
/* Notes a reviewed e-mail or phone that the survivor claimed. */
extern void contacts_note_claim(int64 account_id, const ContactsMerge *merge,
								const ContactsClaim *claim);
/*
 * Gives identifiers that the survivor still has back to their duplicates.  Where `restored` says
 * so, by kind, the primary one of the survivor is as before, and a claimed one is gone.
 */
extern void contacts_return_identifiers(int64 account_id, const ContactsMerge *merge,
										const bool *restored);
/* Identifiers that a merge moved and that the survivor still has. */
extern int contacts_read_returning_identifiers(int64 account_id, const ContactsMerge *merge,
											   ContactsOwnedIdentifier **keys);
/*
 * Gives the duplicates, and of the kinds in which it was restored the survivor, the e-mails and
 * phones that they show again and that are nobody's by now.
 */
extern void contacts_reclaim_shown_identifiers(int64 account_id, const ContactsMerge *merge,
											   const bool *restored);
/* Duplicates that did not get all their identifiers back; *ids is palloc'd. */
extern int contacts_read_lost_identifiers(int64 account_id, const ContactsMerge *merge,
										  int64 **ids);
/*
 * Identifiers of the duplicates that others have by now; of the survivor its former primary ones
 * of the `restored` kinds, which it shows again.  *taken is palloc'd.
 */
extern int contacts_read_taken_since(int64 account_id, const ContactsMerge *merge,
									 const bool *restored, ContactsTakenIdentifier **taken);

/* Notes the recipients of planned activities, of the survivor and of the duplicates. */
extern void contacts_keep_recipients(int64 account_id, const ContactsMerge *merge, TimestampTz now);
/* An e-mail or phone that the survivor shows, as the merge found and left it; NULL = none. */
typedef struct ContactsShownChange
{
	bool is_changed;
	const char *before, *after;
	const char *present; /* before the merge is undone */
} ContactsShownChange;
/*
 * Puts noted recipients back, by kind: the survivor's where they are still what the merge found or
 * made, those of activities that went home where the survivor's own reached them since (R50).
 */
extern void contacts_return_recipients(int64 account_id, const ContactsMerge *merge,
									   const ContactsShownChange *shown);

#endif
