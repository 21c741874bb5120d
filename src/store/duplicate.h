/*
 * duplicate.h - pairs of contacts to review (R13, R14, R16, R46).
 */
#ifndef CONTACTS_STORE_DUPLICATE_H
#define CONTACTS_STORE_DUPLICATE_H

/* duplicate.c */

typedef struct ContactsConflict
{
	int64 contact_id, other_id; /* in any order */
	const char *reason;
	int order; /* of pairs given twice the first one counts */
} ContactsConflict;

typedef struct ContactsPair
{
	int64 contact_id, other_id; /* contact_id < other_id */
	float score;
	bool is_open;
	int reason_count;
	const char **reasons;
} ContactsPair;

/* Pairs that are known, in order of ids; of one contact, or with 0 of all. */
extern int contacts_read_pairs(int64 account_id, int64 contact_id, ContactsPair **pairs);
/*
 * Puts different pairs, in order of ids, up for review.  One that is known and open gets the higher
 * score and the new reasons; one that was decided stays as it is.
 */
extern void contacts_keep_pairs(int64 account_id, const ContactsPair *pairs, int count);
extern void contacts_insert_dismissal(int64 account_id, int64 contact_id, int64 other_id);
/* The same for contacts that share a key, in any order; a known conflict is none again. */
extern void contacts_insert_conflicts(int64 account_id, const ContactsConflict *pairs, int count);

#endif
