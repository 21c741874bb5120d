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
 * ignored.  Names of Windows, offsets of whole hours such as +02:00, and Z stand for their zones.
 * out has TZ_STRLEN_MAX + 1 bytes and is written only when true is returned; else *problem is
 * filled.  POSIX rules are no names: UTC+2 would be west of Greenwich.
 */
extern bool contacts_timezone_canonical(const char *name, size_t size, char *out,
										ContactsProblem *problem);

/* Whether two canonical names are of one zone, such as Asia/Calcutta and Asia/Kolkata. */
extern bool contacts_timezone_same(const char *name, const char *other);

/* timezone_data.c: sorted by name, in capitals */

typedef struct ContactsZoneName
{
	const char *name;
	const char *zone;
} ContactsZoneName;

extern const size_t contacts_windows_zones_count;
extern const ContactsZoneName contacts_windows_zones[];
extern const size_t contacts_zone_aliases_count;
extern const ContactsZoneName contacts_zone_aliases[]; /* and the name that stands for all of one */

#endif
