/*
 * json.h - JSON as the server stores it: objects as lists of pairs, texts and numbers as values and
 * back, and building objects piece by piece.
 *
 * All memory is the caller's current memory context.
 */
#ifndef CONTACTS_JSON_H
#define CONTACTS_JSON_H

#include "postgres.h"

#include "utils/jsonb.h"

/* json.c: objects as lists of pairs */

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

/* '{}' */
extern Jsonb *contacts_empty_object(void);
/* The keys of both objects, those of other winning; NULL = none. */
extern Jsonb *contacts_json_concat(Jsonb *object, Jsonb *other);
extern Jsonb *contacts_json_copy(const Jsonb *value);
/* A member of an object; NULL when it is absent or JSON null. */
extern Jsonb *contacts_json_member(Jsonb *object, const char *key);

/* json_write.c: values, where NULL stands for none, and objects piece by piece */

extern Jsonb *contacts_json_text(const char *text); /* NULL = NULL */
extern Jsonb *contacts_json_int64(int64 number);
/* Back: NULL, and whatever is no text or no number, gives NULL and 0. */
extern const char *contacts_text_of_json(Jsonb *value);
extern int64 contacts_int64_of_json(Jsonb *value);
/* Whether two such values are equal, as jsonb's "=". */
extern bool contacts_json_same(Jsonb *a, Jsonb *b);

/* An object on its way: begins, takes keys with values, ends.  0 and NULL become JSON null. */
extern void contacts_object_begin(JsonbParseState **state);
extern Jsonb *contacts_object_end(JsonbParseState **state);
extern void contacts_push_key(JsonbParseState **state, const char *key);
extern void contacts_push_string(JsonbParseState **state, const char *text); /* behind a key */
extern void contacts_push_text(JsonbParseState **state, const char *key, const char *text);
extern void contacts_push_id(JsonbParseState **state, const char *key, int64 id);
extern void contacts_push_json(JsonbParseState **state, const char *key, Jsonb *json);
extern void contacts_push_value(JsonbParseState **state, Jsonb *json); /* behind a key */

#endif
