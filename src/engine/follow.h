/*
 * follow.h - what follows from changed contacts, shared by the files follow*.c.
 */
#ifndef CONTACTS_FOLLOW_H
#define CONTACTS_FOLLOW_H

#include "engine/cause.h"
#include "store/store.h"
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

/* follow_keys.c: identifiers; false with *problem filled */
extern bool contacts_follow_keys(const ContactsAccount *account, const ContactsChange *changes,
								 int count, ContactsProblem *problem);

/* follow_tell.c: recipients of what is planned, the audit log, events (R50, R93, R100) */
extern void contacts_follow_tell(const ContactsAccount *account, const ContactsChange *changes,
								 int count, const ContactsBy *by);

#endif
