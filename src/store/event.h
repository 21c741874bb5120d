/*
 * event.h - events for other systems (R100).
 */
#ifndef CONTACTS_STORE_EVENT_H
#define CONTACTS_STORE_EVENT_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

#include "store/actor.h"

/* event.c */

typedef struct ContactsEvent
{
	int64 contact_id; /* 0 = none */
	const char *kind; /* contact.created … */
	Jsonb *payload;
} ContactsEvent;

extern void contacts_insert_events(int64 account_id, const ContactsEvent *events, int count,
								   const ContactsActor *actor, TimestampTz now);

#endif
