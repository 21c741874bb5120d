/*
 * duplicates.h - contacts that may be the same person (R46).
 */
#ifndef CONTACTS_DUPLICATES_H
#define CONTACTS_DUPLICATES_H

#include "store/duplicate.h"
#include "text/problem.h"

#define CONTACTS_PAIRS_MAX 10000000 /* pairs of one call */

typedef struct ContactsSearch
{
	int64 account_id;
	float min_score;
	int64 contact_id; /* only pairs of this one; 0 = all */
	int max_pairs;
} ContactsSearch;

/*
 * Finds pairs, the best ones first, and keeps them for review; returns how many, *found is
 * palloc'd.  -1 with *problem filled: the contact does not exist for the session.
 */
extern int contacts_search_duplicates(const ContactsSearch *search, ContactsPair **found,
									  ContactsProblem *problem);
/* Notes that two contacts are different people, for good; false with *problem filled. */
extern bool contacts_edit_dismiss(int64 account_id, int64 contact_id, int64 other_id,
								  ContactsProblem *problem);

#endif
