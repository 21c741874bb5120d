/*
 * similarity.h - how much two folded texts differ (R46).
 */
#ifndef CONTACTS_SIMILARITY_H
#define CONTACTS_SIMILARITY_H

#include <stdbool.h>

#include "text/fold.h"

/* similarity.c */

/*
 * Number of letters changed, left out, put in, or swapped with a neighbour; most + 1 when there are
 * more than `most`.
 */
extern int contacts_edit_distance(ContactsPiece one, ContactsPiece other, int most);

/*
 * Is one word the other with a slip of the pen?  Short words forgive none, long ones two; another
 * digit is no slip.
 */
extern bool contacts_is_misspelled(ContactsPiece one, ContactsPiece other);

/* Is one word the beginning of the other, as alex of alexander?  Three letters at least. */
extern bool contacts_is_short_form(ContactsPiece one, ContactsPiece other);

/* Is one word the first letter of the other? */
extern bool contacts_is_initial(ContactsPiece one, ContactsPiece other);

/* Are texts of several words alike: few slips, or most words in common? */
extern bool contacts_is_alike(ContactsPiece one, ContactsPiece other);

/* Do names of companies begin with the same word, and share half of their words? */
extern bool contacts_is_like_company(ContactsPiece one, ContactsPiece other);

#endif /* CONTACTS_SIMILARITY_H */
