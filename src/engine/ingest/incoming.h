/*
 * incoming.h - one incoming item: what is given, checked.
 */
#ifndef CONTACTS_INCOMING_H
#define CONTACTS_INCOMING_H

#include "engine/ingest/ingest.h"
#include "store/account.h"
#include "text/problem.h"

/* incoming.c */

/* Checks an item and fills the part "as checked"; false with *problem filled. */
extern bool contacts_check_incoming(const ContactsAccount *account, ContactsIncoming *incoming,
									ContactsProblem *problem);
/* Writes what is kept into the data of the activity. */
extern void contacts_note_invalid(ContactsIncoming *incoming);
/* A contact of which nothing is known helps nobody: false with *problem filled. */
extern bool contacts_incoming_says_who(const ContactsIncoming *incoming, ContactsProblem *problem);

#endif
