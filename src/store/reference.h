/*
 * reference.h - rows of any table that refers to contacts.
 */
#ifndef CONTACTS_REFERENCE_H
#define CONTACTS_REFERENCE_H

#include "store/merge.h"

/* reference.c */

typedef struct ContactsReference
{
	const char *table_name;
	const char *column_name;
	const char *label; /* in moves.<label> */
	bool is_united;    /* what the survivor has already stays behind */
	Oid table_owner;   /* with whose rights the statements run */
	const char *count_rows, *move_rows, *return_rows;
	const char *unlink_rows; /* NULL = rows go with their contact, or keep it */
} ContactsReference;

extern int contacts_read_references(ContactsReference **references);
/* Who is merged: the survivor, then the duplicates; rows of the first `taken` have moved. */
typedef struct ContactsMerging
{
	const int64 *ids;
	int count, taken;
} ContactsMerging;
/* Sets *all to how many rows the move's contact has, its count to how many can go over. */
extern void contacts_count_rows(int64 account_id, const ContactsReference *reference,
								const ContactsMerging *merging, ContactsMove *move, int64 *all);
/*
 * Gives the rows that the table allows there to the survivor, and fills the move.  False when rows
 * cannot go that must not be left behind: then the merge is refused.
 */
extern bool contacts_move_rows(int64 account_id, const ContactsReference *reference,
							   const ContactsMerging *merging, ContactsMove *move);
/* Gives moved rows back that the survivor still has; returns how many. */
extern int64 contacts_return_rows(int64 account_id, const ContactsReference *reference,
								  int64 survivor, const ContactsMove *move);

/* Takes the contact off the rows that outlive purged contacts (R52). */
extern void contacts_unlink_rows(int64 account_id, const int64 *contact_ids, int count);

#endif
