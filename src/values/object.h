/*
 * object.h - a jsonb object as a list of pairs: read, compare, build.
 *
 * Shared by the files of values/; upper floors rarely need it.
 */
#ifndef CONTACTS_OBJECT_H
#define CONTACTS_OBJECT_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "compat.h"

/* object.c */

/* Number of keys; 0 for NULL and for whatever is no object. */
extern int contacts_object_count(Jsonb *object);

/*
 * The pairs of an object in jsonb's own key order, palloc'd; they point into the object.  Arrays
 * and objects within come as jbvBinary.  NULL when there is none.
 */
extern JsonbPair *contacts_object_read(Jsonb *object);

/*
 * Builds an object from pairs that are in jsonb's key order without repeats, as
 * contacts_object_read gives them.  jbvBinary values are unpacked in place.
 */
extern Jsonb *contacts_object_build(JsonbPair *pairs, int count);

/* jsonb's order of keys: the shorter first, then by bytes. */
extern int contacts_object_key_order(const JsonbValue *a, const JsonbValue *b);

/* Equality as of jsonb's "=" (1 equals 1.0); a and b come from contacts_object_read. */
extern bool contacts_json_equal(JsonbValue *a, JsonbValue *b);

/* JSON null, a string without a visible character, or an empty array. */
extern bool contacts_json_blank(const JsonbValue *value);

/*
 * How deep arrays and objects are nested within value: 0 for a scalar.  Looks no deeper than max
 * levels; more is max + 1.
 */
extern int contacts_json_depth(const JsonbValue *value, int max);

/* Bytes that the value takes when stored. */
extern int contacts_json_size(const JsonbValue *value);

#endif
