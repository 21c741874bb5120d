/*
 * actor.h - who changes something, and why: for the status history, the audit log and events.
 */
#ifndef CONTACTS_SESSION_ACTOR_H
#define CONTACTS_SESSION_ACTOR_H

#include "store/actor.h"

/* actor.c */

/* Who is at work and why, as of now; valid until the end of the call. */
extern const ContactsActor *contacts_actor_at_work(void);
/* A call of an SQL function begins and ends; calls may nest, the outermost one is the cause. */
extern void contacts_call_begins(Oid function);
extern void contacts_call_ends(void);
/*
 * Whether the statement whose trigger asks is one of a call's own: what it writes is decided, with
 * the contacts concerned followed and locked.  What the user's triggers write in turn is not.
 */
extern bool contacts_is_call_writing(void);
/* A PL/pgSQL function names itself the cause; NULL at its end. */
extern void contacts_name_cause(const char *name);
/* The import, merge … that changes belong to from here on, 0 = none; returns the former one. */
extern int64 contacts_set_cause_id(int64 id);
/*
 * Calls that began within the savepoint of this level have not survived its end by an error; with
 * level 0 the transaction is over, and everything is forgotten.
 */
extern void contacts_forget_calls(int level);

#endif
