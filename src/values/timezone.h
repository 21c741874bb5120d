/*
 * timezone.h - names of time zones (R25).
 */
#ifndef CONTACTS_TIMEZONE_H
#define CONTACTS_TIMEZONE_H

#include "postgres.h"

#include "pgtime.h"

#include "text/problem.h"

/* timezone.c */

/*
 * The spelling that PostgreSQL has for a zone named in any case; white space around it is
 * ignored.  out has TZ_STRLEN_MAX + 1 bytes and is written only when true is returned; else
 * *problem is filled.  Offsets and POSIX rules are no names.
 */
extern bool contacts_timezone_canonical(const char *name, size_t size, char *out,
										ContactsProblem *problem);

#endif
