/*
 * audit.h - entries of contacts.audit_log, in chains of hashes (R93).
 */
#ifndef CONTACTS_STORE_AUDIT_H
#define CONTACTS_STORE_AUDIT_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

#include "store/actor.h"

/* audit.c */

typedef struct ContactsAuditEntry
{
	int64 contact_id; /* 0 = none */
	const char *table_name;
	const char *action; /* insert, update, delete */
	Jsonb *changes;     /* {"column": {"old": …, "new": …}} */
} ContactsAuditEntry;

extern void contacts_insert_audit(int64 account_id, const ContactsAuditEntry *entries, int count,
								  const ContactsActor *actor, TimestampTz now);
/* Writes the chain of this transaction; the deferred trigger of the log calls it. */
extern void contacts_seal_audit(void);
/* The transaction ended; a savepoint began, or was rolled back to. */
extern void contacts_forget_audit(void);
extern void contacts_savepoint_audit(int level);
extern void contacts_rollback_audit(int level);

#endif
