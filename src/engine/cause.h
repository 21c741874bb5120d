/*
 * cause.h - who changes something, and why: for the status history, the audit log and events.
 */
#ifndef CONTACTS_CAUSE_H
#define CONTACTS_CAUSE_H

#include "store/store.h"

/* cause.c */

/* Who is at work and why, as of now; valid until the end of the call. */
extern const ContactsBy *contacts_by(void);
/* A call of an SQL function begins and ends; calls may nest, the outermost one is the cause. */
extern void contacts_cause_begin(Oid function);
extern void contacts_cause_end(void);
/* A PL/pgSQL function names itself the cause; NULL at its end. */
extern void contacts_cause_name(const char *name);
/*
 * What changes a status from here on; NULL = a plain statement.  Returns the former source, which
 * the caller puts back, also after an error.
 */
extern const char *contacts_set_source(const char *source);
extern const char *contacts_source(void);
/* The import, merge … that changes belong to from here on, 0 = none; returns the former one. */
extern int64 contacts_set_cause_id(int64 id);
/* Once per backend. */
extern void contacts_cause_init(void);

#endif
