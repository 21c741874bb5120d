/*
 * composed.h - texts with composed letters, as all are kept that are compared or shown (R20, R25).
 */
#ifndef CONTACTS_COMPOSED_H
#define CONTACTS_COMPOSED_H

#include "postgres.h"

#include "utils/array.h"
#include "utils/jsonb.h"

/* composed.c */

/*
 * The text itself where nothing is to be done, else a copy with composed letters, palloc'd and
 * NUL-terminated; *size, in bytes, goes along.
 */
extern const char *contacts_composed_span(const char *text, size_t *size);
extern const char *contacts_composed_text(const char *text); /* of a C string; NULL = NULL */
extern text *contacts_composed_value(text *value);           /* of a value of type text */
/* All elements of an array of texts. */
extern ArrayType *contacts_composed_array(ArrayType *array);
/* All keys and strings of a JSON value; of keys that become one the last counts. */
extern Jsonb *contacts_composed_json(Jsonb *value);

#endif /* CONTACTS_COMPOSED_H */
