/*
 * retention.h - how long something is kept.
 */
#ifndef CONTACTS_RETENTION_H
#define CONTACTS_RETENTION_H

#include "datatype/timestamp.h"

#include "text/problem.h"

/* retention.c */

/*
 * Whether a time to keep something is one: a day at least.  Where or_none is true, zero will do as
 * well, and says that nothing is kept.  NULL is none.  False with *problem filled.
 */
extern bool contacts_check_retention(const char *what, const Interval *age, bool or_none,
									 ContactsProblem *problem);

#endif
