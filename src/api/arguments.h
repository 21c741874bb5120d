/*
 * arguments.h - the arguments of the reporting calls, as incoming items.
 */
#ifndef CONTACTS_ARGUMENTS_H
#define CONTACTS_ARGUMENTS_H

#include "utils/jsonb.h"

#include "engine/ingest/ingest.h"

/* The functions that share the arguments. */
typedef enum ContactsReporting
{
	CONTACTS_RECORD_ACTIVITY,
	CONTACTS_UPSERT_CONTACT,
	CONTACTS_CREATE_CONTACT
} ContactsReporting;
#define CONTACTS_REPORTINGS 3

/* arguments.c */

/* The item that a call gives. */
extern ContactsIncoming *contacts_read_arguments(FunctionCallInfo fcinfo,
												 ContactsReporting reporting);
/* One element of record_activities, with the arguments as keys; a problem is noted in the item. */
extern ContactsIncoming *contacts_incoming_of_json(int64 account_id, const JsonbValue *object,
												   TimestampTz now);
/* A note about a contact. */
extern ContactsIncoming *contacts_incoming_note(int64 contact_id, const char *title, Jsonb *data);

#endif
