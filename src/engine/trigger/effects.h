/*
 * effects.h - what follows from changed contacts; shared by the files effects*.c.
 */
#ifndef CONTACTS_EFFECTS_H
#define CONTACTS_EFFECTS_H

#include "store/account.h"
#include "store/actor.h"
#include "text/problem.h"

/* The columns that matter here, before or after. */
typedef struct ContactsState
{
	int64 contact_id;     /* 0 = there was no row, or is none any more */
	bool live;            /* neither deleted nor merged */
	bool merged;          /* merged_into is set */
	const char *shown[2]; /* e-mail, phone; NULL = none */
	int status;
} ContactsState;

/* One changed contact. */
typedef struct ContactsChange
{
	int64 account_id;
	int64 contact_id;
	ContactsState before;
	ContactsState after;
	const char *action; /* insert, update, delete */
	Jsonb *diff;        /* changed columns; NULL = none */
} ContactsChange;

/* effects.c */

/* The change of a contact, which has one; changes are in order of contact_id. */
extern const ContactsChange *contacts_change_of(const ContactsChange *changes, int count,
												int64 contact_id);

/* effects_identifiers.c: identifiers; false with *problem filled */
extern bool contacts_identifier_effects(const ContactsAccount *account,
										const ContactsChange *changes, int count,
										ContactsProblem *problem);

/* effects_events.c: recipients of what is planned, the audit log, events (R50, R93, R100) */
extern void contacts_event_effects(const ContactsAccount *account, const ContactsChange *changes,
								   int count, const ContactsActor *actor);

#endif
