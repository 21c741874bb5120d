/*
 * trigger.h - what holds for every writer of our tables (R5).
 */
#ifndef CONTACTS_TRIGGER_H
#define CONTACTS_TRIGGER_H

#include "access/htup.h"
#include "commands/trigger.h"

#include "text/problem.h"

/* check.c: before a row is written; no queries */

/*
 * The row as it is to be written, NULL with *problem filled when it must not be.  What is found
 * out about the table is kept with the call, which lasts as long as the statement.
 */
extern HeapTuple contacts_check_contact_row(TriggerData *trigger, FmgrInfo *call,
											ContactsProblem *problem);
extern HeapTuple contacts_check_identifier_row(TriggerData *trigger, FmgrInfo *call,
											   ContactsProblem *problem);
extern HeapTuple contacts_check_account_row(TriggerData *trigger, FmgrInfo *call,
											ContactsProblem *problem);

/* values.c: likewise; the columns that the trigger is for, ids and times */

extern HeapTuple contacts_check_values_row(TriggerData *trigger, FmgrInfo *call,
										   ContactsProblem *problem);

/* stamp.c: likewise; who reported an activity, and who named its assignee */

extern HeapTuple contacts_stamp_activity_row(TriggerData *trigger, FmgrInfo *call,
											 ContactsProblem *problem);

/* reference.c: before a row that refers to contacts is written */

/*
 * The same for the tables that hang on contacts; the trigger's arguments are the columns that refer
 * to them.  Reads and locks the contacts of a plain statement.
 */
extern HeapTuple contacts_check_reference_row(TriggerData *trigger, FmgrInfo *call,
											  ContactsProblem *problem);

/* effects.c: after a statement on contacts.contact; set by set */

/*
 * Writes what follows from changed contacts: identifiers, histories, audit, events.  False with
 * *problem filled.
 */
extern bool contacts_write_effects(TriggerData *trigger, ContactsProblem *problem);

/* audit.c: after a statement on what hangs on contacts (R93) */

/* Writes one entry per changed row; the trigger's argument is the name of the table. */
extern void contacts_log_changes(TriggerData *trigger);

#endif
