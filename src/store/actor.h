/*
 * actor.h - who changes something, and why; kept with the change.
 */
#ifndef CONTACTS_STORE_ACTOR_H
#define CONTACTS_STORE_ACTOR_H

/* Who changes something, and why. */
typedef struct ContactsActor
{
	int64 member_id;   /* 0 = none */
	const char *name;  /* application or person */
	const char *role;  /* database role */
	const char *cause; /* SQL function; "sql" = a plain statement */
	int64 cause_id;    /* import, merge …; 0 = none */
} ContactsActor;

#endif
