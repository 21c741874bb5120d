/*
 * unclaimed.h - contacts that are being inserted, while their identifiers are not claimed yet.
 *
 * A row trigger of the user's runs before that (R5): what it reports about the new contact would
 * not find it, and make another one, whose insert runs the trigger again.
 */
#ifndef CONTACTS_UNCLAIMED_H
#define CONTACTS_UNCLAIMED_H

#include "text/problem.h"

/* unclaimed.c */

/* Called for each row before it is inserted. */
extern void contacts_note_insert(int64 contact_id);
/* The identifiers are claimed: by a trigger of the statement, or by its writer, after it. */
extern void contacts_note_claimed(bool by_trigger);
/*
 * False with *problem filled when a statement further out is inserting the contact that shows this
 * e-mail or phone; either may be NULL.
 */
extern bool contacts_check_unclaimed(int64 account_id, const char *email, const char *phone,
									 ContactsProblem *problem);

#endif
