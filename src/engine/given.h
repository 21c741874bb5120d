/*
 * given.h - JSON objects given as arguments: their keys and values, or what is wrong with them.
 */
#ifndef CONTACTS_GIVEN_H
#define CONTACTS_GIVEN_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

#include "text/problem.h"

/* given.c.  Values are copied into the current memory context; false with *problem filled. */

extern bool contacts_given_key_is(const JsonbValue *key, const char *name);
/* A string or number, or null = NULL. */
extern bool contacts_given_text(const JsonbValue *key, const JsonbValue *value, const char **text,
								ContactsProblem *problem);
/* A positive whole number, as a number or string, or null = 0. */
extern bool contacts_given_id(const JsonbValue *key, const JsonbValue *value, int64 *id,
							  ContactsProblem *problem);
/* An object, or null = NULL. */
extern bool contacts_given_object(const JsonbValue *key, const JsonbValue *value, Jsonb **object,
								  ContactsProblem *problem);
/* A date and time as PostgreSQL reads it, or null = DT_NOBEGIN. */
extern bool contacts_given_time(const JsonbValue *key, const JsonbValue *value, TimestampTz *time,
								ContactsProblem *problem);
/* Always false: a key that is none of `allowed` (a list for the hint). */
extern bool contacts_given_unknown(const JsonbValue *key, const char *allowed,
								   ContactsProblem *problem);

#endif
