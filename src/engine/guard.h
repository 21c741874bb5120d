/*
 * guard.h - what holds for every writer of contacts.contact and contacts.identifier (R5).
 */
#ifndef CONTACTS_GUARD_H
#define CONTACTS_GUARD_H

#include "access/htup.h"
#include "commands/trigger.h"

#include "text/problem.h"

/* guard.c: before a row is written; no queries */

/* The row as it is to be written, NULL with *problem filled when it must not be. */
extern HeapTuple contacts_guard_contact(TriggerData *trigger, ContactsProblem *problem);
extern HeapTuple contacts_guard_identifier(TriggerData *trigger, ContactsProblem *problem);
extern HeapTuple contacts_guard_account(TriggerData *trigger, ContactsProblem *problem);

/* follow.c: after a statement; set by set */

/* Writes what follows from changed contacts: keys, status history.  False with *problem filled. */
extern bool contacts_follow_change(TriggerData *trigger, ContactsProblem *problem);
/*
 * What changes contacts from here on, for the status history; NULL = back to plain SQL.  Returns
 * the former source, which the caller puts back, also after an error.
 */
extern const char *contacts_set_source(const char *source);

#endif
