/*
 * status.h - the history of a contact's status (R24).
 */
#ifndef CONTACTS_STORE_STATUS_H
#define CONTACTS_STORE_STATUS_H

#include "datatype/timestamp.h"

#include "store/actor.h"

/* status.c */

typedef struct ContactsStatusChange
{
	int64 contact_id;
	int from_status, to_status;
	const char *source;
	TimestampTz at;
} ContactsStatusChange;

extern void contacts_insert_status_changes(int64 account_id, const ContactsStatusChange *changes,
										   int count, const ContactsActor *actor);

#endif
