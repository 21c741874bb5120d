/*
 * json_read.h - JSON objects given as arguments: their keys and values, or what is wrong with them.
 */
#ifndef CONTACTS_JSON_READ_H
#define CONTACTS_JSON_READ_H

#include "datatype/timestamp.h"
#include "utils/jsonb.h"

#include "text/problem.h"

/* json_read.c.  Values are copied into the current memory context; false with *problem filled. */

extern bool contacts_json_key_is(const JsonbValue *key, const char *name);
/* A string or number, or null = NULL. */
extern bool contacts_json_read_text(const JsonbValue *key, const JsonbValue *value,
									const char **text, ContactsProblem *problem);
/* A positive whole number, as a number or string, or null = 0. */
extern bool contacts_json_read_id(const JsonbValue *key, const JsonbValue *value, int64 *id,
								  ContactsProblem *problem);
/* An object, or null = NULL. */
extern bool contacts_json_read_object(const JsonbValue *key, const JsonbValue *value,
									  Jsonb **object, ContactsProblem *problem);
/* A date and time as PostgreSQL reads it, or null = DT_NOBEGIN. */
extern bool contacts_json_read_time(const JsonbValue *key, const JsonbValue *value,
									TimestampTz *time, ContactsProblem *problem);
/* Always false: a key that is none of `allowed` (a list for the hint). */
extern bool contacts_json_unknown_key(const JsonbValue *key, const char *allowed,
									  ContactsProblem *problem);

#endif
