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

/*
 * Writes what follows from changed contacts: keys, histories, audit, events.  False with *problem
 * filled.
 */
extern bool contacts_follow_change(TriggerData *trigger, ContactsProblem *problem);

#endif
