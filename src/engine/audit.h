/*
 * audit.h - the audit log of tables that hang on contacts (R93).
 */
#ifndef CONTACTS_AUDIT_H
#define CONTACTS_AUDIT_H

#include "commands/trigger.h"

/* audit.c */

/* Writes one entry per changed row; the trigger's argument is the name of the table. */
extern void contacts_audit_changes(TriggerData *trigger);

#endif
